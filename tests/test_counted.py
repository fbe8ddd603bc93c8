"""A network's file as a problem of `params`: its counts against the page that works it, and what it refuses."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import yaml_of
from test_params import LAYERS, kind_of

from nncalc import load, loads, solve
from nncalc.errors import InputError
from nncalc.limits import DEFAULT, Permissions
from nncalc.topics.backprop.blocks import NetworkLayer
from nncalc.topics.backprop.sizes import _COUNTS
from nncalc.trace.steps import Trace

SQUARE, ROWS = (2, 6, 6), (3, 4)


def drawn(*shape: int) -> Any:
    """Numbers that no shape depends on."""
    return (np.arange(math.prod(shape)) % 7 / 4 - 0.5).reshape(shape).tolist()


def worked(x: Any, layers: list[Any], **more: Any) -> Trace:
    """The network's own page, all the way back."""
    out = next(iter(solve(loads(yaml_of("network", x=x, layers=layers, **more))).answer.values()))
    return solve(loads(yaml_of("network", x=x, layers=layers, upstream=np.ones(out.shape).tolist(), **more)))


def counted(x: Any, layers: list[Any], **more: Any) -> Trace:
    return solve(loads(yaml_of("network", x=x, layers=layers, **more), "params"))


def learned_on(page: Trace) -> int:
    """What a page has gradients of, but for the input."""
    return sum(a.size for name, a in page.answer.items() if "dL/d" in name and name != "dL/dx")


def norm(kind: str, **more: Any) -> Any:
    return {"norm": {"kind": kind, **more}}


def attention(heads: int, shared: int, wide: int, value: int, **more: Any) -> Any:
    widths = {"Q": heads * wide, "K": shared * wide, "V": shared * value}
    weights = {f"W_{name}": drawn(4, width) for name, width in widths.items()}
    return {"attention": {**weights, "heads": heads, "kv_heads": shared, **more}}


def cell(kind: str, gates: str, hidden: int, width: int, **more: Any) -> Any:
    matrices = {f"W_{of}{g}": drawn(hidden, n) for of, n in (("x", width), ("h", hidden)) for g in gates}
    return {kind: {**matrices, **more}}


IMAGES = {
    "layer norm of rows of an image": [norm("layer", gamma=drawn(6), beta=drawn(6))],
    "layer norm of a whole image": [norm("layer", gamma=drawn(2, 6, 6), axes=3)],
    "layer norm after conv": [
        {"conv": {"filter": drawn(3, 2, 3, 3), "bias": drawn(3)}},
        norm("layer", gamma=drawn(3, 4, 4), beta=drawn(3, 4, 4), axes=3),
    ],
    "rms norm with a shift": [norm("rms", gamma=drawn(6, 6), beta=drawn(6, 6), axes=2)],
    "group norm": [norm("group", gamma=drawn(2), groups=2)],
    "instance norm": [norm("instance", beta=drawn(2))],
    "transposed conv": [
        {"conv": {"filter": drawn(2, 3, 3, 3), "transposed": True, "stride": 2, "output_pad": 1, "b": drawn(3)}}
    ],
    "transposed, same": [{"conv": {"filter": drawn(2, 3, 3, 3), "transposed": True, "stride": 2, "pad": "same"}}],
    "conv in groups": [{"conv": {"filter": drawn(4, 1, 3, 2), "groups": 2, "stride": [2, 1], "pad": [1, 0]}}],
    "depthwise": [{"depthwise": {"filter": drawn(2, 3, 2), "bias": drawn(2), "stride": [2, 1]}}],
    "depthwise, two a channel": [{"depthwise": {"filter": drawn(4, 1, 3, 2), "pad": "same"}}],
    "a skip connection": [
        {"conv": {"filter": drawn(3, 2, 3, 3), "name": "down"}},
        {"max_pool": 2},
        {"upsample": 2},
        {"concat_with": "down"},
        {"conv": {"filter": drawn(2, 6, 1, 1)}},
    ],
    "a skip that is cropped": [
        {"max_pool": {"window": 1, "name": "down"}},
        {"max_pool": 2},
        {"conv": {"filter": drawn(3, 2, 2, 2)}},
        {"concat_with": "down"},
    ],
    "a pool with gaps": [{"max_pool": {"window": 2, "dilation": 2, "stride": 1}}],
    "one filter, then more": [{"conv": {"filter": drawn(2, 3, 3)}}, {"conv": {"filter": drawn(5, 2, 2)}}],
    "global": ["relu", "global_avg_pool", {"dense": {"W": drawn(3, 2)}}],
}
TOKENS = {
    "a narrow V": [attention(2, 2, 3, 1, W_O=drawn(2, 4), b_O=drawn(4))],
    "no W_O": [attention(2, 1, 2, 5), {"dense": {"W": drawn(10, 2), "b": drawn(2)}}],
    "grouped, a wide V, biases": [
        attention(4, 2, 1, 3, W_O=drawn(12, 4), b_Q=drawn(4), b_K=drawn(2), b_V=drawn(6)),
    ],
    "the first bias": [{"feed_forward": {"W1": drawn(4, 5), "b1": drawn(5), "W2": drawn(5, 4)}}, norm("rms")],
    "the last bias": [{"feed_forward": {"W1": drawn(4, 5), "W2": drawn(5, 4), "b2": drawn(4)}}, norm("rms")],
    "layer norm without numbers": [norm("layer")],
    "a shift alone": [norm("layer", beta=drawn(4))],
    "batch norm": [norm("batch", gamma=drawn(4))],
    "blocks": [
        {"residual": {"layers": [norm("layer", gamma=drawn(4)), attention(2, 2, 2, 2, W_O=drawn(8, 4)[:4])]}},
        {"residual": {"layers": [{"dense": {"W": drawn(4, 6)}}, "relu"], "projection": drawn(4, 6)}},
    ],
    "a gru": [cell("gru", "zrn", 5, 4, layout="columns", **{f"b_{g}": drawn(5) for g in "zrn"})],
    "memory": [{"attention": {f"W_{n}": drawn(4, 4) for n in "QKVO"} | {"memory": drawn(5, 4)}}],
}


