"""Where the probabilities of the next token come from: a row a step, transitions, or a tree of the words before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nncalc.errors import Refused, dimensions, printable, some_of
from nncalc.topics.parts.chances import note_sums
from nncalc.trace.rules.choosing import row_after
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

# What stands before the first token.
START = "start"


@dataclass(frozen=True)
class Source:
    """Where the probabilities of the next token come from: of each step (step, token), or of what stands before.

    table: by step, or with `after` the one of the first step. after: (token, token). rows: the tree, by depth: the
    words before, (prefix, depth), and their rows, (prefix, token).
    """

    work: Work
    vocabulary: int
    steps: int
    table: Any = None
    after: Any = None
    rows: tuple[tuple[Any, Any], ...] = ()

    @staticmethod
    def of(work: Work, given: Any, transitions: Any, steps: int | None, tokens: list[str] | None) -> Source:
        """Gives the working its probabilities; Refused where they fit neither each other nor the words."""
        if isinstance(given, Mapping):
            if transitions is not None:
                raise Refused("transitions", "stand in place of words before", "one of the two")
            return _tree(work, given, tokens)
        P = work.given("probabilities", np.asarray(given), "P")
        note_sums(work, "P", P)
        if transitions is None:
            if P.ndim == 1:
                raise Refused("probabilities", "is one row", "a row for each step, or transitions")
            return Source(work, as_many(P.shape[1], tokens), P.shape[0], P)
        if P.ndim > 1 or transitions.shape != P.shape * 2:
            what = f"is {dimensions(P.shape)}, with transitions of {dimensions(transitions.shape)}"
            raise Refused("probabilities", what, "one row, of the first token")
        note_sums(work, "transitions", transitions)
        return Source(work, as_many(P.shape[0], tokens), 2 if steps is None else steps, P, transitions)

    def next(self, t: int, words: Any, end: int | None = None) -> Any:
        """P of the next token after each hypothesis, (hypothesis, token), at step t from 1.

        words: their tokens so far, (hypothesis, t − 1); end: the token behind which nothing need be given.
        """
        if self.rows:
            return self._from_tree(t, words, end)
        if self.after is not None:
            return self.table[None] if t == 1 else self.work.let("next", row_after(self.after, words))
        return self.table[t - 1 : t]

    def _from_tree(self, t: int, words: Any, end: int | None) -> Any:
        before, rows = self.rows[t - 1]
        if t == 1:
            return rows
        at = self.work.let("at", 1 * ((words[:, None] == before[None]).sum(axis=-1) == float(t - 1)))
        for i in np.flatnonzero(numbers(at).sum(axis=1) == 0).tolist():
            if numbers(words)[i][-1] == end:
                continue
            place = " ".join(f"{n:g}" for n in numbers(words)[i])
            self.work.note(f"no row is given after the tokens {place}: they go on with probability 0")
        return self.work.let("next", at @ rows)


def as_many(count: int, tokens: list[str] | None) -> int:
    """How many tokens there are. Raises Refused where as many words are not given."""
    if tokens is not None and len(tokens) != count:
        raise Refused("tokens", f"are {len(tokens)}, but there are {count} probabilities")
    return count


def _tree(work: Work, given: Mapping[str, Any], tokens: list[str] | None) -> Source:
    """The rows by depth. Raises Refused for unknown words, rows of other lengths, and a missing first row."""
    if tokens is None:
        raise Refused("tokens", "are missing", "the words, in the order of the columns")
    depths: dict[int, list[tuple[list[int], Any]]] = {}
    for prefix, row in given.items():
        words, path = [] if prefix == START else prefix.split(), ("probabilities", prefix)
        strange = [word for word in words if word not in tokens]
        if strange:
            raise Refused(
                path, f"'{printable(strange[0])}' is none of the tokens", f"words of {some_of(tokens, strange[0], '')}"
            )
        if np.shape(row) != (len(tokens),):
            raise Refused(path, f"is {dimensions(np.shape(row))}, but there are {len(tokens)} tokens")
        note_sums(work, f"P after {printable(prefix)}", row)
        depths.setdefault(len(words), []).append(([tokens.index(word) + 1 for word in words], row))
    if sorted(depths) != list(range(len(depths))) or len(depths.get(0, ())) != 1:
        raise Refused(
            "probabilities", "has no first row, or none of a length between", f"{START}: a row for the first token"
        )
    rows: list[tuple[Any, Any]] = []
    for depth, at in sorted(depths.items()):
        before: Any = work.given(f"before_{depth}", np.array([words for words, _ in at], float)) if depth else None
        rows.append((before, work.given(f"P_{depth}", np.array([row for _, row in at]))))
    return Source(work, len(tokens), len(depths), rows=tuple(rows))
