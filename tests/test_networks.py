"""Networks of any layers: every gradient against finite differences, values against NumPy, and what is refused."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from examples import yaml_of
from hypothesis import given, settings
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.names import value_of
from nncalc.problem.example import example
from nncalc.problem.problem import loads
from nncalc.render.layout import formula
from nncalc.running import solve
from nncalc.topics.params.groups import LayerSpec
from nncalc.topics.params.plain import ActivationKind
from nncalc.trace.name import StepName

SEEDS = st.integers(0, 2**32 - 1)


def drawn(rng: Any, *shape: int) -> list[Any]:
    numbers: list[Any] = rng.normal(size=shape).tolist()
    return numbers


def layers_of(problem: Any) -> list[Any]:
    """Every record of numbers in a network, those of residual blocks too."""
    found: list[Any] = []
    for entry in problem:
        record = entry[1] if isinstance(entry, tuple) else entry
        found.append(record)
        found += layers_of(getattr(record, "layers", []))
    return found


def arrays_of(problem: Any) -> list[np.ndarray[Any, Any]]:
    """All arrays of a checked network in the order of its layers."""
    return [
        v for record in layers_of(problem.values["layers"]) for v in vars(record).values() if isinstance(v, np.ndarray)
    ]


def slope_holds(net: dict[str, Any], seed: int = 0, **more: Any) -> Any:
    """Moves all numbers of the layers and x by a random direction; the gradients must say what L does."""
    problem = loads({"topic": "backprop", **net, **more})
    trace = solve(problem)
    rng = np.random.default_rng(seed)
    predicted = 0.0
    moves: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
    values = {id(v): v for v in arrays_of(problem)}
    if net["layers"][0] != "embedding" and "dL/dx" in trace.answer:
        values[id(problem.values["x"])] = problem.values["x"]
    arrays = list(values.values())
    for name, slope in trace.answer.items():
        by = StepName.parse(name)
        if by.of != "L":
            continue
        owner = trace.given[by.beside(symbols(trace, by))]
        own = [a for a in arrays if a.shape == owner.shape and np.array_equal(a, owner.array)]
        assert own, name
        direction = rng.uniform(0.5, 1.5, owner.shape)
        predicted += float(np.sum(slope * direction))
        moves.append((own[0], direction))
    assert moves

    def loss(d: float) -> float:
        before = [(a, a.copy()) for a, _ in moves]
        for a, direction in moves:
            a += d * direction
        moved = solve(problem)
        up = problem.values.get("upstream")
        out = next(iter(moved.answer.values()))
        L = float(moved.answer["L"]) if up is None else float(np.sum(out * up))
        for a, old in before:
            a[...] = old
        return L

    assert predicted == pytest.approx((loss(1e-6) - loss(-1e-6)) / 2e-6, rel=1e-5, abs=1e-7)
    return trace


def symbols(trace: Any, by: Any) -> str:
    """What a value that is called so in formulas is given as."""
    return next(
        StepName.parse(n).local
        for n, v in trace.given.items()
        if StepName.parse(n).section == by.section and StepName.parse(v.symbol).local == by.by
    )


def cnn(rng: Any, **more: Any) -> dict[str, Any]:
    filters, channels = (int(n) for n in rng.integers(1, 4, 2))
    x = drawn(rng, channels, 6, 7) if channels > 1 else drawn(rng, 6, 7)
    K = drawn(rng, filters, channels, 3, 2) if channels > 1 else drawn(rng, filters, 3, 2)
    size = filters * 2 * 3
    return {
        "x": x,
        "layers": [
            {"conv": {"filter": K, "bias": drawn(rng, filters)}}, str(rng.choice(["relu", "tanh", "gelu"])),
            {str(rng.choice(["max_pool", "avg_pool"])): 2}, {"flatten": {"order": str(rng.choice(["chw", "hwc"]))}},
            {"dense": {"W": drawn(rng, 3, size), "b": drawn(rng, 3)}}, "softmax",
        ],
        "target": int(rng.integers(1, 4)), "loss": "cross_entropy", "rate": 0.1, **more,
    }  # fmt: skip


@settings(max_examples=15)
@given(seed=SEEDS)
def test_a_convolutional_network(seed: int) -> None:
    trace = slope_holds(cnn(np.random.default_rng(seed)), seed)
    s, y = (value_of(trace, name) for name in ("softmax6.s", "target"))
    np.testing.assert_allclose(value_of(trace, "dense5.dL/dz"), s - y, atol=1e-13)
    for name in ("conv1.K", "conv1.b", "dense5.W", "dense5.b"):
        section, local = name.split(".")
        slope = trace.answer[f"{section}.dL/d{local}"]
        np.testing.assert_allclose(trace.answer[f"{name}_new"], value_of(trace, name) - 0.1 * slope)


def test_its_values_are_numpys() -> None:
    rng = np.random.default_rng(5)
    x, K, b = rng.normal(size=(6, 6)), rng.normal(size=(2, 3, 3)), rng.normal(size=2)
    W, c = rng.normal(size=(3, 8)), rng.normal(size=3)
    Y = np.array(
        [[[np.sum(x[i : i + 3, j : j + 3] * K[f]) + b[f] for j in range(4)] for i in range(4)] for f in range(2)]
    )
    P = np.maximum(Y, 0).reshape(2, 2, 2, 2, 2).max(axis=(2, 4))
    z = W @ P.reshape(-1) + c
    s = np.exp(z) / np.exp(z).sum()
    net = {"topic": "backprop", "x": x, "layers": [
        {"conv": {"filter": K, "b": b, "activation": "relu"}}, {"max_pool": 2}, "flatten",
        {"dense": {"W": W, "bias": c, "activation": "softmax"}}], "target": 3, "loss": "cross_entropy"}  # fmt: skip
    trace = solve(net)
    np.testing.assert_allclose(value_of(trace, "max_pool2.Y"), P)
    np.testing.assert_allclose(trace.answer["dense4.a"], s)
    assert trace.answer["L"] == pytest.approx(-np.log(s[2]))


def encoder(rng: Any, d: int, heads: int, hidden: int, tokens: int = 3) -> list[Any]:
    """Two heads or more, add and norm, feed-forward, add and norm."""
    norm = [{"norm": {"kind": "layer", "gamma": drawn(rng, d), "beta": drawn(rng, d), "eps": 0.01}} for _ in range(2)]
    weights = {name: drawn(rng, d, d) for name in ("W_Q", "W_K", "W_V", "W_O")}
    ffn = {"W1": drawn(rng, d, hidden), "b1": drawn(rng, hidden), "W2": drawn(rng, hidden, d), "b2": drawn(rng, d)}
    attention = {"attention": {**weights, "heads": heads, **({"mask": "causal"} if rng.random() < 0.5 else {})}}
    return [
        {"residual": {"layers": [attention]}}, norm[0],
        {"residual": [{"feed_forward": {**ffn, "activation": "tanh"}}]}, norm[1],
    ]  # fmt: skip


@settings(max_examples=10)
@given(seed=SEEDS)
def test_an_encoder_block(seed: int) -> None:
    rng = np.random.default_rng(seed)
    heads, width, tokens, hidden = (int(n) for n in rng.integers(2, 4, 4))
    d = heads * width
    layers = encoder(rng, d, heads, hidden)
    slope_holds({"x": drawn(rng, tokens, d), "layers": layers, "upstream": drawn(rng, tokens, d)}, seed)
    E = {"embedding": {"table": drawn(rng, 4, d), "first": 0}}
    words = {"x": rng.integers(0, 4, tokens).tolist(), "layers": [E, *layers]}
    trace = slope_holds({**words, "upstream": drawn(rng, tokens, d)}, seed)
    assert "dL/dx" not in trace.answer


def test_an_encoder_block_is_numpys() -> None:
    rng = np.random.default_rng(7)
    x, layers = rng.normal(size=(3, 4)), encoder(rng, 4, 2, 5)
    W = {k: np.array(v) for k, v in layers[0]["residual"]["layers"][0]["attention"].items() if k.startswith("W")}
    ffn = {k: np.array(v) for k, v in layers[2]["residual"][0]["feed_forward"].items() if k != "activation"}
    causal = "mask" in layers[0]["residual"]["layers"][0]["attention"]

    def normed(rows: Any, norm: Any) -> Any:
        centred = rows - rows.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + norm["eps"])
        return scaled * np.array(norm["gamma"]) + np.array(norm["beta"])

    heads = []
    for h in (slice(0, 2), slice(2, 4)):
        S = (x @ W["W_Q"])[:, h] @ (x @ W["W_K"])[:, h].T / np.sqrt(2)
        E = np.exp(np.where(np.tri(3) == 1, S, -np.inf) if causal else S)
        heads.append(E / E.sum(axis=1, keepdims=True) @ (x @ W["W_V"])[:, h])
    one = normed(x + np.hstack(heads) @ W["W_O"], layers[1]["norm"])
    two = normed(one + np.tanh(one @ ffn["W1"] + ffn["b1"]) @ ffn["W2"] + ffn["b2"], layers[3]["norm"])
    trace = solve({"topic": "network", "x": x.tolist(), "layers": layers})
    np.testing.assert_allclose(trace.answer["norm4.y"], two)
    np.testing.assert_allclose(value_of(trace, "norm2.y"), one)


def cell(rng: Any, kind: str, inputs: int, hidden: int) -> dict[str, Any]:
    """The weights of a recurrent layer, stacked or gate by gate."""
    if kind == "rnn":
        return {"W_xh": drawn(rng, hidden, inputs), "W_hh": drawn(rng, hidden, hidden), "b_h": drawn(rng, hidden)}
    gates = "ifog" if kind == "lstm" else "zrn"
    way = int(rng.integers(3))
    if way == 0:
        n = len(gates) * hidden
        return {"W_ih": drawn(rng, n, inputs), "W_hh": drawn(rng, n, hidden), "b_ih": drawn(rng, n)}
    if way == 1:
        return {f"W_{g}": drawn(rng, hidden, hidden + inputs) for g in gates}
    return {f"W_{s}{g}": drawn(rng, hidden, n) for g in gates for s, n in (("x", inputs), ("h", hidden))}


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@settings(max_examples=8)
@given(seed=SEEDS)
def test_recurrent_layers_and_a_head(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps, inputs, hidden, units = (int(n) for n in rng.integers(2, 4, 4))
    first = {kind: {**cell(rng, kind, inputs, hidden), "return": "all"}}
    drop = {"dropout": {"mask": rng.integers(0, 2, (steps, hidden)).tolist(), "rate": 0.25}}
    second = {"name": "top", **cell(rng, "rnn", hidden, hidden)}
    head = {"dense": {"W": drawn(rng, units, hidden), "b": drawn(rng, units), "activation": "sigmoid"}}
    net = {"x": drawn(rng, steps, inputs), "layers": [first, drop, {"rnn": second}, head]}
    target = rng.uniform(0.1, 0.9, units).tolist()
    trace = slope_holds(net, seed, target=target, loss="binary_cross_entropy")
    assert "top.dL/dW_xh" in trace.answer
    every = {"x": net["x"], "layers": [first, head]}
    slope_holds(every, seed, target=rng.uniform(size=(steps, units)).tolist(), loss="squared_error")


@settings(max_examples=10)
@given(seed=SEEDS)
def test_layers_between_dense_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    layout = str(rng.choice(["rows", "columns"]))
    n, m, k, rows = (int(n) for n in rng.integers(2, 5, 4))

    def W(outputs: int, inputs: int) -> list[Any]:
        return drawn(rng, inputs, outputs) if layout == "rows" else drawn(rng, outputs, inputs)

    inside = [{"W": W(m, n), "b": drawn(rng, m)}, {"leaky_relu": {"alpha": 0.2}}, {"dense": {"W": W(k, m)}}]
    layers = [
        {"residual": {"layers": inside, "projection": W(k, n), "activation": "softplus"}},
        {"norm": {"kind": str(rng.choice(["batch", "rms"])), "gamma": drawn(rng, k), "activation": "tanh"}},
        {"feed_forward": {"W1": W(2, k), "W2": W(3, 2), "b2": drawn(rng, 3), "activation": "gelu"}}, {"softmax": {"temperature": 2}},
    ]  # fmt: skip
    net = {"x": drawn(rng, rows, n), "layers": layers, "layout": layout}
    target = rng.integers(1, 4, rows).tolist()
    trace = slope_holds(net, seed, target=target, loss="cross_entropy", rate=0.5)
    assert {"dense1_1.dL/dW", "dense1_3.W_new", "residual1.dL/dW_s"} <= trace.answer.keys()
    s = value_of(trace, "softmax4.s")
    assert trace.answer["L"] == pytest.approx(-np.mean(np.log(s[np.arange(rows), np.array(target) - 1])))


@settings(max_examples=10)
@given(seed=SEEDS)
def test_layers_of_images(seed: int) -> None:
    rng = np.random.default_rng(seed)
    block = [{"conv": {"filter": drawn(rng, 2, 2, 3, 3), "pad": "same"}}, {"norm": {"kind": "instance"}}, "relu"]
    net = {"x": drawn(rng, 2, 5, 5), "layers": [
        {"residual": {"layers": block, "activation": "tanh"}},
        {str(rng.choice(["global_avg_pool", "global_max_pool"])): {}}, {"dense": {"W": drawn(rng, 2, 2)}}]}  # fmt: skip
    slope_holds(net, seed, upstream=drawn(rng, 2))


@pytest.mark.parametrize("seed", range(4))
def test_a_network_of_plain_layers_keeps_its_names_with_an_upstream_and_a_layout(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, W1, b1, W2 = (rng.normal(size=shape) for shape in ((4, 3), (3, 5), (5,), (5, 2)))
    x, up = (x, rng.normal(size=(4, 2))) if seed % 2 else (x[0], rng.normal(size=2))
    layers = [{"W": W1, "b": b1, "activation": "tanh"}, {"W": W2, "activation": "sigmoid"}]
    page = solve({"topic": "network", "x": x, "layers": layers, "layout": "rows", "upstream": up, "rate": 0.5})
    a1 = np.tanh(x @ W1 + b1)
    a2 = 1 / (1 + np.exp(-a1 @ W2))
    np.testing.assert_allclose(page.answer["a2"], a2)
    dz2 = up * a2 * (1 - a2)
    np.testing.assert_allclose(page.answer["dL/dW2"], np.atleast_2d(a1).T @ np.atleast_2d(dz2))
    np.testing.assert_allclose(page.answer["W2_new"], W2 - 0.5 * page.answer["dL/dW2"])
    dz1 = dz2 @ W2.T * (1 - a1**2)
    np.testing.assert_allclose(page.answer["dL/db1"], np.atleast_2d(dz1).sum(axis=0))
    assert page.conventions == ["weights input x unit: x·W"]
    turned = [{**layer, "W": layer["W"].T} for layer in layers]
    columns = solve({"topic": "network", "x": x, "layers": turned, "upstream": up, "rate": 0.5})
    assert columns.conventions == []
    assert columns.answer.keys() == page.answer.keys()
    for name, value in columns.answer.items():
        np.testing.assert_allclose(value, page.answer[name].T if "W" in name else page.answer[name])
    with pytest.raises(InputError, match=r"layers\[1\].b: is 5.*W is \(input, unit\): transposed\? layout: rows takes"):
        solve({"topic": "network", "x": x, "layers": layers})


CNN = {"topic": "network", "x": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
       "layers": [{"conv": [[1, 0], [0, 1]]}, "flatten", {"dense": {"W": [[1, 2, 3, 4]], "b": 1}}], "target": 1}  # fmt: skip


@pytest.mark.parametrize(
    "more, said",
    [
        ({"layers": [{"conv": [[1, 0], [0, 1]]}, "flatten", {"dense": [[1, 2, 3]]}]},
         "layers[3].dense.W: is 1 x 3, for 3 inputs, but 4 come in (flatten2 gives 4 numbers)"),
        ({"layers": [{"conv": [[1, 0], [0, 1]]}, {"dense": [[1, 2, 3]]}]},
         "layers[2].dense: wants a vector, or rows of numbers, but gets an image (flatten before it; conv1 gives 2 x 2)"),
        ({"layers": [{"conv": [[1, 0], [0, 1]]}, {"W": [[1, 2, 3]], "b": 1}]}, "layers[2]: wants a vector, or rows"),
        ({"x": [1, 2], "layers": [{"dense": {"W": [[1, 0], [0, 1], [1, 1]], "b": [1, 2]}}, "relu"]},
         "layers[1].dense.b: has 2 numbers, but W has 3 units (3 x 2)"),
        ({"layers": ["conv"]}, "layers[1].conv: 'filter' is missing"),
        ({"layers": ["flatten", "dense"]}, "layers[2].dense: 'W' is missing"),
        ({"layers": [{"conf": [[1]]}, "flatten"]}, "(did you mean conv?)"),
        ({"layers": ["rellu"]}, "(did you mean relu?)"),
        ({"layers": [{"relu": {"alpha": 1}}]}, "layers[1].relu.alpha: says nothing of relu"),
        ({"layers": [{"dropout": [1, 0, 1]}]}, "layers[1].dropout.mask: has 3 numbers, but 3 x 3 comes in"),
        ({"layers": [{"dropout": {"mask": [[1] * 3] * 3, "rate": 1}}]}, "layers[1].dropout.rate: drops everything; want less than 1"),
        ({"layers": [{"conv": [[1, 0], [0, 1]]}, "softmax"]}, "layers[2].softmax: wants a vector, or rows"),
        ({"layers": [{"conv": [[1, 0], [0, 1]]}, "relu"]}, "target: belongs to numbers or rows, but relu2 gives 2 x 2 (flatten before the loss)"),
        ({"layers": [{"attention": {"W_Q": [[1], [2]], "W_K": [[1], [2]], "W_V": [[1], [2]]}}]},
         "layers[1].attention.W_Q: is 2 x 1, for tokens of 2 numbers, but they have 3 (x is 3 x 3)"),
        ({"layers": [{"lstm": {f"W_{g}": [[1, 2]] for g in "ifog"}}]},
         "layers[1].lstm.W_i: is 1 x 2: its 'hidden+input' is 2, want 4 (x is 3 x 3)"),
        ({"x": [1, 3], "layers": [{"embedding": [[1, 2], [3, 4]]}]}, "layers[1].embedding.table: has tokens from 1 to 2, but x has 3"),
        ({"layers": [{"residual": [{"dense": {"W": [[1, 2, 3]]}}]}, "relu"]}, "layers[1].residual.layers: give 3 x 1, but x 3 x 3: no sum"),
        ({"layers": [{"conv": {"filter": [[1]], "name": "a"}}, {"relu": {"name": "a"}}]}, "layers[2].relu.name: 'a' is taken"),
        ({"layers": [{"relu": {"name": "a.b"}}]}, "layers[1].relu.name: 'a.b' is no name"),
        ({"layers": [{"max_pool": 2, "name": "a"}]}, "layers[1]: want one kind with its fields (name stands inside: {max_pool: {…, name: …}})"),
        ({"layers": [{"conv": {"filter": [[1]], "name": "relu2"}}, "relu"]},
         "layers[1].conv.name: 'relu2' is taken: it is what layers[2].relu is called; want each name once"),
        ({"layers": ["flatten", {"relu": {"name": "x"}}]}, "layers[2].relu.name: 'x' is what the page calls the input; want another name"),
        ({"layers": ["flatten", {"relu": {"name": "t1"}}]}, "layers[2].relu.name: 't1' is what the page calls a time step"),
        ({"layers": []}, "layers: the list is empty; want at least one"),
        ({"layers": ["foo"]}, "layers[1]: unknown kind 'foo'; want one of "),
        ({"layers": [{"Linear": {"W": [[1]]}}]}, "layers[1]: unknown kind 'Linear': nncalc calls it 'dense'"),
        ({"layers": ["BatchNorm2d"]}, "layers[1]: unknown kind 'BatchNorm2d': nncalc calls it 'norm'"),
        ({"layers": [{"W": [[1, 2], [3, 4], [5, 6]]}], "x": [1, 2, 3]}, "W is (input, unit): transposed? layout: rows takes (input, unit)"),
        ({"x": [[[[1, 2], [3, 4]]]]}, "x: is 1 x 1 x 2 x 2, and a batch of images is not worked; want one image"),
        ({"x": [1, 2], "layers": [{"dense": [[1], [2]]}, "relu"], "target": [1]},
         "layers[1].dense.W: is 2 x 1, for 1 inputs, but 2 come in (x has 2 numbers; W is (input, unit): transposed? layout: rows takes (input, unit))"),
        ({"layers": [{"rnn": {"W_xh": [[1, 2]] * 3, "W_hh": [[1, 0], [0, 1]]}}]}, "transposed? layout: rows takes (input, hidden)"),
        ({"x": [1, 2, 3], "layers": [{"lstm": {f"W_{g}": [[1]] * 4 for g in "ifog"}}]}, "transposed? layout: rows takes (hidden+input, hidden)"),
        ({"layers": [{"positions": {"table": [[1, 2, 3]]}}]}, "layers[1].positions.table: is 1 x 3: no row of its own for each row"),
        ({"layers": [{"positions": {"table": [[1, 2, 3]], "base": 10}}]}, "layers[1].positions.table: belongs to a problem without base"),
        ({"layers": [{"attention": {f"W_{n}": [[1]] * 3 for n in "QKV"}}], "layout": "columns"}, "layout: is columns, but attention"),
        ({"steps": 3}, "steps: belongs to a problem with rate"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_one_line(more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as error:
        solve({**CNN, **more})
    assert said in str(error.value), str(error.value)


def test_the_nth_of_a_kind_is_named() -> None:
    with pytest.raises(InputError, match="no conv2; the first conv is conv1"):
        value_of(solve(CNN), "conv2.Y")
    with pytest.raises(InputError, match="no dense1; the first dense is dense3"):
        value_of(solve(CNN), "dense1.z")


def counted(net: dict[str, Any]) -> tuple[int, int]:
    """What `params` counts of a network's file, and how many numbers its layers hold."""
    text = yaml_of("network", **net)
    learned = arrays_of(loads(text))
    return int(solve(loads(text, "params")).answer["params"]), sum(a.size for a in learned)