@pytest.mark.parametrize(("x", "layers"), [
    *((drawn(*SQUARE), layers) for layers in IMAGES.values()), *((drawn(*ROWS), layers) for layers in TOKENS.values()),
], ids=[*IMAGES, *TOKENS])  # fmt: skip
def test_counts_are_those_of_the_page_that_works_it(x: Any, layers: list[Any]) -> None:
    """As many numbers as have gradients, and what comes out of the last layer; channels are last in params."""
    more = {"layout": "rows"} if np.ndim(x) == 2 else {}
    page, counts = worked(x, layers, **more), counted(x, layers, **more)
    assert counts.answer["params"] == learned_on(page)
    out = next(iter(page.answer.values())).shape
    kept = out if np.ndim(x) == 2 else (*out[-2:], out[0]) if len(out) == 3 else (*out, 1) if len(out) == 2 else out
    assert tuple(counts.answer["output"].tolist()) == kept


def products(*shapes: tuple[int, int, int]) -> int:
    """How many multiply-adds matrix products of n x m with m x k take."""
    return sum(n * m * k for n, m, k in shapes)


def test_multiply_adds_are_those_of_the_matrix_products() -> None:
    heads, shared, wide, value = 4, 2, 1, 3
    layers = [attention(heads, shared, wide, value, W_O=drawn(12, 4))]
    projections = (3, 4, heads * wide), (3, 4, shared * wide), (3, 4, shared * value), (3, heads * value, 4)
    scores = [(3, wide, 3), (3, 3, value)] * heads
    assert counted(drawn(*ROWS), layers).answer["macs"] == products(*projections, *scores)
    without = [attention(heads, shared, wide, value)]
    assert counted(drawn(*ROWS), without).answer["macs"] == products(*projections[:3], *scores)
    spread = [{"conv": {"filter": drawn(2, 3, 3, 3), "transposed": True, "stride": 2}}]
    assert counted(drawn(*SQUARE), spread).answer["macs"] == 2 * 6 * 6 * 3 * 3 * 3  # each cell spreads each filter


