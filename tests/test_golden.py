"""Every page is what it was: golden files, and the diff where it is another.

NNCALC_REWRITE=1 pytest tests/test_golden.py writes them anew; look at the diff before committing it.
"""

from __future__ import annotations

import difflib
import json
import os
from pathlib import Path

import pytest
from golden import DIGESTS, FORMS, GOLDEN, OTHERS, ROOT, Page, digests, whole_pages

from nncalc.problem.problem import load
from nncalc.topics import TOPICS, kernels

REWRITE = os.environ.get("NNCALC_REWRITE") == "1"
PAGES = list(whole_pages())
GIVEN = {"forms", "class"}  # what the pages are made from


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def differences(page: Page, before: str, now: str) -> str:
    """What is another, line by line; JSON is laid out first."""
    if page.name.endswith(".json"):
        before, now = (json.dumps(json.loads(text), indent=1) for text in (before, now))
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), f"golden/{page.name}", "now", lineterm="", n=2)
    return "\n".join(list(lines)[:80])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_what_it_was(page: Page) -> None:
    kept, now = GOLDEN / page.name, page.now()
    if REWRITE:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(now.encode())
    before = kept.read_bytes().decode() if kept.exists() else ""
    if now != before:
        pytest.fail(
            f"nncalc {' '.join(page.words)}\n{differences(page, before, now)}\nif it is meant: NNCALC_REWRITE=1"
        )


@pytest.mark.parametrize("folder", OTHERS)
def test_the_other_problems_are_what_they_were(folder: str) -> None:
    kept, now = DIGESTS / f"{folder}.txt", dict(digests(OTHERS[folder]))
    if REWRITE:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("".join(f"{name} {digest}\n" for name, digest in now.items()))
    before = dict(line.rsplit(" ", 1) for line in kept.read_text().splitlines())
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    assert not changed, "if it is meant: NNCALC_REWRITE=1"


def test_no_golden_file_is_left_over() -> None:
    files = {p for p in GOLDEN.rglob("*") if p.is_file() and p.relative_to(GOLDEN).parts[0] not in GIVEN}
    left = files - {GOLDEN / page.name for page in PAGES} - {DIGESTS / f"{folder}.txt" for folder in OTHERS}
    if REWRITE:
        for path in left:
            path.unlink()
    else:
        assert not left


def test_every_form_of_every_topic_has_a_page() -> None:
    paths: list[Path] = [*FORMS, *(ROOT / "problems").glob("[0-9]*.yaml")]
    there = {load(str(path)).kernel for path in paths if not path.name.endswith(".answers.yaml")}
    assert {kernel for topic in TOPICS for kernel in kernels(topic)} <= there
