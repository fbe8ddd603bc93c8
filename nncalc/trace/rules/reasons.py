"""Why a step is as it is, in a sentence: one row a function, for what it does and for its gradient on the way back.

A gradient's reason is that of the function through which it came; where it came through several, that they are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nncalc.trace.name import StepName, gradient_name, in_section
from nncalc.trace.notation.letters import is_plain, letters_of
from nncalc.trace.rule import Rule
from nncalc.trace.steps import Step, Trace
from nncalc.trace.value import Value

LONGEST_REASON = 80


class Reason(NamedTuple):
    """does: why one uses the function; back: what it does to a gradient, one text or one an argument."""

    does: str = ""
    back: str | tuple[str, ...] = ""


_MOVED = "a value that only moves takes its gradient along"
_SPREAD = "a window's sum hands its gradient to every cell, times the weight there"
_LARGEST = "the largest alone decides, so it gets all of the gradient"
_SOFTMAX = "the gradient is s times what is above the average: every score moves all of s"
_TWO_MATRICES = ("times the other factor, transposed", "the other factor, transposed, times what arrives")
# What these do stands in the formula itself.
NEEDS_NONE = frozenset({
    "add", "subtract", "multiply", "divide", "negative", "positive", "power", "square", "getitem", "transpose",
    "reshape", "broadcast_to", "stack", "concatenate", "scatter", "zeros_like", "vector", "floor", "ceil",
    "floor_divide", "ceil_divide", "quotient", "diag", "flip", "sum", "total", "mean",
})  # fmt: skip
_PASSES, _SCALES = (
    {"add", "subtract", "negative", "positive", "sum", "total"},
    {"mean", "multiply", "divide", "quotient"},
)
REASONS: dict[str, Reason] = {
    "add": Reason(back="a sum hands the gradient on unchanged"),
    "subtract": Reason(back=("a difference hands the gradient on unchanged", "what is taken away gets minus")),
    "multiply": Reason(back="in a product the slope is the other factor"),
    "divide": Reason(back=("the slope of a/b by a is 1/b", "the slope of a/b by b is -a/b²")),
    "quotient": Reason(back=("the slope of a/b by a is 1/b", "the slope of a/b by b is -a/b²")),
    "divide_or_zero": Reason("a share of the sum; 0 where there is nothing to share",
                             ("the slope of a/b by a is 1/b", "the slope of a/b by b is -a/b²")),
    "negative": Reason(back="minus turns the gradient's sign"),
    "positive": Reason(back="the gradient is handed on unchanged"),
    "power": Reason(back=("the slope of x^n is n·x^(n-1)", "the slope of a^x is a^x·ln(a)")),
    "square": Reason(back="the slope of x² is 2x"),
    "total": Reason(back="a sum hands the gradient on unchanged"),
    "exp": Reason("exp makes every number positive and keeps their order", "exp is its own slope"),
    "log": Reason("ln turns products into sums, and small probabilities into large losses",
                  "the slope of ln(x) is 1/x"),
    "log10": Reason("the logarithm counts powers of 10", "the slope of log10(x) is 1/(x·ln 10)"),
    "log2": Reason("the logarithm to base 2 counts bits", "the slope of log2(x) is 1/(x·ln 2)"),
    "sqrt": Reason("the root brings squares back to their own scale", "the slope of √x is 1/(2√x)"),
    "sin": Reason("a wave: near places have near values", "the slope of sin is cos"),
    "cos": Reason("a wave: near places have near values", "the slope of cos is -sin"),
    "tan": Reason("the tangent is sin/cos", "the slope of tan is 1 + tan²"),
    "sinh": Reason("sinh is half of exp(x) - exp(-x)", "the slope of sinh is cosh"),
    "cosh": Reason("cosh is half of exp(x) + exp(-x)", "the slope of cosh is sinh"),
    "tanh": Reason("tanh squeezes every number into -1 to 1", "the slope of tanh is 1 - tanh²"),
    "sigmoid": Reason("σ squeezes every number into 0 to 1", "the slope of σ is σ·(1 - σ)"),
    "relu": Reason("relu keeps what is positive and makes the rest 0",
                   "relu passes the gradient where its input is positive, and stops it elsewhere"),
    "leaky_relu": Reason("what is negative is made small, not 0, so that it still learns",
                         "the slope is 1 where the input is positive, else the small factor"),
    "elu": Reason("what is negative bends smoothly towards a floor",
                  "the slope is 1 where the input is positive, else that of the exponential"),
    "softplus": Reason("softplus is a relu without a corner", "the slope of softplus is σ"),
    "erf": Reason("erf is the area under the bell curve", "the slope of erf is the bell curve"),
    "absolute": Reason("only the size counts", "the slope of |x| is the sign of x"),
    "sign": Reason("only the sign counts"),
    "maximum": Reason("the larger of two", _LARGEST),
    "minimum": Reason("the smaller of two", "the smallest alone decides, so it gets all of the gradient"),
    "max": Reason("the largest of all", _LARGEST),
    "min": Reason("the smallest of all", "the smallest alone decides, so it gets all of the gradient"),
    "largest": Reason("the largest of several, cell by cell", _LARGEST),
    "is_first_max": Reason("the largest alone gets the gradient; of equals the first"),
    "is_largest": Reason("the largest alone gets the gradient; of equals the first"),
    "sum": Reason(back="each part of a sum gets the whole gradient"),
    "mean": Reason(back="each of n gets 1/n of the gradient"),
    "length": Reason("the length of a vector, by Pythagoras", "a length grows in the vector's own direction"),
    "matmul": Reason("each row meets the column: a weighted sum", _TWO_MATRICES),
    "each_row": Reason("the same weights for every row: a weighted sum each",
                       ("every row's input meets its gradient, and these are added", _TWO_MATRICES[0])),
    "row_times": Reason("the same weights for every row: a weighted sum each",
                        (_TWO_MATRICES[0], "every row's input meets its gradient, and these are added")),
    "row_outer": Reason("the weights are shared, so the gradients of all rows are added", _TWO_MATRICES),
    "outer_sum": Reason("a weight's gradient: what arrives at its output times its input", _TWO_MATRICES),
    "getitem": Reason(back="what was not picked gets no gradient"),
    "transpose": Reason(back=_MOVED), "reshape": Reason(back=_MOVED), "flip": Reason(back=_MOVED),
    "stack": Reason(back=_MOVED), "concatenate": Reason(back="each part gets back its own piece of the gradient"),
    "vector": Reason(back=_MOVED), "scatter": Reason(back=_MOVED), "diag": Reason(back=_MOVED),
    "broadcast_to": Reason(back="what was used many times gets the sum of all gradients"),
    "pad": Reason("zeros around the edge let the window see border cells, and keep the size",
                  "zeros of the padding learn nothing, so their gradient is cut off"),
    "conv": Reason("one filter looks at every window: the same weights everywhere",
                   (_SPREAD, "each weight met every window: its gradient adds them all")),
    "conv_transposed": Reason("each cell spreads the filter over its window",
                              ("a cell collects what its window gets, times the filter",
                               "each weight met every cell: its gradient adds them all")),
    "conv_filter_gradient": Reason("each weight met every window: its gradient adds them all", (_SPREAD, _SPREAD)),
    "max_pool": Reason("of each window only the strongest stays", "only the winner of each window gets its gradient"),
    "max_pool_gradient": Reason("only the winner of each window gets its gradient"),
    "average_pool": Reason("each window is summed up by its average", "each cell of a window gets an equal share"),
    "average_pool_gradient": Reason("each cell of a window gets an equal share"),
    "softmax": Reason("softmax: positive shares that add up to 1", _SOFTMAX),
    "softmax_worked": Reason(back=_SOFTMAX),
    "softmax_cross_entropy": Reason("only the probability of the right class counts",
                                    "softmax with cross-entropy: everything cancels but s - target"),
    "sigmoid_cross_entropy": Reason("how surprising the target is",
                                    "σ with cross-entropy: everything cancels but σ - target"),
    "softmax_jacobian": Reason("a score raises its own share and lowers all the others"),
    "upsampled": Reason("each cell becomes a block of equal cells", "the gradients of a block are added up"),
    "masked": Reason("-∞ becomes a weight of 0: what is hidden cannot be attended to",
                     "what was hidden had no influence, so it gets no gradient"),
    "where": Reason("one of two formulas, as the condition says", "only the formula that was taken gets the gradient"),
    "huber": Reason("a square near 0, a line far away: outliers count less", "the slope is held between -δ and δ"),
    "xlogy": Reason("a logarithm weighed by the target; 0·ln 0 counts as 0", "the slope of t·ln(p) by p is t/p"),
    "rel_entr": Reason("how far the prediction is from the target; 0·ln 0 counts as 0",
                       "the slope of t·ln(t/p) by p is -t/p"),
    "onehot": Reason("a 1 at the class, 0 elsewhere"),
    "inverse": Reason("the inverse undoes the matrix"), "waves": Reason("sines and cosines of several frequencies"),
    "greater": Reason("1 where it holds, else 0"), "greater_equal": Reason("1 where it holds, else 0"),
    "less": Reason("1 where it holds, else 0"), "less_equal": Reason("1 where it holds, else 0"),
    "equal": Reason("1 where it holds, else 0"),
    "place_of_max": Reason("the place of the largest"), "place_of_min": Reason("the place of the smallest"),
    "arg_largest": Reason("which is the larger"), "arg_smallest": Reason("which is the smaller"),
    "best": Reason("the best of what is left is chosen"), "picked": Reason("what was chosen goes on"),
    "rank_of": Reason("counted from the largest"), "continued": Reason("each choice makes its sequence longer"),
    "row_after": Reason("the last word says which row comes next"),
}  # fmt: skip


class _Use(NamedTuple):
    """Where a value is used: by which named one, through which function, as which of its arguments."""

    by: Value
    rule: Rule
    position: int


def operations_of(value: Value) -> Iterator[tuple[Value, Value | None, int]]:
    """The operations between a named value and the named ones that it is made from, the outermost first.

    Each with the operation that it is an argument of, and as which; the first with none.
    """
    found: list[tuple[Value, Value | None, int]] = [(value, None, 0)]
    seen = {id(value)}
    for part, outer, place in found:
        yield part, outer, place
        for k, arg in enumerate(part.args):
            if isinstance(arg, Value) and arg.name is None and arg.rule is not None and id(arg) not in seen:
                seen.add(id(arg))
                found.append((arg, part, k))


def _uses(trace: Trace) -> dict[int, list[_Use]]:
    """For each named value where it is used on the way forward."""
    uses: dict[int, list[_Use]] = {}
    for step in trace.steps:
        if StepName.parse(step.name).is_gradient:
            continue
        fused = _fused(step.value)
        inside: dict[int, tuple[Value | None, int]] = {}
        for part, outer, place in operations_of(step.value if step.value.like is None else step.value.like):
            inside[id(part)] = outer, place
            for position, arg in enumerate(part.args):
                if isinstance(arg, Value) and arg.name is not None and part.rule is not None:
                    rule, position = _told(part, position, inside)
                    rule, position = (fused, 0) if fused is not None else (rule, position)
                    uses.setdefault(id(arg), []).append(_Use(step.value, rule, position))
    return uses


def _fused(value: Value) -> Rule | None:
    """The function that a value is differentiated as, where that is another than what is written."""
    parts = operations_of(value.like) if value.like is not None else ()
    return next((part.rule for part, *_ in parts if part.rule is not None and part.rule.name not in NEEDS_NONE), None)


def _told(part: Value, position: int, inside: dict[int, tuple[Value | None, int]]) -> tuple[Rule, int]:
    """The function that a value goes into, past those that only move it; past a sum what bends it, as a square does."""
    way = []
    outer: Value | None = part
    while outer is not None and outer.rule is not None:
        way.append((outer.rule, position))
        outer, position = inside[id(outer)]
    known = [use for use in way if not use[0].moves] or way
    if known[0][0].name not in _PASSES:
        return known[0]
    return next((use for use in known if use[0].name not in _PASSES | _SCALES), known[0])


def _forward(step: Step) -> str:
    rules = [part.rule.name for part, *_ in operations_of(step.value) if part.rule is not None]
    return next((why for name in rules if name in REASONS and (why := REASONS[name].does)), "")


def _back(use: _Use, of: str) -> str:
    """What its function does to the gradient, and which value it came through, where there is room to say so."""
    back = REASONS.get(use.rule.name, Reason()).back
    said = back if isinstance(back, str) else back[min(use.position, len(back) - 1)]
    if said and StepName.parse(use.by.called).local == of:  # one step alone, which is no chain
        return said
    by = StepName.parse(use.by.symbol).local
    through = f"chain rule through {by if is_plain(by) else letters_of(by).text}"
    whole = f"{through}: {said}" if said else through
    return whole if len(whole) <= LONGEST_REASON else said


def _of_gradient(name: StepName, values: dict[str, Value], uses: dict[int, list[_Use]]) -> str:
    """The reason of ∂L/∂x: the function that x went into, or that it went into several."""
    value = values.get(in_section(name.section, name.by), values.get(name.by))
    all_uses = uses.get(id(value), [])
    taken = [use for use in all_uses if _is_between(use.by, name.of, values)] or all_uses
    if len(taken) > 1:
        return "it is used in several places: the gradients of all paths are added"
    return _back(taken[0], name.of) if taken else ""


def _is_between(value: Value, of: str, values: dict[str, Value]) -> bool:
    """Whether a value lies on the way to what is differentiated."""
    name = StepName.parse(value.called)
    return name.local == of or in_section(StepName.parse(value.name).section, gradient_name(of, name.local)) in values


def give_reasons(trace: Trace) -> None:
    """Puts beside every step why it is as it is."""
    reasons = reasons_of(trace)
    for step in trace.steps:
        step.why = reasons[step.name]


def reasons_of(trace: Trace) -> dict[str, str]:
    """Why each step is as it is, by its name; what a problem itself says of a step stays."""
    uses, reasons = _uses(trace), {}
    values = {value.called: value for value in trace.given.values()} | {step.name: step.value for step in trace.steps}
    for step in trace.steps:
        name = StepName.parse(step.name)
        why = _of_gradient(name, values, uses) if name.is_gradient else ""
        reasons[step.name] = step.why or why or _forward(step)
    return reasons
