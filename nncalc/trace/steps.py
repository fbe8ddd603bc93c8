"""The finished working: plain steps that renderers read, whole or cut to what explains one cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nncalc.trace.notation.tree import Expr, Index, Op, Ref
from nncalc.trace.notation.writing import expand
from nncalc.trace.value import Value


@dataclass(slots=True)
class Step:
    """One named step: what was worked, and from what.

    `computed` is what the formula gives; `array` what the rest goes on with (rounded, on paper); `exact` that of the
    exact working. `cells`: only these, where the page is cut. `why`: what the problem says of it.
    """

    value: Value
    section: str
    title: str
    computed: Any
    exact: Any = None
    cells: tuple[Index, ...] | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """The full name, as answer sheets write it: t1.h."""
        return self.value.name or ""

    @property
    def symbol(self) -> str:
        """What formulas call it."""
        return self.value.symbol

    @property
    def array(self) -> Any:
        """The value that the rest goes on with."""
        return np.asarray(self.value.array)

    @property
    def formula(self) -> Expr:
        """How the whole value is made."""
        return expand(self.value, None)

    def element(self, index: Index, inside: bool = False) -> Expr:
        """How one element is made; `inside`: as a part of something else, where σ(z) is not written out."""
        return expand(self.value, index, inside)

    def indices(self) -> list[Index]:
        """The cells to be shown, in row-major order."""
        return list(self.cells) if self.cells is not None else list(np.ndindex(self.array.shape))


@dataclass(slots=True)
class Trace:
    """A finished working. What surrounds the steps (title, conventions, answer) is set by who ran the kernel."""

    topic: str = ""
    title: str = ""
    called: str = ""  # what pages call the topic
    given: dict[str, Value] = field(default_factory=dict)
    header: dict[str, Value] = field(default_factory=dict)  # given to the whole problem, not to a section of it
    steps: list[Step] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    conventions: list[str] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)  # the steps that are answers: {"h": "t2.h"}
    notes: list[str] = field(default_factory=list)
    also: dict[str, str] = field(default_factory=dict)  # what people call what was given: {"W": "K"}
    overview: list[tuple[str | int, ...]] = field(default_factory=list)
    layers: list[tuple[str, ...]] = field(default_factory=list)  # of a network: name, shape, step, what is inside
    inputs: frozenset[str] = frozenset()  # symbols of what is no parameter of what learns
    asked: frozenset[str] = frozenset()  # the names of the key and of the points
    explained: bool = False
    _by_name: dict[str, Step] = field(default_factory=dict, init=False, repr=False, compare=False)

    def named(self) -> dict[str, Step]:
        """The steps by their full names, in the order of the page."""
        if len(self._by_name) != len(self.steps):
            self._by_name = {step.name: step for step in self.steps}
        return self._by_name

    def __getitem__(self, name: str) -> Step:
        """The step of that name. Raises KeyError where there is none."""
        return self.named()[name]

    def explain(self, *cells: tuple[str, Index | None]) -> Trace:
        """The same working cut to what these cells (None: all of a step's) are made from, all the way down."""
        wanted: dict[str, set[Index]] = {}
        made_from: dict[tuple[str, Index], list[tuple[str, Index]]] = {}
        steps = self.named()
        stack = [(name, i) for name, index in cells for i in ([index] if index is not None else steps[name].indices())]
        while stack:
            name, index = stack.pop()
            if name in steps and index not in wanted.setdefault(name, set()):
                wanted[name].add(index)
                made_from[name, index] = elements_in(steps[name].element(index))
                stack.extend(made_from[name, index])
        kept = [
            replace(s, cells=tuple(sorted(wanted[s.name])))
            for s in self.steps
            if s.name in wanted and (not s.value.is_given or any(s.name == name for name, _ in cells))
        ]
        used = {name for step in kept for i in step.indices() for name, _ in made_from[step.name, i]}
        given, header = ({n: v for n, v in all_.items() if n in used} for all_ in (self.given, self.header))
        return replace(self, steps=kept, given=given, header=header, answer={}, overview=[], explained=True)


def elements_in(x: Expr) -> list[tuple[str, Index]]:
    """The elements of named values that a formula of one element refers to."""
    found: list[tuple[str, Index]] = []
    stack = [x]
    while stack:
        part = stack.pop()
        if isinstance(part, Ref) and part.index is not None:
            found.append((getattr(part.value, "name", "") or "", part.index))
        elif isinstance(part, Op):
            stack.extend(part.args)
    return found
