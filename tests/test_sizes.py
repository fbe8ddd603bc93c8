"""Sizes beside the counts: receptive fields against windows that are followed back, shapes, caches, epochs."""

from __future__ import annotations

import io
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from examples import problem, yaml_of

from nncalc import load, solve
from nncalc.errors import InputError
from nncalc.render.layout import View
from nncalc.render.working import render
from nncalc.trace.steps import Trace

ARCHITECTURES = sorted((Path(__file__).parents[1] / "problems/architectures").glob("*.yaml"))


def worked(**fields: Any) -> Trace:
    return solve(problem(yaml_of("params", **fields)))


def refusal(**fields: Any) -> str:
    with pytest.raises(InputError) as error:
        worked(**fields)
    return str(error.value)


def conv(kernel: int, stride: int = 1, dilation: int = 1) -> dict[str, Any]:
    return {"conv": {"filters": 2, "kernel": kernel, "stride": stride, "dilation": dilation}}


POOL = {"max_pool": {"window": 2}}


def seen_by_one(windows: list[tuple[int, int, int]]) -> tuple[int, int]:
    """How many cells one output sees, and how far apart two neighbours begin: cells followed back, window by window."""

    def cells(places: set[int]) -> set[int]:
        for f, s, d in reversed(windows):
            places = {p * s + d * i for p in places for i in range(f)}
        return places

    first, second = cells({0}), cells({1})
    return max(first) - min(first) + 1, min(second) - min(first)


def test_the_printed_receptive_fields() -> None:
    layers = [conv(3), POOL, conv(3), POOL, conv(3), conv(3), POOL]
    trace = worked(input_shape=[64, 64, 3], layers=layers, show=["receptive_field"])
    steps = [name for name in trace.named() if name.endswith(".receptive_field")]
    assert [trace[name].array.item() for name in steps] == [3, 4, 8, 10, 18, 26, 30]
    assert trace.answer["receptive_field"] == 30
    prince = worked(input_shape=[64, 1], layers=[conv(5, 2), conv(3), conv(5, 1, 2)], show=["receptive_field"])
    assert [prince[f"conv{i}.receptive_field"].array.item() for i in (1, 2, 3)] == [5, 9, 25]


@pytest.mark.parametrize("seed", range(6))
def test_receptive_fields_are_the_cells_that_are_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    windows = [(int(rng.integers(1, 5)), int(rng.integers(1, 3)), int(rng.integers(1, 3))) for _ in range(4)]
    trace = worked(input_shape=[400, 400, 1], layers=[conv(*w) for w in windows], show=["receptive_field"])
    for i in range(1, 5):
        found = trace[f"conv{i}.receptive_field"].array.item(), trace[f"conv{i}.jump"].array.item()
        assert found == seen_by_one(windows[:i])


def test_axes_apart_a_whole_image_and_what_is_no_window() -> None:
    layers = [{"conv": {"filters": 1, "kernel": [1, 3]}}, conv(3), "global_avg_pool"]
    trace = worked(input_shape=[9, 9, 1], layers=layers, show=["receptive_field"])
    assert trace["conv2.receptive_field_h"].array == 3 and trace["conv2.receptive_field_w"].array == 5
    assert trace.answer["receptive_field"].tolist() == [9, 9]
    around = [{"residual": {"layers": ["relu"]}}, conv(3)]
    assert "what residual1 gives is no window" in refusal(
        input_shape=[9, 9, 1], layers=around, show=["receptive_field"]
    )


def test_a_key_asks_for_what_it_names() -> None:
    text = yaml_of("params", input_shape=[28, 28, 1], layers=[conv(5)]) + "\nexpect: {conv1.output: [24, 24, 2]}"
    assert solve(problem(text))["conv1.output"].array.tolist() == [24, 24, 2]
    assert "conv1.output" not in worked(input_shape=[28, 28, 1], layers=[conv(5)]).named()


def test_shapes_neurons_and_zeros() -> None:
    layers = [
        {"conv": {"filters": 4, "kernel": 4, "pad": "same", "groups": 2}},
        "flatten",
        {"dense": {"units": 3, "bias": False}},
    ]
    trace = worked(input_shape=[9, 9, 2], layers=layers, show=["output", "weights", "neurons", "padding"])
    told = {name: trace[name].array.tolist() for name in trace.named() if "." in name}
    assert told["conv1.W_shape"] == [4, 1, 4, 4] and told["conv1.b_shape"] == [4]
    assert told["conv1.padding"] == [1, 1, 2, 2] and told["conv1.neurons"] == 9 * 9 * 4
    assert told["dense3.W_shape"] == [3, 324] and "dense3.b_shape" not in told
    first = worked(input_shape=[2, 9, 9], channels_first=True, layers=[conv(3)], show=["output"])
    assert first["conv1.output"].array.tolist() == [2, 7, 7]


