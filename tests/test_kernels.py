"""Every kernel, on random problems: bare arrays, finite differences, perturbed steps, rounding, pairs under `like`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from examples import problem, random_problems
from hypothesis import given
from hypothesis import strategies as st

from nncalc.problem.problem import Problem
from nncalc.running import given_values, solve
from nncalc.topics.params.telling import TOLD_STEPS
from nncalc.topics.parts.fields import filled
from nncalc.topics.parts.time import Upstream
from nncalc.trace.backward import chain_rule, sweep
from nncalc.trace.name import StepName
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.rounding import on_paper
from nncalc.trace.value import Value
from nncalc.trace.work import BareWork, Work

NAMES = list(random_problems(0))
SEEDS = st.integers(0, 10_000)
# So many of the given values of a random problem are moved for its gradients.
SOME = 4


def run(p: Problem, work: Work, **other: Any) -> dict[str, Any]:
    """The kernel on this work, as `solve` calls it."""
    values = given_values(replace(p, values=p.values | other), work)
    answer: dict[str, Any] = p.kernel(work, **filled(p.kernel, values))
    return answer


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
def test_bare_arrays_give_the_same_numbers_and_no_values(name: str, seed: int) -> None:
    p = problem(random_problems(seed)[name])
    if name in ("optimizer expression", "optimizer lookahead"):
        return  # without a record there is no backward pass, and its update is nothing else
    # Without a record there is no backward pass, so bare arrays know no second update.
    once = {"steps": 1} if "steps" in p.values else {}
    # Sums of 0.3 tie with thresholds as decimals and not as floats: here they shall be the same in both.
    exact = {"scale": 0.25} if name == "hopfield binary" else {}
    bare, traced = run(p, BareWork(), **once, **exact), run(p, Work(), **once, **exact)
    assert bare and not any(isinstance(v, Value) for v in bare.values())
    for key, value in bare.items():
        expected = traced[key].array if isinstance(traced[key], Value) else traced[key]
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-13, err_msg=key)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
def test_every_element_evaluates_to_its_value(name: str, seed: int) -> None:
    for step in solve(problem(random_problems(seed)[name])).steps:
        for index in step.indices():
            said = evaluate(step.element(index))
            value = float(step.array[index])
            assert math.isclose(said, value, rel_tol=1e-9, abs_tol=1e-12), (step.name, index, said, value)


@pytest.mark.parametrize("name", NAMES)
@given(seed=SEEDS)
def test_gradients_are_finite_differences(name: str, seed: int) -> None:
    """Every dL/d· (df/d·) of something given, by moving what is given; on paper every gradient is a recorded step.

    Of many given values each problem moves some: all have their turn in the problems of one name.
    """
    p = problem(random_problems(seed)[name])
    work = Work()
    run(p, work)
    trace = work.trace()
    of, weights = scalar_of(trace)
    if of is None:
        pytest.skip("no gradient in this problem")
    top = "df" if p.topic == "backprop" and "f" in trace.names else "dL"
    by_value = {n: [s for s in trace.steps if s.name == f"{top}/d{v.symbol}"] for n, v in trace.given.items()}
    moving = [n for n, found in by_value.items() if found]
    for given_name in np.random.default_rng(seed).permutation(moving)[:SOME]:
        value = trace.given[given_name]
        for step in by_value[given_name]:
            direction = np.random.default_rng(seed).uniform(0.5, 1.5, value.shape)
            ends = [moved_scalar(p, given_name, d * direction, of, weights) for d in (1e-6, -1e-6)]
            slope = (ends[0] - ends[1]) / 2e-6
            assert np.sum(step.array * direction) == pytest.approx(slope, rel=1e-5, abs=1e-7), step.name


class Moved(Work):
    """A work in which one given value is another."""

    def __init__(self, name: str, by: Any):
        super().__init__()
        self.moved = (name, by)

    def given(self, name: str, array: Any, symbol: str | None = None) -> Value:
        if name == self.moved[0]:
            array = np.asarray(array) + self.moved[1]
        return super().given(name, array, symbol)


def scalar_of(trace: Any) -> tuple[list[str] | None, list[Any]]:
    """The steps that are differentiated and the weights that make one number of them."""
    ups = {n: v.array for n, v in trace.given.items() if n.startswith("upstream")}
    names = [s.name for s in trace.steps]
    if "L" in names or "step1.L" in names:
        return (["L"] if "L" in names else ["step1.L"]), [1.0]
    if "df/dx" in names:
        return ["f"], [1.0]
    if "upstream" in ups:
        answer = next(n for n in ("s", "Z", "a", "A", "Y", "y") if n in names)
        return [answer], [ups["upstream"]]
    of: list[str] = []
    weights: list[Any] = []
    for name, array in ups.items():
        state = name.removeprefix("upstream_")
        own = [n for n in names if n == state or n.endswith(f".{state}")]
        of += own if array.ndim > 1 else own[-1:]
        weights += list(array) if array.ndim > 1 else [array]
    return of or None, weights


def moved_scalar(p: Problem, name: str, by: Any, of: list[str], weights: list[Any]) -> float:
    work = Moved(name, by)
    run(p, work)
    trace = work.trace()
    return float(sum(np.sum(trace[n].array * w) for n, w in zip(of, weights, strict=True)))


# What a formula refers to though it cannot matter: Σ(x − mean) is 0, and where a maximum lies moves by leaps.
TOLD = {step for steps in TOLD_STEPS.values() for step in steps} | {
    f"{name}_{side}" for name in TOLD_STEPS["receptive_field"] for side in "hw"
}
# Inputs of 0 move no weight; a choice moves by leaps, and the smaller of two moves no maximum.
STEPWISE = ("perceptron training", "hopfield", "boxes kept", "decoding", "optimizer adamax")
WITHOUT_EFFECT = {("dL/dvar", "dL/dmean"), ("gap", "dL/dgap")}


@pytest.mark.parametrize("name", NAMES)
def test_moving_a_step_moves_what_is_made_from_it(name: str) -> None:
    """Names are used: what goes on is what `let` gave back, so rounding and marking reach everything after.

    Only where another factor is zero (the local derivative of a maximum not taken) may a step not move, and where it
    is a step function.
    """
    p = problem(random_problems(3)[name])
    base = solve(p)
    users: dict[str, set[str]] = {}
    for step in base.steps:
        for value in reached(step.value):
            users.setdefault(value, set()).add(step.name)
    for step in base.steps:

        def settle(at: str, array: Any, as_given: bool, step: Any = step) -> Any:
            by = 0.01 * (1 + np.arange(np.size(array))).reshape(np.shape(array))
            return array + by if at == step.name else array

        moved = solve(p, settle)
        for user in users.get(step.name, ()):
            still = np.allclose(moved[user].array, base[user].array, rtol=0, atol=1e-14)
            switched_off = any(
                not np.any(base[n].array) for n in reached(base[user].value) if n in base.names - {*base.given}
            )
            stepwise = user.endswith("y_hat") or name.startswith(STEPWISE)
            assert not still or switched_off or stepwise or (step.name, user) in WITHOUT_EFFECT, (step.name, user)


@pytest.mark.parametrize("name", NAMES)
def test_no_step_is_idle(name: str) -> None:
    """Each step is an answer or something is made from it: a kernel that works past its own `let` shows here."""
    trace = solve(problem(random_problems(3)[name]))
    used = {n for step in trace.steps for n in reached(step.value)}
    names = [StepName.parse(s.name) for s in trace.steps]
    gradients = {str(n) for n in names if n.is_gradient} | {n.beside(n.of) for n in names if n.is_gradient}
    # The sizes that a counted layer gives are answers of that layer.
    answers = {n.rpartition(".")[2] for n in trace.answer} | ({*"DHWCT"} | TOLD if trace.topic == "params" else set())
    answers |= {"u"} if name == "optimizer adadelta" else set()  # the next update would go on from the last one
    assert {s.name for s in trace.steps if s.name.rpartition(".")[2] not in answers} - used - gradients == set()


def reached(value: Value) -> set[str]:
    """The names that a value's formula refers to."""
    found, stack = set(), [a for a in value.args if isinstance(a, Value)]
    while stack:
        arg = stack.pop()
        if arg.name is not None:
            found.add(arg.name)
        else:
            stack.extend(a for a in arg.args if isinstance(a, Value))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_names_and_shapes_depend_on_the_problem_only(name: str) -> None:
    one, other = (solve(problem(random_problems(seed)[name])) for seed in (1, 2))
    assert [(s.name, s.array.shape) for s in one.steps] == [(s.name, s.array.shape) for s in other.steps]


