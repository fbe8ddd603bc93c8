"""The numbers of one line of a sheet, read as generously as their meaning is clear."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from nncalc.errors import Finding, InputError, Location, printable, spelled
from nncalc.limits import Limits
from nncalc.marking.closeness import Written, as_written
from nncalc.reading import scalars
from nncalc.reading.nodes import Node, ScalarNode, SequenceNode
from nncalc.trace.notation.tree import Index

LEFT_OUT = ("~", "null", "")
# What looks like a space or a minus and is meant as one; a closed table, no normal form of Unicode.
SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))
MINUSES = str.maketrans(dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe63\uff0d", "-"))
DECIMAL = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
LITERAL = rf"{DECIMAL}(?:[eE][-+]?[0-9]+)?"
PERCENT = re.compile(rf"({DECIMAL}) ?%")
FRACTION = re.compile(rf"({LITERAL}) ?/ ?({LITERAL})")
POWER = re.compile(rf"({DECIMAL}) ?[*\u00b7\u00d7x] ?10 ?(?:\^|\*\*) ?([-+]?[0-9]+|\([-+]?[0-9]+\)|{{[-+]?[0-9]+}})")
COMMA = re.compile(r"([-+]?[0-9]+),([0-9]+(?:[eE][-+]?[0-9]+)?)")
SIGN_APART = re.compile(r"([-+]) +(?=[0-9.])")
ROW_ENDS = re.compile(r"[;\n]")
# Blanks part numbers, a comma behind one with them; or every comma does.
PARTED = (re.compile(r"[,\s]*\s[,\s]*"), re.compile(r"[,\s]+"))
# An array as programs print it: rows in brackets, with commas or without, maybe with array(…) around.
PRINTED = re.compile(r"(?:\w+\.)?(?:(?:array|tensor|matrix)\()?(\[.*\])(?:, *\w+=[\w.']+)*\)?", re.DOTALL)
BRACKETS = re.compile(r"[\[\]]|[^\[\]]+")
WITHOUT_COMMA = re.compile(r"[^\s,;]\s+[-+.\[0-9]")
NOTED = 3

Nested: TypeAlias = "ScalarNode | list[Nested]"
ReadNumber = Callable[..., Written | None]


@dataclass(slots=True)
class ReadCells:
    """What a line gives: its cells, their shape (None where rows differ), and what was read otherwise than written."""

    given: dict[Index, Written] = field(default_factory=dict)
    shape: tuple[int, ...] | None = ()
    notes: list[Finding] = field(default_factory=list)


def cells_of(node: Node, name: str, want: tuple[int, ...], limits: Limits) -> ReadCells:
    """The numbers of a line that should have a shape.

    Raises InputError where one of them cannot be read, or where several readings fit the shape.
    """
    tree = _tree(node, name)
    fitting: list[ReadCells] = []
    first: ReadCells | None = None
    trouble: InputError | None = None
    for candidate in _candidates(tree, want, limits):
        try:
            cells = _read(candidate, name, limits)
        except InputError as error:
            trouble = trouble or error
            continue
        if candidate is not tree and _is_printed(tree):
            cells.notes.insert(0, Finding("is read as an array that a program has printed", node.mark, printable(name)))
        first = first or cells
        if is_laid(cells.shape, want):
            fitting.append(cells)
            if candidate is tree:
                break
    values = {tuple((w.value, w.places) for w in cells.given.values()) for cells in fitting}
    if len(values) > 1:
        raise InputError(Finding("can be read in several ways; write 0.9, with a point", node.mark, printable(name)))
    if not fitting and first is None and trouble is not None:
        raise trouble
    return fitting[0] if fitting else first or ReadCells()


def _is_printed(tree: Nested) -> bool:
    """Whether a line is as a program prints an array: blanks alone between numbers in brackets, or array(…) around."""
    if isinstance(tree, list):
        return any(
            WITHOUT_COMMA.search(part.text) if isinstance(part, ScalarNode) else _is_printed(part) for part in tree
        )
    array = PRINTED.fullmatch(plain_signs(tree.text))
    return array is not None and (array[0] != array[1] or WITHOUT_COMMA.search(array[1]) is not None)


def key_cells(node: Node, name: str, limits: Limits) -> ReadCells:
    """The numbers of a key, which are an instructor's: literals and expressions, as a problem has them.

    Raises InputError where one cannot be read.
    """
    return _read(_tree(node, name), name, limits, _of_key)


def is_laid(shape: Sequence[int] | None, want: Sequence[int]) -> bool:
    """Whether the cells are the same in the same order: only axes of one cell are others, as in a row for a column."""
    return shape is not None and [n for n in shape if n > 1] == [n for n in want if n > 1]


def number_on_sheet(node: ScalarNode, name: str, limits: Limits) -> Written | None:
    """A number as it was written; None for a cell left out. Raises InputError for anything else."""
    text = plain_signs(node.text)
    if text in LEFT_OUT:
        return None
    if len(text) <= limits.number_digits:
        if scalars.NUMBER.fullmatch(text):
            return _finite(node, text, name)
        if text.lower() in scalars.INFINITE:
            return Written(node.text, scalars.INFINITE[text.lower()], None, 0, node.mark)
        fraction = FRACTION.fullmatch(text)
        if fraction:
            return _ratio(node, fraction, name)
        literal = _literal(text)
        if literal:
            return replace(_finite(node, literal, name), text=node.text)
    scalars.as_literal(ScalarNode(node.text, node.quoted, node.mark), name, limits)
    raise InputError(Finding(f"want a number, got {node.shown()}", node.mark, name))


def _of_key(node: ScalarNode, name: str, limits: Limits) -> Written | None:
    if not node.quoted and node.text in LEFT_OUT:
        return None
    text = node.text.replace("\u2212", "-")
    if not node.quoted and text.lower() in scalars.INFINITE:
        return Written(node.text, scalars.INFINITE[text.lower()], None, 0, node.mark)
    if not scalars.NUMBER.fullmatch(text):
        return Written(node.text, scalars.as_number(node, name, limits), None, 0, node.mark)
    return as_written(node.text, scalars.as_literal(node, name, limits), node.mark)


def plain_signs(text: str) -> str:
    """A text with the usual minus and spaces, whatever a program has put for them."""
    return SIGN_APART.sub(r"\1", text.translate(SPACES).translate(MINUSES).strip())


def _literal(text: str) -> str:
    """What a percentage, a product with a power of ten or a decimal comma is as a literal number, or nothing."""
    percent, power, comma = PERCENT.fullmatch(text), POWER.fullmatch(text), COMMA.fullmatch(text)
    if percent:
        return f"{percent[1]}e-2"
    if power:
        return f"{power[1]}e{power[2].strip('(){}')}"
    return f"{comma[1]}.{comma[2]}" if comma else ""


def _finite(node: ScalarNode, literal: str, name: str) -> Written:
    value = float(literal)
    if not math.isfinite(value):
        raise InputError(Finding(f"want a number below 1.8e308, got {node.shown()}", node.mark, name))
    return replace(as_written(literal, value, node.mark), text=node.text)


def _ratio(node: ScalarNode, fraction: re.Match[str], name: str) -> Written:
    above, below = float(fraction[1]), float(fraction[2])
    value = above / below if below else math.nan
    if not math.isfinite(value):
        raise InputError(Finding(f"want a number, got {node.shown()}", node.mark, name))
    return Written(node.text, value, None, 0, node.mark)


def _tree(node: Node, name: str) -> Nested:
    if isinstance(node, ScalarNode):
        return node
    if not isinstance(node, SequenceNode):
        raise InputError(Finding("want numbers, got a mapping", node.mark, printable(name)))
    if not node.items:
        raise InputError(Finding("is empty", node.mark, printable(name), want="numbers, or ~ for what is left out"))
    return [_tree(item, name) for item in node.items]


def _candidates(tree: Nested, want: tuple[int, ...], limits: Limits) -> Iterator[Nested]:
    """What a line may mean: as it stands, with its texts parted into numbers, with decimal commas put together."""
    yield tree
    last = next((n for n in reversed(want) if n > 1), 1)
    for parting in PARTED:
        parted = _parted(tree, parting, limits)
        if parted != tree:
            yield parted
        joined = _joined(parted, last)
        if joined is not None and joined != parted:
            yield joined


def _parted(tree: Nested, parting: re.Pattern[str], limits: Limits) -> Nested:
    """The tree with the texts that hold several numbers taken apart."""
    if isinstance(tree, list):
        return [_parted(part, parting, limits) for part in tree]
    text = plain_signs(tree.text)
    if scalars.NUMBER.fullmatch(text) or text in LEFT_OUT:
        return tree
    array = PRINTED.fullmatch(text)
    if array and ";" not in text:
        return _bracketed(array[1], parting, tree.mark, limits) or tree
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1].strip()
    rows: list[Nested] = [row for part in ROW_ENDS.split(text) if (row := _parts(part.strip(), parting, tree.mark))]
    if len(rows) != 1:
        return rows or tree
    (only,) = rows
    return tree if isinstance(only, list) and len(only) == 1 and text == plain_signs(tree.text) else only


def _bracketed(text: str, parting: re.Pattern[str], mark: Location, limits: Limits) -> Nested | None:
    """The rows of an array that a program has printed, however many lines it took; None where brackets do not match."""
    open: list[list[Nested]] = [[]]
    for piece in BRACKETS.finditer(text):
        if piece[0] == "[":
            open.append([])
        elif piece[0] != "]":
            open[-1] += _parts(piece[0].strip(", \n"), parting, mark.further(piece.start()))
        elif len(open) > 1 and open[-1]:
            open[-2].append(open.pop())
        else:
            return None
        if len(open) > limits.depth:
            return None
    return None if len(open) > 1 else open[0] if len(open[0]) > 1 else open[0][0]


def _parts(row: str, parting: re.Pattern[str], mark: Location) -> list[Nested]:
    """The texts of a row, each with its place."""
    if _literal(row) and not COMMA.fullmatch(row):
        return [ScalarNode(row, False, mark)]
    ends = [(m.start(), m.end()) for m in parting.finditer(row)]
    starts, stops = [0, *(end for _, end in ends)], [*(start for start, _ in ends), len(row)]
    spans = zip(starts, stops, strict=True)
    return [ScalarNode(row[a:b], False, mark.further(a)) for a, b in spans if a < b]


def _joined(tree: Nested, want: int) -> Nested | None:
    """The tree with decimal commas put together in each row so that it has so many numbers; None where none fits."""
    if not isinstance(tree, list):
        return tree
    if not all(isinstance(part, ScalarNode) for part in tree):
        parts = [_joined(part, want) for part in tree]
        return None if any(part is None for part in parts) else [part for part in parts if part is not None]
    leaves = [part for part in tree if isinstance(part, ScalarNode)]
    texts = [plain_signs(leaf.text) for leaf in leaves]
    fits = [_adjacent(a, b) and COMMA.fullmatch(f"{a.text},{b.text}") is not None for a, b in pairwise(leaves)]
    pairs = _pairs(fits, len(texts) - want)
    if pairs is None:
        return None
    whole = [n for n in range(len(texts)) if n - 1 not in pairs]
    return [ScalarNode(f"{texts[n]},{texts[n + 1]}" if n in pairs else texts[n], False, leaves[n].mark) for n in whole]


def _adjacent(first: ScalarNode, second: ScalarNode) -> bool:
    """Whether only a comma stands between two numbers, as in 0,49."""
    a, b = first.mark, second.mark
    return a.line == b.line and a.column is not None and b.column == a.column + len(first.text) + 1


def _pairs(fits: list[bool], count: int) -> set[int] | None:
    """Where so many commas are decimal ones, as long as there is one way alone."""
    found = []
    for places in (range(len(fits)), range(len(fits) - 1, -1, -1)):
        taken: set[int] = set()
        for n in places:
            if fits[n] and not {n - 1, n + 1} & taken and len(taken) < count:
                taken.add(n)
        found.append(taken)
    return found[0] if len(found[0]) == count and found[0] == found[1] else None


def _read(tree: Nested, name: str, limits: Limits, number: ReadNumber = number_on_sheet) -> ReadCells:
    cells = ReadCells()
    cells.shape = _shape(tree, (), name, cells, partial(number, limits=limits))
    more = len(cells.notes) - NOTED
    if more > 0:
        cells.notes[NOTED:] = [Finding(f"and {more} more are read like these", cells.notes[0].mark, printable(name))]
    return cells


def _shape(
    tree: Nested, index: Index, name: str, cells: ReadCells, read: Callable[..., Written | None]
) -> tuple[int, ...] | None:
    """Gathers the cells and returns their shape, None where the rows differ."""
    if isinstance(tree, ScalarNode):
        where = spelled((name, *(i + 1 for i in index)))
        number = read(tree, where)
        if number is not None:
            cells.given[index] = number
            if tree.quoted or not scalars.NUMBER.fullmatch(tree.text):
                _note(cells, tree.shown(), number, tree.mark, where)
        return ()
    shapes = {_shape(part, (*index, n), name, cells, read) for n, part in enumerate(tree)}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(tree), *inner)


def _note(cells: ReadCells, shown: str, number: Written, mark: Location, where: str) -> None:
    if math.isfinite(number.value):
        cells.notes.append(Finding(f"{shown} is read as {number.value!r}", mark, printable(where)))
