"""A network of any layers: each is its topic's own kernel in a section of its own; forward, backward, update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from nncalc.errors import Refused, dimensions, printable
from nncalc.topics.backprop.blocks import RUNS, NetworkLayer
from nncalc.topics.backprop.descent import Parameters, descend
from nncalc.topics.backprop.goal import LAYOUT, NO_AIM, Aim, AimFields, NetworkLayout
from nncalc.topics.backprop.kernels import CELL_KINDS
from nncalc.topics.backprop.naming import LayerPlace, check_names, placed
from nncalc.topics.backprop.plain import DenseLayer
from nncalc.topics.backprop.stack import Flow, Stack, given_layers
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.time import VocabularyField, WordsField
from nncalc.trace.value import numbers
from nncalc.trace.work import BareWork, Work

IMAGE_KINDS = ("conv", "depthwise", "upsample", "max_pool", "avg_pool", "global_avg_pool", "global_max_pool")
# So many words of a vocabulary are said at the head of the page.
MOST_WORDS = 20


def layered(
    work: Work,
    x: Annotated[
        Array,
        About(
            "the input: numbers, rows, an image, or tokens",
            also=("X", "input", "image"),
            example="[[1, 0, 2], [0, 1, 3], [2, 1, 0]]",
            one_hot=("tokens", "vocabulary"),
            data=True,
        ),
    ],
    layers: Annotated[
        list[NetworkLayer | DenseLayer],
        About(
            "a list of kinds with their numbers, from the input on",
            also=("network",),
            example="[{conv: {filter: [[1, -1], [0.5, 0]]}}, relu, {max_pool: 2}, flatten, {dense: [[0.4], [-0.3]]}]",
        ),
    ],
    aim: AimFields = NO_AIM,
    reduction: Annotated[
        Literal["mean", "sum"], About("over the rows of the output", only=when(target=GIVEN))
    ] = "mean",
    layout: Annotated[NetworkLayout | None, LAYOUT] = None,
    tokens: WordsField = None,
    vocabulary: VocabularyField = None,
) -> Answer:
    """The same through layers of any kind, {conv: {filter, bias}}, relu, {max_pool: 2}, flatten, {dense: {W, b}}.

    What one layer gives is the next one's input, ∂L/∂input of one is ∂L/∂output of the one before (Rumelhart et al.
    1986; Goodfellow et al., Deep Learning, 6.5). Each layer has its topic's fields and steps: conv, max_pool, avg_pool,
    norm, attention, positions, rnn, lstm, gru, softmax; beside them dense, feed_forward, residual, flatten, embedding,
    dropout.
    """
    work.trace().called = "network"
    net = _Net(layers, list(placed(layers)), aim, layout, tokens)
    net.check(x)
    target = None
    if aim.has_steps and aim.target is not None:  # given once, so that its shape is found on a page that nobody sees
        bare = BareWork()
        target = aim.wanted(work, net.run(bare, numbers(x), given_layers(bare, net.places))[0].value.shape)
    given = given_layers(work, net.places)

    def forward(before: Parameters) -> tuple[Flow, Parameters]:
        out, stack = net.run(work, x, given | before)
        if not before:
            row = " → ".join([f"x {dimensions(x.shape)}", *stack.row])
            words = [] if vocabulary is None else [f"vocabulary {', '.join(map(printable, vocabulary[:MOST_WORDS]))}"]
            work.trace().conventions += [row, *stack.said(), *words]
            work.trace().layers = [("x", dimensions(x.shape), "x", ""), *stack.drawn]
        return out, stack.learned

    of_numbers = {} if net.kinds[0] == "embedding" else {"x": x}
    return descend(work, aim, forward, of_numbers, reduction, target)


@dataclass(frozen=True)
class _Net:
    """What stays the same from update to update."""

    layers: list[Any]
    places: list[LayerPlace]
    aim: Aim
    layout: str | None
    tokens: str | list[str] | None

    @property
    def kinds(self) -> list[str]:
        """The kinds of all layers, those inside others too."""
        return [place.kind for place in self.places]

    def check(self, x: Any) -> None:
        """Raises Refused where the names, the layout or the input can be no network's."""
        check_names(self.places)
        if self.layout == "columns" and "attention" in self.kinds:
            raise Refused("layout", "is columns, but attention has a row for each token", "rows")
        if x.ndim > 3:
            what = f"is {dimensions(x.shape)}, and a batch of images is not worked"
            raise Refused("x", what, "one image, height x width or channel x height x width", "solve each by itself")

    def run(self, work: Work, x: Any, held: Parameters) -> tuple[Flow, Stack]:
        """The layers once. Raises Refused where what comes out has no such loss."""
        layout, aim = layout_of(x, self.places, self.layout), self.aim
        back = aim.target is not None or aim.upstream is not None
        stack = Stack(work, RUNS, self.places, held, layout, back, aim.has_steps, self.tokens)
        out = stack.run(self.layers, Flow(x, "x", "x", image=is_image(x, self.kinds)), ("layers",))
        if aim.target is not None and (out.value.ndim > 2 or out.image):
            raise Refused("target", f"belongs to numbers or rows, but {out.words}", hint="flatten before the loss")
        last = self.layers[-1][0] if isinstance(self.layers[-1], tuple) else "dense"
        if aim.target is not None and aim.loss == "cross_entropy" and "softmax" not in (last, out.activation):
            raise Refused("loss", f"is of probabilities, but {out.words}", hint="end with softmax")
        return out, stack


def is_image(x: Any, kinds: Sequence[str]) -> bool:
    """Whether the input is an image: the first layer to which that matters says so."""
    shaping = next((k for k in kinds if k in IMAGE_KINDS or k in ("dense", "norm", *CELL_KINDS)), "")
    return x.ndim > 2 or (x.ndim == 2 and shaping in IMAGE_KINDS)


def layout_of(x: Any, places: Sequence[LayerPlace], layout: str | None) -> str:
    """How weights stand: as is said, else input x unit where tokens are rows."""
    kinds = [place.kind for place in places]
    by_row = any(place.kind == "norm" and place.layer.kind in ("layer", "rms") for place in places)
    tokens = {"attention", "embedding", "positions"} & {*kinds} or (by_row and x.ndim == 2 and not is_image(x, kinds))
    return layout or ("rows" if tokens else "columns")
