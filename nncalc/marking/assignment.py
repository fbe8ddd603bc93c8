"""What a problem asks: its lines in the order of the page, the exact value of each, and the points."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, Location, printable
from nncalc.names import cell_of, step_name
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

        Raises InputError where a name means no line.
        """
        if self.problem.marking.points is None:
            return None
        found: dict[str, Fraction] = {}
        for text, points in self.problem.marking.points.items():
            try:
                name, index = self.meant(text)
            except InputError as error:
                mark = Location(self.problem.file)
                findings = [Finding(f.what, mark, "marking.points", f.want, f.hint) for f in error.findings]
                raise InputError(findings) from None
            if name in found or index is not None:
                what = f"{printable(text)} is {'a line that has points already' if index is None else 'a cell'}"
                raise InputError(Finding(what, Location(self.problem.file), "marking.points", "each line once"))
            found[name] = Fraction(repr(float(points)))
        return found

    @property
    def lines(self) -> list[str]:
        """The lines that students are asked for: those with points, or all steps."""
        return [name for name in self.exact if name in (self.steps if self.points is None else self.points)]

    def meant(self, text: str) -> tuple[str, Index | None]:
        """The line that a name means, in full or short, whole or one cell of it (c:1). Raises InputError."""
        name, _, cell = text.replace("∂", "d").partition(":")
        name = self.trace.answered.get(name, name)
        if name in self.exact:
            return cell_of(self.trace, f"{name}:{cell}") if cell else (name, None)
        if name in TEACHERS:
            raise InputError(Finding(f"unknown key '{name}'", hint="only the problem may say that"))
        name = step_name(self.trace, name)
        return cell_of(self.trace, f"{name}:{cell}") if cell else (name, None)


def ask(problem: Problem) -> Assignment:
    """Works a problem and looks through its marking. Raises InputError where the problem cannot be used."""
    asked = Assignment(problem, solve(problem))
    _ = asked.points  # a name there that means no line is said now
    return asked


def lines_of(trace: Trace) -> dict[str, np.ndarray]:
    """The worked arrays by line (what a formula gives, whatever is carried on): steps, then answers that are none."""
    lines = {step.name: np.asarray(step.computed) for step in trace.steps}
    for name, array in trace.answer.items():
        if name not in lines and name not in trace.answered and np.asarray(array).dtype.kind in "iuf":
            lines[name] = np.asarray(array)
    return lines
