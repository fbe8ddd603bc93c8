"""The kernels against PyTorch on the CPU: float64, one thread, the same inputs, alternating runs in one process.

python tests/bench/against_torch.py            (prints medians of ratios: below 1 nncalc is the faster one)
python tests/bench/against_torch.py LSTM conv  (those whose names have one of the words)
python tests/bench/against_torch.py tiny       (all, so small that the numbers say nothing: whether it runs)

Each kernel runs on bare arrays (nothing recorded) and traced (every step recorded, no formula built). What is counted
is the time of the processor, so that another process beside it matters less.
"""

from __future__ import annotations

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from nncalc.topics import attention, conv, lstm, posenc, rnn, softmax
from nncalc.topics.parts.fields import filled
from nncalc.trace.work import BareWork, Work

torch.set_num_threads(1)
TINY = "tiny" in sys.argv
WORDS = [word for word in sys.argv[1:] if word != "tiny"]
RUNS, SMALLER = (1, 16) if TINY else (7, 1)
F = torch.nn.functional
rng = np.random.default_rng(0)


def timed(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def compare(name: str, goal: str, theirs: Callable[[], Any], **ours: Callable[[], Any]) -> None:
    """Medians over alternating runs, each of ours as a ratio to theirs."""
    if WORDS and not any(word in name for word in WORDS):
        return
    for run in (theirs, *ours.values()):
        run()
    ratios: dict[str, list[float]] = {label: [] for label in ours}
    base: list[float] = []
    for _ in range(RUNS):
        base.append(timed(theirs))
        for label, run in ours.items():
            ratios[label].append(timed(run) / base[-1])
    shown = ", ".join(f"{label} {statistics.median(values):.2f}" for label, values in ratios.items())
    print(f"{name:44} {statistics.median(base) * 1e3:8.1f} ms   {shown}   (goal {goal})", flush=True)


def t(array: Any, grad: bool = False) -> Any:
    return torch.tensor(array, requires_grad=grad)


def traced(kernel: Callable[..., Any], arrays: dict[str, Any], **plain: Any) -> Any:
    work = Work()
    return kernel(work, **filled(kernel, {name: work.given(name, array) for name, array in arrays.items()} | plain))


def convolution(name: str, goal: str, image: Any, filter: Any, **settings: int) -> None:
    X, K = t(image)[None], t(filter)
    stride, pad = settings.get("stride", 1), settings.get("pad", 0)
    given = {"image": image, "filter": filter}
    compare(name, goal, lambda: F.conv2d(X, K, None, stride, pad),
            bare=lambda: conv.conv(BareWork(), **given, **settings), traced=lambda: traced(conv.conv, given, **settings))  # fmt: skip


def heads(tokens: int, goal: str, both: bool = True) -> None:
    d, count, tokens = 64 // SMALLER, 8, tokens // SMALLER
    arrays = {"x": rng.normal(size=(tokens, d * count)) * 0.1,
              **{n: rng.normal(size=(d * count, d * count)) * 0.05 for n in ("W_Q", "W_K", "W_V")}}  # fmt: skip
    x, *weights = (t(a) for a in arrays.values())

    def theirs() -> Any:
        q, k, v = ((x @ W).reshape(tokens, count, d).transpose(0, 1) for W in weights)
        return F.scaled_dot_product_attention(q, k, v).transpose(0, 1).reshape(tokens, -1)

    ours = {"bare": lambda: attention.embeddings(BareWork(), **arrays, heads=count)}
    if both:
        ours["traced"] = lambda: traced(attention.embeddings, arrays, heads=count)
    compare(f"attention {tokens} x 64 x 8 heads", goal, theirs, **ours)


def recurrent(cell: str, goals: tuple[str, str]) -> None:
    size, steps = 512 // SMALLER, 256 // SMALLER
    gates = {"RNN": 1, "LSTM": 4}[cell]
    W_ih, W_hh = (rng.normal(size=(gates * size, size)) / size**0.5 for _ in range(2))
    x, up = rng.normal(size=(steps, size)), rng.normal(size=size)
    module = getattr(torch.nn, cell)(size, size, bias=False, dtype=torch.float64)
    with torch.no_grad():
        module.weight_ih_l0.copy_(t(W_ih))
        module.weight_hh_l0.copy_(t(W_hh))
    X = t(x)
    given = {"x": x, "h_0": np.zeros(size)}
    if cell == "RNN":
        kernel, given = rnn.rnn, given | {"W_xh": W_ih, "W_hh": W_hh}
    else:
        kernel, given = lstm.FORMS[2], given | {"W_ih": W_ih, "W_hh": W_hh, "c_0": np.zeros(size)}

    def forward() -> Any:
        with torch.no_grad():
            return module(X)

    def back() -> Any:
        module.zero_grad()
        module(X)[0][-1].backward(t(up))

    compare(
        f"{cell} {size} x {steps} steps",
        goals[0],
        forward,
        bare=lambda: kernel(BareWork(), **filled(kernel, given)),
        traced=lambda: traced(kernel, given),
    )
    compare(
        f"{cell} {size} x {steps}, forward and back",
        goals[1],
        back,
        traced=lambda: traced(kernel, given, upstream=up),
    )


def jacobian(n: int = 4096 // SMALLER) -> None:
    x = rng.normal(size=n)
    X = t(x)
    compare(f"softmax with its Jacobian, n = {n}", "0.06 / 0.09",
            lambda: (torch.softmax(X, 0), torch.autograd.functional.jacobian(lambda v: torch.softmax(v, 0), X, vectorize=False)),
            bare=lambda: softmax.softmax(BareWork(), x, jacobian=True), traced=lambda: traced(softmax.softmax, {"x": x}, jacobian=True))  # fmt: skip


def encodings(count: int = 8192 // SMALLER, d: int = 1024 // SMALLER) -> None:
    def theirs() -> Any:
        angle = torch.arange(count, dtype=torch.float64)[:, None] / 10000 ** (
            torch.arange(0, d, 2, dtype=torch.float64) / d
        )
        out = torch.empty(count, d, dtype=torch.float64)
        out[:, 0::2], out[:, 1::2] = torch.sin(angle), torch.cos(angle)
        return out

    compare(f"positional encodings {count} x {d}", "0.22", theirs, bare=lambda: posenc.posenc(BareWork(), d_model=d, positions=count),
            traced=lambda: posenc.posenc(Work(), d_model=d, positions=count))  # fmt: skip


def main() -> None:
    wide, filters = 224 // SMALLER, 64 // SMALLER
    convolution(f"conv {wide}x{wide}x3 -> {filters}, 7x7, stride 2, pad 3", "0.44", rng.normal(size=(3, wide, wide)),
                rng.normal(size=(filters, 3, 7, 7)), stride=2, pad=3)  # fmt: skip
    wide //= 4
    convolution(f"conv {wide}x{wide}x{filters} -> {filters}, 3x3, pad 1", "0.82", rng.normal(size=(filters, wide, wide)),
                rng.normal(size=(filters, filters, 3, 3)), pad=1)  # fmt: skip
    heads(1024, "0.60 / 0.77-1.1")
    recurrent("RNN", ("0.87", "0.76"))
    recurrent("LSTM", ("0.98", "0.69"))
    jacobian()
    encodings()
    if not TINY:
        heads(4096, "none", both=False)
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
