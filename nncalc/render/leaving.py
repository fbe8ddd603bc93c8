"""What a page leaves out since it says nothing: products with a 0 that is there by intention, cells that a mask hides,
and gradients by what was given to a network that learns. Every step keeps it; so does a page with --detail full.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from nncalc.render.layout import View
from nncalc.render.working.window import windows
from nncalc.trace.name import StepName
from nncalc.trace.notation.style import TEXT
from nncalc.trace.notation.tree import ZERO, Expr, Index, Op, Ref, add, fold
from nncalc.trace.steps import Step, Trace, elements_in

# A row of 0 and one 1 that is multiplied by numbers is looked up, not counted, from so many places on.
LOOKED_UP = 3
# What is said where something is left out: the first time in a sentence, then in a word.
HIDDEN = "masked cells are not worked", "(masked)"
HIDES = "-inf: masked", "-inf: masked"
WEIGHTS_HIDDEN = "masked weights are 0: their products are left out", "(masked)"
ONE_HOT = "one-hot: the other products are 0", "(one-hot)"


@dataclass
class LeftOut:
    """What one page leaves out."""

    trace: Trace
    view: View
    # Why products are left out of each step: what is one-hot ("" for a mask), and which rows of it.
    _products: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    _sentences: set[str] = field(default_factory=set)

    @cached_property
    def nothing(self) -> bool:
        """Whether everything is shown."""
        return self.view.detail == "full" or self.trace.explained

    @cached_property
    def gradients(self) -> list[str]:
        """The gradients by what was given to what learns, where nobody asked for them."""
        if self.nothing:
            return []
        named = [(step.name, StepName.parse(step.name)) for step in self.trace.steps]
        by_given = {name: part for name, part in named if part.is_gradient and self._is_given(part)}
        learned = {part.of for part in by_given.values() if part.by not in self.trace.inputs}
        return [
            name
            for name, part in by_given.items()
            if part.by in self.trace.inputs and part.of in learned and not {name, f"d{part.by}"} & self.trace.asked
        ]

    def gradients_said(self) -> str:
        """Which gradients are left out, and how one sees them."""
        named = ", ".join(TEXT.symbol(self.trace[name].symbol) for name in self.gradients)
        how = f"--only {','.join(self.gradients)} shows {'them' if len(self.gradients) > 1 else 'it'}"
        return f"left out, by what is given: {named}; {how}" if named else ""

    def _is_given(self, name: StepName) -> bool:
        given = self.trace.given
        return name.by in self._symbols or name.beside(name.by) in self._symbols or name.beside(name.by) in given

    @cached_property
    def _symbols(self) -> set[str]:
        return {value.called for value in self.trace.given.values()}

    @cached_property
    def hidden(self) -> dict[str, np.ndarray[Any, Any]]:
        """Of each step that a mask reaches, which cells it hides."""
        masks = [s for s in self.trace.steps if s.value.rule is not None and s.value.rule.infinite]
        found: dict[str, np.ndarray[Any, Any]] = {}
        if self.nothing or not masks:
            return found
        for step in masks:
            cells = np.isneginf(step.array)
            if step.value.args and cells.any() and not cells.all():
                found[step.name] = cells
        for step in reversed(self.trace.steps):
            self._hide_what_feeds(step, found)
        for step in self.trace.steps:
            if step.name not in found and (cells := self._reached(step, found)) is not None:
                found[step.name] = cells
        return found

    def _hide_what_feeds(self, step: Step, found: dict[str, np.ndarray[Any, Any]]) -> None:
        """Cells that are worked only to be hidden are hidden before."""
        if step.name not in found:
            return
        cells, named = found[step.name], self.trace.named()
        index = tuple(int(i) for i in np.argwhere(~cells)[0])
        for name, place in elements_in(step.element(index)):
            source = named.get(name)
            if source is None or place != index or source.array.shape != cells.shape or name in found:
                continue
            if name not in self.trace.answered.values() and name not in self.trace.asked:
                found[name] = cells

    def _reached(self, step: Step, found: dict[str, np.ndarray[Any, Any]]) -> np.ndarray[Any, Any] | None:
        """The hidden cells of a step that is 0 wherever one before it, of its shape, is hidden."""
        for cells in {id(c): c for c in found.values()}.values():
            if cells.shape != step.array.shape or np.any(step.array[cells]):
                continue
            index = tuple(int(i) for i in np.argwhere(cells)[0])
            if any(place == index and name in found for name, place in elements_in(step.element(index))):
                return cells
        return None

    def cells(self, step: Step) -> list[Index]:
        """The cells of a step that are worked on the page."""
        hidden = self.hidden.get(step.name)
        return [i for i in step.indices() if hidden is None or not hidden[i]]

    def reduced(self, step: Step, index: Index) -> Expr:
        """The formula of a cell without the products that say nothing; why they do not is kept for `said`."""
        x = step.element(index)
        if self.nothing or not (self.hidden or self.one_hot) or windows(x):
            return x
        reasons: dict[str, set[int]] = self._products.setdefault(step.name, defaultdict(set))

        def worked(part: Expr, args: list[Expr]) -> Expr:
            if not isinstance(part, Op):
                return part
            if part.kind == "add":
                kept = [a for a in args if not self._says_nothing(a, reasons)]
                if len(kept) < len(args) and (kept or part is x):
                    return add(*kept) if kept else ZERO
            return Op(part.kind, tuple(args), part.label)

        return fold(x, worked)

    def _says_nothing(self, term: Expr, reasons: dict[str, set[int]]) -> bool:
        factors = term.args if isinstance(term, Op) and term.kind == "negative" else (term,)
        factors = factors[0].args if isinstance(factors[0], Op) and factors[0].kind == "times" else factors
        for factor in factors:
            if not isinstance(factor, Ref) or factor.index is None or factor.number != 0:
                continue
            hidden = self.hidden.get(getattr(factor.value, "name", "") or "")
            if hidden is not None and hidden[factor.index]:
                reasons[""].add(0)
                return True
            looked_up = all(isinstance(f, Ref) for f in factors)
            chosen = any(isinstance(f, Op) and f.kind == "call" for f in factors)  # of the logarithms one
            if len(factors) > 1 and (looked_up or chosen) and self._picked(factor, looked_up):
                reasons[factor.value.symbol].add(factor.index[0] + 1 if len(factor.index) > 1 else 0)
                return True
        return False

    @cached_property
    def one_hot(self) -> dict[str, int]:
        """What was given as rows of 0 and one 1, which picks what it is multiplied by; how many places they have."""
        given = {v.called: np.atleast_2d(v.array) for v in self.trace.given.values() if v.ndim in (1, 2)}
        return {symbol: rows.shape[1] for symbol, rows in given.items() if rows.shape[1] > 1 and _picks(rows)}

    def _picked(self, ref: Ref, looked_up: bool) -> bool:
        """Whether an element is of a row that picks: an input's of several places, or what picks a function's value."""
        called = getattr(ref.value, "called", "")
        places = self.one_hot.get(called, 0) if getattr(ref.value, "is_given", False) else 0
        return places >= LOOKED_UP and called in self.trace.inputs if looked_up else places > 0

    def leaves(self, step: Step) -> bool:
        """Whether something is left out of a step."""
        return step.name in self.hidden or bool(self._products.get(step.name))

    def said(self, step: Step) -> str:
        """What a step's line says of what it leaves out, empty where that is nothing."""
        hidden = self.hidden.get(step.name)
        if hidden is not None:
            return self._once(*(HIDES if np.isneginf(step.array).any() else HIDDEN))
        said = []
        for symbol, rows in self._products.get(step.name, {}).items():
            name = TEXT.symbol(symbol, str(next(iter(rows))) if rows != {0} else "")
            of_whom = f"{name} is " if len(rows) == 1 else f"the rows of {TEXT.symbol(symbol)} are "
            sentence, word = ONE_HOT if symbol else WEIGHTS_HIDDEN
            said.append(self._once(sentence, word, of_whom if symbol else "", symbol))
        return "; ".join(said)

    def _once(self, sentence: str, word: str, of_whom: str = "", symbol: str = "") -> str:
        """The sentence the first time that it is said, and then the word; of another value with its name."""
        known, of_it = sentence in self._sentences, sentence + symbol in self._sentences
        self._sentences |= {sentence, sentence + symbol}
        if not known:
            return of_whom + sentence
        return word if of_it or not of_whom else f"({of_whom.removesuffix(' is ').removesuffix(' are ')} {word[1:]}"


def _picks(rows: np.ndarray[Any, Any]) -> bool:
    return bool(((rows == 0) | (rows == 1)).all() and (rows.sum(axis=1) == 1).all())
