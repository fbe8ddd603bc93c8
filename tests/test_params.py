"""Counting: every layer against plain arithmetic and against PyTorch's modules, whole networks against loops."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from command import run
from examples import problem
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Misfit, Net

from nncalc.errors import InputError
from nncalc.render.layout import View, formula, line
from nncalc.render.working import render
from nncalc.running import solve
from nncalc.topics.params.groups import KINDS
from nncalc.topics.parts.fields import fields_of
from nncalc.trace.notation.evaluation import evaluate, exactly
from nncalc.trace.steps import Trace

ARCHITECTURES = Path(__file__).parent.parent / "problems" / "architectures"
FILES = sorted(ARCHITECTURES.glob("*.yaml"))


def page(layers: Any, shape: list[int] | None = None, **fields: Any) -> str:
    given = {"topic": "params", **({"input_shape": shape} if shape else {}), "layers": layers, **fields}
    return yaml.safe_dump(given, sort_keys=False)


def counted(layers: Any, shape: list[int] | None = None, **fields: Any) -> Trace:
    return solve(problem(page(layers, shape, **fields)))


def totals(trace: Trace) -> tuple[int, int, list[int]]:
    return int(trace.answer["params"]), int(trace.answer["macs"]), trace.answer["output"].tolist()


# One layer of each kind, and what a textbook says of it: parameters, multiply-adds, size out.
I = [10, 12, 6]  # noqa: E741  (an image)
S = [7, 8]  # a sequence
LAYERS: list[tuple[Any, list[int], int, int, list[int]]] = [
    ({"conv": {"filters": 4, "kernel": 3}}, I, (3 * 3 * 6 + 1) * 4, 8 * 10 * 4 * 3 * 3 * 6, [8, 10, 4]),
    ({"conv": {"filters": 4, "kernel": [3, 1], "stride": [2, 1], "bias": False}}, I, 3 * 6 * 4, 4 * 12 * 4 * 18, [4, 12, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "pad": "same", "stride": 3}}, I, 55 * 4, 4 * 4 * 4 * 54, [4, 4, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "pad": "valid", "dilation": 3}}, I, 55 * 4, 4 * 6 * 4 * 54, [4, 6, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "dilation": [4, 5]}}, I, 55 * 4, 2 * 2 * 4 * 54, [2, 2, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "pad": [1, 2]}}, I, 55 * 4, 10 * 14 * 4 * 54, [10, 14, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "pad": [1, 0, 2, 3]}}, I, 55 * 4, 11 * 13 * 4 * 54, [11, 13, 4]),
    ({"conv": {"filters": 4, "kernel": 3, "groups": 2}}, I, (9 * 3 + 1) * 4, 80 * 4 * 27, [8, 10, 4]),
    ({"conv": {"filters": 4, "kernel": 3}}, S, (3 * 8 + 1) * 4, 5 * 4 * 24, [5, 4]),
    ({"depthwise": {"kernel": 3, "pad": 1}}, I, (9 + 1) * 6, 120 * 6 * 9, I),
    ({"conv1d": {"filters": 4, "kernel": 3}}, S, 25 * 4, 5 * 4 * 24, [5, 4]), ({"pad": {"pad": 1}}, I, 0, 0, [12, 14, 6]),
    ({"conv3d": {"filters": 3, "kernel": 2}}, [4, 5, 6, 2], 17 * 3, 3 * 4 * 5 * 3 * 16, [3, 4, 5, 3]),
    ({"depthwise": {"kernel": 3, "multiplier": 2, "bias": False}}, I, 9 * 12, 80 * 12 * 9, [8, 10, 12]),
    ({"transposed_conv": {"filters": 4, "kernel": 2, "stride": 2}}, I, (4 * 6 + 1) * 4, 120 * 4 * 24, [20, 24, 4]),
    ({"transposed_conv": {"filters": 4, "kernel": 4, "stride": 2, "pad": 1, "output_pad": 1}}, I, 97 * 4, 120 * 4 * 96, [21, 25, 4]),
    ({"transposed_conv": {"filters": 4, "kernel": 3, "stride": 2, "pad": "same"}}, I, 55 * 4, 120 * 4 * 54, [20, 24, 4]),
    ({"max_pool": {"window": 3}}, I, 0, 0, [3, 4, 6]), ({"avg_pool": {"window": 3, "ceil": True}}, I, 0, 0, [4, 4, 6]),
    ({"max_pool": {"window": [2, 3], "stride": 2, "pad": 1}}, I, 0, 0, [6, 6, 6]),
    ({"max_pool": {"window": 2, "stride": 3, "ceil": True}}, [5, 4, 1], 0, 0, [2, 2, 1]),
    ({"max_pool": {"window": 2, "stride": 2, "pad": 1, "ceil": True}}, [3, 4, 1], 0, 0, [2, 3, 1]),
    ("global_avg_pool", I, 0, 0, [6]), ("global_avg_pool", S, 0, 0, [8]), ({"adaptive_avg_pool": {"output": 3}}, I, 0, 0, [3, 3, 6]),
    ({"adaptive_avg_pool": {"output": [2, 5]}}, I, 0, 0, [2, 5, 6]), ("flatten", I, 0, 0, [720]), ("flatten", S, 0, 0, [56]),
    ({"dense": {"units": 5}}, [9], 9 * 5 + 5, 9 * 5, [5]), ({"dense": {"units": 5, "bias": False}}, S, 8 * 5, 7 * 8 * 5, [7, 5]),
    ("relu", I, 0, 0, I), ("softmax", [9], 0, 0, [9]), ({"dropout": {"rate": 0.5}}, S, 0, 0, S), ({"leaky_relu": {"alpha": 0.1}}, I, 0, 0, I),
    ("batch_norm", I, 12, 0, I), ({"batch_norm": {"scale": False}}, I, 6, 0, I), ("layer_norm", S, 16, 0, S),
    ({"layer_norm": {"bias": False}}, S, 8, 0, S), ("layer_norm", I, 12, 0, I), ("rms_norm", S, 8, 0, S),
    ({"layer_norm": {"shape": [6, 10, 12]}}, I, 2 * 720, 0, I), ({"layer_norm": {"scale": False, "bias": False}}, S, 0, 0, S),
    ({"rms_norm": {"shape": 12, "bias": True}}, I, 24, 0, I), ("instance_norm", I, 12, 0, I), ({"instance_norm": {"bias": False}}, I, 6, 0, I),
    ({"group_norm": {"groups": 3}}, I, 12, 0, I), ({"embedding": {"vocabulary": 50, "dim": 3}}, [7], 150, 0, [7, 3]),
    ({"positions": {"count": 9, "dim": 8}}, S, 72, 0, S), ({"learned": {"shape": [2, 3, 4]}}, I, 24, 0, I), ({"learned": {"shape": 5}}, S, 5, 0, S),
    ({"rnn": {"hidden": 5}}, S, 5 * (8 + 5) + 5, 7 * 5 * 13, [7, 5]), ({"rnn": {"hidden": 5, "biases": "two"}}, S, 5 * 13 + 10, 7 * 65, [7, 5]),
    ({"lstm": {"hidden": 512, "biases": "two"}}, [300], 4 * 512 * (300 + 512) + 8 * 512, 4 * 512 * 812, [512]),
    ({"lstm": {"hidden": 5, "outputs": "last"}}, S, 4 * 65 + 20, 7 * 4 * 65, [5]), ({"gru": {"hidden": 5, "biases": "none"}}, S, 3 * 65, 7 * 3 * 65, [7, 5]),
    ({"gru": {"hidden": 5, "biases": 1, "layers": 3}}, S, 3 * 65 + 15 + 2 * (3 * 50 + 15), 7 * (3 * 65 + 2 * 3 * 50), [7, 5]),
    ({"lstm": {"hidden": 5, "layers": 2, "bidirectional": True, "biases": "two"}}, S,
     2 * (4 * 65 + 40) + 2 * (4 * 5 * 15 + 40), 7 * (2 * 4 * 65 + 2 * 4 * 75), [7, 10]),
    ({"attention": {"heads": 2}}, S, 4 * 64 + 4 * 8, 7 * 4 * 64 + 2 * 49 * 8, S),
    ({"attention": {"heads": 4, "kv_heads": 2, "bias": False}}, S, 64 + 2 * 32 + 64, 7 * 192 + 2 * 49 * 8, S),
    ({"attention": {"heads": 2, "head_dim": 3, "output_bias": False}}, S, 3 * (8 * 6 + 6) + 48, 7 * 4 * 48 + 2 * 49 * 6, S),
    ({"attention": {"heads": 2, "value_dim": 3}}, S, 2 * 72 + 8 * 6 + 6 + 6 * 8 + 8, 7 * (2 * 64 + 48 + 48) + 49 * 2 * (4 + 3), S),
    ({"attention": {"heads": 2, "kv_heads": 1, "output": False, "bias": False}}, S, 64 + 2 * 32, 7 * 128 + 2 * 49 * 8, S),
    ({"attention": {"heads": 2, "value_dim": 5, "output": False}}, S, 2 * 72 + 90, 7 * 208 + 49 * 2 * 9, [7, 10]),
    ({"feed_forward": {"hidden": 20, "output_bias": False}}, S, 320 + 20, 7 * 320, S),
    ({"feed_forward": {"hidden": 20, "bias": False, "output_bias": True}}, S, 320 + 8, 7 * 320, S), ({"max_pool": {"window": 2, "dilation": 3, "stride": 1}}, I, 0, 0, [7, 9, 6]),
    ({"feed_forward": {"hidden": 20}}, S, 2 * 160 + 28, 7 * 320, S), ({"feed_forward": {"hidden": 20, "bias": False, "gated": True}}, S, 480, 7 * 480, S),
    ({"feed_forward": {"hidden": 20, "activation": "swiglu"}}, S, 480 + 48, 7 * 480, S), ({"feed_forward": {"hidden": 20, "bias": False}}, [8], 320, 320, [8]),
    ({"patches": {"size": 2, "dim": 4}}, I, (24 + 1) * 4, 30 * 4 * 24, [30, 4]), ("class_token", S, 8, 0, [8, 8]),
    ({"class_token": {"count": 2}}, S, 16, 0, [9, 8]), ("first_token", S, 0, 0, [8]), ({"upsample": {"scale": [2, 3]}}, I, 0, 0, [20, 36, 6]),
    ({"pad_channels": {"to": 9}}, I, 0, 0, [10, 12, 9]), ({"pad_channels": {"to": 9, "stride": 2}}, I, 0, 0, [5, 6, 9]),
    ({"repeat": {"times": 4, "layers": [{"dense": {"units": 9}}, "relu"]}}, [9], 4 * 90, 4 * 81, [9]),
    ({"repeat": {"times": 4, "layers": [{"dense": {"units": 9}}]}}, [5], 54 + 3 * 90, 45 + 3 * 81, [9]),
    ({"residual": {"layers": [{"dense": {"units": 9}}]}}, [9], 90, 81, [9]), ({"residual": {"layers": [{"dense": {"units": 9}}], "projection": True}}, [5], 54 + 45, 90, [9]),
    ({"residual": {"layers": [{"conv": {"filters": 9, "kernel": 3, "stride": 2, "pad": 1}}], "projection": True}}, I,
     55 * 9 + 6 * 9, 30 * 9 * 54 + 30 * 54, [5, 6, 9]),
    ({"residual": {"layers": [{"conv": {"filters": 9, "kernel": 3, "stride": 2, "pad": 1}}], "projection": {"pad_channels": {"to": 9}}}}, I,
     55 * 9, 30 * 9 * 54, [5, 6, 9]),
    ({"residual": {"layers": [{"conv": {"filters": 9, "kernel": 1}}], "projection": [{"conv": {"filters": 9, "kernel": 1}}, "batch_norm"]}}, I,
     7 * 9 * 2 + 18, 2 * 120 * 54, [10, 12, 9]),
    ({"parallel": {"branches": [[], [{"conv": {"filters": 2, "kernel": 1}}]]}}, I, 14, 120 * 12, [10, 12, 8]),
    ({"parallel": {"branches": [{"dense": {"units": 3}}, [{"dense": {"units": 3}}]], "join": "add"}}, [9], 60, 54, [3]),
    ({"parallel": {"branches": [[], ["global_avg_pool", {"dense": {"units": 6}}]], "join": "multiply"}}, I, 42, 36, I),
    ({"moe": {"experts": 4, "active": 2, "layers": [{"dense": {"units": 8}}]}}, S, 4 * 72 + 32, 7 * (2 * 64 + 32), S),
    ({"moe": {"experts": 4, "active": 1, "bias": True, "layers": [{"dense": {"units": 8}}]}}, [8], 4 * 72 + 36, 64 + 32, [8]),
    ({"moe": {"experts": 4, "active": 1, "router": False, "layers": [{"dense": {"units": 8}}]}}, [8], 4 * 72, 64, [8]),
]  # fmt: skip


def kind_of(layer: Any) -> str:
    return layer if isinstance(layer, str) else next(iter(layer))


@pytest.mark.parametrize(
    ("layer", "shape", "params", "macs", "out"), LAYERS, ids=[f"{i}-{kind_of(c[0])}" for i, c in enumerate(LAYERS)]
)
def test_a_layer_is_what_a_textbook_says(layer: Any, shape: list[int], params: int, macs: int, out: list[int]) -> None:
    trace = counted([layer], shape)
    assert totals(trace) == (params, macs, out)
    assert trace.answer["flops"] == 2 * macs
    name = kind_of(layer) + "1"
    for quantity, number in (("params", params), ("macs", macs)):
        if f"{name}.{quantity}" in trace.names:
            assert trace[f"{name}.{quantity}"].array == number


def test_every_kind_has_a_case() -> None:
    """But for those that refer to another layer, and what only hands on what it gets."""
    plain = {
        name
        for name, (_, count) in KINDS.items()
        if count.__name__ in ("unchanged", "overall", "adaptive", "one_token")
    }
    assert {*KINDS} - plain - {kind_of(layer) for layer, *_ in LAYERS} == {"tied", "concat_with"}


def said(trace: Trace, name: str) -> str:
    """A step's formula, and the formula with its numbers."""
    step = trace[name]
    return " = ".join([formula(step), *line(step, (), View()).stages[:1]])


