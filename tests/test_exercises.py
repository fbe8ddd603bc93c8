"""The lecture notes' exercises against their exact answers, recomputed by hand from the readings."""

from __future__ import annotations

import numpy as np
import pytest
from examples import CHAIN, GRID, LSTM, MAZUR, NEURON, problem

from nncalc.names import value_of
from nncalc.running import solve

EDGES = """
topic: conv
image: [[3, 0, 1, 2, 7, 4], [1, 5, 8, 9, 3, 1], [2, 7, 2, 5, 1, 3], [0, 1, 3, 1, 7, 8], [4, 2, 1, 6, 2, 8], [2, 4, 5, 2, 3, 9]]
filter: [[1, 0, -1], [1, 0, -1], [1, 0, -1]]
"""

RNN = """
topic: rnn
x: [[1, 2], [-1, 1]]
W_xh: [[0.5, -0.3], [0.8, 0.2], [0.1, 0.4]]
W_hh: [[0.1, 0.4, 0], [-0.2, 0.3, 0.2], [0.05, -0.1, 0.2]]
W_hy: [[1, -1, 0.5], [0.5, 0.5, -0.5]]
gradient_flow: yes
"""
PLAYING = """
topic: attention
q: [[0.212, 0.04, 0.63, 0.36], [0.1, 0.14, 0.86, 0.77]]
k: [[0.31, 0.84, 0.963, 0.57], [0.45, 0.94, 0.73, 0.58]]
v: [[0.36, 0.83, 0.1, 0.38], [0.31, 0.36, 0.19, 0.72]]
"""

