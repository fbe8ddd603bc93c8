"""Formulas as a file gives them, a line each: `name = formula  # why`; each with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import DEFAULT, Limits
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode

FORMULA_LINE = "lines as `z = w·x + b`"
# What keeps YAML from reading a formula as something else.
BLOCK = "write `{}: |` and below it lines `name = formula`, which YAML leaves as they are"


@dataclass(frozen=True)
class FormulaLine:
    """A formula that is not read yet: its name, its text, what is said of it, and where both begin."""

    name: str
    text: str
    why: str
    name_mark: Location
    mark: Location


class Lines(list[FormulaLine]):
    """The formulas of a field, in order, and what they may ask for."""

    limits: Limits = DEFAULT

    @property
    def written(self) -> list[str]:
        """The lines as they are typed."""
        return [f"{line.name} = {line.text}" for line in self]


def formula_lines(node: Node, field: str, limits: Limits) -> Lines:
    """The lines of a block, of a list, or of a mapping. Raises InputError with all that are none."""
    findings: list[Finding] = []
    lines = Lines(_lines(node, field, findings))
    lines.limits = limits
    if not findings and not lines:
        findings.append(Finding("holds no formula", node.mark, field, FORMULA_LINE))
    if findings:
        raise InputError(findings)
    return lines


def _lines(node: Node, field: str, findings: list[Finding]) -> Iterator[FormulaLine]:
    if isinstance(node, SequenceNode):
        for item in node.items:
            yield from _lines(item, field, findings)
    elif isinstance(node, MappingNode):
        yield from _of_mapping(node, field, findings)
    elif _is_folded(node):
        findings.append(Finding("YAML puts these lines together", node.mark, field, hint=BLOCK.format(field)))
    else:
        for text, mark in _texts(node):
            yield from _of_text(text, mark, field, findings)


def _of_mapping(node: MappingNode, field: str, findings: list[Finding]) -> Iterator[FormulaLine]:
    for name, inner in node.entries.items():
        if isinstance(inner, ScalarNode) and inner.text.strip() and not _is_folded(inner):
            formula, _, why = inner.text.partition("#")
            mark = inner.mark.further(inner.quoted)
            yield FormulaLine(name, formula.rstrip(), " ".join(why.split()), node.keys[name], mark)
        else:
            what = f"'{printable(name)}' has no formula that YAML leaves as it is"
            findings.append(Finding(what, node.keys[name], field, hint=BLOCK.format(field)))


def _is_folded(node: ScalarNode) -> bool:
    """Whether its lines are no longer those of the file."""
    line = _line(node.mark, 0)
    if line is None or node.mark.is_flag:
        return False
    rest = line[(node.mark.column or 1) - 1 :]
    return rest.startswith(">") or not (rest.startswith(("|", '"', "'")) or node.text in rest)


def _line(mark: Location, further: int) -> str | None:
    """A line of the file, counted from that of a mark; None where there is no file."""
    lines = mark.text.split("\n")
    at = (mark.line or 0) - 1 + further
    return lines[at] if mark.text and 0 <= at < len(lines) else None


def _texts(node: ScalarNode) -> Iterator[tuple[str, Location]]:
    """Each line with its place; of a block they stand below its sign, indented."""
    mark, own = node.mark, _line(node.mark, 0)
    block = own is not None and not mark.is_flag and own[(mark.column or 1) - 1 :].startswith("|")
    for k, text in enumerate(node.text.split("\n")):
        if block:
            line = _line(mark, k + 1) or text
            yield text, Location(mark.source, (mark.line or 0) + k + 1, len(line) - len(text) + 1, mark.text)
        else:
            yield text, mark.further(node.quoted)


def _of_text(text: str, mark: Location, field: str, findings: list[Finding]) -> Iterator[FormulaLine]:
    """The formulas of a line, parted by `;`; what follows a # is said of the last."""
    body, _, why = text.partition("#")
    parts, at = body.split(";"), 0
    for k, part in enumerate(parts):
        place = mark.further(at + len(part) - len(part.lstrip()))
        name, sign, formula = part.partition("=")
        begin = mark.further(at + len(name) + 1 + len(formula) - len(formula.lstrip()))
        if sign and name.strip() and not formula.startswith("="):
            yield FormulaLine(
                name.strip(), formula.strip(), " ".join(why.split()) * (k == len(parts) - 1), place, begin
            )
        elif part.strip():
            findings.append(Finding(f"'{printable(part.strip())}' has no name", place, field, FORMULA_LINE))
        at += len(part) + 1