def test_the_formulas_are_a_textbooks() -> None:
    layers = [{"conv": {"filters": 6, "kernel": 5, "pad": 2}}, {"conv": {"filters": 4, "kernel": [3, 1], "groups": 2}}]
    trace = counted(
        [*layers, {"max_pool": {"window": 2, "ceil": True}}, "flatten", {"dense": {"units": 10}}], [28, 28, 1]
    )
    assert said(trace, "conv1.H") == "floor((n + 2·p - f) / s) + 1 = floor((28 + 2·2 - 5) / 1) + 1"
    assert said(trace, "conv1.W") == "H"
    assert said(trace, "conv1.params") == "(f·f·c + 1)·k = (5·5·1 + 1)·6"
    assert said(trace, "conv1.macs") == "H·W·k·f·f·c = 28·28·6·5·5·1"
    assert said(trace, "conv2.H") == "floor((n - f_h)/s) + 1 = floor((28 - 3)/1) + 1"
    assert said(trace, "conv2.params") == "(f_h·f_w·c/g + 1)·k = (3·1·6/2 + 1)·4"
    assert said(trace, "max_pool3.H") == "ceil((n_h - f)/s) + 1 = ceil((26 - 2)/2) + 1"
    assert said(trace, "flatten4.output") == "h·w·c = 13·14·4"
    assert said(trace, "dense5.params") == "n·u + u = 728·10 + 10"
    trace = counted([{"lstm": {"hidden": 512, "biases": "two"}}, {"attention": {"heads": 8, "kv_heads": 2}}], [4, 300])
    assert said(trace, "lstm1.params") == "4·h·(i + h) + 8·h = 4·512·(300 + 512) + 8·512"
    assert said(trace, "attention2.W_K") == "D·g·d + g·d = 512·2·64 + 2·64"
    assert said(trace, "params") == "lstm1.params + attention2.params = 1667072 + 656640"


