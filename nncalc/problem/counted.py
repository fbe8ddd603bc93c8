"""A problem of another topic as one of `params`: its sizes come from its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nncalc.errors import Refused
from nncalc.reading.nodes import Node, ScalarNode
from nncalc.topics import ALSO, TOPICS, kernels, sizes_of
from nncalc.topics.parts.fields import fields_of, filled
from nncalc.trace.value import TooLarge
from nncalc.trace.work import BareWork

COUNTING = "params"


def home_of_sizes(topic: Node | None, asked: str | None, given: Mapping[str, Node]) -> str:
    """The topic of a file that is to be counted though it is of another one; else nothing.

    It says that topic, or it has all that a form of it needs, and some of that no field of `params` takes.
    """
    said = ALSO.get(topic.text, topic.text) if isinstance(topic, ScalarNode) else asked
    if COUNTING not in (said, asked):
        return ""
    if said != COUNTING:
        return said if said in TOPICS and sizes_of(said) else ""
    strange = given.keys() - {f.name for form in kernels(COUNTING) for f in fields_of(form)}
    if not strange:  # most files: no other topic is loaded
        return ""
    forms = [(home, form) for home in TOPICS if (counts := sizes_of(home)) for form in kernels(home)
             if form.__name__ in counts]  # fmt: skip
    needs = [(home, {f.name for f in fields_of(form) if f.required}) for home, form in forms]
    return next((home for home, names in needs if names <= given.keys() and names & strange), "")


def sizes_in(problem: Any) -> dict[str, Any]:
    """The fields of a problem of `params`. Raises InputError where a layer cannot be counted, or there is none.

    What the problem's own topic refuses is refused in the same words: it is worked on a page that nobody sees.
    """
    count = sizes_of(problem.topic).get(problem.kernel.__name__)
    try:
        if count is None:
            raise Refused(next(iter(problem.values)), "is no network, so there are no layers to count")
        with np.errstate(all="ignore"):
            problem.kernel(BareWork(limit=problem.limits.array), **filled(problem.kernel, problem.values))
        fields: dict[str, Any] = count(problem.values)
    except (Refused, TooLarge) as error:
        raise problem.refusal(error) from None
    return fields | ({"title": problem.title} if problem.title else {})
