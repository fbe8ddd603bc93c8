"""The Hopfield network: what it stores, what it recalls from a state, and its energy on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array, shown
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

STORED = when(patterns=GIVEN)
RECALLED = when(state=GIVEN)


def hopfield(
    work: Work,
    patterns: Annotated[
        Array | None,
        "pattern unit",
        About("a row for each pattern that is stored", also=("X", "memories", "x"), example="[[1, -1, 1, -1]]"),
    ] = None,
    W: Annotated[
        Array | None,
        "unit unit",
        About("the weights, in place of patterns", also=("weights", "T"), only=when(patterns=LEFT_OUT)),
    ] = None,
    state: Annotated[
        Array | None, "unit", About("where the recall begins", also=("s", "probe", "cue"), example="[1, -1, -1, -1]")
    ] = None,
    labels: Annotated[
        Literal["-1/1", "0/1"], About("the states of a unit", says="states {}", also=("states",))
    ] = "-1/1",
    scale: Annotated[
        Literal["units", "patterns"] | float,
        About(
            "the sum of the patterns' products is divided by how many there are of these, or multiplied by a number",
            says=lambda scale: f"W divided by the {scale}" if isinstance(scale, str) else "",
            only=STORED,
        ),
    ] = 1,
    zero_diagonal: Annotated[
        bool, About("no unit is connected to itself", says=("no diagonal", "with the diagonal"), only=STORED)
    ] = True,
    theta: Annotated[
        float | Array | None,
        "unit",
        About(
            "thresholds: h = W·s - theta, one for each unit or for all", also=("threshold", "b", "bias"), only=RECALLED
        ),
    ] = None,
    update: Annotated[
        Literal["async", "sync"], About("one unit after the other, or all at once", says="{}", only=RECALLED)
    ] = "async",
    order: Annotated[
        list[int] | None,
        About(
            "the units in the order in which they are updated, from 1", least=1, only=when(update="async", state=GIVEN)
        ),
    ] = None,
    rounds: Annotated[
        int,
        About(
            "how often through the order, or all at once",
            least=1,
            most=1_000_000,
            also=("steps", "epochs"),
            only=RECALLED,
        ),
    ] = 1,
    tie: Annotated[
        Literal["keep", "on", "off", "zero"],
        About(
            "at h = 0: the unit keeps its state, is 1, is the lower of its states, or is 0",
            says="at h = 0 {}",
            only=RECALLED,
        ),
    ] = "keep",
) -> Answer:
    """W = Σ x·xᵀ without its diagonal; s_i = sign(W_i·s), unit after unit; E = −½·s·W·s (Hopfield 1982).

    patterns: (pattern, unit); W: (unit, unit); state: (unit,). Of states 0 and 1 a pattern x stands in W as 2x − 1, and
    a unit is 1 where h > 0. `stored` is 1 at each pattern that the last state is.
    """  # fmt: skip
    if patterns is None and W is None:
        raise Refused("patterns", "are missing", "patterns that are stored, or W")
    signed = labels == "-1/1"
    _check({name: numbers(x) for name, x in (("patterns", patterns), ("state", state)) if x is not None}, labels)
    bipolar = None if patterns is None else patterns if signed else work.let("bipolar", 2 * patterns - 1)
    weights = _stored(work, bipolar, scale, zero_diagonal) if W is None else W
    learned: Answer = {"W": weights} if W is None else {}
    if state is None:
        return learned
    if W is not None:
        _remarks(work, numbers(W))
    thresholds = None if theta is None else work.given("theta", np.asarray(theta, float))
    net = Recall(work, weights, thresholds, signed, tie)
    units = state.shape[0]
    if weights.shape != (units, units):
        raise Refused("W", f"is {dimensions(weights.shape)}, but there are {units} units")
    with work.section("u0", "Start"):
        path = [(state, net.energy(state))]
    path += net.recall(state, update, _order(order, units), rounds)
    s, E = path[-1]
    answer: Answer = learned | {"s": s, "E": E}
    work.note(
        "the last round changed nothing" if _at_rest(path, update, order, units) else "the last round changed the state"
    )
    if bipolar is not None:
        overlap = work.let("overlap", bipolar @ (s if signed else 2 * s - 1))
        answer["stored"] = work.let("stored", 1 * (overlap == float(units)))
    return answer


def _remarks(work: Work, W: Array) -> None:
    """What of given weights lets the energy rise: s_i changes it by −2|h_i| − 2W_ii where W is symmetric."""
    places = np.argwhere(W != W.T).tolist()[:1] if W.shape == W.T.shape else []
    for i, j in places:
        pair = f"W[{i + 1},{j + 1}] is {shown(float(W[i, j]))}, W[{j + 1},{i + 1}] {shown(float(W[j, i]))}"
        work.note(f"W is not symmetric ({pair}): the energy need not fall")
    if np.diag(W).any():
        risen = ", and where that is negative the energy need not fall" if (np.diag(W) < 0).any() else ""
        work.note(f"W has a diagonal: a unit counts its own state{risen}")


def _check(given: dict[str, Array], labels: str) -> None:
    """Raises Refused for a state that is none."""
    alphabets = {"-1/1": (-1, 1), "0/1": (0, 1)}
    allowed = alphabets.pop(labels)
    ((other, others),) = alphabets.items()
    hint = f"labels: {other}" if all(np.isin(array, others).all() for array in given.values()) else ""
    for name, array in given.items():
        for place in np.argwhere(~np.isin(array, allowed)).tolist()[:1]:
            path: tuple[str | int, ...] = (name, *(int(i) + 1 for i in place))
            raise Refused(path, f"is {shown(float(array[tuple(place)]))}, but states are {labels}", hint=hint)


def _stored(work: Work, patterns: Any, scale: str | float, zero_diagonal: bool) -> Any:
    """Σ x·xᵀ (Hebb), less what a unit has with itself: 1 of each pattern."""
    count, units = patterns.shape
    W = patterns.T @ patterns
    if zero_diagonal:
        own = work.given("I", np.eye(units))
        W = W - (own if count == 1 else count * own)
    if isinstance(scale, str):
        W = W / (units if scale == "units" else count)
    elif scale != 1:
        W = scale * W
    return work.let("W", W)


def _order(order: list[int] | None, units: int) -> list[int]:
    """The units in their order, from 0. Raises Refused for a unit that there is not."""
    for i, unit in enumerate(order or [], 1):
        if unit > units:
            raise Refused(("order", i), f"is {unit}, but there are {units} units")
    return [unit - 1 for unit in order or range(1, units + 1)]


def _at_rest(path: list[tuple[Any, Any]], update: str, order: list[int] | None, units: int) -> bool:
    """Whether the last round left every unit as it was."""
    steps = 1 if update == "sync" else len(order or range(units))
    return all(np.array_equal(numbers(s), numbers(path[-1][0])) for s, _ in path[-1 - steps :])


@dataclass(frozen=True)
class Recall:
    """A network that recalls: its weights (unit, unit), thresholds (unit,), one or None, and what its states are."""

    work: Work
    W: Any
    theta: Any
    signed: bool
    tie: str

    def energy(self, s: Any) -> Any:
        """−½·s·W·s + θ·s, by way of W·s."""
        E = -(s @ self.work.let("Ws", self.W @ s)) / 2
        return self.work.let(
            "E", E if self.theta is None else E + (self.theta @ s if self.theta.ndim else self.theta * s.sum())
        )

    def recall(self, s: Any, update: str, order: list[int], rounds: int) -> Iterator[tuple[Any, Any]]:
        """The state and its energy after each update."""
        each = order if update == "async" else [None]
        total = rounds * len(each)
        for number in self.work.rounds(total):
            unit = each[(number - 1) % len(each)]
            title = f"Update {number}" + ("" if unit is None else f": unit {unit + 1}")
            with self.work.section(f"u{number}", title):
                s = self._all(s) if unit is None else self._one(s, unit)
                yield s, self.energy(s)

    def _all(self, s: Any) -> Any:
        h = self.W @ s
        h = self.work.let("h", h if self.theta is None else h - self.theta)
        return self.work.let("s", self._state(h, s))

    def _one(self, s: Any, unit: int) -> Any:
        h = self.W[unit] @ s
        h = self.work.let("h", h if self.theta is None else h - (self.theta[unit] if self.theta.ndim else self.theta))
        new = self.work.let("new", self._state(h, s[unit]))
        parts = [s[:unit], new.reshape(1), s[unit + 1 :]]
        return self.work.let("s", np.concatenate([part for part in parts if part.shape[0]]))

    def _state(self, h: Any, s: Any) -> Any:
        """What a unit that is s becomes."""
        if self.tie in ("on", "off"):
            fires = h >= 0 if self.tie == "on" else h > 0
            return 2 * fires - 1 if self.signed else 1 * fires
        if self.tie == "zero":
            return np.sign(h) if self.signed else 1 * (h > 0)
        kept = (h == 0.0) * s
        return np.sign(h) + kept if self.signed else (h > 0) + kept
