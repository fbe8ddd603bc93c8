"""What a scalar means, once its field says what it wants: a number, a whole number, yes or no, a choice, a text."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from nncalc.errors import Finding, InputError, did_you_mean, printable, some_of
from nncalc.limits import Limits, raising
from nncalc.reading.expression import ExpressionError, number_of
from nncalc.reading.nodes import Node, ScalarNode
from nncalc.reading.parser import parse

# What almost every number looks like: no leading zero, no exponent, no digits that float would have to bound.
PLAIN = re.compile(r"-?(0|[1-9][0-9]*)?(\.[0-9]+)?(?<=[0-9])")
PLAIN_ROW = re.compile(rf"{PLAIN.pattern}(\n{PLAIN.pattern})*")
MOST_CERTAIN = 100
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
# Where a field may hold them, and on a sheet.
INFINITE = {
    sign + word: -math.inf if sign in ("-", "\u2212") else math.inf
    for sign in ("", "+", "-", "\u2212")
    for word in ("inf", ".inf", "infinity", "∞")
}
DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")
YES, NO = ("true", "yes"), ("false", "no")


def _refuse(node: ScalarNode, field: str, want: str, hint: str = "") -> InputError:
    return InputError(Finding(f"want {want}, got {node.shown()}", node.mark, field, hint=hint))


def plain_number(node: ScalarNode) -> float | None:
    """The number, where it is written as almost all are; None where it wants a closer look."""
    text = node.text
    return float(text) if not node.quoted and len(text) <= MOST_CERTAIN and PLAIN.fullmatch(text) else None


def plain_numbers(nodes: list[Node]) -> list[float] | None:
    """The numbers of a row, where all are written as almost all are; None where one wants a closer look."""
    texts = [node.text for node in nodes if type(node) is ScalarNode and not node.quoted]
    row = "\n".join(texts)
    short = len(row) <= MOST_CERTAIN or max(map(len, texts)) <= MOST_CERTAIN
    one_line = row.count("\n") == len(nodes) - 1  # a text of two lines may be two numbers
    return (
        list(map(float, texts))
        if len(texts) == len(nodes) and short and one_line and PLAIN_ROW.fullmatch(row)
        else None
    )


def as_number(node: ScalarNode, field: str, limits: Limits) -> float:
    """A literal number, or an expression of numbers (1/3, sqrt(2), pi/4)."""
    text = node.text.replace("\u2212", "-")
    if not node.quoted and not _hint(text) and not NUMBER.fullmatch(text) and text:
        return _expression(node, field, limits)
    return as_literal(node, field, limits)


def is_number(node: ScalarNode, limits: Limits) -> bool:
    """Whether it can be read as a number."""
    try:
        as_number(node, "", limits)
    except InputError:
        return False
    return True


def as_literal(node: ScalarNode, field: str, limits: Limits) -> float:
    """A number written out: 2, -.5, 1e-3. Raises InputError for anything else."""
    text = node.text.replace("\u2212", "-")
    if len(text) > limits.number_digits:
        raise _refuse(node, field, f"a number of at most {limits.number_digits} digits", raising("number_digits"))
    hint = (
        _hint(text)
        if not node.quoted
        else f"write {printable(text, 20)} without quotes"
        if NUMBER.fullmatch(text)
        else ""
    )
    if node.quoted or hint or not NUMBER.fullmatch(text):
        raise _refuse(node, field, "a number", hint)
    value = float(text)
    if not math.isfinite(value):
        raise _refuse(node, field, "a number below 1.8e308")
    return value


def _hint(text: str) -> str:
    """The cure for what looks like a number but is none."""
    if re.fullmatch(r"[-+]?0[0-9]+(\.[0-9]*)?", text):
        sign = "-" if text.startswith("-") else ""
        return f"write {sign}{text.lstrip('+-').lstrip('0') or '0'} without the leading zero"
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+", text):
        return f"write {text.replace(',', '')}, or {text.replace(',', '.', 1)} if the comma is a point"
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", text):
        return f"write {text.replace(',', '.')}"
    if re.fullmatch(rf"{NUMBER.pattern}(\s+{NUMBER.pattern})+", text):
        return f"a comma is missing: write {printable(', '.join(text.split()), 40)}"
    if DATE.fullmatch(text):
        return "looks like a date; for a difference write it with spaces or work it out"
    if re.fullmatch(r"[-+]?[0-9]+(_[0-9]+)+", text):
        return f"write {text.replace('_', '')}"
    if re.fullmatch(r"[-+]?[0-9]+(:[0-9]+)+", text):
        return "a colon makes no number"
    if text.lower().lstrip("+-.") in ("nan", "inf", "infinity"):
        return "want a finite number"
    if text.lower() in (*YES, *NO, "on", "off", "null", "~", "none"):
        return "write a number"
    return ""


def _expression(node: ScalarNode, field: str, limits: Limits) -> float:
    try:
        return number_of(parse(node.text, limits, names=()))
    except ExpressionError as error:
        why = "" if node.text.isidentifier() else f": {error.what}"
        what = f"want a number, got the text '{printable(node.text)}'{why}"
        raise InputError(Finding(what, node.mark.further(error.column - 1), field, hint=error.hint)) from None


def unmet(value: float, above: float | None, least: float | None, most: float | None) -> str:
    """The bound that a number does not keep, in words, or nothing."""
    if above is not None and value <= above:
        return f"want a number above {above:g}"
    if least is not None and value < least:
        return f"want a number of at least {least:g}"
    return f"want a number of at most {most:g}" if most is not None and value > most else ""


def as_whole(node: ScalarNode, field: str, limits: Limits, least: int | None = None, most: int | None = None) -> int:
    """A whole number within bounds, written without a point. Raises InputError otherwise."""
    limited = most is None and least is not None
    most = limits.integer if limited else most
    want = "a whole number"
    if least is not None:
        want += f" from {least} to {most}"
    text = node.text.replace("\u2212", "-")
    if node.quoted or not re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", text) or len(text) > limits.number_digits:
        raise _refuse(node, field, want, _hint(text) if node.quoted else _written_out(text) or _hint(text))
    value = int(text)
    if (least is not None and value < least) or (most is not None and value > most):
        raise _refuse(node, field, want, raising("integer") if limited and value > limits.integer else "")
    return value


def _written_out(text: str) -> str:
    """The cure for a whole number with a point or an exponent: 2.0, 300e9."""
    whole = re.fullmatch(r"([-+]?[0-9]+)\.0*", text)
    if whole:
        return f"write {whole.group(1)}"
    short = len(text) < 20 and re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE][+]?[0-9]{1,2}", text)
    return f"write {int(Decimal(text))}" if short and Decimal(text) == int(Decimal(text)) else ""


def is_flag(node: ScalarNode) -> bool:
    """Whether it says true, yes, false or no."""
    return not node.quoted and node.text in (*YES, *NO)


def as_flag(node: ScalarNode, field: str) -> bool:
    """true, yes, false or no. Raises InputError for anything else."""
    if not is_flag(node):
        raise _refuse(node, field, "true or false")
    return node.text in YES


def as_text(node: ScalarNode, field: str, limit: int) -> str:
    """Any text up to a length. Raises InputError beyond it."""
    if len(node.text) > limit:
        what = f"is longer than {limit} characters, the limit"
        raise InputError(Finding(what, node.mark, field, hint=raising("title")))
    return node.text


def as_choice(node: ScalarNode, field: str, choices: tuple[str, ...]) -> str:
    """One of the choices; a near miss is told what was probably meant. Raises InputError for anything else."""
    if node.text not in choices:
        raise _refuse(node, field, f"one of {some_of(choices, node.text)}", did_you_mean(node.text.lower(), choices))
    return node.text