ANSWERS = [
    ("softmax", "topic: softmax\nx: [2.0, 1.0, 0.1]", {"Z": 11.212509, "s": [0.659001, 0.242433, 0.098566]}),
    ("jacobian", "topic: softmax\nx: [2.0, 1.0, 0.1]\njacobian: yes",
     {"J": [[0.224719, -0.159764, -0.064955], [-0.159764, 0.183659, -0.023896], [-0.064955, -0.023896, 0.088851]]}),
    ("product", "topic: backprop\nexpr: (x + y)*z\nat: {x: -2, y: 5, z: -4}",
     {"f1": 3, "f": -12, "df/df1": -4, "df/dx": -4, "df/dy": -4, "df/dz": 3}),
    ("sum", "topic: backprop\nnodes: {q: y*z, f: x + q}\nat: {x: -2, y: 5, z: -4}",
     {"q": -20, "f": -22, "df/dx": 1, "df/dy": -4, "df/dz": 5}),
    ("neuron", NEURON, {"f": 0.731059, "df/dw0": -0.196612, "df/dx0": 0.393224, "df/dw1": -0.393224,
                        "df/dx1": -0.589836, "df/dw2": 0.196612, "df8/df7": -0.534447}),
    ("max", 'topic: backprop\nexpr: "2*(x*y + max(z, w))"\nat: {x: 3, y: -4, z: 2, w: -1}',
     {"f": -20, "df/dx": -8, "df/dy": 6, "df/dz": 2, "df/dw": 0}),
    ("min", 'topic: backprop\nexpr: "2*(x*y + min(z, w))"\nat: {x: 3, y: -4, z: 2, w: -1}',
     {"f": -26, "df/dz": 0, "df/dw": 2}),
    ("chain", CHAIN, {"z1": [0.5], "z2": [0.311230], "z3": [0.288593], "a1": [0.622459], "a2": [0.577185], "a3": [0.571652],
                      "L": 0.091741, "dL/da3": [-0.428348], "dL/dz3": [-0.104888], "dL/dz2": [-0.012799],
                      "dL/dz1": [-0.001504]}),
    ("edges", EDGES, {"Y": [[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]}),
    ("filter A", GRID + "filter: [[1, 1], [0, 1]]", {"size": [3, 3], "Y": [[2, 7, 6], [9, 23, 23], [11, 12, 15]]}),
    ("filter B", GRID + "filter: [[1, -1], [0, -1]]", {"Y": [[-2, -7, -6], [-9, -11, -7], [-11, 4, -3]]}),
    ("lstm", LSTM, {"z_i": [0.3, 0.195], "i": [0.574443, 0.548596], "z_f": [-0.23, 0.13], "f": [0.442752, 0.532454],
                    "z_o": [0.13, -0.14], "o": [0.532454, 0.465057], "z_g": [-0.28, 0.135], "g": [-0.272905, 0.134186],
                    "c": [-0.068218, -0.032877], "h": [-0.036267, -0.015284]}),
    ("rnn", RNN, {"t1.h": [-0.099668, 0.833655, 0.716298], "t1.y": [-0.575174, 0.008844],
                  "t2.z": [-0.476505, -0.186710, 0.354911], "t2.h": [-0.443440, -0.184571, 0.340723],
                  "t2.y": [-0.088508, -0.484367],
                  "t2.dh/dh_prev": [[0.080336, 0.321344, 0], [-0.193187, 0.289780, 0.193187], [0.044195, -0.088391, 0.176782]]}),
    ("encoder", "topic: attention\nq: [1, 0, 1]\nk: [[1, 0, 1], [0, 1, 1], [1, 1, 0]]\nscore: dot",
     {"S": [2, 1, 1], "A": [0.576117, 0.211942, 0.211942], "Z": [0.788058, 0.423883, 0.788058]}),
    ("retrieval", "topic: attention\nq: [1.0, 0.3, 0.5]\nk: [[1.0, 0.5, 0.2], [0.3, 0, 0.1], [0.9, 0.4, 0.8]]\nscore: dot\n"
     "labels: [Die Hard, Titanic, John Wick]", {"S": [1.25, 0.35, 1.42], "ranking": [3, 1, 2]}),
    ("playing outside", PLAYING, {"S": [[0.91121, 0.8017], [1.41568, 1.251]], "S_scaled": [[0.455605, 0.40085], [0.70784, 0.6255]],
                                  "A": [[0.513685, 0.486315], [0.520573, 0.479427]],
                                  "Z": [[0.335684, 0.601432, 0.143768, 0.545347], [0.336029, 0.604669, 0.143148, 0.543005]]}),
    ("robot", "topic: posenc\nd_model: 4\npositions: 4\ntokens: [I, am, a, robot]",
     {"PE": [[0, 1, 0, 1], [0.841471, 0.540302, 0.01, 0.99995], [0.909297, -0.416147, 0.019999, 0.9998],
             [0.14112, -0.989992, 0.029996, 0.99955]]}),
    ("tanh", "topic: activation\nfunction: [tanh, sigmoid, relu, leaky_relu]\nx: [0.5, -1]",
     {"tanh.y": [0.462117, -0.761594], "tanh.dy": [0.786448, 0.419974], "sigmoid.dy": [0.235004, 0.196612],
      "relu.dy": [1, 0], "leaky_relu.y": [0.5, -0.01], "leaky_relu.dy": [1, 0.01]}),
    # Matt Mazur, "A Step by Step Backpropagation Example"; what he prints has nine decimals.
    ("2-2-2", MAZUR, {"a1": [0.593269992, 0.596884378], "a2": [0.75136507, 0.772928465], "L": 0.298371109,
                      "W2_new": [[0.35891648, 0.408666186], [0.511301270, 0.561370121]],
                      "W1_new": [[0.149780716, 0.19956143], [0.24975114, 0.29950229]]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answers"), [pytest.param(t, a, id=name) for name, t, a in ANSWERS])
def test_exact_answers(text: str, answers: dict[str, object]) -> None:
    trace = solve(problem(text))
    for name, expected in answers.items():
        np.testing.assert_allclose(value_of(trace, name), expected, rtol=0, atol=6e-7, err_msg=name)


def test_two_filters_at_once_are_each_ones_answer() -> None:
    both = solve(problem(GRID + "filter: [[[1, 1], [0, 1]], [[1, -1], [0, -1]]]"))
    one = solve(problem(GRID + "filter: [[1, -1], [0, -1]]"))
    np.testing.assert_array_equal(both["Y"].array[1], one["Y"].array)


def test_gradients_vanish_by_the_layer() -> None:
    trace = solve(problem(CHAIN))
    slopes = [abs(float(trace[f"dL/dz{k}"].array[0])) for k in (1, 2, 3)]
    assert 7 < slopes[1] / slopes[0] < 9 and 7 < slopes[2] / slopes[1] < 9