def test_a_layer_says_what_it_is_and_the_page_what_is_meant() -> None:
    layers = [
        {"conv": {"filters": 6, "kernel": 5, "stride": 2, "pad": 2, "bias": False}},
        "flatten",
        {"dense": {"units": 10, "name": "out"}},
    ]
    text = run(
        "params",
        "--layers",
        yaml.safe_dump(layers, default_flow_style=True, width=999).strip(),
        "--input_shape",
        "28,28,1",
    ).out
    assert "\nconv1: 6 filters of 5 x 5, stride 2, padding 2, no bias; 28 x 28 x 1 → 14 x 14 x 6\n" in text
    assert "\nout: 10 units; 1176 → 10\n" in text and "\ninput [28, 28, 1]\n" in text
    assert (
        "\nconv: n = size in, p = zeros on either side, f = window, s = stride, c = channels in, k = filters\n" in text
    )
    assert "\nFLOPs = 2·MACs; biases, activations, normalization and pooling are not counted as MACs\n" in text
    assert re.search(r"\nout +10 +11,770 +11,760\ntotal +11,920 +41,160\n", text)


def test_what_is_inside_is_named_after_what_it_is_in() -> None:
    """Names can be typed at every depth, for --get and as keys; a table row for each."""
    block = {"residual": {"layers": ["layer_norm", {"attention": {"heads": 2, "name": "a"}}]}}
    trace = counted(
        [
            {"repeat": {"times": 5, "name": "blocks", "layers": [block]}},
            {"repeat": {"times": 3, "layers": [{"dense": {"units": 4}}]}},
        ],
        [3, 8],
    )
    assert {
        "blocks.residual1.a.W_Q",
        "blocks.residual1.params",
        "blocks.params",
        "repeat2.r1.dense1.macs",
        "repeat2.r2.params",
    } <= trace.names
    assert "repeat2.r3.params" not in trace.names  # the second and the third time are the same
    assert said(trace, "blocks.params") == "times·residual1.params = 5·304"
    assert said(trace, "repeat2.r2.params") == "times·dense1.params = 2·20"
    rows = [row[0] for row in trace.overview]
    assert rows == [
        "layer",
        "blocks, 5 times",
        "  residual1",
        "    layer_norm1",
        "    a",
        "repeat2, 3 times",
        "  r1",
        "  r2",
        "total",
    ]