@pytest.mark.parametrize("name", NAMES)
def test_on_paper_every_step_is_rounded_and_goes_on_rounded(name: str) -> None:
    p = problem(random_problems(4)[name])
    trace = solve(p, on_paper(places=3))
    exact = solve(p)
    for step in trace.steps:
        if not step.value.is_given and np.asarray(step.array).dtype.kind == "f":
            np.testing.assert_allclose(step.array, np.round(step.array, 3), atol=1e-12, err_msg=step.name)
            again = [evaluate(step.element(i)) for i in step.indices()]
            np.testing.assert_allclose(np.ravel(step.computed), again, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(step.exact, exact[step.name].array)


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("softmax", "network", "lstm seq"))])
@given(seed=SEEDS)
def test_pairs_under_like_are_equal(name: str, seed: int) -> None:
    """What is written and what is differentiated: the same number, the same gradient."""
    work = Work()
    run(problem(random_problems(seed)[name]), work)
    for step in [s for s in work.trace().steps if s.value.like is not None]:
        like = step.value.like
        assert like is not None
        np.testing.assert_allclose(like.array, step.computed, rtol=1e-9, atol=1e-12)
        assert plain_gradient_agrees(step.value)


def plain_gradient_agrees(loss: Value) -> bool:
    """The gradient with `like` is the one that the chain rule gives through what is written."""
    wrt = [v for v in ancestors(loss) if v.rule is None and v.name is not None and v.name != "target"]
    fused = gradient_values(loss, wrt)
    like, loss.like = loss.like, None
    written = gradient_values(loss, wrt)
    loss.like = like
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-12) for a, b in zip(fused, written, strict=True))


