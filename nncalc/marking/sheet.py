"""An answer sheet: the lines that a student wrote, by step and cell, each number with the digits it was written in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from nncalc.disk.read import name_of
from nncalc.errors import Finding, InputError, Location, dimensions, printable, spelled
from nncalc.marking.assignment import Assignment
from nncalc.marking.cells import SPACES, cells_of, is_laid, key_cells
from nncalc.marking.closeness import Written
from nncalc.marking.entries import BLANK, Entries, entries_of, value_in
from nncalc.reading.nodes import Node, ScalarNode
from nncalc.trace.notation.tree import Index

# What a sheet may say of itself; problem and student pair it.
LABELS = ("problem", "student", "name", "id", "student id", "date", "course", "class", "group", "email")
UNREAD = "cannot be read"


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

    @property
    def is_unread(self) -> bool:
        """Whether no number of it could be read."""
        return self.trouble.startswith(UNREAD)


@dataclass(slots=True)
class Sheet:
    """All that a student gave, by the full name of the step.

    `notes`: what was read otherwise than it is written, and what was not read; `labels`: what the sheet says of itself.
    """

    source: str
    lines: dict[str, Line] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    is_key: bool = False

    @property
    def values(self) -> dict[str, dict[Index, float | int]]:
        """The bare numbers, as the way to run wants them."""
        return {name: {i: w.value for i, w in line.cells.items()} for name, line in self.lines.items()}


def from_file(path: str, asked: Assignment) -> Sheet:
    """Reads a sheet, as far as it can be; what cannot be costs its line.

    Raises InputError where the file cannot be opened or no line of it is known.
    """
    try:
        entries = entries_of(path, asked.problem.limits)
    except InputError as error:
        hints = [BLANK if "nncalc new" in f.hint else f.hint for f in error.findings]
        raise InputError([replace(f, hint=hint) for f, hint in zip(error.findings, hints, strict=True)]) from None
    return from_entries(entries, asked, name_of(path))


def from_entries(entries: Entries, asked: Assignment, source: str) -> Sheet:
    """The sheet that lines by their names make. Raises InputError where there are lines and none is known."""
    sheet = Sheet(source, notes=list(entries.notes))
    names = dict.fromkeys([*entries.nodes, *entries.lost])
    for text in names:
        lost, node = entries.lost.get(text), entries.nodes.get(text)
        mark = entries.keys.get(text) or (node.mark if node is not None else Location(source))
        if _is_label(text, asked):
            sheet.labels[text.strip().lower()] = node.text if isinstance(node, ScalarNode) else ""
            continue
        try:
            name, index = asked.meant(text)
        except InputError as error:
            sheet.notes += [replace(f, mark=mark, want=f.want or "a line that is asked") for f in error.findings]
            continue
        if lost is not None or node is None:
            _lose(sheet, name, mark, str(replace(lost, mark=None)) if lost is not None else "")
            continue
        try:
            _add(sheet, name, index, node, mark, asked)
        except InputError as error:
            _lose(sheet, name, mark, str(replace(error.findings[0], mark=None)))
    if names and not sheet.lines and sheet.notes and not sheet.labels:
        raise InputError(sheet.notes)
    return sheet


def _is_label(text: str, asked: Assignment) -> bool:
    """Whether a name is one of those that say whose sheet it is, where no step is called so."""
    return text.strip().lower() in LABELS and text.strip() not in asked.exact


def _lose(sheet: Sheet, name: str, mark: Location, why: str) -> None:
    """A line that cannot be read counts as given and wrong, with the reason for the student."""
    sheet.lines[name] = Line(name, mark, whole=True, trouble=f"{UNREAD}: {why}")


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
    """Reads answers that are no file: each line as a sheet writes it, by its name.

    Raises InputError where a name means no line.
    """
    nodes: dict[str, Node] = {}
    lost: dict[str, Finding] = {}
    for name, text in texts.items():
        try:
            nodes[name] = value_in(text.translate(SPACES), name, asked.problem.limits)
        except InputError as error:
            lost[name] = error.findings[0]
    return read(nodes, {name: Location(name) for name in texts}, asked, "your answers", lost)


def _is_vector(name: str, asked: Assignment) -> bool:
    try:
        line, index = asked.meant(name)
    except InputError:
        return False  # said where the line is read
    return index is None and asked.exact[line].ndim == 1


def from_key(asked: Assignment) -> Sheet:
    """The problem's own `expect` as a sheet; its numbers may be expressions. Raises InputError with every finding."""
    sheet = Sheet(asked.problem.file, is_key=True)
    findings: list[Finding] = []
    for text, node in asked.problem.expect.items():
        try:
            name, index = asked.meant(text)
            _add(sheet, name, index, node, node.mark, asked, key=f"expect.{text}")
        except InputError as error:
            label = f"expect.{printable(text)}"
            findings += [Finding(f.what, f.mark or node.mark, f.field or label, f.want, f.hint) for f in error.findings]
    if findings:
        raise InputError(findings)
    return sheet