def test_a_repetition_is_one_working_however_long() -> None:
    long = counted(
        [{"repeat": {"times": 10**9, "layers": [{"repeat": {"times": 10**9, "layers": [{"dense": {"units": 3}}]}}]}}],
        [3],
    )
    short = counted(
        [{"repeat": {"times": 2, "layers": [{"repeat": {"times": 2, "layers": [{"dense": {"units": 3}}]}}]}}], [3]
    )
    assert long.answer["params"] == 12 * 10**18 and [s.name for s in long.steps] == [s.name for s in short.steps]


@pytest.mark.parametrize(("layer", "shape", "params", "macs", "out"), LAYERS)
def test_a_layer_is_what_pytorch_makes_of_it(
    layer: Any, shape: list[int], params: int, macs: int, out: list[int]
) -> None:
    """The table above holds for PyTorch's modules, too: it is no opinion of ours."""
    pytest.importorskip("torch")
    from modules import torch_run

    try:
        network, size = torch_run({"input_shape": shape, "layers": [layer]})
    except NotImplementedError:
        pytest.skip("PyTorch has no such module")
    assert (network.params, network.macs, size) == (params, macs, out)


# Random networks

PIECES = st.sampled_from([
    {"conv": {"filters": 4, "kernel": 3}}, {"conv": {"filters": 6, "kernel": 3, "pad": 1, "stride": 2, "bias": False}}, {"conv": {"filters": 4, "kernel": 1, "groups": 2}},
    {"conv": {"filters": 2, "kernel": 3, "dilation": 2}}, {"depthwise": {"kernel": 3, "pad": 1}}, {"max_pool": {"window": 2}}, "batch_norm", "relu",
    {"avg_pool": {"window": 3, "stride": 2, "pad": 1, "ceil": True}}, "flatten", "global_avg_pool", {"dense": {"units": 7}},
])  # fmt: skip
NETWORKS = st.recursive(
    st.lists(PIECES, min_size=1, max_size=4),
    lambda inner: st.lists(
        PIECES
        | st.builds(lambda n, layers: {"repeat": {"times": n, "layers": layers}}, st.integers(1, 4), inner)
        | st.builds(lambda layers: {"residual": {"layers": layers}}, inner)
        | st.builds(lambda a, b: {"parallel": {"branches": [a, b, []]}}, inner, inner),
        min_size=1, max_size=3,
    ),
    max_leaves=4,
)  # fmt: skip


def grown(net: Net, layers: Any, flat: bool = False) -> bool:
    """The network, layer by layer; whether it is a vector at the end."""
    for layer in layers:
        kind, f = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
        if (kind in ("conv", "depthwise", "max_pool", "avg_pool", "global_avg_pool") and flat) or (
            kind == "dense" and not flat
        ):
            raise Misfit
        if kind in ("conv", "depthwise"):
            k, groups = (f["filters"], f.get("groups", 1)) if kind == "conv" else (net.c, net.c)
            net.conv(
                k, f["kernel"], f.get("stride", 1), f.get("pad", 0), f.get("bias", True), groups, f.get("dilation", 1)
            )
        elif kind in ("max_pool", "avg_pool"):
            net.pool(f["window"], f.get("stride"), f.get("pad", 0), f.get("ceil", False))
        elif kind in ("flatten", "global_avg_pool"):
            net.flat(mean=kind == "global_avg_pool")
            flat = True
        elif kind == "dense":
            net.dense(f["units"])
        elif kind == "batch_norm":
            net.norm()
        elif kind == "repeat":
            for _ in range(f["times"]):
                flat = grown(net, f["layers"], flat)
        elif kind == "residual":
            before = (net.h, net.w, net.c, flat)
            flat = grown(net, f["layers"], flat)
            if (net.h, net.w, net.c, flat) != before:
                raise Misfit
        elif kind == "parallel":
            branches = [net.at() for _ in f["branches"]]
            ends = [grown(b, layers, flat) for b, layers in zip(branches, f["branches"], strict=True)]
            if len({(b.h, b.w, end) for b, end in zip(branches, ends, strict=True)}) > 1:
                raise Misfit
            flat = ends[0]
            net.join(*branches)
    return flat


