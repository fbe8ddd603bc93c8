"""Marked sheets as JUnit's XML, which any CI shows: a suite a sheet, a case a line."""

from __future__ import annotations

from typing import TextIO
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from nncalc.errors import printable
from nncalc.marking.homework import Homework, Marked
from nncalc.marking.marks import MarkedLine, Marks
from nncalc.marking.verdicts import Verdict
from nncalc.render.layout import View
from nncalc.render.marks.report import explanations, words
from nncalc.trace.notation.style import TEXT


def render(homework: Homework, view: View, out: TextIO) -> None:
    """Writes one document; a line that is not right or rounded is a failure, a sheet that cannot be graded an error."""
    root = Element("testsuites", name="nncalc check")
    for result in homework.results:
        _suite(result, view, root)
    for finding in homework.stray:
        suite = SubElement(
            root, "testsuite", name=printable(str(finding.mark or ""), 300), tests="1", failures="0", errors="1"
        )
        _error(suite, str(finding))
    indent(root)
    out.write('<?xml version="1.0" encoding="utf-8"?>\n')
    ElementTree(root).write(out, encoding="unicode")
    out.write("\n")


def _suite(result: Marked, view: View, root: Element) -> None:
    lines = result.marks.lines if result.marks is not None else []
    bad = [mark for mark in lines if mark.verdict > Verdict.rounded]
    errors = len(result.findings)
    suite = SubElement(root, "testsuite", name=printable(f"{result.pair.student}: {result.pair.problem}", 300),
                       tests=str(len(lines) + errors), failures=str(len(bad)), errors=str(errors))  # fmt: skip
    classname = f"{printable(result.pair.student, 300)}.{printable(result.pair.problem, 300)}"
    for mark in lines:
        case = SubElement(suite, "testcase", classname=classname, name=printable(TEXT.symbol(mark.name, ""), 300))
        if mark in bad and result.marks is not None:
            _failure(case, mark, result.marks, view)
    for finding in result.findings:
        _error(suite, str(finding), classname)
    if result.remarks:
        SubElement(suite, "system-out").text = printable("; ".join(result.remarks), 2000)


def _failure(case: Element, mark: MarkedLine, marks: Marks, view: View) -> None:
    failure = SubElement(case, "failure", message=words(mark, mark.verdict, marks), type=mark.verdict.name)
    failure.text = "\n".join(
        printable(text, 2000) for working, said in explanations(marks, view, only=mark) for text in (working, *said)
    )


def _error(suite: Element, text: str, classname: str = "sheet") -> None:
    case = SubElement(suite, "testcase", classname=classname, name="reading")
    SubElement(case, "error", message=printable(text, 2000))
