"""Sheets with one mistake each for rnn, gru, norm, optimizer and pool, and what each mistake should be called.

All is worked here with NumPy alone; what follows from the mistake is worked on from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from mistakes import sig, soft, windows, yaml

Way = Callable[["Lines"], Any]


class Lines(dict[str, Any]):
    """The lines of a sheet as they are worked; the one with the mistake in the student's way."""

    def __init__(self, line: str = "", way: Way | None = None):
        self.line, self.way = line, way

    def put(self, name: str, right: Any) -> Any:
        self[name] = np.asarray(self.way(self) if name == self.line and self.way else right, dtype=float)
        return self[name]


class Planted(NamedTuple):
    """A mistake in a line of a problem; `hidden`: lines that the student did not write down."""

    topic: str
    line: str
    name: str
    way: Way
    hidden: tuple[str, ...] = ()


x = np.array([[1.1, 2.3], [-1.4, 0.9]])
h_0 = np.array([0.23, 0.14])
W_xh, W_hh = np.array([[0.5, -0.3], [0.4, 0.1]]), np.array([[0.05, -0.12], [0.24, 0.17]])
W_hy = np.array([[0.33, 0.25], [-0.21, 0.42]])
b_h, b_y, target = np.array([0.2, -0.15]), np.array([0.1, 0.3]), np.array([0.4, -0.6])
RNN = yaml("rnn", x=x, h_0=h_0, W_xh=W_xh, W_hh=W_hh, b_h=b_h, W_hy=W_hy, b_y=b_y, target=target,
           loss="half_squared_error", loss_on="last")  # fmt: skip


def rnn(s: Lines) -> Lines:
    s.put("t1.z", W_xh @ x[0] + W_hh @ h_0 + b_h)
    s.put("t1.h", np.tanh(s["t1.z"]))
    s.put("t2.z", W_xh @ x[1] + W_hh @ s["t1.h"] + b_h)
    s.put("t2.h", np.tanh(s["t2.z"]))
    s.put("t2.y", W_hy @ s["t2.h"] + b_y)
    s.put("L", ((s["t2.y"] - target) ** 2).sum() / 2)
    s.put("t2.dL/dy", s["t2.y"] - target)
    s.put("t2.dL/dh", W_hy.T @ s["t2.dL/dy"])
    s.put("t2.dL/dz", s["t2.dL/dh"] * (1 - s["t2.h"] ** 2))
    s.put("t1.dL/dh", W_hh.T @ s["t2.dL/dz"])
    s.put("t1.dL/dz", s["t1.dL/dh"] * (1 - s["t1.h"] ** 2))
    s.put("dL/dW_hh", np.outer(s["t1.dL/dz"], h_0) + np.outer(s["t2.dL/dz"], s["t1.h"]))
    s.put("dL/dW_hy", np.outer(s["t2.dL/dy"], s["t2.h"]))
    return s


xg = np.array([0.5, -0.8])
W = {n: np.array(a) for n, a in {
    "xz": [[0.5, -0.3], [0.4, 0.1]], "hz": [[0.15, 0.24], [-0.2, 0.35]], "xr": [[-0.4, 0.2], [0.3, 0.35]],
    "hr": [[0.45, -0.1], [0.2, 0.31]], "xn": [[-0.5, 0.4], [0.2, -0.3]], "hn": [[0.62, 0.1], [-0.41, 0.55]]}.items()}  # fmt: skip
b = {"z": np.array([0.1, -0.2]), "r": np.array([0.3, 0.15]), "n": np.array([-0.25, 0.4])}
state = np.array([0.63, -0.44])
GRU = yaml("gru", x=xg, h_0=state, **{f"W_{n}": a for n, a in W.items()}, **{f"b_{n}": a for n, a in b.items()})


