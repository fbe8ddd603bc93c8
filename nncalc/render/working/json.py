"""JSON for scripts: every step with formula, shape, value and elements, at full precision (format 1).

`given` has what was given by the names of its fields, `symbols` what the page calls each of them (image is X).
`section` is what stands before the point in a step's name (t1), `heading` what the page writes above it.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

from nncalc.render.layout import View
from nncalc.render.long import is_long
from nncalc.trace.notation.numbers import plain as plain
from nncalc.trace.notation.style import STYLES, TEXT, substituted, symbols, write
from nncalc.trace.notation.tree import Index
from nncalc.trace.steps import Step, Trace

WORKING_VERSION = 1
ELEMENTS = 1000
# Full precision for values; with numbers put in it shows what tells two floats apart.
ELEMENT_DIGITS = 15


def render(trace: Trace, view: View, out: TextIO) -> None:
    """Writes one JSON object; of a long working every step, but its cells one by one only with --detail full."""
    elements = view.detail != "short" and not is_long(trace, view)
    before = {
        "format": WORKING_VERSION,
        "topic": trace.topic,
        "title": trace.title,
        "given": {name: plain(value.array) for name, value in trace.given.items()},
        "symbols": {name: TEXT.symbol(value.symbol) for name, value in trace.given.items()},
        "conventions": trace.conventions,
    }
    after = {
        "answer": {name: plain(value) for name, value in trace.answer.items()},
        "notes": trace.notes,
    }
    out.write(_dumped(before).removesuffix("\n}") + ',\n "steps": [')
    for i, step in enumerate(trace.steps):  # one at a time: a long training has hundreds of thousands
        out.write(("," if i else "") + "\n  " + _dumped(_step(step, view, elements)).replace("\n", "\n  "))
    out.write(("\n ]" if trace.steps else "]") + _dumped(after).replace("{", ",", 1) + "\n")


def _dumped(page: dict[str, Any]) -> str:
    return json.dumps(page, allow_nan=False, indent=1)


def _step(step: Step, view: View, elements: bool) -> dict[str, Any]:
    indices = step.indices()
    shown = indices if len(indices) <= ELEMENTS or view.detail == "full" else []
    whole = step.formula
    page: dict[str, Any] = {
        "name": step.name,
        "section": step.section,
        "heading": step.title,
        "formula": {name: write(whole, style, symbols(style)) for name, style in STYLES.items()},
        "shape": list(step.array.shape),
        "value": plain(step.array),
        "elements": [_element(step, index, view) for index in shown] if elements else [],
    }
    if step.why:
        page["why"] = step.why
    if step.exact is not None:
        page["exact"] = plain(step.exact)
    return page


def _element(step: Step, index: Index, view: View) -> dict[str, Any]:
    x = step.element(index)
    return {
        "index": [i + 1 for i in index],
        "formula": write(x, TEXT, symbols(TEXT)),
        "substituted": write(x, TEXT, substituted(TEXT, ELEMENT_DIGITS), ELEMENT_DIGITS),
        "value": plain(step.array[index]),
    }
