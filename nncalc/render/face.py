"""A working that shows itself: as a page, in a file, in a notebook. What `nncalc.solve` and the topics give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape
from os import fsdecode
from typing import Any, Self, overload

from nncalc.errors import Finding, InputError, Location, printable, so_many
from nncalc.marking.solved import AnyPath, AnyProblem, Solved
from nncalc.render import AUTO, DETAIL, DETAILS, DIGITS, FIGURE_ENDING, FILE_WIDTH
from nncalc.render.documents.latex import latex
from nncalc.render.layout import View
from nncalc.render.working import BYTES, DOCUMENTS, WORKING_FORMATS, format_for, rendered
from nncalc.trace.notation.tree import Index
from nncalc.trace.rounding import Settle, exact
from nncalc.trace.rules.reasons import reasons_of
from nncalc.trace.steps import Trace

# A notebook sets its own colours, light or dark; only what a page of columns needs is said here.
PAGE = '<pre style="white-space: pre; overflow-x: auto; line-height: 1.35" tabindex="0">{}</pre>'
Only = str | Iterable[str] | None


@dataclass(slots=True, eq=False, repr=False)
class Working(Solved):
    """A finished working.

    w["s"] is a step, and may stand wherever its array may; w.answer has what was asked, by name; str(w) is the page.
    """

    def page(
        self,
        only: Only = None,
        *,
        format: str = "table",
        digits: int = DIGITS,
        detail: str = DETAIL,
        width: int | None = None,
        why: bool = False,
    ) -> str:
        """The page as a text; `only`: names of steps, or of sections with a point behind ("s,L,t2.").

        format, digits, detail, width (None: lines of any length) and why are those of the command line. Raises
        InputError where a name means nothing, and for a format that is no text.
        """
        if format in BYTES:
            raise InputError(Finding(f"{format} is no text", Location("format"), want=f'save("page.{format}")'))
        return str(self._page(only, format=format, digits=digits, detail=detail, width=width, why=why))

    def show(self, only: Only = None, **how: Any) -> None:
        """Prints the page, or `only` these steps and sections of it; `how`: what `page` takes."""
        print(self.page(only, **how), end="")

    def save(self, path: AnyPath, only: Only = None, **how: Any) -> None:
        """Writes the page to a file, whose ending chooses the format as -o does; `how`: what `page` takes.

        With .svg it is a picture, and `how` what `figure` takes.

        Raises InputError where it cannot.
        """
        file = fsdecode(path)
        if file.lower().endswith(FIGURE_ENDING):
            self.write(file, self.figure(only=only, **how))
            return
        as_a_file: dict[str, Any] = {"format": format_for(file), "width": FILE_WIDTH}
        self.write(file, self._page(only, **as_a_file | how))

    def figure(self, kind: str = AUTO, *, only: Only = None, printed: bool = False) -> str:
        """One picture as SVG: graph, window, heat, curve, plane, or the kind that suits; `only` as `page` takes it.

        printed: in the colours of white paper. Raises InputError where the kind does not fit the working.
        """
        from nncalc.render.figure import figure_svg

        return figure_svg(self.cut(only), View(), kind, printed=printed)

    def _page(self, only: Only, why: bool = False, **how: Any) -> str | bytes:
        cut = self.cut(only, as_key=how.get("format") in DOCUMENTS)
        return _written(self._with_reasons(cut) if why else cut, **how)

    def _with_reasons(self, cut: Trace) -> Trace:
        reasons = reasons_of(self)
        return replace(cut, steps=[replace(step, why=reasons[step.name]) for step in cut.steps])

    @overload
    def explain(self, cell: str, /, *cells: str) -> str: ...

    @overload
    def explain(self, *cells: tuple[str, Index | None]) -> Self: ...

    def explain(self, *cells: Any) -> Any:
        """What cells are made from, all the way down, as --explain: explain("s:1"), explain("dL/dW1:1,2").

        Cells count from 1; a name alone means all of its cells. Raises InputError where there is none.
        A pair (name, index from 0) gives the cut working itself.
        """
        if all(isinstance(cell, str) for cell in cells) and cells:
            return str(_written(self._with_reasons(self.made_from(*cells))))
        return Solved.explain(self, *cells)

    def __str__(self) -> str:
        """The page, as in a pipe."""
        return self.page().removesuffix("\n")

    def __repr__(self) -> str:
        """One line: the topic, the title, and the names of the answers."""
        head = f"{self.topic} {self.title!r}" if self.title else self.topic
        return f"<Working {head}: {', '.join(self.answer) or so_many(len(self.steps), 'step')}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For notebooks: the page as HTML without script, its steps as LaTeX, and the text."""
        text = str(self)
        bundle = {"text/plain": text, "text/html": PAGE.format(escape(text)), "text/latex": latex(self)}
        return {kind: page for kind, page in bundle.items() if page}


def _written(
    trace: Trace, format: str = "table", digits: int = DIGITS, detail: str = DETAIL, width: int | None = None
) -> str | bytes:
    for word, said, choices in (("format", format, WORKING_FORMATS), ("detail", detail, DETAILS)):
        if said not in choices:
            what = f"want one of {', '.join(choices)}, got {printable(str(said))}"
            raise InputError(Finding(what, Location(word)))
    return rendered([trace], View(digits=digits, detail=detail, width=width), format)


def solve(problem: AnyProblem, settle: Settle = exact) -> Working:
    """Works a problem, or the one that a path or a mapping means.

    settle: the way to run, `exact` or `on_paper(2)`; with another than `exact` each step carries its exact value beside
    it. Raises InputError where there is no such problem, the topic refuses the values or a step comes out infinite.
    """
    return Working.of(problem, settle)