def read(
    nodes: Mapping[str, Node],
    keys: Mapping[str, Location],
    asked: Assignment,
    source: str,
    lost: Mapping[str, Finding] | None = None,
) -> Sheet:
    """The sheet of lines whose names were typed or come from a program: a name that means no line is an error.

    Raises InputError with all of these.
    """
    findings: list[Finding] = []
    for text in [*nodes, *(lost or {})]:
        try:
            asked.meant(text)
        except InputError as error:
            mark = keys.get(text) or nodes[text].mark
            findings += [Finding(f.what, f.mark or mark, f.field, f.want, f.hint) for f in error.findings]
    if findings:
        raise InputError(findings)
    return from_entries(Entries(dict(nodes), dict(keys), dict(lost or {})), asked, source)


def _add(
    sheet: Sheet, name: str, index: Index | None, node: Node, mark: Location, asked: Assignment, key: str = ""
) -> None:
    """A line, or one cell of it, as it was written."""
    limits, want = asked.problem.limits, asked.exact[name].shape
    label = spelled((name, *(i + 1 for i in index or ())))
    cells = key_cells(node, key, limits) if key else cells_of(node, label, () if index is not None else want, limits)
    given, shape = cells.given, cells.shape
    if index is not None:
        if shape is None or math.prod(shape) != 1:
            raise InputError(Finding("want one number for a cell", node.mark))
        given = dict.fromkeys([index], *given.values()) if given else {}
    line = sheet.lines.setdefault(name, Line(name, mark))
    if line.trouble and index is not None:
        return  # another cell of it cannot be read
    if line.whole or any(i in line.cells for i in given) or (index is None and line.cells):
        raise InputError(Finding(f"{name} is given twice", mark))
    line.whole = index is None
    sheet.notes += [] if key else cells.notes  # that an instructor's expression is a number is no news
    if index is not None or shape == want:
        line.cells |= given
    elif shape is not None and is_laid(shape, want):
        places = dict(zip(np.ndindex(shape), np.ndindex(want), strict=True))
        line.cells |= {places[i]: number for i, number in given.items()}
    else:
        line.trouble = _misshapen(shape, want) if given else ""
        line.shape, line.unfitting = shape, given


def _misshapen(shape: tuple[int, ...] | None, want: tuple[int, ...]) -> str:
    if shape is None:
        return f"has rows of different lengths, want {dimensions(want)} (a comma inside a number? write 0.9)"
    if shape[:-1] == want[:-1] and shape and want and shape[-1] == 2 * want[-1]:
        return f"is {dimensions(shape)}, want {dimensions(want)} (a comma inside a number? write 0.9)"
    hint = " in brackets" if shape == () else ""
    return f"is {dimensions(shape)}, want {dimensions(want)}{hint}"