def test_layers_have_the_names_of_the_networks_page() -> None:
    layers = [norm("layer", gamma=drawn(4)), {"residual": {"layers": [attention(1, 1, 4, 4)]}},
              {"residual": {"layers": [{"dense": {"W": drawn(4, 4)}}, {"dense": {"W": drawn(4, 4), "name": "last"}}]}}]  # fmt: skip
    page, counts = worked(drawn(*ROWS), layers), counted(drawn(*ROWS), layers)
    of_page = {name.split(".")[0] for name in page.named() if "." in name}
    rows = [str(row[0]).strip() for row in counts.overview[1:-1]]
    assert rows == ["norm1", "residual2", "attention2", "residual3", "dense3_1", "last"]
    assert set(rows) == of_page


REFUSED: dict[str, dict[str, Any]] = {
    "W of another input": {"x": [1, 2, 3], "layers": [{"dense": {"W": [[1, 2], [3, 4]]}}]},
    "plain layers": {"x": [1, 2], "layers": [{"W": [[1, 2]]}, {"W": [[1, 2]]}]},
    "channels": {"x": drawn(*SQUARE), "layers": ["relu", {"conv": {"filter": drawn(1, 3, 2, 2)}}]},
    "bias": {"x": [1, 2], "layers": [{"dense": {"W": [[1, 2]], "b": [1, 2]}}, "relu"]},
    "mask": {"x": [1, 2], "layers": [{"dropout": {"mask": [1]}}]},
    "token": {"x": [1, 5], "layers": [{"embedding": drawn(3, 2)}]},
    "name": {"x": [1, 2], "layers": [{"dense": {"W": [[1, 2]], "name": "a"}}, {"dense": {"W": [[1]], "name": "a"}}]},
    "inside": {"x": drawn(*ROWS), "layers": [{"residual": [{"dense": {"W": drawn(5, 4)}}]}], "layout": "rows"},
    "an image": {"x": drawn(*SQUARE), "layers": [{"dense": {"W": drawn(1, 6)}}]},
    "target": {"x": [1, 2], "layers": [{"dense": {"W": [[1, 2]]}}, "relu"], "target": [1, 2]},
    "much memory": {"x": drawn(*SQUARE), "layers": [{"conv": {"filter": drawn(1, 2, 2, 2), "pad": 9000}}]},
}


def refusal(path: Path, topic: str | None = None) -> list[str]:
    with pytest.raises(InputError) as error:
        solve(load(path, topic, rules=Permissions(DEFAULT)))
    return [str(finding) for finding in error.value.findings]


@pytest.mark.parametrize("net", REFUSED.values(), ids=REFUSED)
def test_what_a_network_refuses_is_counted_by_nobody(tmp_path: Path, net: dict[str, Any]) -> None:
    """The same line, whether the network is worked, counted by the command, or counted since the file says so."""
    file = tmp_path / "net.yaml"
    file.write_text(yaml_of("network", **net))
    said = refusal(file)
    assert said == refusal(file, "params") and all(line.startswith(str(file)) for line in said)
    file.write_text(yaml_of("params", **net))
    assert said == refusal(file)


@pytest.mark.parametrize(("x", "layer", "why"), [
    (drawn(*ROWS), attention(1, 1, 2, 2, b_Q=drawn(2)), "only some of Q, K and V have a bias"),
    (drawn(*ROWS), attention(1, 1, 2, 2, W_O=drawn(2, 3)), "W_O gives another number"),
    (drawn(*ROWS), {"feed_forward": {"W1": drawn(5, 4), "W2": drawn(3, 5)}}, "two dense layers are"),
    (drawn(4), norm("batch"), "samples of one feature"),
    (drawn(5), {"conv": {"filter": drawn(2)}}, "of plain lists"),
    (drawn(*ROWS), cell("lstm", "ifog", 2, 4, b_i=drawn(2)), "biases of some gates only"),
    (drawn(*ROWS), cell("lstm", "ifog", 2, 4, **{f"p_{g}": drawn(2) for g in "ifo"}), "peepholes"),
])  # fmt: skip
def test_what_params_has_no_word_for_is_refused_at_its_line(tmp_path: Path, x: Any, layer: Any, why: str) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(yaml_of("network", x=x, layers=["relu", layer]))
    solve(load(file))
    [said] = refusal(file, "params")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if f"{kind_of(layer)}:" in text)
    assert said.startswith(f"{file}:{line}:") and f"layers[2].{kind_of(layer)}: is not counted" in said and why in said


