"""Layers that are a topic's kernel: its fields, its steps, its words, in a section of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics import kernels
from nncalc.topics.backprop.plain import activated
from nncalc.topics.backprop.stack import Flow, Position, WorkLayer
from nncalc.topics.parts.activations import ActivationName
from nncalc.topics.parts.belonging import LEFT_OUT, when
from nncalc.topics.parts.fields import About, Array, Field, alternatives, fields_of, filled
from nncalc.topics.parts.fitting import size_said
from nncalc.topics.parts.records import record_of
from nncalc.topics.parts.sizes import is_worked, size_of
from nncalc.topics.parts.time import Task
from nncalc.topics.parts.turning import laid, transposed_words, turned
from nncalc.topics.parts.windows import say_ties

CELL_KINDS = ("rnn", "lstm", "gru")
# What a layer is given and does not learn.
_KEPT = {"h_0", "c_0", "running_mean", "running_var", "memory"}

_NAMED = Field("name", (str,), None, About("what its steps are called (its kind and its place)"), (), "name")
_THEN = Field("activation", alternatives(ActivationName), "identity", About("what is applied to it"), (), "activation")
_BIAS = Field("b", (Array,), None, About("the same as bias", only=when(bias=LEFT_OUT)), (("out_channel",),), "b")


def _kernel(topic: str, form: str = "") -> Callable[..., Any]:
    """The kernel of a topic's form, of the first one without a name."""
    return next(kernel for kernel in kernels(topic) if form in ("", kernel.__name__))


@dataclass(frozen=True)
class KernelLayer:
    """A layer that a kernel works.

    takes, gives: the field that gets what comes in, and the answer that goes on. left_out: fields that are no layer's;
    fixed: those that the kind says; needs: those that must be given. more: fields of the layer beside.
    """

    kernel: Callable[..., Any]
    takes: str
    gives: str
    left_out: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    more: tuple[Field, ...] = (_NAMED,)
    needs: tuple[str, ...] = ()

    @property
    def record(self) -> type:
        """The record of the layer's fields."""
        return record_of(self.kernel, (self.takes, "upstream", *self.left_out), self.fixed, self.more, self.needs)

    def work(
        self, at: Position, layer: Any, instead: Callable[[dict[str, Any]], dict[str, Any]] = lambda arguments: {}
    ) -> dict[str, Any]:
        """The kernel's answer; `instead`: arguments that no field gives. Raises Refused where the shapes do not fit."""
        values = vars(layer) | self.fixed
        if "bias" in values and values.get("bias") is None:
            values["bias"] = values.get("b")
        own = {f.name: f for f in laid(fields_of(self.kernel), values.get("layout"))}
        arrays = {n: f for n, f in own.items() if f.is_only_array and values.get(n) is not None and n != self.takes}
        _fits(at, own[self.takes], {f: values[n] for n, f in arrays.items()}, values.get("layout"))
        given = {n: at.given(n, values[n], f.about.symbol, n not in _KEPT) for n, f in arrays.items()}
        arguments = filled(self.kernel, values | given | {self.takes: at.before.value})
        for f in own.values():
            says = f.convention(values[f.name]) if f.name in values and f.name != "layout" else ""
            if says and values[f.name] != f.default:
                at.says(says, named=True)
        answer: dict[str, Any] = self.kernel(at.work, **arguments | instead(arguments))
        return answer


def _fits(at: Position, takes: Field, arrays: Mapping[Field, Any], layout: str | None) -> None:
    """Whether what comes in has the axes that the kernel takes, and the sizes that its arrays say."""
    x = at.before.value
    axes = next((axes for axes in takes.axes if len(axes) == x.ndim), None)
    if axes is None:
        wanted = " or ".join(" x ".join(axes) for axes in takes.axes)
        raise Refused("x", f"wants {wanted}, but {at.before.words}")
    sizes = dict(zip(axes, x.shape, strict=True))
    wrong = _misfit(arrays, sizes)
    if wrong is None:
        return
    hint = at.before.words
    of_both = [f for f in arrays if f.about.rows and f.axes and len(set(f.axes[0])) > 1]
    if of_both and _misfit({turned(f): a for f, a in arrays.items() if f.name not in _KEPT}, sizes) is None:
        name = wrong[0] if wrong[0] in [f.name for f in of_both] else of_both[0].name
        is_ = next(turned(f).axes[0] for f in of_both if f.name == name)
        hint += f"; {transposed_words(name, is_, layout)}"
    raise Refused(*wrong, hint=hint)


