"""Fields as `layout: rows` has them: weights input × unit, where a field says `About(rows="input unit")`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from nncalc.topics.parts.fields import Field


def laid(fields: tuple[Field, ...], layout: Any) -> tuple[Field, ...]:
    """The fields as a layout has them."""
    return tuple(map(turned, fields)) if layout == "rows" else fields


def turned(field: Field) -> Field:
    """The field as the other layout has it; the same where none matters."""
    about = field.about
    if not about.rows:
        return field
    if not field.axes:
        return replace(field, about=replace(about, says=about.rows, rows=str(about.says)))
    axes = " ".join(field.axes[0])
    return replace(field, axes=(tuple(about.rows.split()),), about=replace(about, rows=axes))


def other_layout(layout: Any) -> str:
    """The layout that this one is not; without one weights stand in columns."""
    return "columns" if layout == "rows" else "rows"


def transposed_words(name: str, axes: Iterable[str], layout: Any) -> str:
    """The hint of weights that fit when they are read with the other layout."""
    order = f"({', '.join(axes)})"
    return f"{name} is {order}: transposed? layout: {other_layout(layout)} takes {order}"
