"""The plane of two features: samples, and the lines on which w·x + b is what decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.render.figure.parts import Chart, Dots, Picture, Point, Stroke, clipped, with_room
from nncalc.render.layout import View
from nncalc.trace.name import StepName
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Step, Trace
from nncalc.trace.value import Value

# So many samples are drawn, so many of them with their number, so many lines.
MOST_SAMPLES, _MOST_TEXTS, _MOST_LINES = 400, 12, 12
# What compares: where it says yes.
DECIDES = ("greater", "greater_equal")
Boundary = tuple[float, float, float]  # w1, w2, b


@dataclass(frozen=True)
class Scores:
    """A step w·x + b of one sample or of all: where samples stand (sample, 2), w (2,), and what is added."""

    step: Step
    samples: Any
    w: Value
    b: float


def plane_pictures(trace: Trace, view: View) -> Iterator[Picture]:
    """The samples with the line of every update, where a score of two features decides between two labels."""
    scores = [found for step in trace.steps if (found := _scores(step)) is not None]
    if not scores:
        return
    samples = scores[-1].samples
    kept = [s for s in scores if s.samples is samples]
    X = np.asarray(samples.array, float)[:MOST_SAMPLES]
    labels = _labels(trace, len(np.asarray(samples.array)))
    if labels is None or len(X) < 2:
        return
    level = _level(trace, kept)
    lines: list[Boundary] = []
    for s in kept:
        w = np.asarray(s.w.array, float)
        line = (float(w[0]), float(w[1]), s.b - level)
        if (w.any() or not lines) and (not lines or line != lines[-1]):
            lines.append(line)
    yield _plane(samples, X, labels[:MOST_SAMPLES], lines)


def _scores(step: Step) -> Scores | None:
    """What a step says of samples by a product with two weights, and perhaps a number more, if it is one."""
    if StepName.parse(step.name).is_gradient or step.array.dtype.kind != "f":
        return None
    for product, added in _products(step.value):
        for data, w in (product.args, product.args[::-1]):
            if not (isinstance(w, Value) and np.shape(w.array) == (2,) and isinstance(data, Value)):
                continue
            samples = _root(data)
            if samples is not None and _root(w) is not samples and w is not data:
                return Scores(step, samples, w, added)
    return None


def _products(value: Value) -> Iterator[tuple[Value, float]]:
    """The products in a step's own formula, each with the numbers that are added to it."""
    stack: list[tuple[Value, float]] = [(value, 0.0)]
    while stack:
        part, added = stack.pop()
        if part.rule is None or (part.name is not None and part is not value):
            continue
        args = [a for a in part.args if isinstance(a, Value)]
        if part.rule.name == "matmul":
            yield part, added
        elif part.rule.name == "add" and len(args) == 2:
            for one, other in (args, args[::-1]):
                if np.size(other.array) == 1:
                    stack.append((one, added + float(np.ravel(other.array)[0])))
        elif part.rule.elementwise and len(args) == 1 and len(part.args) == 1:
            stack.append((args[0], added))


def _root(data: Value) -> Value | None:
    """The rows of two features that these are, or that this row is one of."""
    value = data
    while value.rule is not None and value.rule.moves and np.ndim(value.array) < 2:
        inner = [a for a in value.args if isinstance(a, Value)]
        if len(inner) != 1:
            return None
        value = inner[0]
    shape = np.shape(value.array)
    return value if len(shape) == 2 and shape[1] == 2 and shape[0] > 1 and value.name is not None else None


def _labels(trace: Trace, count: int) -> np.ndarray | None:
    """Which of two labels each sample has: as was given, else as was worked."""
    held = [*trace.given.values(), *(step.value for step in reversed(trace.steps) if not step.section)]
    for value in held:
        array = np.asarray(value.array)
        if array.shape == (count,) and len(np.unique(array)) <= 2 and np.isin(array, (-1, 0, 1)).all():
            return array
    return None