def test_params_counts_a_networks_file() -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        count, learned = counted(cnn(rng))
        assert count == learned
    words = {
        "x": [1, 2, 3],
        "layers": [{"embedding": drawn(rng, 5, 4)}, *encoder(rng, 4, 2, 6), {"dense": drawn(rng, 4, 2)}],
    }
    count, learned = counted(words)
    assert count == learned
    for kind in ("rnn", "lstm", "gru"):
        for _ in range(4):
            layers = [{kind: cell(rng, kind, 3, 2)}, {"W": drawn(rng, 4, 2), "b": drawn(rng, 4)}, "softmax"]
            net = {"x": drawn(rng, 2, 3), "layers": layers}
            states = 4 if kind == "lstm" else 2  # h_0 and c_0 are no parameters
            count, learned = counted(net)
            assert count == learned - states
    assert counted({"x": [1, 2], "layers": [{"W": [[1, 2], [3, 4]], "b": [1, 2]}, {"W": [[1, 2]]}]}) == (8, 8)
    with pytest.raises(InputError, match="no network"):
        loads(yaml_of("backprop", expr="x*y", at={"x": 1, "y": 2}), "params")


def test_cross_entropy_wants_probabilities_and_an_update_any_gradient() -> None:
    dense = {"dense": {"W": [[1, 0], [0, 1]]}}
    with pytest.raises(InputError, match=r"loss: is of probabilities, but dense1 gives 2 numbers \(end with softmax\)"):
        loaded = loads(yaml_of("network", x=[1, 2], layers=[dense], target=1, loss="cross_entropy"))
        solve(loaded)
    page = solve(loads(yaml_of("network", x=[1, 2], layers=[dense], upstream=[1, -1], rate=0.5)))
    assert page.answer["dense1.W_new"].tolist() == [[0.5, -1], [0.5, 2]]


