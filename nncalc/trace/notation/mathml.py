"""Formulas in MathML: markup in which every foreign text is escaped where it is put in."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from nncalc.trace.name import StepName
from nncalc.trace.notation import signs
from nncalc.trace.notation.letters import LETTERS_BY_NAME, letters_of
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.style import TEXT

# Greek letters by the names that steps bear.
GLYPHS = LETTERS_BY_NAME | {"inf": "∞", "-": "−"}
_ACCENTED = {"hat": "^", "bar": "¯", "tilde": "~", "dot": "˙"}
_ANGLES = str.maketrans("<>", "⟨⟩")
# Where an argument stands in what the page's own notation writes of a call; no problem can hold these signs.
HELD = "\ue000"
# A blank beside a word, or between two, is to be seen: markup takes none for itself. Signs bring their own.
_BLANK = rf"(?<=[\w;)\]])(?<![{signs.LOW}];) (?=[\w(\[]|{HELD}[0-9])"
_TOKEN = re.compile(rf"{HELD}([0-9]+|[{signs.LOW}]+);|(\d[\d.]*)|([^\W\d]\w*)|(\S)|({_BLANK})")
# A place that stands low, as the steps of ⋆₂ do.
_RAISED = str.maketrans(signs.LOW, "0123456789")


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


@lru_cache(4096)
def _letters(name: str) -> str:
    """W_xi is W with index xi, a1 is a with index 1, x_hat carries its hat, W^{[1]} its index above."""
    own = letters_of(name)
    letter = f"<mi>{escape(GLYPHS.get(own.base, own.faced) or own.lower)}</mi>"
    if own.accent:
        letter = f'<mover accent="true">{letter}<mo>{_ACCENTED[own.accent]}</mo></mover>'
    lower = _script(own.lower) if own.base else ""
    upper = "<mo>′</mo>" * own.primes + (_script(own.upper) if own.upper else "")
    if lower and upper:
        return f"<msubsup>{letter}{lower}{_row(upper)}</msubsup>"
    return f"<msub>{letter}{lower}</msub>" if lower else f"<msup>{letter}{_row(upper)}</msup>" if upper else letter


def _script(text: str) -> str:
    if re.fullmatch(r"[\w,]*", text):
        return f"<mi>{escape(text)}</mi>" if text else ""
    return _row(_tokens(text.translate(_ANGLES), []))


def _name(name: StepName, cell: str) -> str:
    letters = _letters(name.of if name.is_gradient else name.local)
    if name.is_gradient:
        letters = f"<mfrac>{_row('<mo>∂</mo>', letters)}{_row('<mo>∂</mo>', _letters(name.by))}</mfrac>"
    if name.section:
        letters = f"<msup>{letters}<mi>({escape(name.section)})</mi></msup>"
    return letters + (f"<mn>[{escape(cell)}]</mn>" if cell else "")


def _tokens(text: str, parts: list[str]) -> str:
    """What the page writes, as numbers, names and signs, with the parts where their places are held."""

    def written(found: re.Match[str]) -> str:
        place, digits, word, sign, blank = found.groups()
        if place is not None:
            part = parts[int(place.translate(_RAISED))]
            return part if place.isdecimal() else f"<msub><mrow></mrow>{part}</msub>"
        if digits is not None:
            return f"<mn>{digits}</mn>"
        if word is not None:
            return f"<mi>{escape(GLYPHS.get(word, word))}</mi>"
        if blank is not None:
            return "<mtext>\u00a0</mtext>"
        opens, closes = ("<mrow>" * (sign in "(["), "</mrow>" * (sign in ")]"))
        return f"{opens}<mo>{escape(GLYPHS.get(sign, sign))}</mo>{closes}"

    return "".join(written(found) for found in _TOKEN.finditer(text))


def _call(function: str, args: list[str]) -> str:
    if function == "sqrt":
        return f"<msqrt>{_row(*args)}</msqrt>"
    return _row(_tokens(TEXT.call(function, [f"{HELD}{i};" for i in range(len(args))]), args))


def _along(function: str, over: str, axes: str, x: str) -> str:
    sign = "<mo>Σ</mo>" if function == "sum" else f"<mi>{escape(function)}</mi>"
    return _row(f"<munder>{sign}<mi>{escape(over)}</mi></munder>", x, f"<mn>[{escape(','.join(axes))}]</mn>")


def _number(text: str) -> str:
    return f"<mn>{escape(GLYPHS.get(text, text))}</mn>"


MATHML = Style(
    dot="<mo>·</mo>",
    hadamard="<mo>∘</mo>",
    plus="<mo>+</mo>",
    minus="<mo>−</mo>",
    parentheses=("<mrow><mo>(</mo>", "<mo>)</mo></mrow>"),
    name=_name,
    divide=lambda a, b: f"<mfrac>{_row(a)}{_row(b)}</mfrac>",
    power=lambda base, exponent: f"<msup>{_row(base)}{_row(exponent)}</msup>",
    transpose=lambda a: f"<msup>{_row(a)}<mo>⊤</mo></msup>",
    item=lambda a, part: _row(a, _tokens(f"[{part}]", [])),
    compare=lambda a, relation, b: _row(
        "<mo>[</mo>", a, f"<mo>{escape({'>=': '≥', '<=': '≤'}.get(relation, relation))}</mo>", b, "<mo>]</mo>"
    ),
    call=_call,
    along=_along,
    raises=True,
    number=_number,
    letter=lambda text: f"<mi>{escape(GLYPHS.get(text, text))}</mi>",
    encloses=frozenset({("divide", 0), ("divide", 1), ("power", 1)}),
)
