"""Every rule held against independent truth: NumPy's number for each element, finite differences for each slope."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncalc.trace.notation.deciding import left_open
from nncalc.trace.notation.evaluation import evaluate
from nncalc.trace.notation.functions import FUNCTIONS, MathFunction
from nncalc.trace.notation.tree import Expr, Op, Ref, StandIn, with_refs
from nncalc.trace.notation.writing import expand
from nncalc.trace.rule import RULES
from nncalc.trace.rules import angles as an
from nncalc.trace.rules import convolution as cv
from nncalc.trace.rules import functions as fn
from nncalc.trace.rules import pooling as pl
from nncalc.trace.rules.arrays import (
    arg_largest,
    arg_smallest,
    inverse,
    onehot,
    place_of_max,
    place_of_min,
    vector,
)
from nncalc.trace.rules.choosing import best, continued, picked, rank_of, row_after
from nncalc.trace.rules.products import each_row, outer_sum, row_outer, row_times, total
from nncalc.trace.rules.rearranging import Keys, scatter
from nncalc.trace.rules.reductions import is_first_max, is_largest, largest, length
from nncalc.trace.rules.sliding import Sliding, Window
from nncalc.trace.rules.whole import ceil_divide, quotient
from nncalc.trace.value import EngineError, Value, getitem
from nncalc.trace.work import Work

SEEDS = st.integers(0, 2**32 - 1)
Case = tuple[Callable[..., Any], list[np.ndarray]]


def away_from_zero(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Numbers with a distance from every kink at 0."""
    return np.asarray(rng.uniform(0.3, 1.5, shape) * rng.choice([-1.0, 1.0], shape))


def unary(function: Callable[..., Any]) -> Callable[[np.random.Generator], Case]:
    def case(rng: np.random.Generator) -> Case:
        return function, [away_from_zero(rng, *rng.integers(1, 4, rng.integers(0, 3)))]

    return case


def binary(function: Callable[..., Any], positive: bool = False) -> Callable[[np.random.Generator], Case]:
    """Two arguments of shapes that broadcast, far enough apart that no kink lies between."""

    def case(rng: np.random.Generator) -> Case:
        shape = tuple(int(n) for n in rng.integers(1, 4, 2))
        other = [shape, shape[1:], (shape[0], 1), (1, shape[1]), ()][rng.integers(5)]
        a, b = np.round(away_from_zero(rng, *shape), 1), np.round(away_from_zero(rng, *other), 1) + 0.05
        if positive:
            a, b = np.abs(a), np.abs(b)
        return function, [np.asarray(v) for v in ((a, b) if rng.random() < 0.5 else (b, a))]

    return case


def named(row: MathFunction) -> Callable[[np.random.Generator], Case]:
    """A function that has a name, of numbers for which it has a value."""

    def has_value(*args: float) -> bool:
        try:
            return math.isfinite(row.number(*args))
        except ValueError:
            return False

    def case(rng: np.random.Generator) -> Case:
        if row.arguments > 1:
            return binary(row.traced, positive=not has_value(-0.7, 0.55))(rng)
        numbers = [x for x in away_from_zero(rng, 200) if has_value(x - 0.01) and has_value(x + 0.01)]
        return row.traced, [np.asarray(rng.choice(numbers, tuple(rng.integers(1, 4, rng.integers(0, 3)))))]

    return case


def fixed(function: Callable[..., Any], *shapes: tuple[int, ...]) -> Callable[[np.random.Generator], Case]:
    return lambda rng: (function, [away_from_zero(rng, *shape) for shape in shapes])


def probabilities(rng: np.random.Generator, *shape: int) -> np.ndarray:
    p = rng.uniform(0.1, 1, shape)
    return p / p.sum(axis=-1, keepdims=True)


def fused(function: Callable[..., Any], squash: Callable[..., Any]) -> Callable[[np.random.Generator], Case]:
    """s is given as it was worked from the same x; only x is differentiated."""

    def case(rng: np.random.Generator) -> Case:
        t = probabilities(rng, 2, 3)
        return lambda x: function(x, squash(x.array if isinstance(x, Value) else x), t), [away_from_zero(rng, 2, 3)]

    return case


POOLED = Window(Sliding(5, 3, s=2, before=1, after=1), Sliding(4, 2, d=2))


