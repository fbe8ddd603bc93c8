"""The lines of a sheet's text by their names: as YAML where it is some, else each line by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from nncalc.disk.read import decoded, name_of, read_bytes
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits
from nncalc.marking.cells import SPACES
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.reading.reader import read_text

BLANK = "`nncalc sheet PROBLEM` prints a sheet to fill in"
# Where a line of a sheet begins: a name at the very left, maybe in quotes, a colon (or =), and what was written.
LINE_HEAD = re.compile(
    r"""(?P<quote>["']?)(?P<name>[^\s"'#\-\[{][^"'=:\n]{0,80}?(?:\[[0-9, ]+\])?)(?P=quote) *(?::(?!:)|=)"""
)
# What an array without commas may be written in.
PRINTED_ARRAY = re.compile(r"[\w.]*\(?\[(?:[-+\s\[\]0-9.,eE%\u2212]|nan|inf)*\]\)?")
COMMENT = re.compile(r"(?m)(?:^|(?<=\s))#.*$")
# A sheet of more lines than this is read as a whole or not at all.
MOST_LINES = 2000


@dataclass(slots=True)
class Entries:
    """What stands for each name; `lost`: why a line cannot be read, by its name; `notes`: what belongs to no name."""

    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Location] = field(default_factory=dict)
    lost: dict[str, Finding] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)


def entries_of(path: str, limits: Limits) -> Entries:
    """The lines of a sheet's file. Raises InputError where the file cannot be opened, or holds no line at all."""
    return entries_in(decoded(read_bytes(path, limits)), name_of(path), limits)


def entries_in(text: str, name: str, limits: Limits) -> Entries:
    """The lines of a sheet's text. Raises InputError where it holds none."""
    text = text.translate(SPACES)
    try:
        root = read_text(text, name, limits)
    except InputError as error:
        entries = _line_by_line(text, name, limits)
        if not (entries.nodes or entries.lost):
            raise error from None
        return entries
    if isinstance(root, MappingNode):
        return Entries(root.entries, root.keys)
    entries = _line_by_line(text, name, limits)
    if not entries.nodes:
        what = "want lines with a name, a colon and a space (h: [0.1, 0.2])"
        raise InputError(Finding(what, root.mark, hint=BLANK))
    return entries


def value_in(text: str, name: str, limits: Limits) -> Node:
    """What stands for one name: YAML, or an array as NumPy prints it, which needs no commas and takes several lines.

    Raises InputError where it is neither.
    """
    try:
        return read_text(text, name, limits)
    except InputError:
        bare = COMMENT.sub("", text)
        array = bare.strip()
        if not PRINTED_ARRAY.fullmatch(array) or array.count("[") != array.count("]"):
            raise
        return ScalarNode(" ".join(array.split()), False, Location(name, bare[: bare.index(array)].count("\n") + 1, 1))


def _line_by_line(text: str, name: str, limits: Limits) -> Entries:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    heads = [(n, head) for n, line in enumerate(lines) if (head := LINE_HEAD.match(line))]
    entries = Entries()
    if not heads or len(heads) > MOST_LINES or len(lines) > 10 * MOST_LINES:
        return entries
    loose = next((n for n, line in enumerate(lines[: heads[0][0]]) if _says_something(line)), None)
    if loose is not None:
        entries.notes.append(Finding("cannot be read, and is passed over", Location(name, loose + 1)))
    ends = [n for n, _ in heads[1:]] + [len(lines)]
    for (start, head), end in zip(heads, ends, strict=True):
        key, mark = head["name"].strip(), Location(name, start + 1, 1)
        if key in entries.keys:
            first = entries.keys[key].line
            entries.lost[key] = Finding(
                f"is given twice, in line {first} and in line {start + 1}; neither counts", mark
            )
            continue
        entries.keys[key] = mark
        value = " " * head.end() + lines[start][head.end() :]
        _take(entries, key, "\n".join([*[""] * start, value, *lines[start + 1 : end]]), name, limits)
    return entries


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#") and line.strip() not in ("---", "{")


def _take(entries: Entries, key: str, value: str, name: str, limits: Limits) -> None:
    """One line; where what follows spoils it, it alone."""
    first, _, rest = value.lstrip("\n").partition("\n")
    lead = "\n" * (len(value) - len(value.lstrip("\n")))
    try:
        entries.nodes[key] = value_in(value if value.strip() else value + "~", name, limits)
    except InputError as error:
        try:
            if not first.strip() or not rest.strip():
                raise error
            entries.nodes[key] = read_text(lead + first, name, limits)
            line = len(lead) + 2
            entries.notes.append(Finding(f"what follows {printable(key)} cannot be read, and is passed over",
                                         Location(name, line)))  # fmt: skip
        except InputError:
            why = error.findings[0]
            typed = printable(" ".join(value.split()))
            entries.lost[key] = replace(why, what=f"{why.what}: {typed}") if typed else why
