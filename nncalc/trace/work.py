"""The page one works on: what was given, the named steps, and the backward pass over them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from nncalc.trace import rules  # noqa: F401  (importing them fills the tables)
from nncalc.trace.backward import name_gradients
from nncalc.trace.name import StepName, in_section
from nncalc.trace.rounding import Settle, exact
from nncalc.trace.rules.precise import as_read
from nncalc.trace.steps import Step, Trace
from nncalc.trace.value import EngineError, TooLarge, Value


class TooLong(Exception):
    """A working has more steps than the limit."""


class NotFinite(ArithmeticError):
    """A step came out as infinity or as no number at all; `mark`: where a problem says how it is worked."""

    def __init__(self, step: Step, mark: Any = None):
        self.step, self.mark = step, mark
        super().__init__(step.name)


class _Place(NamedTuple):
    """Where in the working we are: the section of the names, and the heading."""

    section: str = ""
    title: str = ""


class Work:
    """Records one working. Given to every kernel; nothing about it is global.

    `settle` is the way to run (`exact`, `on_paper(2)`, `following(sheet)`): what `let` goes on with. `limit` is how
    many numbers an array may have, `steps` how many steps the working (None: as many as memory holds). `finite`: a
    step that comes out infinite ends the working; a student's slip may make one. `asked`: the names of key and points.
    """

    def __init__(
        self, settle: Settle = exact, limit: int | None = None, steps: int | None = None, finite: bool = True,
        asked: Collection[str] = (),
    ):  # fmt: skip
        self.settle = settle
        self.asked = asked
        self.finite = finite
        self.limit = limit
        self.steps = steps
        self.serial = 0
        self.desks: dict[int, Any] = {}  # where values are worked in more digits
        self._place = _Place()
        self._titles: dict[str, str] = {}
        self._trace = Trace()

    def given(self, name: str, array: Any, symbol: str | None = None) -> Value:
        """A value of the problem: copied once and frozen, never rounded. `symbol` is what formulas call it.

        Raises EngineError where the section has that name already.
        """
        held = np.array(array)
        held.setflags(write=False)
        value = Value(held, self)
        value.meant = getattr(array, "meant", None)
        value.name = in_section(self._place.section, name)
        value.shown = symbol and in_section(self._place.section, symbol)
        self._claim(value.name)
        self._trace.given[value.name] = value
        if not self._place.section:
            self._trace.header[value.name] = value
        return value

    def written(self, number: Any) -> Any:
        """A number or an array that a formula itself writes, as a value without a name."""
        value = Value(np.asarray(number), self)
        value.meant = getattr(number, "meant", None)
        return value

    def let(self, name: str, value: Any, like: Any = None) -> Any:
        """Names an intermediate and returns what the rest goes on with (bare arrays pass through).

        `like` differentiates as another value of the same number does: softmax and cross-entropy as one.
        Raises EngineError where the name is taken or the value was used already, NotFinite, and TooLong at the limit.
        """
        if not isinstance(value, Value):
            return value
        if value.name is not None or value.rule is None:
            value = +value
        elif value.used and like is None:
            raise EngineError(f"{name}: name a value before using it, or what used it escapes rounding and marking")
        value.name = in_section(self._place.section, name)
        if like is not None:
            value.like = like
            self.serial += 1
            value.serial = self.serial  # after what it is differentiated through
        self._claim(value.name)
        computed, finite = as_read(value.array, value)
        value.array = computed
        step = Step(value, self._place.section, self._place.title, computed)
        if self.finite and not finite and not _masked(value):
            raise NotFinite(step)
        if self.settle is not exact:
            settled = self.settle(value.name, computed, value.is_given)
            if settled is not computed:
                value.settle(settled)
        self._trace.steps.append(step)
        self.reserve_steps(0)
        return value

    def reserve(self, field: str, shape: Sequence[int]) -> None:
        """Raises TooLarge, naming the field to blame, for an array over the limit, before its memory is taken."""
        size = math.prod(shape)
        if self.limit is not None and size > self.limit:
            raise TooLarge(tuple(shape), self.limit, field=field)

    def reserve_steps(self, count: int) -> None:
        """Raises TooLong where `count` steps more would pass the limit, before they are worked."""
        if self.steps is not None and len(self._trace.steps) + count > self.steps:
            raise TooLong

    def rounds(self, count: int, beside: int = 0) -> Iterator[int]:
        """The numbers of so many equal rounds, from 1; the first one measures how many steps all will take.

        beside: the steps that follow at the end for each. Raises TooLong after the first where all would pass it.
        """
        before = len(self._trace.steps)
        for number in range(1, count + 1):
            yield number
            if number == 1:
                self.reserve_steps((len(self._trace.steps) - before) * (count - 1) + beside * count)

    @contextmanager
    def section(self, name: str, title: str) -> Iterator[None]:
        """Scopes names (`t1.h`) and gives the steps a heading; without a name only the heading."""
        outer = self._place
        if name and outer.section and outer.title:  # of a layer, of an update: attention1, head 2
            title = f"{outer.title}, {title[:1].lower()}{title[1:]}"
        self._place = _Place(in_section(outer.section, name) if name else outer.section, title)
        if name:
            self._titles[self._place.section] = title
        try:
            yield
        finally:
            self._place = outer

    def backward(self, of: Any, wrt: Sequence[Any], seed: Any = 1, **how: Any) -> dict[str, Any]:
        """The gradients of `of` by each of `wrt`, as named steps: {"dL/dW1": …} in the order of `wrt`.

        of: a value, or a list of them with a list of seeds (their ∂L/∂·; a given seed makes every name dL/d·).
        local: for a graph of numbers, each edge's local derivative is a step of its own (`df8/df7`), so that a
        gradient reads upstream × local. until: what counts as given here. Bare arrays have no recorded operations: {}.
        """
        ofs = list(of) if isinstance(of, (list, tuple)) else [of]
        seeds = list(seed) if isinstance(seed, (list, tuple)) else [seed]
        if not all(isinstance(v, Value) for v in ofs):
            return {}
        return name_gradients(self, ofs, seeds, [v for v in wrt if v is not None], self._place.section, **how)

    @contextmanager
    def beside(self, value: Value) -> Iterator[None]:
        """Names what follows in the section where a value stands, under that section's heading of the backward pass."""
        outer, section = self._place, StepName.parse(value.name).section
        title = self._titles.get(section, "")
        self._place = _Place(section, f"{title}, backward" if title else "Backward")
        try:
            yield
        finally:
            self._place = outer

    def note(self, text: str) -> None:
        """A remark at the end of the page."""
        self._trace.notes.append(text)

    def overview(self, *row: str | int) -> None:
        """A row of the table that sums up a page, the first being its heads: counts part by part."""
        self._trace.overview.append(row)

    def trace(self) -> Trace:
        """All that was worked so far."""
        return self._trace

    def finished(self) -> Trace:
        """The whole working, handed over: no value refers back to it, and it goes when nobody needs it."""
        trace, self._trace, self.desks = self._trace, Trace(), {}
        return trace

    def _claim(self, name: str) -> None:
        if name in self._trace.names:
            raise EngineError(f"{name} is named twice in one working")
        self._trace.names.add(name)


def _masked(value: Value) -> bool:
    """Whether −∞ is meant here: a mask's (by its rule, or since it was given so), and no other number is lost."""
    bad = np.asarray(value.array)[~np.isfinite(value.array)]
    given = any(bool(np.isneginf(arg.array).any()) for arg in value.args if isinstance(arg, Value) and arg.is_given)
    return value.rule is not None and (value.rule.infinite or given) and bool((bad == -np.inf).all())


class BareWork(Work):
    """The same kernel as a plain NumPy function: nothing is recorded, arrays go in and come out."""

    def given(self, name: str, array: Any, symbol: str | None = None) -> Any:
        """The array itself."""
        return np.asarray(array)

    def written(self, number: Any) -> Any:
        """The number itself."""
        return np.asarray(number)

    def let(self, name: str, value: Any, like: Any = None) -> Any:
        """The value itself."""
        return value