@given(layers=NETWORKS, size=st.tuples(st.integers(1, 20), st.integers(1, 20), st.integers(1, 4)))
@settings(max_examples=200)
def test_random_networks_are_counted_as_by_loops(layers: Any, size: tuple[int, int, int]) -> None:
    net = Net(*size)
    try:
        flat = grown(net, layers)
    except Misfit:
        with pytest.raises(InputError):
            counted(layers, list(size))
        return
    trace = counted(layers, list(size))
    assert totals(trace) == (net.params, net.macs, [net.c] if flat else [net.h, net.w, net.c])
    assert int(trace.answer.get("statistics", 0)) == net.statistics
    # What the page says adds up: every formula comes to its number, exactly.
    for step in trace.steps:
        assert exactly(step.element(())) == int(step.array) == evaluate(step.element(()))


NUMBERS = st.sampled_from([1, 2, 3, 7, 64, 999, 10**9, 10**9 + 1, 0, -1, 10**18])


@given(data=st.data())
@settings(max_examples=150)
def test_any_layer_with_any_numbers_is_counted_or_refused(data: st.DataObject) -> None:
    def layer(depth: int) -> Any:
        kind = data.draw(st.sampled_from(sorted(KINDS)))
        inner = lambda: [layer(depth - 1) for _ in range(data.draw(st.integers(0, 2)))] if depth else ["relu"]  # noqa: E731
        fields: dict[str, Any] = {}
        for f in fields_of(KINDS[kind][0]):
            if f.name == "name" or (not f.required and data.draw(st.booleans())):
                continue
            values: dict[Any, Any] = {
                int: NUMBERS,
                bool: st.booleans(),
                float: st.just(0.5),
                str: st.sampled_from(["relu", "conv1", "input", "x"]),
            }
            simple = next((values[t] for t in f.types if t in values), st.just("all"))
            fields[f.name] = (
                inner()
                if f.name in ("layers", "projection")
                else [inner(), inner()]
                if f.name == "branches"
                else data.draw(simple)
            )
        return {kind: fields} if fields else kind

    shape = data.draw(st.none() | st.lists(NUMBERS, min_size=1, max_size=3))
    text = page([layer(2) for _ in range(data.draw(st.integers(1, 3)))], shape, more=data.draw(st.booleans()))
    try:
        trace = solve(problem(text))
    except InputError as error:
        assert all(len(found) < 2000 for found in error.lines())
    else:
        assert int(trace.answer["params"]) >= 0 and int(trace.answer["flops"]) == 2 * int(trace.answer["macs"])
        for format in ("table", "plain", "json"):
            out = io.StringIO()
            render([trace], View(width=80), out, format)
            assert "e+" not in out.getvalue() and "inf" not in out.getvalue()


def test_counts_are_exact_at_any_size() -> None:
    """Beyond 64 bits, where NumPy would go around, and beyond 15 digits, where a page would write 1e+36."""
    big = 10**9 - 1
    trace = counted(["flatten", {"dense": {"units": big}}], [big, big, big])
    assert totals(trace) == (big**4 + big, big**4, [big])
    assert line(trace["flops"], (), View()).stages == (f"2·{big**4}",)
    assert line(trace["dense2.params"], (), View()).stages == (f"{big**3}·{big} + {big}", f"{big**4} + {big}")
    trace = counted([{"conv": {"filters": big, "kernel": big, "pad": "same"}}], [big, big, 3], more=True)
    assert totals(trace)[:2] == ((big * big * 3 + 1) * big, big * big * big * big * big * 3)
    assert trace.answer["bytes_32_bit"] == 4 * (big * big * 3 + 1) * big


# What is said of wrong input

