"""A network's sizes, from the numbers of its layers: what `params` counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nncalc.errors import FieldPath
from nncalc.topics.backprop.blocks import RUNS
from nncalc.topics.backprop.layered import is_image, layout_of
from nncalc.topics.backprop.naming import LayerPlace, placed
from nncalc.topics.backprop.plain import DenseLayer
from nncalc.topics.backprop.stack import Flow, PlacedRefusal, Position, Stack
from nncalc.topics.parts.dense import Layer
from nncalc.trace.work import BareWork

# A layer of `params`: its kind, and its fields without the name.
_Entry = tuple[str, dict[str, Any]]
_SLIDING = ("conv", "max_pool", "avg_pool")


def network_sizes(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a problem of `params` from those of a network; Refused names a layer that it cannot count."""
    x = values["x"]
    layers = [DenseLayer(n.W, n.b, activation=n.activation) if isinstance(n, Layer) else n for n in values["layers"]]
    places = list(placed(layers))
    image = is_image(x, [place.kind for place in places])
    shape = [*x.shape[-2:], x.shape[0] if x.ndim == 3 else 1] if image else list(x.shape)
    sizes = _Sizes(places, layout_of(x, places, values.get("layout")))
    with np.errstate(all="ignore"):
        sizes.run(layers, Flow(np.asarray(x), "x", "x", image=image), ("layers",))
    return {"topic": "params", "input_shape": [int(n) for n in shape], "layers": sizes.inner}


class _Sizes(Stack):
    """The network's own walk through its layers, on a page that nobody sees: an entry of `params` for each.

    entries: those of the list of layers that is walked through; inner: those of the list that was finished last.
    """

    def __init__(self, places: Sequence[LayerPlace], layout: str):
        super().__init__(BareWork(), dict.fromkeys(RUNS, self._entered), places, {}, layout)
        self.entries: list[Any] = []
        self.inner: list[Any] = []

    def run(self, layers: Sequence[Any], flow: Flow, path: FieldPath) -> Flow:
        """What the last layer gives; the entries of all are `inner`."""
        outer, self.entries = self.entries, []
        out = super().run(layers, flow, path)
        self.inner, self.entries = self.entries, outer
        return out

    def _entered(self, at: Position, layer: Any) -> Flow:
        before, out = len(self.learned), RUNS[at.kind](at, layer)
        if len(self.learned) > before and at.kind not in ("residual", *_COUNTS):
            raise _uncounted(at, "in params, which has no such layer with numbers")
        kind, fields = self._residual(layer) if at.kind == "residual" else _COUNTS.get(at.kind, _plain)(at, layer, out)
        self.entries.append({kind: {**fields, "name": at.name}})
        return out

    def _residual(self, layer: Any) -> _Entry:
        return "residual", {"layers": self.inner, "projection": layer.projection is not None}


def _uncounted(at: Position, why: str) -> PlacedRefusal:
    return PlacedRefusal(at.path, f"is not counted {why}")


def _plain(at: Position, layer: Any, out: Flow) -> _Entry:
    """What learns nothing: pooling, flatten, activations, dropout."""
    if at.kind in _SLIDING and not at.before.image:
        raise _uncounted(at, "over rows of tokens")
    names = ("window", "stride", "pad", "dilation", "ceil", "rate", "scale", "layer")
    return at.kind, {n: value for n in names if (value := getattr(layer, n, None)) is not None}


def _conv(at: Position, layer: Any, out: Flow) -> _Entry:
    if layer.filter.ndim < 2:
        raise _uncounted(at, "of plain lists")
    kind, fields = _plain(at, layer, out)
    fields |= {
        "filters": out.value.shape[0] if out.value.ndim == 3 else 1,
        "kernel": [int(n) for n in layer.filter.shape[-2:]],
        "bias": layer.bias is not None or layer.b is not None,
        "groups": layer.groups,
    }
    return ("transposed_conv", fields | {"output_pad": layer.output_pad}) if layer.transposed else (kind, fields)