def test_what_params_alone_refuses_stands_where_the_network_has_it(tmp_path: Path) -> None:
    """There the way around has a name, too."""
    file = tmp_path / "net.yaml"
    inner = {"dense": {"W": drawn(4, 4), "name": "projection"}}
    file.write_text(
        yaml_of("network", x=drawn(*ROWS), layers=[{"residual": {"layers": [inner], "projection": drawn(4, 4)}}])
    )
    solve(load(file))
    [said] = refusal(file, "params")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 2) if "projection:" in text)  # its rows begin
    assert re.match(rf"{re.escape(str(file))}:{line}:[0-9]+: layers\[1\]\.residual\.projection.*is taken", said), said


def test_a_kind_with_numbers_that_nobody_counts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new kind of layer would be, before `params` knows it."""
    monkeypatch.delitem(_COUNTS, "embedding")
    with pytest.raises(InputError, match=r"layers\[1\].embedding: is not counted in params"):
        counted([1, 2], [{"embedding": drawn(3, 2)}])


def test_a_file_of_params_is_its_own_as_long_as_it_says_no_numbers() -> None:
    text = yaml_of("params", input_shape=[3], layers=[{"dense": {"units": 2}}], x=[1, 2, 3])
    with pytest.raises(InputError, match="unknown key 'input_shape'"):
        loads(text)
    with pytest.raises(InputError, match="unknown key 'y'"):
        loads(yaml_of("params", input_shape=[3], layers=[{"dense": {"units": 2}}], y=[1, 2, 3]))
    more = loads(yaml_of("network", x=[1, 2, 3], layers=[{"dense": {"W": drawn(2, 3)}}]), "params", {"tokens": "7"})
    assert solve(more).answer["training_flops"] == 6 * 6 * 7


# Kinds of `params` that hold numbers and have no name of their own in a network: the same with another, or why not.
WAYS: dict[str, tuple[Any, list[int], Any, Any]] = {
    "layer_norm": ("layer_norm", [3, 4], ROWS, norm("layer", gamma=drawn(4), beta=drawn(4))),
    "rms_norm": ("rms_norm", [3, 4], ROWS, norm("rms", gamma=drawn(4))),
    "batch_norm": ("batch_norm", [3, 4], ROWS, norm("batch", gamma=drawn(4), beta=drawn(4))),
    "group_norm": ("group_norm", [6, 6, 2], SQUARE, norm("group", gamma=drawn(2), beta=drawn(2))),
    "instance_norm": ("instance_norm", [6, 6, 2], SQUARE, norm("instance", gamma=drawn(2), beta=drawn(2))),
    "transposed_conv": ({"transposed_conv": {"filters": 3, "kernel": 2, "bias": False}}, [6, 6, 2], SQUARE,
                        {"conv": {"filter": drawn(2, 3, 2, 2), "transposed": True}}),
}  # fmt: skip
NO_WAY = {
    "learned": "numbers that stand alone", "class_token": "a token in front",
    "patches": "an image is no sequence there", "moe": "nothing chooses", "conv1d": "conv slides over images",
    "conv3d": "conv slides over images",
}  # fmt: skip
# What has numbers only where layers inside it have.
AROUND = {"repeat", "parallel"}


def test_every_kind_with_numbers_stands_in_a_network_or_it_is_said_why() -> None:
    with_numbers = {kind_of(layer) for layer, _, params, _, _ in LAYERS if params}
    assert with_numbers - set(NetworkLayer.options) == {*WAYS, *NO_WAY, *AROUND}


@pytest.mark.parametrize("kind", WAYS)
def test_a_kind_by_another_name_counts_the_same(kind: str) -> None:
    layer, shape, x, there = WAYS[kind]
    own = solve(loads(yaml_of("params", input_shape=shape, layers=[layer]))).answer
    other = counted(drawn(*x), [there]).answer
    assert (own["params"], own["macs"], own["output"].tolist()) == (
        other["params"], other["macs"], other["output"].tolist())  # fmt: skip
