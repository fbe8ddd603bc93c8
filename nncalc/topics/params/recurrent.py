"""Recurrent layers: rnn, gru and lstm, one or several, in one or both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from nncalc.topics.params.common import BIG, Name
from nncalc.topics.params.part import Part
from nncalc.topics.params.plain import each, features, one_for_all
from nncalc.topics.params.shape import Shape, known_sizes, sizes
from nncalc.topics.parts.fields import About

# How many matrices a cell has for its input, and as many for its state.
GATE_COUNTS = {"rnn": 1, "gru": 3, "lstm": 4}
BIAS_COUNTS = {"none": 0, "one": 1, "two": 2}


@dataclass(frozen=True)
class Recurrent:
    """One step a token, with a state of hidden numbers."""

    hidden: Annotated[int, About("numbers of the state", least=1, most=BIG, also=("units", "hidden_size", "h"))]
    layers: Annotated[int, About("so many on top of each other", least=1, most=BIG, also=("num_layers",))] = 1
    bidirectional: Annotated[bool, About("a second one from the end")] = False
    biases: Annotated[
        int | Literal["none", "one", "two"],
        About("of each gate: one (textbooks, Keras), two (PyTorch) or none", least=0, most=2, also=("bias",)),
    ] = "one"
    outputs: Annotated[Literal["all", "last"], About("of every step, or of the last", also=("return_sequences",))] = (
        "all"
    )
    name: Name = None


def recurrent(part: Part, layer: Recurrent) -> Shape:
    """q·h·(i + h) weights and q·h numbers of each bias, where q is 1 (rnn), 3 (gru) or 4 (lstm)."""
    numbers, tokens = features(part)
    ways = 1 + layer.bidirectional
    before = part.shape[:-1] if layer.outputs == "all" else one_for_all(part)[:-1]
    with part.section(_recurrent_said(layer), (*known_sizes(before), ways * layer.hidden)):
        h, i = part.number("h", layer.hidden, "numbers of the state"), part.number("i", numbers, "numbers that come in")
        part.learns(lambda: _stacked(part, layer, h, i, _cell(part.kind, layer)))
        weights = _cell(part.kind, layer, biases=False)
        part.costs(each(part, tokens, _stacked(part, layer, h, i, weights, named=False)))
    return (*before, *sizes(ways * layer.hidden))


def _recurrent_said(layer: Recurrent) -> str:
    biases = ("no bias", "one bias", "two biases")[_biases(layer)]
    words = [f"{layer.hidden} hidden", f"{layer.layers} layers" if layer.layers > 1 else "", f"{biases} a gate"]
    words += ["both ways" * layer.bidirectional, "the last step" * (layer.outputs == "last")]
    return ", ".join(filter(None, words))


def _biases(layer: Recurrent) -> int:
    return layer.biases if isinstance(layer.biases, int) else BIAS_COUNTS[layer.biases]


def _cell(kind: str, layer: Recurrent, biases: bool = True) -> Callable[[Any, Any], Any]:
    """The numbers of one layer in one direction, from its state's and its input's."""
    gates, many = GATE_COUNTS[kind], _biases(layer) if biases else 0

    def counted(h: Any, i: Any) -> Any:
        weights = gates * h * (i + h)
        return weights + gates * many * h if many else weights

    return counted


def _stacked(part: Part, layer: Recurrent, h: Any, i: Any, cell: Callable[[Any, Any], Any], named: bool = True) -> Any:
    """All layers and directions; the second layer and those after it get the state of the one below."""
    r = part.number("r", 2, "directions") if layer.bidirectional else 1
    first = r * cell(h, i)
    if layer.layers == 1:
        return first
    later = r * cell(h, r * h)
    if named:
        first, later = part.let("layer1", first), part.let("layer2", later)
    return first + (part.number("L", layer.layers, "layers") - 1) * later


RECURRENT: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = dict.fromkeys(GATE_COUNTS, (Recurrent, recurrent))
