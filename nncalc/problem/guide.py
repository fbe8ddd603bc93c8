"""The pages of the guide, which come with the package, and the table of words in one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

# In the order in which one reads them.
PAGES = ("concepts",)
# The page whose table says what courses call things.
GLOSSARY = "concepts"
ROW = re.compile(r"^\| (.+?) \| (.+?) \| `(nncalc .+?)` \|$", re.M)


def page(name: str) -> str:
    """The text of a page (Markdown)."""
    from importlib import resources  # few calls read a page

    return (resources.files("nncalc") / "guide" / f"{name}.md").read_text(encoding="utf-8")


def headings() -> list[tuple[str, str]]:
    """Each page's name and what its first line says."""
    return [(name, page(name).partition("\n")[0].lstrip("# ")) for name in PAGES]


def page_words() -> Iterator[tuple[str, str]]:
    """Each page's name and all its headings."""
    for name in PAGES:
        yield name, "; ".join(re.findall("^#+ (.*)$", page(name), re.M))


@cache
def glossary() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """The rows of the table of words: the names, what it is here, a line that shows it."""
    return tuple((tuple(names.split(", ")), what, line) for names, what, line in ROW.findall(page(GLOSSARY)))
