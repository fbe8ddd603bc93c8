"""No field is ignored: in every mode of every topic a given field changes the page, or is refused by its name."""

from __future__ import annotations

import io
import re
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.problem.problem import Problem, loads
from nncalc.render.layout import View
from nncalc.render.working.plain import render
from nncalc.topics import TOPICS, kernels
from nncalc.topics.params.groups import LayerSpec
from nncalc.topics.parts.activations import ACTIVATIONS
from nncalc.topics.parts.fields import Field, fields_of
from nncalc.topics.parts.records import record_of
from nncalc.topics.softmax import softmax

Fields = dict[str, Any]

ONE = [[0.5, -0.3], [0.8, 0.2]]
TWO = [[0.1, 0.7], [-0.4, 0.6]]
IMAGE = [[2, 3, 7, 4, 1], [6, 6, 9, 8, 2], [3, 4, 8, 3, 5], [7, 8, 3, 6, 4], [1, 5, 2, 9, 3]]
RECURRENT: Fields = {
    "h_0": [0.3, -0.2], "W_hy": [[0.4, -0.6], [0.9, 0.3]], "b_y": [0.2, 0.1], "output_activation": "tanh",
    "target": [[0.5, 0.1], [0.2, 0.4]], "loss": "squared_error", "loss_on": "last", "upstream": ONE, "rate": 0.1,
    "tokens": "ab", "vocabulary": "ab", "layout": "rows",
}  # fmt: skip
RECURRENT_MODES: list[Fields] = [
    {}, {"target": ONE}, {"upstream": ONE}, {"W_hy": TWO}, {"W_hy": TWO, "target": ONE}, {"x": [0.5, -0.3]},
    {"x": [0.5, -0.3], "target": [0.5, 0.1]}, {"loss_on": "last", "target": [0.5, 0.1]},
]  # fmt: skip


def _gates(letters: str, wide: bool = False) -> Fields:
    if wide:
        return {f"W_{g}": [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, -0.1]] for g in letters}
    return {f"W_{s}{g}": TWO for g in letters for s in "xh"}


def _biases(letters: str) -> Fields:
    return {f"b_{g}": [0.1, -0.2] for g in letters}


OPTIMIZER: Fields = {
    "momentum": 0.5, "beta1": 0.8, "beta2": 0.9, "decay": 0.8, "eps": 0.1, "weight_decay": 0.1, "m_0": [0.1, 0.2],
    "v_0": [0.1, 0.2], "t_0": 3, "kind": "adagrad", "average": True, "rate_inside": True, "amsgrad": True,
    "centered": True, "eps_inside": True, "eps_hat": True, "momentum_decay": 1, "same_t": True, "u_0": [0.1, 0.2],
    "clip": 0.1, "clip_norm": 0.1, "schedule": {"kind": "linear", "over": 5},
}  # fmt: skip
KINDS: list[Fields] = [
    {"kind": k}
    for k in ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw", "adadelta", "adamax", "nadam")
]
KINDS.append({"schedule": {"kind": "inverse_time", "decay": 0.5}})
WEIGHING: Fields = {"scale": 0.3, "softcap": 2, "mask": [[1, 1], [0, 1]], "stable": True, "layout": "columns"}
LAYERS = [{"W": ONE, "b": [0.1, 0.2], "activation": "sigmoid"}, {"W": TWO, "b": [0.3, -0.1]}]

