"""What a problem asks: its lines in the order of the page, the exact value of each, and the points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cache, cached_property, partial
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, Location, T, dimensions, printable, spelled
from nncalc.marking.trivial import has_work
from nncalc.names import index_of, step_name, typed_in
from nncalc.problem.problem import RESERVED_KEYS, Marking, Problem
from nncalc.running import solve
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace

# What only the problem says; on a sheet such a key is an error, not a wish.
TEACHERS = (*RESERVED_KEYS, *(each.name for each in fields(Marking)), "weights")


@dataclass(frozen=True)
class Assignment:
    """A problem worked exactly, and what of it is asked of students."""

    problem: Problem
    trace: Trace
    altered: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)  # for the mistakes of all sheets

    @cached_property
    def steps(self) -> dict[str, Step]:
        """The steps by their full names."""
        return self.trace.named()

    @cached_property
    def exact(self) -> dict[str, np.ndarray]:
        """Every line that can be marked: the steps, then answers with numbers that are no steps."""
        return lines_of(self.trace)

    @cached_property
    def points(self) -> dict[str, Fraction] | None:
        """The points of each line, as they were written; None where the problem gives none.

        Raises InputError with every name that means no line.
        """
        points = self.problem.marking.points
        if points is None:
            return None
        return {name: Fraction(repr(float(value))) for name, value in self._by_line("points", points).items()}

    @cached_property
    def accepted(self) -> dict[str, dict[str, np.ndarray]]:
        """Further right values of a line, by their words.

        Raises InputError where a name means no line, or a value has not the line's shape.
        """
        accepted = self._by_line("accept", self.problem.marking.accept or {})
        found: dict[str, dict[str, np.ndarray]] = {}
        for name, values in accepted.items():
            found[name] = {words: np.asarray(value, dtype=float) for words, value in values.items()}
            want = self.exact[name].shape
            for words, array in found[name].items():
                if array.shape != want:
                    what = f"is {dimensions(array.shape)}, want {dimensions(want)}"
                    where = spelled(("marking.accept", name, words))
                    raise InputError(Finding(what, Location(self.problem.file), where))
        return found

    def _by_line(self, key: str, said: Mapping[str, T]) -> dict[str, T]:
        """What the problem's marking says of lines, by their full names."""
        found: dict[str, T] = {}
        findings: list[Finding] = []
        mark = Location(self.problem.file)
        for text, value in said.items():
            try:
                name, index = self.meant(text)
            except InputError as error:
                findings += [Finding(f.what, mark, f"marking.{key}", f.want, f.hint) for f in error.findings]
                continue
            if name in found or index is not None:
                what = f"{printable(text)} is {f'a line that has {key} already' if index is None else 'a cell'}"
                findings.append(Finding(what, mark, f"marking.{key}", "each line once"))
            found[name] = value
        if findings:
            raise InputError(findings)
        return found

    @cached_property
    def has_work(self) -> Callable[[str, Index], bool]:
        """Whether a cell has to be worked: no structural zero, no copy of what is given; each is looked at once."""
        return cache(partial(has_work, self.steps))

    @cached_property
    def vanishing(self) -> list[str]:
        """The lines asked in which the places named make a number 0: there 0 is right."""
        return [name for name in self.lines if self._vanishes(self.exact[name])]

    def _vanishes(self, array: np.ndarray) -> bool:
        places, digits = self.problem.marking.places, self.problem.marking.sig
        if places is None or digits is not None or array.dtype.kind != "f":
            return False
        return bool(((array != 0) & (np.abs(array) <= 0.5 * 10.0**-places)).any())

    @property
    def lines(self) -> list[str]:
        """The lines that students are asked for: those with points, or all steps."""
        return [name for name in self.exact if name in (self.steps if self.points is None else self.points)]

    def meant(self, text: str) -> tuple[str, Index | None]:
        """The line that a name means, in full or short, whole or one cell of it (c:1). Raises InputError."""
        name, cell = typed_in(self.trace, text)
        name = self.trace.answered.get(name, name)
        if name in self.exact:
            return name, None if cell is None else index_of(cell, name, self.exact[name].shape)
        if name in TEACHERS:
            raise InputError(Finding(f"unknown key '{name}'", hint="only the problem may say that"))
        name = step_name(self.trace, name, text)
        return name, None if cell is None else index_of(cell, name, self.exact[name].shape)


def ask(problem: Problem) -> Assignment:
    """Works a problem and looks through its marking. Raises InputError where the problem cannot be used."""
    asked = Assignment(problem, solve(problem))
    _ = asked.points, asked.accepted  # a name there that means no line is said now
    return asked


def lines_of(trace: Trace) -> dict[str, np.ndarray]:
    """The worked arrays by line (what a formula gives, whatever is carried on): steps, then answers that are none."""
    lines = {step.name: np.asarray(step.computed) for step in trace.steps}
    for name, array in trace.answer.items():
        if name not in lines and name not in trace.answered and np.asarray(array).dtype.kind in "iuf":
            lines[name] = np.asarray(array)
    return lines
