"""What may be told of each layer beside its counts: sizes, receptive field, shapes of its weights, neurons, zeros."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.params.part import Part
from nncalc.topics.params.shape import Shape, known_sizes
from nncalc.topics.params.windows import Axis, along
from nncalc.trace.rules.arrays import vector
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

Told = Literal["output", "receptive_field", "weights", "neurons", "padding"]
# The steps that each of them gives, by which a key asks for it.
TOLD_STEPS: dict[Told, tuple[str, ...]] = {
    "output": ("output",), "receptive_field": ("receptive_field", "jump"), "weights": ("W_shape", "b_shape"),
    "neurons": ("neurons",), "padding": ("padding",),
}  # fmt: skip
# What comes out of these at a place is no window of what comes in.
NO_WINDOW = {
    "repeat", "residual", "parallel", "moe", "transposed_conv", "upsample", "adaptive_avg_pool", "adaptive_max_pool",
    "attention", "patches", "concat_with",
}  # fmt: skip
OVERALL = ("global_avg_pool", "global_max_pool")


@dataclass
class Telling:
    """Tells of layer after layer what is to be shown, and what the problem's key asks of one (conv1.output).

    sides: the receptive field and the jump so far, one for all axes or one each. lost: the layer that is no window.
    told: by layer and by step what was told, as a cell of the table has it.
    """

    work: Work
    show: Collection[Told]
    sides: list[tuple[Any, Any]] = field(default_factory=lambda: [(1, 1)])
    lost: str = ""
    told: dict[str, dict[str, int | str]] = field(default_factory=dict)

    def __call__(self, part: Part, layer: Any, after: Shape) -> None:
        """The steps of a layer, below its own. Raises Refused where a receptive field is not one window."""
        told = self._told(part.name)
        if not told or part.place.depth:
            return
        if part.kind in OVERALL:
            part.windows = [Axis(part.known(n), f=part.known(n)) for n in part.shape[:-1]]
        if part.kind in NO_WINDOW:
            self.lost = part.name
        with self.work.section(part.name, part.said or part.title("", known_sizes(after))):
            if told & {"output", "neurons"}:
                self._sizes(part, after, "neurons" in told)
            if "weights" in told:
                self._weights(part, layer, after)
            if "padding" in told and part.windows:
                zeros = [w.before for w in part.windows] + [w.after for w in part.windows]
                self._let(part, "padding", self._numbers(zeros))
            if "receptive_field" in told and part.windows and part.kind != "pad":
                self._reach(part)

    def _told(self, name: str) -> set[str]:
        """What is told of a layer; of a receptive field every layer before has to be."""
        asked = {
            told for told, steps in TOLD_STEPS.items() if any(f"{name}.{step}" in self.work.asked for step in steps)
        }
        reach = any(f".{step}" in wanted for wanted in self.work.asked for step in TOLD_STEPS["receptive_field"])
        return {*self.show, *asked, *(["receptive_field"] if reach else [])}

    @property
    def receptive_field(self) -> Any:
        """That of the last layer with a window, or None."""
        fields = [r for r, _ in self.sides]
        if any(isinstance(r, int) for r in fields):
            return None
        return fields[0] if len(fields) == 1 else np.stack(fields)

    def _let(self, part: Part, name: str, value: Any) -> Any:
        value = part.let(name, value, f"{part.name}.{name}")
        count = numbers(value).tolist()
        self.told.setdefault(part.name, {})[name] = str(count) if isinstance(count, list) else count
        return value

    def _numbers(self, counts: Any) -> Any:
        return vector(*(self.work.written(np.array(count, dtype=object)) for count in counts))

    def _sizes(self, part: Part, after: Shape, neurons: bool) -> None:
        sizes = known_sizes(part.counter.ordered(after))
        if None in sizes:
            return
        if f"{part.name}.output" in self.work.trace().names:  # a flatten has worked it, one number
            output = self.work.written(np.array(sizes[0], dtype=object))
        else:
            output = self._let(part, "output", self._numbers(sizes))
        if neurons:
            self._let(part, "neurons", math.prod(output[i] for i in range(len(sizes))) if output.ndim else output)

    def _weights(self, part: Part, layer: Any, after: Shape) -> None:
        """Filters come first: (filter, channel, height, width), and units: (unit, input)."""
        came, out = part.shape[-1].exact, after[-1].exact
        if part.kind.startswith(("conv", "depthwise")) and part.windows:
            channels = 1 if part.kind == "depthwise" else (came or 0) // layer.groups
            shape = [out, channels, *(w.f for w in part.windows)]
        elif part.kind == "dense":
            shape = [out, came]
        else:
            return
        self._let(part, "W_shape", self._numbers(shape))
        if layer.bias:
            self._let(part, "b_shape", self._numbers([out]))

    def _reach(self, part: Part) -> None:
        """r + (f − 1)·d·j and j·s along each axis; once where all axes are alike."""
        if self.lost:
            raise Refused("show", f"receptive_field: what {self.lost} gives is no window of what comes before it")
        windows = part.windows
        alike = len({replace(w, n=0, before=0, after=0) for w in windows}) == 1 and len(self.sides) == 1
        before = self.sides if alike or len(self.sides) > 1 else self.sides * len(windows)
        self.sides = []
        for axis, (r, j) in enumerate(before):
            given = along(part, windows, axis)
            side = "" if alike else f"_{'dhw'[3 - len(windows) + axis]}"
            w = windows[axis]
            reach = given("f", w.f, "window") - 1
            reach = reach if w.d == 1 else given("d", w.d, "dilation") * reach
            step = reach if isinstance(j, int) else reach * j
            field = self._let(part, f"receptive_field{side}", r + step)
            s = given("s", w.s, "stride")
            jump = self._let(part, f"jump{side}", s if isinstance(j, int) else j * s)
            self.sides.append((field, jump))
