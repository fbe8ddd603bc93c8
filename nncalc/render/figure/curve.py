"""Curves: a function with the points of the problem on it, how long gradients are, and numbers over updates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Any

import numpy as np

from nncalc.errors import printable
from nncalc.render.figure.functions import REACH, DrawnFunction, functions
from nncalc.render.figure.parts import Chart, Dots, Picture, Stroke, with_room
from nncalc.render.layout import View, formula
from nncalc.trace.name import StepName, gradient_name, in_section
from nncalc.trace.notation.numbers import number
from nncalc.trace.notation.style import TEXT
from nncalc.trace.steps import Step, Trace

# So many steps are looked at where none tells most; many of them are one function.
MOST_FUNCTIONS = 60
# So many charts are one picture, so many points of one have a text, so many lines are told apart.
MOST_CHARTS, _MOST_TEXTS, _MOST_LINES = 6, 8, 4
# Of longer series the single points do not show.
MOST_RINGS = 40
# A section of a series, or a name: its kind and its number.
_COUNTED = re.compile(r"(?P<kind>(?:.*[^0-9])?)(?P<number>[0-9]{1,7})")
# A function is drawn up to so many times the height of its highest point, where it goes on.
ROOM = 1.6
# Lengths of gradients, and other numbers, that differ by more than this are told by their powers of ten.
FAR, VERY_FAR = 100.0, 1e4


def curve_pictures(trace: Trace, view: View) -> Iterator[Picture]:
    """What tells most as a curve; without such a one every function of one number."""
    found = [*telling_curves(trace, view)] or _functions([*islice(functions(trace), MOST_FUNCTIONS)], view)
    yield from found[:MOST_CHARTS]


def telling_curves(trace: Trace, view: View, vectors: bool = True) -> Iterator[Chart]:
    """Lengths of gradients, functions that are asked for, and numbers (`vectors`: several, too) over updates."""
    yield from _lengths(trace)
    answers = {*trace.answered.values()}
    asked = [d for d in functions(trace, answers) if getattr(d.base, "is_given", False)]
    yield from _functions(asked, view)
    if not asked:
        yield from _series(trace, _MOST_LINES if vectors else 1)


# Functions


def _functions(found: Sequence[DrawnFunction], view: View) -> list[Chart]:
    """A chart for each function: steps of one function share it; of one section and one input, too."""
    charts: dict[tuple[object, ...], list[list[DrawnFunction]]] = {}
    keys: dict[tuple[float, ...], tuple[object, ...]] = {}
    for drawn in found:
        key = keys.setdefault(drawn.key(), (id(drawn.base), drawn.step.section))
        groups = charts.setdefault(key, [])
        same = next((group for group in groups if group[0].key() == drawn.key()), None)
        groups.append([drawn]) if same is None else same.append(drawn)
    return [_function(groups, view) for groups in charts.values()]


def _function(groups: Sequence[Sequence[DrawnFunction]], view: View) -> Chart:
    first = groups[0][0]
    xs = [x for group in groups for drawn in group for x, _ in drawn.points()]
    low, high = with_room([*xs, *((-REACH, REACH) if max(map(abs, xs)) <= REACH else ())], 0.06)
    lines, dots, heights = [], [], []
    tall = ROOM * max((abs(y) for group in groups for drawn in group for _, y in drawn.points()), default=0.0)
    for place, group in enumerate(groups[:_MOST_LINES]):
        curve = group[0].curve(low, high)
        points = list(dict.fromkeys(point for drawn in group for point in drawn.points()))
        heights += [*(y for _, y in curve if abs(y) <= max(tall, 1.1)), *(y for _, y in points)]
        lines.append(Stroke(_sign(group[0].step), curve))
        named = [""] * len(points) if place or len(points) > _MOST_TEXTS else [number(y, 3) for _, y in points]
        dots.append(Dots(points, named, hollow=bool(place), line=place))
    names = [TEXT.symbol(drawn.step.symbol) for group in groups for drawn in group]
    title = f"{TEXT.symbol(first.step.symbol)} = {formula(first.step, view)}"
    if len(groups[0]) > 1:
        title = f"{', '.join(names[:5])}{', …' if len(names) > 5 else ''}: {formula(first.step, view)}"
    told = (f"{number(x, view.digits)} → {number(y, view.digits)}" for x, y in [*dots[0].points][:_MOST_TEXTS])
    words = f"Curve of {title}; points: {', '.join(told)}"
    across = TEXT.symbol(StepName.parse(first.base.symbol).local) if len(groups[0]) == 1 else "argument"
    return Chart(words, _short(title), across, "", (low, high), with_room(heights or (0.0, 1.0)), lines, dots)


def _sign(step: Step) -> str:
    """What a step is called in every section."""
    return TEXT.symbol(StepName.parse(step.symbol).local)


# Lengths of gradients


def _lengths(trace: Trace) -> Iterator[Chart]:
    """How long gradients are from layer to layer, or from time step to time step."""
    for name, steps in _gradients(trace):
        labels = [label for label, _ in steps]
        sizes = [_length(step.array) for _, step in steps]
        lines = [(f"‖{name}‖", sizes)]
        factors = [np.asarray(step.value.args[0].array, float) for _, step in steps if step.value.args]
        if len(factors) > 2 and not steps[0][1].array.ndim and all(f.ndim == 2 for f in factors):
            lines = [("each", sizes), ("to the last", [_length(product) for product in _products_back(factors)])]
        if all(math.isfinite(size) for _, line in lines for size in line) and any(sizes):
            yield _over(f"‖{name}‖", labels, lines, "Length of the gradient", FAR)


def _length(array: Any) -> float:
    """The root of the sum of all squares, by the largest, so that small squares are not lost."""
    values = np.asarray(array, float)
    largest = float(np.max(np.abs(values), initial=0.0))
    return largest * float(np.sqrt(np.sum(np.square(values / largest)))) if largest else 0.0


def _products_back(factors: Sequence[Any]) -> list[Any]:
    """Of steps' own gradients the products from the last one back to each: how much is left of the last one's."""
    return [*accumulate(reversed(factors), lambda late, early: late @ early)][::-1]


def _gradients(trace: Trace) -> Iterator[tuple[str, list[tuple[str, Step]]]]:
    """Gradients that belong together, each with where it is taken, in the order of the forward pass."""
    measured = _numbered(step for step in trace.steps if step.value.rule and step.value.rule.name == "length")
    yield from ((name, steps) for name, steps in measured if len(steps) > 1)
    outputs = [(layer, StepName.parse(step)) for layer, _, step, _ in trace.layers[1:]]
    of = next((n.of for n in map(StepName.parse, trace.named()) if n.is_gradient), "L")
    back = [(layer, in_section(n.section, f"d{of}/d{n.local}")) for layer, n in outputs]
    layers = [(printable(layer), trace[name]) for layer, name in back if name in trace.named()]
    carried = _carried(trace)
    gradients = [step for step in trace.steps if StepName.parse(step.name).by in carried]
    if len(layers) > 2:
        yield TEXT.symbol(gradient_name(StepName.parse(layers[0][1].symbol).of, "a")), layers
    else:
        yield from ((_sign(steps[0][1]), steps) for _, steps in _by_section(gradients) if len(steps) > 2)


def _carried(trace: Trace) -> set[str]:
    """What goes from one section into another, by its local name: h of the time step before."""
    found: set[str] = set()
    for step in trace.steps:
        stack = list(step.value.args) if step.section and not StepName.parse(step.name).is_gradient else []
        while stack:
            value = stack.pop()
            name = StepName.parse(getattr(value, "name", None))
            if name.local:
                found |= {name.local} if name.section not in ("", step.section) else set()
            else:
                stack += getattr(value, "args", ())
    return found


def _numbered(steps: Iterable[Step]) -> list[tuple[str, list[tuple[str, Step]]]]:
    """Steps whose names end in numbers that go on, as the lengths of gradients step by step."""
    found: dict[str, list[tuple[str, Step]]] = {}
    for step in steps:
        counted = _COUNTED.fullmatch(step.name)
        if counted:
            found.setdefault(counted["kind"], []).append((counted["number"], step))
    return [(sign, steps) for steps in found.values() if (sign := _gradient_of(steps))]


def _gradient_of(steps: Sequence[tuple[str, Step]]) -> str:
    """What is measured, as a gradient's sign, where all measure one; else nothing."""
    names = {StepName.parse(getattr(step.value.args[0], "name", "")) for _, step in steps}
    locals_ = {name.local for name in names}
    return TEXT.symbol(locals_.pop()) if len(locals_) == 1 and all(name.is_gradient for name in names) else ""


