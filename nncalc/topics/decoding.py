"""From probabilities to words: search, sampling's cut, perplexity; and how near words are to a reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions, printable, some_of
from nncalc.topics.parts.belonging import GIVEN, when
from nncalc.topics.parts.bleu import bleu, corpus
from nncalc.topics.parts.branching import Source, as_many
from nncalc.topics.parts.chances import note_sums
from nncalc.topics.parts.fields import About, Answer, Array
from nncalc.topics.parts.losses import class_rows
from nncalc.trace.rules.choosing import best, continued, picked, rank_of
from nncalc.trace.rules.functions import masked, softmax
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

SEARCH = ("greedy", "beam")


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
    end: Annotated[
        str | None,
        About(
            "the word (or the number) of the token that ends a sequence: it goes on no more",
            also=("eos",),
            only=when(kind=SEARCH),
        ),
    ] = None,
    length_penalty: Annotated[
        float | None,
        About(
            "scores are compared by ln P / length^length_penalty at the end",
            least=0,
            also=("alpha",),
            only=when(kind="beam"),
        ),
    ] = None,
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
    With an end, what has ended stays as it is; length_penalty compares by ln P / length^α (Wu et al. 2016).
    top_k: the k likeliest (Fan et al. 2018); top_p: the fewest that have p together (Holtzman et al. 2020), each scaled
    to add up to 1. perplexity: e^(−mean ln P). probabilities: (step, token); sequences count tokens from 1.
    """  # fmt: skip
    if kind in SEARCH:
        source = Source.of(work, probabilities, transitions, steps, tokens)
        most = source.vocabulary**source.steps
        if kind == "beam" and beam > most:
            raise Refused("beam", f"is {beam}, but there are {most} sequences", f"a number from 1 to {most}")
        return _searched(
            work, source, beam if kind == "beam" else 1, log, tokens, (_end(end, source, tokens), length_penalty)
        )
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


def _end(end: str | None, source: Source, tokens: list[str] | None) -> int | None:
    """The number of the token that ends a sequence. Raises Refused for a word that there is not."""
    known = tokens or [str(i) for i in range(1, source.vocabulary + 1)]
    if end is not None and end not in known:
        raise Refused("end", f"'{printable(end)}' is none of the tokens", f"one of {some_of(known, end, '')}")
    return None if end is None else known.index(end) + 1


def _searched(
    work: Work, source: Source, beam: int, log: bool, tokens: list[str] | None, ending: tuple[int | None, float | None]
) -> Answer:
    """The best hypotheses after all steps, and their scores."""
    end, penalty = ending
    others = None if end is None else work.given("others", 1.0 * (np.arange(1, source.vocabulary + 1) != end))
    work.reserve("beam", (beam, beam, source.vocabulary))
    words: Any = np.zeros((1, 0))
    score: Any = None
    for t in work.rounds(source.steps):
        with work.section(f"t{t}", f"Token {t}"):
            P = source.next(t, words, end)
            open_ = None
            if end is not None and t > 1:  # what has ended goes on with its end alone, at no cost
                ended = work.let("ended", 1 * (words[:, -1] == float(end)))[:, None]
                P = work.let("P", (1 - ended) * P + ended)
                open_ = work.let("open", 1 - ended * others)
            P = np.log(P) if log else P
            before = None if score is None else score[:, None]
            candidates = P if before is None else before + P if log else before * P
            if open_ is not None:
                candidates = masked(candidates, open_) if log else candidates * open_
            candidates = work.let("candidates", candidates)
            chosen = _best_of(work, candidates, min(beam, candidates.size))
            words = work.let("sequences", continued(words, *chosen))
            score = work.let("scores", picked(candidates, *chosen))
    answer: Answer = {"sequences": words, "scores": score}
    if penalty is not None:
        again = 0 if end is None else np.maximum(0, (words == float(end)).sum(axis=1) - 1)
        lengths = work.let("lengths", work.given("T", float(source.steps)) - again)
        ranked = (score if log else np.log(score)) / lengths**penalty
        answer["ranked"] = work.let("ranked", ranked)
    found, scores = numbers(words).astype(int).tolist(), numbers(score).tolist()
    texts = [" ".join(_named(i, tokens) for i in sequence[: _stop(sequence, end)]) for sequence in found]
    for text, value in zip(texts, scores, strict=True):
        work.note(f"{text}: {value:.6g}")
    if penalty is not None:
        work.note(f"best for its length: {texts[int(np.argmax(numbers(answer['ranked'])))]}")
    return answer


def _stop(sequence: list[int], end: int | None) -> int:
    """How many tokens a sequence has, its end among them."""
    return sequence.index(end) + 1 if end in sequence else len(sequence)


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


def surprise(
    work: Work,
    logits: Annotated[
        Array,
        "token | step token",
        About(
            "scores of the next token, a row a step", also=("scores", "z"), symbol="z", example="[[2, 1, 0], [0, 1, 3]]"
        ),
    ],
    target: Annotated[
        int | list[int],
        About("the token that came, one for each row", least=0, also=("targets", "labels"), example="[1, 3]"),
    ],
    kind: Annotated[Literal["perplexity"], About("what is asked")] = "perplexity",
    mask: Annotated[
        Array | None, "step", About("1 for each row that counts, 0 elsewhere (padding)", also=("attention_mask",))
    ] = None,
    first_class: Annotated[int, About("what the first token is called in the target", least=0, most=1)] = 1,
) -> Answer:
    """Perplexity from scores: p = softmax(z), H = −mean ln p of the tokens that came, e^H.

    logits: (token,) or (step, token); with a mask the mean is that of the rows that count (Jelinek et al. 1977).
    """  # fmt: skip
    t = class_rows(np.asarray(target, float), logits.shape, first_class)
    if t is None:
        raise Refused("target", f"is {dimensions(np.shape(target))}, but the logits are {dimensions(logits.shape)}",
                      "a token for each row")  # fmt: skip
    if mask is not None and (not np.isin(numbers(mask), (0, 1)).all() or not numbers(mask).any()):
        raise Refused("mask", "has other numbers than 0 and 1, or no 1")
    p = work.let("p", softmax(logits))
    p_t = work.let("p_t", (work.given("target", t) * p).sum(axis=-1))
    terms = -np.log(p_t)
    terms = work.let("terms", terms if mask is None else mask * terms)
    H = work.let("H", terms if not terms.ndim else terms.mean() if mask is None else terms.sum() / mask.sum())
    return {"H": H, "perplexity": work.let("perplexity", np.exp(H))}


FORMS = (search, bleu, corpus, surprise)