def ancestors(value: Value) -> list[Value]:
    found: dict[int, Value] = {}
    stack = [value]
    while stack:
        for arg in stack.pop().inputs():
            if id(arg) not in found:
                found[id(arg)] = arg
                stack.append(arg)
    return list(found.values())


def gradient_values(loss: Value, wrt: list[Value]) -> list[Any]:
    found: dict[int, Any] = {}

    def arrive(value: Value, g: Value) -> Value:
        found[id(value)] = g.array
        return g

    sweep([(loss, Value(np.ones(loss.shape), loss.work))], wrt, Value.inputs, chain_rule, arrive)
    return [found[id(v)] for v in wrt]


@given(seed=SEEDS)
def test_lstm_jacobians_are_what_backward_gives_row_by_row(seed: int) -> None:
    p = problem(random_problems(seed)["lstm"])
    trace = solve(p)
    for of in ("c", "h"):
        for row in range(2):
            work = Work()
            run(p, work, target=None, rate=None, jacobian=False, upstream=Upstream(**{of: np.eye(2)[row]}))
            np.testing.assert_allclose(
                work.trace()["dL/dh_0"].array, trace[f"d{of}/dh_0"].array[row], rtol=1e-9, atol=1e-12
            )


@given(seed=SEEDS)
def test_softmax_jacobian_is_what_backward_gives_row_by_row(seed: int) -> None:
    p = problem(random_problems(seed)["softmax"])
    J = solve(p)["J"].array
    for row in range(4):
        work = Work()
        run(p, work, target=None, upstream=np.eye(4)[row])
        np.testing.assert_allclose(work.trace()["dL/dx"].array, J[row], rtol=1e-9, atol=1e-12)


@given(seed=SEEDS)
def test_rnn_factors_are_what_backward_gives_row_by_row(seed: int) -> None:
    p = problem(random_problems(seed)["rnn upstream"])
    J = solve(p)["dh/dh_0"].array
    for row in range(2):
        work = Work()
        run(p, work, upstream=np.eye(2)[row], gradient_flow=False)
        np.testing.assert_allclose(work.trace()["dL/dh_0"].array, J[row], rtol=1e-9, atol=1e-12)


@given(seed=SEEDS)
def test_activation_slopes_are_what_backward_gives(seed: int) -> None:
    work = Work()
    answer = run(problem(random_problems(seed)["activation"]), work)
    x = work.trace().given["x"]
    for name, y in answer.items():
        if name.endswith(".y"):
            slope = answer[name.replace(".y", ".dy")]
            expected = gradient_values(y.sum(), [x])[0]
            np.testing.assert_allclose(slope.array, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@given(seed=SEEDS)
def test_the_flow_is_the_gradient_of_the_last_state_by_the_first(seed: int) -> None:
    """∂h_3/∂h_1 by moving h_1 and letting the rest follow from it."""
    p = problem(random_problems(seed)["rnn"])
    flow = solve(p)["flow"].array
    for column in range(3):
        ends = []
        for by in (1e-6, -1e-6):

            def settle(at: str, array: Any, as_given: bool, by: float = by, column: int = column) -> Any:
                return array + by * np.eye(3)[column] if at == "t1.h" else array

            ends.append(solve(p, settle)["t3.h"].array)
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-6, flow[:, column], rtol=1e-5, atol=1e-8)
