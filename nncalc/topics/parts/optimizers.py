"""The optimizers as fields: which one, its constants, and what it remembers from before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Array
from nncalc.topics.parts.schedules import Schedule

OptimizerKind = Literal[
    "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam", "adamw", "adamax", "nadam"
]
ADAM = when(kind=("adam", "adamw"))
MEANS = when(kind=("adam", "adamw", "adamax", "nadam"))
VELOCITY = when(kind=("momentum", "nesterov"))
DECAYED = when(kind=("rmsprop", "adadelta"))
ROOTED = when(kind=("adagrad", "rmsprop", "adam", "adamw", "nadam"))


@dataclass(frozen=True)
class Update:
    """How a gradient becomes a step: which optimizer, its constants, and what it remembers from before."""

    kind: Annotated[OptimizerKind, About("which one", says="{}")] = "sgd"
    momentum: Annotated[
        float | None,
        About(
            "how much of the velocity is kept (0.9; rmsprop has none unless it is given)",
            least=0,
            also=("mu", "beta"),
            only=when(kind=("momentum", "nesterov", "rmsprop")),
        ),
    ] = None
    average: Annotated[
        bool,
        About("v = μ·v + (1 - μ)·g in place of μ·v + g", says=("v = μ·v + (1 - μ)·g", ""), also=("dampening",),
              only=VELOCITY),
    ] = False  # fmt: skip
    rate_inside: Annotated[
        bool, About("v = μ·v + rate·g, and w - v", says=("the rate is inside v", ""), only=VELOCITY)
    ] = False
    beta1: Annotated[float, About("how much of the mean gradient is kept", least=0, only=MEANS)] = 0.9
    beta2: Annotated[
        float, About("how much of the mean square is kept (adamax: of the largest)", least=0, only=MEANS)
    ] = 0.999
    amsgrad: Annotated[
        bool, About("the largest v so far in place of v", says=("amsgrad", ""), only=ADAM)
    ] = False  # fmt: skip
    decay: Annotated[float, About("how much of the mean square is kept", least=0, also=("rho",), only=DECAYED)] = 0.9
    centered: Annotated[
        bool,
        About("by the variance: v less the square of the mean gradient m", says=("centered", ""),
              only=when(kind="rmsprop")),
    ] = False  # fmt: skip
    eps: Annotated[
        float | None,
        About("keeps the divisor from 0 (1e-8; adadelta 1e-6)", least=0, also=("epsilon",),
              only=ROOTED | when(kind=("adadelta", "adamax"))),
    ] = None  # fmt: skip
    eps_inside: Annotated[
        bool,
        About("√(v + eps) in place of √v + eps; adamax: |g| + eps in place of u + eps",
              says=("eps inside", ""), only=ROOTED | when(kind="adamax")),
    ] = False  # fmt: skip
    eps_hat: Annotated[
        bool,
        About("eps beside the √v that is not corrected, both corrections in the rate, as Keras and TensorFlow",
              says=("eps beside the uncorrected √v", ""), only=ADAM),
    ] = False  # fmt: skip
    momentum_decay: Annotated[
        float | None,
        About("β1·(1 - ½·0.96^(momentum_decay·t)) in place of β1 ahead (PyTorch 0.004, Keras 1)", least=0,
              only=when(kind="nadam")),
    ] = None  # fmt: skip
    same_t: Annotated[
        bool,
        About("m is corrected by 1 - β1^t, as g is, in place of 1 - β1^(t + 1)", says=("m corrected as g", ""),
              only=when(kind="nadam", momentum_decay=LEFT_OUT)),
    ] = False  # fmt: skip
    clip: Annotated[
        float | None,
        About("each number of the gradient is kept between -clip and clip", above=0, also=("clip_value", "clipvalue")),
    ] = None
    clip_norm: Annotated[
        float | None,
        About("a longer gradient is scaled to this length", above=0, also=("max_norm", "clipnorm", "max_grad_norm"),
              only=when(clip=LEFT_OUT)),
    ] = None  # fmt: skip
    weight_decay: Annotated[
        float, About("added to the gradient as weight_decay·w (adamw: beside the step)", least=0, also=("l2", "lambda"))
    ] = 0
    m_0: Annotated[
        float | Array | None,
        "weight",
        About("m before the first update", only=MEANS | when(kind="rmsprop", centered=True)),
    ] = None
    v_0: Annotated[
        float | Array | None,
        "weight",
        About(
            "v before the first update",
            only=ROOTED | when(kind=("momentum", "nesterov", "adadelta")),
        ),
    ] = None
    u_0: Annotated[
        float | Array | None,
        "weight",
        About("u before the first update", only=when(kind=("adadelta", "adamax"))),
    ] = None
    t_0: Annotated[int, About("updates that were made before", least=0, only=MEANS | when(schedule=GIVEN))] = 0
    schedule: Annotated[
        Schedule | None,
        About("{kind: step, piecewise, exponential, cosine, …}: the rate of each update",
              says=lambda s: "" if s is None else f"{s.kind.replace('_', ' ')} schedule"),
    ] = None  # fmt: skip
