"""All that a new topic imports.

A topic is a function `(work, fields …) -> Answer`: its signature, made of these, is the schema of its problem files,
its flags and its help (`About`, `Array`, `Symbol`; `when`, `GIVEN` and `LEFT_OUT` for fields that belong to some kinds
only; `TOGETHER`, `Variant` and `forms` for topics with more than one way in). `Work` names what stands on paper.
`Refused` is raised for values that the topic cannot work with. Beside NumPy's own functions there are those below; one
that is missing gets its `rule`, after `traced` where NumPy lacks it, with formulas made by `notation`.
"""

from __future__ import annotations

from nncalc.errors import Refused
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import TOGETHER, About, Answer, Array, Symbol, Variant, forms
from nncalc.trace.notation import tree as notation
from nncalc.trace.rules.convolution import conv, conv_transposed
from nncalc.trace.rules.functions import (
    divide_or_zero,
    elu,
    erf,
    huber,
    leaky_relu,
    masked,
    rel_entr,
    relu,
    sigmoid,
    sigmoid_cross_entropy,
    softmax,
    softmax_cross_entropy,
    softplus,
    xlogy,
)
from nncalc.trace.rules.pooling import average_pool, max_pool
from nncalc.trace.rules.sliding import Sliding, Window
from nncalc.trace.rules.table import rule, traced
from nncalc.trace.work import Work

__all__ = [
    "GIVEN",
    "LEFT_OUT",
    "TOGETHER",
    "About",
    "Answer",
    "Array",
    "Refused",
    "Sliding",
    "Symbol",
    "Variant",
    "Window",
    "Work",
    "average_pool",
    "conv",
    "conv_transposed",
    "divide_or_zero",
    "elu",
    "erf",
    "forms",
    "huber",
    "leaky_relu",
    "masked",
    "max_pool",
    "notation",
    "rel_entr",
    "relu",
    "rule",
    "sigmoid",
    "sigmoid_cross_entropy",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "traced",
    "when",
    "xlogy",
]
