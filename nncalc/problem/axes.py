"""Axes that share a name share a size: `hidden` of one array is `hidden` of every other.

An axis may also be worked from others: `hidden+input`, `4*hidden`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nncalc.errors import FieldPath, Finding, Location, dimensions, spelled
from nncalc.topics.parts.fields import Field

# For each name its size, and the field that had it first.
Sizes = dict[str, tuple[int, str]]


def agree(
    fields: tuple[Field, ...], values: dict[str, Any], marks: Mapping[FieldPath, Location], path: FieldPath
) -> list[Finding]:
    """Where arrays do not agree, with both places and both sizes; fills in zeros of the right shape."""
    sizes: Sizes = {}
    findings: list[Finding] = []
    arrays = [(f, values[f.name].shape) for f in fields if isinstance(values.get(f.name), np.ndarray) and f.axes]
    for f, shape in arrays:
        findings += _bind(f, shape, sizes, marks, (*path, f.name))
    for f, shape in arrays:
        findings += _worked_out(f, shape, sizes, marks, (*path, f.name))
    for f in fields:
        if f.is_only_array and f.axes and isinstance(values.get(f.name, f.default), int):
            axes = next((a for a in f.axes if all(n in sizes for n in a)), None)
            if axes is not None:
                values[f.name] = np.zeros(tuple(sizes[n][0] for n in axes))
    return findings


def is_worked(axis: str) -> bool:
    """Whether an axis is worked from others."""
    return "+" in axis or "*" in axis


def size_of(axis: str, sizes: Mapping[str, int]) -> int | None:
    """The size of an axis such as hidden+input or 4*hidden, or None where a name's size is not known."""
    total = 0
    for term in axis.split("+"):
        factors = [int(f) if f.isdigit() else sizes.get(f) for f in term.split("*")]
        known = [f for f in factors if f is not None]
        if len(known) < len(factors):
            return None
        total += math.prod(known)
    return total


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
