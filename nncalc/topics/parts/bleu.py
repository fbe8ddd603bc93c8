"""How near words are to a reference: BLEU, of one text or of a corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, printable
from nncalc.topics.parts.belonging import when
from nncalc.topics.parts.fields import TOGETHER, About, Answer
from nncalc.trace.work import Work

Words = str | list[str]


@dataclass(frozen=True)
class Counting:
    """Which runs of words count, and how much."""

    n: Annotated[int, About("the longest run of words that is counted", least=1, most=10, also=("N", "max_n"))] = 4
    weights: Annotated[
        list[float] | None, About("of p_1, p_2, … up to n, in place of 1/n each", least=0, also=("w",))
    ] = None
    smoothing: Annotated[
        Literal["add_one", "epsilon"] | None,
        About(
            "add_one: (matches + 1)/(runs + 1) from runs of 2 on (Lin and Och 2004); epsilon: in place of 0 matches "
            "(as NLTK's methods 2 and 1)",
            says=lambda way: "" if way is None else f"smoothed by {way.replace('_', ' ')}",
        ),
    ] = None
    epsilon: Annotated[
        float, About("counts in place of 0 matches", above=0, most=1, only=when(smoothing="epsilon"))
    ] = 0.1


How = Annotated[Counting, TOGETHER]
AS_PAPINENI = Counting()


def bleu(
    work: Work,
    candidate: Annotated[
        Words,
        About("the words that are judged", also=("hypothesis", "prediction"), example="the cat the cat on the mat"),
    ],
    references: Annotated[
        str | list[Words],
        About("one or several that are right", also=("reference", "target"), example="[the cat is on the mat]"),
    ],
    how: How = AS_PAPINENI,
) -> Answer:
    """p_n: of the candidate's runs of n words how many are in a reference, each at most as often as there; BLEU.

    BLEU = BP·(p_1·…·p_n)^(1/n), BP = min(1, e^(1 − r/c)), where c and r are the lengths of the candidate and of the
    reference that is nearest to it, the shorter of two (Papineni et al. 2002); with weights BP·p_1^w_1·…·p_n^w_n.
    """
    words = _words(candidate)
    others = [_words(text) for text in ([references] if isinstance(references, str) else references)]
    if min(map(len, (words, *others))) < 1 or len(words) < how.n:
        raise Refused("candidate" if len(words) < how.n else "references", "has too few words", f"at least {how.n}")
    return _bleu(work, [(words, others)], how)


def corpus(
    work: Work,
    candidates: Annotated[
        list[str],
        About(
            "the texts that are judged",
            also=("hypotheses", "predictions"),
            example="[the cat sat on the mat, a dog ran in the park]",
        ),
    ],
    references: Annotated[
        list[str | list[str]],
        About(
            "for each candidate one text that is right, or a list of several",
            example="[the cat sat on a mat, [a dog ran in the park, the dog ran]]",
        ),
    ],
    how: How = AS_PAPINENI,
) -> Answer:
    """BLEU of a corpus: matches and runs of all texts are summed before they are divided, lengths as well."""
    if len(references) != len(candidates):
        raise Refused("references", f"are for {len(references)} texts, but there are {len(candidates)} candidates")
    pairs = [
        (_words(text), [_words(one) for one in ([right] if isinstance(right, str) else right)])
        for text, right in zip(candidates, references, strict=True)
    ]
    for i, (words, others) in enumerate(pairs, 1):
        if not words or not others or not all(others):
            raise Refused(("references" if words else "candidates", i), "has no words")
    if max(len(words) for words, _ in pairs) < how.n:
        raise Refused("candidates", "have too few words", f"at least {how.n}")
    return _bleu(work, pairs, how)


def _bleu(work: Work, pairs: Sequence[tuple[list[str], list[list[str]]]], how: Counting) -> Answer:
    """BLEU of candidates, each with its references."""
    if how.weights is not None and len(how.weights) != how.n:
        raise Refused("weights", f"are {len(how.weights)}, but n is {how.n}", "one for each of p_1 to p_n")
    precisions = [_precision(work, pairs, order, how) for order in range(1, how.n + 1)]
    nearest = [min(others, key=lambda o: (abs(len(o) - len(words)), len(o))) for words, others in pairs]
    c = work.given("c", float(sum(len(words) for words, _ in pairs)))
    r = work.given("r", float(sum(map(len, nearest))))
    BP = work.let("BP", np.minimum(1, np.exp(1 - r / c)))
    powers = precisions if how.weights is None else [p**w for p, w in zip(precisions, how.weights, strict=True)]
    product = powers[0]
    for power in powers[1:]:
        product = product * power
    BLEU = work.let("BLEU", BP * (product ** (1 / how.n) if how.n > 1 and how.weights is None else product))
    return {"BLEU": BLEU, "BP": BP} | {f"p_{i}": value for i, value in enumerate(precisions, 1)}


def _words(text: Words) -> list[str]:
    return text.split() if isinstance(text, str) else text


def _runs(words: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + order]) for i in range(len(words) - order + 1))


def _precision(work: Work, pairs: Sequence[tuple[list[str], list[list[str]]]], order: int, how: Counting) -> Any:
    """p_n: the clipped counts of the candidates' runs of n words, divided by how many runs there are."""
    said = ", ".join(dict.fromkeys(" ".join(run) for words, _ in pairs for run in _runs(words, order)))
    matches: Any = []
    runs: Any = []
    with work.section(f"n{order}", f"Runs of {order}: {printable(said)}" if order > 1 else f"Words: {printable(said)}"):
        for number, (words, others) in enumerate(pairs, 1):
            own, theirs = _runs(words, order), [_runs(other, order) for other in others]
            if not own:  # a text of a corpus that is shorter than the run
                continue
            with work.section(f"s{number}", f"Text {number}") if len(pairs) > 1 else nullcontext():
                counts = work.given("counts", np.array([float(count) for count in own.values()]))
                there = work.given("references", np.array([[float(other[run]) for run in own] for other in theirs]))
                most = there[0] if len(theirs) == 1 else np.max(there, axis=0)
                clipped = work.let("clipped", np.minimum(counts, most))
            matches.append(clipped.sum())
            runs.append(counts.sum())
        above, below = sum(matches[1:], matches[0]), sum(runs[1:], runs[0])
        if how.smoothing == "add_one" and order > 1:
            above, below = above + 1, below + 1
        if how.smoothing == "epsilon":
            above = np.maximum(above, how.epsilon)
        precision = above / below
    return work.let(f"p_{order}", precision)
