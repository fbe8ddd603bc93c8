"""Published architectures, exact to the digit: against what was published, against loops, and against PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networks
import numpy as np
import pytest
import yaml
from command import run
from examples import problem
from networks import Net

from nncalc.problem.example import example, ready
from nncalc.problem.problem import load
from nncalc.running import solve
from nncalc.trace.steps import Trace

ARCHITECTURES = Path(__file__).parent.parent / "problems" / "architectures"
FILES = sorted(ARCHITECTURES.glob("*.yaml"))


def totals(trace: Trace) -> tuple[int, int, list[int]]:
    return int(trace.answer["params"]), int(trace.answer["macs"]), trace.answer["output"].tolist()


def gpt2(d: int, n: int, tokens: int | None = None) -> tuple[int, int]:
    params, macs = networks.transformer(50257, d, n, 4 * d, tokens, places=1024)
    return params + 2 * d, macs + (tokens or 1) * 50257 * d


def bert(d: int, n: int) -> tuple[int, int]:
    params, macs = networks.transformer(30522 + 2, d, n, 4 * d, 512, places=512)
    return params + 2 * d + d * d + d, macs + d * d


def vit(d: int, n: int) -> tuple[int, int]:
    params, macs = networks.transformer(0, d, n, 4 * d, 197, places=197)
    return params + 768 * d + d + d + 2 * d + 1000 * d + 1000, macs + 196 * 768 * d + 1000 * d


def llama(v: int, d: int, n: int, hidden: int, kv: int, **other: int) -> tuple[int, int]:
    params, macs = networks.transformer(v, d, n, hidden, None, kv=kv, matrices=3, bias=False, norm=d, **other)
    return params + d + d * v, macs + d * v


def encoder_decoder(v: int, d: int, hidden: int, bias: bool, norm: int, extra: int) -> tuple[int, int]:
    attention, ff = 4 * d * d + 4 * d * bias, 2 * d * hidden + (hidden + d) * bias
    params = v * d + 6 * (attention + ff + 2 * norm) + 6 * (2 * attention + ff + 3 * norm) + extra
    return params, 6 * (4 * d * d + 2 * d * hidden) + 6 * (8 * d * d + 2 * d * hidden) + v * d


V2 = [
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 3, 2, 32, 3),
    (6, 3, 2, 64, 4),
    (6, 3, 1, 96, 3),
    (6, 3, 2, 160, 3),
    (6, 3, 1, 320, 1),
]
B0 = [
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
]
# The published number of parameters (None: published rounded), and the network counted again.
COUNTED: dict[str, tuple[int | None, Any]] = {
    "lenet": (61706, networks.lenet), "alexnet": (61100840, networks.alexnet), "vgg11": (132863336, lambda: networks.vgg(1, 1, 2, 2, 2)),
    "vgg16": (138357544, lambda: networks.vgg(2, 2, 3, 3, 3)), "vgg19": (143667240, lambda: networks.vgg(2, 2, 4, 4, 4)),
    "googlenet": (6624904, networks.googlenet), "resnet18": (11689512, lambda: networks.resnet(2, 2, 2, 2)),
    "resnet34": (21797672, lambda: networks.resnet(3, 4, 6, 3)), "resnet50": (25557032, lambda: networks.resnet(3, 4, 6, 3, bottleneck=True)),
    "resnet101": (44549160, lambda: networks.resnet(3, 4, 23, 3, bottleneck=True)),
    "resnet152": (60192808, lambda: networks.resnet(3, 8, 36, 3, bottleneck=True)),
    "resnext50": (25028904, lambda: networks.resnet(3, 4, 6, 3, bottleneck=True, groups=32, wide=2)),
    "mobilenet-v1": (4231976, networks.mobilenet_v1), "mobilenet-v2": (3504872, lambda: networks.inverted(False, 1280, *V2)),
    "efficientnet-b0": (5288548, lambda: networks.inverted(True, 1280, *B0)), "squeezenet": (1248424, networks.squeezenet),
    "densenet121": (7978856, networks.densenet), "convnext-tiny": (28589128, networks.convnext), "unet": (None, networks.unet),
    "transformer-base": (None, lambda: encoder_decoder(37000, 512, 2048, True, 1024, 0)),
    "t5-small": (60506624, lambda: encoder_decoder(32128, 512, 2048, False, 512, 2 * 32 * 8 + 2 * 512)),
    "bert-base": (109482240, lambda: bert(768, 12)), "bert-large": (335141888, lambda: bert(1024, 24)),
    "gpt2-small": (124439808, lambda: gpt2(768, 12, 1024)), "gpt2-medium": (354823168, lambda: gpt2(1024, 24, 1024)),
    "gpt2-large": (774030080, lambda: gpt2(1280, 36, 1024)), "gpt2-xl": (1557611200, lambda: gpt2(1600, 48)),
    "gpt3": (None, lambda: tuple(np.add(networks.transformer(50257, 12288, 96, 49152, places=2048), (2 * 12288, 50257 * 12288)))),
    "llama-7b": (6738415616, lambda: llama(32000, 4096, 32, 11008, 4096)), "llama2-70b": (68976648192, lambda: llama(32000, 8192, 80, 28672, 1024)),
    "llama3-8b": (8030261248, lambda: llama(128256, 4096, 32, 14336, 1024)), "mistral-7b": (7241732096, lambda: llama(32000, 4096, 32, 14336, 1024)),
    "mixtral-8x7b": (46702792704, lambda: llama(32000, 4096, 32, 14336, 1024, experts=8, active=2)),
    "vit-b16": (86567656, lambda: vit(768, 12)), "vit-l16": (304326632, lambda: vit(1024, 24)),
    "lstm-language-model": (None, lambda: (10000 * 650 + 2 * (8 * 650 * 650 + 4 * 650) + 650 * 10000 + 10000, 35 * (16 * 650 * 650 + 6500000))),
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_an_architecture_is_what_it_was_published_as(path: Path) -> None:
    published, again = COUNTED[path.stem]
    params, macs, _ = totals(solve(load(str(path))))
    net = again()
    assert (params, macs) == ((net.params, net.macs) if isinstance(net, Net) else tuple(map(int, net)))
    assert published in (None, params)
    assert {"title", "source", "expect"} <= yaml.safe_load(path.read_text()).keys()


def test_the_multiply_adds_are_those_that_were_measured() -> None:
    """torchvision's table of its weights, in billions (fvcore counts convolutions, matrices and scores)."""
    measured = {
        "alexnet": 0.714, "vgg11": 7.609, "vgg16": 15.47, "vgg19": 19.632, "googlenet": 1.498, "resnet18": 1.814, "resnet34": 3.664,
        "resnet50": 4.089, "resnet101": 7.801, "resnet152": 11.514, "resnext50": 4.23, "mobilenet-v2": 0.301, "efficientnet-b0": 0.386,
        "squeezenet": 0.819, "densenet121": 2.834, "convnext-tiny": 4.456, "vit-b16": 17.564, "vit-l16": 61.555,
    }  # fmt: skip
    for name, billions in measured.items():
        macs = yaml.safe_load((ARCHITECTURES / f"{name}.yaml").read_text())["expect"]["macs"]
        assert round(macs / 1e9, 3) == billions, name