def test_the_printed_sizes_of_padding_and_of_a_volume() -> None:
    assert worked(input_shape=[15, 15, 8], layers=[{"pad": {"pad": 2}}]).answer["output"].tolist() == [19, 19, 8]
    conv3d = {"conv3d": {"filters": 16, "kernel": 4, "stride": 2}}
    volume = worked(input_shape=[64, 64, 64, 3], layers=[conv3d]).answer
    assert volume["output"].tolist() == [31, 31, 31, 16] and volume["params"] == (4**3 * 3 + 1) * 16
    line = worked(input_shape=[10, 3], layers=[{"conv1d": {"filters": 4, "kernel": 3}}]).answer
    assert line["output"].tolist() == [8, 4] and line["params"] == 40
    assert "wants a volume, but gets 9 x 9 x 3" in refusal(input_shape=[9, 9, 3], layers=[conv3d])


def test_the_printed_cache() -> None:
    """32 layers, 32 heads of 128, 2,048 tokens, 16 bits: 1.07 GB."""
    layers = [{"repeat": {"times": 32, "layers": [{"attention": {"heads": 32}}]}}]
    given: dict[str, Any] = {"input_shape": [2048, 4096], "layers": layers}
    assert worked(**given, kv_cache={"tokens": 2048}).answer["kv_cache_bytes"] == 2 * 32 * 32 * 128 * 2048 * 2
    many = worked(**given, kv_cache={"tokens": 10, "batch": 3, "bytes": 4}, more=True).answer
    assert many["kv_cache_bytes"] == 2 * 32 * 32 * 128 * 10 * 3 * 4
    assert "kv_cache: belongs to a model with attention" in refusal(
        input_shape=[4], layers=[{"dense": {"units": 2}}], kv_cache={"tokens": 2}
    )


def test_epochs_from_updates() -> None:
    """1,000 iterations of 100 examples in batches of 20: 200 epochs (Ng)."""
    assert worked(examples=100, batch_size=20, updates=1000).answer["epochs"] == 200
    assert float(worked(examples=100, batch_size=30, updates=10).answer["epochs"]) == Fraction(5, 2)
    assert worked(examples=100, batch_size=30, epochs=2, drop_last=True).answer["updates"] == 6
    assert "epochs: belongs to a problem without updates" in refusal(examples=9, batch_size=3, updates=9, epochs=2)


@pytest.mark.parametrize("file", ARCHITECTURES, ids=lambda file: file.stem)
def test_short_is_a_line_for_each_layer(file: Path) -> None:
    """Name, output, parameters: of all layers of the list, each on one line, though a terminal is narrow."""
    loaded, out = load(file), io.StringIO()
    trace = solve(loaded)
    render([trace], View(detail="short", width=100), out)
    lines = out.getvalue().split("\n\n")[1].splitlines()
    assert lines[0].split() == ["layer", "output", "parameters", *lines[0].split()[3:]]
    top = [line.split() for line in lines[1:-1] if not line.startswith(" ")]
    expected = [layer.name or f"{kind}{k}" for k, (kind, layer) in enumerate(loaded.values["layers"], 1)]
    assert [words[0].rstrip(",") for words in top] == expected
    assert lines[-1].split()[:2] == ["total", f"{int(trace.answer['params']):,}"]
    assert len(lines) == len(trace.overview)


def test_what_is_shown_stands_in_the_table() -> None:
    layers = [conv(5, 2), POOL, "flatten"]
    rows = worked(input_shape=[28, 28, 1], layers=layers, show=["receptive_field", "weights"]).overview
    told = [row[4:] for row in rows]
    assert told == [("W_shape", "b_shape", "receptive_field", "jump"), ("[2, 1, 5, 5]", "[2]", 5, 2),
                    ("", "", 7, 4), ("", "", "", ""), ("", "", "", "")]  # fmt: skip
    assert len(worked(input_shape=[28, 28, 1], layers=layers).overview[0]) == 4