E = {"embedding": {"vocabulary": 9, "dim": 4, "name": "words"}}
WRONG: list[tuple[Any, list[int] | None, str]] = [
    ([{"dense": {"units": 3}}], I, "layers[1]: wants a vector, but gets an image of 10 x 12 x 6 (flatten before it)"),
    ([{"feed_forward": {"hidden": 3}}], I, "layers[1]: wants a sequence or a vector, but gets an image of 10 x 12 x 6 (patches makes a sequence of an image)"),
    (["flatten", {"conv": {"filters": 3, "kernel": 3}}], I, "layers[2]: wants an image, but gets a vector of 720; want [height, width, channels] (no flatten before it)"),
    ([{"patches": {"size": 2, "dim": 3}}], S, "layers[1]: wants an image, but gets a sequence of 7 x 8; want [height, width, channels]"),
    ([{"conv": {"filters": 3, "kernel": 12}}], I, "layers[1]: has a window over 12 heights, but gets only 10"),
    ([{"max_pool": {"window": [2, 19], "pad": 3}}], I, "layers[1]: has a window over 19 widths, but gets only 18 with its zeros (12 without)"),
    ([{"conv": {"filters": 10, "kernel": 3, "groups": 4}}], I, "layers[1].conv.groups: 4 groups cannot share 6 channels and 10 filters evenly; want a number that divides both"),
    ([{"conv": {"filters": 10, "kernel": [3, 3, 3]}}], I, "layers[1].conv.kernel: has 3 numbers; want a number or [height, width]"),
    ([{"conv": {"filters": 10, "kernel": 3, "pad": [3, 3, 3]}}], I, "layers[1].conv.pad: has 3 numbers; want a number, [height, width] or [top, left, bottom, right]"),
    ([{"transposed_conv": {"filters": 1, "kernel": 1, "pad": 9}}], I, "layers[1].transposed_conv.pad: cuts off more than there is: -8 x -6 would go out"),
    ([{"conv": {"filters": 4, "kernel": 3, "name": "enc"}}, {"concat_with": {"layer": "enk"}}], I, "layers[2].concat_with.layer: there is no layer 'enk' before this one (did you mean enc?)"),
    ([{"concat_with": {"layer": "later"}}, {"relu": {"name": "later"}}], I, "layers[1].concat_with.layer: there is no layer 'later' before this one"),
    ([{"conv": {"filters": 4, "kernel": 3, "name": "enc"}}, {"upsample": {"scale": 2}}, {"concat_with": {"layer": "enc"}}], I,
     "layers[3].concat_with.layer: enc gives 8 x 10 x 4, what comes in is 16 x 20 x 4; want at least as large, to be cropped"),
    ([{"relu": {"name": "a"}}, {"tanh": {"name": "a"}}], I, "layers[2].tanh.name: the name 'a' is taken; want a name of its own of letters, digits and _"),
    ([{"relu": {"name": "a b"}}], I, "layers[1].relu.name: 'a b' cannot be a name; want a name of its own of letters, digits and _"),
    ([{"residual": {"layers": [{"conv": {"filters": 4, "kernel": 3}}]}}], I,
     "layers[1]: the layers give 8 x 10 x 4, the way around 10 x 12 x 6; want the same shape, to be added (a projection makes them equal)"),
    ([{"residual": {"layers": ["relu"], "projection": [{"conv": {"filters": 4, "kernel": 1}}]}}], I,
     "layers[1]: the layers give 10 x 12 x 6, the way around 10 x 12 x 4; want the same shape, to be added"),
    ([{"parallel": {"branches": [["relu"], [{"max_pool": {"window": 2}}]]}}], I,
     "layers[1].parallel.branches: branch 1 gives 10 x 12 x 6, but branch 2 5 x 6 x 6; want the same but for the last number"),
    ([{"parallel": {"branches": [[], [{"conv": {"filters": 4, "kernel": 1}}]], "join": "add"}}], I,
     "layers[1].parallel.branches: branch 1 gives 10 x 12 x 6, but branch 2 10 x 12 x 4; want the same shape"),
    ([{"parallel": {"branches": []}}], I, "layers[1].parallel.branches: the list is empty; want a list of branches"),
    ([{"parallel": {"branches": [["relu"], ["rleu"]]}}], I, "layers[1].parallel.branches[2,1]: unknown kind 'rleu' (did you mean relu?)"),
    ([{"repeat": {"times": 2, "layers": [{"residual": {"layers": [{"attention": {"heads": 3}}]}}]}}], S,
     "layers[1].repeat.layers[1].residual.layers[1].attention.heads: 8 numbers a token cannot be shared by 3 heads evenly; want a divisor (or give head_dim)"),
    ([{"repeat": {"times": 0, "layers": ["relu"]}}], S, "layers[1].repeat.times: want a whole number from 1 to 1000000000, got 0"),
    ([{"repeat": {"times": 10**9, "layers": ["class_token"]}}], S,
     "layers[1].repeat.layers[1]: more than 10000 layers are to be worked one by one, the limit (a repeat whose layers keep their shape is worked once, however often it is repeated)"),
    ([{"repeat": {"times": 10**9, "layers": [{"upsample": {"scale": 10**9}}]}}], I, "layers[1].repeat.layers[1]: gives a size of more than 250 digits, the limit"),
    ([{"repeat": {"times": 26, "layers": [{"upsample": {"scale": 10**9}}]}}, {"conv": {"filters": 1, "kernel": 1}}], I,
     "layers[2]: comes to a count of more than 250 digits, the limit"),
    ([{"attention": {"heads": 4, "kv_heads": 3}}], S, "layers[1].attention.kv_heads: 4 heads cannot share 3 evenly; want a divisor of heads"),
    ([{"attention": {"heads": 2}}], [8], "layers[1]: wants a sequence, but gets a vector of 8; want [T, D]"),
    ([{"attention": {"heads": 2}}], None,
     "input_shape: is missing; want [height, width, channels], [T, D] or [n] (only a model that begins with an embedding can do without)"),
    ([E, {"attention": {"heads": 2, "memory": "wrods"}}], None, "layers[2].attention.memory: there is no layer 'wrods' before this one (did you mean words?)"),
    ([{"parallel": {"branches": [[], []]}}], None, "layers[1]: needs to know how many tokens there are, and input_shape is left out; want input_shape: [T]"),
    ([E, "flatten"], None, "layers[2]: needs to know how many tokens there are, and input_shape is left out; want input_shape: [T]"),
    ([E, {"positions": {"count": 3}}], [5], "layers[2].positions.count: has 3 places, but 5 tokens come"),
    ([E, {"positions": {"count": 9, "dim": 5}}], [5], "layers[2].positions.dim: has 5 numbers a place, but 4 come in"),
    ([E, {"embedding": {"vocabulary": 9, "dim": 5}}], [5], "layers[2]: wants tokens, but gets 5 x 4; want [T], or a sequence of 5 numbers to add to"),
    ([E, {"dense": {"units": 5}}, {"tied": {"to": "words"}}], [7], "layers[3].tied.to: words takes tokens, or 4 numbers a token for their scores, but 7 x 5 comes in"),
    ([{"dense": {"units": 5, "name": "d"}}, {"dense": {"units": 3}}, {"tied": {"to": "d"}}], [7], "layers[3].tied.to: d takes 7, but 3 comes in"),
    ([{"moe": {"experts": 2, "active": 3, "layers": ["relu"]}}], S, "layers[1].moe.active: 3 of 2 experts are active; want at most all"),
    ([{"patches": {"size": 5, "dim": 3}}], I, "layers[1].patches.size: patches of 5 x 5 do not fill an image of 10 x 12; want a divisor of both"),
    ([{"group_norm": {"groups": 4}}], I, "layers[1].group_norm.groups: 4 groups cannot share 6 channels evenly; want a divisor"),
    ([{"pad_channels": {"to": 4}}], I, "layers[1].pad_channels.to: has 4 channels, but 6 come in; want at least as many"),
    ([{"feed_forward": {"hidden": 4, "activation": "gleu"}}], S, "layers[1].feed_forward.activation: want one of glu,"),
    ([{"attention": {"num_heads": 2}}], S, "layers[1].attention: unknown key 'num_heads': nncalc calls it 'heads'"),
    (["relu"], [1, 2, 3, 4, 1], "input_shape: has 5 numbers; want [height, width, channels], [T, D] or [n]"),
    (["Conv2D"], I, "layers[1]: unknown kind 'Conv2D': nncalc calls it 'conv'"),
    (["BatchNorm2d"], I, "layers[1]: unknown kind 'BatchNorm2d': nncalc calls it 'batch_norm'"),
    (["cnov"], I, "layers[1]: unknown kind 'cnov' (did you mean conv?)"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "shape", "said"), WRONG)
