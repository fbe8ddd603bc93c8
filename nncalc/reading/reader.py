"""YAML text to plain nodes that remember where they stood.

YAML is read as events and never composed or constructed: nesting, aliases and size are counted while they stream,
duplicate keys are seen, and every scalar keeps its literal text, so that the field can decide what it means.
libyaml and the parser in pure Python give the same answers; where they would differ, it is decided here.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from nncalc.disk import read as source
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import DEFAULT, Limits
from nncalc.reading.builder import ALONE, KEY_GLUED, TABBED, Builder, too_deep
from nncalc.reading.flow import lifted
from nncalc.reading.lines import BLOCK
from nncalc.reading.nodes import Node

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Control characters, the line ends that no editor shows as such, and what is no character at all.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
# A key in brackets whose value follows without a blank: {b:[0]}.
GLUED = re.compile(r"([^\s,\[\]{}:]+):[\[{]\Z")
# Fields that hold formulas, a line each.
TEXT_FIELD = re.compile(r"(formulas|after):(?!\s*[|>])")
LINE_END = re.compile(rb"\r\n|\r|\n")

# Lines that may stand before a document, and the directive among them.
HEAD = r"\A((?:[ \t]*(?:#.*)?\n)*)"
VERSION = re.compile(HEAD + r"%YAML 1\.[0-9]+(?=[ \t]*(?:#.*)?\n)")
DIRECTIVE = re.compile(HEAD + "(%.*)")

# What the parsers say (each in its own words), and what a beginner can do with: where the place is a line's first
# sign, and elsewhere.
COLON = "a second colon, or the line is indented too far; put a text that has a colon in quotes"
INDENTED = "the indentation does not fit the lines before"
LEFT_OVER = "something is left over behind the value; a comma, a quote or a bracket is wrong"
PLAIN_WORDS = [
    (r"escape|hexdecimal|chr\(\)", *["a backslash in double quotes; write it twice, or use single quotes"] * 2),
    (r"quoted scalar", *["a quote is not closed"] * 2),
    (r"expected ',' or '(\]|\})'|node content|document stream", *["a bracket or a comma is missing"] * 2),
    (r"mapping values are not allowed", COLON, COLON),
    (r"block scalar", ALONE, ALONE),
    (r"expected ':'", *["a line wants `name: value`"] * 2),
    (r"expected key|block end|block collection|'-' indicator", INDENTED, LEFT_OVER),
    (r"start any token|sequence entries", *["this sign cannot begin a value; put the text in quotes"] * 2),
    (r"alphabetic or numeric", *["& and * want a name; put the text in quotes"] * 2),
    (r"document", *["`---` and `...` part documents; want one problem a file"] * 2),
]  # fmt: skip


def read_file(path: str, limits: Limits = DEFAULT) -> Node:
    """The node of a YAML file; `-` is stdin."""
    return read_yaml(source.read_bytes(path, limits), source.name_of(path), limits)


def read_yaml(data: bytes, name: str, limits: Limits = DEFAULT) -> Node:
    """The node of UTF-8 bytes; one byte-order mark is dropped.

    Raises InputError where it is no YAML of ours or beyond a limit.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise InputError(Finding("is UTF-16 or no text at all", Location(name), hint="save it as UTF-8"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = LINE_END.split(data[: error.start])
        mark = Location(name, len(before), len(before[-1].decode("utf-8", "replace")) + 1)
        raise InputError(Finding("is not UTF-8", mark, hint="save it as UTF-8")) from None
    return read_text(text, name, limits)


def read_text(text: str, name: str, limits: Limits = DEFAULT) -> Node:
    """The node of a YAML text, or an InputError that says where it goes wrong."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.rstrip("\n") + "\n"
    parsed = VERSION.sub(r"\1#", text.replace("\t", " "), count=1)  # no parser knows all of YAML 1.x by name
    if "\t" not in text:
        short, numbers = lifted(parsed, Location(name, text=text), limits)
        if numbers and (root := _read_short(short, Builder(name, text, limits, numbers))) is not None:
            return root
    bad = UNREADABLE.search(text)
    if bad:
        raise InputError(Finding(f"control character {printable(bad.group())}", _mark_at(text, bad.start(), name)))
    directive = DIRECTIVE.match(parsed)
    if directive:
        what = f"directives ({printable(directive.group(2), 20)}) are not read"
        raise InputError(Finding(what, _mark_at(parsed, directive.start(2), name)))
    return _built(parsed, Builder(name, text, limits))


def _read_short(short: str, builder: Builder) -> Node | None:
    """The node of a text whose long lists were lifted out; None where it has to be read as it stands.

    That is where anything is wrong, or a list stood in a text or a comment and was none.
    """
    if UNREADABLE.search(short) or DIRECTIVE.match(short):
        return None
    try:
        root = _built(short, builder)
    except InputError:
        return None
    return root if not builder.lifted else None


def _built(text: str, builder: Builder) -> Node:
    try:
        builder.take_all(LOADER(text))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise InputError(_not_yaml(error, builder)) from None
    if builder.root is None:
        what, hint = "the file is empty", "`nncalc new TOPIC` prints an example"
        raise InputError(Finding(what, Location(builder.name, 1, 1), hint=hint))
    return builder.root


def _not_yaml(error: Any, builder: Builder) -> Finding:
    """Where the parser gave up, in a beginner's words; what is still open at the end, where it was opened."""
    said = f"{getattr(error, 'context', '')}: {getattr(error, 'problem', error)}"
    place, begun = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if place is None:
        return Finding(f"is not YAML: {_words(said, first=True)}", Location(builder.name))
    if "nesting depth" in said:
        what, hint = too_deep(builder.limits)
        return Finding(what, builder.mark(place), hint=hint)
    lines = builder.lines
    indentation = re.match(r"\s*", lines[place.line][: place.column + 1])
    if indentation and "\t" in indentation.group() and not builder.brackets:
        return Finding(TABBED, Location(builder.name, place.line + 1, indentation.end() + 1, builder.text))
    ended = not "".join([lines[place.line][place.column :], *lines[place.line + 1 :]]).strip()
    opened = begun if begun and lines[begun.line][begun.column :][:1] in ("'", '"') else builder.opened
    if ended and opened:
        sign = lines[opened.line][opened.column]
        return Finding(f"is not YAML: this {sign} is never closed", builder.mark(opened))
    if ended and begun:
        place = begun
    glued = GLUED.search(lines[place.line][: place.column + 2])
    if glued and "unexpected ':'" in said:
        mark = Location(builder.name, place.line + 1, glued.start(1) + 1, builder.text)
        return Finding(f"is not YAML: {KEY_GLUED.format(printable(glued.group(1), 40))}", mark)
    text_field = _text_field(lines, place.line)
    if text_field:
        hint = BLOCK.format(text_field)
        return Finding(f"is not YAML: {_words(said, first=False)}", builder.mark(place), hint=hint)
    first = not lines[place.line][: place.column].strip()
    since = f" (since line {begun.line + 1}, column {begun.column + 1})" if begun and begun.line != place.line else ""
    return Finding(f"is not YAML: {_words(said, first)}{since}", builder.mark(place))


def _text_field(lines: list[str], at: int) -> str:
    """The field of formulas that a line belongs to, if it is one; YAML reads `- x`, `|x|` and `@x` as its own signs."""
    for line in reversed(lines[: at + 1]):
        found = TEXT_FIELD.match(line)
        if found or (line[:1].strip() and line[:1] != "#"):
            return found.group(1) if found else ""
    return ""


def _words(said: str, first: bool) -> str:
    for pattern, at_first, elsewhere in PLAIN_WORDS:
        if re.search(pattern, said):
            return at_first if first else elsewhere
    return printable(said.splitlines()[0], 120)


def _mark_at(text: str, position: int, name: str) -> Location:
    line_start = text.rfind("\n", 0, position) + 1
    return Location(name, text.count("\n", 0, position) + 1, position - line_start + 1, text)
