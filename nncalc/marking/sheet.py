"""An answer sheet: the lines that a student wrote, by step and cell, each number with the digits it was written in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from nncalc.disk.read import name_of
from nncalc.errors import Finding, InputError, Location, dimensions, printable, spelled
from nncalc.limits import Limits
from nncalc.marking.assignment import Assignment
from nncalc.marking.closeness import Written, as_written
from nncalc.reading import scalars
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.reading.reader import read_file, read_text
from nncalc.trace.notation.tree import Index

BLANK = "`nncalc sheet PROBLEM` prints a sheet to fill in"
LEFT_OUT = ("~", "null", "")
INFINITE = {"inf": math.inf, "-inf": -math.inf, ".inf": math.inf, "-.inf": -math.inf, "∞": math.inf, "-∞": -math.inf}


@dataclass(slots=True)
class Line:
    """What was written for one step: its cells, or what is wrong with the shape that they have together."""

    name: str
    mark: Location
    cells: dict[Index, Written] = field(default_factory=dict)
    whole: bool = False
    trouble: str = ""
    shape: tuple[int, ...] | None = None
    unfitting: dict[Index, Written] = field(default_factory=dict)  # the cells of a line with another shape


@dataclass(slots=True)
class Sheet:
    """All that a student gave, by the full name of the step."""

    source: str
    lines: dict[str, Line] = field(default_factory=dict)
    is_key: bool = False

    @property
    def values(self) -> dict[str, dict[Index, float | int]]:
        """The bare numbers, as the way to run wants them."""
        return {name: {i: w.value for i, w in line.cells.items()} for name, line in self.lines.items()}


def from_file(path: str, asked: Assignment) -> Sheet:
    """Reads a sheet; InputError says what makes it unusable."""
    try:
        root = read_file(path, asked.problem.limits)
    except InputError as error:
        raise InputError(
            [replace(f, hint=BLANK if "nncalc new" in f.hint else f.hint) for f in error.findings]
        ) from None
    if not isinstance(root, MappingNode):
        raise InputError(Finding("want lines with a name, a colon and a space (h: [0.1, 0.2])", root.mark, hint=BLANK))
    return read(root.entries, root.keys, asked, name_of(path))


def from_words(words: Sequence[str], asked: Assignment) -> Sheet:
    """Reads answers typed on the command line: c=-0.07,-0.03; rows are parted by `;`.

    Raises InputError with every finding.
    """
    texts: dict[str, str] = {}
    for word in words:
        name, _, text = word.partition("=")
        if name in texts:
            raise InputError(Finding("is given twice", Location(name)))
        if not text.strip():
            raise InputError(Finding("is empty", Location(name), want="name=number, or name=number,number"))
        if ("," in text or _is_vector(name, asked)) and not text.lstrip().startswith("["):
            rows = [f"[{row}]" for row in text.split(";")]
            text = rows[0] if len(rows) == 1 else f"[{', '.join(rows)}]"
        texts[name] = text
    return from_texts(texts, asked)


def from_texts(texts: Mapping[str, str], asked: Assignment) -> Sheet:
    """Reads answers that are no file: each line as a sheet writes it, by its name."""
    entries = {name: read_text(text, name, asked.problem.limits) for name, text in texts.items()}
    return read(entries, {name: Location(name) for name in texts}, asked, "your answers")


def _is_vector(name: str, asked: Assignment) -> bool:
    try:
        line, index = asked.meant(name)
    except InputError:
        return False  # said where the line is read
    return index is None and asked.exact[line].ndim == 1


def from_key(asked: Assignment) -> Sheet:
    """The problem's own `expect` as a sheet; its numbers may be expressions. Findings name the key."""
    return read(asked.problem.expect, {}, asked, asked.problem.file, key=True)


def read(
    entries: Mapping[str, Node], keys: Mapping[str, Location], asked: Assignment, source: str, key: bool = False
) -> Sheet:
    """The lines of a sheet; every finding is reported at once. `key`: an instructor's own, where 1/3 is a number.

    Raises InputError with them.
    """
    sheet = Sheet(source, is_key=key)
    findings: list[Finding] = []
    for text, node in entries.items():
        mark = keys.get(text, node.mark)
        try:
            _add(sheet, text, node, mark, asked, key)
        except InputError as error:
            label = f"expect.{printable(text)}" if key else ""
            findings += [Finding(f.what, f.mark or mark, f.field or label, f.want, f.hint) for f in error.findings]
    if findings:
        raise InputError(findings)
    return sheet


def _add(sheet: Sheet, text: str, node: Node, mark: Location, asked: Assignment, key: bool) -> None:
    name, index = asked.meant(text)
    cells: list[tuple[Index, Written | None]] = []
    shape = _collect(node, (), f"expect.{text}" if key else text, cells, asked.problem.limits, key)
    given = {i: written for i, written in cells if written is not None}
    if index is not None:
        if shape != ():
            raise InputError(Finding(f"want one number for the cell {printable(text)}", node.mark))
        given = dict.fromkeys([index], *given.values()) if given else {}
    line = sheet.lines.setdefault(name, Line(name, mark))
    if line.whole or any(i in line.cells for i in given) or (index is None and line.cells):
        raise InputError(Finding(f"{name} is given twice", mark))
    line.whole = index is None
    if index is None and shape != asked.exact[name].shape:
        line.trouble = _misshapen(shape, asked.exact[name].shape) if given else ""
        line.shape, line.unfitting = shape, given
    else:
        line.cells |= given


def _misshapen(shape: tuple[int, ...] | None, want: tuple[int, ...]) -> str:
    if shape is None:
        return f"has rows of different lengths, want {dimensions(want)} (a comma inside a number? write 0.9)"
    if shape[:-1] == want[:-1] and shape and want and shape[-1] == 2 * want[-1]:
        return f"is {dimensions(shape)}, want {dimensions(want)} (a comma inside a number? write 0.9)"
    hint = " in brackets" if shape == () else ""
    return f"is {dimensions(shape)}, want {dimensions(want)}{hint}"


def _collect(
    node: Node, index: Index, name: str, cells: list[tuple[Index, Written | None]], limits: Limits, key: bool
) -> tuple[int, ...] | None:
    """Gathers the cells of a nested list and returns its shape, None where the rows differ."""
    if isinstance(node, ScalarNode):
        cells.append((index, _number(node, spelled((name, *(i + 1 for i in index))), limits, key)))
        return ()
    if not isinstance(node, SequenceNode):
        raise InputError(Finding("want numbers, got a mapping", node.mark, printable(name)))
    if not node.items:
        raise InputError(Finding("is empty", node.mark, printable(name), want="numbers, or ~ for what is left out"))
    shapes = {_collect(item, (*index, i), name, cells, limits, key) for i, item in enumerate(node.items)}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(node.items), *inner)


def _number(node: ScalarNode, field: str, limits: Limits, key: bool) -> Written | None:
    """A number as it was written; None for a cell left out."""
    if not node.quoted and node.text in LEFT_OUT:
        return None
    text = node.text.replace("\u2212", "-")
    if not node.quoted and text.lower() in INFINITE:
        return Written(node.text, INFINITE[text.lower()], None, 0, node.mark)
    if key and not scalars.NUMBER.fullmatch(text):
        return Written(node.text, scalars.as_number(node, field, limits), None, 0, node.mark)
    return as_written(node.text, scalars.as_literal(node, field, limits), node.mark)
