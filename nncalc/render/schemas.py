"""JSON Schema of what is written as JSON: workings, marks, and what a batch tells.

A schema has the number of its format. A further field does not change that number; a field that goes, or comes to mean
something else, does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nncalc.marking.verdicts import Verdict
from nncalc.render.marks.json import MARKS_VERSION
from nncalc.render.summary import SUMMARY_VERSION
from nncalc.render.working.json import WORKING_VERSION
from nncalc.trace.notation.style import STYLES

_Schema = dict[str, Any]
# What the rows of --by and --compare are called.
MARKS_ROWS = ("by_student", "by_line", "by_problem", "changes")
TEXT_SAID: _Schema = {"type": "string"}
WHETHER: _Schema = {"type": "boolean"}
COUNT: _Schema = {"type": "integer", "minimum": 0}
AMOUNT: _Schema = {"type": "number"}
NUMBER_SAID: _Schema = {
    "description": "a number at full precision",
    "anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}],
}


def output_schema(kind: str) -> _Schema:
    """The schema (draft 2020-12) of what `kind`, one of OUTPUTS, writes as JSON."""
    version, body = _BODIES[kind]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:nncalc:{kind}:{version}"}
    return head | {"title": f"nncalc {kind}, format {version}"} | body()


def _record(fields: Mapping[str, _Schema], optional: Mapping[str, _Schema] | None = None) -> _Schema:
    """An object with these fields and no others, of which the optional may be left out."""
    properties = {**fields, **(optional or {})}
    return {"type": "object", "properties": properties, "required": [*fields], "additionalProperties": False}


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _by_name(values: _Schema) -> _Schema:
    return {"type": "object", "additionalProperties": values}


def _or_null(one: _Schema) -> _Schema:
    return {"anyOf": [one, {"type": "null"}]}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


CELL_SAID: _Schema = {"description": "its place, counted from 1"} | _list({"type": "integer", "minimum": 1})


def _working() -> _Schema:
    element = {"index": CELL_SAID, "formula": TEXT_SAID, "substituted": TEXT_SAID, "value": NUMBER_SAID}
    step = {
        "name": TEXT_SAID,
        "section": TEXT_SAID,
        "heading": TEXT_SAID,
        "formula": _record(dict.fromkeys(STYLES, TEXT_SAID)),
        "shape": _list(COUNT),
        "value": _ref("array"),
        "elements": _list(_record(element)),
    }
    problem = {
        "format": {"const": WORKING_VERSION},
        "topic": TEXT_SAID,
        "title": TEXT_SAID,
        "given": _by_name(_ref("array")),
        "symbols": _by_name(TEXT_SAID),
        "conventions": _list(TEXT_SAID),
        "steps": _list(_record(step, {"why": TEXT_SAID, "exact": _ref("array")})),
        "answer": _by_name(_ref("told")),
        "notes": _list(TEXT_SAID),
    }
    told = {"anyOf": [NUMBER_SAID, TEXT_SAID, WHETHER, _list(_ref("told"))]}
    array = {"anyOf": [NUMBER_SAID, _list(_ref("array"))]}
    return {
        "description": "what solve --format json writes: a problem, or a list of several; with jsonl one a line",
        "anyOf": [_ref("problem"), _list(_ref("problem"))],
        "$defs": {"problem": _record(problem), "array": array, "told": told},
    }


def _line() -> _Schema:
    verdict = {"enum": [verdict.name for verdict in Verdict]}
    cell = {
        "index": CELL_SAID, "verdict": verdict, "yours": _or_null(TEXT_SAID), "follows": NUMBER_SAID,
        "exact": NUMBER_SAID,
    }  # fmt: skip
    likely = {"cells": _list(CELL_SAID), "mistakes": _list(TEXT_SAID), "text": TEXT_SAID}
    return _record({
        "name": TEXT_SAID, "verdict": verdict, "points": _or_null(AMOUNT), "earned": AMOUNT, "trivial": WHETHER,
        "unpaid": WHETHER, "error": TEXT_SAID, "cells": _list(_record(cell)), "likely": _list(_record(likely)),
    })  # fmt: skip


def _marks() -> _Schema:
    adjusted = {"line": _or_null(TEXT_SAID), "points": AMOUNT, "reason": TEXT_SAID, "before": AMOUNT}
    sheet = {
        "student": TEXT_SAID, "name": TEXT_SAID, "problem": TEXT_SAID, "file": _or_null(TEXT_SAID), "passed": WHETHER,
        "errors": _list(TEXT_SAID), "reason": TEXT_SAID, "remarks": _list(TEXT_SAID),
        "adjusted": _list(_record(adjusted)), "earned": AMOUNT, "total": AMOUNT, "first_error": _or_null(TEXT_SAID),
        "lines": _list(_line()),
    }  # fmt: skip
    sheets = _record({
        "format": {"const": MARKS_VERSION},
        "sheets": _list(_record(sheet, {"notes": _list(TEXT_SAID)})),
        "errors": _list(TEXT_SAID),
    })  # fmt: skip
    row = _by_name({"type": ["string", "number", "null"]})
    counts = [_record({"format": {"const": MARKS_VERSION}, rows: _list(row)}) for rows in MARKS_ROWS]
    return {
        "description": "what check --format json writes: sheets; with --by or --compare rows",
        "anyOf": [sheets, *counts],
    }


def _batch() -> _Schema:
    file = {
        "path": TEXT_SAID, "topic": TEXT_SAID, "solved": WHETHER, "verdict": TEXT_SAID, "wrong": _list(TEXT_SAID),
    }  # fmt: skip
    page = {"format": {"const": SUMMARY_VERSION}, "files": _list(_record(file))}
    counts = {"solved": COUNT, "failed": COUNT, "left": COUNT}
    return {"description": "what batch --summary json writes", **_record(page | counts, {"why": TEXT_SAID})}


_BODIES: dict[str, tuple[int, Callable[[], _Schema]]] = {
    "working": (WORKING_VERSION, _working),
    "marks": (MARKS_VERSION, _marks),
    "batch": (SUMMARY_VERSION, _batch),
}
