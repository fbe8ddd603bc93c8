"""A class marked by several workers: what goes out to them, a student at a time, and what comes back."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import Any, NamedTuple

from nncalc.batch.crews import Crew
from nncalc.batch.spread import spread_over
from nncalc.cli.crew import chunk_of, died
from nncalc.cli.feedback import Feedback, marks_page
from nncalc.errors import Failure, Finding, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.adjust import Adjustments
from nncalc.marking.assignment import Assignment
from nncalc.marking.homework import Homework, Marked, Marker
from nncalc.marking.pairing import Submission
from nncalc.marking.responses import Response
from nncalc.render.layout import View


class OneStudent(NamedTuple):
    """The sheets of a student, with all that is known of this one alone; `target`: where the page will stand."""

    pairs: list[Submission]
    rows: dict[str, Response]
    adjusted: Adjustments
    target: str = ""


class Back(NamedTuple):
    """What became of them, without the workings; the page, or what kept it from being made."""

    results: bytes
    page: str | list[Finding] = ""


@dataclass(frozen=True)
class MarkingWork:
    """The work on one student, whoever does it. `page`: the format and the view of the pages, where there are any."""

    rules: Permissions
    page: tuple[str, View] | None

    def __call__(self, one: OneStudent) -> Back:
        """The marks, and the page."""
        marker = _marker(self.rules, self.page is not None)
        marker.rows, marker.adjusted = one.rows, one.adjusted
        results = list(marker.marked(one.pairs))
        if self.page is None:
            return Back(packed(results))
        format, view = self.page
        page = attempted(partial(marks_page, Homework(results), view, format), Location(one.target))
        for result in results:
            if result.marks is not None:
                result.marks.forget_workings()
        return Back(packed(results), page.findings if isinstance(page, Failure) else page)


@lru_cache(1)
def _marker(rules: Permissions, workings: bool) -> Marker:
    """A worker's own: each problem is worked once there, too."""
    return Marker(rules, workings=workings)


def marked_by(
    crew: Crew, pairs: Sequence[Submission], marker: Marker, feedback: Feedback | None, done: Homework
) -> Iterator[Marked]:
    """What became of each sheet, in order; the pages of the students are written."""
    targets = feedback.targets if feedback is not None else {}
    students = (_student(list(group), marker, targets) for _, group in groupby(pairs, lambda pair: pair.student))
    work = MarkingWork(marker.rules, (feedback.format, feedback.view) if feedback is not None else None)
    for back in spread_over(work, students, crew, _lost, chunk_of(len(pairs), crew)):
        results = unpacked(back.results, marker.asked)
        if feedback is not None:
            feedback.write(results[0].pair.student, back.page, done)
        yield from results


def _student(pairs: list[Submission], marker: Marker, targets: dict[str, str]) -> OneStudent:
    sheets = [sheet for pair in pairs for sheet in (pair.sheet, *pair.earlier) if sheet in marker.rows]
    adjusted = {(p.student, p.problem): marker.adjusted.of(p.student, p.problem) for p in pairs}
    rows = {sheet: marker.rows[sheet] for sheet in sheets if sheet is not None}
    return OneStudent(pairs, rows, Adjustments(adjusted), targets.get(pairs[0].student, ""))


def _lost(one: OneStudent) -> Back:
    return Back(packed([Marked(pair, None, findings=[died(pair.sheet or pair.file)]) for pair in one.pairs]))


class _Packer(pickle.Pickler):
    """Leaves out the worked problems: whoever unpacks has them, too."""

    def persistent_id(self, thing: Any) -> str | None:
        return thing.problem.file if isinstance(thing, Assignment) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, data: bytes, asked: Callable[[str], Assignment | list[Finding]]):
        super().__init__(io.BytesIO(data))
        self.asked = asked

    def persistent_load(self, path: str) -> Assignment | list[Finding]:
        return self.asked(path)


def packed(results: list[Marked]) -> bytes:
    """Marks without their workings, as they travel."""
    out = io.BytesIO()
    _Packer(out).dump(results)
    return out.getvalue()


def unpacked(data: bytes, asked: Callable[[str], Assignment | list[Finding]]) -> list[Marked]:
    """The marks again; `asked` gives the worked problem of a path."""
    results: list[Marked] = _Unpacker(data, asked).load()
    return results
