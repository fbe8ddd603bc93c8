"""A worksheet that marks itself: one page of HTML with a problem, a cell for each number asked, and the marks' rules."""

from __future__ import annotations

import json
from typing import Any


def packed_json(data: dict[str, Any]) -> str:
    """The data as JSON without blanks; infinities as numbers that are too large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("-Infinity", "-1e999").replace("Infinity", "1e999")