def test_a_row_of_a_table_that_is_looked_up_is_where_its_gradient_goes() -> None:
    net = {"x": [2, 1, 2], "layers": [{"embedding": {"table": [[1, 0], [0, 1]]}}, "tanh"]}
    page = solve(loads(yaml_of("network", **net, upstream=[[1, 2], [3, 4], [5, 6]])))
    step = page["embedding1.dL/dE"]
    written = formula(step)
    assert written == "[embedding1.∂L/∂X[2], embedding1.∂L/∂X[1] + embedding1.∂L/∂X[3]]" and np.allclose(
        step.array[1], page["embedding1.dL/dX"].array[[0, 2]].sum(axis=0)
    )


@settings(max_examples=8)
@given(seed=SEEDS)
def test_a_small_u_net(seed: int) -> None:
    """Down, up again, and what was before the pool beside it: against NumPy, and by finite differences."""
    rng = np.random.default_rng(seed)
    x, K, D, F = (
        rng.normal(size=(4, 6)),
        rng.normal(size=(2, 1, 1)),
        rng.normal(size=(4, 2, 2)),
        rng.normal(size=(1, 4, 1, 1)),
    )
    net = {
        "x": x.tolist(),
        "layers": [
            {"conv": {"filter": K.tolist(), "activation": "tanh", "name": "down"}}, {"avg_pool": 2}, {"upsample": 2},
            {"concat_with": "down"}, {"depthwise": {"filter": D.tolist(), "bias": [0.1, 0.2, 0.3, 0.4]}},
            {"conv": {"filter": F.tolist()}},
        ],
        "upstream": rng.normal(size=(1, 3, 5)).tolist(),
    }  # fmt: skip
    trace = slope_holds(net, seed)
    down = np.tanh(K * x)
    pooled = down.reshape(2, 2, 2, 3, 2).mean(axis=(2, 4))
    together = np.concatenate([np.kron(pooled, np.ones((1, 2, 2))), down])
    deep = np.array([
        [[np.sum(together[c, i : i + 2, j : j + 2] * D[c]) + (c + 1) / 10 for j in range(5)] for i in range(3)]
        for c in range(4)
    ])  # fmt: skip
    np.testing.assert_allclose(value_of(trace, "concat_with4.y"), together, rtol=1e-12)
    np.testing.assert_allclose(value_of(trace, "depthwise5.Y"), deep, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        value_of(trace, "conv6.Y")[0], np.tensordot(F[0, :, 0, 0], deep, 1), rtol=1e-12, atol=1e-12
    )


