"""A network's sizes, from the numbers of its layers: what `params` counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nncalc.errors import Refused
from nncalc.topics.backprop.layered import IMAGE_KINDS, layout_of
from nncalc.topics.backprop.naming import placed

_NORMS = {
    "batch": "batch_norm",
    "layer": "layer_norm",
    "rms": "rms_norm",
    "group": "group_norm",
    "instance": "instance_norm",
}


def network_sizes(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a problem of `params` from those of a network; Refused names a layer that it cannot count."""
    x, layers = values["x"], values["layers"]
    places = list(placed(layers))
    image = x.ndim == 3 or (x.ndim == 2 and any(place.kind in IMAGE_KINDS for place in places))
    shape = [*x.shape[-2:], x.shape[0] if x.ndim == 3 else 1] if image else list(x.shape)
    sizes = _Sizes(layout_of(x, places, values.get("layout")), x.ndim)
    return {"topic": "params", "input_shape": [int(n) for n in shape], "layers": sizes.chain(layers, ("layers",))}


class _Sizes:
    """The layers one after the other. axes: how many axes an image has on its way (3 with channels)."""

    def __init__(self, layout: str, axes: int):
        self.layout, self.axes = layout, axes

    def chain(self, layers: list[Any], path: tuple[Any, ...]) -> list[Any]:
        """An entry of `params` for each layer, with its name if it has one."""
        entries: list[Any] = []
        for number, entry in enumerate(layers, 1):
            kind, layer = entry if isinstance(entry, tuple) else ("dense", entry)
            count: Callable[..., tuple[str, dict[str, Any]]] = getattr(self, f"_{kind}", self._plain)
            try:
                name, fields = count(kind, layer, (*path, number, kind))
            except Refused as error:
                raise Refused((*path, number), error.what, error.want) if len(error.path) == 1 else error from None
            own = {"name": layer.name} if getattr(layer, "name", None) else {}
            entries.append({name: fields | own})
        return entries

    def _units(self, W: Any) -> int:
        return int(W.shape[1 if self.layout == "rows" else 0])

    def _plain(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        """What learns nothing: pooling, flatten, activations, dropout."""
        fields = {n: getattr(layer, n) for n in ("window", "stride", "pad", "ceil", "rate") if hasattr(layer, n)}
        return kind, {n: value for n, value in fields.items() if value is not None}

    def _conv(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        K = layer.filter
        if layer.transposed or K.ndim < 2:
            raise Refused("layers", "is not counted: transposed, or of plain lists")
        several = K.ndim == 4 or (K.ndim == 3 and self.axes == 2)
        self.axes = 3 if several else 2
        fields = {n: getattr(layer, n) for n in ("stride", "pad", "dilation", "groups")}
        bias = layer.bias is not None or layer.b is not None
        filters = int(K.shape[0]) if several else 1
        return kind, {"filters": filters, "kernel": [int(n) for n in K.shape[-2:]], "bias": bias, **fields}

    def _dense(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        bias = layer.b is not None or getattr(layer, "bias", None) is not None
        return kind, {"units": self._units(layer.W), "bias": bias}

    def _norm(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        scale, bias = layer.gamma is not None, layer.beta is not None
        if layer.kind == "batch":
            return "batch_norm", {"scale": scale, "bias": bias}
        if not scale:
            return "identity", {}
        return _NORMS[layer.kind], {} if layer.kind == "rms" else {"bias": bias}

    def _embedding(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        vocabulary, dim = layer.table.shape
        return kind, {"vocabulary": int(vocabulary), "dim": int(dim)}

    def _positions(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        return ("identity", {}) if layer.table is None else (kind, {"count": int(layer.table.shape[0])})

    def _attention(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        if layer.W_O is None:
            raise Refused("layers", "is not counted without W_O")
        head = int(layer.W_Q.shape[1]) // layer.heads
        if layer.W_V.shape[1] != (layer.kv_heads or layer.heads) * head:
            raise Refused("layers", "is not counted where V is not as wide as Q")
        fields = {"heads": layer.heads, "head_dim": head}
        fields |= {"kv_heads": layer.kv_heads} if layer.kv_heads is not None else {}
        return kind, {**fields, "bias": layer.b_Q is not None, "output_bias": layer.b_O is not None}

    def _feed_forward(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        if (layer.b1 is None) is not (layer.b2 is None):
            raise Refused("layers", "is not counted with one bias of two")
        return kind, {"hidden": self._units(layer.W1), "bias": layer.b1 is not None}

    def _rnn(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        biases = sum(getattr(layer, n, None) is not None for n in ("b_h", "b_i", "b_z", "b_ih", "b_hh"))
        state = next(W for n in ("W_hh", "W_hi", "W_hz", "W_i", "W_z") if (W := getattr(layer, n, None)) is not None)
        hidden = state.shape[hasattr(layer, "W_hh") is not (layer.layout == "rows")]
        if layer.W_hy is not None:
            raise Refused("layers", "is not counted with W_hy", "a dense layer behind it")
        return kind, {"hidden": int(hidden), "biases": biases, "outputs": layer.return_}

    _lstm = _gru = _rnn

    def _residual(self, kind: str, layer: Any, path: Any) -> tuple[str, dict[str, Any]]:
        return kind, {"layers": self.chain(layer.layers, (*path, "layers")), "projection": layer.projection is not None}
