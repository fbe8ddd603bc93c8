"""Mistakes in reading the problem: a field ignored or taken for another; the altered problem is worked instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from nncalc.marking.mistakes.altered import Alteration, Altered, Fields
from nncalc.marking.mistakes.slip import Mistake


def set_to(words: str, **values: Any) -> Altered:
    """Fields with other values."""
    return Altered(lambda field: iter([(values, words)]))


def _opposite(name: str, words: str) -> Altered:
    return Altered(lambda field: iter([({name: not field(name)}, words)]))


def _without(names: tuple[str, ...], words: str) -> Altered:
    return Altered(lambda field: iter([({n: None for n in names if field(n) is not None}, words)]))


def _zeros(name: str, words: str) -> Altered:
    return Altered(lambda field: iter([({name: np.zeros_like(field(name))}, words)]))


def _choices(name: str, choices: tuple[Any, ...], words: str) -> Altered:
    return Altered(lambda field: (({name: c}, words.format(c)) for c in choices if c != field(name)))


def padding_in_all(field: Fields) -> Iterator[Alteration]:
    """The padding shared by both sides, not on each."""
    pad = field("pad")
    if isinstance(pad, int) and pad > 0:
        for before in {pad // 2, pad - pad // 2}:
            sides = [before, before, pad - before, pad - before]
            yield {"pad": sides}, f"{pad} is the padding of both sides together, not of each"


def filter_turned(field: Fields) -> Iterator[Alteration]:
    held = field("filter")
    yield {"filter": np.swapaxes(held, -1, -2)}, "rows and columns of the filter are swapped"
    yield {"filter": held[..., ::-1]}, "the filter is flipped from left to right"
    yield {"filter": held[..., ::-1, :]}, "the filter is flipped from top to bottom"


def gates_exchanged(field: Fields) -> Iterator[Alteration]:
    for a, b in (("i", "f"), ("i", "o"), ("f", "o"), ("o", "g"), ("i", "g"), ("z", "r")):
        pairs = [(f"{p}{a}", f"{p}{b}") for p in ("W_x", "W_h", "W_", "b_") if field(f"{p}{a}") is not None]
        if pairs:
            swapped = {x: field(y) for x, y in pairs} | {y: field(x) for x, y in pairs}
            yield swapped, f"the weights of {a} and {b} are exchanged"


def gates_in_another_order(field: Fields) -> Iterator[Alteration]:
    order = field("gate_order")
    named = order.replace(",", " ").split() if isinstance(order, str) else order
    for other in permutations(named) if named else ():
        if list(other) != list(named):
            yield {"gate_order": " ".join(other)}, f"the gates are taken in another order than {' '.join(named)}"


def wrong_temperature(field: Fields) -> Iterator[Alteration]:
    temperature = field("temperature")
    if temperature != 1:
        yield {"temperature": 1}, "the temperature is ignored"
        yield {"temperature": 1 / temperature}, "it is multiplied by the temperature, not divided"


def mask_turned(field: Fields) -> Iterator[Alteration]:
    mask = field("mask")
    if isinstance(mask, np.ndarray):
        yield {"mask": mask.T}, "rows and columns of the mask are swapped"
        if set(np.unique(mask)) <= {0, 1}:
            yield {"mask": 1 - mask}, "0 and 1 of the mask are exchanged"
    elif mask == "causal":
        count = np.shape(field("q") if field("q") is not None else field("x"))[0]
        yield {"mask": np.triu(np.ones((count, count)))}, "the mask hides the past, not the future"
        yield {"mask": np.tril(np.ones((count, count)), -1)}, "the mask hides the token itself, too"


def wrong_scale(field: Fields) -> Iterator[Alteration]:
    if field("scale") is not None or field("score") != "scaled_dot" or field("layout") == "columns":
        return
    given, made = field("k"), field("W_K")
    if given is None and made is None:
        return
    x = field("x") if given is None else given
    tokens, width = np.shape(x)[0], np.shape(x if given is not None else made)[-1] // (field("heads") or 1)
    yield {"scale": 1 / width}, "the scores are divided by d_k, not by its root"
    yield {"scale": 1 / np.sqrt(tokens)}, "the scores are divided by the root of the number of keys, not of d_k"
    if made is not None:
        yield {"scale": 1 / np.sqrt(np.shape(made)[0])}, "the scores are divided by √d_model, not by √d_k"


def mask_added(field: Fields) -> Iterator[Alteration]:
    if field("mask") is None:
        yield {"mask": "causal"}, "what comes later is hidden, as by a causal mask"


def another_target(field: Fields) -> Iterator[Alteration]:
    """One class further up or down, as who counts from 0 or from 1."""
    target, first = field("target"), field("first_class")
    first = 1 if first is None else first
    for other in (target - 1, target + 1) if isinstance(target, int) else ():
        if first <= other < first + np.shape(field("x"))[-1]:
            yield {"target": other}, f"class {other} is taken for the right one"


def padded_otherwise(field: Fields) -> Iterator[Alteration]:
    """What stands round the image is not 0."""
    image, pad = field("image"), field("pad")
    if isinstance(pad, int) and pad > 0 and np.ndim(image) == 2:
        for mode, words in PADDINGS.items():
            if mode != "reflect" or pad < min(np.shape(image)):
                yield {"image": np.pad(image, pad, mode=mode), "pad": 0}, words


def betas_exchanged(field: Fields) -> Iterator[Alteration]:
    yield {"beta1": field("beta2"), "beta2": field("beta1")}, "beta1 and beta2 are exchanged"


def positions_from_one(field: Fields) -> Iterator[Alteration]:
    positions = field("positions")
    counted = list(range(1, positions + 1)) if isinstance(positions, int) else [p + 1 for p in positions or ()]
    yield {"positions": counted}, "the positions are counted from 1"


def _layers(change: Callable[[Any], Any], words: str) -> Altered:
    """params with its layers changed, layers inside layers too."""

    def changes(field: Fields) -> Iterator[Alteration]:
        layers = field("layers")
        changed = _each(layers, change)
        if changed != layers:
            yield {"layers": changed}, words

    return Altered(changes)


def _each(held: Any, change: Callable[[Any], Any]) -> Any:
    """What a field holds, with every layer in it changed: one layer (its kind and its fields), or lists of them."""
    if isinstance(held, list):
        return [_each(one, change) for one in held]
    if not (isinstance(held, tuple) and is_dataclass(held[-1]) and not isinstance(held[-1], type)):
        return held
    kind, layer = held
    return kind, change(replace(layer, **{f.name: _each(getattr(layer, f.name), change) for f in fields(layer)}))


def _set(name: str, wanted: Any) -> Callable[[Any], Any]:
    return lambda layer: replace(layer, **{name: wanted}) if hasattr(layer, name) else layer


PADDINGS: dict[Any, str] = {
    "edge": "the padding repeats the edge, not 0",
    "reflect": "the padding mirrors the image, not 0",
}
NETWORKS = ("lstm", "gru", "rnn")
BIAS_FIELDS = ("bias", "b_h", "b_y", "b_i", "b_f", "b_o", "b_g", "b_z", "b_r", "b_n", "b_ih", "b_hh", "b_hn",
               "b_Q", "b_K", "b_V", "b_O")  # fmt: skip
LOSSES_TRIED = ("squared_error", "half_squared_error", "mean_squared_error", "mean_absolute_error",
                "binary_cross_entropy", "cross_entropy")  # fmt: skip

MISTAKES = (
    Mistake("stride ignored", set_to("the stride is ignored", stride=1), ("conv", "pool"),
            refines=("divisor left out", "two values exchanged")),
    Mistake("padding ignored", set_to("the padding is ignored", pad=0), ("conv", "pool")),
    Mistake("padding in all", Altered(padding_in_all), ("conv", "pool")),
    Mistake("dilation ignored", set_to("the dilation is ignored", dilation=1), ("conv", "pool")),
    Mistake("filter flipped", _opposite("flip", "the filter is flipped, or not where it should be"), ("conv",)),
    Mistake("filter turned", Altered(filter_turned), ("conv",), refines=("matrix transposed",)),
    Mistake("bias ignored", _without(BIAS_FIELDS, "the bias is ignored"), ("conv", *NETWORKS, "attention"),
            refines=("term left out",)),
    Mistake("another pooling", _choices("kind", ("max", "average"), "the {} of each window is taken"), ("pool",)),
    Mistake("padding counted", _opposite("count_pad", "the padding counts in the average, or not where it should"),
            ("pool",)),
    Mistake("rounded up", _opposite("ceil", "sizes are rounded up (or not where they should be)"), ("pool",)),
    Mistake("another base", _choices("base", (2, 10, 10000, 1000), "the base is {}"), ("softmax", "posenc")),
    Mistake("temperature", Altered(wrong_temperature), ("softmax",)),
    Mistake("scores not scaled", _choices("score", ("dot",), "the scores are not divided by √d_k"), ("attention",),
            refines=("divisor left out",)),
    Mistake("another scale", Altered(wrong_scale), ("attention",)),
    Mistake("mask ignored", _without(("mask",), "the mask is ignored"), ("attention",)),
    Mistake("mask added", Altered(mask_added), ("attention",)),
    Mistake("another target", Altered(another_target), ("softmax",)),
    Mistake("padded otherwise", Altered(padded_otherwise), ("conv",), ("Y",)),
    Mistake("mask turned", Altered(mask_turned), ("attention",)),
    Mistake("heads ignored", set_to("all heads are taken as one", heads=1, kv_heads=None), ("attention",)),
    Mistake("gates exchanged", Altered(gates_exchanged), ("lstm", "gru"),
            refines=("two values exchanged", "another value")),
    Mistake("gates in another order", Altered(gates_in_another_order), ("lstm", "gru"), refines=("another value",)),
    Mistake("concatenated the other way", _choices("concat", ("hx", "xh"), "the vector is concatenated as {}"),
            ("lstm", "gru")),
    Mistake("initial state ignored", _zeros("h_0", "h_0 is taken as 0"), NETWORKS, refines=("term left out",)),
    Mistake("initial cell ignored", _zeros("c_0", "c_0 is taken as 0"), ("lstm",), refines=("term left out",)),
    Mistake("update gate turned round", _opposite("swap", "z and 1 - z change places"), ("gru",),
            refines=("two values exchanged", "minus forgotten in the sigmoid")),
    Mistake("reset elsewhere", _choices("reset", ("before", "after"), "the reset is applied {} the product"), ("gru",)),
    Mistake("another loss", _choices("loss", LOSSES_TRIED, "the loss is {}"), ("backprop", *NETWORKS)),
    Mistake("another kind of loss", _choices("kind", LOSSES_TRIED, "the loss is {}"), ("loss",)),
    Mistake("another reduction", _choices("reduction", ("mean", "sum"), "the {} of the terms is taken"),
            ("loss", "backprop"), refines=("divisor left out",)),
    Mistake("normalized along another axis",
            _choices("kind", ("batch", "layer"), "it is normalized as in {} normalization"), ("norm",)),
    Mistake("eps ignored", set_to("eps is ignored", eps=0), ("norm",), refines=("term left out", "constant left out")),
    Mistake("betas exchanged", Altered(betas_exchanged), ("optimizer",)),
    Mistake("another arrangement", _choices("arrangement", ("interleaved", "concatenated"), "sines and cosines are {}"),
            ("posenc",)),
    Mistake("positions from one", Altered(positions_from_one), ("posenc",)),
    Mistake("fires at the threshold", _choices("fires", ("z > 0", "z >= 0"), "it fires where {}"), ("perceptron",)),
    Mistake("biases not counted", _layers(_set("bias", False), "no biases are counted"), ("params",),
            refines=("constant left out", "term left out")),
    Mistake("two matrices for a gated block",
            _layers(_set("gated", False), "a gated block is counted with two matrices, not three"), ("params",)),
    Mistake("two biases", _layers(_set("biases", "two"), "each gate is counted with two biases"), ("params",)),
    Mistake("one bias", _layers(_set("biases", "one"), "each gate is counted with one bias"), ("params",)),
)  # fmt: skip
