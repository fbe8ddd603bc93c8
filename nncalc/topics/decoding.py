"""From probabilities to words: search, sampling's cut, perplexity; and how near words are to a reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions, printable
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.branching import Source, as_many
from nncalc.topics.parts.chances import note_sums
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.trace.rules.choosing import best, continued, picked, rank_of
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

SEARCH = ("greedy", "beam")
Words = str | list[str]


def search(
    work: Work,
    probabilities: Annotated[
        Mapping[str, Array] | Array,
        "token | step token",
        About(
            "of the next token: a row a step; {words before: row}, from `start` on; or with transitions the first",
            also=("probs",),
            least=0,
            most=1,
            example="[[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]]",
        ),
    ],
    kind: Annotated[
        Literal["greedy", "beam", "top_k", "top_p", "perplexity"],
        About("what is asked; perplexity is of the probabilities that the words got", says="{}"),
    ] = "greedy",
    transitions: Annotated[
        Array | None,
        "token token",
        About(
            "row: the token before, column: the next one",
            least=0,
            most=1,
            also=("A", "transition"),
            only=when(kind=SEARCH),
        ),
    ] = None,
    steps: Annotated[
        int | None,
        About("how many tokens (2)", least=1, most=1000, also=("length",), only=when(kind=SEARCH, transitions=GIVEN)),
    ] = None,
    beam: Annotated[
        int,
        About(
            "how many hypotheses go on", least=1, most=1000, also=("width", "k", "beam_width"), only=when(kind="beam")
        ),
    ] = 2,
    log: Annotated[
        bool,
        About(
            "scores are sums of ln P, in place of products",
            says=("scores are sums of ln P", ""),
            only=when(kind=SEARCH),
        ),
    ] = False,
    k: Annotated[
        int, About("so many of the likeliest tokens stay", least=1, also=("top_k",), only=when(kind="top_k"))
    ] = 2,
    p: Annotated[
        float,
        About(
            "the likeliest tokens stay, until together they have this",
            above=0,
            most=1,
            also=("top_p",),
            only=when(kind="top_p"),
        ),
    ] = 0.9,
    tokens: Annotated[
        list[str] | None,
        About(
            "the words, in the order of the columns",
            also=("vocabulary", "labels"),
            only=when(kind=(*SEARCH, "top_k", "top_p")),
        ),
    ] = None,
) -> Answer:
    """The likeliest sequences step by step, each with its score; the tokens that sampling is left with; or perplexity.

    beam: of all candidates (score of the hypothesis · P) the best so many go on (Lowerre 1976; Sutskever et al. 2014).
    top_k: the k likeliest (Fan et al. 2018); top_p: the fewest that have p together (Holtzman et al. 2020), each scaled
    to add up to 1. perplexity: e^(−mean ln P). probabilities: (step, token); sequences count tokens from 1.
    """  # fmt: skip
    if kind in SEARCH:
        source = Source.of(work, probabilities, transitions, steps, tokens)
        most = source.vocabulary**source.steps
        if kind == "beam" and beam > most:
            raise Refused("beam", f"is {beam}, but there are {most} sequences", f"a number from 1 to {most}")
        return _searched(work, source, beam if kind == "beam" else 1, log, tokens)
    if isinstance(probabilities, Mapping):
        raise Refused("probabilities", "by words before are for greedy and beam", "a row")
    P = work.given("probabilities", np.asarray(probabilities), "P")
    if P.ndim > 1:
        raise Refused("probabilities", f"is {dimensions(P.shape)}", "one row")
    if kind == "perplexity":
        return _perplexity(work, P)
    note_sums(work, "P", P)
    return _cut(work, P, kind, k, p, tokens)


def _named(place: int, tokens: list[str] | None) -> str:
    """The word of a token's number (from 1)."""
    return str(place) if tokens is None else tokens[place - 1]


def _searched(work: Work, source: Source, beam: int, log: bool, tokens: list[str] | None) -> Answer:
    """The best hypotheses after all steps, and their scores."""
    work.reserve("beam", (beam, beam, source.vocabulary))
    words, score = np.zeros((1, 0)), None
    for t in work.rounds(source.steps):
        with work.section(f"t{t}", f"Token {t}"):
            P = source.next(t, words)
            P = np.log(P) if log else P
            before = None if score is None else score[:, None]
            candidates = work.let("candidates", P if before is None else before + P if log else before * P)
            chosen = _best_of(work, candidates, min(beam, candidates.size))
            words = work.let("sequences", continued(words, *chosen))
            score = work.let("scores", picked(candidates, *chosen))
    found, scores = numbers(words).astype(int).tolist(), numbers(score).tolist()
    for sequence, value in zip(found, scores, strict=True):
        work.note(f"{' '.join(_named(i, tokens) for i in sequence)}: {value:.6g}")
    return {"sequences": words, "scores": score}


