"""The same numbers and gradients as PyTorch's, where it is installed (`pip install '.[torch]'`)."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from examples import problem, yaml_of
from hypothesis import given
from hypothesis import strategies as st

from nncalc.names import value_of
from nncalc.running import solve
from nncalc.topics.parts.activations import Function

torch: Any = pytest.importorskip("torch")
F = torch.nn.functional
SEEDS = st.integers(0, 2**32 - 1)


def tensor(array: Any) -> Any:
    return torch.tensor(np.asarray(array, float), dtype=torch.float64, requires_grad=True)


def worked(topic: str, **fields: Any) -> Any:
    return solve(problem(yaml_of(topic, **{k: v for k, v in fields.items() if v is not None})))


def same(trace: Any, **expected: Any) -> None:
    """Steps by name (`dL_dW` is dL/dW) against tensors, to 1e-9."""
    for name, value in expected.items():
        step = name.replace("dL_d", "dL/d")
        wanted = value.detach().numpy() if hasattr(value, "detach") else value
        np.testing.assert_allclose(value_of(trace, step), wanted, rtol=1e-9, atol=1e-12, err_msg=step)


@given(seed=SEEDS)
def test_convolution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, per_in, per_out = (int(n) for n in rng.integers(1, 3, 3))
    image, filter = rng.normal(size=(groups * per_in, 7, 6)), rng.normal(size=(groups * per_out, per_in, 2, 3))
    bias = rng.normal(size=groups * per_out)
    stride, pad, dilation = ([int(n) for n in rng.integers(low, 3, 2)] for low in (1, 0, 1))
    X, K, b = tensor(image), tensor(filter), tensor(bias)
    Y = F.conv2d(X[None], K, b, stride, pad, dilation, groups)[0]
    up = rng.normal(size=tuple(Y.shape))
    Y.backward(torch.tensor(up))
    trace = worked(
        "conv",
        image=image,
        filter=filter,
        bias=bias,
        stride=stride,
        pad=pad,
        dilation=dilation,
        groups=groups,
        upstream=up,
    )
    same(trace, Y=Y, dL_dX=X.grad, dL_dK=K.grad, dL_db=b.grad)


@given(seed=SEEDS)
def test_transposed_convolution(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, per_in, per_out = (int(n) for n in rng.integers(1, 3, 3))
    image, filter = rng.normal(size=(groups * per_in, 3, 4)), rng.normal(size=(groups * per_in, per_out, 2, 3))
    bias = rng.normal(size=groups * per_out)
    stride, dilation = ([int(n) for n in rng.integers(1, 4, 2)] for _ in range(2))
    pad = [int(n) for n in rng.integers(0, 2, 2)]
    more = [int(rng.integers(0, max(s, d))) for s, d in zip(stride, dilation, strict=True)]
    X, K, b = tensor(image), tensor(filter), tensor(bias)
    Y = F.conv_transpose2d(X[None], K, b, stride, pad, more, groups, dilation)[0]
    up = rng.normal(size=tuple(Y.shape))
    Y.backward(torch.tensor(up))
    trace = worked("conv", image=image, filter=filter, bias=bias, stride=stride, pad=pad, dilation=dilation, groups=groups,
                   transposed=True, output_pad=more, upstream=up)  # fmt: skip
    same(trace, Y=Y, dL_dX=X.grad, dL_dK=K.grad, dL_db=b.grad)


@given(seed=SEEDS)
def test_pooling(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.permutation(2 * 7 * 8).reshape(2, 7, 8) * 0.1
    window, stride = [int(n) for n in rng.integers(2, 4, 2)], [int(n) for n in rng.integers(1, 4, 2)]
    pad, dilation = [int(rng.integers(0, w // 2 + 1)) for w in window], [int(n) for n in rng.integers(1, 3, 2)]
    ceil, counted = (bool(n) for n in rng.integers(0, 2, 2))
    for kind in ("max", "average"):
        X = tensor(image)
        if kind == "max":
            Y, where = F.max_pool2d(X[None], window, stride, pad, dilation, ceil, return_indices=True)
            places = np.stack(np.divmod(where[0].numpy(), 8), axis=-1) + 1
        else:
            Y = F.avg_pool2d(X[None], window, stride, pad, ceil, counted)
        up = rng.normal(size=tuple(Y.shape[1:]))
        Y[0].backward(torch.tensor(up))
        more = {"dilation": dilation} if kind == "max" else {"count_pad": counted}
        trace = worked(
            "pool", image=image, window=window, stride=stride, pad=pad, ceil=ceil, kind=kind, upstream=up, **more
        )
        same(trace, Y=Y[0], dL_dX=X.grad)
        if kind == "max":
            np.testing.assert_array_equal(trace.answer["where"], places)


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
@given(seed=SEEDS)
def test_recurrent_cells(cell: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps, n_in, hidden = (int(n) for n in rng.integers(1, 4, 3))
    module = getattr(torch.nn, cell)(n_in, hidden, dtype=torch.float64)
    x, h_0, c_0 = rng.normal(size=(steps, n_in)), rng.normal(size=hidden), rng.normal(size=hidden)
    X, H, C = tensor(x), tensor(h_0), tensor(c_0)
    states = (H[None], C[None]) if cell == "LSTM" else H[None]
    out, _ = module(X, states)
    up = rng.normal(size=(steps, hidden))
    out.backward(torch.tensor(up))
    P = {
        name.removesuffix("_l0").replace("weight", "W").replace("bias", "b"): p for name, p in module.named_parameters()
    }
    given = {name: p.detach().numpy() for name, p in P.items()}
    if cell == "RNN":
        trace = worked(
            "rnn", x=x, h_0=h_0, W_xh=given["W_ih"], W_hh=given["W_hh"], b_h=given["b_ih"] + given["b_hh"], upstream=up
        )
        same(
            trace,
            dL_dx=X.grad,
            dL_dh_0=H.grad,
            dL_dW_xh=P["W_ih"].grad,
            dL_dW_hh=P["W_hh"].grad,
            dL_db_h=P["b_ih"].grad,
        )
        return
    extra = {"c_0": c_0} if cell == "LSTM" else {}
    trace = worked(cell.lower(), x=x, h_0=h_0, **extra, **given, upstream=up)
    same(trace, h=out[-1], dL_dx=X.grad, dL_dh_0=H.grad, **{f"dL_d{name}": p.grad for name, p in P.items()})
    if cell == "LSTM":
        same(trace, dL_dc_0=C.grad)


@given(seed=SEEDS)
def test_attention_of_q_k_v(seed: int) -> None:
    rng = np.random.default_rng(seed)
    queries, keys, d, d_v = (int(n) for n in rng.integers(1, 5, 4))
    q, k, v = rng.normal(size=(queries, d)), rng.normal(size=(keys, d)), rng.normal(size=(keys, d_v))
    boolean = (rng.random((queries, keys)) < 0.7).astype(float)
    boolean[:, 0] = 1
    for mask, given_mask in (
        (None, None),
        (boolean > 0, boolean),
        (boolean - 0.5, boolean - 0.5),
        ("causal", "causal"),
    ):
        Q, K, V = tensor(q), tensor(k), tensor(v)
        asked = (
            {"is_causal": True}
            if isinstance(mask, str)
            else {"attn_mask": None if mask is None else torch.tensor(mask)}
        )
        Z = F.scaled_dot_product_attention(Q, K, V, **asked)
        up = rng.normal(size=(queries, d_v))
        Z.backward(torch.tensor(up))
        same(
            worked("attention", q=q, k=k, v=v, mask=given_mask, upstream=up),
            Z=Z,
            dL_dQ=Q.grad,
            dL_dK=K.grad,
            dL_dV=V.grad,
        )
        turned = given_mask.T if isinstance(given_mask, np.ndarray) else given_mask
        columns = worked("attention", q=q.T, k=k.T, v=v.T, mask=turned, upstream=up.T, layout="columns")
        same(columns, Z=Z.T, dL_dQ=Q.grad.T, dL_dK=K.grad.T, dL_dV=V.grad.T)


@given(seed=SEEDS)
def test_attention_with_heads(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heads, shared = [(1, 1), (2, 2), (4, 2), (4, 1)][rng.integers(4)]
    tokens, d, width = 3, 5, 2
    arrays = {"x": rng.normal(size=(tokens, d)), "W_Q": rng.normal(size=(d, heads * width)), "W_K": rng.normal(size=(d, shared * width)),
              "W_V": rng.normal(size=(d, shared * 3)), "W_O": rng.normal(size=(heads * 3, d)), "b_Q": rng.normal(size=heads * width),
              "b_V": rng.normal(size=shared * 3), "b_O": rng.normal(size=d)}  # fmt: skip
    T = {name: tensor(a) for name, a in arrays.items()}
    Q, K, V = T["x"] @ T["W_Q"] + T["b_Q"], T["x"] @ T["W_K"], T["x"] @ T["W_V"] + T["b_V"]
    split = [M.reshape(tokens, n, -1).transpose(0, 1) for M, n in ((Q, heads), (K, shared), (V, shared))]
    Z = F.scaled_dot_product_attention(*split, is_causal=True, enable_gqa=True)
    Z = Z.transpose(0, 1).reshape(tokens, -1) @ T["W_O"] + T["b_O"]
    up = rng.normal(size=(tokens, d))
    Z.backward(torch.tensor(up))
    trace = worked("attention", **arrays, heads=heads, kv_heads=shared, mask="causal", upstream=up)
    same(trace, Z=Z, dL_dX=T["x"].grad, **{f"dL_d{name}": t.grad for name, t in T.items() if name != "x"})


@pytest.mark.parametrize(
    "kind", ["batch", "batch images", "running", "layer", "layer axes", "rms", "instance", "group"]
)
@given(seed=SEEDS)
def test_norms(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = {"batch": (5, 3), "running": (5, 3), "layer": (4, 6), "rms": (4, 6), "layer axes": (2, 3, 4)}.get(
        kind, (2, 4, 3, 2)
    )
    features = {"layer": shape[-1:], "rms": shape[-1:], "layer axes": shape[-2:]}.get(kind, shape[1:2])
    x, gamma, beta = rng.normal(size=shape), rng.normal(size=features), rng.normal(size=features)
    mean, var = rng.normal(size=features), rng.uniform(0.5, 2, features)
    X, g, b, eps = tensor(x), tensor(gamma), tensor(beta), 1e-3
    more: dict[str, Any] = {"kind": kind.split()[0]}
    if kind == "running":
        y, more = (
            F.batch_norm(X, torch.tensor(mean), torch.tensor(var), g, b, False, 0.1, eps),
            {"running_mean": mean, "running_var": var},
        )
    elif kind.startswith("batch"):
        y = F.batch_norm(X, None, None, g, b, True, 0.1, eps)
    elif kind.startswith("layer"):
        y, more["axes"] = F.layer_norm(X, features, g, b, eps), len(features)
    elif kind == "rms":
        y, b = F.rms_norm(X, features, g, eps), None
    elif kind == "instance":
        y = F.instance_norm(X, None, None, g, b, True, 0.1, eps)
    else:
        y, more["groups"] = F.group_norm(X, 2, g, b, eps), 2
    up = rng.normal(size=shape)
    y.backward(torch.tensor(up))
    trace = worked("norm", x=x, gamma=gamma, beta=None if b is None else beta, eps=eps, upstream=up, **more)
    same(trace, y=y, dL_dx=X.grad, dL_dgamma=g.grad, **({} if b is None else {"dL_dbeta": b.grad}))


@given(seed=SEEDS)
def test_running_statistics(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, mean, var = rng.normal(size=(4, 2, 3, 2)), rng.normal(size=2), rng.uniform(0.5, 2, 2)
    new_mean, new_var = torch.tensor(mean), torch.tensor(var)
    y = F.batch_norm(torch.tensor(x), new_mean, new_var, None, None, True, 0.3, 1e-5)
    trace = worked("norm", x=x, momentum=0.3, running_mean=mean, running_var=var)
    same(trace, y=y, running_mean_new=new_mean, running_var_new=new_var)


LOSSES = {
    "mean_squared_error": F.mse_loss, "mean_absolute_error": F.l1_loss, "huber": F.huber_loss, "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
}  # fmt: skip


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("kind", LOSSES)
@given(seed=SEEDS)
def test_losses(kind: str, reduction: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = [(4,), (3, 2)][rng.integers(2)]
    p, t = rng.uniform(0.05, 0.95, shape), rng.uniform(0, 1, shape)
    if kind in ("mean_squared_error", "huber"):
        p = p * 6 - 3
    P = tensor(p)
    L = LOSSES[kind](P, torch.tensor(t), reduction=reduction)
    L.backward()
    same(worked("loss", kind=kind, prediction=p, target=t, reduction=reduction), L=L, dL_dp=P.grad)


@given(seed=SEEDS)
def test_classes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, labels, weights = rng.dirichlet(np.ones(4), 5), rng.integers(0, 4, 5), rng.uniform(0.1, 2, 4)
    P = tensor(p)
    L = F.nll_loss(P.log(), torch.tensor(labels), torch.tensor(weights), ignore_index=2)
    if torch.isfinite(L):
        L.backward()
        trace = worked(
            "loss",
            kind="cross_entropy",
            prediction=p,
            target=labels,
            class_weights=weights,
            ignore_class=2,
            first_class=0,
        )
        same(trace, L=L, dL_dp=P.grad)
    x = rng.normal(size=(3, 4))
    X = tensor(x)
    L = F.cross_entropy(X, torch.tensor(labels[:3]))
    L.backward()
    same(worked("softmax", x=x, target=labels[:3], first_class=0), L=L, dL_dx=X.grad)
    X = tensor(x)
    L = F.multi_margin_loss(X, torch.tensor(labels[:3])) * 4
    L.backward()
    same(worked("loss", kind="hinge", prediction=x, target=labels[:3], first_class=0), L=L, dL_dp=X.grad)
    P = tensor(p[:2])
    L = F.kl_div(P.log(), torch.tensor(p[2:4]), reduction="batchmean")
    L.backward()
    same(worked("loss", kind="kl", prediction=p[:2], target=p[2:4]), L=L, dL_dp=P.grad)


NAMES = {"gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "hard_sigmoid": F.hardsigmoid, "hard_swish": F.hardswish, "hard_tanh": F.hardtanh,
         "log_sigmoid": F.logsigmoid, "abs": torch.abs, "exp": torch.exp, "identity": lambda x: x, "step": lambda x: (x > 0) * 1.0 + 0 * x,
         "thresholded_relu": lambda x: F.threshold(x, 1, 0)}  # fmt: skip


@pytest.mark.parametrize("name", get_args(Function))
@given(seed=SEEDS)
def test_activations(name: str, seed: int) -> None:
    x = np.random.default_rng(seed).normal(0, 2, 6)
    X = tensor(x)
    y = (NAMES.get(name) or getattr(F, name, None) or getattr(torch, name))(X)
    y.sum().backward()
    trace = worked("activation", function=name, x=x)
    same(trace, y=y)
    # PyTorch's slope of hard_sigmoid is 1/6 in single precision, in double too.
    np.testing.assert_allclose(trace["dy"].array, X.grad, rtol=1e-7 if name == "hard_sigmoid" else 1e-9, atol=1e-12)


OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {}), "momentum": (torch.optim.SGD, {"momentum": 0.9}), "adam": (torch.optim.Adam, {}),
    "nesterov": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}), "adagrad": (torch.optim.Adagrad, {"eps": 1e-8}),
    "rmsprop": (torch.optim.RMSprop, {"alpha": 0.9}), "adamw": (torch.optim.AdamW, {}),
    "adadelta": (torch.optim.Adadelta, {}),
}  # fmt: skip


@pytest.mark.parametrize("kind", OPTIMIZERS)
@given(seed=SEEDS)
def test_optimizers(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    w, gradients = rng.normal(size=3), rng.normal(size=(4, 3))
    W = tensor(w)
    make, settings = OPTIMIZERS[kind]
    optimizer = make([W], lr=0.05, weight_decay=0.1, **settings)
    for g in gradients:
        W.grad = torch.tensor(g)
        optimizer.step()
    same(worked("optimizer", kind=kind, w=w, gradients=gradients, rate=0.05, weight_decay=0.1), w=W)


@given(seed=SEEDS)
def test_networks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = [3, 4, 2]
    layers = [{"W": rng.normal(size=(m, n)).tolist(), "b": rng.normal(size=m).tolist(), "activation": a}
              for n, m, a in zip(sizes, sizes[1:], ("mish", "softmax"), strict=False)]  # fmt: skip
    x, target = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(2), 5)
    T = [(tensor(layer["W"]), tensor(layer["b"])) for layer in layers]
    z = F.mish(torch.tensor(x) @ T[0][0].T + T[0][1]) @ T[1][0].T + T[1][1]
    L = F.cross_entropy(z, torch.tensor(target)) + 0.05 * sum((W**2).sum() for W, _ in T)
    L.backward()
    trace = worked("backprop", x=x, layers=layers, target=target, loss="cross_entropy", l2=0.1)
    same(trace, L=L, **{f"dL_d{n}{k}": t.grad for k, pair in enumerate(T, 1) for n, t in zip("Wb", pair, strict=True)})


@given(seed=SEEDS)
def test_a_convolutional_network(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, K, b = rng.normal(size=(2, 6, 6)), rng.normal(size=(3, 2, 3, 3)), rng.normal(size=3)
    W, c = rng.normal(size=(4, 12)), rng.normal(size=4)
    X, Kt, bt, Wt, ct = map(tensor, (x, K, b, W, c))
    pooled = F.max_pool2d(F.relu(F.conv2d(X[None], Kt, bt)), 2)
    z = F.linear(pooled.reshape(-1), Wt, ct)
    L = F.cross_entropy(z[None], torch.tensor([1]))
    L.backward()
    layers = [
        {"conv": {"filter": K, "bias": b}},
        "relu",
        {"max_pool": 2},
        "flatten",
        {"dense": {"W": W, "b": c}},
        "softmax",
    ]
    trace = worked("network", x=x, layers=layers, target=2, loss="cross_entropy")
    named = {"L": L, "dL/dx": X.grad, "conv1.dL/dK": Kt.grad, "conv1.dL/db": bt.grad}
    same(trace, **named, **{"dense5.dL/dW": Wt.grad, "dense5.dL/db": ct.grad})


@given(seed=SEEDS)
def test_an_encoder_block(seed: int) -> None:
    """The same as torch.nn.TransformerEncoderLayer, weights turned: PyTorch has unit x input."""
    rng = np.random.default_rng(seed)
    d, heads, hidden, tokens = 4, 2, 5, 3
    block = torch.nn.TransformerEncoderLayer(d, heads, hidden, 0.0, batch_first=True, dtype=torch.float64)
    x = tensor(rng.normal(size=(tokens, d)))
    P = dict(block.named_parameters())
    with torch.no_grad():
        for p in P.values():
            p.copy_(torch.tensor(rng.normal(size=tuple(p.shape))))
    up = rng.normal(size=(tokens, d))
    y = block(x[None])[0]
    y.backward(torch.tensor(up))
    own = {name: p.detach().numpy() for name, p in P.items()}
    stacked, biases = own["self_attn.in_proj_weight"], own["self_attn.in_proj_bias"]
    weights = {f"W_{n}": stacked[i * d : (i + 1) * d].T for i, n in enumerate("QKV")}
    weights |= {f"b_{n}": biases[i * d : (i + 1) * d] for i, n in enumerate("QKV")}
    weights |= {"W_O": own["self_attn.out_proj.weight"].T, "b_O": own["self_attn.out_proj.bias"], "heads": heads}
    ffn = {
        "W1": own["linear1.weight"].T,
        "b1": own["linear1.bias"],
        "W2": own["linear2.weight"].T,
        "b2": own["linear2.bias"],
    }
    norms = [{"norm": {"kind": "layer", "gamma": own[f"norm{i}.weight"], "beta": own[f"norm{i}.bias"]}} for i in (1, 2)]
    layers = [{"residual": [{"attention": weights}]}, norms[0], {"residual": [{"feed_forward": ffn}]}, norms[1]]
    trace = worked("network", x=x.detach().numpy(), layers=layers, upstream=up)
    slopes = {
        "norm4.y": y,
        "dL/dx": x.grad,
        "norm2.dL/dgamma": P["norm1.weight"].grad,
        "norm4.dL/dbeta": P["norm2.bias"].grad,
    }
    slopes |= {"feed_forward3.dL/dW1": P["linear1.weight"].grad.T, "feed_forward3.dL/db2": P["linear2.bias"].grad}
    slopes |= {"attention1.dL/dW_O": P["self_attn.out_proj.weight"].grad.T}
    slopes |= {"attention1.dL/dW_Q": P["self_attn.in_proj_weight"].grad[:d].T}
    for name, value in slopes.items():
        np.testing.assert_allclose(value_of(trace, name), value.detach().numpy(), rtol=1e-8, atol=1e-10, err_msg=name)
