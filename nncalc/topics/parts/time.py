"""What every recurrent topic shares: its fields, the way through time, the loss over time, and the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import numpy as np

from nncalc.errors import Refused, dimensions, printable
from nncalc.topics.parts.activations import ACTIVATIONS, ActivationName
from nncalc.topics.parts.back import RateField, updated
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, Like, when
from nncalc.topics.parts.fields import TOGETHER, About, Answer, Array
from nncalc.topics.parts.gates import applied
from nncalc.topics.parts.losses import LossName, check_shares, loss_of, targets
from nncalc.trace.rules.products import total
from nncalc.trace.work import Work

X = Annotated[
    Array,
    "time input | input",
    About(
        "the inputs, a row a time step; or one vector",
        also=("X", "input", "inputs", "x_t"),
        one_hot=("tokens", "vocabulary"),
        data=True,
    ),
]
H0 = Annotated[
    Array, "hidden", About("the state before the first step", also=("h", "h_prev", "h0", "initial_h"), data=True)
]
C0 = Annotated[
    Array, "hidden", About("the cell state before the first step", also=("c", "c_prev", "c0", "initial_c"), data=True)
]
WordsField = Annotated[
    str | list[str] | None,
    About(
        "the inputs as words, or the letters of one; each is a 1 at its place in the vocabulary",
        also=("words", "characters", "text"),
        only=when(x=LEFT_OUT),
    ),
]
VocabularyField = Annotated[
    str | list[str] | None,
    About("all words (letters) there are, in order", also=("vocab", "alphabet"), only=when(tokens=GIVEN)),
]
States = dict[str, Any]
SEQUENCE_OF_STEPS = Like("of several steps", lambda x: np.ndim(x) > 1)


@dataclass(frozen=True)
class Upstream:
    """∂L/∂ of the states: of every time step, or of the last one."""

    h: Annotated[Array | None, "time hidden | hidden", About("∂L/∂h")] = None
    c: Annotated[Array | None, "time hidden | hidden", About("∂L/∂c")] = None


@dataclass(frozen=True)
class Task:
    """What is asked beside the states: the output layer, the loss or what comes from above, the update.

    keeps_steps: whether the answer holds what every time step gives (`steps`), for who goes on with it.
    """

    keeps_steps: ClassVar[bool] = False

    W_hy: Annotated[
        Array | None,
        "output hidden",
        About("from the state to the output", also=("V", "W_yh", "Why", "W_y"), rows="hidden output"),
    ] = None
    b_y: Annotated[Array | None, "output", About("bias of the output", only=when(W_hy=GIVEN))] = None
    output_activation: Annotated[ActivationName, About("of the output", only=when(W_hy=GIVEN))] = "identity"
    target: Annotated[
        float | Array | None,
        "output | time | time output",
        About("gives the loss and the backward pass", also=("y", "t", "targets", "labels"), worded=True),
    ] = None
    loss: Annotated[LossName, About("of the output, without W_hy of h", only=when(target=GIVEN))] = "half_squared_error"
    loss_on: Annotated[
        Literal["all", "last"], About("which steps have a loss", only=when(x=SEQUENCE_OF_STEPS, target=GIVEN))
    ] = "all"
    upstream: Annotated[
        Upstream | Array | None,
        "time hidden | hidden",
        About("∂L/∂h of every step or of the last; of an LSTM also {h, c}", also=("dh",), only=when(target=LEFT_OUT)),
    ] = None
    rate: RateField = None

    tokens: WordsField = None
    vocabulary: VocabularyField = None

    def label(self, work: Work, y: Any) -> None:
        """Notes which words the rows of y, (time, output), follow, and which its columns are for."""
        if self.tokens is not None:
            rows = [f"{t} after {printable(word)}" for t, word in enumerate(self.tokens, 1)]
            work.note(f"rows of y: {', '.join(rows)}")
            if self.vocabulary is not None and len(self.vocabulary) == y.shape[-1]:
                work.note(f"columns of y: {', '.join(map(printable, self.vocabulary))}")

    def from_above(self, states: Sequence[str]) -> dict[str, Any] | None:
        """∂L/∂ of each state that has one. Raises Refused where a shape is not that of the states."""
        if self.upstream is None:
            return None
        if not isinstance(self.upstream, Upstream):
            return {"h": self.upstream}
        if self.upstream.c is not None and "c" not in states:
            raise Refused(("upstream", "c"), "belongs to an LSTM; this cell has no cell state")
        return {"h": self.upstream.h, "c": self.upstream.c}


TaskFields = Annotated[Task, TOGETHER]
NOTHING = Task()


def through_time(
    work: Work,
    x: Any,
    start: States,
    step: Callable[[int, Any, States], States],
    parameters: Mapping[str, Any],
    task: Task,
    beside: Callable[[States, States], Answer] = lambda before, after: {},
    layout: str | None = None,
) -> Answer:
    """Every time step forward, then, where there is a loss or an upstream, every gradient back through time.

    start: the states before the first step, h first; step(t, x_t, states) gives the states after it, and what `beside`
    needs; `beside` is worked after each step's output (Jacobians), and its last results are part of the answer.
    """
    readout = Readout.of(work, x, task, start["h"].shape[0], layout)
    states, history, outputs, more = start, [], [], {}
    for t, x_t in each_step(work, x, task.tokens):
        before, states = states, step(t, x_t, states)
        history.append(states)
        outputs.append(readout.step(t, states["h"]))
        more = beside(before, states)
    L, upstream = readout.total(), task.from_above(list(start))
    answer: Answer = {name: states[name] for name in start}
    if task.W_hy is not None:
        answer["y"] = outputs[-1] if x.ndim == 1 else np.stack(outputs)
        task.label(work, answer["y"])
    if task.keeps_steps:
        answer["steps"] = outputs
    learned = {**parameters, "W_hy": task.W_hy, "b_y": task.b_y}
    wrt = [x, *learned.values(), *start.values()]
    slopes: Answer = {}
    if L is not None:
        slopes = {"L": L} | work.backward(L, wrt)
    elif upstream is not None:
        of, seeds = _seeds(work, upstream, history)
        slopes = work.backward(of, wrt, seed=seeds)
    answer |= more | slopes
    return answer | (updated(work, learned, slopes, task.rate) if task.rate is not None else {})


def each_step(work: Work, x: Any, words: Sequence[str] | None = None) -> Iterator[tuple[int, Any]]:
    """The time steps from 1 and their inputs; a sequence has a section a step, one vector has none."""
    if x.ndim == 1:
        yield 1, x
        return
    for t in work.rounds(x.shape[0]):
        said = "" if words is None else f": {printable(words[t - 1])}"
        with work.section(f"t{t}", f"Time step {t}{said}"):
            yield t, x[t - 1]


@dataclass
class Readout:
    """The output layer y = g(W_hy h + b_y) (without W_hy the state itself) and its loss, step by step."""

    work: Work
    task: Task
    target: Any
    steps: int
    single: bool
    layout: str | None
    losses: list[Any] = field(default_factory=list)

    @staticmethod
    def of(work: Work, x: Any, task: Task, hidden: int, layout: str | None) -> Readout:
        """Checks the target against the steps that have a loss and gives it to the working.

        target: for a sequence (time, output) or a class a step, with `last` one step's; for one vector (output,).

        Raises Refused where they do not fit.
        """
        steps = 1 if x.ndim == 1 else x.shape[0]
        outputs = hidden if task.W_hy is None else task.W_hy.shape[layout == "rows"]
        wanted = (steps, outputs) if task.loss_on == "all" and x.ndim > 1 else (outputs,)
        given: Any = None
        if task.target is not None and task.loss == "cross_entropy":
            ends = task.output_activation if task.W_hy is not None else ""
            gives = "the outputs are scores" if task.W_hy is not None else "states are none"
            check_shares(task.loss, ends, gives, "output_activation: softmax" if task.W_hy is not None else "W_hy")
            given = targets(work, task.target, wanted)
        elif task.target is not None:
            array = np.array(task.target, float).reshape(-1) if np.ndim(task.target) == 0 else np.asarray(task.target)
            if array.shape != wanted:
                raise Refused(
                    "target", f"is {dimensions(array.shape)}, but the outputs with a loss are {dimensions(wanted)}"
                )
            given = work.given("target", array)
        return Readout(work, task, given, steps, x.ndim == 1, layout)

    def step(self, t: int, h: Any) -> Any:
        """The output at time t; its loss is named and kept."""
        z, y, task = None, h, self.task
        if task.W_hy is not None:
            z = applied(task.W_hy, h, self.layout)
            z = z if task.b_y is None else z + task.b_y
            if task.output_activation != "identity":
                z = self.work.let("z_y", z)
            y = self.work.let("y", ACTIVATIONS[task.output_activation](z))
        if self.target is not None and (task.loss_on == "all" or t == self.steps):
            asked = self.target if self.target.ndim == y.ndim else self.target[t - 1 if task.loss_on == "all" else 0]
            written, like = loss_of(task.loss, y, asked, z=z, activation=task.output_activation)
            self.losses.append(self.work.let("L", written, like=like))
        return y

    def total(self) -> Any:
        """The loss of all steps, or None without a target."""
        if not self.losses or self.single:
            return self.losses[0] if self.losses else None
        return self.work.let("L", total(*self.losses))


def _seeds(work: Work, upstream: Mapping[str, Any], history: list[States]) -> tuple[list[Any], list[Any]]:
    """The states that have a ∂L/∂state from above, and these: one vector belongs to the last step."""
    of: list[Any] = []
    seeds: list[Any] = []
    for name, array in upstream.items():
        if array is None:
            continue
        hidden, path = history[-1][name].shape[0], ("upstream", name) if len(upstream) > 1 else ("upstream",)
        if array.shape not in ((hidden,), (len(history), hidden)):
            raise Refused(path, f"is {dimensions(array.shape)}, want {len(history)} x {hidden} or {hidden}")
        seed = work.given(f"upstream_{name}", array)
        of += [history[-1][name]] if array.ndim == 1 else [states[name] for states in history]
        seeds += [seed] if array.ndim == 1 else [seed[t] for t in range(len(history))]
    if not of:
        raise Refused("upstream", "is empty", " or ".join(upstream))
    return of, seeds
