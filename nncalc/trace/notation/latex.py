"""Formulas in LaTeX."""

from __future__ import annotations

from nncalc.trace.name import StepName
from nncalc.trace.notation.functions import FUNCTIONS
from nncalc.trace.notation.letters import LETTERS_BY_NAME, letters_of
from nncalc.trace.notation.phrases import PHRASES, with_arguments
from nncalc.trace.notation.record import Style
from nncalc.trace.notation.tree import RELATIONS

_LETTERS = {letter: "\\" + {"eps": "epsilon"}.get(name, name) for name, letter in LETTERS_BY_NAME.items()}
_ANGLES = {"<": r"\langle ", ">": r"\rangle "}
# A Greek letter stands bold by another word than one of ours.
_FACES = {("bold", True): "mathbf", ("bold", False): "boldsymbol", ("cal", True): "mathcal"}


def _latex_name(name: StepName, cell: str) -> str:
    body = (
        rf"\frac{{\partial {_latex_letters(name.of)}}}{{\partial {_latex_letters(name.by)}}}"
        if name.is_gradient
        else _latex_letters(name.local)
    )
    upper = rf"^{{({_escaped(name.section)})}}" if name.section else ""
    lower = rf"_{{[{cell}]}}" if cell else ""
    return f"{{{body}}}{upper}{lower}" if upper or lower else body


def _latex_letters(name: str) -> str:
    r"""W_xi is W with index xi, a1 is a with index 1, x_hat carries its hat, W^{[1]} its index above."""
    own = letters_of(name)
    letter = _LETTERS.get(own.base, own.base)
    if own.face:
        letter = rf"\{_FACES[own.face, letter.isalpha()]}{{{letter}}}"
    elif len(own.base) > 1:  # a function's name stands upright: tanh_c
        letter = rf"\{'mathrm' if own.base in FUNCTIONS else 'mathit'}{{{_escaped(own.base)}}}"
    if own.accent:  # TeX takes braces around one accent away, and two indices of one letter are an error
        letter = "{}" * bool(own.lower or own.upper or own.primes) + rf"\{own.accent}{{{letter}}}"
    upper = r"\prime" * own.primes + (" " * bool(own.primes and own.upper)) + _script(own.upper)
    return letter + (f"_{{{_script(own.lower)}}}" if own.lower else "") + (f"^{{{upper}}}" if upper else "")


def _script(text: str) -> str:
    signs = (_LETTERS[sign] + " " if sign in _LETTERS else _ANGLES.get(sign, sign) for sign in _escaped(text))
    return "".join(signs).strip()


def _escaped(name: str) -> str:
    return name.replace("_", r"\_")


def _latex_call(function: str, args: list[str]) -> str:
    known = FUNCTIONS.get(function)
    named = (known.latex if known else "") or rf"\operatorname{{{function.replace('_', ' ')}}}"
    sign = PHRASES[function].latex if function in PHRASES else named
    return with_arguments(sign, args, (r"\left(", r"\right)"))


def _latex_along(function: str, over: str, axes: str, x: str) -> str:
    known = FUNCTIONS.get(function)
    sign = r"\sum" if function == "sum" else (known.latex if known else "") or rf"\operatorname{{{function}}}"
    return f"{sign}_{{{over}}} {{{x}}}_{{[{','.join(axes)}]}}"


LATEX = Style(
    dot=r" \cdot ",
    hadamard=r" \circ ",
    plus="+",
    minus="-",
    parentheses=(r"\left(", r"\right)"),
    name=_latex_name,
    divide=lambda a, b: rf"\frac{{{a}}}{{{b}}}",
    power=lambda base, exponent: f"{{{base}}}^{{{exponent}}}",
    transpose=lambda a: f"{{{a}}}^{{\\top}}",
    item=lambda a, part: f"{{{a}}}_{{[{part}]}}",
    compare=lambda a, relation, b: rf"\left[{a} {RELATIONS[relation][1]} {b}\right]",
    call=_latex_call,
    along=_latex_along,
    raises=True,
    letter=lambda text: {"π": r"\pi"}.get(text, text),
    encloses=frozenset({("divide", 0), ("divide", 1), ("power", 1)}),
)
