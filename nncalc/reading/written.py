"""An expression as one writes it, in the signs of the page; what is written reads as the same expression."""

from __future__ import annotations

from nncalc.reading.expression import Apply, Gradient, Number, PartPlace, Tree, Variable, postorder
from nncalc.reading.operators import BINARY, COMPARES, SIGN_BINDS, STAR

# Each function that is written as an operator, by its sign.
SIGNED = {(function or sign): (sign, binds) for sign, (function, binds) in BINARY.items() if sign not in ("*", STAR)}
SIGNED["multiply"] = ("*", BINARY["*"][1])
POWER, ATOM = BINARY["^"][1], 100


def write_tree(tree: Tree) -> str:
    """The text of an expression."""
    done: list[tuple[str, int]] = []
    for node in postorder(tree):
        if isinstance(node, Apply):
            count = len(node.args)
            done[len(done) - count :] = [_applied(node, done[len(done) - count :])]
        else:
            done.append((_leaf(node), ATOM))
    return done[0][0]


def _leaf(node: Tree) -> str:
    if isinstance(node, Number):
        return str(int(node.value)) if node.value == int(node.value) < 1e15 else repr(float(node.value))
    if isinstance(node, Gradient):
        section, dot, of = node.of.rpartition(".")
        return f"{section}{dot}∂{of}/∂{node.by}"
    return node.name if isinstance(node, Variable) else ""


def _applied(node: Apply, args: list[tuple[str, int]]) -> tuple[str, int]:
    if node.function in SIGNED:
        return _between(node.function, *args)
    if node.function == "negative":
        return "-" + _closed(args[0], SIGN_BINDS), SIGN_BINDS
    if node.function == "transpose":
        return _closed(args[0], ATOM) + "ᵀ", ATOM
    inside = ", ".join([*(text for text, _ in args), *([node.axis] if node.axis else [])])
    if node.function == "part":
        return f"{_closed(args[0], ATOM)}[{','.join(map(_place, node.places))}]", ATOM
    return f"[{inside}]" if node.function == "vector" else f"{node.function}({inside})", ATOM


def _between(function: str, left: tuple[str, int], right: tuple[str, int]) -> tuple[str, int]:
    sign, binds = SIGNED[function]
    if binds == COMPARES:
        return f"[{left[0]} {sign} {right[0]}]", ATOM
    # A power's exponent may carry a sign: 2^-1.
    after = _closed(right, SIGN_BINDS if binds == POWER else binds + 1)
    before = _closed(left, binds + 1 if binds == POWER else binds)
    return (f"{before} {sign} {after}" if binds == BINARY["+"][1] else f"{before}{sign}{after}"), binds


def _closed(part: tuple[str, int], least: int) -> str:
    return part[0] if part[1] >= least else f"({part[0]})"


def _place(place: PartPlace) -> str:
    if isinstance(place, int):
        return str(place)
    return ":".join("" if end is None else str(end) for end in place)