def _by_section(steps: Iterable[Step]) -> Iterator[tuple[str, list[tuple[str, Step]]]]:
    """Steps of one name in sections that are numbered, each with its section's number."""
    found: dict[tuple[str, str], list[tuple[str, Step]]] = {}
    for step in steps:
        counted = _COUNTED.fullmatch(step.section)
        if counted:
            kind = re.sub(r"[0-9]+", "", counted["kind"])
            found.setdefault((kind, StepName.parse(step.name).local), []).append((step.section, step))
    for (_, name), kept in found.items():
        sections = [tuple(int(n) for n in re.findall(r"[0-9]+", section)) for section, _ in kept]
        order = sorted(range(len(kept)), key=sections.__getitem__)
        yield name, [kept[i] for i in order]


# Numbers over updates


def _series(trace: Trace, most: int) -> Iterator[Chart]:
    """Numbers of the answer, and what is differentiated, from update to update: three or more."""
    names = [StepName.parse(step.name) for step in trace.steps]
    wanted = {n.of for n in names if n.is_gradient} | {StepName.parse(name).local for name in trace.answered.values()}
    for name in trace.answered.values():
        made_from = trace[name].value.args if name in trace.named() else ()
        if len(made_from) > 2:  # put together from one number a section
            wanted |= {StepName.parse(getattr(value, "name", "")).local for value in made_from}
    forward = [step for step, n in zip(trace.steps, names, strict=True) if not n.is_gradient and n.local in wanted]
    for _, steps in _by_section(forward):
        size = steps[0][1].array.size
        arrays = [step.array for _, step in steps]
        if len(steps) < 3 or size > most or any(a.size != size or a.dtype.kind != "f" for a in arrays):
            continue
        if not _go_on(section for section, _ in steps):
            continue
        values = np.array([np.ravel(np.asarray(step.array, float)) for _, step in steps])
        if np.isfinite(values).all() and np.ptp(values, axis=0).any() and not np.isin(values, (-1, 0, 1)).all():
            sign = _sign(steps[0][1])
            lines = [(sign if size == 1 else f"{sign}[{i + 1}]", column) for i, column in enumerate(values.T.tolist())]
            yield _over(sign, [section for section, _ in steps], lines, "Course of", VERY_FAR)


