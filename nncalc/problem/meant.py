"""What was meant by a word that is no topic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from nncalc.errors import InputError, printable
from nncalc.topics import Topic, known


def topic_called(word: str) -> Topic:
    """The topic of that name. InputError says which there are, and where something else is called so."""
    with hinting(word):
        return known(word)


@contextmanager
def hinting(word: str) -> Iterator[None]:
    """Where a word is no topic, says what of a topic is called so."""
    try:
        yield
    except InputError as error:
        hint = _of_a_topic(word)
        raise InputError(replace(error.findings[0], hint=hint)) if hint else error from None


def _of_a_topic(word: str) -> str:
    from nncalc.problem.concepts import called_so  # the whole index: only where a word is strange

    own = [concept for concept in called_so([word]) if concept.start]
    if not own:
        return ""
    topic, *rest = min(own, key=lambda concept: (-len(concept.start), concept.rank)).start
    said = f", with {rest[0].removeprefix('--')}: {rest[1].strip('[]')}" if len(rest) == 2 else ""
    return f"topic: {topic}{said}; see `nncalc help {printable(word)}`"
