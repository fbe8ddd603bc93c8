"""Problems that many tests use: the notes' exercises with their exact answers, and random ones of every topic."""

from __future__ import annotations

from typing import Any

import numpy as np

from nncalc.problem import Problem, check
from nncalc.reading.limits import Rules
from nncalc.reading.reader import read_text

LSTM = """
topic: lstm
x: [0.5, -0.1]
h_0: [0, 0.1]
c_0: [0.2, -0.2]
W_xi: [[0.5, -0.3], [0.4, 0.1]]
W_hi: [[0.1, 0.2], [-0.2, 0.05]]
W_xf: [[-0.4, 0.2], [0.3, 0.3]]
W_hf: [[0.05, -0.1], [0.2, 0.1]]
W_xo: [[0.3, 0.25], [-0.2, 0.2]]
W_ho: [[0.15, 0.05], [0.1, -0.2]]
W_xg: [[-0.5, 0.4], [0.2, -0.3]]
W_hg: [[0.2, 0.1], [-0.1, 0.05]]
"""
GRID = """
topic: conv
image: [[2, 3, 7, 4, 6], [6, 6, 9, 8, 7], [3, 4, 8, 3, 8], [7, 8, 3, 6, 6], [4, 2, 1, 8, 3]]
stride: 2
pad: 1
"""
CHAIN = """
topic: backprop
x: [1]
layers: [{W: [[0.5]], activation: sigmoid}, {W: [[0.5]], activation: sigmoid}, {W: [[0.5]], activation: sigmoid}]
target: [1]
"""
NEURON = """
topic: backprop
expr: 1/(1 + exp(-(w0*x0 + w1*x1 + w2)))
at: {w0: 2, x0: -1, w1: -3, x1: -2, w2: -3}
"""
MAZUR = """
topic: backprop
x: [0.05, 0.10]
layers:
  - {W: [[0.15, 0.20], [0.25, 0.30]], b: [0.35, 0.35], activation: sigmoid}
  - {W: [[0.40, 0.45], [0.50, 0.55]], b: [0.60, 0.60], activation: sigmoid}
target: [0.01, 0.99]
rate: 0.5
"""


def problem(text: str) -> Problem:
    """A problem from its YAML."""
    return check(read_text(text, "p.yaml"), "p.yaml", None, {}, Rules())


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _yaml(topic: str, **fields: Any) -> str:
    import yaml

    return str(yaml.safe_dump({"topic": topic, **{k: _plain(v) for k, v in fields.items()}}, sort_keys=False))


