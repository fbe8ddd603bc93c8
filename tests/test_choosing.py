"""What is stored, kept and said: Hopfield networks, boxes and decoding, against plain loops and printed answers."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from examples import problem, yaml_of

from nncalc import solve
from nncalc.errors import InputError
from nncalc.trace.steps import Trace

SEEDS = range(8)


def worked(topic: str, **fields: Any) -> Trace:
    return solve(problem(yaml_of(topic, **fields)))


def refusal(topic: str, **fields: Any) -> str:
    with pytest.raises(InputError) as error:
        worked(topic, **fields)
    return str(error.value)


def value(trace: Trace, name: str) -> Any:
    return np.asarray(trace[name].array).tolist()


# Hopfield


def test_the_printed_network_of_two_patterns() -> None:
    """(1,−1,1,−1) and (−1,1,−1,1), W = ¼Σ without a diagonal; of (1,−1,−1,−1) unit 3 gets 1.5."""
    patterns = [[1, -1, 1, -1], [-1, 1, -1, 1]]
    trace = worked("hopfield", patterns=patterns, state=[1, -1, -1, -1], scale="units")
    assert np.abs(trace["W"].array).tolist() == (0.5 * (1 - np.eye(4))).tolist()
    assert value(trace, "u3.h") == 1.5 and value(trace, "u3.new") == 1
    assert trace.answer["s"].tolist() == patterns[0] and trace.answer["stored"].tolist() == [1, 0]
    assert value(trace, "u0.E") == 0 and trace.answer["E"] == -3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize("labels", ["-1/1", "0/1"])
@pytest.mark.parametrize("tie", ["keep", "on", "off", "zero"])
@pytest.mark.parametrize("one", [False, True])
def test_recall_is_what_a_loop_makes_of_it(seed: int, update: str, labels: str, tie: str, one: bool) -> None:
    rng = np.random.default_rng(seed)
    units, low = 5, 0 if labels == "0/1" else -1
    patterns = rng.choice([low, 1], (2, units))
    s, theta = rng.choice([low, 1], units), rng.integers(-1, 2, units)
    theta = theta[:1] * np.ones(units) if one else theta
    order = (rng.permutation(units) + 1).tolist()
    more: dict[str, Any] = {"order": order} if update == "async" else {}
    trace = worked("hopfield", patterns=patterns, state=s, labels=labels, update=update, tie=tie, rounds=2,
                   theta=float(theta[0]) if one else theta, **more)  # fmt: skip
    signed = patterns if low else 2 * patterns - 1
    W = sum(np.outer(x, x) for x in signed) * (1 - np.eye(units))
    np.testing.assert_array_equal(trace["W"].array, W)
    for u in range(2 if update == "sync" else 2 * units):
        moving = range(units) if update == "sync" else [order[u % units] - 1]
        h = W @ s - theta
        new = s.copy()
        for i in moving:
            tied = {"keep": s[i], "on": 1, "off": low, "zero": 0}[tie]
            new[i] = 1 if h[i] > 0 else tied if h[i] == 0 else low
        s = new
        assert value(trace, f"u{u + 1}.s") == s.tolist()
        assert value(trace, f"u{u + 1}.E") == pytest.approx(-0.5 * s @ W @ s + theta @ s)
    assert trace.answer["stored"].tolist() == [int((p == s).all()) for p in patterns]


def test_what_a_network_is_not_is_refused() -> None:
    assert "patterns: are missing" in refusal("hopfield", state=[1, -1])
    said = refusal("hopfield", patterns=[[1, 0]])
    assert "patterns[1,2]: is 0, but states are -1/1 (labels: 0/1)" in said
    assert "but states are -1/1 (labels" not in refusal("hopfield", patterns=[[1, 0, -1]])
    assert "(labels" not in refusal("hopfield", patterns=[[1, -1]], state=[1, 0])
    assert "W: is 2 x 3: its 'unit' is 2 and 3" in refusal("hopfield", W=[[0, 1, 2], [1, 0, 2]], state=[1, 1])
    assert "order[1]: is 3, but there are 2 units" in refusal("hopfield", W=[[0, 1], [1, 0]], state=[1, 1], order=[3])
    assert "order: belongs to" in refusal("hopfield", W=[[0, 1], [1, 0]], state=[1, 1], order=[1], update="sync")
    assert "W: belongs to a problem without patterns" in refusal("hopfield", W=[[0, 1], [1, 0]], patterns=[[1, 1]])
    assert [*worked("hopfield", patterns=[[1, -1]]).answer] == ["W"]


@pytest.mark.parametrize(
    ("W", "said"),
    [
        ([[0, 1], [1, 0]], []),
        ([[0, 1], [2, 0]], ["W is not symmetric (W[1,2] is 1, W[2,1] 2): the energy need not fall"]),
        ([[3, 1], [1, 0]], ["W has a diagonal: a unit counts its own state"]),
        ([[-3, 1], [1, 0]], ["W has a diagonal: a unit counts its own state, and where that is negative the energy need not "
                             "fall"]),
    ],
)  # fmt: skip
def test_weights_with_which_the_energy_may_rise_are_said(W: Any, said: list[str]) -> None:
    assert worked("hopfield", W=W, state=[1, -1]).notes[:-1] == said


def test_the_energy_rises_where_the_page_says_that_it_may() -> None:
    one_way = worked("hopfield", W=[[0, 1], [-3, 0]], state=[-1, 1], order=[1])
    assert value(one_way, "u0.E") == -1 and one_way.answer["E"] == 1
    own = worked("hopfield", W=[[-3, 1], [1, 0]], state=[1, 1], order=[1])
    assert own.answer["E"] == 1 + 1.5 and value(own, "u0.E") == -1 + 1.5


# Boxes


def iou(a: Any, b: Any, more: float = 0) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]) + more)
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]) + more)
    areas = [(x[2] - x[0] + more) * (x[3] - x[1] + more) for x in (a, b)]
    return float(width * height / (sum(areas) - width * height))


def test_the_printed_overlap_of_two() -> None:
    """2 × 2 and 2 × 3 that share 1 × 1: 1/9 (Ng, Convolutional Neural Networks, week 3 quiz)."""
    trace = worked("boxes", boxes=[[0, 0, 2, 2], [1, 1, 3, 4]])
    assert [value(trace, name) for name in ("intersection", "union")] == [1, 9]
    assert trace.answer["IoU"] == pytest.approx(1 / 9)
    apart = worked("boxes", boxes=[[0, 0, 1, 1], [2, 2, 3, 3]])
    assert value(apart, "width") == 0 and apart.answer["IoU"] == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("form", ["corners", "centre", "size"])
@pytest.mark.parametrize("pixels", [False, True])
def test_overlaps_and_suppression_are_what_loops_make_of_them(seed: int, form: str, pixels: bool) -> None:
    rng = np.random.default_rng(seed)
    low, size, count = rng.uniform(0, 2, (6, 2)), rng.uniform(1, 3, (6, 2)), 6
    corners = np.hstack([low, low + size])
    given = {"corners": corners, "centre": np.hstack([low + size / 2, size]), "size": np.hstack([low, size])}[form]
    scores, threshold = rng.permutation(count) / 10 + 0.1, float(rng.uniform(0.1, 0.6))
    trace = worked("boxes", boxes=given, form=form, pixels=pixels, scores=scores, threshold=threshold, least_score=0.2)
    expected = [[iou(a, b, pixels) for b in corners] for a in corners]
    np.testing.assert_allclose(trace["IoU"].array, expected, rtol=1e-12)
    kept: list[int] = []
    for i in np.argsort(-scores):
        if scores[i] >= 0.2 and all(expected[i][j] <= threshold for j in kept):
            kept.append(int(i))
    assert trace.answer["kept"].tolist() == [int(i in kept) for i in range(count)]
    truth = worked("boxes", boxes=given[:3], truth=given[3:], form=form, pixels=pixels)
    np.testing.assert_allclose(truth["IoU"].array, np.array(expected)[:3, 3:], rtol=1e-12)


def test_the_generalized_overlap_of_two_that_are_apart() -> None:
    """Two squares of side 1 with a gap of 1: hull 3, union 2, GIoU −1/3 (Rezatofighi et al. 2019)."""
    trace = worked("boxes", boxes=[[0, 0, 1, 1], [2, 0, 3, 1]], giou=True)
    assert value(trace, "hull") == 3 and trace.answer["GIoU"] == pytest.approx(-1 / 3)
    assert worked("boxes", boxes=[[0, 0, 2, 2], [0, 0, 2, 2]], giou=True).answer["GIoU"] == 1
    assert "giou: belongs to a problem without scores" in refusal(
        "boxes", boxes=[[0, 0, 1, 1], [2, 0, 3, 1]], scores=[1, 1], giou=True
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("pixels", [False, True])
def test_generalized_overlaps_are_what_loops_make_of_them(seed: int, pixels: bool) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 4, (5, 2))
    corners = np.hstack([low, low + rng.uniform(1, 3, (5, 2))])
    trace = worked("boxes", boxes=corners[:3], truth=corners[3:], pixels=pixels, giou=True)
    for i, a in enumerate(corners[:3]):
        for j, b in enumerate(corners[3:]):
            sides = np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2]) + pixels
            areas = [np.prod(box[2:] - box[:2] + pixels) for box in (a, b)]
            overlap = iou(a, b, pixels)
            union = sum(areas) / (1 + overlap)
            assert trace.answer["GIoU"][i, j] == pytest.approx(overlap - (sides.prod() - union) / sides.prod())


@pytest.mark.parametrize("seed", SEEDS)
def test_boxes_of_a_class_are_suppressed_by_themselves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 2, (6, 2))
    corners, scores = np.hstack([low, low + rng.uniform(1, 3, (6, 2))]), rng.permutation(6) / 10 + 0.1
    classes = rng.choice(["cat", "dog"], 6).tolist()
    trace = worked("boxes", boxes=corners, scores=scores, threshold=0.2, classes=classes)
    kept: list[int] = []
    for i in np.argsort(-scores):
        if all(iou(corners[i], corners[j]) <= 0.2 for j in kept if classes[j] == classes[i]):
            kept.append(int(i))
    assert trace.answer["kept"].tolist() == [int(i in kept) for i in range(6)]
    assert "classes: are 2, but there are 6 boxes" in refusal("boxes", boxes=corners, scores=scores, classes=["a", "b"])


def test_what_is_dropped_at_the_threshold_and_of_equals() -> None:
    two: dict[str, Any] = {"boxes": [[0, 0, 2, 1], [0, 0, 1, 1]], "scores": [0.5, 0.5], "threshold": 0.5}
    assert worked("boxes", **two).answer["kept"].tolist() == [1, 1]
    assert worked("boxes", **two, drops="IoU >= threshold").answer["kept"].tolist() == [1, 0]
    assert worked("boxes", **two, keep=1).answer["kept"].tolist() == [1, 0]
    assert "boxes[2]: has no area" in refusal("boxes", boxes=[[0, 0, 1, 1], [2, 2, 1, 3]])
    assert "threshold: belongs to a problem with scores" in refusal(
        "boxes", boxes=[[0, 0, 1, 1], [2, 2, 3, 3]], threshold=0.5
    )


# Decoding


def test_the_printed_beam() -> None:
    """Start (.6, .4), transitions ((.7, .3), (.4, .6)), two steps, width 2: (1, 1) with .42."""
    given: dict[str, Any] = {"probabilities": [0.6, 0.4], "transitions": [[0.7, 0.3], [0.4, 0.6]]}
    trace = worked("decoding", kind="beam", **given)
    assert value(trace, "sequences" if "sequences" in trace.named() else "t2.sequences") == [[1, 1], [2, 2]]
    np.testing.assert_allclose(trace.answer["scores"], [0.42, 0.24])
    assert worked("decoding", **given).answer["sequences"].tolist() == [[1, 1]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("beam", [1, 2, 4])
@pytest.mark.parametrize("log", [False, True])
def test_search_is_what_a_loop_makes_of_it(seed: int, beam: int, log: bool) -> None:
    rng = np.random.default_rng(seed)
    start, A = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3)
    table = rng.dirichlet(np.ones(3), 3)
    words = ["a", "b", "c"]
    tree = {
        " ".join(p) or "start": rng.dirichlet(np.ones(3)).tolist()
        for n in range(3)
        for p in itertools.product(words, repeat=n)
    }

    def search(row: Any) -> Any:
        found = [((), 1.0)]
        for _ in range(3):
            found = [((*seq, i), score * row(seq)[i]) for seq, score in found for i in range(3)]
            found = sorted(found, key=lambda pair: -pair[1])[:beam]
        return found

    for given, row in (
        ({"probabilities": start, "transitions": A, "steps": 3}, lambda seq: A[seq[-1]] if seq else start),
        ({"probabilities": table}, lambda seq: table[len(seq)]),
        ({"probabilities": tree, "tokens": words}, lambda seq: tree[" ".join(words[i] for i in seq) or "start"]),
    ):
        more: dict[str, Any] = {"kind": "beam", "beam": beam} if beam > 1 else {}
        answer, expected = worked("decoding", log=log, **given, **more).answer, search(row)
        assert answer["sequences"].tolist() == [[i + 1 for i in seq] for seq, _ in expected]
        np.testing.assert_allclose(answer["scores"], [math.log(s) if log else s for _, s in expected], rtol=1e-10)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_sampling_is_left_with(seed: int) -> None:
    rng = np.random.default_rng(seed)
    P = np.round(rng.dirichlet(np.ones(5)), 2)
    order = np.argsort(-P, kind="stable")
    for k in (1, 3, 5):
        kept = worked("decoding", kind="top_k", probabilities=P, k=k).answer["kept"]
        assert sorted(np.flatnonzero(kept)) == sorted(order[:k])
    for p in (0.3, 0.75):
        count = next(i for i in range(1, 6) if sum(P[order[:i]]) >= p - 1e-12)
        answer = worked("decoding", kind="top_p", probabilities=P, p=p).answer
        assert sorted(np.flatnonzero(answer["kept"])) == sorted(order[:count])
        np.testing.assert_allclose(answer["q"].sum(), 1)
    hit = worked("decoding", kind="top_p", probabilities=[0.1, 0.2, 0.7], p=0.9).answer["kept"].tolist()
    assert hit == [0, 1, 1]  # 0.7 + 0.2 is 0.9, though its float is less


def test_perplexity() -> None:
    assert worked("decoding", kind="perplexity", probabilities=[0.25] * 3).answer["perplexity"] == pytest.approx(4)
    assert worked("decoding", kind="perplexity", probabilities=[0.5, 0.25]).answer["perplexity"] == pytest.approx(
        8**0.5
    )


def test_the_printed_precision_of_seven_thes() -> None:
    """Papineni et al. 2002, example 2: 2/7; with the second candidate of Ng, the bigram precision is 4/6."""
    references = ["the cat is on the mat", "there is a cat on the mat"]
    assert worked("decoding", candidate="the " * 7, references=references, n=1).answer["p_1"] == pytest.approx(2 / 7)
    answer = worked("decoding", candidate="the cat the cat on the mat", references=references, n=2).answer
    assert answer["p_2"] == pytest.approx(4 / 6) and answer["p_1"] == pytest.approx(5 / 7)
    assert answer["BLEU"] == pytest.approx((5 / 7 * 4 / 6) ** 0.5) and answer["BP"] == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_bleu_is_what_a_loop_makes_of_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    draw = lambda n: rng.choice(["a", "b", "c"], n).tolist()  # noqa: E731
    candidate, references = draw(6), [draw(8), draw(9)]
    logs = []
    for n in (1, 2):
        runs = lambda words, n=n: Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))  # noqa: E731
        own = runs(candidate)
        logs.append(sum(min(c, max(runs(r)[g] for r in references)) for g, c in own.items()) / sum(own.values()))
    answer = worked("decoding", candidate=" ".join(candidate), references=references, n=2).answer
    assert answer["BLEU"] == pytest.approx(math.exp(1 - 8 / 6) * math.sqrt(math.prod(logs)))


GUIDE = "It is a guide to action which ensures that the military always obeys the commands of the party"
GUIDES = [
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
]
BOOK = "he read the book because he was interested in world history"
BOOKS = "he was interested in world history because he read the book"


def cut(number: float) -> float:
    """As the printed answers have it: four places, the rest cut off."""
    return math.floor(number * 1e4) / 1e4


def test_the_printed_scores_of_nltk() -> None:
    """nltk/translate/bleu_score.py: corpus_bleu, and SmoothingFunction by methods 0, 1 and 2."""
    both: dict[str, Any] = {"candidates": [GUIDE, BOOK], "references": [GUIDES, BOOKS]}
    assert cut(worked("decoding", **both).answer["BLEU"]) == 0.5920
    assert cut(worked("decoding", **both, weights=[0.1, 0.3, 0.5, 0.1]).answer["BLEU"]) == 0.5818
    for weights, printed in (([0.5, 0.5], 0.8242), ([0.333, 0.333, 0.334], 0.7067), ([0.2] * 5, 0.4719)):
        assert cut(worked("decoding", **both, n=len(weights), weights=weights).answer["BLEU"]) == printed
    for smoothing, printed in ((None, 0.4118), ("epsilon", 0.4118), ("add_one", 0.4452)):
        more = {} if smoothing is None else {"smoothing": smoothing}
        assert cut(worked("decoding", candidate=GUIDE, references=GUIDES[:1], **more).answer["BLEU"]) == printed


def test_no_match_at_all_counts_epsilon() -> None:
    given: dict[str, Any] = {"candidate": "a b c d", "references": "a c b d", "n": 2}
    assert worked("decoding", **given).answer["BLEU"] == 0
    assert worked("decoding", **given, smoothing="epsilon").answer["p_2"] == pytest.approx(0.1 / 3)
    assert worked("decoding", **given, smoothing="epsilon", epsilon=0.5).answer["p_2"] == pytest.approx(0.5 / 3)
    assert worked("decoding", **given, smoothing="add_one").answer["p_2"] == pytest.approx(1 / 4)
    assert worked("decoding", **given, smoothing="add_one").answer["p_1"] == 1


def test_a_text_of_a_corpus_may_be_shorter_than_a_run() -> None:
    answer = worked("decoding", candidates=["a b c", "a"], references=["a b d", "a"], n=2).answer
    assert answer["p_1"] == pytest.approx(3 / 4) and answer["p_2"] == pytest.approx(1 / 2) and answer["BP"] == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"candidate": "a b", "references": "a b", "n": 2, "weights": [1]}, "weights: are 1, but n is 2"),
        ({"candidate": "a b", "references": "a b", "n": 2, "epsilon": 0.2}, "epsilon: belongs to smoothing epsilon"),
        ({"candidates": ["a b"], "references": ["a", "b"], "n": 1}, "references: are for 2 texts, but there are 1 candidates"),
        ({"candidates": ["a b", ""], "references": ["a", "b"], "n": 1}, "candidates[2]: has no words"),
        ({"candidates": ["a b"], "references": ["a b"]}, "candidates: have too few words; want at least 4"),
        ({"logits": [1, 2], "target": 3}, "target: want a class from 1 to 2, got 3"),
        ({"logits": [[1, 2], [0, 1]], "target": 1}, "target: is one number, but the logits are 2 x 2"),
        ({"logits": [[1, 2], [0, 1]], "target": [1, 2], "mask": [0, 0]}, "mask: has other numbers than 0 and 1, or no 1"),
    ],
)  # fmt: skip
def test_texts_and_scores_that_do_not_fit_are_refused(fields: dict[str, Any], told: str) -> None:
    line = refusal("decoding", **fields)
    assert told in line and "\n" not in line


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("alpha", [0, 0.75, 2])
def test_what_has_ended_goes_on_no_more_and_is_compared_by_its_length(seed: int, log: bool, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    table, end = rng.dirichlet(np.ones(3), 4), 2
    found: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    for row in table:
        grown = []
        for words, score in found:
            if end in words:
                grown.append((words, score))
            else:
                grown += [((*words, i), score * row[i - 1]) for i in (1, 2, 3)]
        found = sorted(grown, key=lambda one: -one[1])[:3]
    trace = worked("decoding", kind="beam", beam=3, probabilities=table, tokens=["a", "b", "c"], end="b", log=log,
                   length_penalty=alpha)  # fmt: skip
    rows = [tuple(int(i) for i in row) for row in trace.answer["sequences"]]
    assert [row[: row.index(end) + 1] if end in row else row for row in rows] == [words for words, _ in found]
    expected = np.array([score for _, score in found])
    np.testing.assert_allclose(trace.answer["scores"], np.log(expected) if log else expected, rtol=1e-12)
    ranked = np.log(expected) / np.array([len(words) for words, _ in found]) ** float(alpha)
    np.testing.assert_allclose(trace.answer["ranked"], ranked, rtol=1e-12)
    best = " ".join("abc"[i - 1] for i in found[int(ranked.argmax())][0])
    assert trace.notes[-1] == f"best for its length: {best}"


def test_the_length_penalty_prefers_the_longer_one() -> None:
    """ln .4/1 = −0.92 wins without it; ln .3/2^.7 = −0.74 of the longer one with it."""
    tree = {"start": [0.5, 0.1, 0.4], "a": [0.3, 0.1, 0.6], "b": [0.3, 0.3, 0.4]}
    given: dict[str, Any] = {"kind": "beam", "probabilities": tree, "tokens": ["a", "b", "."], "end": "."}
    assert worked("decoding", **given, length_penalty=0).notes[-1] == "best for its length: ."
    page = worked("decoding", **given, length_penalty=0.7)
    assert page.notes[-1] == "best for its length: a ." and not [note for note in page.notes if "no row" in note]
    np.testing.assert_allclose(page.answer["ranked"], [math.log(0.4), math.log(0.3) / 2**0.7])
    assert "end: 'z' is none of the tokens" in refusal("decoding", **{**given, "end": "z"})
    assert "length_penalty: belongs to kind beam" in refusal(
        "decoding", **{**given, "kind": "greedy"}, length_penalty=1
    )


@pytest.mark.parametrize("mask", [None, [1, 1, 0, 1]])
@pytest.mark.parametrize("first", [0, 1])
def test_perplexity_of_scores(mask: list[int] | None, first: int) -> None:
    z, target = np.random.default_rng(2).normal(size=(4, 5)), [1, 4, 2, 3]
    terms = [math.log(sum(math.exp(x) for x in row)) - row[t - first] for row, t in zip(z, target, strict=True)]
    H = np.average(terms, weights=mask)
    more = {} if mask is None else {"mask": mask}
    answer = worked("decoding", logits=z, target=target, first_class=first, **more).answer
    assert answer["H"] == pytest.approx(H) and answer["perplexity"] == pytest.approx(math.exp(H))


def test_what_does_not_fit_is_refused() -> None:
    tree = {"start": [0.5, 0.5], "x": [0.1, 0.9]}
    assert "'x' is none of the tokens" in refusal("decoding", probabilities=tree, tokens=["a", "b"])
    assert "tokens: are missing" in refusal("decoding", probabilities=tree)
    assert "has no first row" in refusal("decoding", probabilities={"a": [0.5, 0.5]}, tokens=["a", "b"])
    assert "probabilities: is one row" in refusal("decoding", probabilities=[0.5, 0.5])
    assert "probabilities[1,2]: want a number of at most 1, got 1.5" in refusal("decoding", probabilities=[[0.5, 1.5]])
    assert "probabilities.a[1]: want a number of at least 0" in refusal(
        "decoding", probabilities={"start": [0.4, 0.6], "a": [-1, 2]}, tokens=["a", "b"])  # fmt: skip
    assert "transitions[2,1]: want a number of at least 0" in refusal(
        "decoding", probabilities=[0.4, 0.6], transitions=[[1, 0], [-0.5, 0.5]])  # fmt: skip
    assert "k: is 3, but there are 2 tokens; want a number from 1 to 2" in refusal(
        "decoding", kind="top_k", k=3, probabilities=[0.5, 0.5])  # fmt: skip
    assert "beam: is 5, but there are 4 sequences" in refusal(
        "decoding", kind="beam", beam=5, probabilities=[[0.5, 0.5], [0.5, 0.5]])  # fmt: skip
    assert worked("decoding", kind="beam", beam=4, probabilities=[[0.5, 0.5], [0.5, 0.5]]).answer["scores"].size == 4
    assert "beam: belongs to kind beam" in refusal("decoding", probabilities=[[0.5, 0.5]], beam=2)
    assert "candidate: has too few words" in refusal("decoding", candidate="a", references="a b c d e")
    missing = worked("decoding", probabilities={"start": [0.4, 0.6], "a": [1, 0]}, tokens=["a", "b"])
    assert missing.answer["scores"].tolist() == [0] and "no row is given after the tokens 2" in " ".join(missing.notes)


def test_a_table_that_leaves_words_out_is_worked_and_said() -> None:
    """Many print the likeliest words only: nothing is refused."""
    said = "probabilities that do not add up to 1: "
    assert worked("decoding", probabilities=[[0.5, 0.4], [0.6, 0.4]]).notes[0] == said + "P[1] gives 0.9"
    assert worked("decoding", kind="top_k", k=1, probabilities=[0.5, 0.4]).notes[0] == said + "P gives 0.9"
    tree = {"start": [0.5, 0.5], "a": [0.5, 0.4], "b": [1, 0]}
    assert worked("decoding", probabilities=tree, tokens=["a", "b"]).notes[0] == said + "P after a gives 0.9"
    walk = worked("decoding", probabilities=[0.333, 0.667], transitions=[[0.5, 0.2], [0, 1]])
    assert walk.notes[0] == said + "transitions[1] gives 0.7"
    many = worked("decoding", probabilities=[[0.5, 0.1]] * 9).notes[0]
    assert many.count("gives 0.6") == 8 and many.endswith(", …")
    assert not worked("decoding", kind="perplexity", probabilities=[0.5, 0.4]).notes
