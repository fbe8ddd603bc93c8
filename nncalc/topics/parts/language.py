"""The functions that formulas may call: those of numbers, the activations, and what makes sense of arrays alone.

One table serves `formulas`, `backprop` and `optimizer`. A row says how many arguments a function takes, whether it
works on rows or columns, and how it is worked, on Values as on bare arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np

from nncalc.reading.expression import CALLS
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.fitting import Unfit, convolved, fit, pooled, shape_of, whole_size
from nncalc.trace.notation.functions import FUNCTIONS, Called
from nncalc.trace.rules import arrays
from nncalc.trace.rules.functions import softmax
from nncalc.trace.rules.pooling import average_pool
from nncalc.trace.rules.reductions import length
from nncalc.trace.value import Value

MOST_FACTORS = 1000


@dataclass(frozen=True)
class ArrayFunction:
    """A function of arrays; `work` is given the arguments, and the axis where it has one.

    flat: its slope is 0 wherever it has one.
    """

    name: str
    work: Callable[..., Any]
    least: int = 1
    most: int | None = 1
    by_axis: bool = False
    flat: bool = False

    @property
    def wants(self) -> str:
        """The arguments that it wants, in words."""
        if self.most is None:
            return f"{_count(self.least)} or more arguments"
        if self.least == self.most:
            return f"{_count(self.least)} argument{'s' * (self.least > 1)}"
        return f"{_count(self.least)} to {_count(self.most)} arguments"

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)


def _count(number: int) -> str:
    return {1: "one", 2: "two", 3: "three", 4: "four"}.get(number, str(number))


def _of_matrix(axis: str, x: Any) -> dict[str, Any]:
    """NumPy's arguments: a number a row is a column, n x 1; a number a column is a vector."""
    if not axis:
        return {}
    if len(shape_of(x)) != 2:
        raise Unfit(f"{axis} are those of a matrix")
    return {"axis": 1, "keepdims": True} if axis == "rows" else {"axis": 0}


def _reduced(name: str) -> Callable[..., Any]:
    return lambda x, axis="": getattr(np, name)(x, **_of_matrix(axis, x))


def _prod(x: Any, axis: str = "") -> Any:
    """The product of all, or of each row or column, factor by factor."""
    along = _of_matrix(axis, x).get("axis")
    factors = np.reshape(x, (-1,)) if along is None else x.T if along else x
    count = shape_of(factors)[0]
    if count > MOST_FACTORS:
        raise Unfit(f"a product has at most {MOST_FACTORS} factors")
    out = reduce(np.multiply, (factors[i] for i in range(count)))
    return out[:, None] if along else out


def _var(x: Any, axis: str = "") -> Any:
    return np.mean((x - np.mean(x, **_of_matrix(axis, x))) ** 2, **_of_matrix(axis, x))


def _norm(x: Any, axis: str = "") -> Any:
    return length(x, **_of_matrix(axis, x))


def _of_one(whole: Callable[..., Any]) -> Callable[..., Any]:
    """The largest or smallest of one array; of several arguments it is a function of numbers."""

    def work(x: Any, axis: str = "") -> Any:
        if not shape_of(x):
            raise Unfit("want two numbers or more, or an array")
        return whole(x, **_of_matrix(axis, x))

    return work


def _place(whole: Callable[..., Any]) -> Callable[..., Any]:
    """The place of the best among several numbers, in a vector, or in each row or column of a matrix."""

    def work(*xs: Any, axis: str = "") -> Any:
        if len(xs) > 1:
            if axis or any(map(shape_of, xs)):
                raise Unfit("want numbers, or one array")
            return whole(arrays.vector(*xs))
        along = _of_matrix(axis, xs[0])
        if len(shape_of(xs[0])) != 1 and not along:
            raise Unfit("want numbers or a vector; of a matrix one for each of its rows or columns")
        return whole(xs[0], **along)

    return work


def _vectors(*xs: Any) -> None:
    if not all(len(shape_of(x)) == 1 for x in xs) or len({shape_of(x) for x in xs}) > 1:
        raise Unfit("want vectors of one length")


def _dot(u: Any, v: Any) -> Any:
    _vectors(u, v)
    return u @ v


def _cos_sim(u: Any, v: Any) -> Any:
    _vectors(u, v)
    return u @ v / (_norm(u) * _norm(v))


def outer(u: Any, v: Any) -> Any:
    """u·vᵀ of two vectors."""
    if not len(shape_of(u)) == len(shape_of(v)) == 1:
        raise Unfit("want two vectors")
    return u[:, None] @ v[None, :]


def _softmax(x: Any, axis: str = "") -> Any:
    if not shape_of(x):
        raise Unfit("want a vector or a matrix")
    if not axis and len(shape_of(x)) > 1 and shape_of(x)[-1] == 1 < shape_of(x)[0]:
        raise Unfit("each row has one number; write softmax(…, columns)")
    return softmax(x.T).T if _of_matrix(axis, x).get("axis") == 0 else softmax(x)


def _concat(*xs: Any) -> Any:
    ranks = {len(shape_of(x)) for x in xs}
    if ranks <= {0, 1}:
        return np.concatenate([np.reshape(x, (-1,)) for x in xs])
    if ranks != {2} or len({shape_of(x)[0] for x in xs}) > 1:
        raise Unfit("want vectors and numbers, or matrices of as many rows")
    return np.concatenate([*xs], axis=1)


