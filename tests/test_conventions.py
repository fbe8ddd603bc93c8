"""What a name, a label and a size mean is said, and wrong input is one line that says what was meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from command import run
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.names import value_of


def worked(topic: str, **fields: Any) -> dict[str, Any]:
    return {name: np.asarray(value).tolist() for name, value in solve(problem(yaml_of(topic, **fields))).answer.items()}


def refusal(topic: str, **fields: Any) -> str:
    with pytest.raises(InputError) as error:
        solve(problem(yaml_of(topic, **fields)))
    return str(error.value)


def test_momentum_of_rmsprop_is_a_buffer_of_scaled_gradients() -> None:
    given = {"kind": "rmsprop", "w": 1, "gradients": [0.5, 0.3], "rate": 0.1}
    assert worked("optimizer", **given)["w"] == pytest.approx(0.514741, abs=1e-6)
    v = buf = 0.0
    w = 1.0
    for g in (0.5, 0.3):
        v = 0.9 * v + 0.1 * g * g
        buf = 0.9 * buf + g / (v**0.5 + 1e-8)
        w -= 0.1 * buf
    assert worked("optimizer", **given, momentum=0.9)["w"] == pytest.approx(w, abs=1e-14)
    assert round(w, 6) == 0.230136


def test_an_optimizer_answers_with_the_value_at_the_new_point() -> None:
    assert worked("optimizer", expr="x^2", w=10, rate=0.1) == {"w": 8, "x": 8, "f": 64}
    trace = solve(problem(yaml_of("optimizer", expr="(2*w1+w2-2)^2", w={"w1": 0, "w2": 0}, rate=0.25, steps=1)))
    assert {name: float(value_of(trace, name)) for name in ("w1", "t0.w1", "t1.w1", "t0.f", "f")} == {
        "w1": 2, "t0.w1": 0, "t1.w1": 2, "t0.f": 4, "f": 9,
    }  # fmt: skip
    assert trace.answered["w1"] == "t1.w1" and "w_0" in trace.given


@pytest.mark.parametrize("name", ["w", "f", "g", "m", "v", "t", "m_hat", "rate", "w_0"])
def test_a_variable_may_have_a_name_that_the_working_uses(name: str) -> None:
    for w in ({name: 3.0, "x": 1.0}, {name: 3.0}):
        expr = f"{name}^2" + (" + x" if "x" in w else "")
        assert worked("optimizer", expr=expr, w=w, rate=0.1, kind="adam", steps=2)["f"] < 10


def test_labels_are_said_and_never_guessed() -> None:
    given = {"X": [[-1, 2], [3, -1]], "w": [2, -2], "train": {"rate": 1, "epochs": 1}}
    assert refusal("perceptron", **given, target=[1, -1]).endswith(
        "target[2]: is -1, but the labels are 0/1 (labels: -1/1)"
    )
    assert refusal("perceptron", **given, target=[1, 0], labels="-1/1").endswith(
        "target[2]: is 0, but the labels are -1/1 (labels: 0/1)"
    )
    # the first sample ends alike, whichever labels occur
    for labels, first in (("0/1", [1, 0]), ("-1/1", [0, 2])):
        for target in ([1, 1], [1, -1 if labels == "-1/1" else 0]):
            trace = solve(problem(yaml_of("perceptron", **given, target=target, labels=labels)))
            assert value_of(trace, "e1.s1.w").tolist() == first
            assert f"labels {labels}" in trace.conventions


def test_a_gate_asks_for_the_labels_of_its_own_samples() -> None:
    given = {"w": [1, 1], "b": -1.5, "gate": "and"}
    assert worked("perceptron", **given, X=[[1, 1], [0, 1]])["errors"] == [0, 0]
    assert worked("perceptron", **given, labels="-1/1")["y_hat"] == [-1, -1, -1, 1]
    assert "wants samples of two inputs" in refusal("perceptron", **given, X=[[0.5, 1]])


@pytest.mark.parametrize("topic, given, said", [
    ("softmax", {"x": [1, 2, 3], "target": [1, 0]}, "target: is 2; want a class, or 3 probabilities"),
    ("softmax", {"x": [[1, 2, 3], [3, 4, 5]], "target": [1, 2, 1]},
     "target: is 3; want a class for each of the 2 rows, or 2 x 3 probabilities"),
    ("softmax", {"x": [1, 2, 3], "target": [0.2, 0.8, 0], "first_class": 1},
     "first_class: belongs to a target of classes, and this one holds probabilities"),
    ("backprop", {"x": [1], "layers": [{"W": [[1], [2]], "activation": "softmax"}], "loss": "cross_entropy",
                  "target": [1, 0, 0]}, "target: is 3; want a class, or 2 probabilities"),
    ("backprop", {"x": [1], "layers": [{"W": [[1], [2]], "activation": "softmax"}], "loss": "cross_entropy",
                  "target": 1.5}, "target: want a class from 1 to 2, got 1.5"),
    ("backprop", {"x": [1], "layers": [{"W": [[1]]}], "target": [1, 2]}, "target: has 2 numbers, but the output has 1 number"),
    ("rnn", {"x": [[1], [2]], "W_xh": [[1], [2]], "W_hh": [[1, 0], [0, 1]], "loss": "cross_entropy",
             "output_activation": "softmax", "W_hy": [[1, 0], [0, 1], [1, 1]], "target": [1, 2, 1]},
     "target: is 3; want a class for each of the 2 rows, or 2 x 3 probabilities"),
    ("loss", {"kind": "cross_entropy", "prediction": [0.5, 0.5], "target": [1, 0, 0]},
     "target: is 3, but the prediction is 2"),
    ("loss", {"kind": "binary_cross_entropy", "prediction": [0.5, 0.2], "target": [1, 0], "class_weights": [1, 2]},
     "class_weights: belongs to kind cross_entropy or hinge"),
    ("loss", {"kind": "hinge", "prediction": [0.5, 0.2], "target": [1, -1], "ignore_class": 2},
     "ignore_class: belongs to a target of classes; want a class for each sample as the target"),
    ("optimizer", {"w": 1, "gradients": [1], "rate": 1, "momentum": 0.9},
     "momentum: belongs to kind momentum, nesterov or rmsprop"),
    ("optimizer", {"w": 1, "gradients": [1], "rate": 1, "steps": 3}, "steps: belongs to the form expression"),
    ("backprop", {"x": [1], "layers": [{"W": [[1]]}], "target": [1], "steps": 2}, "steps: belongs to a problem with rate"),
    ("residual", {"x": [1], "layers": [{"W": [[1]], "activation": "relu"}]},
     "layers[1].activation: belongs to a layer before the last; what follows the sum is the block's activation"),
    ("norm", {"x": [1, 2, 3, 6], "gamma": [1, 2, 3, 4]},
     "gamma: is 4, want 1 for x of 4 (batch norm takes a vector as samples of one feature; one sample: kind layer)"),
    ("params", {"input_shape": [4], "layers": [{"parallel": {"branches": [[{"dense": {"units": 2}}], [{"tied": {"to": "b1"}}]]}}]},
     "b1 is a list of layers; want one layer (as b1.dense1)"),
    ("params", {"input_shape": [4], "layers": [{"parallel": {"branches": [[{"dense": {"units": 2}}], [{"tied": {"to": "b2"}}]]}}]},
     "there is no layer 'b2' before this one (the layers before it are b1.dense1)"),
    ("params", {"input_shape": [6, 8], "layers": [{"moe": {"experts": 3, "active": 2, "router": False, "bias": True,
                                                           "layers": ["relu"]}}]}, "bias: belongs to a problem with router"),
    ("params", {"input_shape": [8, 8, 2], "layers": [{"transposed_conv": {"filters": 1, "kernel": 3, "stride": 2,
                                                                          "output_pad": 2}}]},
     "output_pad: is 2; want less than the stride or the dilation"),
])  # fmt: skip
def test_one_line_says_what_is_wrong(topic: str, given: dict[str, Any], said: str) -> None:
    line = refusal(topic, **given)
    assert said in line and "\n" not in line


def test_a_field_of_a_flag_is_refused_by_its_name() -> None:
    done = run("optimizer", "--w", "1", "--gradients", "1", "--rate", "1", "--momentum", "0.9")
    assert (done.code, done.out) == (2, "")
    assert done.err == "--momentum: belongs to kind momentum, nesterov or rmsprop\n"
    assert run("lstm", "--x", "1,2").err.startswith("nncalc lstm: fields are missing; want all that one form needs")


def test_a_branch_of_the_same_size_may_be_tied_by_the_name_of_its_layer() -> None:
    branches = [[{"dense": {"units": 4}}], [{"tied": {"to": "b1.dense1"}}]]
    assert worked("params", input_shape=[4], layers=[{"parallel": {"branches": branches}}])["params"] == 20


def test_same_leaves_n_times_s_whatever_is_added_at_the_end() -> None:
    given = {"image": [[1, 2], [3, 4]], "filter": [[1, 1, 1], [1, 2, 1], [1, 1, 1]], "transposed": True, "stride": 2,
             "pad": "same"}  # fmt: skip
    spread = np.zeros((6, 6))
    for i in range(2):
        for j in range(2):
            spread[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += np.array(given["image"])[i, j] * np.array(given["filter"])
    assert worked("conv", **given)["Y"] == spread[0:4, 0:4].tolist()
    assert worked("conv", **given, output_pad=1) == {"size": [4, 4], "Y": spread[1:5, 1:5].tolist()}
    layer = {"filters": 1, "kernel": 3, "stride": 2, "pad": "same", "output_pad": 1}
    assert worked("params", input_shape=[2, 2, 1], layers=[{"transposed_conv": layer}])["output"] == [4, 4, 1]


def test_sizes_come_in_the_order_in_which_they_are_given() -> None:
    given = {"input_shape": [3, 32, 32], "channels_first": True}
    trace = solve(problem(yaml_of("params", **given, layers=[{"conv": {"filters": 8, "kernel": 3}}])))
    assert trace.answer["output"].tolist() == [8, 30, 30]
    assert trace.steps[0].title == "conv1: 8 filters of 3 x 3; 3 x 32 x 32 → 8 x 30 x 30"
    assert ("conv1", "8 x 30 x 30", 224, 194400) in trace.overview
    assert worked("params", **given, layers=["flatten"])["output"] == [3072]


def test_a_column_of_scores_is_told_apart_from_a_vector() -> None:
    done = run("softmax", "--x", "2;1;0.1")
    assert done.code == 0 and "one softmax of all: x as one row" in done.out
    assert "as one row" not in run("softmax", "--x", "2,1,0.1").out


def test_help_says_where_a_field_belongs() -> None:
    def said(topic: str, flag: str) -> str:
        words = " ".join(run(topic, "--help").out.split())
        return words[words.rindex(f" --{flag} ") + 1 :].split(" --")[0]

    assert said("gru", "reset").endswith("(default before, for stacked default after)")
    assert said("optimizer", "beta1").endswith("(kind adam, adamw, adamax or nadam; default 0.9)")
    assert "(default 1)" in said("optimizer", "steps")
    assert "a maximum leaves it out" in said("pool", "pad")


def test_the_first_page_of_a_topic_offers_what_fits_it() -> None:
    text = run("new", "optimizer").out
    assert "# beta1:" not in text and "# kind:" in text and "rate_inside, beta1, beta2" in text