def test_what_is_larger_is_cropped_to_its_middle() -> None:
    x = np.arange(25.0).reshape(1, 5, 5)
    layers = [
        {"relu": {"name": "wide"}},
        {"conv": {"filter": [[[[1, 0, 0], [0, 0, 0], [0, 0, 0]]]]}},
        {"concat_with": "wide"},
    ]
    trace = solve(loads(yaml_of("network", x=x, layers=layers)))
    np.testing.assert_array_equal(trace["concat_with3.y"].array, [x[0, :3, :3], x[0, 1:4, 1:4]])
    rows = solve(
        loads(
            yaml_of("network", x=[[1, 2], [3, 4]], layers=[{"tanh": {"name": "one"}}, "relu", {"concat_with": "one"}])
        )
    )
    np.testing.assert_allclose(rows["concat_with3.y"].array, np.hstack([np.tanh([[1, 2], [3, 4]])] * 2))


@settings(max_examples=8)
@given(seed=SEEDS)
def test_attention_to_a_memory(seed: int) -> None:
    """Queries of what comes in, keys and values of the memory (Vaswani et al. 2017, the decoder's second attention)."""
    rng = np.random.default_rng(seed)
    x, M = rng.normal(size=(2, 4)), rng.normal(size=(3, 5))
    W = {"W_Q": rng.normal(size=(4, 2)), "W_K": rng.normal(size=(5, 2)), "W_V": rng.normal(size=(5, 3))}
    numbers = {name: w.tolist() for name, w in W.items()}
    net = {"x": x.tolist(), "layers": ["tanh", {"attention": {**numbers, "memory": M.tolist()}}],
           "upstream": rng.normal(size=(2, 3)).tolist(), "rate": 0.1}  # fmt: skip
    trace = solve(loads({"topic": "backprop", **net}))
    S = np.tanh(x) @ W["W_Q"] @ (M @ W["W_K"]).T / np.sqrt(2)
    A = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trace["attention2.Z"].array, A @ M @ W["W_V"], rtol=1e-12)
    assert not [name for name in trace.answer if "memory" in name or name.endswith("M_new")]
    up = np.array(net["upstream"])
    for name, w in W.items():
        slope = np.zeros(w.shape)
        for i in np.ndindex(w.shape):
            ends = []
            for by in (1e-6, -1e-6):
                moved = {k: v.copy() for k, v in W.items()}
                moved[name][i] += by
                scores = np.tanh(x) @ moved["W_Q"] @ (M @ moved["W_K"]).T / np.sqrt(2)
                shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
                ends.append(np.sum(up * (shares @ M @ moved["W_V"])))
            slope[i] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(trace.answer[f"attention2.dL/d{name}"], slope, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("x", "layers", "told"),
    [
        ([[1, 2], [3, 4]], ["relu", {"concat_with": "relu2"}], "layers[2].concat_with.layer: there is no layer 'relu2' before this one"),
        ([[1, 2], [3, 4]], [{"dense": [[1, 0], [0, 1]]}, {"upsample": 2}], "wants an image, but"),
        ([[[1, 2], [3, 4]]], [{"max_pool": {"window": 2, "name": "p"}}, {"upsample": 4}, {"concat_with": "p"}], "smaller than the 1 x 4 x 4"),
        ([[[1, 2], [3, 4]]], ["relu", "flatten", {"concat_with": "relu1"}], "layers[3].concat_with.layer: relu1 gives 1 x 2 x 2, but 4"),
        ([[1, 2], [3, 4]], [{"depthwise": [[[1]]]}], "wants channel x height x width, but x is 2 x 2"),
        ([[[1]], [[2]]], [{"depthwise": [[[1]], [[2]], [[3]]]}], "layers[1].depthwise.filter: "),
        ([[1, 2]], [{"attention": {"W_Q": [[1], [2]], "W_K": [[1]], "W_V": [[1]], "memory": [[1, 2]]}}], "W_K"),
    ],
)  # fmt: skip
def test_what_cannot_stand_there_is_said_in_a_line(x: Any, layers: list[Any], told: str) -> None:
    with pytest.raises(InputError) as error:
        solve(loads(yaml_of("network", x=x, layers=layers)))
    assert told in str(error.value) and "\n" not in str(error.value)


