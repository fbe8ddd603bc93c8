"""YAML text to plain nodes that remember where they stood.

YAML is read as events and never composed or constructed: nesting, aliases and size are counted while they stream,
duplicate keys are seen, and every scalar keeps its literal text, so that the field can decide what it means.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from nncalc.errors import Finding, InputError, Mark, vis
from nncalc.limits import DEFAULT, Limits


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text, as it was written."""

    text: str
    quoted: bool
    mark: Mark

    def shown(self) -> str:
        """The text for a message."""
        return (
            "nothing" if not self.text and not self.quoted else f"'{vis(self.text)}'" if self.quoted else vis(self.text)
        )


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: list[Node]
    mark: Mark


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with their nodes; `keys` says where each key stood."""

    entries: dict[str, Node]
    keys: dict[str, Mark]
    mark: Mark


Node = ScalarNode | SequenceNode | MappingNode

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")


def read_file(path: str, limits: Limits = DEFAULT) -> Node:
    """The node of a YAML file; `-` is stdin. Regular files only, never more than the limit is read."""
    source = "<stdin>" if path == "-" else path
    try:
        data = _bytes_of(path, limits.file_bytes)
    except (OSError, ValueError) as error:
        raise InputError(Finding(_plain(error), Mark(source))) from None
    if len(data) > limits.file_bytes:
        raise InputError(Finding(f"is larger than {limits.file_bytes} bytes, the limit", Mark(source)))
    return read_bytes(data, source, limits)


def _bytes_of(path: str, limit: int) -> bytes:
    """At most limit + 1 bytes; opening never waits for the other end of a pipe."""
    if path == "-":
        if sys.stdin is None:
            raise ValueError("stdin is closed")
        return sys.stdin.buffer.read(limit + 1)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(handle, "rb") as file:
        info = os.fstat(handle)
        if stat.S_ISDIR(info.st_mode):
            raise IsADirectoryError("is a folder; want a file")
        if not stat.S_ISREG(info.st_mode):
            if not path.startswith("/dev/"):
                raise ValueError("is not a regular file")
            os.set_blocking(handle, True)
            if not stat.S_ISFIFO(info.st_mode):
                raise ValueError("is not a regular file")
        return file.read(limit + 1)


def _plain(error: Exception) -> str:
    """What went wrong with a file, in plain words."""
    known: dict[type[Exception], str] = {
        FileNotFoundError: "no such file",
        PermissionError: "may not be read",
        IsADirectoryError: "is a folder; want a file",
    }
    if type(error) in known:
        return known[type(error)]
    return vis(error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error), 200)


def read_bytes(data: bytes, source: str, limits: Limits = DEFAULT) -> Node:
    """The node of UTF-8 bytes; one byte-order mark is dropped."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Finding("is UTF-16", Mark(source), hint="save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        mark = Mark(source, before.count(b"\n") + 1, len(before.split(b"\n")[-1].decode("utf-8", "replace")) + 1)
        raise InputError(Finding("is not UTF-8", mark, hint="save it as UTF-8")) from None
    return read_text(text, source, limits)


