"""Marking from Python: a problem and what somebody answered, in one call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from nncalc.marking import sheet
from nncalc.marking.asked import ask
from nncalc.marking.diagnosis import diagnose
from nncalc.marking.marks import Marks, mark
from nncalc.problem.problem import Problem


def check(problem: Problem, answers: str | Mapping[str, Any]) -> Marks:
    """Marks a sheet, given by its path, or as step names with numbers, arrays, nested lists or texts ("0.30").

    Of a text the digits count as they are written, of a number all that it has. Raises InputError where the problem or
    the sheet cannot be used.
    """
    asked = ask(problem)
    if isinstance(answers, str):
        read = sheet.from_file(answers, asked)
    else:
        read = sheet.from_texts({name: _text(value) for name, value in answers.items()}, asked)
    marks = mark(asked, read)
    diagnose(marks)
    return marks


def _text(value: Any) -> str:
    """A value as a sheet writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_text, value))}]"
    return json.dumps(np.asarray(value).tolist()) if value is not None else "~"
