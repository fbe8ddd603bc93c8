"""Every page is what it was: the diff where it is another.

NNCALC_REWRITE=1 pytest tests/test_golden.py writes all golden files anew and removes those that no page uses; look at
what git says has changed before you commit it. A page too long to be read is kept as its digest only.
"""

from __future__ import annotations

import difflib
import shutil
from functools import cache

import pytest
from golden import GIVEN, GOLDEN, REWRITE, ROOT, SHAPES, Page, digest, digested, steady, whole
from schemas import faults_of_output

from nncalc.topics import TOPICS, kernels

HINT = "if it is meant: NNCALC_REWRITE=1 pytest tests/test_golden.py, and read the diff that git shows"
PAGES, DIGESTS = GOLDEN / "pages", GOLDEN / "digests.txt"
LONG = 30_000
SHOWN = 120
WHOLE, DIGESTED = list(whole()), list(digested())


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@cache
def digests() -> dict[str, str]:
    """The digests that are kept, by the page's name."""
    return dict(reversed(line.split("  ")) for line in DIGESTS.read_text().splitlines())


def differences(name: str, before: str, now: str) -> str:
    """What is another, line by line; line ends and what is in them, too."""
    old, new = (steady(text).splitlines() for text in (before, now))
    lines = list(difflib.unified_diff(old, new, f"golden/{name}", "now", lineterm="", n=2))
    more = [f"… {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    return "\n".join(lines[:SHOWN] + more) or "only the ends of lines are others"


def rewrite() -> None:
    """All golden files, from what is printed now."""
    shutil.rmtree(PAGES, ignore_errors=True)
    kept = {page.name: digest(page.now()) for page in DIGESTED}
    for page in WHOLE:
        now = page.now()
        if len(now.encode()) > LONG and not page.name.startswith("schema/"):
            kept[page.name] = digest(now)
        else:
            (PAGES / page.name).parent.mkdir(parents=True, exist_ok=True)
            (PAGES / page.name).write_bytes(now.encode())
    DIGESTS.write_text("".join(f"{kept[name]}  {name}\n" for name in sorted(kept)))


def test_every_golden_file_is_of_a_page() -> None:
    if REWRITE:
        rewrite()
    files = [p.relative_to(PAGES).as_posix() for p in PAGES.rglob("*") if p.is_file()]
    names = [page.name for page in WHOLE + DIGESTED]
    assert sorted([*files, *digests()]) == sorted(names), HINT
    assert list(digests()) == sorted(digests())


@pytest.mark.skipif(REWRITE, reason="all are written at once")
@pytest.mark.parametrize("page", WHOLE + DIGESTED, ids=lambda page: page.name)
def test_a_page_is_what_it_was(page: Page) -> None:
    now, kept = page.now(), digests().get(page.name)
    if page.kind and not now.startswith("stderr:"):  # a refused problem has no page
        assert faults_of_output(page.kind, now) == []
    if kept is not None:
        assert digest(now) == kept, f"{page}\nis another, and only its digest is kept: compare it with main's\n{HINT}"
        return
    before = (PAGES / page.name).read_bytes().decode() if (PAGES / page.name).exists() else ""
    if steady(now) != steady(before):
        pytest.fail(f"{page}\n{differences(page.name, before, now)}\n{HINT}", pytrace=False)


def test_a_page_of_another_processor_is_the_same_but_no_other_number_is() -> None:
    assert steady("0.30000000000000004 x_0.12345678901234567") == "0.3 x_0.12345678901234567"
    assert steady("-1.2345678901234567e-07") == steady("-1.2345678901234563e-07")
    assert steady(r"-\u00b70.531714494540914") == steady(r"-\u00b70.531714494540913")
    assert steady("0.30000000001000004") != steady("0.30000000000000004")


def test_every_form_of_every_topic_has_its_pages() -> None:
    forms = {f"examples/{topic}.{kernel.__name__}" for topic in TOPICS for kernel in kernels(topic)}
    names = {page.name for page in WHOLE}
    assert {f"{form}.{ending}" for form in forms for ending in SHAPES} <= names


def test_no_page_is_a_bug_or_names_a_place_on_this_machine() -> None:
    """What is enshrined is what may be: no exit code 70, no traceback, no path of whoever wrote the files."""
    for path in (p for folder in (PAGES, GIVEN) for p in folder.rglob("*") if p.is_file()):
        text = path.read_bytes().decode()
        assert not [sign for sign in ("exit 70", "Traceback", str(ROOT), "\x1b") if sign in text], path
