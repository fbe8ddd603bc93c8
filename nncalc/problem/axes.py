"""Axes that share a name share a size: `hidden` of one array is `hidden` of every other.

An axis may also be worked from others: `hidden+input`, `4*hidden`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nncalc.errors import FieldPath, Finding, Location, dimensions, spelled
from nncalc.problem.plainly import Sizes, hint_for, is_misfit, read_plainly
from nncalc.topics.parts.fields import Field, fields_of
from nncalc.topics.parts.sizes import is_worked, size_of
from nncalc.topics.parts.turning import laid, other_layout, turned


def settled(
    fields: tuple[Field, ...], values: dict[str, Any], marks: Mapping[FieldPath, Location], path: FieldPath
) -> list[Finding]:
    """Where arrays do not agree, with both places and both sizes.

    What was written with fewer brackets is read first, in the records of a chain, too.
    """
    read_plainly(fields, values)
    given = dict(values)
    findings = _transposed(fields, given, _agree(fields, values, marks, path), values.get("layout"))
    has_layout = any(f.name == "layout" for f in fields)
    for f in fields:
        if f.about.chain and isinstance(values.get(f.name), list):
            for i, record in enumerate(values[f.name], 1):
                inner = laid(fields_of(record.__class__), values.get("layout"))
                found = _agree(inner, vars(record), marks, (*path, f.name, i))
                findings += _transposed(inner, vars(record), found, values.get("layout")) if has_layout else found
    return findings


def _agree(
    fields: tuple[Field, ...], values: dict[str, Any], marks: Mapping[FieldPath, Location], path: FieldPath
) -> list[Finding]:
    """Where the arrays of one record do not agree; fills in zeros of the right shape."""
    sizes: Sizes = {}
    findings: list[Finding] = []
    arrays = [(f, values[f.name].shape) for f in fields if isinstance(values.get(f.name), np.ndarray) and f.axes]
    misfits = [(f, shape) for f, shape in arrays if is_misfit(shape, f)]
    for f, shape in misfits:
        place, hint = (*path, f.name), hint_for(shape, f)
        findings.append(Finding(f"is {dimensions(shape)}", marks.get(place), spelled(place), f.wants, hint))
    for f, shape in arrays:
        findings += _bind(f, shape, sizes, marks, (*path, f.name))
    for f, shape in arrays:
        findings += _worked_out(f, shape, sizes, marks, (*path, f.name))
    for f in fields:
        if isinstance(values.get(f.name, f.default), int) and f.is_only_array and f.axes:
            axes = next((a for a in f.axes if all(n in sizes for n in a)), None)
            if axes is not None:
                values[f.name] = np.zeros(tuple(sizes[n][0] for n in axes))
    return findings


def _transposed(
    fields: tuple[Field, ...], values: dict[str, Any], findings: list[Finding], layout: Any
) -> list[Finding]:
    """The findings, with a hint where the arrays would fit if all weights, or one, were transposed.

    Where it is all of them, one finding is left: what else does not agree is for the same reason.
    """
    weights = {f.name: f for f in fields if f.about.rows and f.axes and isinstance(values.get(f.name), np.ndarray)}
    if not findings or not weights:
        return findings

    def fits(*names: str) -> bool:
        return not _agree(tuple(turned(f) if f.name in names else f for f in fields), dict(values), {}, ())

    def hinted(finding: Finding, name: str, way: str) -> Finding:
        if len(set(weights[name].axes[0])) == 1:  # whose axes say nothing: another one's do
            name = next((n for n, f in weights.items() if len(set(f.axes[0])) > 1), name)
        is_, wants = (f"({', '.join(axes)})" for axes in (turned(weights[name]).axes[0], weights[name].axes[0]))
        return replace(finding, hint=f"{name} is {is_}: transposed? {way.format(wants=wants, is_=is_)}")

    named = [(finding, finding.field.rpartition(".")[2]) for finding in findings]
    if fits(*weights):
        other = other_layout(layout)
        first = {name: finding for finding, name in reversed(named)}
        blamed = next((name for name in weights if name in first), named[0][1])
        name = blamed if blamed in weights else next(iter(weights))
        return [hinted(first[blamed], name, f"layout: {other} takes {{is_}}")]
    alone = {name for _, name in named if name in weights and fits(name)}
    return [hinted(f, name, "here it is {wants}") if name in alone else f for f, name in named]


def _bind(
    field: Field, shape: tuple[int, ...], sizes: Sizes, marks: Mapping[FieldPath, Location], path: FieldPath
) -> list[Finding]:
    options = [axes for axes in field.axes if len(axes) == len(shape)]
    agreeing = [axes for axes in options if _clash(axes, shape, sizes) is None]
    if agreeing:
        for name, size in zip(agreeing[0], shape, strict=True):
            if not is_worked(name):
                sizes.setdefault(name, (size, spelled(path)))
    if agreeing or not options:
        return []
    name, size = _clash(options[0], shape, sizes) or ("", 0)
    known, where = sizes[name]
    if not where:  # it disagrees with itself
        sizes[name] = known, where = known, spelled(path)
    mark = marks.get((*path[:-1], where.rpartition(".")[2]))
    beside = f" ({mark.brief()})" if mark else ""
    what = f"is {dimensions(shape)}: its '{name}' is {size}, but {known} in {where}{beside}"
    if where == spelled(path):
        what = f"is {dimensions(shape)}: its '{name}' is {known} and {size}"
    return [Finding(what, marks.get(path), spelled(path))]


def _worked_out(
    field: Field, shape: tuple[int, ...], sizes: Sizes, marks: Mapping[FieldPath, Location], path: FieldPath
) -> list[Finding]:
    """Whether the axes that are worked from others have the size that these give."""
    known = {name: size for name, (size, _) in sizes.items()}
    for axis, size in zip(next((a for a in field.axes if len(a) == len(shape)), ()), shape, strict=False):
        wanted = size_of(axis, known) if is_worked(axis) else None
        if wanted is not None and wanted != size:
            what = f"is {dimensions(shape)}: its '{axis}' is {size}, but the other arrays make it {wanted}"
            return [Finding(what, marks.get(path), spelled(path))]
    return []


def _clash(axes: tuple[str, ...], shape: tuple[int, ...], sizes: Sizes) -> tuple[str, int] | None:
    """The first axis whose size is another than its name has, or None."""
    own: dict[str, int] = {}
    for name, size in zip(axes, shape, strict=True):
        if is_worked(name):
            continue
        known = sizes[name][0] if name in sizes else own.setdefault(name, size)
        if known != size:
            sizes.setdefault(name, (known, ""))
            return name, size
    return None
