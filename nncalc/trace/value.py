"""Values that remember how they were made.

A `Value` wraps an array and takes part in NumPy's own protocols, so that a kernel is plain NumPy: every
operation on a Value computes with NumPy and keeps the rule and the arguments it was made from. Nothing else is
recorded; formulas and gradients are worked out later, from these, when somebody asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from nncalc.trace.notation.decimals import DIGITS
from nncalc.trace.rule import LARGE, RULES, Rule


class EngineError(TypeError):
    """A kernel did what the engine cannot follow; a mistake in a topic, never in a problem."""


class TooLarge(Exception):
    """An operation would need an array over the limit; nothing has been allocated for it.

    `names` are those of the values it would be made from; `field` is the one to blame, where that is known.
    """

    def __init__(self, shape: tuple[int, ...], limit: int, names: Sequence[str] = (), field: str = ""):
        self.shape, self.limit, self.names, self.field = shape, limit, names, field
        super().__init__(shape)


# One for all operations without any: a record of many has fewer objects to keep track of.
NO_PARAMS: dict[str, Any] = {}


class Value(NDArrayOperatorsMixin):
    """An array that remembers the rule and the arguments it was made from (none for what was given)."""

    __slots__ = (
        "args", "array", "given", "irrational", "lettered", "like", "meant", "name", "params", "precise", "rule",
        "serial", "settled", "shown", "used", "work",
    )  # fmt: skip

    def __init__(self, array: Any, work: Any, rule: Rule | None = None, args: Any = (), params: Any = None):
        self.array = array
        self.work = work
        self.rule = rule
        self.args = args
        self.params = params or NO_PARAMS
        self.name: str | None = None
        self.shown: str | None = None
        self.lettered: str | None = None
        self.like: Value | None = None
        self.used = self.settled = self.irrational = False
        self.precise: Any = None
        self.meant: Any = None
        self.given: bool | None = None  # until somebody asks
        work.serial += 1
        self.serial: int = work.serial

    @property
    def symbol(self) -> str:
        """What formulas call it: the letters that an author gave it, else what it is called."""
        return self.lettered or self.called

    @property
    def called(self) -> str:
        """Its display symbol if it has one, else its name."""
        return self.shown or self.name or "?"

    @property
    def is_given(self) -> bool:
        """Whether every number in it stands so in the problem (given, or given and moved); found once, at any depth."""
        stack = [self] if self.given is None else []
        while stack:
            value = stack[-1]
            moved = value.args if value.rule is not None and value.rule.moves else ()
            unknown = [a for a in moved if isinstance(a, Value) and a.given is None]
            if unknown:
                stack += unknown
                continue
            from_given = all(a.given for a in moved if isinstance(a, Value))
            value.given = value.rule is None or (value.rule.moves and from_given)
            stack.pop()
        return bool(self.given)

    def decimals(self, digits: int = DIGITS) -> Any:
        """Its numbers as decimals of so many digits, worked from what was given: (…), of objects."""
        from nncalc.trace.rules.precise import worked  # the rules are made of values

        return worked(self, digits).numbers

    def nearest_floats(self) -> Any:
        """The floats (or truths) that are nearest to what it is in decimals."""
        return self.decimals().astype(self.array.dtype).reshape(self.array.shape)[()]

    def settle(self, array: Any) -> None:
        """What the rest goes on with, where that is another array: rounded, or a student's own."""
        self.array, self.settled, self.precise = array, True, None

    def inputs(self) -> Sequence[Value]:
        """The Values that this one is differentiated through."""
        if self.like is not None:
            return (self.like,)
        rule = self.rule
        if rule is None or rule.derivative is None:
            return ()
        args = self.args
        if rule.partial and not callable(rule.derivative):
            args = tuple(a for a, slope in zip(args, rule.derivative, strict=False) if slope is not None)
        for arg in args:
            if type(arg) is not Value:
                return tuple(a for a in args if type(a) is Value)
        return args

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, **kwargs: Any) -> Value:
        if method != "__call__":
            raise EngineError(f"np.{ufunc.__name__}.{method} has no rule; write it with functions that have one")
        return apply(ufunc, args, kwargs)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Value:
        if args and isinstance(args[0], (list, tuple)) and any(isinstance(a, Value) for a in args[0]):
            args = (*args[0], *args[1:])
        return apply(function, args, kwargs)

    def _refuse(self, what: str) -> EngineError:
        return EngineError(f"{what} of the traced value {self.symbol} would lose its working; law: names and shapes "
                           "depend on the problem, never on values")  # fmt: skip

    def __bool__(self) -> bool:
        raise self._refuse("the truth")

    def __float__(self) -> float:
        raise self._refuse("float()")

    def __int__(self) -> int:
        raise self._refuse("int()")

    def __index__(self) -> int:
        raise self._refuse("the index")

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise self._refuse("the bare array")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise EngineError("kernels never assign into arrays; build the new value from the old ones")

    # The operators that make up most of a working, without the way through NumPy's dispatch (a third of their cost)

    def __add__(self, other: Any) -> Value:
        return apply(np.add, (self, other), NO_PARAMS)

    def __sub__(self, other: Any) -> Value:
        return apply(np.subtract, (self, other), NO_PARAMS)

    def __mul__(self, other: Any) -> Value:
        return apply(np.multiply, (self, other), NO_PARAMS)

    def __matmul__(self, other: Any) -> Value:
        return apply(np.matmul, (self, other), NO_PARAMS)

    # What ndarray offers as attributes and methods

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return np.shape(self.array)

    @property
    def ndim(self) -> int:
        """The array's number of axes."""
        return np.ndim(self.array)

    @property
    def size(self) -> int:
        """The array's number of elements."""
        return int(np.size(self.array))

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[Value]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key: Any) -> Value:
        return apply(getitem, (self,), {"key": key})

    @property
    def T(self) -> Value:
        """The transposed array."""
        return apply(np.transpose, (self,), {})

    def reshape(self, *shape: Any) -> Value:
        """As `ndarray.reshape`."""
        return apply(np.reshape, (self,), {"shape": shape[0] if len(shape) == 1 else shape})

    def sum(self, axis: Any = None, keepdims: bool = False) -> Value:
        """As `ndarray.sum`."""
        return apply(np.sum, (self,), {"axis": axis, "keepdims": keepdims})

    def mean(self, axis: Any = None, keepdims: bool = False) -> Value:
        """As `ndarray.mean`."""
        return apply(np.mean, (self,), {"axis": axis, "keepdims": keepdims})

    def max(self, axis: Any = None, keepdims: bool = False) -> Value:
        """As `ndarray.max`."""
        return apply(np.max, (self,), {"axis": axis, "keepdims": keepdims})

    def __repr__(self) -> str:
        return f"Value({self.symbol} = {self.array!r})"


