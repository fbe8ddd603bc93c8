"""Mistakes of one topic, worked from the student's own numbers beside the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from nncalc.marking.closeness import GUARD
from nncalc.marking.mistakes.problems import PADDINGS
from nncalc.marking.mistakes.slip import Candidate, Mistake, Slip, array_candidate
from nncalc.trace.notation.tree import Index
from nncalc.trace.value import Value


def off_diagonal_as_diagonal(slip: Slip) -> Iterator[Candidate]:
    s = slip.beside("s")
    if s is not None and s.ndim == 1 and slip.worked.ndim == 2:
        slopes = np.repeat((s * (1 - s))[:, None], len(s), axis=1)
        wrong = np.where(np.eye(len(s), dtype=bool), slip.worked, slopes)
        yield from array_candidate("the cells off the diagonal are worked as s_i·(1 - s_i), too", wrong)


def diagonal_as_off_diagonal(slip: Slip) -> Iterator[Candidate]:
    s = slip.beside("s")
    if s is not None and s.ndim == 1 and slip.worked.ndim == 2:
        yield from array_candidate("the diagonal is worked as -s_i·s_i, too", -np.outer(s, s))


def along_another_axis(slip: Slip) -> Iterator[Candidate]:
    """Scores are normalized down the columns, or all together."""
    scores = _scores(slip)
    if scores is not None and scores.ndim == 2:
        e = np.exp(scores)
        axis = 1 if np.allclose((e / e.sum(axis=0)), slip.worked) else 0
        words = "the softmax goes down the columns" if axis == 0 else "the softmax goes along the rows"
        yield from array_candidate(words, e / e.sum(axis=axis, keepdims=True))
        yield from array_candidate("one softmax goes over the whole matrix", e / e.sum())


def without_exponentials(slip: Slip) -> Iterator[Candidate]:
    scores = _scores(slip)
    if scores is not None and np.isfinite(scores).all():
        wrong = scores / scores.sum(axis=-1, keepdims=True)
        yield from array_candidate("the scores are divided by their sum, without exponentials", wrong)


def masked_with_zero(slip: Slip) -> Iterator[Candidate]:
    """What the mask hides is 0 before the softmax, not -∞; or it is only taken out after it."""
    if slip.called.local == "S_masked":
        yield from array_candidate("what is hidden is 0, not -∞", np.where(np.isfinite(slip.worked), slip.worked, 0))
        return
    masked, scores = slip.beside("S_masked"), slip.beside("S_scaled")
    scores = slip.beside("S") if scores is None else scores
    if masked is not None and scores is not None and not np.isfinite(masked).all():
        hidden = ~np.isfinite(masked)
        e = np.exp(np.where(hidden, 0, scores))
        yield from array_candidate("what is hidden is 0 before the softmax, not -∞", e / e.sum(axis=-1, keepdims=True))
        e = np.exp(scores)
        late = np.where(hidden, 0, e / e.sum(axis=-1, keepdims=True))
        yield from array_candidate("what is hidden is taken out after the softmax", late)


def _probabilities(slip: Slip) -> tuple[np.ndarray, np.ndarray] | None:
    """Of one row of scores the softmax and what it should be; None where there are several rows, or no target."""
    s, target = slip.beside("s"), slip.trace.given.get("target")
    if s is None or s.ndim != 1 or target is None or np.shape(target.array) != s.shape:
        return None
    return s, np.asarray(target.array, dtype=float)


def another_loss_of_softmax(slip: Slip) -> Iterator[Candidate]:
    """The loss goes over all classes, or is none of logarithms."""
    found = _probabilities(slip)
    if found is None:
        return
    s, target = found
    yield from array_candidate("the logarithms of all classes are added, not only of the right one", -np.log(s).sum())
    yield from array_candidate("the loss is divided by the number of classes", slip.worked / len(s))
    yield from array_candidate("the loss is the squared error", ((s - target) ** 2).sum())
    yield from array_candidate("the loss is half the squared error", ((s - target) ** 2).sum() / 2)
    yield from array_candidate("the loss is the mean squared error", ((s - target) ** 2).mean())


def gradient_from_scores(slip: Slip) -> Iterator[Candidate]:
    """The target is subtracted from the scores, not from their softmax."""
    x, found = slip.trace.given.get("x"), _probabilities(slip)
    if x is not None and found is not None:
        yield from array_candidate("the target is subtracted from the scores x, not from s", x.array - found[1])


def one_subtracted_everywhere(slip: Slip) -> Iterator[Candidate]:
    found = _probabilities(slip)
    if found is not None:
        yield from array_candidate("1 is subtracted everywhere, not only at the right class", found[0] - 1)


def softmax_at_the_end(slip: Slip) -> Iterator[Candidate]:
    """A softmax stands where another activation should."""
    made = slip.step.value
    names = [arg for arg in made.args if isinstance(arg, Value)]
    if slip.worked.ndim != 1 or len(slip.worked) < 2 or slip.called.is_gradient or slip.trace.topic == "softmax":
        return
    activated = len(names) == 1 and made.rule is not None and made.rule.elementwise
    z = np.asarray(names[0].array if activated else slip.worked, dtype=float)
    if z.shape == slip.worked.shape:
        e = np.exp(z - z.max())
        words = "a softmax is taken for the activation" if activated else "a softmax is taken of it"
        yield from array_candidate(words, e / e.sum())


def padding_not_zero(slip: Slip) -> Iterator[Candidate]:
    """The edge is repeated, or the image mirrored."""
    image, pad = np.asarray(slip.asked.problem.values["image"]), slip.asked.problem.values.get("pad")
    for mode, words in PADDINGS.items():
        if isinstance(pad, int) and image.ndim == 2 and (mode != "reflect" or pad < min(image.shape)):
            yield from array_candidate(words, np.pad(image, pad, mode=mode))


def gradient_at_the_wrong_cell(slip: Slip) -> Iterator[Candidate]:
    """Of a window whose numbers are right, but stand elsewhere in it, each is what was written; or all have one."""
    values = slip.asked.problem.values
    window, stride = values.get("window"), values.get("stride")
    if slip.worked.ndim != 2 or values.get("pad") or not isinstance(window, int) or stride not in (None, window):
        return
    shape = slip.worked.shape
    written = np.full(shape, np.nan)
    for index, cell in slip.line.cells.items():
        written[index] = cell.value

    def cut(*index: int) -> tuple[slice, ...]:
        return tuple(slice(i // window * window, (i // window + 1) * window) for i in index)

    def at(index: Index) -> Any:
        here, right = (np.sort(array[cut(*index)], axis=None) for array in (written, slip.worked))
        unit = max(cell.unit for cell in slip.line.cells.values())
        return written[index] if np.abs(here - right).max() <= unit / 2 + GUARD else slip.worked[index]

    yield Candidate("the gradient stands at the wrong cell of its window", at)
    blocks = [[slip.worked[cut(i, j)].sum() for j in range(0, shape[1], window)] for i in range(0, shape[0], window)]
    everywhere = np.kron(blocks, np.ones((window, window)))
    if everywhere.shape == shape:
        yield from array_candidate("the gradient goes to every cell of its window", everywhere)


def _scores(slip: Slip) -> np.ndarray | None:
    """What the softmax of this line goes over."""
    for base in ("S_masked", "S_capped", "S_scaled", "S"):
        found = slip.beside(base)
        if found is not None:
            return np.asarray(found, dtype=float)
    x = slip.trace.given.get("x")
    return None if x is None or slip.trace.topic != "softmax" else np.asarray(x.array, dtype=float)


def _angles(words: str, change: Callable[[Any, Any, float, float], Any]) -> Callable[[Slip], Iterator[Candidate]]:
    """Positional encodings with other angles; `change` gives the angle of column j at a position."""

    def find(slip: Slip) -> Iterator[Candidate]:
        field = {f.name: slip.asked.problem.values.get(f.name, f.default) for f in slip.asked.problem.fields}
        positions, d = field.get("positions"), field.get("d_model")
        if positions is None or d is None or field.get("arrangement") != "interleaved":
            return
        pos = np.arange(positions) if isinstance(positions, int) else np.asarray(positions)
        column = np.arange(d)
        with np.errstate(all="ignore"):
            angles = change(pos[:, None], column[None, :], float(d), float(field["base"])) * np.ones((len(pos), d))
        wrong = np.where(column % 2 == 0, np.sin(angles), np.cos(angles))
        yield from array_candidate(words, wrong if slip.name == "PE" else angles[:, ::2])

    return find


def tied_counted_twice(slip: Slip) -> Iterator[Candidate]:
    """Weights that are shared are counted where they are shared, too."""
    for kind, layer in slip.asked.problem.values.get("layers", ()):
        shared = slip.steps.get(f"{getattr(layer, 'to', None)}.params") if kind == "tied" else None
        if shared is not None and np.isfinite(float(slip.worked)) and np.isfinite(float(shared.array)):
            counted = int(slip.worked) + int(shared.array)
            yield from array_candidate(f"the tied weights of {layer.to} are counted twice", counted)


def flops_for_macs(slip: Slip) -> Iterator[Candidate]:
    yield Candidate("FLOPs are counted, two for each multiply-add", lambda index: 2 * slip.worked[index])


def macs_for_flops(slip: Slip) -> Iterator[Candidate]:
    yield Candidate("multiply-adds are counted as one FLOP, not two", lambda index: slip.worked[index] / 2)


def nothing_padded(slip: Slip) -> Iterator[Candidate]:
    """The image as it is, where it should have its padding."""
    yield from array_candidate("the padding is ignored", slip.asked.problem.values["image"])


MISTAKES = (
    Mistake("tied weights counted twice", tied_counted_twice, ("params",), ("params",)),
    Mistake("FLOPs for MACs", flops_for_macs, ("params",), ("macs",)),
    Mistake("MACs for FLOPs", macs_for_flops, ("params",), ("flops",), refines=("factor left out",)),
    Mistake("off-diagonal as diagonal", off_diagonal_as_diagonal, ("softmax",), ("J",)),
    Mistake("diagonal as off-diagonal", diagonal_as_off_diagonal, ("softmax",), ("J",)),
    Mistake("softmax along another axis", along_another_axis, ("softmax", "attention"), ("s", "A")),
    Mistake("softmax without exponentials", without_exponentials, ("softmax", "attention"), ("s", "A"),
            refines=("function left out",)),
    Mistake("another loss of a softmax", another_loss_of_softmax, ("softmax",), ("L",)),
    Mistake("gradient from the scores", gradient_from_scores, ("softmax",), ("dL/dx",),
            refines=("function left out",)),
    Mistake("1 subtracted everywhere", one_subtracted_everywhere, ("softmax",), ("dL/dx",)),
    Mistake("softmax at the end", softmax_at_the_end),
    Mistake("padding not 0", padding_not_zero, ("conv",), ("X_pad",)),
    Mistake("gradient at the wrong cell", gradient_at_the_wrong_cell, ("pool",), ("dL/dX",)),
    Mistake("masked with 0", masked_with_zero, ("attention",), ("A", "S_masked")),
    Mistake("nothing padded", nothing_padded, ("conv",), ("X_pad",)),
    Mistake("odd exponent", _angles("the exponent of the cosine is (2i+1)/d, not 2i/d",
                                    lambda p, j, d, b: p / b ** (j / d)), ("posenc",), ("angle", "PE")),
    Mistake("exponent without its 2", _angles("the exponent is i/d, not 2i/d",
                                             lambda p, j, d, b: p / b ** (j // 2 / d)), ("posenc",), ("angle", "PE"),
            refines=("factor left out", "constant left out")),
    Mistake("position and dimension swapped",
            _angles("position and dimension are swapped", lambda p, j, d, b: (j // 2) / b ** (2 * p / d)),
            ("posenc",), ("angle", "PE"), refines=("two values exchanged",)),
)  # fmt: skip