def pooled(function: Callable[..., Any]) -> Callable[[np.random.Generator], Case]:
    """No two cells as near to each other as a finite difference reaches."""
    return lambda rng: (lambda x: function(x, window=POOLED), [rng.permutation(40).reshape(2, 5, 4) * 0.1])


def waved(interleaved: bool, count: int) -> Callable[[np.random.Generator], Case]:
    return fixed(
        lambda x: an.waves(x, at=np.ones((2, 3)), exact=np.ones((2, count)), interleaved=interleaved, count=count),
        (2, 3),
    )


def beside(function: Callable[..., Any], rows: int, columns: int) -> Callable[[np.random.Generator], Case]:
    """A function of an array where another one says what is the largest."""

    def case(rng: np.random.Generator) -> Case:
        x = rng.permutation(40).reshape(2, 5, 4) * 0.1
        return lambda g: function(g, x, window=POOLED), [rng.normal(size=(2, rows, columns))]

    return case


PLAIN = Window(Sliding(4, 2), Sliding(4, 3))
CONV: dict[str, Any] = {"window": Window(Sliding(6, 2, s=2), Sliding(5, 2, d=2)), "groups": 2}
KEYS = [
    0,
    -1,
    slice(1, None),
    slice(None, None, 2),
    (slice(None), None),
    (None, slice(None)),
    (..., 0),
    (1, slice(0, 2)),
]