def stacked(*xs: Any) -> Any:
    """[a, b]: numbers as a vector, arrays of one shape as the rows of another."""
    if len({shape_of(x) for x in xs}) > 1:
        raise Unfit("want numbers, or arrays of one shape")
    return arrays.vector(*xs)


def _diag(x: Any) -> Any:
    shape = shape_of(x)
    if len(shape) not in (1, 2) or len(set(shape)) > 1:
        raise Unfit("want a vector or a square matrix")
    return np.diag(x)


def _inverse(x: Any) -> Any:
    shape = shape_of(x)
    if len(shape) != 2 or len(set(shape)) > 1 or shape[0] > arrays.MOST_INVERTED:
        raise Unfit(f"want a square matrix of at most {arrays.MOST_INVERTED} rows")
    return arrays.inverse(x)


def _stands_in_the_problem(x: Any) -> bool:
    """Whether it is a number of the problem, and not what a student wrote for one."""
    if not isinstance(x, Value):
        return True
    return x.is_given and not x.settled and all(map(_stands_in_the_problem, x.args))


def _onehot(k: Any, size: Any) -> Any:
    shape = shape_of(k)
    if len(shape) == 2 and shape[1] == 1:  # one number a row, as argmax(X, rows) gives it
        k = np.reshape(k, (-1,))
    elif len(shape) > 1:
        raise Unfit("want a number, a vector or one number a row")
    count = whole_size(size)
    places = np.ravel(k.array if isinstance(k, Value) else k)
    if _stands_in_the_problem(k) and not np.isin(places, np.arange(1, count + 1)).all():
        raise Unfit(f"want a place from 1 to {count}")
    return arrays.onehot(k, size=count)


def _where(condition: Any, a: Any, b: Any) -> Any:
    fit(condition, a, b)
    return np.where(condition, a, b)


def _activation(name: str) -> ArrayFunction:
    one = ACTIVATIONS[name]
    constants = len(one.constants())

    def work(z: Any, *given: Any) -> Any:
        if not all(isinstance(c, (int, float)) for c in given):
            raise Unfit("want its constants written as numbers")
        return one.function(z, *given, *one.constants()[len(given) :])

    return ArrayFunction(name, work, 1, 1 + constants, flat=name == "step")


_ROWS = [
    *(ArrayFunction(name, _reduced(name), by_axis=True) for name in ("sum", "mean")),
    ArrayFunction("prod", _prod, by_axis=True),
    ArrayFunction("var", _var, by_axis=True),
    ArrayFunction("std", lambda x, axis="": np.sqrt(_var(x, axis)), by_axis=True),
    ArrayFunction("norm", _norm, by_axis=True),
    ArrayFunction("max", _of_one(np.max), most=None, by_axis=True),
    ArrayFunction("min", _of_one(np.min), most=None, by_axis=True),
    ArrayFunction("argmax", _place(arrays.place_of_max), most=None, by_axis=True, flat=True),
    ArrayFunction("argmin", _place(arrays.place_of_min), most=None, by_axis=True, flat=True),
    ArrayFunction("softmax", _softmax, by_axis=True),
    ArrayFunction("log_softmax", lambda x, axis="": np.log(_softmax(x, axis)), by_axis=True),
    ArrayFunction("dot", _dot, 2, 2),
    ArrayFunction("outer", outer, 2, 2),
    ArrayFunction("cos_sim", _cos_sim, 2, 2),
    ArrayFunction("concat", _concat, most=None),
    ArrayFunction("stack", stacked, most=None),
    ArrayFunction("diag", _diag),
    ArrayFunction("inv", _inverse),
    ArrayFunction("onehot", _onehot, 2, 2, flat=True),
    ArrayFunction("where", _where, 3, 3),
    ArrayFunction("conv", convolved, 2, 4),
    *(ArrayFunction(name, pooled, 2, 3) for name in ("pool", "max_pool")),
    ArrayFunction("average_pool", partial(pooled, pool=average_pool), 2, 3),
    ArrayFunction("sign", np.sign, flat=True),
    ArrayFunction("floor", np.floor, flat=True),
    ArrayFunction("ceil", np.ceil, flat=True),
    *(ArrayFunction(row.name, row.traced) for row in map(FUNCTIONS.__getitem__, ("log2", "erf"))),
    *(_activation(name) for name in ACTIVATIONS if name not in FUNCTIONS and name != "softmax"),
]


def _along(row: ArrayFunction, axis: str) -> ArrayFunction:
    """Of each row or column, in one word: row_sum(X)."""
    return ArrayFunction(f"{axis[:-1]}_{row.name}", lambda x: row.work(x, axis=axis), flat=row.flat)


ARRAY_FUNCTIONS = {row.name: row for row in _ROWS} | {
    row.name: row for one in _ROWS if one.by_axis for row in (_along(one, "rows"), _along(one, "columns"))
}
# What people may call, each with its row.
LANGUAGE: dict[str, Called] = {
    **CALLS,
    **ARRAY_FUNCTIONS,
}