def _depthwise(at: Position, layer: Any, out: Flow) -> _Entry:
    kind, fields = _plain(at, layer, out)
    return kind, fields | {
        "kernel": [int(n) for n in layer.filter.shape[-2:]],
        "multiplier": out.value.shape[0] // at.before.value.shape[0],
        "bias": layer.bias is not None or layer.b is not None,
    }


def _dense(at: Position, layer: DenseLayer, out: Flow) -> _Entry:
    return "dense", {"units": out.value.shape[-1], "bias": layer.b is not None or layer.bias is not None}


def _norm(at: Position, layer: Any, out: Flow) -> _Entry:
    learned = next((array for array in (layer.gamma, layer.beta) if array is not None), None)
    fields: dict[str, Any] = {"scale": layer.gamma is not None, "bias": layer.beta is not None}
    if layer.kind == "batch" and (at.before.image or at.before.value.ndim < 2):
        raise _uncounted(at, "where what comes in are samples of one feature")
    if layer.kind == "group":
        fields["groups"] = layer.groups
    if layer.kind in ("layer", "rms") and learned is not None and (at.before.image or learned.ndim > 1):
        fields["shape"] = list(learned.shape)
    return f"{layer.kind}_norm", fields


def _embedding(at: Position, layer: Any, out: Flow) -> _Entry:
    vocabulary, dim = layer.table.shape
    return "embedding", {"vocabulary": vocabulary, "dim": dim}


def _positions(at: Position, layer: Any, out: Flow) -> _Entry:
    """A table is learned, sines are not."""
    return ("identity", {}) if layer.table is None else ("positions", {"count": layer.table.shape[0]})


def _attention(at: Position, layer: Any, out: Flow) -> _Entry:
    if layer.W_O is not None and out.value.shape != at.before.value.shape:
        raise _uncounted(at, "where W_O gives another number than a token has")
    if layer.memory is not None and layer.memory.shape[-1] != at.before.value.shape[-1]:
        raise _uncounted(at, "where a token of memory has another number than one that comes in")
    biases = {b is not None for b in (layer.b_Q, layer.b_K, layer.b_V)}
    if len(biases) > 1:
        raise _uncounted(at, "where only some of Q, K and V have a bias")
    shared = layer.kv_heads or layer.heads
    last = {"output": False} if layer.W_O is None else {"output_bias": layer.b_O is not None}
    return "attention", {
        "heads": layer.heads,
        "kv_heads": shared,
        "head_dim": layer.W_Q.shape[1] // layer.heads,
        "value_dim": layer.W_V.shape[1] // shared,
        "bias": True in biases,
        **last,
    }


def _feed_forward(at: Position, layer: Any, out: Flow) -> _Entry:
    if out.value.shape != at.before.value.shape:
        raise _uncounted(at, "where W2 gives another number than comes in; two dense layers are")
    hidden = layer.W1.shape[1 if at.stack.layout == "rows" else 0]
    return "feed_forward", {"hidden": hidden, "bias": layer.b1 is not None, "output_bias": layer.b2 is not None}


def _recurrent(at: Position, layer: Any, out: Flow) -> _Entry:
    """Weights are matrices, q·h·(i + h) numbers; the vectors are so many biases of q·h numbers."""
    if layer.W_hy is not None:
        raise PlacedRefusal(at.path, "is not counted with W_hy", "a dense layer behind it")
    i, h = at.before.value.shape[-1], out.value.shape[-1]
    learned = [array for name, array in at.stack.learned.items() if name.startswith(f"{at.name}.")]
    weights, vectors = (sum(a.size for a in learned if (a.ndim > 1) is matrix) for matrix in (True, False))
    biases, rest = divmod(vectors, weights // (i + h))
    if rest or biases > 2:
        raise _uncounted(at, "with biases of some gates only, or with peepholes")
    return at.kind, {"hidden": h, "biases": biases, "outputs": "all" if out.value.ndim > 1 else "last"}


_COUNTS: dict[str, Callable[[Position, Any, Flow], _Entry]] = {
    "conv": _conv, "depthwise": _depthwise, "dense": _dense, "norm": _norm, "embedding": _embedding,
    "positions": _positions, "attention": _attention, "feed_forward": _feed_forward,
    "rnn": _recurrent, "lstm": _recurrent, "gru": _recurrent,
}  # fmt: skip
