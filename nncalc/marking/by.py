"""A marked class counted: by student, by line or by problem."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from nncalc.marking.homework import Homework, Marked, sums
from nncalc.marking.marks import MarkedLine
from nncalc.marking.verdicts import Verdict

# A row of a count: texts, numbers, and nothing where there is none.
Datum = str | int | Fraction | None
Record = dict[str, Datum]
# Where the marks of a class are cut into quarters.
QUARTERS = {"lowest": 0, "quarter": 1, "median": 2, "three quarters": 3, "highest": 4}


def by_student(homework: Homework) -> list[Record]:
    """A row a student: the points, what failed, and where the first slip is."""
    rows: list[Record] = []
    for student, results in homework.students.items():
        marked = [
            (r, mark) for r in results.values() if r.marks is not None and not r.pair.reason for mark in r.marks.lines
        ]
        firsts = [f"{r.pair.problem}: {r.marks.first.name}" for r in results.values() if r.marks and r.marks.first]
        earned, total = sums(results.values())
        rows.append({
            "student": student,
            "name": next(iter(results.values())).pair.name,
            "earned": earned,
            "of": total,
            "percent": _percent(earned, total),
            "sheets": sum(r.pair.sheet is not None for r in results.values()),
            "lines failed": sum(_failed(mark) for _, mark in marked),
            "first slip": next(iter(firsts), ""),
            "reason": "; ".join(dict.fromkeys(reason for r in results.values() for reason in r.reasons)),
        })  # fmt: skip
    return rows


def by_line(homework: Homework) -> list[Record]:
    """A row a line of each problem: how many failed it, and what mistake that looks like most often."""
    lines: dict[tuple[str, str], list[tuple[Marked, MarkedLine]]] = {}
    for result in _read(homework.results):
        for name in result.asked.exact if result.asked is not None else ():  # the order of the page
            lines.setdefault((result.pair.problem, name), [])
        for mark in result.marks.lines if result.marks is not None else ():
            lines[result.pair.problem, mark.name].append((result, mark))
    return [_line(problem, name, marked) for (problem, name), marked in lines.items() if marked]


def _line(problem: str, name: str, marked: list[tuple[Marked, MarkedLine]]) -> Record:
    verdicts = Counter(mark.verdict for _, mark in marked)
    made: dict[tuple[str, ...], list[str]] = {}
    for _, mark in marked:
        for names, text in {one.names: one.text for one in mark.likely}.items():
            made.setdefault(names, []).append(text)
    common = max(made, key=lambda names: (len(made[names]), names), default=())
    texts = made.get(common, [])
    counts: Record = {verdict.name: verdicts[verdict] for verdict in Verdict}
    earned = sum((result.earned_by(mark) for result, mark in marked), Fraction(0))
    total = sum((mark.points or Fraction(0) for _, mark in marked), Fraction(0))
    return {
        "problem": problem,
        "line": name,
        "sheets": len(marked),
        "failed": sum(_failed(mark) for _, mark in marked),
        **counts,
        "percent": _percent(earned, total),
        "commonest mistake": next(iter(texts)) if len(set(texts)) == 1 else " or ".join(common),
        "made by": len(texts),
    }


def by_problem(homework: Homework) -> list[Record]:
    """A row a problem: how many handed in, and how the points of those are distributed."""
    rows: list[Record] = []
    for problem in homework.problems:
        results = [result for result in homework.results if result.pair.problem == problem]
        read = _read(results)
        earned = sorted(result.earned for result in read)
        rows.append({
            "problem": problem,
            "students": len(results),
            "marked": len(read),
            "all right": sum(result.passed for result in read),
            "of": max((result.total for result in results), default=Fraction(0)),
            "mean": sum(earned, Fraction(0)) / len(earned) if earned else None,
            **{name: _quantile(earned, Fraction(quarter, 4)) for name, quarter in QUARTERS.items()},
        })  # fmt: skip
    return rows


def _read(results: Iterable[Marked]) -> list[Marked]:
    """Those of whom there is a sheet that could be marked."""
    return [result for result in results if result.marks is not None and not result.pair.reason]


def _failed(mark: MarkedLine) -> bool:
    return mark.verdict in (Verdict.wrong, Verdict.missing, Verdict.places)


def _percent(earned: Fraction, total: Fraction) -> Datum:
    return round(100 * earned / total, 1) if total else None


def _quantile(ordered: list[Fraction], part: Fraction) -> Datum:
    """Between the two values beside it, as spreadsheets have it."""
    if not ordered:
        return None
    place = part * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) * (place - low)


COUNTS: dict[str, Callable[[Homework], list[Record]]] = {
    "student": by_student,
    "line": by_line,
    "problem": by_problem,
}