def test_wrong_layers_are_one_clear_line(layers: Any, shape: list[int] | None, said: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(page(layers, shape))
    done = run("solve", str(tmp_path / "p.yaml"))
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    place, what = re.fullmatch(r"\S*p\.yaml:(\d+:\d+:)? (.*)\n", done.err).groups()  # type: ignore[union-attr]
    assert what.startswith(said) if said.endswith(",") else what == said
    assert place or said.startswith("input_shape: is missing")


def test_tokens_may_be_any_number_and_300e9_is_told_how_to_be_written() -> None:
    common = ("params", "--layers", "[{embedding: {vocabulary: 9, dim: 4}}]", "--tokens")
    assert (
        run(*common, "300e9").err
        == f"--tokens: want a whole number from 1 to {10**30}, got 300e9 (write 300000000000)\n"
    )
    assert run(*common, str(10**30), "--get", "training_flops").out == f"{6 * 36 * 10**30}\n"


def test_aliases_cannot_nest_deeper_than_files() -> None:
    text = "topic: params\ninput_shape: [4]\nlayers:\n- &a0 {repeat: {times: 2, layers: [relu]}}\n"
    text += "".join(f"- &a{i} {{repeat: {{times: 2, layers: [*a{i - 1}]}}}}\n" for i in range(1, 60))
    with pytest.raises(InputError, match=r"is nested deeper than 16 levels, the limit \(--limit depth=N"):
        problem(text)
    with pytest.raises(InputError, match="is nested deeper than 16 levels"):
        problem("topic: softmax\nx:\n- &a0 [1]\n" + "".join(f"- &a{i} [*a{i - 1}]\n" for i in range(1, 280)))


# Variants


def test_more_says_what_people_argue_about() -> None:
    block = {"residual": {"layers": [{"attention": {"heads": 4, "kv_heads": 2, "bias": False}}]}}
    layers = [
        {"embedding": {"vocabulary": 50, "dim": 8}},
        {"positions": {"count": 16}},
        {"repeat": {"times": 3, "layers": [block]}},
    ]
    embeddings, blocks, head = 50 * 8 + 16 * 8, 3 * (64 + 32 + 32 + 64), 8 * 50
    untied = counted([*layers, {"dense": {"units": 50, "bias": False}}], more=True)
    N = embeddings + blocks + head
    assert {n: int(v) for n, v in untied.answer.items() if v.ndim == 0} == {
        "params": N, "macs": blocks + head, "flops": 2 * (blocks + head), "params_without_embeddings": N - embeddings, "params_tied": N - head,
        "bytes_32_bit": 4 * N, "bytes_16_bit": 2 * N, "bytes_8_bit": N, "adam": 2 * N, "bytes_training": 16 * N,
        "kv_cache": 3 * 2 * 2 * 2, "bytes_kv_cache": 3 * 2 * 2 * 2 * 2, "training_flops_a_token": 6 * N,
    }  # fmt: skip
    tied = counted([*layers, {"tied": {"to": "embedding1"}}], more=True, tokens=1000)
    assert tied.answer["params"] == N - head and tied.answer["params_untied"] == N and "params_tied" not in tied.answer
    assert tied.answer["training_flops"] == 6 * (N - head) * 1000
    assert {"params", "macs"} < counted(layers).answer.keys() and "adam" not in counted(layers).answer


def test_of_experts_the_active_ones_are_trained_on_a_token() -> None:
    trace = counted(
        [{"moe": {"experts": 4, "active": 1, "layers": [{"dense": {"units": 8}}]}}], [7, 8], more=True, tokens=10
    )
    assert (
        trace.answer["params"] == 4 * 72 + 32
        and trace.answer["params_active"] == 72 + 32
        and trace.answer["training_flops"] == 6 * 104 * 10
    )
    mixtral = solve(problem((ARCHITECTURES / "mixtral-8x7b.yaml").read_text() + "more: yes\n"))
    assert mixtral.answer["params_active"] == 12879925248  # 12.9 G, as the paper says
    assert mixtral.answer["bytes_kv_cache"] == 2 * 32 * 2 * 8 * 128


def test_layers_tied_to_others_learn_nothing_of_their_own() -> None:
    """ALBERT's way: twelve times the same block."""
    block = {
        "residual": {
            "layers": [{"attention": {"heads": 2}}, "layer_norm", {"feed_forward": {"hidden": 9}}],
            "name": "block",
        }
    }
    once = counted([block], S)
    again = counted([block, {"repeat": {"times": 11, "layers": [{"tied": {"to": "block"}}]}}], S, more=True)
    assert again.answer["params"] == once.answer["params"] and again.answer["macs"] == 12 * once.answer["macs"]
    assert again.answer["params_untied"] == 12 * once.answer["params"]
    back = counted([{"dense": {"units": 3, "name": "in"}}, {"tied": {"to": "in"}}], [9])
    assert totals(back) == (9 * 3 + 3, 2 * 27, [9])  # an autoencoder whose decoder is the encoder, transposed
    deep = counted([{"repeat": {"times": 2, "name": "r", "layers": [block]}}, {"tied": {"to": "r.block"}}], S)
    assert deep.answer["params"] == 2 * once.answer["params"]


def test_skips_reach_back_to_the_input_and_into_groups() -> None:
    conv = {"conv": {"filters": 4, "kernel": 3, "name": "c"}}
    assert totals(counted([conv, {"concat_with": {"layer": "input"}}], I))[2] == [8, 10, 10]  # cropped
    assert totals(counted([E, {"dense": {"units": 3}}, {"concat_with": {"layer": "words"}}]))[2] == [7]
    assert totals(
        counted(
            [
                {"residual": {"layers": [{**conv, "conv": {**conv["conv"], "pad": 1, "filters": 6}}], "name": "r"}},
                {"concat_with": {"layer": "r.c"}},
            ],
            I,
        )
    )[2] == [10, 12, 12]
    trace = counted(
        [
            {"embedding": {"vocabulary": 9, "dim": 6, "name": "e"}},
            {"dense": {"units": 8}},
            {"attention": {"heads": 2, "memory": "e"}},
        ],
        [5],
    )
    assert trace["attention3.params"].array == 2 * (64 + 8) + 2 * (6 * 8 + 8)


def test_without_a_length_macs_are_those_of_a_token_and_the_page_says_so() -> None:
    text = "[{embedding: {vocabulary: 9, dim: 4}}, {attention: {heads: 2}}, {lstm: {hidden: 3}}, global_avg_pool, {dense: {units: 2}}]"
    page = run("params", "--layers", text).out
    assert "MACs a token" in page and "without input_shape the MACs are those of one token" in page
    assert "scores and weighted sums of attention grow with the number of tokens: they are not counted" in page
    assert "after global_avg_pool4 there is one vector for all tokens" in page and "T → T x 4" in page
    known = run("params", "--layers", text, "--input_shape", "[6]").out
    assert "a token" not in known.replace("numbers a token", "") and "6 → 6 x 4" in known


def test_what_somebody_else_worked_goes_on_through_the_layers() -> None:
    """A size that a student got wrong is the size that the next layer gets; what can be worked does not change."""
    text = page(
        [
            {"conv": {"filters": 4, "kernel": 3}},
            {"conv": {"filters": 5, "kernel": 3, "stride": 2}},
            "flatten",
            {"dense": {"units": 2}},
        ],
        [10, 12, 3],
    )
    right = solve(problem(text))

    def sheet(name: str, array: Any, moved: bool) -> Any:
        return np.array({"conv1.H": 9, "conv2.W": 2.5}.get(name, array), dtype=object)

    wrong = solve(problem(text), sheet)
    assert [s.name for s in wrong.steps] == [s.name for s in right.steps]
    assert (right["conv2.H"].array, wrong["conv1.macs"].array, wrong["conv2.H"].array) == (3, 9 * 10 * 4 * 27, 4)
    assert (
        wrong["flatten3.output"].array == 4 * 2.5 * 5
        and wrong["dense4.params"].array == 102
        and wrong.answer["output"].tolist() == [2]
    )


def test_channels_first_and_updates() -> None:
    assert totals(counted(["relu"], [3, 10, 12], channels_first=True))[2] == [3, 10, 12]
    trace = solve(problem("topic: params\nexamples: 1001\nbatch_size: 10\nepochs: 3\n"))
    assert (
        trace.answer == {"updates_per_epoch": 101, "updates": 303}
        and said(trace, "updates_per_epoch") == "ceil(N/B) = ceil(1001/10)"
    )


def test_what_frameworks_call_a_layer_is_one_of_ours() -> None:
    from nncalc.problem.spelling import FRAMEWORKS
    from nncalc.topics.backprop.blocks import NetworkLayer
    from nncalc.topics.params.groups import LayerSpec

    known = {*NetworkLayer.options, *LayerSpec.options}
    assert {name for names in FRAMEWORKS.values() for name in names} <= known
    assert not {*FRAMEWORKS} & {name.replace("_", "") for name in known} - {"batchnorm", "layernorm"}
