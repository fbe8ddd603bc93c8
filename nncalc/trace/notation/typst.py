"""Formulas in Typst. What the page shows in parentheses and between commas is escaped, so that no sign is syntax."""

from __future__ import annotations

import re

from nncalc.trace.name import StepName
from nncalc.trace.notation.functions import ARGUMENTS, FUNCTIONS
from nncalc.trace.notation.letters import letters_of
from nncalc.trace.notation.phrases import PHRASES, with_arguments
from nncalc.trace.notation.record import Style

# An index of letters and digits is a word; of any other each sign is shown as mathematics has it.
_WORD = re.compile(r"[\w,]*")
_PIECE = re.compile(r"\w+|.")
_SCRIPT_SIGNS = {sign: sign for sign in "+-*"} | {"<": "⟨", ">": "⟩", "*": "ast"} | {s: f"\\{s}" for s in "()[],:"}
_ACCENTED = {"bar": "macron"}
# Signs that go around their arguments, or that are a letter; every other function is called by its name.
_AROUND = {"sqrt": "sqrt({})", "abs": "abs({})", "floor": "floor({})", "ceil": "ceil({})",
           "vector": r"lr(\[ {} \])", "list": "{}", "sum": r"sum lr(\( {} \))"}  # fmt: skip
# Words of a phrase, with the blanks and commas around them.
_WORDS = re.compile(r"[, ]*[A-Za-z0-9][A-Za-z0-9, ]*")
OPEN, CLOSE, COMMA = r"lr(\( ", r" \))", r"\, "


def typst_string(text: str) -> str:
    """A text as Typst's string, which is shown as it is."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _name(name: StepName, cell: str) -> str:
    place = f"[{cell}]" if cell else ""
    upper = f"^({typst_string(f'({name.section})')})" if name.section else ""
    if name.is_gradient:
        return f"frac(∂ {_letters(name.of)}, ∂ {_letters(name.by, place)})" + upper
    return _letters(name.local, place) + upper


def _letters(name: str, place: str = "") -> str:
    """W_xi is W with index xi, a1 is a with index 1, x_hat carries its hat; a cell stands behind the index."""
    own = letters_of(name)
    body = _letter(own.base)
    if own.face:
        body = f"bold(upright({body}))" if own.face == "bold" else f"cal({body})"
    body = f"{_ACCENTED.get(own.accent, own.accent)}({body})" if own.accent else body
    lower = own.lower + place
    if _WORD.fullmatch(own.lower):
        lower = typst_string(lower)
    elif lower:
        lower = _script(own.lower) + (f" {typst_string(place)}" if place else "")
    upper = " ".join([*["prime"] * own.primes, *([_script(own.upper)] if own.upper else [])])
    return body + (f"_({lower})" if own.lower + place else "") + (f"^({upper})" if upper else "")


def _script(text: str) -> str:
    """What stands low or high, each sign of it by itself: letters as mathematics has them, words as words."""
    pieces = _PIECE.findall(text)
    return " ".join(
        p if (len(p) == 1 and p.isalpha()) or p.isdecimal() else _SCRIPT_SIGNS.get(p, typst_string(p)) for p in pieces
    )


def _letter(letters: str) -> str:
    """A letter, or a word; a function's name stands upright: tanh_c."""
    if len(letters) == 1 and letters.isalpha():
        return letters
    return f"{'upright' if letters in FUNCTIONS else 'italic'}({typst_string(letters)})"


def _call(function: str, args: list[str]) -> str:
    written = COMMA.join(args)
    if function in _AROUND:
        return _AROUND[function].format(written)
    if function in PHRASES:
        sign = _phrase(PHRASES[function].text)
        return with_arguments(sign, [written] if ARGUMENTS in sign else args, (OPEN, CLOSE))
    known = FUNCTIONS.get(function)
    sign = (known.text if known else "") or f"op({typst_string(function.replace('_', ' '))})"
    return f"{sign} {OPEN}{written}{CLOSE}"


def _phrase(text: str) -> str:
    """How the page says it, with its words as text and what stands low or high in its place: ② ⋆₃ᵀ ①."""
    said = _WORDS.sub(lambda words: typst_string(words[0]), text)
    return said.replace("⋆", "star").replace("₃", "_(③)").replace("ᵀ", "^top")


def _along(function: str, over: str, axes: str, x: str) -> str:
    sign = "sum" if function == "sum" else f"op({typst_string(function)}, limits: #true)"
    return f"{sign}_({' '.join(over)}) {TYPST.item(x, ','.join(axes))}"


def _one(text: str, place: str) -> str:
    """What stands at this place already keeps it, and what comes stands behind it."""
    return f'class("normal", {text})' if place in text else text


def _number(text: str) -> str:
    return (
        "infinity"
        if text == "inf"
        else text
        if text.replace(".", "").replace("/", "").isdigit()
        else typst_string(text)
    )


TYPST = Style(
    dot=" dot ",
    hadamard=" compose ",
    plus="+",
    minus="-",
    parentheses=(OPEN, CLOSE),
    name=_name,
    divide=lambda a, b: f"frac({a}, {b})",
    power=lambda base, exponent: f"attach({_one(base, '^')}, tr: {exponent})",
    transpose=lambda a: f"attach({_one(a, '^')}, tr: top)",
    item=lambda a, part: f"attach({_one(a, '_')}, br: {typst_string(f'[{part}]')})",
    compare=lambda a, relation, b: rf"lr(\[ {a} {relation} {b} \])",
    call=_call,
    along=_along,
    raises=True,
    number=_number,
    letter=lambda text: text if len(text) == 1 else f"italic({typst_string(text)})",
    encloses=frozenset({("divide", 0), ("divide", 1), ("power", 1)}),
)