def _go_on(sections: Iterable[str]) -> bool:
    """Whether sections' last numbers follow each other, or begin anew in the next round: time, and no layers."""
    numbers = [int(counted["number"]) for counted in map(_COUNTED.fullmatch, sections) if counted]
    return all(b == a + 1 or (b == numbers[0] and a > b) for a, b in pairwise(numbers))


def _over(
    title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], what: str, far: float
) -> Chart:
    """Numbers one after the other, at 1, 2, 3 …; by powers of ten where they are further apart than `far`."""
    values = [value for _, line in series for value in line]
    above = [value for value in values if value > 0]
    log = min(values) >= 0 and max(above) / min(above) >= far
    heights = [math.log10(value) for value in above] if log else [*values, *((0.0,) if min(values) > 0 else ())]
    up = with_room(heights) if log or min(values) <= 0 else (0.0, max(values) * 1.1)
    lines = [
        Stroke(name, [(i, value if value > 0 or not log else math.nan) for i, value in enumerate(line, 1)],
               dots=len(line) <= MOST_RINGS)
        for name, line in series
    ]  # fmt: skip
    told = "; ".join(f"{name}: {', '.join(number(v, 4) for v in line[:12])}{', …' if len(line) > 12 else ''}"
                     for name, line in series)  # fmt: skip
    across = f"{labels[0]} to {labels[-1]}"
    room = 0.25 + 0.02 * len(labels)
    return Chart(f"{what} {title} from {across}: {told}", title, across, "", (1 - room, len(labels) + room), up, lines,
                 log=log, names=labels)  # fmt: skip


def _short(title: str) -> str:
    return title if len(title) <= 44 else f"{title[:43]}…"