# topic and form: what must be given, the modes, and another value than the default for every field that may be given.
TABLE: dict[tuple[str, str], tuple[Fields, list[Fields], Fields]] = {
    ("activation", "activation"): (
        {"x": [-1.4, 0.9], "function": "relu"}, [{"function": name} for name in ACTIVATIONS if name != "softmax"],
        {"alpha": 0.37, "beta": 0.71},
    ),
    ("softmax", "softmax"): (
        {"x": ONE},
        [{}, {"log": True}, {"target": [2, 1]}, {"target": [[0.5, 0.5], [0.2, 0.8]]}, {"upstream": ONE}],
        {"temperature": 2, "base": 2, "stable": True, "jacobian": True, "target": [1, 2], "upstream": TWO, "log": True,
         "log_base": 2, "first_class": 0},
    ),
    ("perceptron", "perceptron"): (
        {"w": [1, -0.5]},
        [{}, {"gate": "xor"}, {"target": [0, 1, 1, 0]}, {"gate": "and", "train": {"rate": 1}},
         {"hidden": {"W": ONE, "c": [0.1, 0.2]}}, {"target": [-1, 1, 1, -1], "labels": "-1/1"}],
        {"b": 0.5, "X": [[1, 1], [0, 1], [1, 0], [1, 1]], "gate": "nand", "target": [1, 0, 0, 1], "labels": "-1/1",
         "hidden": {"W": TWO, "c": [0.3, 0.2]}, "train": {"rate": 0.5}, "fires": 0.2,
         "rule": "delta", "learn_bias": False},
    ),
    ("formulas", "formulas"): (
        {"formulas": "z = 2*3; y = z + 1"},
        [{}, {"each": {"x": [0.1, 0.2]}, "formulas": "z = x + 1; y = z/2"},
         {"repeat": 2, "given": {"w": 0.5}, "formulas": "z = 2*w; w_new = w + z"}],
        {"given": {"z": 0.7}, "each": {"x": [1, 2]}, "epochs": 2, "repeat": {"k": 3},
         "after": "s = sum(all(z))", "labels": ["one", "two"], "answer": "z"},
    ),
    ("backprop", "expression"): ({"expr": "x*y", "at": {"x": 2, "y": 3}}, [{}], {}),
    ("backprop", "nodes"): ({"nodes": {"q": "x*y", "f": "q + x"}, "at": {"x": 2, "y": 3}}, [{}], {}),
    ("backprop", "network"): (
        {"x": ONE, "layers": LAYERS},
        [{}, {"target": TWO}, {"target": TWO, "rate": 0.1}, {"target": TWO, "rate": 0.1, "steps": 2},
         {"x": [0.5, -0.3], "target": [0.1, 0.9], "rate": 0.1},
         {"target": [1, 2], "loss": "cross_entropy", "layers": [LAYERS[0], {**LAYERS[1], "activation": "softmax"}]},
         {"target": [[0.5, 0.5], [0.2, 0.8]], "loss": "cross_entropy",
          "layers": [LAYERS[0], {**LAYERS[1], "activation": "softmax"}]}],
        {"target": ONE, "loss": "squared_error", "rate": 0.2, "steps": 2, "freeze_bias": True, "l2": 0.1,
         "reduction": "sum", "first_class": 0, "upstream": ONE, "layout": "rows"},
    ),
    ("backprop", "layered"): (
        {"x": ONE, "layers": [{"dense": {"W": [[0.5, -0.2], [0.1, 0.3]], "b": [0.1, 0.2]}}, "softmax"]},
        [{}, {"target": TWO}, {"target": TWO, "rate": 0.1}, {"target": [1, 2], "loss": "cross_entropy"},
         {"target": [[0.5, 0.5], [0.2, 0.8]], "loss": "cross_entropy"}, {"upstream": TWO}],
        {"target": TWO, "loss": "squared_error", "rate": 0.2, "upstream": ONE, "reduction": "sum", "first_class": 0,
         "layout": "rows", "steps": 2, "l2": 0.1, "freeze_bias": True, "tokens": ["a", "b"], "vocabulary": ["a", "b"]},
    ),
    ("loss", "loss"): (
        {"kind": "kl", "prediction": [[0.7, 0.3], [0.4, 0.6]], "target": [[1, 0], [0.5, 0.5]]},
        [*({"kind": k} for k in ("squared_error", "half_squared_error", "mean_squared_error", "mean_absolute_error",
                                 "huber", "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy",
                                 "hinge", "kl", "smooth_l1", "js", "dice")),
         {"kind": "cross_entropy", "target": [1, 2]}, {"kind": "hinge", "target": [2, 1]}],
        {"reduction": "sum", "class_weights": [0.3, 0.9], "ignore_class": 2, "margin": 0.7, "delta": 0.05,
         "first_class": 0, "log_base": 2, "label_smoothing": 0.1, "pos_weight": 3, "smooth": 1, "logits": True,
         "sample_weights": [1, 3]},
    ),
    ("loss", "focal"): (
        {"kind": "focal", "prediction": [[0.7, 0.3], [0.4, 0.6]], "target": [[1, 0], [0, 1]]}, [{}, {"target": [1, 2]}],
        {"gamma": 1, "alpha": 0.3, "logits": True, "reduction": "sum", "first_class": 0},
    ),
    ("loss", "contrastive"): (
        {"kind": "contrastive", "similar": False},
        [{"distance": 0.3}, {"a": [1, 2], "b": [1.2, 2.3]}, {"distance": 3, "similar": True},
         {"distance": [0.3, 0.4], "similar": [1, 0]}],
        {"a": [0.1, 0.2], "b": [0.3, 0.4], "distance": 0.2, "margin": 2, "half": False, "reduction": "sum"},
    ),
    ("loss", "triplet"): (
        {"kind": "triplet", "anchor": [1, 2], "positive": [2, 2], "negative": [3, 1]},
        [{}, {"anchor": ONE, "positive": TWO, "negative": ONE}],
        {"margin": 5, "squared": False, "reduction": "sum"},
    ),
    ("loss", "gaussian_kl"): (
        {"kind": "gaussian_kl", "mean": [1, 0.5]}, [{"std": [1, 2]}, {"variance": [1, 2]}, {"log_variance": [0.1, 0.2]}],
        {"std": [2, 3], "variance": [2, 3], "log_variance": [0.5, 0.6], "prior_mean": 2, "prior_std": [3, 2]},
    ),
    ("optimizer", "gradients"): ({"w": [1, 2], "gradients": [[0.5, -0.3], [0.2, 0.4]], "rate": 0.1}, KINDS, OPTIMIZER),
    ("optimizer", "expression"): (
        {"expr": "x^2 + y*x", "w": {"x": 1, "y": 2}, "rate": 0.1}, KINDS, {**OPTIMIZER, "steps": 2, "nesterov": "lookahead"},
    ),
    ("optimizer", "rates"): ({"rate": 0.1, "schedule": {"kind": "step", "factor": 0.5}, "steps": 3}, [{}], {}),
    ("optimizer", "average"): (
        {"kind": "average", "values": [40, 49, 45]}, [{}, {"corrected": True}], {"beta": 0.5, "corrected": True, "v_0": 3},
    ),
    ("conv", "conv"): (
        {"image": IMAGE, "filter": ONE}, [{}, {"transposed": True}, {"pad": "same"}, {"transposed": True, "stride": 2}],
        {"bias": [0.5], "stride": 2, "pad": 1, "dilation": 2, "groups": 2, "flip": True, "transposed": True,
         "output_pad": 1, "activation": "tanh", "upstream": np.ones((4, 4)).tolist()},
    ),
    ("pool", "pool"): (
        {"image": IMAGE},
        [{"window": 2}, {"window": 2, "kind": "average"}, {"window": 2, "kind": "average", "pad": 1}, {"global": True},
         {"window": 2, "pad": 1}, {"global": True, "kind": "average"}],
        {"window": 3, "kind": "average", "stride": 1, "pad": 1, "dilation": 2, "count_pad": True, "ceil": True,
         "global": True, "upstream": ONE},
    ),
    ("norm", "norm"): (
        {"x": [[1, 2, 4, 8], [3, 6, 1, 2]]},
        [{"kind": "batch"}, {"kind": "layer"}, {"kind": "rms"}, {"kind": "group"}, {"kind": "batch", "momentum": 0.1},
         {"kind": "instance", "x": [[[1, 2], [3, 5]], [[3, 4], [2, 2]]]},
         {"kind": "batch", "running_mean": [1, 2, 3, 4], "running_var": [1, 2, 1, 2]}],
        {"kind": "layer", "gamma": [2, 3, 4, 5], "beta": [2, 3, 4, 5], "eps": 0.5, "groups": 2, "axes": 2,
         "momentum": 0.2, "running_mean": [1, 2, 3, 1], "running_var": [1, 2, 3, 1],
         "unbiased": False, "upstream": [[1, 2, 3, 4], [0, 1, 0, 1]]},
    ),
    ("residual", "residual"): (
        {"x": [1, -2], "layers": LAYERS}, [{}, {"projection": ONE}],
        {"projection": TWO, "activation": "tanh", "upstream": [0.5, 1]},
    ),
    ("rnn", "rnn"): (
        {"x": ONE, "W_xh": ONE, "W_hh": TWO}, RECURRENT_MODES,
        {**RECURRENT, "b_h": [0.1, -0.2], "gradient_flow": True, "activation": "sigmoid"},
    ),
    ("lstm", "per_gate"): (
        {"x": ONE, **_gates("ifog")}, RECURRENT_MODES,
        {**RECURRENT, **_biases("ifog"), "p_i": [1, 2], "p_f": [1, 2], "p_o": [1, 2], "c_0": [0.4, 0.1],
         "jacobian": True},
    ),
    ("lstm", "concatenated"): (
        {"x": ONE, **_gates("ifog", wide=True)}, RECURRENT_MODES,
        {**RECURRENT, **_biases("ifog"), "c_0": [0.4, 0.1], "jacobian": True, "concat": "xh"},
    ),
    ("lstm", "stacked"): (
        {"x": ONE, "W_ih": [*ONE, *TWO, *ONE, *TWO], "W_hh": [*TWO, *ONE, *TWO, *TWO]}, RECURRENT_MODES,
        {**RECURRENT, "b_ih": [1, 2, 3, 4, 5, 6, 7, 8], "b_hh": [1, 2, 3, 4, 5, 6, 7, 8], "c_0": [0.4, 0.1],
         "jacobian": True, "gate_order": "f i g o"},
    ),
    ("gru", "per_gate"): (
        {"x": ONE, **_gates("zrn")}, [*RECURRENT_MODES, {"reset": "after"}],
        {**RECURRENT, **_biases("zrn"), "b_hn": [0.1, 0.3], "reset": "after", "swap": True},
    ),
    ("gru", "concatenated"): (
        {"x": ONE, **_gates("zrn", wide=True)}, RECURRENT_MODES,
        {**RECURRENT, **_biases("zrn"), "concat": "xh", "swap": True, "reset": "after"},
    ),
    ("gru", "stacked"): (
        {"x": ONE, "W_ih": [*ONE, *TWO, *ONE], "W_hh": [*TWO, *ONE, *TWO]}, RECURRENT_MODES,
        {**RECURRENT, "b_ih": [1, 2, 3, 4, 5, 6], "b_hh": [1, 2, 3, 4, 5, 6], "gate_order": "z r n", "reset": "before",
         "swap": True},
    ),
    ("attention", "given"): (
        {"q": ONE, "k": TWO},
        [{}, {"score": "dot"}, {"score": "additive", "W_q": ONE, "W_k": TWO, "v_a": [1, 2]},
         {"score": "general", "W_a": ONE}, {"mask": "causal"}],
        {**WEIGHING, "v": ONE, "score": "dot", "W_q": TWO, "W_k": ONE, "v_a": [2, 1], "W_a": TWO,
         "labels": ["a", "b"], "upstream": ONE},
    ),
    ("attention", "embeddings"): (
        {"x": ONE, "W_Q": ONE, "W_K": TWO, "W_V": ONE},
        [{}, {"W_O": TWO}, {"heads": 2}, {"memory": TWO}, {"score": "dot"}],
        {**WEIGHING, "b_Q": [1, 2], "b_K": [1, 2], "b_V": [1, 2], "W_O": ONE, "b_O": [1, 2], "heads": 2, "kv_heads": 4,
         "memory": [[1, 2], [2, 3], [3, 4]], "score": "dot", "labels": ["a", "b"], "upstream": ONE},
    ),
    ("posenc", "posenc"): (
        {"d_model": 4}, [{"positions": 2}, {"positions": [3, 5]}, {"tokens": ["c", "d"]}],
        {"tokens": ["a", "b"], "base": 100, "arrangement": "concatenated", "embedding": [[1, 2, 3, 4], [5, 6, 7, 8]],
         "positions": [4, 7], "kind": "rotary"},
    ),
    ("posenc", "rotary"): (
        {"kind": "rotary", "q": [[1, 2, 3, 4], [0, 1, 1, 0]]},
        [{}, {"k": [[1, 0, 1, 1], [2, 1, 0, 1]]}, {"theta": [0.5, 0.2]}, {"q": [1, 2, 3, 4]}],
        {"k": [[1, 1, 1, 1], [0, 1, 0, 1]], "positions": [2, 5], "key_positions": [3, 4], "theta": [0.1, 0.3], "base": 100,
         "pairs": "halves"},
    ),
    ("posenc", "alibi"): (
        {"kind": "alibi", "heads": 2}, [{"positions": 2}, {"tokens": ["c", "d"]}],
        {"positions": 3, "tokens": ["a", "b"], "slopes": [0.5, 0.1], "causal": False, "scores": ONE},
    ),
    ("hopfield", "hopfield"): (
        {},
        [{"patterns": [[1, -1, 1, -1], [-1, -1, 1, 1]]}, {"W": TWO, "state": [1, -1]}, {"W": TWO, "state": [1, -1], "update": "sync"},
         {"patterns": [[1, -1, 1, -1], [-1, -1, 1, 1]], "state": [1, 1, 1, -1]}, {"patterns": [[1, 0], [1, 1]], "labels": "0/1", "state": [0, 1]}],
        {"patterns": [[1, 1], [-1, 1]], "W": ONE, "state": [-1, 1], "labels": "0/1", "scale": 0.5, "zero_diagonal": False,
         "theta": [0.5, 0.1], "update": "sync", "order": [2, 1], "rounds": 2, "tie": "on"},
    ),
    ("boxes", "boxes"): (
        {"boxes": [[0, 0, 2, 2], [1, 1, 3, 4], [1, 0, 2, 3]]},
        [{}, {"scores": [0.9, 0.5, 0.7]}, {"truth": [[0, 1, 2, 3]]}, {"boxes": [[0, 0, 2, 2], [1, 1, 3, 4]]}],
        {"form": "centre", "pixels": True, "truth": [[1, 1, 2, 2]], "scores": [0.3, 0.8, 0.9], "threshold": 0.1,
         "drops": "IoU >= threshold", "least_score": 0.6, "keep": 1, "giou": True, "classes": ["a", "b", "a"]},
    ),
    ("decoding", "search"): (
        {"probabilities": [[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]},
        [{}, {"kind": "beam"}, {"probabilities": [0.5, 0.3, 0.2], "kind": "top_k"},
         {"probabilities": [0.5, 0.3, 0.2], "kind": "top_p"}, {"probabilities": [0.5, 0.3], "kind": "perplexity"},
         {"probabilities": [0.6, 0.4], "transitions": [[0.7, 0.3], [0.4, 0.6]]}],
        {"kind": "beam", "transitions": [[0.2, 0.8], [0.4, 0.6]], "steps": 3, "beam": 3, "log": True, "k": 1, "p": 0.4,
         "tokens": ["a", "b", "c"], "end": "2", "length_penalty": 0.5},
    ),
    ("decoding", "bleu"): (
        {"candidate": "the cat sat on the mat", "references": ["the cat is on the mat"]},
        [{}, {"smoothing": "epsilon"}, {"n": 2}],
        {"n": 2, "weights": [0.4, 0.3, 0.2, 0.1], "smoothing": "add_one", "epsilon": 0.5},
    ),
    ("decoding", "corpus"): (
        {"candidates": ["the cat sat on the mat"], "references": ["the cat is on the mat"]},
        [{}, {"smoothing": "epsilon"}],
        {"n": 2, "weights": [0.4, 0.3, 0.2, 0.1], "smoothing": "add_one", "epsilon": 0.5},
    ),
    ("decoding", "surprise"): (
        {"logits": [[1, 2, 0.5], [0, 1, 0.7]], "target": [1, 2], "kind": "perplexity"}, [{}],
        {"mask": [1, 0], "first_class": 0},
    ),
    ("params", "params"): (
        {"layers": [{"conv": {"filters": 2, "kernel": 3}}], "input_shape": [9, 8, 7]},
        [{}, {"layers": [{"dense": {"units": 3}}], "input_shape": [7]}],
        {"channels_first": True, "tokens": 1000, "more": True, "input_shape": [9, 8, 9],
         "show": ["output", "neurons"], "kv_cache": {"tokens": 9}},
    ),
    ("params", "training"): ({"examples": 100, "batch_size": 8}, [{}, {"updates": 50}], {"epochs": 3, "updates": 26, "drop_last": True}),
}  # fmt: skip

LAYER: Fields = {
    "filters": 4, "kernel": 3, "window": 2, "output": 2, "units": 3, "shape": [2, 2], "vocabulary": 9, "dim": 8,
    "count": 9, "hidden": 6, "size": 2, "to": "first", "layer": "first", "times": 2, "layers": ["relu"], "experts": 3,
    "pad": [1, 2], "active": 2, "branches": [["relu"], [{"dense": {"units": 8}}]],
}  # fmt: skip
OTHERS: Fields = {
    "stride": 3, "pad": 1, "dilation": 2, "groups": 2, "bias": False, "multiplier": 2, "output_pad": 1, "ceil": True,
    "scale": 3, "alpha": 0.3, "rate": 0.2, "name": "other", "dim": 7, "activation": "tanh", "gated": True, "count": 2,
    "layers": 2, "bidirectional": True, "biases": 2, "outputs": "last", "heads": 2, "kv_heads": 2, "head_dim": 3,
    "output_bias": False, "value_dim": 3, "shape": 5, "memory": "first", "join": "add", "router": False, "projection": True,
}  # fmt: skip
COMES_IN = ([8], [6, 8], [9, 8, 8], [4, 4, 8], [6, 9, 8, 2], None)


def page(given: Problem) -> str:
    """All that a page shows, but for what was only given."""
    trace, out = solve(given), io.StringIO()
    render(trace, View(), out)
    lines = [line for line in out.getvalue().splitlines() if re.split(r" = |\[", line)[0] not in trace.header]
    answer = {name: np.asarray(value).tolist() for name, value in trace.answer.items()}
    return "\n".join([*lines, *map(str, trace.overview), str(answer)])


def outcome(topic: str, fields: Fields) -> tuple[str, str]:
    """(page, "") or ("", the refusal)."""
    try:
        return page(problem(yaml_of(topic, **fields))), ""
    except InputError as error:
        return "", str(error)


def test_the_table_has_every_field_of_every_form() -> None:
    assert set(TABLE) == {(topic, form.__name__) for topic in TOPICS for form in kernels(topic)}
    for topic in TOPICS:
        for form in kernels(topic):
            base, _, others = TABLE[topic, form.__name__]
            assert {f.name for f in fields_of(form)} == {*base, *others}, (topic, form.__name__)


@pytest.mark.parametrize("topic, form", TABLE, ids=lambda name: name)
def test_each_given_field_changes_the_page_or_is_refused(topic: str, form: str) -> None:
    base, modes, others = TABLE[topic, form]
    changed = 0
    for mode in modes:
        before, refusal = outcome(topic, {**base, **mode})
        assert not refusal, (mode, refusal)
        for name, value in others.items():
            if mode.get(name) == value:
                continue
            after, refusal = outcome(topic, {**base, **mode, name: value})
            assert refusal or after != before, f"{topic} {form} {mode}: {name} is ignored"
            assert len(refusal.splitlines()) < 4
            changed += bool(after)
    assert changed >= len(others) // 2


@pytest.mark.parametrize("topic", TOPICS)
def test_a_default_that_is_written_where_it_says_nothing_is_refused_too(topic: str) -> None:
    for form in kernels(topic):
        base, modes, _ = TABLE[topic, form.__name__]
        for mode in modes:
            read = loads(yaml_of(topic, **{**base, **mode}))
            said = {f.name: read.values.get(f.name, f.default) for f in fields_of(form)}
            for f in fields_of(form):
                only = f.about.only
                if only and f.default is not None and not only.holds(said.__getitem__, read.values):
                    _, refusal = outcome(topic, {**base, **mode, f.name: f.default})
                    assert f"{f.name}: {only.refusal}" in refusal


@pytest.mark.parametrize("kind", LayerSpec.options)
def test_each_field_of_a_layer_changes_the_page_or_is_refused(kind: str) -> None:
    fields = fields_of(LayerSpec.options[kind])
    needed = {f.name: LAYER[f.name] for f in fields if f.required}
    if kind in ("tied", "concat_with"):
        needed = dict.fromkeys(needed, "first")
    if kind == "pad_channels":
        needed["to"] = 12
    first = (
        {"embedding": {"vocabulary": 9, "dim": 8, "name": "first"}} if kind == "tied" else {"relu": {"name": "first"}}
    )

    def with_fields(shape: Any, given: Fields) -> tuple[str, str]:
        known = {} if shape is None else {"input_shape": shape}
        before = [] if shape is None and kind == "embedding" else [first]
        return outcome("params", {**known, "layers": [*before, {kind: given}]})

    shapes = [[6]] if kind == "tied" else COMES_IN
    working = [shape for shape in shapes if with_fields(shape, needed)[0]]
    assert working, [with_fields(shape, needed)[1] for shape in shapes]
    for f in fields:
        if f.required:
            continue
        for shape in working:
            other = not f.default if isinstance(f.default, bool) else OTHERS[f.name]
            before, (after, refusal) = with_fields(shape, needed)[0], with_fields(shape, {**needed, f.name: other})
            if not refusal and after != before:
                break
        assert refusal or after != before, f"{kind}: {f.name} is ignored"


def test_a_record_made_of_a_kernels_fields_is_as_firm_as_a_dataclass() -> None:
    made = record_of(softmax, left_out=("x",), fixed={"jacobian": False}, needs=("temperature",))
    one, other = made(temperature=2.0), made(temperature=3.0)
    assert one == made(temperature=2.0) != other and vars(one)["base"] == fields_by_name(made)["base"].default
    assert replace(one, temperature=3.0) == other and "x" not in fields_by_name(made)
    with pytest.raises(FrozenInstanceError):
        one.temperature = 4.0
    for given in ({}, {"temperature": 1.0, "x": 2.0}):
        with pytest.raises(TypeError, match=r"temperature|x"):
            made(**given)


def fields_by_name(owner: type) -> dict[str, Field]:
    return {field.name: field for field in fields_of(owner)}
