"""A fixture for every named wrong procedure: a problem, a line, and the numbers of who makes that mistake.

The numbers are worked here with NumPy alone, as the student would.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from examples import MAZUR


class Fixture(NamedTuple):
    """`wrong` stands in the line `line`; `sheet` are other lines of the sheet."""

    problem: str
    line: str
    wrong: Any
    sheet: dict[str, Any] | None = None


def yaml(topic: str, **fields: Any) -> str:
    def plain(value: Any) -> Any:
        return value.tolist() if isinstance(value, np.ndarray) else value

    return "\n".join([f"topic: {topic}", *(f"{name}: {plain(value)}" for name, value in fields.items())]).replace(
        "'", '"'
    )


def sig(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def soft(z: Any, axis: int = -1) -> Any:
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


def windows(image: Any, filter: Any, stride: int = 1, pad: Any = 0, dilation: int = 1, of: Any = np.sum) -> Any:
    """Cross-correlation by loops (`of` what is done with each window times the filter)."""
    sides = [(pad, pad)] * 2 if isinstance(pad, int) else pad
    image = np.pad(image, sides)
    f = [(n - 1) * dilation + 1 for n in filter.shape]
    rows, columns = ((n - k) // stride + 1 for n, k in zip(image.shape, f, strict=True))
    cut = [[image[i * stride : i * stride + f[0] : dilation, j * stride : j * stride + f[1] : dilation]
            for j in range(columns)] for i in range(rows)]  # fmt: skip
    return np.array([[of(w * filter) for w in row] for row in cut])


x = np.array([1.3, 0.4, -0.7])
e = np.exp(x)
s = e / e.sum()
SOFT = yaml("softmax", x=x, jacobian="yes")
WARM = yaml("softmax", x=x, temperature=2.5)
diagonal = np.diag(s * (1 - s)) - np.outer(s, s) * (1 - np.eye(3))

Q, K, V = (np.array(a) for a in ([[0.3, -0.2, 0.7], [0.5, 0.9, -0.4], [0.1, 0.6, 0.8]], [[0.2, 0.8, -0.5], [-0.6, 0.4, 0.9], [0.7, -0.3, 0.25]],
                                 [[1.1, -0.2], [0.35, 0.6], [-0.75, 0.45]]))  # fmt: skip
S = Q @ K.T
GIVEN = yaml("attention", q=Q, k=K, v=V)
PAIR = yaml("attention", q=Q, k=K[:2], v=V[:2])
CAUSAL = yaml("attention", q=Q, k=K, v=V, mask="causal")
HEADS = yaml("attention", x=Q, W_Q=K[:, :2] + 0.3, W_K=K[:, 1:] - 0.2, W_V=V.round(2), heads=2)
XQ, XK, XV = Q @ (K[:, :2] + 0.3), Q @ (K[:, 1:] - 0.2), Q @ V

image = np.array(
    [
        [2.1, 3.4, 7.3, 4.2, 6.7],
        [6.5, 6.1, 9.2, 8.8, 7.7],
        [3.9, 4.3, 8.2, 3.1, 8.4],
        [7.6, 8.7, 3.2, 6.3, 6.9],
        [4.4, 2.2, 1.6, 8.1, 3.3],
    ]
)
filter = np.array([[1.2, -0.7], [0.4, -1.1]])
STRIDED = yaml("conv", image=image, filter=filter, stride=2, pad=2, bias=[0.35])
DILATED = yaml("conv", image=image, filter=filter, dilation=2)
POOL = yaml("pool", image=image, window=2, stride=2)
AVERAGE = yaml("pool", image=image, window=2, stride=2, pad=1, kind="average")

xl, h0, c0 = np.array([0.5, -0.1]), np.array([0.23, 0.14]), np.array([0.27, -0.36])
W = {name: np.array(a) for name, a in {
    "xi": [[0.5, -0.3], [0.4, 0.1]], "hi": [[0.15, 0.2], [-0.2, 0.05]], "xf": [[-0.4, 0.2], [0.3, 0.35]], "hf": [[0.05, -0.1], [0.2, 0.1]],
    "xo": [[0.3, 0.25], [-0.2, 0.2]], "ho": [[0.15, 0.05], [0.1, -0.2]], "xg": [[-0.5, 0.4], [0.2, -0.3]], "hg": [[0.2, 0.1], [-0.1, 0.05]]}.items()}  # fmt: skip
b = {
    "i": np.array([0.11, -0.07]),
    "f": np.array([0.62, 0.31]),
    "o": np.array([0.17, -0.29]),
    "g": np.array([-0.13, 0.19]),
}
LSTM = yaml("lstm", x=xl, h_0=h0, c_0=c0, **{f"W_{n}": a for n, a in W.items()}, **{f"b_{n}": a for n, a in b.items()})
z = {g: W["x" + g] @ xl + W["h" + g] @ h0 + b[g] for g in "ifog"}
i, f, o, g = sig(z["i"]), sig(z["f"]), sig(z["o"]), np.tanh(z["g"])
c = f * c0 + i * g
W_ih, W_hh = (np.concatenate([W[k + n] for n in "ifgo"]) for k in "xh")
STACKED = yaml("lstm", x=xl, h_0=h0, c_0=c0, W_ih=W_ih, W_hh=W_hh)
JOINED = yaml("lstm", x=xl, h_0=h0, c_0=c0, **{f"W_{n}": np.hstack([W["h" + n], W["x" + n]]) for n in "ifog"})
GRU = yaml("gru", x=xl, h_0=h0, W_xz=W["xi"], W_hz=W["hi"], W_xr=W["xf"], W_hr=W["hf"], W_xn=W["xg"], W_hn=W["hg"])
gz, gr = sig(W["xi"] @ xl + W["hi"] @ h0), sig(W["xf"] @ xl + W["hf"] @ h0)
gn = np.tanh(W["xg"] @ xl + W["hg"] @ (gr * h0))
gn_after = np.tanh(W["xg"] @ xl + gr * (W["hg"] @ h0))

xs = np.array([[1.1, 2.3], [-1.4, 0.9], [0.6, -0.8]])
RNN = yaml("rnn", x=xs, h_0=h0, W_xh=W["xi"], W_hh=W["hf"], W_hy=W["xo"])
h1 = np.tanh(W["xi"] @ xs[0] + W["hf"] @ h0)
h2 = np.tanh(W["xi"] @ xs[1] + W["hf"] @ h1)

RNN_LOSS = yaml(
    "rnn",
    x=xs[:2],
    h_0=h0,
    W_xh=W["xi"],
    W_hh=W["hf"],
    W_hy=W["xo"],
    target=[0.4, -0.6],
    loss="half_squared_error",
    loss_on="last",
)
dy = W["xo"] @ h2 - [0.4, -0.6]
dz2 = W["xo"].T @ dy * (1 - h2**2)
dz1 = W["hf"].T @ dz2 * (1 - h1**2)

W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
a1 = sig(W1 @ [0.05, 0.1] + 0.35)
a2 = sig(W2 @ a1 + 0.6)
d2 = (a2 - [0.01, 0.99]) * a2 * (1 - a2)
W2_new = W2 - 0.5 * np.outer(d2, a1)
RELU = """
topic: backprop
x: [0.7, -0.4]
layers:
  - {W: [[0.3, 0.9], [0.8, -0.5]], b: [-0.05, 0.1], activation: relu}
  - {W: [[0.6, -0.7]], b: [0.2], activation: identity}