def random_problems(seed: int) -> dict[str, str]:
    """One small problem of every topic and form, every option on in one of them."""
    rng = np.random.default_rng(seed)
    n = lambda *shape: np.round(rng.normal(0, 0.8, shape), 3)  # noqa: E731
    gates = {f"W_{s}{g}": n(2, 3 if s == "x" else 2) for g in "ifog" for s in "xh"}
    biases = {f"b_{g}": n(2) for g in "ifog"}
    peepholes = {f"p_{g}": n(2) for g in "ifo"}
    layers = [{"W": n(3, 2).tolist(), "b": n(3).tolist(), "activation": "tanh"},
              {"W": n(2, 3).tolist(), "activation": "softmax"}]  # fmt: skip
    return {
        "softmax": _yaml("softmax", x=n(4), jacobian=True, target=2, log=True, temperature=1.5, base=2),
        "softmax rows": _yaml("softmax", x=n(2, 3), target=[1, 3], stable=True, log_base=2),
        "softmax upstream": _yaml("softmax", x=n(3), upstream=n(3), log=True, log_base=10),
        "expression": _yaml("backprop", expr="sigmoid(x*y) + max(x, z)/(y^2 + 1) - ln(abs(z)*tanh(x)^2)",
                            at=dict(zip("xyz", map(float, rng.uniform(0.3, 1.5, 3)), strict=True))),
        "nodes": _yaml("backprop", nodes={"q": "x*y + y", "f": "q*q - sin(x)"}, at={"x": 0.7, "y": -1.2}),
        "network": _yaml("backprop", x=n(2), layers=layers, target=2, loss="cross_entropy", rate=0.1, l2=0.02),
        "network samples": _yaml("backprop", x=n(3, 2), layers=layers[:1], target=n(3, 3), rate=0.1, steps=2),
        "network binary": _yaml("backprop", x=n(2), layers=[{**layers[0], "activation": "sigmoid"}],
                                target=[0, 1, 1], loss="binary_cross_entropy"),
        "conv": _yaml("conv", image=n(5, 5), filter=n(2, 2), stride=2, pad=1, upstream=n(3, 3), bias=n(1)),
        "conv channels": _yaml("conv", image=n(2, 5, 6), filter=n(4, 1, 2, 3), pad=[1, 0, 2, 1], groups=2, dilation=[1, 2],
                               upstream=n(4, 7, 3), flip=True, activation="tanh", bias=n(4)),
        "activation": _yaml("activation", function=["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "silu", "softsign",
                            "abs", "exp", "log_sigmoid", "tanhshrink", "relu6", "step", "identity"], x=n(2, 3) + 0.01),
        "residual": _yaml("residual", x=n(2), layers=[layers[0], {"W": n(3, 3).tolist()}], projection=n(3, 2),
                          activation="tanh", upstream=n(3)),
        "rnn": _yaml("rnn", x=n(3, 2), W_xh=n(3, 2), W_hh=n(3, 3), b_h=n(3), h_0=n(3), W_hy=n(2, 3), b_y=n(2), target=n(3, 2),
                     gradient_flow=True, rate=0.1),
        "rnn last": _yaml("rnn", x=n(2, 2), W_xh=n(3, 2), W_hh=n(3, 3), W_hy=n(2, 3), output_activation="softmax",
                          h_0=n(3), activation="sigmoid", target=2, loss="cross_entropy", loss_on="last", gradient_flow=True),
        "rnn upstream": _yaml("rnn", x=n(2), h_0=n(2), W_xh=n(2, 2), W_hh=n(2, 2), upstream=n(2), gradient_flow=True),
        "attention one": _yaml("attention", q=n(3), k=n(4, 3), score="dot", labels=["a", "b", "c", "d"], upstream=n(3)),
        "attention masked": _yaml("attention", q=n(3, 2), k=n(3, 2), v=n(3, 4), mask="causal", upstream=n(3, 4)),
        "attention heads": _yaml("attention", x=n(3, 4), W_Q=n(4, 4), W_K=n(4, 4), W_V=n(4, 6), W_O=n(6, 4), heads=2,
                                 upstream=n(3, 4)),
        "attention scaled": _yaml("attention", q=n(2, 2), k=n(3, 2), v=n(3, 2), scale=0.3, mask=[[1, 0, 1], [1, 1, 0]],
                                  upstream=n(2, 2)),
        "pool max": _yaml("pool", image=rng.normal(size=(2, 5, 4)), window=[2, 3], stride=[2, 1], upstream=n(2, 2, 2)),
        "pool average": _yaml("pool", image=n(4, 4), window=2, kind="average", upstream=n(2, 2)),
        "perceptron": _yaml("perceptron", w=n(2), b=0.3, hidden={"W": n(2, 3).tolist(), "c": n(2).tolist(), "activation": "tanh"},
                            X=n(4, 3), target=[0, 1, 1, 0]),
        "perceptron training": _yaml("perceptron", w=n(2), b=0.1, gate="nand", train={"rate": 0.5, "epochs": 2}),
        "params": _yaml("params", input_shape=[9, 8, 3], layers=[{"conv": {"filters": 4, "kernel": 3, "pad": 1, "stride": 2}},
                        "relu", {"max_pool": {"window": 2}}, "batch_norm", "flatten", {"dense": {"units": 5}}, "softmax"]),
        "params training": _yaml("params", examples=1000, batch_size=32, epochs=5),
        "posenc": _yaml("posenc", d_model=5, positions=3, embedding=n(3, 5)),
        "posenc list": _yaml("posenc", d_model=4, positions=[1, 7], arrangement="concatenated", base=100),
        "lstm": _yaml("lstm", x=n(3), **gates, jacobian=True, target=n(2), rate=0.1, h_0=n(2), c_0=n(2)),
        "lstm sequence": _yaml("lstm", x=n(3, 3), **gates, **biases, **peepholes, W_hy=n(4, 2), b_y=n(4), jacobian=True, h_0=n(2), c_0=n(2),
                               output_activation="softmax", target=[1, 4, 2], loss="cross_entropy"),
        "lstm upstream": _yaml("lstm", x=n(2, 3), **gates, **biases, h_0=n(2), c_0=n(2),
                               upstream={"h": n(2, 2).tolist(), "c": n(2).tolist()}),
    }  # fmt: skip