def _misfit(arrays: Mapping[Field, Any], known: Mapping[str, int]) -> tuple[str, str] | None:
    """The first array that has other sizes than are known, or than the others have; and what it is."""
    sizes = dict(known)
    named = [(f, a, next((names for names in f.axes if len(names) == a.ndim), ())) for f, a in arrays.items()]
    for _, array, names in named:
        for name, size in zip(names, array.shape, strict=False):
            if not is_worked(name):
                sizes.setdefault(name, size)
    for f, array, names in named:
        for name, size in zip(names, array.shape, strict=False):
            if size_of(name, sizes) not in (size, None):
                return f.name, f"{size_said(array.shape)}: its '{name}' is {size}, want {size_of(name, sizes)}"
    return None


_Works = Callable[[KernelLayer, Position, Any], Flow]


def _depthwise(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    """A filter (or several) of its own for each channel: as many groups as channels (Howard et al. 2017)."""
    x = at.before.value
    if x.ndim != 3:
        raise Refused("x", f"wants channel x height x width, but {at.before.words}")
    if layer.filter.ndim < 3 or len(layer.filter) % len(x):
        what = f"is {dimensions(layer.filter.shape)}, but there are {len(x)} channels"
        raise Refused("filter", what, "a filter, or as many, for each channel")
    more: dict[str, Any] = {"groups": len(x)}
    return _conv(kernel, at, layer, lambda given: more | {"filter": _one_deep(given["filter"])})


def _one_deep(K: Any) -> Any:
    """Filters as groups have them: each of one channel."""
    return K if K.ndim == 4 else K[:, None]


def _conv(kernel: KernelLayer, at: Position, layer: Any, instead: Any = lambda arguments: {}) -> Flow:
    answer = kernel.work(at, layer, instead)
    last = "A" if "A" in answer else "Y"
    z = {"z": answer["Y"], "activation": layer.activation} if last == "A" else {}
    return at.gives(last, answer[last], image=True, **z)


def _pool(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    Y = kernel.work(at, layer)["Y"]
    window = getattr(Y, "params", {}).get("window")
    if at.kind == "max_pool" and at.stack.goes_back and window is not None:
        say_ties(at.work, at.before.value, window, False, f"{at.name}.Y")
    return at.gives("Y", Y, image=True)


def _global_pool(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    """One number a channel; of rows of tokens, the mean of each column."""
    x = at.before.value
    if not at.before.image and x.ndim == 2:
        return at.let("y", x.mean(axis=0))
    Y = kernel.work(at, layer)["Y"]
    return at.let("y", Y.reshape((Y.size,)), image=False)


def _softmax(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    at.no_image()
    s = kernel.work(at, layer)["s"]
    plain = layer.temperature == 1 and layer.base == math.e
    return at.gives("s", s, **({"z": at.before.value, "activation": "softmax"} if plain else {}))


def _then(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    """Normalization or attention, and what is applied to it."""
    last = kernel.gives
    if last == "Z":
        at.no_image()
        at.weighs("rows")
    return activated(at, last, kernel.work(at, layer)[last], layer.activation)


def _positions(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    """X = x + PE of its rows, or the first rows of a table. Raises Refused where they do not fit."""
    at.no_image()
    x = at.before.value
    if layer.table is None:
        return at.gives("X", kernel.work(at, layer, lambda _: {"d_model": x.shape[-1], "positions": len(x)})["X"])
    table = layer.table
    if x.ndim != 2 or x.shape[0] > table.shape[0] or x.shape[1] != table.shape[1]:
        raise Refused("table", f"is {dimensions(table.shape)}: no row of its own for each row that comes in")
    P = at.given("table", table, "P")
    return at.let("X", x + (P if len(x) == len(table) else P[: len(x)]))


@dataclass(frozen=True)
class _AllSteps(Task):
    """What is asked of a recurrent layer: what every time step gives, the states or, with W_hy, the outputs."""

    keeps_steps = True


def _recurrent(kernel: KernelLayer, at: Position, layer: Any) -> Flow:
    """What the last time step gives, or all time steps, below each other."""
    at.no_image()
    at.weighs(layer.layout or "columns")
    tokens = at.stack.tokens if at.before.source == "x" else None
    answer = kernel.work(at, layer, lambda given: {"task": _AllSteps(**vars(given["task"]) | {"tokens": tokens})})
    steps, name = answer["steps"], "h" if layer.W_hy is None else "y"
    if name == "y":
        at.says("gives its outputs y, not its states", named=True)
    several = layer.return_ is None and at.at.then in CELL_KINDS and at.before.value.ndim > 1
    if several:
        at.says("gives all its time steps to the next", named=True)
    if at.before.value.ndim == 1 or not (several or layer.return_ == "all"):
        return at.gives(f"t{len(steps)}.{name}" if at.before.value.ndim > 1 else name, steps[-1])
    return at.let(name.upper(), np.stack(steps))


_RETURN = Field(
    "return", (Literal["last", "all"],), None,
    About("the last state, or those of all time steps (default last, but all before another recurrent layer)",
          also=("returns", "return_sequences")), (), "return_",
)  # fmt: skip
_TASK = tuple(f.name for f in fields_of(Task) if f.name not in ("W_hy", "b_y", "output_activation"))
_TABLE = Field(
    "table", (Array,), None,
    About("a learned row for each position, in place of sines", symbol="P", also=("P", "weight", "W"),
          only=when(base=LEFT_OUT, arrangement=LEFT_OUT)),
    (("position", "dimension"),), "table",
)  # fmt: skip
_OF_SCORES = ("jacobian", "target", "log", "log_base", "first_class")
_OF_ATTENTION = ("layout", "labels")
_OF_DEPTHS = ("groups", "transposed", "output_pad")
_SLIDING: dict[str, Any] = {"global": False}
_WHOLE: dict[str, Any] = {"global": True, "window": None, "stride": None, "pad": 0, "dilation": 1, "ceil": False}


def _pools(kind: str, **fixed: Any) -> tuple[KernelLayer, ...]:
    needs = () if fixed["global"] else ("window",)
    return (KernelLayer(_kernel("pool"), "image", "Y", ("count_pad",), {"kind": kind, **fixed}, (_NAMED,), needs),)


def _cells(topic: str, *left_out: str) -> tuple[KernelLayer, ...]:
    """A recurrent cell, one kernel for each way of writing its weights."""
    without = (*_TASK, *left_out)
    return tuple(KernelLayer(k, "x", "h", without, {}, (_RETURN, _NAMED)) for k in kernels(topic))


_KERNELS: dict[str, tuple[tuple[KernelLayer, ...], _Works]] = {
    "conv": ((KernelLayer(_kernel("conv"), "image", "Y", (), {}, (_BIAS, _NAMED)),), _conv),
    "depthwise": ((KernelLayer(_kernel("conv"), "image", "Y", _OF_DEPTHS, {}, (_BIAS, _NAMED)),), _depthwise),
    "max_pool": (_pools("max", **_SLIDING), _pool),
    "avg_pool": (_pools("average", **_SLIDING), _pool),
    "global_avg_pool": (_pools("average", **_WHOLE), _global_pool),
    "global_max_pool": (_pools("max", **_WHOLE), _global_pool),
    "softmax": ((KernelLayer(_kernel("softmax"), "x", "s", _OF_SCORES),), _softmax),
    "norm": ((KernelLayer(_kernel("norm"), "x", "y", (), {}, (_THEN, _NAMED)),), _then),
    "attention": (
        (KernelLayer(_kernel("attention", "embeddings"), "x", "Z", _OF_ATTENTION, {}, (_THEN, _NAMED)),), _then,
    ),
    "positions": (
        (KernelLayer(_kernel("posenc"), "embedding", "X", ("d_model", "positions", "tokens"), {"kind": "sinusoidal"},
                     (_TABLE, _NAMED)),), _positions,
    ),
    "rnn": (_cells("rnn", "gradient_flow"), _recurrent),
    "lstm": (_cells("lstm", "jacobian"), _recurrent),
    "gru": (_cells("gru"), _recurrent),
}  # fmt: skip


def _run(forms: Mapping[type, KernelLayer], works: _Works) -> WorkLayer:
    return lambda at, layer: works(forms[type(layer)], at, layer)


def _kind(forms: tuple[KernelLayer, ...], works: _Works) -> tuple[tuple[type, ...], WorkLayer]:
    """The records of a kind, and how it is worked."""
    records = {form.record: form for form in forms}
    return tuple(records), _run(records, works)


KERNEL_KINDS: dict[str, tuple[tuple[type, ...], WorkLayer]] = {name: _kind(*kind) for name, kind in _KERNELS.items()}