def gru(s: Lines) -> Lines:
    for gate in "zr":
        s.put(f"z_{gate}", W[f"x{gate}"] @ xg + W[f"h{gate}"] @ state + b[gate])
        s.put(gate, sig(s[f"z_{gate}"]))
    s.put("z_n", W["xn"] @ xg + W["hn"] @ (s["r"] * state) + b["n"])
    s.put("n", np.tanh(s["z_n"]))
    s.put("h", (1 - s["z"]) * s["n"] + s["z"] * state)
    return s


rows = np.array([[0.3, 1.2, -0.7, 2.4], [1.9, -0.4, 0.8, -1.3]])
gamma, beta = np.array([1.1, 0.8, 1.3, 0.9]), np.array([0.2, -0.1, 0.3, 0.4])
NORM = yaml("norm", kind="layer", x=rows, gamma=gamma, beta=beta, eps=0.05)


def column(a: Any) -> Any:
    return np.asarray(a)[:, None]


def norm(s: Lines) -> Lines:
    s.put("mean", rows.mean(1))
    s.put("var", ((rows - column(s["mean"])) ** 2).mean(1))
    s.put("std", np.sqrt(s["var"] + 0.05))
    s.put("x_hat", (rows - column(s["mean"])) / column(s["std"]))
    s.put("y", gamma * s["x_hat"] + beta)
    return s


w, gradients = np.array([0.8, -0.3]), np.array([[0.31, -0.12], [0.22, 0.43]])
ADAM = yaml("optimizer", kind="adam", w=w, gradients=gradients, rate=0.1, beta1=0.8, beta2=0.9, eps=0.001)


def adam(s: Lines) -> Lines:
    m, v, at = np.zeros(2), np.zeros(2), w
    for t, g in enumerate(gradients, 1):
        m = s.put(f"t{t}.m", 0.8 * m + 0.2 * g)
        v = s.put(f"t{t}.v", 0.9 * v + 0.1 * g**2)
        s.put(f"t{t}.m_hat", m / (1 - 0.8**t))
        s.put(f"t{t}.v_hat", v / (1 - 0.9**t))
        at = s.put(f"t{t}.w", at - 0.1 * s[f"t{t}.m_hat"] / (np.sqrt(s[f"t{t}.v_hat"]) + 0.001))
    return s


image = np.array(
    [[1.2, 3.4, 0.7, 2.1, 5.6], [4.5, 2.2, 1.9, 3.3, 0.8], [0.4, 5.1, 2.6, 1.3, 4.9], [3.7, 0.9, 4.8, 2.5, 1.7],
     [2.9, 1.4, 3.8, 0.5, 6.2]]
)  # fmt: skip
above = np.array([[0.31, -0.42], [0.53, 0.64]])
POOL = yaml("pool", image=image[:4, :4], window=2, stride=2, upstream=above)
LARGE = yaml("pool", image=image, window=3, stride=1, pad=1)
AVERAGE = yaml("pool", image=image, window=2, stride=1, kind="average")
LOWEST = -1e9


def largest(a: Any, size: int, stride: int, pad: int = 0, of: Any = np.max) -> Any:
    """The largest of each window; nothing is larger than the padding."""
    return windows(np.pad(a, pad, constant_values=LOWEST), np.ones((size, size)), stride, 0, of=of)


def routed(places: list[tuple[int, int]]) -> Any:
    grid = np.zeros((4, 4))
    for place, g in zip(places, above.ravel(), strict=True):
        grid[place] += g
    return grid


def pool(s: Lines) -> Lines:
    s.put("Y", largest(image[:4, :4], 2, 2))
    s.put("dL/dX", routed([(1, 0), (1, 3), (2, 1), (3, 2)]))
    return s


def large(s: Lines) -> Lines:
    s.put("Y", largest(image, 3, 1, 1))
    return s


def average(s: Lines) -> Lines:
    s.put("Y", largest(image, 2, 1, of=np.mean))
    return s


