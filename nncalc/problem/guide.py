"""The pages of the guide, which come with the package, and the words of courses that one of them explains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pkgutil import get_data

# In the order in which one reads them.
PAGES = (
    "topics", "problem-files", "reading", "gradients", "networks", "formulas", "rounding",
    "marking", "folders", "scripts", "library", "extending", "concepts",
)  # fmt: skip
# The page that says what courses call things.
GLOSSARY = "concepts"
ENTRY = re.compile(r"^- ([^`]+?):\s+([^`]+?)\s+`(nncalc [^`]+)`$", re.M)


def page(name: str) -> str:
    """The text of a page (Markdown)."""
    return (get_data("nncalc", f"guide/{name}.md") or b"").decode()


def headings() -> list[tuple[str, str]]:
    """Each page's name and what its first line says."""
    return [(name, page(name).partition("\n")[0].lstrip("# ")) for name in PAGES]


def page_words() -> Iterator[tuple[str, str]]:
    """Each page's name and all its headings."""
    for name in PAGES:
        prose = re.sub("^```.*?^```", "", page(name), flags=re.M | re.S)
        yield name, "; ".join(re.findall("^#+ (.*)$", prose, re.M))


@cache
def glossary() -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """The entries of the page of words: the names, what it is here, a line that shows it."""
    found = [
        (" ".join(names.split()), " ".join(what.split()), line) for names, what, line in ENTRY.findall(page(GLOSSARY))
    ]
    return tuple((tuple(names.split(", ")), what, line) for names, what, line in found)
