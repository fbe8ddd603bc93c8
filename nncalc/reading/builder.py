"""YAML's events to nodes, on a stack of our own: counted, bounded, every key seen, every place remembered."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits, raising
from nncalc.reading.flow import NumbersNode
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode

# All arrays of a problem together: so many times one array's limit.
MOST_ARRAYS = 5
BLOCK_HEAD = re.compile(r"[|>][-+0-9]*[ \t]*([ \t]#.*)?\Z")
SURROGATE = re.compile("[\ud800-\udfff]")
TABBED = "the line is indented with a tab; want spaces"
KEY_GLUED = "a blank is missing after `{}:`"
ALONE = "| and > stand alone; write the text in the lines below"


def too_deep(limits: Limits) -> tuple[str, str]:
    """What to say of more levels than the limit (libyaml has one of its own, and meets it first), with the hint."""
    return f"is nested deeper than {limits.depth} levels, the limit", raising("depth")


def half_character(sign: str) -> str:
    """What to say of a lone surrogate."""
    return f"{printable(sign)} is half a character"


def unusable_key(name: str, limits: Limits) -> tuple[str, str] | None:
    """What is wrong with a mapping's key, with the hint; None where nothing is."""
    if not name:
        return "a key is empty; want a name before the colon", ""
    if len(name) > limits.name:
        return f"the key {printable(name, 20)} is longer than {limits.name} characters, the limit", raising("name")
    return None


class _Open(NamedTuple):
    """A list or a mapping that is not closed yet, the key it stands under, and what had been counted before it."""

    node: SequenceNode | MappingNode
    anchor: str | None
    name: str
    nodes: int
    numbers: int
    array: int