def numbers(x: Any) -> Any:
    """A look at the numbers of a value (or of a bare array), outside the working: for remarks and checks only."""
    return np.asarray(x.array if isinstance(x, Value) else x)


def getitem(array: Any, key: Any) -> Any:
    """array[key], as a function, so that it can have a rule."""
    return array[key]


def apply(function: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Value:
    """One recorded operation: computes with bare arrays and keeps rule and arguments.

    Raises EngineError for a function without a rule and for `out=`, TooLarge before an array over the limit is made.
    """
    rule = RULES.get(function)
    if rule is None:
        raise EngineError(f"{getattr(function, '__name__', function)} has no rule; give it one in nncalc/trace/rules")
    if params and "out" in params:
        raise EngineError(f"{rule.name}(out=…) would overwrite a value that the working still needs")
    if rule.options is not None and len(args) > 1:
        params = dict(zip(rule.options, args[1:], strict=False)) | params
        args = args[:1]
    work, irrational, most, large = None, rule.irrational, 1, False
    bare = []
    for arg in args:
        if isinstance(arg, Value):
            work, array = arg.work, arg.array
            arg.used = True
            irrational = irrational or arg.irrational
            size = getattr(array, "size", 1)
            # NumPy unpacks a whole number of any size, and would go on with 64 bits of it.
            bare.append(np.array(array, dtype=object) if type(array) is int and not rule.moves else array)
        else:
            size = getattr(arg, "size", 1)
            bare.append(arg)
        most, large = most * size, large or size >= LARGE
    limit = None if work is None else work.limit
    if limit is not None and ((most if rule.elementwise else most * most) > limit or (params and rule.shape)):
        _bound(rule, args, bare, params, limit)
    array = rule.compute(*bare, **params) if params else rule.compute(*bare)
    value = Value(array, work, rule, args, params)
    if getattr(array, "size", LARGE) >= LARGE:
        return value
    value.irrational = irrational
    if rule.watched and not large and rule.misleads(array, bare, params, irrational):
        value.array = value.nearest_floats()
    return value


def _bound(rule: Rule, args: Sequence[Any], bare: Sequence[Any], params: dict[str, Any], limit: int) -> None:
    """Works out the size of a result before its memory is taken."""
    if rule.shape is None and not rule.elementwise:
        return
    shape = np.broadcast_shapes(*map(np.shape, bare)) if rule.shape is None else rule.shape(*bare, **params)
    if math.prod(shape) > limit:
        raise TooLarge(shape, limit, [name for arg in args for name in _named(arg)])


def _named(value: Any) -> list[str]:
    """The names nearest to a value, itself or what it was made from."""
    if not isinstance(value, Value):
        return []
    return [value.symbol] if value.name else [name for arg in value.args for name in _named(arg)]
