"""A problem of another topic as one of `params`: its sizes come from its numbers."""

from __future__ import annotations

from typing import Any

from nncalc.errors import Refused
from nncalc.reading.nodes import MappingNode, ScalarNode
from nncalc.topics import ALSO, TOPICS, sizes_of


def home_of_sizes(root: MappingNode) -> str:
    """The topic that a file says, if its problems have sizes that can be counted; else nothing."""
    node = root.entries.get("topic")
    said = ALSO.get(node.text, node.text) if isinstance(node, ScalarNode) else ""
    return said if said in TOPICS and sizes_of(said) else ""


def sizes_in(problem: Any) -> dict[str, Any]:
    """The fields of a problem of `params`. Raises InputError where a layer cannot be counted, or there is none."""
    count = sizes_of(problem.topic).get(problem.kernel.__name__)
    try:
        if count is None:
            raise Refused(next(iter(problem.values)), "is no network, so there are no layers to count")
        fields: dict[str, Any] = count(problem.values)
    except Refused as error:
        raise problem.refusal(error) from None
    return fields | ({"title": problem.title} if problem.title else {})