def test_counts_are_whole_as_one_gets_them(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    layers = [conv(5, 2), "flatten", {"dense": {"units": 3}}]
    file.write_text(yaml_of("params", input_shape=[28, 28, 1], layers=layers, show=["output", "neurons", "weights"]))
    asked = ["conv1.output", "flatten2.output", "flatten2.neurons", "dense3.W_shape", "conv1.params"]
    got = run("solve", str(file), *(word for name in asked for word in ("--get", name)))
    assert got.out.splitlines() == ["[12, 12, 2]", "288", "288", "[3, 288]", "52"]
    page = json.loads(run("solve", str(file), "--format", "json").out)
    values = {step["name"]: step["value"] for step in page["steps"]}
    assert repr(values["conv1.output"]) == "[12, 12, 2]" and repr(values["conv1.neurons"]) == "288"
    assert "flatten2.output = h·w·c = 12·12·2 = 288" in re.sub(" +", " ", run("solve", str(file)).out)


def test_what_is_got_need_not_be_shown(tmp_path: Path) -> None:
    """As a key asks for what it names, so do --get and --explain."""
    file = tmp_path / "p.yaml"
    file.write_text(yaml_of("params", input_shape=[64, 1], layers=[conv(5, 2), conv(3), conv(5, 1, 2)]))
    got = run("solve", str(file), "--get", "conv3.receptive_field", "--get", "conv1.output[1]")
    assert got.out.split() == ["25", "30"]
    explained = run("solve", str(file), "--explain", "conv2.receptive_field").out
    assert "5 + (3 - 1)·2" in explained and explained.count("receptive_field") >= 1


EXERCISES = {
    "receptive fields": ({"input_shape": [64, 64, 3], "layers": [conv(3), POOL, conv(3), POOL, conv(3), conv(3), POOL]},
        {f"{name}.receptive_field": r for name, r in zip(
            ("conv1", "max_pool2", "conv3", "max_pool4", "conv5", "conv6", "max_pool7"), (3, 4, 8, 10, 18, 26, 30), strict=True)}),
    "dilations": ({"input_shape": [64, 1], "layers": [conv(5, 2), conv(3), conv(5, 1, 2)]},
        {"conv1.receptive_field": 5, "conv2.receptive_field": 9, "conv3.receptive_field": 25}),
    "dilations of conv1d": ({"input_shape": [64, 1], "layers": [{"conv1d": {"filters": 1, "kernel": f, "stride": s, "dilation": d}}
        for f, s, d in ((5, 2, 1), (3, 1, 1), (5, 1, 2))]},
        {"conv1d1.receptive_field": 5, "conv1d2.receptive_field": 9, "conv1d3.receptive_field": 25}),
    "padding": ({"input_shape": [15, 15, 8], "layers": [{"pad": 2}]}, {"output": [19, 19, 8]}),
    "a volume": ({"input_shape": [64, 64, 64, 3], "layers": [{"conv3d": {"filters": 16, "kernel": 4, "stride": 2}}]},
        {"conv3d1.output": [31, 31, 31, 16], "output": [31, 31, 31, 16], "params": 3088}),
    "a volume of conv": ({"input_shape": [64, 64, 64, 3], "layers": [{"conv": {"filters": 16, "kernel": [4, 4, 4], "stride": 2}}]},
        {"conv1.output": [31, 31, 31, 16], "conv1.W_shape": [16, 3, 4, 4, 4]}),
    "epochs": ({"examples": 100, "batch_size": 20, "updates": 1000}, {"epochs": 200}),
    "updates": ({"examples": 100, "batch_size": 20, "epochs": 200}, {"updates_per_epoch": 5, "updates": 1000}),
    "a cache": ({"input_shape": [2048, 4096], "kv_cache": {"tokens": 2048},
                 "layers": [{"repeat": {"times": 32, "layers": [{"attention": {"heads": 32}}]}}]}, {"kv_cache_bytes": 1073741824}),
    "a cache of a batch": ({"layers": [{"embedding": {"vocabulary": 9, "dim": 64}}, {"attention": {"heads": 4, "kv_heads": 2}}],
                            "kv_cache": {"tokens": 100, "batch": 8}}, {"kv_cache_bytes": 2 * 2 * 16 * 100 * 8 * 2}),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "key"), EXERCISES.values(), ids=EXERCISES)
def test_exercises_with_their_keys(tmp_path: Path, fields: dict[str, Any], key: dict[str, Any]) -> None:
    """Set in courses with these answers: as a file whose key is checked, right and with one number off."""
    file = tmp_path / "exercise.yaml"
    for off, code in ((0, 0), (1, 1)):
        wrong = {name: (np.array(value) + off).tolist() for name, value in key.items()}
        file.write_text(yaml_of("params", **fields, expect=wrong))
        assert run("check", str(file)).code == code