# Kinds of `params` with numbers that have no place in a network, and why.
NOT_IN_A_NETWORK = {
    "batch_norm": "norm, kind batch", "layer_norm": "norm, kind layer", "rms_norm": "norm, kind rms",
    "group_norm": "norm, kind group", "instance_norm": "norm, kind instance", "transposed_conv": "conv, transposed",
    "learned": "no kernel", "patches": "conv with a stride", "class_token": "no kernel",
    "tied": "numbers of another layer", "moe": "no kernel", "conv1d": "conv of a plain list, or of rows of one", "conv3d": "no kernel",
}  # fmt: skip


def test_every_kind_with_numbers_stands_in_a_network() -> None:
    without = {"max_pool", "avg_pool", "global_avg_pool", "global_max_pool", "adaptive_avg_pool", "adaptive_max_pool",
               "flatten", "dropout", "pad", "local_response_norm", "upsample", "concat_with", "pad_channels", "first_token", "last_token", "repeat",
               "parallel", *get_args(ActivationKind)}  # fmt: skip
    assert set(LayerSpec.options) - without == set(NOT_IN_A_NETWORK) | (set(LayerSpec.options) & numbered())


def numbered() -> set[str]:
    """The kinds of a network that hold numbers."""
    return {
        "conv",
        "depthwise",
        "dense",
        "embedding",
        "positions",
        "rnn",
        "lstm",
        "gru",
        "attention",
        "feed_forward",
        "residual",
    }