def test_gpt3_is_as_its_paper_says() -> None:
    """Table D.1: 174,600 million parameters, 3.14e23 FLOPs."""
    trace = solve(load(str(ARCHITECTURES / "gpt3.yaml")))
    assert round(int(trace.answer["params"]) / 1e8) == 1746
    assert (
        trace.answer["training_flops"] == 6 * 174604259328 * 300 * 10**9
        and f"{int(trace.answer['training_flops']):.2e}" == "3.14e+23"
    )


def test_a_ready_problem_is_the_file_of_the_exercises(tmp_path: Path) -> None:
    assert {name.replace("_", "-") for name in ready("params")} == {path.stem for path in FILES}
    done = run("new", "params", "--form", "resnet18")
    assert (done.code, done.out) == (0, (ARCHITECTURES / "resnet18.yaml").read_text())
    assert "llama3_8b" in example("params") and ready("softmax") == {}
    assert "did you mean bert_base?" in run("new", "params", "--form", "bert").err


# Against PyTorch


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_an_architecture_is_what_pytorch_makes_of_it(path: Path) -> None:
    pytest.importorskip("torch")
    from modules import torch_run

    given = yaml.safe_load(path.read_text())
    if "input_shape" not in given:  # 6 tokens, so that scores are counted here as there
        given["input_shape"] = [6]
    network, out = torch_run(given)
    trace = solve(problem(yaml.safe_dump({k: v for k, v in given.items() if k != "expect"})))
    assert totals(trace) == (network.params, network.macs, out)
    assert int(trace.answer.get("statistics", 0)) == network.statistics
