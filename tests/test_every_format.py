"""Every problem of problems/ in every format is what it was: a digest for each, a line a problem.

NNCALC_REWRITE=1 pytest tests/test_every_format.py writes the digests anew. The table, plain text and JSON of most are
golden pages already (test_golden).
"""

from __future__ import annotations

import csv
import io
import json
import re
from functools import cache
from pathlib import Path

import pytest
from command import run
from examples import problem
from golden import GOLDEN, NOTES, OTHERS, REWRITE, ROOT, digest, problems, readable, typed
from markdown_it import MarkdownIt

from nncalc.problem.problem import load
from nncalc.render.documents.markup import escaped_markdown
from nncalc.render.layout import View
from nncalc.render.working import BYTES, WORKING_FORMATS, rendered
from nncalc.running import solve

KEPT = GOLDEN / "formats.txt"
HERE = [format for format in WORKING_FORMATS if format not in (*BYTES, "plain", "json")]
EVERY = [*NOTES, *OTHERS, *problems(ROOT / "problems" / "formulas")]
SHORT = 12  # digits of a digest


@cache
def kept() -> dict[str, dict[str, str]]:
    """The digests by problem and format."""
    rows = (line.split() for line in KEPT.read_text().splitlines())
    return {name: dict(part.split("=") for part in parts) for name, *parts in rows}


def now(path: Path) -> dict[str, str]:
    """The digests of a problem's pages; a table that is a golden page has none here."""
    trace = solve(load(typed(path)))
    formats = HERE if path.parent.name == "architectures" else HERE[1:]
    pages = {format: str(rendered([trace], View(), format)) for format in formats}
    return {format: digest(readable(page) if format == "html" else page)[:SHORT] for format, page in pages.items()}


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_every_problem_has_its_line() -> None:
    if REWRITE:
        lines = (f"{typed(p)} {' '.join(f'{name}={text}' for name, text in now(p).items())}\n" for p in sorted(EVERY))
        KEPT.write_text("".join(lines))
        kept.cache_clear()
    every = sorted(typed(p) for p in (ROOT / "problems").rglob("*.yaml") if not p.name.endswith(".answers.yaml"))
    assert list(kept()) == every and len(every) > 400


@pytest.mark.skipif(REWRITE, reason="all are written at once")
@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_a_problem_in_every_format_is_what_it_was(path: Path) -> None:
    before, found = kept()[typed(path)], now(path)
    others = [format for format in {**before, **found} if before.get(format) != found.get(format)]
    assert not others, f"nncalc solve {typed(path)} --format {others[0]}: is another; compare it with main's"


# What holds for all formats

ATTENTION = ROOT / "problems" / "26-attention-playing-outside.yaml"


@pytest.mark.parametrize("format", [format for format in WORKING_FORMATS if format not in BYTES])
def test_only_holds_for_every_format(format: str) -> None:
    """Of the steps that are left out no format has a line, and of those that stay each has its own."""
    names = [step.name for step in solve(load(str(ATTENTION))).steps]
    page = run("solve", typed(ATTENTION), "--only", names[0], "--format", format).out
    if format in ("json", "jsonl"):
        assert [step["name"] for step in json.loads(page)["steps"]] == names[:1]
    elif format == "csv":
        assert {row["step"] for row in csv.DictReader(io.StringIO(page))} == {*names[:1]}
    elif format == "html":
        assert len(re.findall(r'<(?:details|tr)\b[^>]* id="v\d+"', page)) == 1 < len(names)
    else:
        whole = run("solve", typed(ATTENTION), "--format", format).out
        last = re.compile(rf"(?<![\w}}]){re.escape(names[-1])}(?!\w)")
        assert len(page) < 0.8 * len(whole) and len(last.findall(page)) < len(last.findall(whole))


HOSTILE = (
    r"\input{/etc/passwd}", "#eval(read)", "$x$", "a|b", "=1+1", "[bold]", "@SUM(A1)", "\u202e", "| a | b |", "<b>x</b>",
    "$$\\frac{a}{b}$$", "`x`", "\\|", "**a**",
)  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_text_for_another_reader_of_markdown(words: str) -> None:
    """A title and the cells of a table, read by markdown-it: the words stand there, and each row has its cells."""
    text = "topic: params\ninput_shape: [4, 4, 1]\nlayers: [{conv: {filters: 2, kernel: 3}}, relu]\n"
    trace = solve(problem(text + f"title: {json.dumps(words)}\n"))
    trace.overview[1] = (words, *trace.overview[1][1:])
    tokens = MarkdownIt("commonmark").enable("table").parse(str(rendered([trace], View(), "markdown")))
    shown = "\\u202e" if words == "\u202e" else words
    inline = [token for token in tokens if token.type == "inline"]
    assert "".join(child.content for child in inline[0].children or []) == shown
    assert {child.type for child in inline[0].children or []} <= {"text", "text_special"}
    cells = [token.content for token in inline if token.content == escaped_markdown(words).replace(r"\|", "|")]
    rows = sum(token.type == "tr_open" for token in tokens)
    columns = sum(token.type in ("td_open", "th_open") for token in tokens)
    assert cells and columns == rows * len(trace.overview[0])
