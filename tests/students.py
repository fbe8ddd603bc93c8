"""Honest students: problems of random one-decimal numbers, carried and written down as people do."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from nncalc.marking.assignment import Assignment, ask, lines_of
from nncalc.problem.problem import Marking, loads
from nncalc.running import run

MARKINGS = (Marking(), Marking(places=2), Marking(places=3), Marking(sig=3))
Chance = random.Random
ROUNDING = {"rounded": ROUND_HALF_UP, "cut off": ROUND_DOWN}
FORMS = ("asked", "more", "dropped", "float32", "exponent")


def numbers(chance: Chance, *shape: int, most: int = 20) -> Any:
    """Numbers with one decimal, none of them 0."""
    if not shape:
        return chance.choice([-1, 1]) * chance.randint(1, most) / 10
    return [numbers(chance, *shape[1:], most=most) for _ in range(shape[0])]


def softmax(c: Chance) -> dict[str, Any]:
    n = c.randint(2, 5)
    return {"topic": "softmax", "x": numbers(c, n), "target": c.randint(1, n)}


def lstm(c: Chance) -> dict[str, Any]:
    n, m = 2, c.randint(1, 3)
    gates = {
        f"{w}{g}": numbers(c, *s, most=10) for g in "ifog" for w, s in (("W_x", (n, m)), ("W_h", (n, n)), ("b_", (n,)))
    }
    return {"topic": "lstm", "x": numbers(c, m), "h_0": numbers(c, n), "c_0": numbers(c, n), **gates}


def gru(c: Chance) -> dict[str, Any]:
    n, m = 2, c.randint(1, 3)
    gates = {
        f"{w}{g}": numbers(c, *s, most=10) for g in "zrn" for w, s in (("W_x", (n, m)), ("W_h", (n, n)), ("b_", (n,)))
    }
    return {"topic": "gru", "x": numbers(c, m), "h_0": numbers(c, n), **gates}


def attention(c: Chance) -> dict[str, Any]:
    t, d, k = c.randint(2, 3), c.randint(2, 3), 2
    weights = {name: numbers(c, d, k, most=10) for name in ("W_Q", "W_K", "W_V")}
    return {"topic": "attention", "x": numbers(c, t, d), **weights}


def network(c: Chance) -> dict[str, Any]:
    first, second = c.choice(["relu", "sigmoid", "tanh"]), c.choice(["sigmoid", "identity", "tanh"])
    layers = [{"W": numbers(c, 3, 2, most=10), "b": numbers(c, 3), "activation": first},
              {"W": numbers(c, 2, 3, most=10), "b": numbers(c, 2), "activation": second}]  # fmt: skip
    return {"topic": "backprop", "x": numbers(c, 2), "layers": layers, "target": numbers(c, 2, most=10),
            "loss": "half_squared_error", "rate": c.choice([0.1, 0.5])}  # fmt: skip


def conv(c: Chance) -> dict[str, Any]:
    n = c.randint(3, 5)
    return {
        "topic": "conv",
        "image": numbers(c, n, n, most=50),
        "filter": numbers(c, 2, 2),
        "stride": c.randint(1, 2),
        "pad": c.randint(0, 1),
    }


def rnn(c: Chance) -> dict[str, Any]:
    return {"topic": "rnn", "x": numbers(c, 3, 2, most=10), "h_0": numbers(c, 2, most=10), "W_xh": numbers(c, 2, 2, most=10),
            "W_hh": numbers(c, 2, 2, most=10), "b_h": numbers(c, 2, most=5), "W_hy": numbers(c, 1, 2, most=10)}  # fmt: skip


def layer_norm(c: Chance) -> dict[str, Any]:
    n = c.randint(3, 5)
    return {
        "topic": "norm",
        "kind": "layer",
        "x": numbers(c, 1, n, most=50),
        "gamma": numbers(c, n),
        "beta": numbers(c, n),
    }


def adam(c: Chance) -> dict[str, Any]:
    n = c.randint(1, 2)
    return {
        "topic": "optimizer",
        "kind": "adam",
        "w": numbers(c, n),
        "gradients": numbers(c, c.randint(1, 3), n),
        "rate": 0.1,
    }


TOPICS: dict[str, Callable[[Chance], dict[str, Any]]] = {
    f.__name__: f for f in (softmax, lstm, gru, attention, network, conv, rnn, layer_norm, adam)
}


def problem(topic: str, chance: Chance) -> Assignment:
    """A random problem of a topic, asked in one of the ways to ask."""
    one = loads(TOPICS[topic](chance))
    return ask(replace(one, marking=chance.choice(MARKINGS)))


def decimals(value: float, marking: Marking) -> int:
    """The decimals asked of a number, as a person counts them."""
    if not value or not math.isfinite(value):
        return marking.places or marking.sig or 2
    first = Decimal(repr(abs(value))).adjusted()
    if marking.sig is not None:
        return marking.sig - 1 - first
    if marking.places is not None:
        return marking.places
    return 2 - first if abs(value) >= 10 else 1 - first if abs(value) < 0.005 else 2


def shortened(value: float, places: int, way: str) -> Decimal:
    """A number in so many decimals, rounded or cut off."""
    with_digits = Decimal(f"{value:.14g}")
    return with_digits.quantize(Decimal(1).scaleb(-places), rounding=ROUNDING[way])


@dataclass
class Student:
    """How one works: `carried`: all digits, or how many more than asked at each step; the way; how it is written."""

    asked: Assignment
    chance: Chance
    all_digits: bool
    way: str
    form: str
    lost: bool = False  # a number became 0 on the way, or as it was written

    def works(self) -> dict[str, Any]:
        """The numbers that stand on the student's paper."""
        if self.all_digits:
            return dict(self.asked.exact)
        trace = run(self.asked.problem, self.settle, finite=False)
        return {**lines_of(trace), **{step.name: step.array for step in trace.steps}}

    def settle(self, name: str, array: Any, as_given: bool) -> Any:
        """Each step at its own choice of places, from those asked upwards."""
        if as_given or np.asarray(array).dtype.kind != "f":
            return array
        more = self.chance.randint(0, 4)
        flat = [self.short(float(v), more) for v in np.ravel(array)]
        return np.array(flat).reshape(np.shape(array))

    def short(self, value: float, more: int) -> float:
        if not math.isfinite(value):
            return value
        kept = float(shortened(value, decimals(value, self.asked.problem.marking) + more, self.way))
        self.lost |= kept == 0 and value != 0
        return kept

    def writes(self, value: Any) -> str:
        """A number as this student puts it down."""
        if isinstance(value, int) or not math.isfinite(value):
            return str(value)
        if self.form == "float32":
            return repr(float(np.float32(value)))
        places = decimals(value, self.asked.problem.marking) + (self.chance.randint(1, 5) if self.form == "more" else 0)
        short = shortened(value, places, self.way)
        self.lost |= short == 0 and value != 0
        if self.form == "dropped":
            text = f"{short:f}"
            return text.rstrip("0").rstrip(".") if "." in text else text
        return f"{short:e}" if self.form == "exponent" else f"{short:f}"