def _best_of(work: Work, candidates: Any, count: int) -> list[Any]:
    """The best candidates, (hypothesis, token), each as a mask."""
    left: Any = np.ones(candidates.shape)
    chosen = []
    for rank in range(1, count + 1):
        chosen.append(work.let(f"chosen_{rank}", best(candidates, left)))
        left = left - chosen[-1]
    return chosen


def _perplexity(work: Work, P: Any) -> Answer:
    """e^(−mean ln P) of the probabilities that a model gave the words that came."""
    terms = work.let("terms", -np.log(P))
    H = work.let("H", terms.mean())
    return {"H": H, "perplexity": work.let("perplexity", np.exp(H))}


def _cut(work: Work, P: Any, kind: str, k: int, p: float, tokens: list[str] | None) -> Answer:
    """The likeliest tokens as a mask, and their probabilities, scaled to add up to 1."""
    count = as_many(P.shape[0], tokens)
    if kind == "top_k" and k > count:
        raise Refused("k", f"is {k}, but there are {count} tokens", f"a number from 1 to {count}")
    rank = work.let("rank", rank_of(P))
    if kind == "top_k":
        kept = work.let("kept", 1 * (rank <= work.given("k", float(k))))
    else:
        work.reserve("probabilities", (count, count))
        before = work.let("before", (rank[None] < rank[:, None]) @ P)
        kept = work.let("kept", 1 * (before < work.given("p", p)))
    q = work.let("q", kept * P / (kept * P).sum())
    work.note("kept: " + ", ".join(_named(i + 1, tokens) for i in np.flatnonzero(numbers(kept)).tolist()))
    return {"kept": kept, "q": q}


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
    n: Annotated[int, About("the longest run of words that is counted", least=1, most=10, also=("N", "max_n"))] = 4,
) -> Answer:
    """p_n: of the candidate's runs of n words how many are in a reference, each at most as often as there; BLEU.

    BLEU = BP·(p_1·…·p_n)^(1/n), BP = min(1, e^(1 − r/c)), where c and r are the lengths of the candidate and of the
    reference that is nearest to it, the shorter of two (Papineni et al. 2002).
    """
    words = _words(candidate)
    others = [_words(text) for text in ([references] if isinstance(references, str) else references)]
    if min(map(len, (words, *others))) < 1 or len(words) < n:
        raise Refused("candidate" if len(words) < n else "references", "has too few words", f"at least {n}")
    precisions = [_precision(work, words, others, order) for order in range(1, n + 1)]
    nearest = min(others, key=lambda other: (abs(len(other) - len(words)), len(other)))
    c, r = work.given("c", float(len(words))), work.given("r", float(len(nearest)))
    BP = work.let("BP", np.minimum(1, np.exp(1 - r / c)))
    product = precisions[0]
    for precision in precisions[1:]:
        product = product * precision
    BLEU = work.let("BLEU", BP * (product ** (1 / n) if n > 1 else product))
    return {"BLEU": BLEU, "BP": BP} | {f"p_{i}": value for i, value in enumerate(precisions, 1)}


def _words(text: Words) -> list[str]:
    return text.split() if isinstance(text, str) else text


def _runs(words: list[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + order]) for i in range(len(words) - order + 1))


def _precision(work: Work, words: list[str], others: list[list[str]], order: int) -> Any:
    """p_n: the clipped counts of a candidate's runs of n words, divided by how many runs there are."""
    own, theirs = _runs(words, order), [_runs(other, order) for other in others]
    said = ", ".join(" ".join(run) for run in own)
    with work.section(f"n{order}", f"Runs of {order}: {printable(said)}" if order > 1 else f"Words: {printable(said)}"):
        counts = work.given("counts", np.array([float(count) for count in own.values()]))
        there = work.given("references", np.array([[float(other[run]) for run in own] for other in theirs]))
        most = there[0] if len(theirs) == 1 else np.max(there, axis=0)
        clipped = work.let("clipped", np.minimum(counts, most))
        precision = clipped.sum() / counts.sum()
    return work.let(f"p_{order}", precision)


FORMS = (search, bleu)
