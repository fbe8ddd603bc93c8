"""A problem, worked: the kernel run on Values, exactly or on paper, and everything a page needs around the steps."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, Location, Refused, wrong_type
from nncalc.limits import raising
from nncalc.problem.problem import AnyProblem, Problem, as_problem
from nncalc.topics.parts.fields import fields_of, filled
from nncalc.trace.backward import uncollected
from nncalc.trace.notation.style import TEXT, place, substituted, write
from nncalc.trace.rounding import Settle, exact, on_paper
from nncalc.trace.steps import Trace
from nncalc.trace.value import TooLarge, Value
from nncalc.trace.work import NotFinite, TooLong, Work

__all__ = ["Settle", "Trace", "exact", "given_values", "on_paper", "run", "solve"]


def solve(problem: AnyProblem, settle: Settle = exact) -> Trace:
    """Works a problem, or the one that a path or a mapping means.

    settle: the way to run, `exact` or `on_paper(2)`; with another than `exact` each step carries its exact value beside
    it. Raises InputError where there is no such problem, the topic refuses the values or a step comes out infinite.
    """
    if not callable(settle):
        raise wrong_type("settle", settle, "a way to run: exact, or on_paper(2)")
    problem = as_problem(problem)
    trace = run(problem, settle)
    if settle is not exact:
        _compare(trace, run(problem, exact))
    if problem.symbols:
        _give_letters(trace, problem)
    return trace


def _give_letters(trace: Trace, problem: Problem) -> None:
    from nncalc.problem.symbols import give_letters  # few problems have some

    try:
        give_letters(trace, problem.symbols)
    except Refused as error:
        raise problem.refusal(error) from None


def run(problem: Problem, settle: Settle = exact, finite: bool = True) -> Trace:
    """Runs the kernel once; `finite`: a step that comes out infinite is an error.

    Raises InputError where the topic refuses the values, or a limit is met.
    """
    limits = problem.limits
    work = Work(settle, limits.array, limits.steps, finite, problem.asked)
    values = given_values(problem, work)
    try:
        with np.errstate(all="ignore"), uncollected():
            answer = problem.kernel(work, **filled(problem.kernel, values))
    except (Refused, TooLarge) as error:
        raise problem.refusal(error) from None
    except TooLong:
        what = f"asks for more than {limits.steps} steps, the limit"
        raise InputError(Finding(what, Location(problem.file or problem.topic), hint=raising("steps"))) from None
    except NotFinite as error:
        raise InputError(_infinite(problem, error)) from None
    trace = work.finished()
    trace.answer = {name: np.asarray(v.array if isinstance(v, Value) else v) for name, v in answer.items()}
    trace.answered = {name: v.name for name, v in answer.items() if isinstance(v, Value) and v.name is not None}
    trace.topic, trace.title = problem.topic, problem.title
    trace.called = trace.called or problem.called
    trace.also = _also_called(problem.kernel)
    trace.inputs = frozenset(f.about.symbol or f.name for f in problem.fields if f.about.data)
    trace.asked = problem.asked
    trace.conventions = [*conventions(problem), *trace.conventions]
    return trace


@cache
def _also_called(kernel: Any) -> dict[str, str]:
    """What people call the fields, each with what the page calls it."""
    return {word: f.about.symbol or f.name for f in fields_of(kernel) for word in (f.name, *f.about.also)}


def given_values(problem: Problem, work: Work) -> dict[str, Any]:
    """The fields' values, arrays as given to the working."""
    fields = problem.fields
    values = {f.name: problem.values.get(f.name, f.default) for f in fields}
    for f in fields:
        if f.is_only_array and values[f.name] is not None:
            values[f.name] = work.given(f.name, values[f.name], f.about.symbol)
    return values


def conventions(problem: Problem) -> list[str]:
    """The conventions that the fields of a problem say, or leave as they are."""
    values = {f.name: f.default for f in fields_of(problem.kernel)} | problem.values
    said = [f for f in problem.fields if f.about.says]
    here = [f for f in said if not f.about.only or f.about.only.holds(values.__getitem__, problem.values)]
    return [text for f in here if (text := f.convention(values[f.name]))]


def _infinite(problem: Problem, error: NotFinite) -> Finding:
    step = error.step
    bad = np.argwhere(~np.isfinite(np.atleast_1d(np.asarray(step.computed))))[0]
    index = tuple(int(i) for i in bad)[: np.ndim(step.computed)]
    cell = TEXT.symbol(step.symbol, place(index))
    written = write(step.element(index), TEXT, substituted(TEXT))
    what = f"{cell} = {written if len(written) < 200 else '…'} is not a finite number"
    stable = any(f.name == "stable" for f in problem.fields) and not problem.values.get("stable")
    where = error.mark or Location(problem.file or problem.topic)
    return Finding(what, where, hint="add stable: true" if stable else "")


def _compare(trace: Trace, reference: Trace) -> None:
    """Puts the exact value beside each step; says where rounding wiped a value out."""
    wiped = []
    for step, other in zip(trace.steps, reference.steps, strict=True):
        step.exact = other.array
        if np.any((step.array == 0) & (np.asarray(step.computed) != 0)):
            wiped.append(step.name)
    if wiped:
        shown = ", ".join(wiped[:5]) + (f" and {len(wiped) - 5} more" if len(wiped) > 5 else "")
        trace.notes.append(f"rounding turned values of {shown} into 0; --sig 3 keeps them")