# Every function that has a rule, with cases of it. A rule without a case fails `test_every_rule_has_a_case`.
CASES: dict[Any, list[Callable[[np.random.Generator], Case]]] = {
    **{row.traced: [named(row)] for row in FUNCTIONS.values()},
    np.power: [named(FUNCTIONS["power"]), unary(lambda x: x**2), unary(lambda x: x**-3)],
    np.positive: [unary(np.positive)], np.square: [unary(np.square)],
    np.floor_divide: [lambda rng: (lambda a: a // 2.0, [rng.uniform(2.1, 3.9, (2, 3))])],
    quotient: [binary(quotient)], ceil_divide: [lambda rng: (lambda a: ceil_divide(a, 2.0), [rng.uniform(2.1, 3.9, (2, 3))])],
    np.greater: [binary(lambda a, b: (a > b) * a)], np.greater_equal: [binary(lambda a, b: (a >= b) * a)],
    np.less: [binary(lambda a, b: (a < b) * a)], np.less_equal: [binary(lambda a, b: (a <= b) * a)],
    np.equal: [binary(lambda a, b: (a == b) * a)],
    np.where: [binary(lambda a, b: np.where(a > b, a * 2, b * b))],
    np.sum: [fixed(lambda x: x.sum(), (2, 3)), fixed(lambda x: x.sum(axis=0), (2, 3)),
             fixed(lambda x: np.sum(x, -1, keepdims=True), (2, 3)), fixed(lambda x: x.sum(axis=(0, 2)), (2, 3, 2))],
    np.mean: [fixed(lambda x: x.mean(), (2, 3)), fixed(lambda x: x.mean(axis=1, keepdims=True), (2, 3))],
    np.max: [fixed(lambda x: x.max(), (2, 3)), fixed(lambda x: x.max(axis=-1, keepdims=True), (2, 3)),
             fixed(lambda x: x.max(axis=0), (3, 2))],
    length: [fixed(lambda x: length(x), (3,)), fixed(lambda x: length(x, axis=1, keepdims=True), (2, 3)),
             fixed(lambda x: length(x, axis=0), (2, 3))],
    is_first_max: [fixed(lambda x: is_first_max(x) * x, (2, 3)), fixed(lambda x: is_first_max(x, axis=-1) * x, (2, 3))],
    largest: [fixed(largest, (2, 3), (2, 3), (2, 3))],
    is_largest: [fixed(lambda a, b, c: is_largest(a, b, c, position=1) * b, (2, 3), (2, 3), (2, 3))],
    best: [fixed(lambda x: best(x, np.tri(2, 3)) * x, (2, 3)), fixed(lambda x: best(x, np.zeros(3)) + x, (3,))],
    rank_of: [fixed(lambda x: rank_of(x) * x, (4,))],
    picked: [fixed(lambda x: picked(x, best(x, np.ones((2, 3)))), (2, 3))],
    continued: [fixed(lambda x: continued(np.array([[1.0], [2]]), best(x, np.ones((2, 3)))) * 1.0, (2, 3))],
    row_after: [fixed(lambda x: row_after(np.ones((3, 2)), continued(np.zeros((2, 0)), best(x, np.ones((2, 3))))), (2, 3))],
    np.min: [fixed(np.min, (2, 3)), fixed(lambda x: np.min(x, axis=1, keepdims=True), (2, 3))],
    vector: [fixed(vector, (), (), ()), fixed(vector, (3,), (3,))],
    place_of_max: [fixed(lambda x: place_of_max(x) * x, (4,)), fixed(lambda x: place_of_max(x, axis=1, keepdims=True) * x, (2, 3))],
    place_of_min: [fixed(lambda x: place_of_min(x) * x, (4,)), fixed(lambda x: place_of_min(x, axis=0) * x, (2, 3))],
    arg_largest: [binary(lambda a, b: arg_largest(a, b) * a)], arg_smallest: [binary(lambda a, b: arg_smallest(a, b) * a)],
    onehot: [fixed(lambda x: onehot(place_of_max(x), size=3) * x, (3,)), fixed(lambda x: onehot(place_of_max(x, axis=1), size=3) * x, (2, 3))],
    inverse: [lambda rng, size=size: (inverse, [np.eye(size) * 3 + rng.uniform(-0.8, 0.8, (size, size))]) for size in (1, 2, 3)],
    np.matmul: [fixed(np.matmul, *s) for s in (((2, 3), (3,)), ((3,), (3, 2)), ((3,), (3,)), ((2, 3), (3, 4)),
                                               ((2, 2, 3), (2, 3, 2)), ((2, 2, 3), (3,)))],
    outer_sum: [fixed(outer_sum, (2,), (3,)), fixed(outer_sum, (2,), (2,), (3,), (3,)), fixed(outer_sum, (2, 3), (4, 3))],
    each_row: [fixed(each_row, (2, 3), (4, 3))], row_times: [fixed(row_times, (4, 3), (3, 2))], row_outer: [fixed(row_outer, (4, 2), (4, 3))],
    total: [fixed(total, (2, 3), (2, 3), (2, 3))],
    getitem: [fixed(lambda x, key=key: x[key], (3, 3)) for key in KEYS],
    scatter: [fixed(lambda a, b: scatter(a, b, keys=Keys((0, (slice(None), 1))), shape=(2, 3)), (3,), (2,))],
    np.transpose: [fixed(lambda x: x.T, (2, 3)), fixed(lambda x: np.transpose(x, (2, 0, 1)), (2, 3, 2))],
    np.reshape: [fixed(lambda x: x.reshape(3, 2), (2, 3)), fixed(lambda x: x.reshape(-1), (2, 3))],
    np.flip: [fixed(np.flip, (2, 3)), fixed(lambda x: np.flip(x, axis=(0, 1)), (2, 3))],
    np.broadcast_to: [fixed(lambda x: np.broadcast_to(x, (2, 3)), (3,)), fixed(lambda x: np.broadcast_to(x, (2, 3)), (2, 1))],
    np.pad: [fixed(lambda x: np.pad(x, ((1, 0), (0, 2))), (2, 3))],
    np.stack: [fixed(lambda a, b: np.stack([a, b]), (2, 3), (2, 3))],
    np.concatenate: [fixed(lambda a, b: np.concatenate([a, b], axis=1), (2, 3), (2, 1))],
    np.zeros_like: [fixed(lambda x: np.zeros_like(x) + x, (2, 3))],
    np.diag: [fixed(np.diag, (3,)), fixed(np.diag, (3, 3))],
    fn.leaky_relu: [unary(fn.leaky_relu), unary(lambda x: fn.leaky_relu(x, alpha=1.5))],
    fn.elu: [unary(fn.elu), unary(lambda x: fn.elu(x, alpha=0.5))],
    fn.huber: [unary(fn.huber), unary(lambda x: fn.huber(x, delta=0.2))],
    fn.divide_or_zero: [binary(fn.divide_or_zero), lambda rng: (lambda b: fn.divide_or_zero(np.array([0.0, 1.0, 0.0]), b), [np.array([0.5, 2.0, 1.5])])],
    fn.xlogy: [binary(fn.xlogy, True), lambda rng: (lambda p: fn.xlogy(np.array([0.0, 1.0]), p), [rng.uniform(0.1, 1, 2)])],
    fn.rel_entr: [binary(fn.rel_entr, True), lambda rng: (lambda p: fn.rel_entr(np.array([0.0, 1.0]), p), [rng.uniform(0.1, 1, 2)])],
    pl.upsampled: [fixed(lambda x: pl.upsampled(x, scale=2), (2, 2, 3)), fixed(lambda x: pl.upsampled(x, scale=3), (2, 1))], pl.max_pool: [pooled(pl.max_pool)], pl.average_pool: [pooled(pl.average_pool)],
    pl.max_pool_gradient: [beside(pl.max_pool_gradient, 3, 2)], pl.max_pool_taken: [beside(pl.max_pool_taken, 5, 4)],
    pl.average_pool_gradient: [fixed(lambda g: pl.average_pool_gradient(g, window=POOLED), (2, 3, 2))],
    an.waves: [waved(True, 6), waved(True, 5), waved(False, 6), waved(False, 5)],
    fn.softmax: [fixed(fn.softmax, (3,)), fixed(fn.softmax, (2, 3))],
    fn.softmax_jacobian: [fixed(fn.softmax_jacobian, (3,)), fixed(fn.softmax_jacobian, (2, 2))],
    fn.softmax_worked: [lambda rng: (lambda x: fn.softmax_worked(x, fn.softmax(x.array if isinstance(x, Value) else x)),
                                     [away_from_zero(rng, 2, 3)])],
    fn.masked: [lambda rng: (lambda x: np.exp(fn.masked(x, np.tri(3))), [away_from_zero(rng, 3, 3)])],
    fn.softmax_cross_entropy: [fused(fn.softmax_cross_entropy, fn.softmax)],
    fn.sigmoid_cross_entropy: [fused(fn.sigmoid_cross_entropy, fn.sigmoid)],
    cv.conv: [fixed(lambda x, k: cv.conv(x, k, window=PLAIN), (2, 4, 4), (3, 2, 2, 3)), fixed(lambda x, k: cv.conv(x, k, **CONV), (4, 6, 5), (2, 2, 2, 2))],
    cv.conv_transposed: [fixed(lambda g, k: cv.conv_transposed(g, k, **CONV), (2, 3, 3), (2, 2, 2, 2))],
    cv.conv_filter_gradient: [fixed(lambda x, g: cv.conv_filter_gradient(x, g, **CONV), (4, 6, 5), (2, 3, 3))],
}  # fmt: skip
ALL = [
    pytest.param(case, id=f"{function.__name__}-{i}")
    for function, cases in CASES.items()
    for i, case in enumerate(cases)
]


def test_every_rule_has_a_case() -> None:
    assert set(RULES) == set(CASES)


def traced(function: Callable[..., Any], arrays: list[np.ndarray]) -> tuple[Work, Value, list[Value]]:
    work = Work()
    values = [work.given(f"x{i}", a) for i, a in enumerate(arrays)]
    return work, function(*values), values


@pytest.mark.parametrize("case", ALL)
@given(seed=SEEDS)
def test_value_is_numpys_and_every_element_says_the_same_number(case: Callable[..., Case], seed: int) -> None:
    function, arrays = case(np.random.default_rng(seed))
    _, y, _ = traced(function, arrays)
    # What is left of a sum is worked in decimals, from the decimals that its terms were meant as.
    np.testing.assert_allclose(y.array, function(*arrays), rtol=1e-11, atol=1e-15)
    said = [evaluate(expand(y, index)) for index in np.ndindex(np.shape(y.array))]
    np.testing.assert_allclose(said, np.ravel(y.array), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", ALL)
@pytest.mark.parametrize("seed", range(5))
def test_a_formula_left_open_holds_for_other_numbers(case: Callable[..., Case], seed: int) -> None:
    """The same formula with the same numbers in other places, against NumPy: no maximum, kink or mask is decided."""
    rng = np.random.default_rng(seed)
    function, arrays = case(rng)
    _, y, _ = traced(function, arrays)
    if y.rule is None or y.rule.opaque or y.rule is RULES[fn.softmax_worked]:  # what hangs on numbers beside it
        return
    others = {f"x{i}": rng.permutation(a.ravel()).reshape(a.shape) for i, a in enumerate(arrays)}
    with left_open():
        formulas = [expand(y, index) for index in np.ndindex(np.shape(y.array))]
    said = [evaluate(with_refs(x, lambda ref: Ref(StandIn(others[str(ref.value.name)]), ref.index))) for x in formulas]  # type: ignore[attr-defined]
    np.testing.assert_allclose(said, np.ravel(function(*others.values())), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", ALL)
@given(seed=SEEDS)
def test_decimals_come_to_the_same_number(case: Callable[..., Case], seed: int) -> None:
    function, arrays = case(np.random.default_rng(seed))
    _, y, _ = traced(function, arrays)
    numbers = y.decimals()
    assert numbers.shape == np.shape(y.array)
    np.testing.assert_allclose(numbers.astype(float), np.asarray(y.array, float), rtol=1e-12, atol=1e-15)
    if y.rule is not None and not y.rule.opaque:
        assert all(isinstance(n, (Decimal, int)) for n in numbers.ravel())


@pytest.mark.parametrize("case", ALL)
@given(seed=SEEDS)
def test_derivative_is_the_finite_difference(case: Callable[..., Case], seed: int) -> None:
    rng = np.random.default_rng(seed)
    function, arrays = case(rng)
    work, y, values = traced(function, arrays)
    weights = rng.uniform(0.5, 1.5, np.shape(y.array))
    gradients = work.backward(work.let("f", (y * weights).sum()), values)
    for i, array in enumerate(arrays):
        slope = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [a.copy() for a in arrays]
                moved[i][index] += step
                ends.append(np.sum(function(*moved) * weights))
            slope[index] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(gradients[f"df/dx{i}"].array, slope, rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize("case", ALL)
def test_derivatives_explain_themselves(case: Callable[..., Case]) -> None:
    function, arrays = case(np.random.default_rng(1))
    work, y, values = traced(function, arrays)
    work.backward(work.let("f", y.sum()), values)
    for step in work.trace().steps:
        for index in step.indices():
            assert evaluate(step.element(index)) == pytest.approx(float(step.array[index]), rel=1e-9, abs=1e-12)


def calls(x: Expr) -> set[str]:
    """The functions that a formula names."""
    if not isinstance(x, Op):
        return set()
    inner = {name for part in x.args for name in calls(part)}
    return inner | {x.label} if x.kind == "call" else inner


@pytest.mark.parametrize("case", ALL)
def test_every_function_named_for_an_element_is_in_the_table(case: Callable[..., Case]) -> None:
    function, arrays = case(np.random.default_rng(1))
    work, y, values = traced(function, arrays)
    work.backward(work.let("f", y.sum()), values)
    written = [expand(y, index) for index in np.ndindex(np.shape(y.array))]
    written += [step.element(index) for step in work.trace().steps for index in step.indices()]
    assert {name for x in written for name in calls(x)} <= set(FUNCTIONS)


def test_a_maximum_at_a_tie_gives_the_first_all() -> None:
    for function, first in ((np.maximum, 1.0), (np.minimum, 1.0)):
        work = Work()
        a, b = work.given("a", 2.0), work.given("b", 2.0)
        gradients = work.backward(work.let("f", function(a, b)), [a, b])
        assert (gradients["df/da"].array, gradients["df/db"].array) == (first, 1 - first)


def test_kinks_at_zero_have_slope_zero() -> None:
    for function in (fn.relu, np.abs):
        work = Work()
        x = work.given("x", np.array([0.0, -1.0, 2.0]))
        slope = work.backward(work.let("f", function(x).sum()), [x])["df/dx"].array
        assert slope[0] == 0 and slope[2] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda v: np.arctan(v), lambda v: np.cumsum(v), lambda v: bool(v), float, lambda v: np.asarray(v),
        lambda v: np.add(v, v, out=np.zeros(2)), lambda v: np.add.reduce(v), lambda v: v.__setitem__(0, 1.0),
    ],
)  # fmt: skip
def test_what_has_no_rule_is_refused_by_name(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises(EngineError):
        wrong(Work().given("v", np.array([1.0, 2.0])))