def turned(layer: Any, way: str) -> Any:
    """A layer's weights as the layout `way` has them; they are drawn as columns have them."""
    if way == "columns" or not isinstance(layer, dict):
        return layer
    return {n: np.transpose(v).tolist() if n.startswith("W") else turned(v, way) for n, v in layer.items()}


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@settings(max_examples=6)
@given(seed=SEEDS)
def test_the_networks_layout_reaches_its_recurrent_layers(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = {kind: {**cell(rng, kind, 3, 2), "return": "all"}}
    if rng.random() < 0.5:
        first[kind] |= {"W_hy": drawn(rng, 4, 2), "b_y": drawn(rng, 4), "output_activation": "tanh"}
    width = 4 if "W_hy" in first[kind] else 2
    layers = [first, {"rnn": {**cell(rng, "rnn", width, 3), "name": "own"}}, {"dense": {"W": drawn(rng, 2, 3)}}]
    net = {"topic": "network", "x": drawn(rng, 4, 3), "target": drawn(rng, 2), "rate": 0.1}
    columns = solve({**net, "layers": layers})
    rows = slope_holds({**net, "layers": [turned(layer, "rows") for layer in layers], "layout": "rows"}, seed)
    mixed = [turned(layers[0], "rows"), {"rnn": {**layers[1]["rnn"], "layout": "columns"}}, turned(layers[2], "rows")]
    own = solve({**net, "layers": mixed, "layout": "rows"})
    assert rows.conventions[2] == "weights input x unit: x·W"
    assert own.conventions[2:4] == [
        f"weights input x unit: x·W ({kind}1 dense3)", "weights unit x input: W·x (own)",
    ]  # fmt: skip
    assert columns.answer.keys() == rows.answer.keys() == own.answer.keys()
    for name, value in columns.answer.items():
        weights = StepName.parse(name).local.startswith(("W", "dL/dW"))
        np.testing.assert_allclose(rows.answer[name].T if weights else rows.answer[name], value, atol=1e-12)
        turns = weights and not name.startswith("own.")
        np.testing.assert_allclose(own.answer[name].T if turns else own.answer[name], value, atol=1e-12)


def test_update_after_update_is_one_after_the_other() -> None:
    rng = np.random.default_rng(11)
    net = cnn(rng, l2=0.3, freeze_bias=True)
    net["layers"].insert(
        4, {"norm": {"kind": "rms", "gamma": drawn(rng, int(np.size(net["layers"][4]["dense"]["W"][0])))}}
    )
    page = solve({"topic": "network", **net, "steps": 3})
    assert "step2.conv1.K" in page.names and page.header.keys() >= {"conv1.filter", "dense6.W", "target", "x"}
    losses = []
    for _ in range(3):
        one = slope_holds({"topic": "network", **net})
        losses.append(float(one.answer["L"]))
        assert not {name for name in one.answer if name.endswith("b_new")}
        for number, kind, local, field in (
            (0, "conv", "K", "filter"),
            (4, "norm", "gamma", "gamma"),
            (5, "dense", "W", "W"),
        ):
            net["layers"][number][kind][field] = one.answer[f"{kind}{number + 1}.{local}_new"].tolist()
    np.testing.assert_allclose([page.answer[f"L_{i}"] for i in range(3)], losses)
    assert losses[-1] < losses[0]
    np.testing.assert_allclose(page.answer["conv1.K_new"], net["layers"][0]["conv"]["filter"])
    np.testing.assert_allclose(page.answer["norm5.gamma_new"], net["layers"][4]["norm"]["gamma"])
    np.testing.assert_allclose(value_of(page, "step3.dense6.W_new"), net["layers"][5]["dense"]["W"])


def test_l2_is_of_the_weights_alone_and_both_forms_descend_alike() -> None:
    rng = np.random.default_rng(12)
    W, b, V = (rng.normal(size=shape) for shape in ((3, 2), (3,), (1, 3)))
    x = rng.normal(size=(4, 2))
    t = rng.normal(size=(4, 1))
    plain = [{"W": W, "b": b, "activation": "tanh"}, {"W": V}]
    more = {"x": x, "target": t, "loss": "squared_error", "rate": 0.05, "steps": 4, "l2": 0.7}
    one = solve({"topic": "network", "layers": plain, **more})
    other = solve({"topic": "network", "layers": [{"dense": layer} for layer in plain], **more})
    for i in range(4):
        L = np.mean((np.tanh(x @ W.T + b) @ V.T - t) ** 2) + 0.35 * (np.sum(W**2) + np.sum(V**2))
        a = np.tanh(x @ W.T + b)
        up = 2 * (a @ V.T - t) / 4
        dz = up @ V * (1 - a**2)
        slopes = dz.T @ x + 0.7 * W, dz.sum(axis=0), up.T @ a + 0.7 * V
        W, b, V = (w - 0.05 * slope for w, slope in zip((W, b, V), slopes, strict=True))
        for page in (one, other):
            assert page.answer[f"L_{i}"] == pytest.approx(L)
    for name, full, value in (("W1", "dense1.W", W), ("b1", "dense1.b", b), ("W2", "dense2.W", V)):
        np.testing.assert_allclose(one.answer[f"{name}_new"], value)
        np.testing.assert_allclose(other.answer[f"{full}_new"], value)


@settings(max_examples=8)
@given(seed=SEEDS)
def test_positions_are_added(seed: int) -> None:
    rng = np.random.default_rng(seed)
    T, d = (int(n) for n in rng.integers(2, 6, 2))
    x, P = rng.normal(size=(T, d)), rng.normal(size=(T + int(rng.integers(2)), d))
    i = np.arange(d)
    angle = np.arange(T)[:, None] / 100 ** (2 * (i // 2) / d)
    PE = np.where(i % 2 == 0, np.sin(angle), np.cos(angle))
    net = {
        "topic": "network",
        "x": x.tolist(),
        "layers": [{"positions": {"base": 100}}, {"positions": {"table": P.tolist()}}],
    }
    page = solve(net)
    np.testing.assert_allclose(page.answer["positions2.X"], x + PE + P[:T], atol=1e-12)
    assert "positions1 base 100" in page.conventions
    dense = {"dense": {"W": drawn(rng, d, 2), "activation": "tanh"}}
    held = slope_holds({**net, "layers": [*net["layers"], dense], "upstream": drawn(rng, T, 2)}, seed)
    assert held.answer["positions2.dL/dP"].shape == P.shape
    bare = solve({**net, "layers": ["positions"]}).answer["positions1.X"]
    np.testing.assert_allclose(
        bare[:, :2], (x + np.where(i % 2, np.cos(np.arange(T)[:, None]), np.sin(np.arange(T)[:, None])))[:, :2]
    )


def test_words_stand_for_tokens() -> None:
    words, known = ["the", "cat", "the"], ["cat", "sat", "the"]
    E = np.arange(6.0).reshape(3, 2)
    layers = [{"embedding": E.tolist()}, {"rnn": {"W_xh": [[1, 2]], "W_hh": [[1]]}}]
    net = {"topic": "network", "layers": layers, "vocabulary": known, "upstream": [1]}
    numbered = solve({"topic": "network", "layers": layers, "x": [3, 1, 3], "upstream": [1]})
    for given_words in ({"x": words}, {"tokens": words}):
        page = solve({**net, **given_words})
        np.testing.assert_allclose(value_of(page, "embedding1.X"), E[[2, 0, 2]])
        assert page.answer.keys() == numbered.answer.keys()
        for name, value in page.answer.items():
            np.testing.assert_allclose(value, numbered.answer[name])
        assert any(step.title == "rnn2, time step 1" for step in page.steps)
    straight = solve({**net, "x": words, "layers": [{"rnn": {"W_xh": [[1, 2, 3]], "W_hh": [[0]]}}]})
    assert straight["rnn1.t2.h"].array == pytest.approx(np.tanh(1))
    assert straight["rnn1.t2.h"].title == "rnn1, time step 2: cat"
    with pytest.raises(InputError, match="table: has 3 rows, but the vocabulary has 4 words"):
        solve({**net, "x": words, "vocabulary": [*known, "on"]})
    with pytest.raises(InputError, match="'dog' is not in the vocabulary"):
        solve({**net, "x": ["dog"]})


def test_an_output_of_a_recurrent_layer_goes_on() -> None:
    rng = np.random.default_rng(13)
    W, U, V, c = (rng.normal(size=shape) for shape in ((2, 3), (2, 2), (4, 2), (4,)))
    x, h, ys = rng.normal(size=(3, 3)), np.zeros(2), []
    for row in x:
        h = np.tanh(W @ row + U @ h)
        ys.append(np.maximum(V @ h + c, 0))
    layer = {"W_xh": W, "W_hh": U, "W_hy": V, "b_y": c, "output_activation": "relu"}
    for back, wanted, name in (("last", ys[-1], "rnn1.t3.y"), ("all", np.array(ys), "rnn1.Y")):
        page = solve({"topic": "network", "x": x, "layers": [{"rnn": {**layer, "return": back}}]})
        np.testing.assert_allclose(page.answer[name], wanted)
        assert "rnn1 gives its outputs y, not its states" in page.conventions
    with pytest.raises(InputError, match="is not counted with W_hy; want a dense layer behind it"):
        loads(
            yaml_of(
                "network",
                x=x.tolist(),
                layers=[{"rnn": {n: np.asarray(v).tolist() for n, v in layer.items() if n[0] != "o"}}],
            ),
            "params",
        )


def test_a_recurrent_layer_gives_all_its_steps_to_another_one() -> None:
    """Stacked as in every framework, by NumPy; to a dense layer goes the last state, and what the file says holds."""
    rng = np.random.default_rng(3)
    x, (W1, U1), (W2, U2) = rng.normal(size=(3, 2)), rng.normal(size=(2, 2, 2)), rng.normal(size=(2, 2, 2))
    h, g, last = np.zeros(2), np.zeros(2), np.zeros(2)
    for row in x:
        h = np.tanh(W1 @ row + U1 @ h)
        g = np.tanh(W2 @ h + U2 @ g)
    last = np.tanh(W2 @ h)

    def network(**more: Any) -> Any:
        first, second = ({"W_xh": W.tolist(), "W_hh": U.tolist()} for W, U in ((W1, U1), (W2, U2)))
        return solve({"topic": "network", "x": x.tolist(), "layers": [{"rnn": first | more}, {"rnn": second}]})

    page = network()
    np.testing.assert_allclose(page["rnn2.t3.h"].array, g, rtol=1e-12)
    assert any("rnn1 gives all its time steps to the next" in said for said in page.conventions)
    with pytest.raises(KeyError):
        network(**{"return": "last"})["rnn2.t1.h"]
    np.testing.assert_allclose(network(**{"return": "last"})["rnn2.h"].array, last, rtol=1e-12)


def test_what_a_page_says_first() -> None:
    attention = {f"W_{n}": [[1, 0], [0, 1]] for n in "QKV"} | {"heads": 2}
    layers = [{"residual": [{"attention": attention}, "relu"]}, {"residual": [{"residual": [{"residual": ["tanh"]}]}]}]
    page = solve({"topic": "backprop", "x": [[1, 2], [3, 4]], "layers": layers})
    assert page.called == "network"
    assert page.conventions[0] == (
        "x 2 x 2 → residual1 (attention1_1 2 x 2 → relu1_2 2 x 2) 2 x 2 "
        "→ residual2 (residual2_1 (residual2_1_1 (tanh2_1_1 2 x 2) 2 x 2) 2 x 2) 2 x 2"
    )
    assert [*page.header] == ["x", *(f"attention1_1.W_{n}" for n in "QKV")]
    assert {step.title for step in page.steps} >= {"attention1_1, head 1", "attention1_1, head 2", "tanh2_1_1"}
    with pytest.raises(InputError, match="no attention2; the first attention is attention1_1"):
        value_of(page, "attention2.Z")


def test_ready_networks_are_forms_of_new() -> None:
    for name in ("cnn", "encoder_block"):
        assert solve(loads(example("network", name))).called == "network"
    assert "--form cnn" in example("network")


def test_words_stand_for_targets() -> None:
    layers = [{"embedding": [[1, 2], [3, 4], [0, 1], [2, 2]]}, {"dense": {"W": [[1, 0, 2, 1], [-1, 1, 0, 1]]}}]
    layers += ["softmax"]
    net = {"topic": "network", "layers": layers, "tokens": "hell", "vocabulary": "helo", "loss": "cross_entropy"}
    right = np.eye(4)[[1, 2, 2, 3]]
    for said in ("ello", ["e", "l", "l", "o"], right.tolist(), [2, 3, 3, 4]):
        page = solve({**net, "target": said})
        np.testing.assert_allclose(page.answer["L"], -np.log(value_of(page, "softmax3.s")[right == 1]).mean())
        np.testing.assert_array_equal(page.given["target"].array, right)
    cell = {"topic": "rnn", "tokens": "he", "vocabulary": ["h", "e", "l"], "W_xh": [[1, 2, 3]], "W_hh": [[1]]}
    out = {"W_hy": [[1], [2], [3]], "target": "e", "loss_on": "last", "loss": "half_squared_error"}
    assert solve({**cell, **out}).answer["L"] == pytest.approx(
        solve({**cell, **out, "target": [0, 1, 0]}).answer["L"], rel=1e-15
    )
    figures = {**net, "tokens": "01", "vocabulary": ["0", "1", "2", "3"], "target": [1, 2]}  # classes, and no words
    np.testing.assert_array_equal(solve(figures).given["target"].array, np.eye(4)[[0, 1]])
    with pytest.raises(InputError, match=r"target: want a number, got the text 'elx'"):
        solve({**net, "target": "elx"})
