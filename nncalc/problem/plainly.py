"""Brackets that were left out: one number for an array of one, a plain list for a matrix of one row or one column.

Axes that share a name share a size, and so the other arrays decide; what may be read in two ways is not read at all.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.topics.parts.fields import Field, fields_of
from nncalc.topics.parts.sizes import is_worked, size_of
from nncalc.topics.parts.turning import laid

# The names of the axes, and their sizes.
Reading = tuple[tuple[str, ...], tuple[int, ...]]
# For each name its size, and the field that had it first.
Sizes = dict[str, tuple[int, str]]


def is_misfit(shape: tuple[int, ...], field: Field) -> bool:
    """Whether it has a number of axes that the field does not have."""
    return bool(field.axes) and len(shape) not in {len(axes) for axes in field.axes}


def may_be_read(shape: tuple[int, ...]) -> bool:
    """Whether it may stand for an array with other axes: one number, or a plain list."""
    return len(shape) < 2 or math.prod(shape) == 1


def hint_for(shape: tuple[int, ...], field: Field) -> str:
    """How to write what can be read in two ways."""
    matrix = next((axes for axes in field.axes if len(axes) == 2), None)
    if matrix is None or len(shape) != 1 or shape == (1,):
        return ""
    return "one row is [[1, 2]], one column [[1], [2]]"


@dataclass(eq=False)  # two places with the same numbers are two places
class _Slot:
    """An array with the axes that it may have, by names that the whole problem shares, and where it stands."""

    options: tuple[tuple[str, ...], ...]
    array: Any
    put: Callable[[Any], None]

    def readings(self) -> Iterator[Reading]:
        """The shapes that it may be given: its own, then those of the brackets that were left out."""
        shape = self.array.shape
        yield from ((axes, shape) for axes in self.options if len(axes) == len(shape))
        for axes in self.options:
            if self.array.size == 1:
                yield axes, (1,) * len(axes)
            elif len(shape) == 1:
                yield from (
                    (axes, tuple(shape[0] if i == j else 1 for j in range(len(axes)))) for i in range(len(axes))
                )

    def fitting(self, sizes: Mapping[str, int]) -> list[Reading]:
        """The readings that agree with the sizes that are known."""
        return [(axes, shape) for axes, shape in self.readings() if _agrees(axes, shape, sizes)]

    @property
    def is_loose(self) -> bool:
        """Whether none of its axes are as many as it has."""
        return all(len(axes) != self.array.ndim for axes in self.options)

    @property
    def is_certain(self) -> bool:
        """Whether every reading of it has the shape that it has."""
        return all(len(axes) == self.array.ndim for axes in self.options)


def _agrees(axes: tuple[str, ...], shape: tuple[int, ...], sizes: Mapping[str, int]) -> bool:
    own: dict[str, int] = {}
    for axis, size in zip(axes, shape, strict=True):
        if is_worked(axis):
            known = size_of(axis, {**sizes, **own})
        elif (known := sizes.get(axis)) is None:
            known = own.setdefault(axis, size)
        if known is not None and known != size:
            return False
    return True


def read_plainly(fields: tuple[Field, ...], values: dict[str, Any]) -> None:
    """Gives each array that was written with fewer brackets the shape that alone fits the others, if there is one."""
    slots = list(_slots(fields, values))
    if all(slot.is_certain for slot in slots) or all(slot.array.ndim > 1 and not slot.is_loose for slot in slots):
        return
    sizes: dict[str, int] = {}
    slots.sort(key=lambda slot: (slot.array.ndim == 1, len(slot.options)))
    waiting = []
    for slot in slots:
        if slot.array.ndim > 1 or slot.array.size == 1:
            _read(slot, sizes)
        else:
            waiting.append(slot)
    loose = [slot for slot in waiting if slot.is_loose]
    others = deque(slot for slot in waiting if not slot.is_loose)
    while loose or others:
        alone = next((i for i, slot in enumerate(loose) if len(slot.fitting(sizes)) == 1), None)
        slot = loose.pop(alone or 0) if alone is not None or not others else others.popleft()
        _read(slot, sizes)


def _read(slot: _Slot, sizes: dict[str, int]) -> None:
    fitting = slot.fitting(sizes)
    own = [reading for reading in fitting if reading[1] == slot.array.shape]
    if not own and len(fitting) != 1 and slot.array.size > 1:
        return
    if not fitting:
        return
    axes, shape = own[0] if own else min(fitting, key=lambda reading: len(reading[0]))
    for axis, size in zip(axes, shape, strict=True):
        if not is_worked(axis):
            sizes.setdefault(axis, size)
    if shape != slot.array.shape:
        slot.put(slot.array.reshape(shape))


def _slots(fields: tuple[Field, ...], values: dict[str, Any]) -> Iterator[_Slot]:
    """The arrays of a record, and those of its chains: the `out` of each link is the `in` of the next."""
    for f in fields:
        value = values.get(f.name)
        if isinstance(value, np.ndarray):
            options = f.axes or (((f.name,),) if value.ndim == 0 else ())
            yield _Slot(options, value, _putting(values, f.name))
        elif f.about.chain and isinstance(value, list):
            for i, record in enumerate(value):
                links = (f.about.chain[0] if i == 0 else f"{f.name}.{i}", f"{f.name}.{i + 1}")
                names = dict(zip(f.about.chain, links, strict=True))
                for inner in laid(fields_of(record.__class__), values.get("layout")):
                    array = getattr(record, inner.name)
                    if isinstance(array, np.ndarray):
                        options = tuple(tuple(names.get(axis, axis) for axis in axes) for axes in inner.axes)
                        yield _Slot(options, array, _putting(vars(record), inner.name))


def _putting(values: dict[str, Any], name: str) -> Callable[[Any], None]:
    return lambda array: values.update({name: array})
