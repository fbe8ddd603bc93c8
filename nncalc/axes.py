"""Axes that share a name share a size: `hidden` of one array is `hidden` of every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nncalc.errors import Finding, Mark, Path, spelled, times
from nncalc.topics.fields import Field

# For each name its size, and the field that had it first.
Sizes = dict[str, tuple[int, str]]


def agree(fields: tuple[Field, ...], values: dict[str, Any], marks: Mapping[Path, Mark], path: Path) -> list[Finding]:
    """Where arrays do not agree, with both places and both sizes; fills in zeros of the right shape."""
    sizes: Sizes = {}
    findings: list[Finding] = []
    for f in fields:
        value = values.get(f.name)
        if isinstance(value, np.ndarray) and f.axes:
            findings += _bind(f, value.shape, sizes, marks, (*path, f.name))
    for f in fields:
        if f.is_only_array and f.axes and isinstance(values.get(f.name, f.default), int):
            axes = next((a for a in f.axes if all(n in sizes for n in a)), None)
            if axes is not None:
                values[f.name] = np.zeros(tuple(sizes[n][0] for n in axes))
    return findings


def _bind(field: Field, shape: tuple[int, ...], sizes: Sizes, marks: Mapping[Path, Mark], path: Path) -> list[Finding]:
    options = [axes for axes in field.axes if len(axes) == len(shape)]
    agreeing = [axes for axes in options if _clash(axes, shape, sizes) is None]
    if agreeing:
        for name, size in zip(agreeing[0], shape, strict=True):
            sizes.setdefault(name, (size, spelled(path)))
    if agreeing or not options:
        return []
    name, size = _clash(options[0], shape, sizes) or ("", 0)
    known, where = sizes[name]
    mark = marks.get((*path[:-1], where.rpartition(".")[2]))
    beside = f" ({mark.brief()})" if mark else ""
    what = f"is {times(shape)}: its '{name}' is {size}, but {known} in {where}{beside}"
    if where == spelled(path):
        what = f"is {times(shape)}: its '{name}' is {known} and {size}"
    return [Finding(what, marks.get(path), spelled(path))]


def _clash(axes: tuple[str, ...], shape: tuple[int, ...], sizes: Sizes) -> tuple[str, int] | None:
    """The first axis whose size is another than its name has, or None."""
    own: dict[str, int] = {}
    for name, size in zip(axes, shape, strict=True):
        known = sizes[name][0] if name in sizes else own.setdefault(name, size)
        if known != size:
            sizes.setdefault(name, (known, ""))
            return name, size
    return None
