"""What a name on the page says; the only place where a name's text is taken apart or put together."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class StepName(NamedTuple):
    """The name of a step or of a given value; `str()` gives its public text, as answer sheets write it.

    `section`: where it stands (`t1`, `e1.s2`), empty at the top of the page; `local`: what it is called there
    (`h`, `dL/dW1`); `of`, `by`: of a gradient, what is differentiated (`L`) by what (`W1`), else both empty.
    """

    section: str
    local: str
    of: str = ""
    by: str = ""

    @staticmethod
    @lru_cache(4096)
    def parse(text: str | None) -> StepName:
        """The name that a text says: `t1.dL/dh` is dL/dh, the gradient of L by h, in t1. No text is no name."""
        text = text or ""
        section, _, local = text.rpartition(".")
        if not section:
            local = text
        if local.startswith("d"):
            of, _, by = local[1:].partition("/d")
            if by:
                return StepName(section, local, of, by)
        return StepName(section, local)

    def __str__(self) -> str:
        return in_section(self.section, self.local)

    @property
    def is_gradient(self) -> bool:
        """Whether it names a gradient."""
        return bool(self.by)

    def beside(self, local: str) -> str:
        """The text of another name in the same section."""
        return in_section(self.section, local)


def in_section(section: str, local: str) -> str:
    """The text of a name in a section, or at the top of the page: t1.h, h."""
    return f"{section}.{local}" if section else local


def gradient_name(of: str, by: str) -> str:
    """The local text that names a gradient: dL/dW1."""
    return f"d{of}/d{by}"
