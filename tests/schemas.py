"""Whether what is written as JSON is as its schema says."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from nncalc.render.schemas import output_schema


@cache
def validator(kind: str) -> Any:
    """The validator of a kind of output."""
    return jsonschema.Draft202012Validator(output_schema(kind))


def faults_of_output(kind: str, text: str) -> list[str]:
    """What does not fit; behind the document there may be what a page says of stderr and the exit code."""
    page, _ = json.JSONDecoder().raw_decode(text)
    return [error.message[:300] for error in validator(kind).iter_errors(page)]