class Builder:
    """Builds nodes from events on a stack of its own, counting as it goes."""

    def __init__(self, name: str, text: str, limits: Limits, lifted: dict[tuple[int, int], NumbersNode] | None = None):
        self.name, self.text, self.limits = name, text, limits
        self.lifted = lifted or {}  # the lists whose numbers are read already, by line and column from 0
        self.lines = text.split("\n")
        self.tabs, self.escapes = "\t" in text, "\\" in text
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.pending: tuple[str, Location] | None = None  # the key whose value comes next
        self.anchors: dict[str, Node | None] = {}
        self.sizes: dict[int, tuple[int, int]] = {}
        self.brackets: list[Any] = []
        self.nodes = self.numbers = self.documents = 0
        self.array = 0  # how many numbers the array that is open has so far

    def fail(self, event: Any, what: str, hint: str = "") -> InputError:
        return InputError(Finding(what, self.mark(event.start_mark), hint=hint))

    def mark(self, place: Any) -> Location:
        """A parser's place as ours."""
        return Location(self.name, place.line + 1, place.column + 1, self.text)

    @property
    def opened(self) -> Any:
        """The place of the innermost bracket that is open."""
        return self.brackets[-1] if self.brackets else None

    def take_all(self, parser: Any) -> None:
        """All events of a parser."""
        take = {
            yaml.ScalarEvent: self.scalar, yaml.AliasEvent: self.alias, yaml.DocumentStartEvent: self.document,
            yaml.SequenceStartEvent: self.start, yaml.MappingStartEvent: self.start,
            yaml.SequenceEndEvent: self.end, yaml.MappingEndEvent: self.end,
        }  # fmt: skip
        try:
            for event in iter(parser.get_event, None):
                if self.tabs:
                    self.indented(event)
                handle = take.get(type(event))
                if handle is not None:
                    handle(event)
        finally:
            parser.dispose()

    def indented(self, event: Any) -> None:
        """Tabs may stand anywhere but before a line's first sign, where the indentation carries the meaning."""
        at = event.start_mark
        before = self.lines[at.line][: at.column] if at.line < len(self.lines) else ""
        if "\t" in before and not before.strip() and not self.brackets and isinstance(event, yaml.NodeEvent):
            raise self.fail(event, TABBED)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.fail(event, "a second document begins here; want one problem a file")

    def tagged(self, event: Any) -> None:
        if event.tag is not None:
            raise self.fail(event, f"tags ({printable(event.tag, 40)}) are not read; the field decides what a value is")

    def scalar(self, event: Any) -> None:
        if event.tag is not None or event.style or self.escapes:
            if self.lifted and (numbers := self.lifted.pop((event.start_mark.line, event.start_mark.column), None)):
                self.list_of(numbers, event)
                return
            self.unusual(event)
        top = self.stack[-1].node if self.stack else None
        if type(top) is MappingNode and not self.pending:
            self.take_key(event, top)
            return
        at = event.start_mark
        node = ScalarNode(event.value, bool(event.style), Location(self.name, at.line + 1, at.column + 1, self.text))
        if type(top) is SequenceNode:
            self.count(event, 0, 1)
        else:
            self.count(event, 1)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.place(node)

    def list_of(self, numbers: NumbersNode, event: Any) -> None:
        """A list whose numbers are read already, where an empty text stands for it."""
        if self.awaiting_key() is not None or len(self.stack) + numbers.array.ndim > self.limits.depth:
            raise self.fail(event, *too_deep(self.limits))
        self.count(event, numbers.lists, numbers.array.size)
        if not self.stack or type(self.stack[-1].node) is not SequenceNode:
            self.array -= numbers.array.size  # otherwise it is a row of the array that is still open
        self.place(numbers)

    def unusual(self, event: Any) -> None:
        """What only some scalars have: a tag, escapes, the | and > of a text in lines."""
        self.tagged(event)
        half = SURROGATE.search(event.value)
        if half:  # libyaml refuses these escapes by itself
            raise self.fail(event, f"is not YAML: {half_character(half.group())}")
        at = event.start_mark
        if event.style in ("|", ">") and not BLOCK_HEAD.match(self.lines[at.line][at.column :]):
            raise self.fail(event, f"is not YAML: {ALONE}")

    def awaiting_key(self) -> MappingNode | None:
        """The mapping whose next key this is, if it is one."""
        top = self.stack[-1].node if self.stack else None
        return top if isinstance(top, MappingNode) and not self.pending else None

    def take_key(self, event: Any, mapping: MappingNode) -> None:
        name, at = event.value, event.start_mark
        if self.brackets and not event.style and self.glued(event.end_mark):
            raise self.fail(event, f"is not YAML: {KEY_GLUED.format(printable(name, 40))}")
        if name == "<<" and not event.style:
            raise self.fail(event, "merge keys (<<) are not read; write the fields out")
        if (trouble := unusable_key(name, self.limits)) is not None:
            raise self.fail(event, *trouble)
        if name in mapping.entries:
            first = mapping.keys[name].line
            raise self.fail(event, f"'{printable(name)}' is given twice, first in line {first}")
        self.count(event, 1)
        self.pending = (name, Location(self.name, at.line + 1, at.column + 1, self.text))

    def glued(self, end: Any) -> bool:
        """Whether a list or a mapping follows a key without a blank."""
        return self.lines[end.line][end.column :][:2] in (":[", ":{")

    def start(self, event: Any) -> None:
        self.tagged(event)
        if self.awaiting_key() is not None:
            raise self.fail(event, "want a name as key, got a list or a mapping")
        at = event.start_mark
        if len(self.stack) >= self.limits.depth:
            raise self.fail(event, *too_deep(self.limits))
        listed = type(event) is yaml.SequenceStartEvent
        name = self.pending[0] if self.pending else ""
        self.count(event, 1)
        mark = Location(self.name, at.line + 1, at.column + 1, self.text)
        node: SequenceNode | MappingNode = SequenceNode([], mark) if listed else MappingNode({}, {}, mark)
        self.place(node)
        if event.anchor:
            self.anchors[event.anchor] = None
        if event.flow_style:
            self.brackets.append(at)
        self.stack.append(_Open(node, event.anchor, name, self.nodes, self.numbers, self.array))
        if not listed:
            self.array = 0  # what stands in a mapping is another array

    def end(self, event: Any) -> None:
        opened = self.stack.pop()
        if self.brackets:  # inside brackets there are only brackets
            self.brackets.pop()
        node = opened.node
        in_list = bool(self.stack) and type(self.stack[-1].node) is SequenceNode and type(node) is SequenceNode
        if not in_list:  # otherwise it was a row of the array that is still open
            self.array = opened.array
        if opened.anchor:
            self.anchors[opened.anchor] = node
            self.sizes[id(node)] = (self.nodes - opened.nodes + 1, self.numbers - opened.numbers)

    def alias(self, event: Any) -> None:
        name = event.anchor
        if self.awaiting_key() is not None:
            raise self.fail(event, "want a name as key, got an alias")
        if name not in self.anchors:
            raise self.fail(event, f"the alias *{printable(name, 40)} is not defined")
        node = self.anchors[name]
        if node is None:
            raise self.fail(event, f"the alias *{printable(name, 40)} contains itself")
        nodes, numbers = self.sizes.get(id(node), (1, 0))
        self.count(event, nodes, numbers)
        self.place(node)

    def count(self, event: Any, nodes: int, numbers: int = 0) -> None:
        """What stands in lists counts towards the array that is open, everything else towards nodes."""
        self.nodes += nodes
        self.numbers += numbers
        self.array += numbers
        limits = self.limits
        if self.nodes > limits.nodes:
            what = f"has more than {limits.nodes} nodes (aliases counted each time), the limit"
            raise self.fail(event, what, raising("nodes"))
        if self.array > limits.array or self.numbers > MOST_ARRAYS * limits.array:
            path = ".".join(opened.name for opened in self.stack if opened.name)
            what = f"holds more than {limits.array} numbers, the limit"
            raise InputError(Finding(what, self.mark(event.start_mark), path, hint=raising("array")))

    def place(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1].node
        if type(parent) is MappingNode and self.pending is not None:
            name, mark = self.pending
            parent.entries[name], parent.keys[name], self.pending = node, mark, None
        else:
            parent.items.append(node)  # type: ignore[union-attr]  # only lists and mappings are opened