TOPICS: dict[str, tuple[str, Callable[[Lines], Lines]]] = {
    "rnn": (RNN, rnn), "gru": (GRU, gru), "norm": (NORM, norm), "optimizer": (ADAM, adam),
    "pool": (POOL, pool), "pool padded": (LARGE, large), "pool averaged": (AVERAGE, average),
}  # fmt: skip
ZS = ("z_z", "z_r", "z_n")


def unlike(s: Lines) -> Any:
    """The recurrent term without the reset gate."""
    return np.tanh(W["xn"] @ xg + W["hn"] @ state + b["n"])


PLANTED = [
    Planted("rnn", "t1.z", "bias ignored", lambda s: W_xh @ x[0] + W_hh @ h_0),
    Planted("rnn", "t1.z", "initial state ignored", lambda s: W_xh @ x[0] + b_h),
    Planted("rnn", "t1.z", "matrix transposed", lambda s: W_xh.T @ x[0] + W_hh.T @ h_0 + b_h),
    Planted("rnn", "t2.h", "another time step", lambda s: np.tanh(W_xh @ x[1] + W_hh @ h_0 + b_h), ("t2.z",)),
    Planted("rnn", "t1.h", "sigmoid for tanh", lambda s: sig(s["t1.z"])),
    Planted("rnn", "t2.h", "function left out", lambda s: s["t2.z"]),
    Planted("rnn", "t2.y", "softmax at the end", lambda s: soft(W_hy @ s["t2.h"] + b_y)),
    Planted("rnn", "L", "another loss", lambda s: ((s["t2.y"] - target) ** 2).sum()),
    Planted("rnn", "t2.dL/dh", "matrix transposed", lambda s: W_hy @ s["t2.dL/dy"]),
    Planted("rnn", "t2.dL/dz", "derivative of another function", lambda s: s["t2.dL/dh"] * s["t2.h"] * (1 - s["t2.h"])),
    Planted("rnn", "t1.dL/dz", "derivative forgotten", lambda s: s["t1.dL/dh"]),
    Planted("rnn", "t1.dL/dh", "another value", lambda s: W_hh.T @ s["t2.dL/dh"]),
    Planted("rnn", "dL/dW_hh", "all one step later",
            lambda s: np.outer(s["t1.dL/dz"], s["t1.h"]) + np.outer(s["t2.dL/dz"], s["t2.h"])),
    Planted("rnn", "dL/dW_hy", "two values exchanged", lambda s: np.outer(s["t2.h"], s["t2.dL/dy"])),
    Planted("gru", "z", "bias ignored", lambda s: sig(W["xz"] @ xg + W["hz"] @ state), ZS),
    Planted("gru", "r", "initial state ignored", lambda s: sig(W["xr"] @ xg + b["r"]), ZS),
    Planted("gru", "z_z", "matrix transposed", lambda s: W["xz"] @ xg + W["hz"].T @ state + b["z"]),
    Planted("gru", "r", "tanh for sigmoid", lambda s: np.tanh(s["z_r"])),
    Planted("gru", "n", "sigmoid for tanh", lambda s: sig(s["z_n"])),
    Planted("gru", "n", "factor left out", unlike, ZS),
    Planted("gru", "n", "reset elsewhere", lambda s: np.tanh(W["xn"] @ xg + s["r"] * (W["hn"] @ state) + b["n"]), ZS),
    Planted("gru", "z_n", "another value", lambda s: W["xn"] @ xg + W["hn"] @ (s["z"] * state) + b["n"]),
    Planted("gru", "h", "update gate turned round", lambda s: s["z"] * s["n"] + (1 - s["z"]) * state),
    Planted("gru", "h", "another value", lambda s: (1 - s["r"]) * s["n"] + s["r"] * state, ZS),
    Planted("norm", "var", "divided by one less", lambda s: rows.var(1, ddof=1)),
    Planted("norm", "var", "term left out", lambda s: (rows**2).mean(1)),
    Planted("norm", "var", "divisor left out", lambda s: ((rows - column(s["mean"])) ** 2).sum(1)),
    Planted("norm", "mean", "divisor left out", lambda s: rows.sum(1)),
    Planted("norm", "std", "function left out", lambda s: s["var"] + 0.05),
    Planted("norm", "std", "eps ignored", lambda s: np.sqrt(s["var"])),
    Planted("norm", "x_hat", "normalized along another axis",
            lambda s: (rows - rows.mean(0)) / np.sqrt(rows.var(0) + 0.05), ("mean", "var", "std")),
    Planted("norm", "x_hat", "another value", lambda s: (rows - column(s["mean"])) / column(s["var"])),
    Planted("norm", "x_hat", "term left out", lambda s: rows / column(s["std"])),
    Planted("norm", "y", "factor left out", lambda s: s["x_hat"] + beta),
    Planted("norm", "y", "term left out", lambda s: gamma * s["x_hat"]),
    Planted("norm", "y", "two values exchanged", lambda s: beta * s["x_hat"] + gamma),
    Planted("optimizer", "t1.m", "betas exchanged", lambda s: 0.1 * gradients[0]),
    Planted("optimizer", "t2.v", "square forgotten", lambda s: 0.9 * s["t1.v"] + 0.1 * gradients[1]),
    Planted("optimizer", "t2.m", "factor left out", lambda s: 0.8 * s["t1.m"] + gradients[1]),
    Planted("optimizer", "t2.m", "term left out", lambda s: 0.2 * gradients[1]),
    Planted("optimizer", "t2.m_hat", "exponent left out", lambda s: s["t2.m"] / (1 - 0.8)),
    Planted("optimizer", "t1.w", "value before its function",
            lambda s: w - 0.1 * s["t1.m"] / (np.sqrt(s["t1.v_hat"]) + 0.001)),
    Planted("optimizer", "t1.w", "function left out", lambda s: w - 0.1 * s["t1.m_hat"] / (s["t1.v_hat"] + 0.001)),
    Planted("optimizer", "t2.w", "sign of a term",
            lambda s: s["t1.w"] + 0.1 * s["t2.m_hat"] / (np.sqrt(s["t2.v_hat"]) + 0.001)),
    Planted("optimizer", "t2.w", "factor left out",
            lambda s: s["t1.w"] - s["t2.m_hat"] / (np.sqrt(s["t2.v_hat"]) + 0.001)),
    Planted("optimizer", "t2.w", "another time step",
            lambda s: w - 0.1 * s["t2.m_hat"] / (np.sqrt(s["t2.v_hat"]) + 0.001)),
    Planted("pool", "Y", "another pooling", lambda s: largest(image[:4, :4], 2, 2, of=np.mean)),
    Planted("pool", "Y", "max for min", lambda s: largest(image[:4, :4], 2, 2, of=np.min)),
    Planted("pool", "Y", "stride ignored", lambda s: largest(image[:4, :4], 2, 1)),
    Planted("pool", "Y", "result transposed", lambda s: largest(image[:4, :4], 2, 2).T),
    Planted("pool", "dL/dX", "gradient at the wrong cell", lambda s: routed([(0, 0), (0, 2), (2, 0), (2, 2)])),
    Planted("pool", "dL/dX", "another pooling", lambda s: np.kron(above, np.full((2, 2), 0.25))),
    Planted("pool", "dL/dX", "gradient at the wrong cell", lambda s: np.kron(above, np.ones((2, 2)))),
    Planted("pool padded", "Y", "padding ignored", lambda s: largest(image, 3, 1)),
    Planted("pool averaged", "Y", "another pooling", lambda s: largest(image, 2, 1)),
    Planted("pool averaged", "Y", "divisor left out", lambda s: largest(image, 2, 1, of=np.sum)),
]  # fmt: skip


def sheet(one: Planted) -> dict[str, Any]:
    """What the student writes down."""
    lines = TOPICS[one.topic][1](Lines(one.line, one.way))
    return {name: array for name, array in lines.items() if name not in one.hidden}
