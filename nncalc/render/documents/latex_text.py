"""Any text so that LaTeX sets it as text, in commands that every engine and encoding has: amsmath and nothing else."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nncalc.errors import JOINERS, printable
from nncalc.render.documents.markup import BREAK, LONGEST_TEXT, with_breaks
from nncalc.trace.notation import signs

_TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%",
    "_": r"\_\allowbreak{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}", "'": "'{}", "`": "`{}", "-": "-{}", ",": ",{}",
    "?": "?{}", "!": "!{}", "[": "{[}", "]": "{]}", BREAK: r"\allowbreak{}",
    "—": r"\textemdash{}", "–": r"\textendash{}", "‐": "-{}", "‑": "-{}", "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}", "‘": r"\textquoteleft{}", "’": r"\textquoteright{}", "„": ",{},{}", "‚": ",{}",
    "¡": r"\textexclamdown{}", "¿": r"\textquestiondown{}", "€": r"\texteuro{}", "£": r"\textsterling{}",
    "¥": r"\textyen{}", "¢": r"\textcent{}", "¤": r"\textcurrency{}", "§": r"\textsection{}",
    "¶": r"\textparagraph{}", "©": r"\textcopyright{}", "®": r"\textregistered{}", "™": r"\texttrademark{}",
    "№": "No.", "‰": r"\textperthousand{}", "¦": r"\textbrokenbar{}", "†": r"\textdagger{}", "‡": r"\textdaggerdbl{}",
    "•": r"\textbullet{}", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}",
    "Ł": r"\L{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ı": r"\i{}", "ȷ": r"\j{}", "ẞ": "SS", "þ": "th", "Þ": "Th", "ð": "dh",
    "ʼ": "'{}", "ʾ": "'{}",
}  # fmt: skip
_MATHEMATICS = {
    "·": r"\cdot", "∘": r"\circ", "⋆": r"\star", "×": r"\times", "∂": r"\partial", "ᵀ": r"^{\top}", "→": r"\to",
    "←": r"\leftarrow", "≈": r"\approx", "≤": r"\le", "≥": r"\ge", "√": r"\surd", "∞": r"\infty", "∇": r"\nabla",
    "−": "-", "⋅": r"\cdot", "÷": r"\div", "≠": r"\ne", "…": r"\dots", "⋯": r"\cdots", "Σ": r"\Sigma", "ŷ": r"\hat{y}",
    "Π": r"\Pi", "Ξ": r"\Xi", "Υ": r"\Upsilon", "υ": r"\upsilon", "ς": r"\varsigma", "ο": "o", "ϑ": r"\vartheta",
    "ϖ": r"\varpi", "ϱ": r"\varrho", "±": r"\pm", "∓": r"\mp", "°": r"^{\circ}", "′": r"^{\prime}",
    "″": r"^{\prime\prime}", "«": r"\ll", "»": r"\gg", "‹": r"\langle", "›": r"\rangle", "⟨": r"\langle",
    "⟩": r"\rangle", "⌈": r"\lceil", "⌉": r"\rceil", "⌊": r"\lfloor", "⌋": r"\rfloor", "‖": r"\Vert", "∥": r"\Vert",
    "∣": r"\mid", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∗": r"\ast", "⊙": r"\odot", "⊗": r"\otimes",
    "⊕": r"\oplus", "⊤": r"\top", "⊥": r"\perp", "≡": r"\equiv", "∼": r"\sim", "≃": r"\simeq", "≅": r"\cong",
    "∝": r"\propto", "≪": r"\ll", "≫": r"\gg", "∈": r"\in", "∉": r"\notin", "∋": r"\ni", "⊂": r"\subset",
    "⊃": r"\supset", "⊆": r"\subseteq", "⊇": r"\supseteq", "∪": r"\cup", "∩": r"\cap", "∅": r"\emptyset",
    "∀": r"\forall", "∃": r"\exists", "∧": r"\wedge", "∨": r"\vee", "¬": r"\neg", "⇒": r"\Rightarrow",
    "⇐": r"\Leftarrow", "⇔": r"\Leftrightarrow", "↔": r"\leftrightarrow", "↑": r"\uparrow", "↓": r"\downarrow",
    "↦": r"\mapsto", "ℏ": r"\hbar", "ħ": r"\hbar", "ℓ": r"\ell", "ℜ": r"\Re", "ℑ": r"\Im", "ℵ": r"\aleph",
    "℘": r"\wp", "∠": r"\angle", "●": r"\bullet", "○": r"\circ", "◇": r"\diamond", "✓": r"\surd", "✗": r"\times",
    "─": "-", "đ": r"\bar{\mathrm{d}}", "Đ": r"\bar{\mathrm{D}}",
}  # fmt: skip
GREEK_IN_LATEX = {letter: "\\" + {"eps": "epsilon"}.get(name, name) for letter, name in signs.GREEK.items()}
# The marks over and under letters, in a text and in a formula.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip
_ACCENTS_OF_FORMULAS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check", "\u20d7": "vec",
}  # fmt: skip
# The faces of letters as Unicode names them; amsmath has no double-struck and no broken letters of its own.
_FACES = (("BOLD", "mathbf"), ("SCRIPT", "mathcal"), ("DOUBLE-STRUCK", "mathbf"), ("SANS-SERIF", "mathsf"),
          ("MONOSPACE", "mathtt"), ("FRAKTUR", "mathrm"), ("BLACK-LETTER", "mathrm"))  # fmt: skip
_MARKED = re.compile("(.)([\u0300-\u036f\u20d7]*)", re.DOTALL)


def escaped_latex(foreign: str) -> str:
    """Any text so that LaTeX takes it as text; a sign that no engine is sure to have is written as its number."""
    text = unicodedata.normalize("NFC", with_breaks(printable(foreign, LONGEST_TEXT, JOINERS)))
    return text if text.isalnum() and text.isascii() else "".join(_sign(*f.groups()) for f in _MARKED.finditer(text))


@lru_cache(4096)
def _sign(sign: str, marks: str = "") -> str:
    formula = _formula(sign, marks)
    if formula:
        return rf"\ensuremath{{{formula}}}"
    if sign in _TEXT or sign.isascii():
        return _TEXT.get(sign, sign) + _numbers(marks)
    letter, *own = [*unicodedata.normalize("NFD", sign)]
    if letter.isascii() and letter.isalpha():
        return _accented(letter, [*own, *marks])
    kind, alike = _alike(sign)
    if kind in ("<compat>", "<wide>", "<narrow>", "<noBreak>"):
        return escaped_latex(alike) + _numbers(marks)
    return rf"\textcircled{{{alike}}}" if kind == "<circle>" and alike in "123456789" else _numbers(sign + marks)


def _numbers(unknown: str) -> str:
    return "".join(f"U+{ord(sign):04X}" for sign in unknown)


def _alike(sign: str) -> tuple[str, str]:
    """What a sign is another form of, and which: <super> 2; <font> x."""
    kind, _, codes = unicodedata.decomposition(sign).rpartition("> ")
    return (f"{kind}>", "".join(chr(int(code, 16)) for code in codes.split())) if kind else ("", "")


def _accented(letter: str, marks: list[str]) -> str:
    """A letter of a text; a mark that not every encoding has is left out."""
    for mark in marks:
        letter = rf"\{_ACCENTS[mark]}{{{letter}}}" if mark in _ACCENTS else letter
    return letter


def _formula(sign: str, marks: str) -> str:
    """A sign of mathematics, a letter with a mark that no alphabet has, or nothing."""
    plain = _unmarked(sign)
    if plain and not marks:
        return plain
    letter, *own = [*unicodedata.normalize("NFD", sign)]
    marked = [*own, *marks]
    if not marked or not set(marked) <= _ACCENTS_OF_FORMULAS.keys():
        return ""
    body = _unmarked(letter)
    if letter.isascii() and letter.isalpha():
        in_formulas = bool(marks) or 0x1E00 <= ord(sign) < 0x1EA0  # x̄, ẑ; an é is of a language, as ễ is
        body = letter if in_formulas and len(marked) == 1 and marked[0] in signs.ACCENTS else ""
    if not body:
        return ""
    for mark in marked:
        body = rf"\{_ACCENTS_OF_FORMULAS[mark]}{{{body}}}"
    return body


def _unmarked(sign: str) -> str:
    found = _MATHEMATICS.get(sign) or GREEK_IN_LATEX.get(sign)
    if found or sign in _TEXT:
        return found or ""
    kind, alike = _alike(sign)
    if kind == "<fraction>" and len(alike) > 2:
        over, under = alike.split("\u2044")
        return rf"\frac{{{over}}}{{{under}}}"
    within = [_unmarked(one) or (one if one.isascii() and one.isalnum() else "") for one in alike]
    if not all(within) or kind not in ("<font>", "<super>", "<sub>", "<compat>"):
        return ""
    if kind == "<compat>":  # the micro sign, and Greek letters in another form
        return within[0] if len(alike) == 1 and not alike.isascii() else ""
    if kind != "<font>":
        return f"{'^' if kind == '<super>' else '_'}{{{''.join(within)}}}"
    name = unicodedata.name(sign)
    face = next((command for word, command in _FACES if word in name), "")
    if face == "mathcal" and not alike.isupper():
        face = ""
    if face == "mathbf" and not alike.isascii():
        face = "boldsymbol"
    return rf"\{face}{{{within[0]}}}" if face else within[0]