def read_text(text: str, source: str, limits: Limits = DEFAULT) -> Node:
    """The node of a YAML text, or an InputError that says where it goes wrong."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = CONTROL.search(text)
    if bad:
        raise InputError(Finding(f"control character {vis(bad.group())}", _mark_at(text, bad.start(), source)))
    builder = _Builder(source, limits)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Mark(source, mark.line + 1, mark.column + 1) if mark else Mark(source)
        raise InputError(Finding("is not YAML: " + vis(_first_line(error.problem), 120), place)) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InputError(Finding("is not YAML: " + vis(_first_line(str(error)), 120), Mark(source))) from None
    if builder.root is None:
        raise InputError(Finding("the file is empty", Mark(source, 1, 1), hint="see `nncalc --help`"))
    return builder.root


def _events(text: str) -> Iterator[Any]:
    yield from yaml.parse(text, Loader=LOADER)


def _first_line(text: str | None) -> str:
    return (text or "it cannot be read").splitlines()[0]


def _mark_at(text: str, position: int, source: str) -> Mark:
    line_start = text.rfind("\n", 0, position) + 1
    return Mark(source, text.count("\n", 0, position) + 1, position - line_start + 1)


class _Builder:
    """Builds nodes from events on a stack of its own, counting as it goes."""

    def __init__(self, source: str, limits: Limits):
        self.source, self.limits = source, limits
        self.root: Node | None = None
        self.stack: list[tuple[SequenceNode | MappingNode, str | None]] = []
        self.key: tuple[str, Mark] | None = None
        self.anchors: dict[str, Node | None] = {}
        self.open: list[str | None] = []
        self.sizes: dict[int, int] = {}
        self.nodes = self.numbers = self.documents = 0

    def fail(self, event: Any, what: str, hint: str = "") -> InputError:
        return InputError(Finding(what, self.mark(event), hint=hint))

    def mark(self, event: Any) -> Mark:
        return Mark(self.source, event.start_mark.line + 1, event.start_mark.column + 1)

    def take(self, event: Any) -> None:
        """One event."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self.scalar(event)
        elif kind is yaml.AliasEvent:
            self.alias(event)
        elif kind in (yaml.SequenceStartEvent, yaml.MappingStartEvent):
            self.start(event)
        elif kind in (yaml.SequenceEndEvent, yaml.MappingEndEvent):
            self.end()
        elif kind is yaml.DocumentStartEvent:
            self.document(event)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.fail(event, "a second document begins here; want one problem a file")
        if event.tags:
            raise self.fail(event, "%TAG directives are not read")

    def tagged(self, event: Any) -> None:
        # The pure parser gives a plain scalar no tag, libyaml none either; "!" alone only means "not plain".
        if event.tag is not None and event.tag != "!":
            raise self.fail(event, f"tags ({vis(event.tag, 40)}) are not read; the field decides what a value is")

    def scalar(self, event: Any) -> None:
        self.tagged(event)
        quoted = bool(event.style)
        if self.expects_key():
            self.take_key(event)
            return
        self.count(event, in_list=bool(self.stack) and isinstance(self.stack[-1][0], SequenceNode))
        node = ScalarNode(event.value, quoted, self.mark(event))
        self.place(node, event.anchor)

    def expects_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1][0], MappingNode) and self.key is None

    def take_key(self, event: Any) -> None:
        mapping, name, mark = self.stack[-1][0], event.value, self.mark(event)
        if not isinstance(mapping, MappingNode):
            return
        if name == "<<" and not event.style:
            raise self.fail(event, "merge keys (<<) are not read; write the fields out")
        if not name:
            raise self.fail(event, "a key is empty; want a name before the colon")
        if len(name) > self.limits.name:
            raise self.fail(event, f"the key {vis(name, 20)} is longer than {self.limits.name} characters, the limit")
        if name in mapping.entries:
            first = mapping.keys[name].line
            raise self.fail(event, f"'{vis(name)}' is given twice, first in line {first}")
        self.count(event, in_list=False)
        self.key = (name, mark)

    def start(self, event: Any) -> None:
        self.tagged(event)
        if self.expects_key():
            raise self.fail(event, "want a name as key, got a list or a mapping")
        if len(self.stack) >= self.limits.depth:
            raise self.fail(event, f"is nested deeper than {self.limits.depth} levels, the limit")
        self.count(event, in_list=False)
        mark = self.mark(event)
        listed = isinstance(event, yaml.SequenceStartEvent)
        node: SequenceNode | MappingNode = SequenceNode([], mark) if listed else MappingNode({}, {}, mark)
        self.place(node, None)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append((node, event.anchor))
        self.sizes[id(node)] = self.nodes + self.numbers

    def end(self) -> None:
        node, anchor = self.stack.pop()
        self.sizes[id(node)] = self.nodes + self.numbers - self.sizes[id(node)] + 1
        if anchor:
            self.anchors[anchor] = node

    def alias(self, event: Any) -> None:
        name = event.anchor
        if self.expects_key():
            raise self.fail(event, "want a name as key, got an alias")
        if name not in self.anchors:
            raise self.fail(event, f"the alias *{vis(name, 40)} is not defined")
        node = self.anchors[name]
        if node is None:
            raise self.fail(event, f"the alias *{vis(name, 40)} contains itself")
        self.count(event, in_list=False, times=self.sizes.get(id(node), 1))
        self.place(node, None)

    def count(self, event: Any, in_list: bool, times: int = 1) -> None:
        """What stands in a list counts towards arrays, everything else towards nodes."""
        if in_list:
            self.numbers += times
            limit, counted, what = 5 * self.limits.array, self.numbers, "values in lists"
        else:
            self.nodes += times
            limit, counted, what = self.limits.nodes, self.nodes, "nodes (aliases counted each time)"
        if counted > limit:
            raise self.fail(event, f"has more than {limit} {what}, the limit")

    def place(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1][0]
        if isinstance(parent, SequenceNode):
            parent.items.append(node)
        elif self.key is not None:
            name, mark = self.key
            parent.entries[name], parent.keys[name] = node, mark
            self.key = None
