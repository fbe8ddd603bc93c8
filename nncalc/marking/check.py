"""Marking from Python: a problem and what somebody answered, in one call."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from nncalc.errors import Location, wrong_type
from nncalc.limits import Limits
from nncalc.marking import sheet
from nncalc.marking.asked import ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.problem.problem import AnyPath, AnyProblem, as_problem
from nncalc.reading.nodes import Node
from nncalc.reading.plain import node_of
from nncalc.reading.reader import read_text


def check(problem: AnyProblem, answers: AnyPath | Mapping[str, Any]) -> Marks:
    """Marks a sheet, given by its path, or as step names with numbers, arrays, nested lists or texts ("0.30").

    problem: a Problem, or a path or a mapping that means one. Of a text the digits count as they are written, of a
    number all that it has. Raises InputError where the problem or the sheet cannot be used.
    """
    asked = ask(as_problem(problem))
    if isinstance(answers, (str, bytes, os.PathLike)):
        read = sheet.from_file(os.fsdecode(answers), asked)
    elif isinstance(answers, Mapping):
        entries = {name: _line(name, value, asked.problem.limits) for name, value in answers.items()}
        read = sheet.read(entries, {name: Location(name) for name in entries}, asked, "your answers")
    else:
        raise wrong_type("answers", answers, "a sheet's path or a mapping (step: value)")
    marks = mark(asked, read)
    diagnose(marks)
    return marks


def _line(name: str, value: Any, limits: Limits) -> Node:
    """What a sheet has for a step; a text is read as it would stand there: "[0.30, ~]"."""
    if not isinstance(name, str):
        raise wrong_type("answers", name, "step names as texts")
    return read_text(value, name, limits) if isinstance(value, str) else node_of(value, Location(name), limits)
