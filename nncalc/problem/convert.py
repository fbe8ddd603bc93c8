"""From a read node to the value of a field: the field's type decides, never YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

import numpy as np

from nncalc.errors import FieldPath, Finding, InputError, Location, did_you_mean, dimensions, printable, spelled
from nncalc.limits import Permissions, raising
from nncalc.problem.axes import settled
from nncalc.problem.looks import are_words, is_other, numbers_in_words, plain_array, with_its_name
from nncalc.problem.one_hot import one_hot_rows, with_words
from nncalc.problem.plainly import is_misfit, may_be_read
from nncalc.problem.spelling import named_otherwise, one_kind, unknown_key, unknown_kind, with_comma, with_symbols
from nncalc.reading import scalars
from nncalc.reading.builder import MOST_ARRAYS, too_deep
from nncalc.reading.expression import ExpressionError, Tree
from nncalc.reading.external import Beside, Unusable, read_csv, read_numpy
from nncalc.reading.lines import Lines, formula_lines
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.reading.parser import parse
from nncalc.topics.parts.belonging import Like, misplaced, when
from nncalc.topics.parts.fields import REQUIRED, About, Field, OwnName, Symbol, Variant, alternatives, fields_of
from nncalc.topics.parts.language import LANGUAGE
from nncalc.topics.parts.turning import laid
from nncalc.trace.notation.decimals import meant_array

BAD: Any = object()
FREE = About().bounds


@dataclass(frozen=True)
class ArrayFile:
    """An array in a file of its own."""

    file: Annotated[str, About("an .npy, .npz or .csv below the problem's folder")]
    key: Annotated[
        str | None,
        About("which array of an .npz", only=when(file=Like("ending in .npz", lambda f: f.endswith(".npz")))),
    ] = None


class Converter:
    """Converts nodes, collecting every finding and where each value stood."""

    def __init__(self, rules: Permissions, folder: str):
        self.limits = rules.limits
        self.beside = Beside(folder, rules)
        self.from_files = 0
        self.findings: list[Finding] = []
        self.marks: dict[FieldPath, Location] = {}
        self.layout: str | None = None  # what the record says in which a record stands

    def found(self, node: Node, path: FieldPath, what: str, want: str = "", hint: str = "") -> Any:
        """Notes a finding at a node; the value is then BAD."""
        self.findings.append(Finding(what, node.mark, spelled(path), want, hint))
        return BAD

    def attempt(self, read: Callable[[], Any]) -> Any:
        """The value, or BAD with its findings noted."""
        try:
            return read()
        except InputError as error:
            self.findings.extend(error.findings)
            return BAD

    def value(self, node: Node, field: Field, path: FieldPath) -> Any:
        """The field's value from its node."""
        self.marks[path] = node.mark
        if len(path) > self.limits.depth:
            return self.too_deep(node, path)
        if Lines in field.types:
            return self.attempt(lambda: formula_lines(node, spelled(path), self.limits))
        if field.variant is not None and not is_other(node, field):
            return self.variant(node, field.variant, path)
        if isinstance(node, ScalarNode):
            return self.scalar(node, field, path)
        if isinstance(node, SequenceNode):
            return self.sequence(node, field, path)
        return self.mapping(node, field, path)

    def too_deep(self, node: Node, path: FieldPath) -> Any:
        """Aliases can nest what was never seen nested."""
        what, hint = too_deep(self.limits)
        return self.found(node, path, what, hint=hint)

    def scalar(self, node: ScalarNode, field: Field, path: FieldPath) -> Any:
        """A number, a choice, a text, an expression."""
        name, kinds = spelled(path), field.types
        choices = field.of_kind(Literal)
        number = int if int in kinds else float if float in kinds else None
        if choices and (node.text in get_args(choices) or not (number or self.is_number(node, field))):
            return self.attempt(lambda: scalars.as_choice(node, name, get_args(choices)))
        if choices and node.text[:1].isalpha() and not scalars.is_number(node, self.limits):
            hint = did_you_mean(node.text, get_args(choices))
            return self.found(node, path, f"want {field.wants}, got {node.shown()}", hint=hint)
        if bool in kinds and number is not None and scalars.is_flag(node):
            return self.attempt(lambda: scalars.as_flag(node, name))
        if number is int:
            return self.attempt(lambda: scalars.as_whole(node, name, self.limits, field.about.least, field.about.most))
        if number is float:
            return self.real(node, field, path)
        if bool in kinds:
            return self.attempt(lambda: scalars.as_flag(node, name))
        if str in kinds:
            return self.attempt(lambda: scalars.as_text(node, name, self.limits.title))
        if Tree in kinds:
            return self.tree(node, path)
        if field.is_array and field.default is not REQUIRED and node.text == "0" and field.default == 0:
            return 0
        if field.is_array and self.is_number(node, field):
            one = self.item(node, path, field)
            return BAD if one is BAD else np.array(one, float)
        return self.found(node, path, f"want {field.wants}, got {node.shown()}")

    def is_number(self, node: ScalarNode, field: Field) -> bool:
        """Whether one number stands where the field may be an array: its brackets may be left out."""
        return field.is_array and (self.is_infinite(node, field) or scalars.is_number(node, self.limits))

    def is_infinite(self, node: ScalarNode, field: Field) -> bool:
        """Whether it is ∞ or −∞ where the field may hold these."""
        return field.about.infinite and not node.quoted and node.text.lower() in scalars.INFINITE

    def real(self, node: ScalarNode, field: Field, path: FieldPath) -> Any:
        """A number within the field's bounds."""
        value = self.attempt(lambda: scalars.as_number(node, spelled(path), self.limits))
        unmet = "" if value is BAD else scalars.unmet(value, *field.about.bounds)
        return self.found(node, path, f"{unmet}, got {node.shown()}") if unmet else value

    def tree(self, node: ScalarNode, path: FieldPath) -> Any:
        """An expression with variables."""
        try:
            return parse(node.text, self.limits, functions=LANGUAGE)
        except ExpressionError as error:
            mark = node.mark.further(error.column - 1 + node.quoted)
            what = f"column {error.column}: {error.what}" if mark.is_flag else error.what
            self.findings.append(Finding(what, mark, spelled(path), hint=error.hint))
            return BAD

    def sequence(self, node: SequenceNode, field: Field, path: FieldPath) -> Any:
        """An array, a list of whole numbers, a list of records."""
        kind = field.of_kind(list)
        if field.is_array and not (kind == list[str] and are_words(node)):
            return self.array(node, field, path)
        if kind is None:
            return self.found(node, path, f"want {field.wants}, got a list")
        if not node.items and not field.about.empty:
            return self.found(node, path, "the list is empty", "at least one")
        item = Field(field.name, alternatives(get_args(kind)[0]), REQUIRED, field.about, field.axes)
        values = [self.value(n, item, (*path, i)) for i, n in enumerate(node.items, 1)]
        return BAD if any(v is BAD for v in values) else values

    def mapping(self, node: MappingNode, field: Field, path: FieldPath) -> Any:
        """A record, names with a value each, or an array in a file of its own."""
        if field.is_array and "file" in node.entries:
            return self.external(node, field, path)
        if field.record is not None:
            values = self.record(node, fields_of(field.record), path, alone=not field.about.chain)
            return BAD if values is BAD else field.record(**values)
        kind = field.mapping
        if kind is None:
            return self.found(node, path, f"want {field.wants}, got a mapping")
        if not node.entries:
            return self.found(node, path, "the mapping is empty", field.wants)
        named, inner = get_args(kind)
        item = Field(field.name, alternatives(inner), REQUIRED, field.about, field.axes)
        if named in (Symbol, OwnName):
            node, findings = with_symbols(node, path, own=named is OwnName)
            self.findings += findings
        values = {name: self.value(n, item, (*path, name)) for name, n in node.entries.items()}
        return BAD if any(v is BAD for v in values.values()) else values

    def external(self, node: MappingNode, field: Field, path: FieldPath) -> Any:
        """An array that lies in a file beside the problem."""
        given = self.record(node, fields_of(ArrayFile), path)
        if given is BAD:
            return BAD
        file, key = given["file"], given.get("key")
        try:
            where = self.beside.find(file)
            if where.endswith(".csv"):
                return self.table(read_csv(where, file, self.beside.rules), field, path)
            array = read_numpy(where, key, self.beside.rules)
        except Unusable as error:
            return self.found(node, path, f"{printable(file)}: {error.what}", hint=error.hint)
        self.from_files += array.size
        unmet = next(filter(None, (scalars.unmet(end, *field.about.bounds) for end in (array.min(), array.max()))), "")
        if unmet:
            return self.found(node, path, f"{printable(file)}: {unmet}")
        if self.from_files > MOST_ARRAYS * self.limits.array:
            what = f"the arrays in files hold more than {MOST_ARRAYS * self.limits.array} numbers, the limit"
            return self.found(node, path, what, hint=raising("array"))
        return self.shaped(node, array, field, path)

    def table(self, rows: SequenceNode, field: Field, path: FieldPath) -> Any:
        """The numbers of a CSV file; one row, or one number a line, is a vector where the field may be one."""
        if any(len(axes) == 1 for axes in field.axes):
            if len(rows.items) == 1:
                rows = rows.items[0]  # type: ignore[assignment]  # of a table every item is a row
            elif all(isinstance(row, SequenceNode) and len(row.items) == 1 for row in rows.items):
                rows = SequenceNode([row.items[0] for row in rows.items if isinstance(row, SequenceNode)], rows.mark)
        return self.array(rows, field, path)

    def variant(self, node: Node, kinds: type[Variant], path: FieldPath) -> Any:
        """A record of one of several kinds: {kind: {fields}}, or the bare name of the kind."""
        if isinstance(node, ScalarNode):
            node = MappingNode({node.text: MappingNode({}, {}, node.mark)}, {node.text: node.mark}, node.mark)
        if not isinstance(node, MappingNode) or len(node.entries) != 1:
            return self.found(node, path, "want one kind with its fields", *one_kind(node, kinds))
        kind, inner = next(iter(node.entries.items()))
        if kind not in kinds.options:
            return self.found(node, path, *unknown_kind(kind, kinds.options))
        inner = with_its_name(inner, kinds.ways(kind))
        if not isinstance(inner, MappingNode):
            return self.found(inner, (*path, kind), "want a mapping (name: value)")
        record = kinds.way(kind, inner.entries)
        values = self.record(inner, fields_of(record), (*path, kind))
        return BAD if values is BAD else (kind, kinds.made(record, values))

    def record(self, node: MappingNode, fields: tuple[Field, ...], path: FieldPath, alone: bool = True) -> Any:
        """Every field of a mapping by its description; unknown and missing keys are findings.

        alone: its axes are its own; those of a chain are settled with what the chain stands in.
        """
        outer, self.layout = self.layout, getattr(node.entries.get("layout"), "text", self.layout)
        fields, node = laid(fields, self.layout), with_words(node, fields)
        known = {f.name: f for f in fields}
        values: dict[str, Any] = {"layout": self.layout} if "layout" in known and self.layout else {}
        for name, child in node.entries.items():
            if name in known:
                values[name] = self.value(child, known[name], (*path, name))
            else:
                self.unknown(name, node.keys[name], fields, path)
        self.layout = outer
        for f in fields:
            if f.name in node.entries:
                continue
            if f.about.one_hot is not None and f.about.one_hot[0] in node.entries:
                values[f.name] = one_hot_rows(self, node, values, *f.about.one_hot, path)
            elif f.is_missing(node.entries):
                if not named_otherwise(f, node.entries, fields):
                    self.found(node, path, f"'{f.name}' is missing", f.wants)
                values[f.name] = BAD
        for name, what in (strays := misplaced(fields, values, node.entries, BAD)):
            self.found(node.entries[name], (*path, name), what)
        if strays or any(v is BAD for v in values.values()):
            return BAD
        clashes = settled(fields, values, self.marks, path) if alone else []
        self.findings += clashes
        return BAD if clashes else values

    def unknown(self, name: str, mark: Location, fields: tuple[Field, ...], path: FieldPath) -> None:
        """An unknown key, with the name that was probably meant."""
        self.findings.append(Finding(*unknown_key(name, fields), mark=mark, field=spelled(path)))

    def array(self, node: SequenceNode, field: Field, path: FieldPath) -> Any:
        """A rectangular array of numbers."""
        nested = plain_array(node, self.limits.depth - len(path)) if field.about.bounds == FREE else None
        nested = self.nested(node, path, field) if nested is None else nested
        return BAD if nested is BAD else self.shaped(node, nested, field, path)

    def shaped(self, node: Node, array: Any, field: Field, path: FieldPath) -> Any:
        """The array, if it has as many axes as the field may have, or may stand for one that has."""
        if is_misfit(array.shape, field) and not may_be_read(array.shape):
            return self.found(node, path, f"is {dimensions(array.shape)}", field.wants)
        return array

    def nested(self, node: SequenceNode, path: FieldPath, field: Field) -> Any:
        """Lists of lists of numbers, all rows of one length."""
        if not node.items:
            return self.found(node, path, "an empty list has no numbers")
        if len(path) > self.limits.depth:
            return self.too_deep(node, path)
        values: list[Any] = []
        for i, item in enumerate(node.items, 1):
            values.append(self.item(item, (*path, i), field))
            if values[-1] is BAD:
                self.findings[-1] = with_comma(self.findings[-1], node.items[i - 2 : i])
        if any(v is BAD for v in values):
            return BAD
        shapes = [np.shape(v) for v in values]
        for item, shape, i in zip(node.items, shapes, range(1, len(shapes) + 1), strict=True):
            if shape != shapes[0]:
                what = f"{numbers_in_words(shape)}, but the first row {numbers_in_words(shapes[0])}"
                return self.found(item, (*path, i), what, "rows of one length")
        return meant_array(values)

    def item(self, node: Node, path: FieldPath, field: Field) -> Any:
        """A number, or a row."""
        if isinstance(node, SequenceNode):
            return self.nested(node, path, field)
        if isinstance(node, MappingNode):
            return self.found(node, path, "want a number, got a mapping")
        if self.is_infinite(node, field):
            return scalars.INFINITE[node.text.lower()]
        value = scalars.plain_number(node)
        return self.real(node, field, path) if value is None or field.about.bounds != FREE else value
