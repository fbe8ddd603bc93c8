"""Problems that many tests use: the notes' exercises with their exact answers, and random ones of every topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

import numpy as np

from nncalc.limits import Permissions
from nncalc.problem.problem import Problem, checked_problem
from nncalc.reading.reader import read_text
from nncalc.topics.parts.activations import Function
from nncalc.topics.parts.losses import LossName
from nncalc.topics.parts.updates import UPDATES

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
    return checked_problem(read_text(text, "p.yaml"), "p.yaml", None, {}, Permissions())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.tolist() if isinstance(value, np.ndarray) else value


def yaml_of(topic: str, **fields: Any) -> str:
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump({"topic": topic, **{k: _plain(v) for k, v in fields.items()}}, Dumper=dumper, sort_keys=False))


class Lazy(Mapping[str, str]):
    """Texts that are made when they are asked for."""

    def __init__(self, makers: dict[str, Callable[[], str]]):
        self.makers = makers

    def __getitem__(self, name: str) -> str:
        return self.makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)


def random_problems(seed: int) -> Mapping[str, str]:
    """One small problem of every topic and form, every option on in one of them."""
    rng = np.random.default_rng(seed)
    n = lambda *shape: np.round(rng.normal(0, 0.8, shape), 3)  # noqa: E731
    signs = lambda *shape: np.where(n(*shape) >= 0, 1, -1)  # noqa: E731
    sizes = lambda count: np.round(rng.uniform(1, 3, (count, 2)), 3)  # noqa: E731
    gates = {f"W_{s}{g}": n(2, 3 if s == "x" else 2) for g in "ifog" for s in "xh"}
    gru = {f"W_{s}{g}": n(2, 3 if s == "x" else 2) for g in "zrn" for s in "xh"}
    zrn = {f"b_{g}": n(2) for g in "zrn"}
    biases = {f"b_{g}": n(2) for g in "ifog"}
    peepholes = {f"p_{g}": n(2) for g in "ifo"}
    layers = [{"W": n(3, 2).tolist(), "b": n(3).tolist(), "activation": "tanh"},
              {"W": n(2, 3).tolist(), "activation": "softmax"}]  # fmt: skip
    return Lazy({
        "softmax": lambda: yaml_of("softmax", x=n(4), jacobian=True, target=2, log=True, temperature=1.5, base=2),
        "softmax rows": lambda: yaml_of("softmax", x=n(2, 3), target=[1, 3], stable=True, log_base=2, jacobian=True),
        "softmax upstream": lambda: yaml_of("softmax", x=n(3), upstream=n(3), log=True, log_base=10),
        "expression": lambda: yaml_of("backprop", expr="sigmoid(x*y) + max(x, z)/(y^2 + 1) - ln(abs(z)*tanh(x)^2)",
                            at=dict(zip("xyz", map(float, rng.uniform(0.3, 1.5, 3)), strict=True))),
        "nodes": lambda: yaml_of("backprop", nodes={"q": "x*y + y", "f": "q*q - sin(x)"}, at={"x": 0.7, "y": -1.2}),
        "network": lambda: yaml_of("backprop", x=n(2), layers=layers, target=2, loss="cross_entropy", rate=0.1, l2=0.02),
        "network samples": lambda: yaml_of("backprop", x=n(3, 2), layers=layers[:1], target=n(3, 3), rate=0.1, steps=2),
        "network binary": lambda: yaml_of("backprop", x=n(2), layers=[{**layers[0], "activation": "sigmoid"}],
                                target=[0, 1, 1], loss="binary_cross_entropy"),
        "conv": lambda: yaml_of("conv", image=n(5, 5), filter=n(2, 2), stride=2, pad=1, upstream=n(3, 3), bias=n(1)),
        "conv channels": lambda: yaml_of("conv", image=n(2, 5, 6), filter=n(4, 1, 2, 3), pad=[1, 0, 2, 1], groups=2, dilation=[1, 2],
                               upstream=n(4, 7, 3), flip=True, activation="tanh", bias=n(4)),
        "conv transposed": lambda: yaml_of("conv", image=n(4, 2, 3), filter=n(4, 1, 2, 2), transposed=True, groups=2, stride=[2, 1], pad=[1, 0],
                                 output_pad=[1, 0], dilation=[1, 2], bias=n(2), upstream=n(2, 3, 5)),
        "conv same": lambda: yaml_of("conv", image=n(3, 4), filter=n(2, 3, 2), pad="same", stride=2, upstream=n(2, 2, 2)),
        "activation": lambda: yaml_of("activation", function=list(get_args(Function)), x=n(2, 3) + 0.0137),
        "activation constants": lambda: yaml_of("activation", function=["elu", "celu", "hard_sigmoid", "silu", "thresholded_relu", "softplus"],
                                      x=n(4) + 0.0137, alpha=0.3, beta=0.7),
        "residual": lambda: yaml_of("residual", x=n(2), layers=[layers[0], {"W": n(3, 3).tolist()}], projection=n(3, 2),
                          activation="tanh", upstream=n(3)),
        "rnn": lambda: yaml_of("rnn", x=n(3, 2), W_xh=n(3, 2), W_hh=n(3, 3), b_h=n(3), h_0=n(3), W_hy=n(2, 3), b_y=n(2), target=n(3, 2),
                     gradient_flow=True, rate=0.1),
        "rnn last": lambda: yaml_of("rnn", x=n(2, 2), W_xh=n(3, 2), W_hh=n(3, 3), W_hy=n(2, 3), output_activation="softmax",
                          h_0=n(3), activation="sigmoid", target=2, loss="cross_entropy", loss_on="last", gradient_flow=True),
        "rnn upstream": lambda: yaml_of("rnn", x=n(2), h_0=n(2), W_xh=n(2, 2), W_hh=n(2, 2), upstream=n(2), gradient_flow=True),
        "attention one": lambda: yaml_of("attention", q=n(3), k=n(4, 3), score="dot", labels=["a", "b", "c", "d"], upstream=n(3)),
        "attention masked": lambda: yaml_of("attention", q=n(3, 2), k=n(3, 2), v=n(3, 4), mask="causal", upstream=n(3, 4)),
        "attention additive": lambda: yaml_of("attention", q=n(2, 3), k=n(3, 2), v=n(3, 2), score="additive", W_q=n(4, 3), W_k=n(4, 2), v_a=n(4),
                                            mask=[[1, 0, 1], [0, 0, 0]], upstream=n(2, 2)),
        "attention additive one": lambda: yaml_of("attention", q=n(3), k=n(3, 2), score="additive", W_q=n(4, 3), W_k=n(4, 2), v_a=n(4), upstream=n(2)),
        "attention general": lambda: yaml_of("attention", q=n(2, 3), k=n(3, 2), v=n(3, 2), score="general", W_a=n(3, 2), softcap=2, stable=True,
                                           scale=0.7, mask=[[0.5, -1, 0], [0, 0.25, -2]], labels=["a", "b", "c"], upstream=n(2, 2)),
        "attention columns": lambda: yaml_of("attention", q=n(2, 3), k=n(2, 3), v=n(4, 3), layout="columns", mask="causal", upstream=n(4, 3), stable=True),
        "attention columns additive": lambda: yaml_of("attention", q=n(3, 2), k=n(2, 3), v=n(2, 3), layout="columns", score="additive", W_q=n(4, 3),
                                                    W_k=n(4, 2), v_a=n(4), upstream=n(2, 2)),
        "attention columns general": lambda: yaml_of("attention", q=n(3), k=n(2, 3), layout="columns", score="general", W_a=n(3, 2), upstream=n(2)),
        "attention grouped": lambda: yaml_of("attention", x=n(3, 4), W_Q=n(4, 8), W_K=n(4, 4), W_V=n(4, 6), W_O=n(12, 3), b_Q=n(8), b_K=n(4), b_V=n(6), b_O=n(3),
                                           heads=4, kv_heads=2, mask="causal", upstream=n(3, 3)),
        "attention cross": lambda: yaml_of("attention", x=n(4, 2), memory=n(3, 3), W_Q=n(2, 4), W_K=n(2, 3), W_V=n(5, 3), W_O=n(4, 5), b_O=n(4), b_V=n(5),
                                         layout="columns", score="dot", softcap=3, upstream=n(4, 2)),
        "attention heads": lambda: yaml_of("attention", x=n(3, 4), W_Q=n(4, 4), W_K=n(4, 4), W_V=n(4, 6), W_O=n(6, 4), heads=2,
                                 upstream=n(3, 4)),
        "attention scaled": lambda: yaml_of("attention", q=n(2, 2), k=n(3, 2), v=n(3, 2), scale=0.3, mask=[[1, 0, 1], [1, 1, 0]],
                                  upstream=n(2, 2)),
        "pool padded": lambda: yaml_of("pool", image=rng.permutation(30).reshape(5, 6) * 0.1, window=3, stride=2, pad=[1, 0], dilation=[1, 2], ceil=True,
                             upstream=n(3, 2)),
        "pool average padded": lambda: yaml_of("pool", image=n(5, 5), window=[3, 2], stride=2, pad=1, kind="average", ceil=True, upstream=n(3, 3)),
        "pool average counted": lambda: yaml_of("pool", image=n(2, 4, 5), window=2, pad=1, kind="average", count_pad=True, upstream=n(2, 3, 3)),
        "pool global": lambda: yaml_of("pool", image=n(2, 3, 2), kind="average", upstream=n(2, 1, 1), **{"global": True}),
        "norm batch": lambda: yaml_of("norm", x=n(4, 2), gamma=n(2), beta=n(2), upstream=n(4, 2), momentum=0.1),
        "norm images": lambda: yaml_of("norm", x=n(2, 3, 2, 2), gamma=n(3), beta=n(3), upstream=n(2, 3, 2, 2)),
        "norm running": lambda: yaml_of("norm", x=n(3, 2), running_mean=n(2), running_var=np.abs(n(2)) + 0.1, gamma=n(2), upstream=n(3, 2)),
        "norm layer": lambda: yaml_of("norm", x=n(3, 4), kind="layer", gamma=n(4), beta=n(4), upstream=n(3, 4), eps=0.001),
        "norm layer axes": lambda: yaml_of("norm", x=n(2, 3, 2), kind="layer", axes=2, gamma=n(3, 2), upstream=n(2, 3, 2)),
        "norm rms": lambda: yaml_of("norm", x=n(2, 4), kind="rms", gamma=n(4), upstream=n(2, 4)),
        "norm instance": lambda: yaml_of("norm", x=n(2, 2, 3), kind="instance", gamma=n(2), beta=n(2), upstream=n(2, 2, 3)),
        "norm group": lambda: yaml_of("norm", x=n(2, 4, 1, 2), kind="group", groups=2, gamma=n(4), beta=n(4), upstream=n(2, 4, 1, 2)),
        **{f"loss {kind}": lambda kind=kind: yaml_of("loss", kind=kind, prediction=rng.uniform(0.05, 0.45, (2, 3)), target=rng.uniform(0.5, 0.95, (2, 3)),
                                 reduction="sum" if kind == "kl" else "mean") for kind in get_args(LossName)},
        **{f"loss {kind}": lambda kind=kind, more=more: yaml_of("loss", kind=kind, prediction=rng.uniform(0.05, 0.45, (2, 3)), target=rng.uniform(0.5, 0.95, (2, 3)), **more)
           for kind, more in {"smooth_l1": {"delta": 0.3}, "js": {"log_base": 2}, "dice": {"smooth": 1}}.items()},
        "loss smoothed": lambda: yaml_of("loss", kind="cross_entropy", prediction=rng.dirichlet(np.ones(3), 3), target=[1, 3, 2], label_smoothing=0.1, log_base=2,
                               ignore_class=2),
        "loss positive": lambda: yaml_of("loss", kind="binary_cross_entropy_with_logits", prediction=n(2, 3), target=[[0, 1, 1], [1, 0, 0]], pos_weight=[1.5, 2, 3], label_smoothing=0.2),
        "loss contrastive": lambda: yaml_of("loss", kind="contrastive", similar=False, a=n(3), b=n(3), margin=9),
        "loss triplet": lambda: yaml_of("loss", kind="triplet", anchor=n(3), positive=n(3), negative=n(3), margin=9),
        "loss pairs": lambda: yaml_of("loss", kind="contrastive", similar=[1, 0, 0], a=n(3, 2), b=n(3, 2), margin=9, reduction="sum"),
        "loss triplets": lambda: yaml_of("loss", kind="triplet", anchor=n(3, 2), positive=n(3, 2), negative=n(3, 2), margin=9, squared=False),
        "loss focal": lambda: yaml_of("loss", kind="focal", prediction=n(2, 3), target=[[0, 1, 1], [1, 0, 0]], logits=True, alpha=0.3, gamma=1.5),
        "loss focal classes": lambda: yaml_of("loss", kind="focal", prediction=rng.dirichlet(np.ones(3), 2), target=[2, 3], alpha=[1, 2, 0.5]),
        "loss of scores": lambda: yaml_of("loss", kind="cross_entropy", prediction=n(3, 3), target=[1, 3, 2], logits=True, label_smoothing=0.1, sample_weights=[1, 2, 0.5],
                                           reduction="weighted_mean"),
        "loss gaussians": lambda: yaml_of("loss", kind="gaussian_kl", mean=n(3), std=np.abs(n(3)) + 0.2, prior_mean=n(3), prior_std=np.abs(n(3)) + 0.2),
        "loss logits": lambda: yaml_of("loss", kind="binary_cross_entropy_with_logits", prediction=n(3), target=[0, 1, 1]),
        "loss classes": lambda: yaml_of("loss", kind="cross_entropy", prediction=rng.dirichlet(np.ones(3), 3), target=[1, 3, 2], class_weights=np.abs(n(3)) + 0.1,
                              ignore_class=2),
        "loss class hinge": lambda: yaml_of("loss", kind="hinge", prediction=n(2, 3).round(2), target=[1, 3], margin=0.7053),
        "loss of each": lambda: yaml_of("loss", kind="huber", prediction=n(2, 3), target=n(2, 3), reduction="none", delta=0.4),
        **{f"optimizer {kind}": lambda kind=kind: yaml_of("optimizer", kind=kind, w=n(2), gradients=n(3, 2), rate=0.1, weight_decay=0.01,
                                                               **({"t_0": 2} if "ada" in kind and kind not in ("adagrad", "adadelta") else {}))
           for kind in UPDATES},
        **{f"optimizer {way}": lambda way=way, more=more: yaml_of("optimizer", w=n(2), gradients=n(3, 2), rate=0.1, kind=way.split()[0], **more)
           for way, more in {"momentum average": {"average": True}, "momentum rate inside": {"rate_inside": True}, "nesterov both": {"average": True, "rate_inside": True},
                             "adam amsgrad": {"amsgrad": True, "eps_inside": True}, "rmsprop centered": {"centered": True, "momentum": 0.5, "m_0": 0.1 * n(2), "v_0": 1 + np.abs(n(2))},
                             "adam eps_hat": {"eps_hat": True}, "nadam schedule": {"momentum_decay": 1, "clip_norm": 0.5}, "adamax clip": {"clip": 0.5, "eps_inside": True},
                             "sgd schedule": {"schedule": {"kind": "cosine", "over": 2, "end": 0.01}}}.items()},
        "optimizer lookahead": lambda: yaml_of("optimizer", expr="x^2 + x*y + y^2", w=n(2), rate=0.1, steps=3, kind="nesterov", nesterov="lookahead"),
        "optimizer rates": lambda: yaml_of("optimizer", rate=0.1, steps=3, schedule={"kind": "exponential", "factor": 0.9, "every": 2}),
        "optimizer average": lambda: yaml_of("optimizer", kind="average", values=n(3, 2), corrected=True),
        "optimizer expression": lambda: yaml_of("optimizer", expr="x^2 + sin(x*w)", w={"x": 0.7, "w": 0.4}, rate=0.1, steps=2, kind="adam", v_0=[0.1, 0.2]),
        "pool max": lambda: yaml_of("pool", image=rng.normal(size=(2, 5, 4)), window=[2, 3], stride=[2, 1], upstream=n(2, 2, 2)),
        "pool average": lambda: yaml_of("pool", image=n(4, 4), window=2, kind="average", upstream=n(2, 2)),
        "perceptron": lambda: yaml_of("perceptron", w=n(2), b=0.3, hidden={"W": n(2, 3).tolist(), "c": n(2).tolist(), "activation": "tanh"},
                            X=n(4, 3), target=[0, 1, 1, 0]),
        "perceptron training": lambda: yaml_of("perceptron", w=n(2), b=0.1, gate="nand", train={"rate": 0.5, "epochs": 2}),
        "params": lambda: yaml_of("params", input_shape=[9, 8, 3], layers=[{"conv": {"filters": 4, "kernel": 3, "pad": 1, "stride": 2}},
                        "relu", {"max_pool": {"window": 2}}, "batch_norm", "flatten", {"dense": {"units": 5}}, "softmax"]),
        "params tokens": lambda: yaml_of("params", more=True, tokens=10**6, layers=[
            {"embedding": {"vocabulary": 50, "dim": 8, "name": "words"}}, {"positions": {"count": 9}},
            {"repeat": {"times": 3, "name": "blocks", "layers": [
                {"residual": {"layers": ["layer_norm", {"attention": {"heads": 2, "kv_heads": 1}}]}},
                {"residual": {"layers": ["rms_norm", {"moe": {"experts": 4, "active": 2, "layers": [
                    {"feed_forward": {"hidden": 16, "activation": "silu", "gated": True, "bias": False}}]}}]}}]}},
            {"gru": {"hidden": 5, "bidirectional": True, "biases": "two"}}, {"lstm": {"hidden": 8, "layers": 3}}, {"tied": {"to": "words", "bias": True}}]),
        "params sequence": lambda: yaml_of("params", input_shape=[6], more=True, layers=[
            {"embedding": {"vocabulary": 20, "dim": 4}}, {"attention": {"heads": 2, "name": "a"}}, {"tied": {"to": "a"}}, "class_token",
            {"attention": {"heads": 2, "memory": "a", "bias": False, "output_bias": True}}, {"conv": {"filters": 6, "kernel": 3}}, {"rnn": {"hidden": 4, "outputs": "last"}},
            {"learned": {"shape": [2, 3]}}, {"dense": {"units": 20}}]),
        "params branches": lambda: yaml_of("params", input_shape=[3, 12, 16], channels_first=True, more=True, layers=[
            {"conv": {"filters": 8, "kernel": [3, 1], "pad": [1, 0, 2, 1], "dilation": 2, "name": "skip"}}, {"max_pool": {"window": 3, "stride": 2, "ceil": True}},
            {"repeat": {"times": 3, "layers": [{"parallel": {"branches": [[], [{"conv": {"filters": 2, "kernel": 3, "pad": "same"}}, "batch_norm"]]}}]}},
            {"residual": {"layers": [{"depthwise": {"kernel": 3, "stride": 2, "pad": 1, "multiplier": 2}}, {"group_norm": {"groups": 4}}], "projection": True}},
            {"parallel": {"join": "multiply", "branches": [["identity"], ["global_avg_pool", {"dense": {"units": 28}}, "sigmoid"]]}},
            {"transposed_conv": {"filters": 4, "kernel": 3, "stride": 2, "pad": 1, "output_pad": 1, "groups": 2}}, {"concat_with": {"layer": "skip"}},
            {"pad_channels": {"to": 16}}, {"upsample": {"scale": 2}}, {"adaptive_avg_pool": {"output": [4, 6]}}, {"patches": {"size": 2, "dim": 4}}, "flatten"]),
        "params told": lambda: yaml_of("params", input_shape=[12, 16, 2], show=["output", "receptive_field", "weights", "neurons", "padding"], layers=[
            {"conv": {"filters": 4, "kernel": 3, "pad": "same"}}, {"max_pool": {"window": 2}}, {"depthwise": {"kernel": [2, 3], "dilation": 2}}, {"pad": {"pad": 1}}, "flatten",
            {"dense": {"units": 3}}]),
        "params cache": lambda: yaml_of("params", input_shape=[6, 8], kv_cache={"tokens": 9, "batch": 2, "bytes": 4}, layers=[{"attention": {"heads": 2}}]),
        "params volume": lambda: yaml_of("params", input_shape=[8, 9, 9, 2], layers=[{"conv3d": {"filters": 4, "kernel": [2, 3, 3], "stride": 2}}, {"avg_pool": {"window": 2}}]),
        "params epochs": lambda: yaml_of("params", examples=1000, batch_size=32, updates=400, drop_last=True),
        "params training": lambda: yaml_of("params", examples=1000, batch_size=32, epochs=5),
        "hopfield": lambda: yaml_of("hopfield", patterns=signs(2, 4), state=signs(4), theta=n(4), rounds=2, scale="units"),
        "hopfield binary": lambda: yaml_of("hopfield", patterns=1 * (n(3, 4) > 0), state=1 * (n(4) > 0), labels="0/1", update="sync", tie="on", scale=0.3,
                              zero_diagonal=False),
        "hopfield weights": lambda: yaml_of("hopfield", W=n(3, 3), state=signs(3), order=[3, 1]),
        "boxes pair": lambda: yaml_of("boxes", boxes=np.hstack([n(2, 2), 2 + sizes(2)])),
        "boxes truth": lambda: yaml_of("boxes", boxes=np.hstack([n(3, 2), sizes(3)]), truth=np.hstack([n(2, 2), sizes(2)]), form="centre", pixels=True),
        "boxes generalized": lambda: yaml_of("boxes", boxes=np.hstack([n(2, 2), 2 + sizes(2)]), giou=True),
        "boxes kept classes": lambda: yaml_of("boxes", boxes=np.hstack([n(3, 2), sizes(3)]), form="size", scores=[0.9, 0.5, 0.7], threshold=0.2, classes=["a", "b", "a"]),
        "boxes kept": lambda: yaml_of("boxes", boxes=np.hstack([n(4, 2), sizes(4)]), form="size", scores=rng.uniform(0.1, 1, 4), threshold=0.2, least_score=0.3, keep=3),
        "decoding beam": lambda: yaml_of("decoding", kind="beam", probabilities=rng.dirichlet(np.ones(3)), transitions=rng.dirichlet(np.ones(3), 3), steps=3),
        "decoding ended": lambda: yaml_of("decoding", kind="beam", probabilities=rng.dirichlet(np.ones(3), 3), end="2", length_penalty=0.7),
        "decoding log": lambda: yaml_of("decoding", probabilities=rng.dirichlet(np.ones(3), 2), log=True),
        "decoding tree": lambda: yaml_of("decoding", kind="beam", tokens=["a", "b"], probabilities={
            key: rng.dirichlet(np.ones(2)).tolist() for key in ("start", "a", "b", "a a", "a b", "b a", "b b")}),
        "decoding top k": lambda: yaml_of("decoding", kind="top_k", probabilities=rng.dirichlet(np.ones(4)), k=3),
        "decoding top p": lambda: yaml_of("decoding", kind="top_p", probabilities=rng.dirichlet(np.ones(4)), p=0.6),
        "decoding perplexity": lambda: yaml_of("decoding", kind="perplexity", probabilities=rng.uniform(0.1, 1, 3)),
        "decoding perplexity of scores": lambda: yaml_of("decoding", logits=n(3, 4), target=[2, 4, 1], mask=[1, 1, 0]),
        "decoding bleu corpus": lambda: yaml_of("decoding", candidates=["the cat sat", "a dog"], references=["the cat is", ["the dog", "a dog"]], n=2,
                                                 weights=[0.3, 0.7], smoothing="add_one"),
        "decoding bleu": lambda: yaml_of("decoding", candidate="the cat the cat on the mat", references=["the cat is on the mat", "there is a cat on the mat"], n=2),
        "posenc": lambda: yaml_of("posenc", d_model=5, positions=3, embedding=n(3, 5)),
        "posenc rotary": lambda: yaml_of("posenc", kind="rotary", q=n(3, 4), k=n(2, 4), key_positions=[1, 4], pairs="halves"),
        "posenc rotary vector": lambda: yaml_of("posenc", kind="rotary", q=n(4), k=n(4), positions=3, theta=n(2)),
        "posenc alibi": lambda: yaml_of("posenc", kind="alibi", heads=2, tokens=["a", "b"], scores=n(2, 2, 2), causal=False),
        "posenc list": lambda: yaml_of("posenc", d_model=4, positions=[1, 7], arrangement="concatenated", base=100),
        "rnn threshold": lambda: yaml_of("rnn", tokens=["b", "a", "b"], vocabulary=["a", "b"], W_xh=n(2, 2), W_hh=n(2, 2), b_h=n(2), activation="softsign", W_hy=n(3, 2)),
        "gru words": lambda: yaml_of("gru", tokens="cab", vocabulary="abc", **gru, **zrn, h_0=n(2), upstream=n(3, 2)),
        "gru": lambda: yaml_of("gru", x=n(3, 3), **gru, **zrn, h_0=n(2), W_hy=n(4, 2), b_y=n(4), output_activation="softmax", target=[1, 4, 2],
                     loss="cross_entropy", rate=0.1),
        "gru after": lambda: yaml_of("gru", x=n(2, 3), **gru, **zrn, b_hn=n(2), reset="after", swap=True, h_0=n(2), upstream=n(2, 2)),
        "gru concatenated": lambda: yaml_of("gru", x=n(2, 3), **{f"W_{g}": n(2, 5) for g in "zrn"}, **zrn, h_0=n(2), upstream=n(2)),
        "gru stacked": lambda: yaml_of("gru", x=n(2, 3), W_ih=n(6, 3), W_hh=n(6, 2), b_ih=n(6), b_hh=n(6), h_0=n(2), upstream=n(2, 2)),
        "gru stacked before": lambda: yaml_of("gru", x=n(3), W_ih=n(6, 3), W_hh=n(6, 2), b_hh=n(6), gate_order="z n r", reset="before", h_0=n(2), target=n(2)),
        "lstm concatenated": lambda: yaml_of("lstm", x=n(2, 3), **{f"W_{g}": n(2, 5) for g in "ifog"}, **biases, concat="xh", h_0=n(2), c_0=n(2),
                                   target=n(2, 2), jacobian=True, rate=0.1),
        "lstm stacked": lambda: yaml_of("lstm", x=n(2, 3), W_ih=n(8, 3), W_hh=n(8, 2), b_ih=n(8), b_hh=n(8), gate_order="i o f g", h_0=n(2), c_0=n(2),
                              upstream=n(2, 2), jacobian=True),
        "lstm": lambda: yaml_of("lstm", x=n(3), **gates, jacobian=True, target=n(2), rate=0.1, h_0=n(2), c_0=n(2)),
        "lstm sequence": lambda: yaml_of("lstm", x=n(3, 3), **gates, **biases, **peepholes, W_hy=n(4, 2), b_y=n(4), jacobian=True, h_0=n(2), c_0=n(2),
                               output_activation="softmax", target=[1, 4, 2], loss="cross_entropy"),
        "lstm upstream": lambda: yaml_of("lstm", x=n(2, 3), **gates, **biases, h_0=n(2), c_0=n(2),
                               upstream={"h": n(2, 2).tolist(), "c": n(2).tolist()}),
    })  # fmt: skip
