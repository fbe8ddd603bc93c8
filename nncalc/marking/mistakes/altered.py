"""A mistake in reading the problem as another problem, worked with the student's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment, lines_of
from nncalc.marking.mistakes.slip import Candidate, Slip, array_candidate
from nncalc.marking.runs import UNWORKABLE
from nncalc.problem.problem import Problem
from nncalc.running import run
from nncalc.trace.rounding import Settle, exact, following
from nncalc.trace.steps import Trace
from nncalc.trace.value import EngineError, Value

# What a field says (its default where the problem is silent).
Fields = Callable[[str], Any]
# Other values for some fields, and in words what that is.
Alteration = tuple[Mapping[str, Any], str]


@dataclass(frozen=True)
class Altered:
    """A mistake whose numbers another problem has."""

    changes: Callable[[Fields], Iterator[Alteration]]

    def __call__(self, slip: Slip) -> Iterator[Candidate]:
        """Works the altered problems with the student's lines, once for all lines of a sheet.

        Only where it makes this line, or what it is worked from beside the sheet, in another way.
        """
        asked = slip.asked
        if self not in asked.altered:
            asked.altered[self] = list(self._others(asked))
        for number, (words, problem, touched) in enumerate(asked.altered[self]):
            if touched.isdisjoint({slip.name, *slip.unseen}):
                continue
            if (self, number) not in slip.workings:
                trace = _worked(problem, _carried(slip))
                slip.workings[self, number] = {} if trace is None else lines_of(trace)
            arrays = slip.workings[self, number]
            if slip.name in arrays:
                yield from array_candidate(words, arrays[slip.name])

    def _others(self, asked: Assignment) -> Iterator[tuple[str, Problem, set[str]]]:
        """The altered problems that can be worked, each with the lines that it makes in another way."""
        problem = asked.problem
        known = {f.name: problem.values.get(f.name, f.default) for f in problem.fields}
        for values, words in self.changes(lambda name: known.get(name)):
            if all(name in known for name in values):
                altered = replace(problem, values={**problem.values, **values})
                trace = _worked(altered, exact)
                if trace is None and known.get("upstream") is not None:  # its gradient fits no other shape
                    altered = replace(altered, values={**altered.values, "upstream": None})
                    trace = _worked(altered, exact)
                if trace is not None:
                    steps = trace.named()
                    touched = {
                        n for n, s in asked.steps.items() if n not in steps or not _alike(s.value, steps[n].value)
                    }
                    yield words, altered, touched


def _worked(problem: Problem, settle: Settle) -> Trace | None:
    """An altered problem, worked; None where that problem does not work."""
    try:
        return run(problem, settle, finite=False)
    except (*UNWORKABLE, EngineError, IndexError, KeyError, TypeError):
        return None  # arrays of the problem do not fit the other field


def _alike(a: Any, b: Any) -> bool:
    """Whether two values are made in the same way from steps of the same names and the same given numbers."""
    if not (isinstance(a, Value) and isinstance(b, Value)):
        return type(a) is type(b) and np.array_equal(a, b)
    if a.rule is None or b.rule is None:
        return a.rule is b.rule and a.name == b.name and np.array_equal(a.array, b.array)
    made = a.rule is b.rule and len(a.args) == len(b.args) and np.shape(a.array) == np.shape(b.array)
    return made and repr(a.params) == repr(b.params) and all(map(_argument_alike, a.args, b.args))


def _argument_alike(a: Any, b: Any) -> bool:
    """As `_alike`; of what has a name of its own the name is enough."""
    named = isinstance(a, Value) and isinstance(b, Value) and a.rule is not None and b.rule is not None and a.name
    return a.name == b.name if named else _alike(a, b)


def _carried(slip: Slip) -> Any:
    """The student's lines, as far as they fit the shapes of another problem."""
    settle = following(slip.carried)

    def fitting(name: str, array: Any, as_given: bool) -> Any:
        fits = name in slip.steps and np.shape(array) == slip.steps[name].array.shape
        return settle(name, array, as_given) if fits else array

    return fitting
