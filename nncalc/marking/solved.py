"""A problem, worked, as a program holds it: its steps as arrays, by the names that people type, and its answers marked.

How it shows itself is the business of the rooms above.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nncalc.disk.write import write_file
from nncalc.errors import InputError
from nncalc.marking.check import check
from nncalc.marking.keyed import keyed
from nncalc.marking.marks import Marks
from nncalc.names import cell_of, only_steps, step_name
from nncalc.problem.calling import problem_of, signature, topic_words
from nncalc.problem.problem import AnyPath, AnyProblem, Problem, as_problem
from nncalc.running import Settle, exact, solve
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.notation.style import TEXT, symbols, write
from nncalc.trace.steps import Step, Trace

__all__ = ["AnyPath", "AnyProblem", "ArrayStep", "Solved"]


class ArrayStep(NDArrayOperatorsMixin, Step):
    """A step that may stand wherever its array may: w["s"][0], np.log(w["s"]), w["s"] - w["t"]."""

    __slots__ = ()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return np.array(self.array, dtype=dtype) if copy is not False else np.asarray(self.array, dtype=dtype)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **more: Any) -> Any:
        return getattr(ufunc, method)(*(x.array if isinstance(x, Step) else x for x in inputs), **more)

    def __getitem__(self, index: Any) -> Any:
        return self.array[index]

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.array)

    def __float__(self) -> float:
        return float(self.array.item())

    def __int__(self) -> int:
        return int(self.array.item())

    def __bool__(self) -> bool:
        return bool(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its array."""
        return np.shape(self.array)

    @property
    def ndim(self) -> int:
        """How many axes its array has."""
        return np.ndim(self.array)

    def tolist(self) -> Any:
        """Its numbers in lists."""
        return self.array.tolist()

    def __repr__(self) -> str:
        """One line, of a large array its ends: s = e/Z = [0.6590, …]."""
        shown = np.array2string(self.array, separator=", ", threshold=20, edgeitems=2).split("\n")
        formula = write(self.formula, TEXT, symbols(TEXT))
        return f"{TEXT.symbol(self.symbol)} = {formula} = {' '.join(map(str.strip, shown))}"


@dataclass(slots=True, eq=False, repr=False)
class Solved(Trace):
    """A finished working that knows its problem."""

    problem: Problem = field(kw_only=True)

    @classmethod
    def of(cls, problem: AnyProblem, settle: Settle = exact) -> Self:
        """A problem, worked; what it takes and raises is that of `solve`."""
        problem = as_problem(problem)
        trace = solve(problem, settle)
        return cls(**{f.name: getattr(trace, f.name) for f in fields(trace) if f.init}, problem=problem)

    @classmethod
    def function(cls, topic: str) -> Callable[..., Any]:
        """A topic as a function of its fields. Raises InputError where there is no such topic."""

        def worked(*, settle: Settle = exact, **given: Any) -> Solved:
            return cls.of(problem_of(topic, given), settle)

        worked.__name__ = worked.__qualname__ = topic
        worked.__doc__, worked.__module__ = topic_words(topic), "nncalc"
        vars(worked)["__signature__"] = signature(topic)
        return worked

    def __getitem__(self, name: str) -> ArrayStep:
        """The step of a name, as --get takes it: s, dW1 for dL/dW1. Raises KeyError where there is none."""
        try:
            step = self.named()[step_name(self, plain_name(name), name)]
        except InputError as error:
            raise KeyError("; ".join(error.lines())) from None
        return ArrayStep(**{f.name: getattr(step, f.name) for f in fields(step)})

    def made_from(self, *cells: str) -> Trace:
        """The same working cut to what these cells (`s:1`, or all of `s`) are made from. Raises InputError."""
        return Trace.explain(self, *(cell_of(self, cell) for cell in cells))

    def cut(self, only: str | Iterable[str] | None, as_key: bool = False) -> Trace:
        """The same working cut to some steps or sections ("s,L,t2."); None: all of it. Raises InputError.

        as_key: with what its lines are worth.
        """
        whole = keyed(self.problem, self) if as_key else self
        return whole if only is None else only_steps(whole, only)

    def check(self, answers: AnyPath | Mapping[str, Any] | None = None, /, **lines: Any) -> Marks:
        """Marks answers by the names of their lines, or a sheet by its path: check(s=[…]), check({"dL/dW1": […]}).

        Raises InputError where a name means no line or the sheet cannot be used.
        """
        if answers is None or isinstance(answers, Mapping):
            return check(self.problem, {**(answers or {}), **lines})
        if lines:
            raise TypeError("check: want a sheet's path or lines by their names, got both")
        return check(self.problem, answers)

    @staticmethod
    def write(path: AnyPath, text: str | bytes) -> None:
        """Replaces a file at once. Raises InputError where it cannot be written."""
        write_file(os.fsdecode(path), text)