def _level(trace: Trace, scores: list[Scores]) -> float:
    """What a score has to pass: 0, unless it is compared with another number."""
    ours = {id(s.step.value) for s in scores}
    for step in trace.steps:
        stack: list[Any] = [step.value]
        while stack:
            part = stack.pop()
            if not isinstance(part, Value) or part.rule is None or (part.name is not None and part is not step.value):
                continue
            if part.rule.name in DECIDES and id(part.args[0]) in ours:
                other = part.args[1]
                return float(np.ravel(other.array if isinstance(other, Value) else other)[0])
            stack += part.args
    return 0.0


def _plane(samples: Value, X: np.ndarray, labels: np.ndarray, lines: Sequence[Boundary]) -> Chart:
    x, y = (with_room(X[:, axis].tolist(), 0.3) for axis in (0, 1))
    sign = TEXT.symbol(StepName.parse(samples.symbol).local)
    equation = _equation(sign.lower(), *lines[-1]) if any(lines[-1][:2]) else "no line: both weights are 0"
    drawn = [
        Stroke(equation if line is lines[-1] else "", part, quiet=line is not lines[-1])
        for line in lines[-_MOST_LINES:] for part in clipped(_ends(*line, x, y), x, y)
    ]  # fmt: skip
    yes = labels == labels.max()
    dots = [_samples(X, own, f"label {number(labels[own][0])}", hollow)
            for own, hollow in ((yes, False), (~yes, True)) if own.any()]  # fmt: skip
    counted = ", ".join(f"{int(own.sum())} of {d.name}" for own, d in zip((yes, ~yes), dots, strict=False))
    moved = f", the last of {len(lines)}" if len(lines) > 1 else ""
    words = f"Plane of {sign}: {counted}; the line {equation}{moved}"
    letter = sign.lower()
    side = _side(*lines[-1], x, y)
    return Chart(words, equation, f"{letter}1", f"{letter}2", x, y, drawn, dots, side=side)


def _samples(X: np.ndarray, own: np.ndarray, name: str, hollow: bool) -> Dots:
    """Samples of one label, each place once with the numbers of all that stand there."""
    places: dict[Point, list[str]] = {}
    for i in np.flatnonzero(own).tolist():
        places.setdefault((float(X[i, 0]), float(X[i, 1])), []).append(str(i + 1))
    texts = [", ".join(names) if len(X) <= _MOST_TEXTS else "" for names in places.values()]
    return Dots([*places], texts, name, hollow)


def _ends(w1: float, w2: float, b: float, x: Point, y: Point) -> list[Point]:
    """Two points of w1·x1 + w2·x2 + b = 0, on the longer sides' ends; none where there is no line."""
    if abs(w2) >= abs(w1) and w2:
        return [(x1, -(w1 * x1 + b) / w2) for x1 in x]
    return [(-(w2 * x2 + b) / w1, x2) for x2 in y] if w1 else []


def _side(w1: float, w2: float, b: float, x: Point, y: Point) -> list[Point]:
    """The corners of what of the box has a score above 0 (Sutherland and Hodgman 1974)."""
    corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])]
    scores = [w1 * x1 + w2 * x2 + b for x1, x2 in corners]
    kept: list[Point] = []
    for i, (corner, score) in enumerate(zip(corners, scores, strict=True)):
        before, other = corners[i - 1], scores[i - 1]
        if (score > 0) != (other > 0):
            part = other / (other - score)
            kept.append((before[0] + part * (corner[0] - before[0]), before[1] + part * (corner[1] - before[1])))
        kept += [corner] if score > 0 else []
    return kept if w1 or w2 else []


def _equation(letter: str, w1: float, w2: float, b: float) -> str:
    """The line as one writes it: 2·x1 − x2 + 0.5 = 0."""
    text = ""
    for factor, sign in ((w1, f"{letter}1"), (w2, f"{letter}2"), (b, "")):
        if factor:
            size = number(abs(factor), 4)
            part = sign if size == "1" and sign else f"{size}·{sign}" if sign else size
            text += (" − " if factor < 0 else " + ") + part if text else ("−" if factor < 0 else "") + part
    return f"{text or '0'} = 0"