target: [0.5]
"""
hidden = np.maximum([0.3 * 0.7 - 0.9 * 0.4 - 0.05, 0.8 * 0.7 + 0.5 * 0.4 + 0.1], 0)
out = np.array([0.6, -0.7]) @ hidden + 0.2 - 0.5

POSENC = yaml("posenc", d_model=6, positions=4)
pos, column = np.arange(4)[:, None], np.arange(6)[None, :]


def encoded(angle: Any) -> Any:
    return np.where(column % 2 == 0, np.sin(angle), np.cos(angle))


right_angle = pos / 10000 ** (2 * (column // 2) / 6)
rows = np.array([[0.3, 1.2, -0.7], [1.9, -0.4, 0.8], [0.6, 2.2, 1.3], [-1.1, 0.5, 0.2]])
BATCH = yaml("norm", x=rows, kind="batch", eps=0.01)
middle, spread = rows.mean(axis=0), rows.var(axis=0)
p, t = np.array([0.73, 0.2, 0.41]), np.array([1.02, 0.37, 0.98])
SQUARES = yaml("loss", kind="mean_squared_error", prediction=p, target=t)
ENTROPY = yaml("loss", kind="cross_entropy", prediction=np.array([0.62, 0.21, 0.17]), target=2)
w, grads = np.array([0.8, -0.3]), np.array([[0.31, -0.12], [0.22, 0.43]])
m_0, v_0 = np.array([0.05, -0.02]), np.array([0.03, 0.01])
ADAM = yaml("optimizer", kind="adam", w=w, gradients=grads, rate=0.1, m_0=m_0, v_0=v_0, t_0=2)
m = 0.9 * m_0 + 0.1 * grads[0]
v = 0.999 * v_0 + 0.001 * grads[0] ** 2
m_hat, v_hat = m / (1 - 0.9**3), v / (1 - 0.999**3)
CNN = """
topic: params
input_shape: [12, 12, 3]
layers: [{conv: {filters: 5, kernel: 3, name: c1}}, flatten, {dense: {units: 7, name: d1}}]
"""
TIED = """
topic: params
layers: [{embedding: {vocabulary: 50, dim: 8, name: words}}, {dense: {units: 8, name: d1}}, {tied: {to: words}}]
"""
GATED = """
topic: params
input_shape: [4, 8]
layers: [{feed_forward: {hidden: 20, gated: yes, activation: silu, name: ff}}]
"""
ONE_BIAS = "topic: params\ninput_shape: [4, 6]\nlayers: [{lstm: {hidden: 5, biases: one, name: l}}]"
TWO_BIASES = ONE_BIAS.replace("one", "two")
EMBEDDED = yaml("attention", x=Q, W_Q=K[:, :2] + 0.3, W_K=K[:, 1:] - 0.2, W_V=V.round(2))
CLASS = yaml("softmax", x=x, target=2)
TO_POOL = yaml("pool", image=image[:4, :4], window=2, stride=2, upstream=[[0.31, -0.42], [0.53, 0.64]])
PADDED = yaml("conv", image=image, filter=filter, pad=2)
OUTPUT = yaml(
    "backprop", x=[0.7, -0.4], layers=[{"W": [[0.3, 0.9], [0.8, -0.5]], "activation": "sigmoid"}], target=[1, 0]
)
end = np.array([[0.3, 0.9], [0.8, -0.5]]) @ [0.7, -0.4]
AND = "topic: perceptron\nw: [1, 1]\nb: -1\ngate: and"
GRAPH = 'topic: backprop\nexpr: "cos(x) + max(z, w)*y - y/z"\nat: {x: 0.7, y: 1.3, z: 2.9, w: 0.4}'
SHAPES = yaml("conv", image=np.arange(49).reshape(7, 7) % 5, filter=np.eye(4, dtype=int), stride=2)
ABSOLUTES = yaml("loss", kind="mean_absolute_error", prediction=p, target=t)

FIXTURES: dict[str, Fixture] = {
    "off-diagonal as diagonal": Fixture(SOFT, "J", np.repeat((s * (1 - s))[:, None], 3, axis=1)),
    "diagonal as off-diagonal": Fixture(SOFT, "J", -np.outer(s, s)),
    "softmax along another axis": Fixture(GIVEN, "A", soft(S / np.sqrt(3), axis=0)),
    "softmax without exponentials": Fixture(SOFT, "s", x / x.sum()),
    "odd exponent": Fixture(POSENC, "PE", encoded(pos / 10000 ** (column / 6))),
    "exponent without its 2": Fixture(POSENC, "PE", encoded(pos / 10000 ** (column // 2 / 6))),
    "position and dimension swapped": Fixture(POSENC, "PE", encoded(column // 2 / 10000 ** (2 * pos / 6))),
    "stride ignored": Fixture(STRIDED, "Y", windows(image, filter, 1, 2) + 0.35),
    "padding ignored": Fixture(STRIDED, "Y", windows(image, filter, 2, 0) + 0.35),
    "nothing padded": Fixture(STRIDED, "X_pad", image),
    "padding in all": Fixture(STRIDED, "Y", windows(image, filter, 2, 1) + 0.35),
    "dilation ignored": Fixture(DILATED, "Y", windows(image, filter)),
    "filter flipped": Fixture(STRIDED, "Y", windows(image, filter[::-1, ::-1], 2, 2) + 0.35),
    "filter turned": Fixture(STRIDED, "Y", windows(image, filter.T, 2, 2) + 0.35),
    "bias ignored": Fixture(STRIDED, "Y", windows(image, filter, 2, 2)),
    "another pooling": Fixture(POOL, "Y", windows(image, np.ones((2, 2)), 2, of=np.mean)),
    "padding counted": Fixture(AVERAGE, "Y", windows(image, np.ones((2, 2)), 2, 1, of=np.mean)),
    "rounded up": Fixture(POOL, "Y", [[image[r : r + 2, k : k + 2].max() for k in (0, 2, 4)] for r in (0, 2, 4)]),
    "another base": Fixture(SOFT, "s", 10**x / (10**x).sum()),
    "temperature": Fixture(WARM, "s", soft(x * 2.5)),
    "scores not scaled": Fixture(GIVEN, "A", soft(S)),
    "another scale": Fixture(PAIR, "A", soft(S[:, :2] / np.sqrt(2))),
    "another loss of a softmax": Fixture(CLASS, "L", -np.log(s).sum()),
    "gradient from the scores": Fixture(CLASS, "dL/dx", x - [0, 1, 0]),
    "1 subtracted everywhere": Fixture(CLASS, "dL/dx", s - 1),
    "another target": Fixture(CLASS, "dL/dx", s - [0, 0, 1]),
    "softmax at the end": Fixture(OUTPUT, "a1", soft(end)),
    "padding not 0": Fixture(PADDED, "X_pad", np.pad(image, 2, mode="edge")),
    "padded otherwise": Fixture(PADDED, "Y", windows(np.pad(image, 2, mode="reflect"), filter)),
    "gradient at the wrong cell": Fixture(TO_POOL, "dL/dX", [[0, 0.31, -0.42, 0], [0, 0, 0, 0], [0, 0, 0.64, 0], [0.53, 0, 0, 0]]),
    "mask added": Fixture(GIVEN, "A", soft(np.where(np.tri(3), S / np.sqrt(3), -np.inf))),
    "another mask": Fixture(RELU, "dL/dz1", np.array([0.6, -0.7]) * out * [-0.2, 0.86], {"z1": [-0.2, 0.86], "dL/da1": np.array([0.6, -0.7]) * out}),
    "function of the whole product": Fixture(LSTM, "h", np.tanh(o * c)),
    "another activation": Fixture(RELU, "a1", sig(np.array([-0.2, 0.86])), {"z1": [-0.2, 0.86]}),
    "another value": Fixture(LSTM, "c", f * c0 + o * g, {"i": i, "f": f, "o": o, "g": g}),
    "result transposed": Fixture(EMBEDDED, "Q", XQ.T),
    "divided by the count": Fixture(CLASS, "dL/dx", (s - [0, 1, 0]) / 3),
    "exponent left out": Fixture(ADAM, "t1.m_hat", m / (1 - 0.9), {"t1.m": m}),
    "another line": Fixture(EMBEDDED, "Q", XK),
    "masked with 0": Fixture(CAUSAL, "A", soft(np.where(np.tril(np.ones((3, 3))), S / np.sqrt(3), 0))),
    "mask ignored": Fixture(CAUSAL, "A", soft(S / np.sqrt(3))),
    "mask turned": Fixture(CAUSAL, "A", soft(np.where(np.triu(np.ones((3, 3))), S / np.sqrt(3), -np.inf))),
    "heads ignored": Fixture(HEADS, "Z", soft(XQ @ XK.T / np.sqrt(2)) @ XV),
    "gates exchanged": Fixture(LSTM, "c", sig(z["o"]) * c0 + i * g),
    "gates in another order": Fixture(STACKED, "i", sig((W_ih @ xl + W_hh @ h0)[6:])),
    "concatenated the other way": Fixture(JOINED, "i", sig(W["hi"] @ xl + W["xi"] @ h0)),
    "initial state ignored": Fixture(LSTM, "z_i", W["xi"] @ xl + b["i"]),
    "initial cell ignored": Fixture(LSTM, "h", o * np.tanh(i * g)),
    "update gate turned round": Fixture(GRU, "h", gz * gn + (1 - gz) * h0),
    "reset elsewhere": Fixture(GRU, "n", gn_after),
    "another loss": Fixture(MAZUR, "L", np.abs(a2 - [0.01, 0.99]).mean()),
    "another kind of loss": Fixture(SQUARES, "L", np.abs(p - t).mean()),
    "another reduction": Fixture(ABSOLUTES, "L", np.abs(p - t).sum()),
    "normalized along another axis": Fixture(BATCH, "x_hat", (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 0.01)),
    "eps ignored": Fixture(BATCH, "x_hat", (rows - middle) / np.sqrt(spread)),
    "betas exchanged": Fixture(ADAM, "t1.m", 0.999 * m_0 + 0.001 * grads[0]),
    "another arrangement": Fixture(POSENC, "PE", np.hstack([np.sin(right_angle[:, ::2]), np.cos(right_angle[:, ::2])])),
    "positions from one": Fixture(POSENC, "PE", encoded((pos + 1) / 10000 ** (2 * (column // 2) / 6))),
    "fires at the threshold": Fixture(AND, "y_hat", [0, 1, 1, 1], {"z": [-1, 0, 0, 1]}),
    "biases not counted": Fixture(CNN, "params", 5 * 27 + 500 * 7),
    "two matrices for a gated block": Fixture(GATED, "params", 8 * 20 + 20 + 20 * 8 + 8),
    "two biases": Fixture(ONE_BIAS, "params", 4 * 5 * (6 + 5) + 8 * 5),
    "one bias": Fixture(TWO_BIASES, "params", 4 * 5 * (6 + 5) + 4 * 5),
    "tied weights counted twice": Fixture(TIED, "params", 50 * 8 + 8 * 8 + 8 + 50 * 8),
    "FLOPs for MACs": Fixture(CNN, "macs", 2 * (100 * 5 * 27 + 500 * 7)),
    "MACs for FLOPs": Fixture(CNN, "flops", 100 * 5 * 27 + 500 * 7),
    "term left out": Fixture(LSTM, "z_o", [z["o"][0] - 0.3 * 0.5, z["o"][1]]),
    "constant left out": Fixture(CNN, "c1.H", 9),
    "sign of a term": Fixture(LSTM, "z_o", [z["o"][0] - 2 * 0.25 * -0.1, z["o"][1]]),
    "minus forgotten": Fixture(yaml("backprop", expr='"exp(-(x*y))*z"', at="{x: 0.7, y: 1.3, z: 2.9}"), "f", np.exp(0.7 * 1.3) * 2.9),
    "minus forgotten in the sigmoid": Fixture(LSTM, "i", sig(-z["i"])),
    "power of ten": Fixture(LSTM, "z_o", [z["o"][0] + 9 * 0.15 * 0.23, z["o"][1]]),
    "factor left out": Fixture(LSTM, "c", [f[0] * c0[0] + i[0], c[1]]),
    "mask left out": Fixture(RELU, "dL/dz1", np.array([0.6, -0.7]) * out, {"z1": [-0.2, 0.86], "dL/da1": np.array([0.6, -0.7]) * out}),
    "derivative forgotten": Fixture(MAZUR, "dL/dz2", a2 - [0.01, 0.99]),
    "brackets forgotten": Fixture(CNN, "c1.params", 27 * 5 + 1),
    "derivative of another function": Fixture(RNN_LOSS, "t2.dL/dz", dy @ W["xo"] * h2 * (1 - h2), {"t2.h": h2, "t2.dL/dh": dy @ W["xo"]}),
    "ReLU forgotten": Fixture(RELU, "a1", [-0.2, 0.86], {"z1": [-0.2, 0.86]}),
    "divisor left out": Fixture(SOFT, "s", e),
    "fraction turned over": Fixture(SOFT, "s", e.sum() / e),
    "divided by one less": Fixture(BATCH, "var", rows.var(axis=0, ddof=1)),
    "root of the divisor left out": Fixture(GIVEN, "S_scaled", S / 3),
    "function left out": Fixture(LSTM, "h", o * c),
    "sigmoid for tanh": Fixture(LSTM, "g", sig(z["g"])),
    "tanh for sigmoid": Fixture(LSTM, "o", np.tanh(z["o"])),
    "arctan for tanh": Fixture(RNN, "t1.h", np.arctan(W["xi"] @ xs[0] + W["hf"] @ h0)),
    "another logarithm": Fixture(ENTROPY, "L", -np.log10(0.21)),
    "sine for cosine": Fixture(GRAPH, "f1", np.sin(0.7)),
    "max for min": Fixture(GRAPH, "f2", 0.4),
    "rounded to the other side": Fixture(SHAPES, "size", [3, 3]),
    "degrees for radians": Fixture(GRAPH, "f1", np.cos(np.deg2rad(0.7))),
    "square forgotten": Fixture(SQUARES, "L", (p - t).mean()),
    "doubled for squared": Fixture(SQUARES, "L", (2 * (p - t)).mean()),
    "two values exchanged": Fixture(LSTM, "c", i * c0 + f * g, {"i": i, "f": f, "g": g}),
    "matrix transposed": Fixture(LSTM, "z_g", W["xg"] @ xl + W["hg"].T @ h0 + b["g"]),
    "another time step": Fixture(RNN, "t3.h", np.tanh(W["xi"] @ xs[2] + W["hf"] @ h1), {"t1.h": h1, "t2.h": h2}),
    "all one step later": Fixture(RNN_LOSS, "dL/dW_hh", np.outer(dz1, h1) + np.outer(dz2, h2)),
    "updated weights": Fixture(MAZUR, "dL/da1", W2_new.T @ d2),
    "value before its function": Fixture(ADAM, "t1.w", w - 0.1 * m / (np.sqrt(v_hat) + 1e-8), {"t1.m": m, "t1.m_hat": m_hat, "t1.v_hat": v_hat}),
    "doubled": Fixture(LSTM, "tanh_c", 2 * np.tanh(c)),
    "halved": Fixture(SOFT, "Z", e.sum() / 2),
    "sign turned round": Fixture(RNN, "t2.y", -(W["xo"] @ h2), {"t2.h": h2}),
    "point misplaced": Fixture(SOFT, "s", [s[0], 10 * s[1], s[2]]),
    "cut off": Fixture(SOFT, "e", np.floor(e * 1e6) / 1e6),
    "digits exchanged": Fixture(SOFT, "Z", 5.675707),
    "digit miscopied": Fixture(SOFT, "Z", 5.957707),
    "another cell": Fixture(SOFT, "s", [s[0], s[0], s[2]]),
    "line before repeated": Fixture(LSTM, "z_f", i, {"i": i}),
    "rounded early": Fixture(SOFT, "J", np.diag(s.round(1) * (1 - s.round(1))) - np.outer(s.round(1), s.round(1)) * (1 - np.eye(3))),
}  # fmt: skip

POOLED = yaml("pool", image=image, window=3, stride=2, pad=2)
SPACED = yaml("pool", image=image, window=2, stride=1, dilation=2)
lowest = -1e9  # what stands in a padding that is never the largest
GRU_BIASED = yaml("gru", x=xl, h_0=h0, W_xz=W["xi"], W_hz=W["hi"], W_xr=W["xf"], W_hr=W["hf"], W_xn=W["xg"],
                  W_hn=W["hg"], b_z=b["i"], b_r=b["f"], b_n=b["g"])  # fmt: skip
gz_b = sig(W["xi"] @ xl + W["hi"] @ h0 + b["i"])
GRU_STACKED = yaml("gru", x=xl, h_0=h0, W_ih=W_ih[:6], W_hh=W_hh[:6])
GRU_JOINED = yaml(
    "gru", x=xl, h_0=h0, **{f"W_{n}": np.hstack([W["h" + k], W["x" + k]]) for n, k in zip("zrn", "ifg", strict=True)}
)
RNN_BIASED = yaml("rnn", x=xs, h_0=h0, W_xh=W["xi"], W_hh=W["hf"], b_h=b["i"])
TOKENS = yaml("attention", x=Q, W_Q=K[:, :2] + 0.3, W_K=K[:, 1:] - 0.2, W_V=V.round(2), b_Q=[0.4, -0.3])
targeted = {"target": [0.4, -0.6], "loss": "half_squared_error"}
LSTM_LOSS = LSTM + "\n" + "\n".join(f"{name}: {value}" for name, value in targeted.items())
GRU_LOSS = GRU + "\n" + "\n".join(f"{name}: {value}" for name, value in targeted.items())
h_lstm, h_gru = o * np.tanh(c), (1 - gz) * gn + gz * h0
SAMPLES = """
topic: backprop
x: [[0.5, -0.2], [0.3, 0.9]]
layers: [{W: [[0.4, 0.7]], b: [0.1]}]
target: [[1], [0.4]]
"""
sampled = np.array([[0.5, -0.2], [0.3, 0.9]]) @ [0.4, 0.7] + 0.1


def largest(size: int, stride: int, pad: int, dilation: int = 1) -> Any:
    """The largest of each window of the image."""
    whole = np.pad(image, pad, constant_values=lowest)
    return windows(whole, np.ones((size, size)), stride, 0, dilation, of=np.max)


# For what a mistake is said to be in further topics, a fixture for each.
FURTHER: dict[tuple[str, str], Fixture] = {
    ("stride ignored", "pool"): Fixture(POOLED, "Y", largest(3, 1, 2)),
    ("padding ignored", "pool"): Fixture(POOLED, "Y", largest(3, 2, 0)),
    ("padding in all", "pool"): Fixture(POOLED, "Y", largest(3, 2, 1)),
    ("dilation ignored", "pool"): Fixture(SPACED, "Y", largest(2, 1, 0)),
    ("bias ignored", "lstm"): Fixture(
        LSTM,
        "h",
        sig(z["o"] - b["o"]) * np.tanh(sig(z["f"] - b["f"]) * c0 + sig(z["i"] - b["i"]) * np.tanh(z["g"] - b["g"])),
    ),
    ("bias ignored", "gru"): Fixture(GRU_BIASED, "z", gz),
    ("bias ignored", "rnn"): Fixture(RNN_BIASED, "t1.z", W["xi"] @ xs[0] + W["hf"] @ h0),
    ("bias ignored", "attention"): Fixture(TOKENS, "Q", XQ),
    ("another base", "posenc"): Fixture(POSENC, "PE", encoded(pos / 1000 ** (2 * (column // 2) / 6))),
    ("softmax along another axis", "softmax"): Fixture(yaml("softmax", x=Q), "s", soft(Q, axis=0)),
    ("softmax without exponentials", "attention"): Fixture(GIVEN, "A", S / S.sum(axis=-1, keepdims=True)),
    ("gates exchanged", "gru"): Fixture(GRU, "h", (1 - gr) * np.tanh(W["xg"] @ xl + W["hg"] @ (gz * h0)) + gr * h0),
    ("gates in another order", "gru"): Fixture(GRU_STACKED, "r", sig((W_ih @ xl + W_hh @ h0)[2:4])),
    ("concatenated the other way", "gru"): Fixture(GRU_JOINED, "z", sig(W["hi"] @ xl + W["xi"] @ h0)),
    ("initial state ignored", "gru"): Fixture(GRU, "z_z", W["xi"] @ xl),
    ("initial state ignored", "rnn"): Fixture(RNN, "t1.z", W["xi"] @ xs[0]),
    ("another loss", "lstm"): Fixture(LSTM_LOSS, "L", np.abs(h_lstm - [0.4, -0.6]).mean()),
    ("another loss", "gru"): Fixture(GRU_LOSS, "L", np.abs(h_gru - [0.4, -0.6]).mean()),
    ("another loss", "rnn"): Fixture(RNN_LOSS, "t2.L", np.abs(dy).mean()),
    ("another reduction", "backprop"): Fixture(SAMPLES, "L", ((sampled - [1, 0.4]) ** 2).sum() / 2),
}
