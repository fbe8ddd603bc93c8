"""Students' pages can be read by everybody: by ear, with little contrast, light and dark (WCAG 2.1 AA)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from command import run

ROOT = Path(__file__).parents[1]
CLASS = ROOT / "tests" / "golden" / "given" / "class"
# Tags that hold nothing.
VOID = ("meta", "!doctype")


class Page(HTMLParser):
    """What a checker looks at: tags with their attributes and texts, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.seen:
            self.seen[-1][2].append(data)

    def all(self, *tags: str) -> list[tuple[str, dict[str, str | None], str]]:
        return [(tag, attributes, "".join(texts).strip()) for tag, attributes, texts in self.seen if tag in tags]


@pytest.fixture(scope="module", params=[(), ("--reveal",)], ids=["as it is", "revealed"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("feedback")
    done = run(
        "check",
        str(CLASS / "hw"),
        str(CLASS / "subs"),
        "--format",
        "html",
        "-o",
        str(folder),
        "--force",
        *request.param,
    )
    assert done.code == 1, done
    return [path.read_text() for path in sorted(folder.iterdir())]


def test_pages_have_a_language_a_title_headings_in_order_and_one_main_part(pages: list[str]) -> None:
    for text in pages:
        page = Page(text)
        assert text.startswith("<!doctype html>")
        assert [attributes.get("lang") for _, attributes, _ in page.all("html")] == ["en"]
        (title,) = page.all("title")
        assert title[2] and len(page.all("main")) == 1
        levels = [int(tag[1]) for tag, _, text in page.all("h1", "h2", "h3") if text]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_table_heads_have_their_scope_and_nothing_is_said_by_colour_alone(pages: list[str]) -> None:
    assert any('class="bad"' in text for text in pages)
    for text in pages:
        page = Page(text)
        assert all(attributes.get("scope") in ("col", "row") and text for _, attributes, text in page.all("th"))
        assert len(page.all("tbody")) == len(page.all("table"))
        toned = [text for _, attributes, text in page.all("td") if attributes.get("class")]
        assert all(re.search("[a-z]", text, re.I) for text in toned)
        assert not page.all("script", "img", "font")
        assert all("style" not in attributes for _, attributes, _ in page.seen)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_light_and_dark(pages: list[str]) -> None:
    assert round(contrast("#000000", "#ffffff")) == 21 and round(contrast("#777777", "#ffffff"), 2) == 4.48
    style = re.search(r"<style>(.*?)</style>", pages[0], re.S)
    assert style and "opacity" not in style[1] and "color-scheme: light dark" in style[1]
    light, dark = style[1].split("@media (prefers-color-scheme: dark)")
    for scheme in (light, dark):
        (ground,) = re.findall(r"background: (#[0-9a-f]{6})", scheme)
        colours = dict(re.findall(r"([.\w]+) \{[^}]*?(?<![-\w])color: (#[0-9a-f]{6})", scheme))
        assert set(colours) == {"body", ".good", ".carried", ".bad", ".quiet"}
        for name, colour in colours.items():
            assert contrast(colour, ground) >= 4.5, (name, colour)


def test_no_page_names_a_path_and_right_values_only_where_wanted(pages: list[str]) -> None:
    for text in pages:
        assert str(ROOT) not in text and "subs/" not in text
        assert "of" in text and "points" in text
        heads = [text for tag, _, text in Page(text).all("th")]
        assert ("exact" in heads) == ("from your lines" in heads)


@pytest.mark.long
def test_axe_finds_nothing(pages: list[str]) -> None:
    """With node, jsdom and axe-core, where they are installed."""
    node = shutil.which("node")
    script = """
    const {JSDOM} = require('jsdom'), axe = require('axe-core');
    const dom = new JSDOM(require('fs').readFileSync(0, 'utf8'), {runScripts: 'outside-only'});
    dom.window.eval(axe.source);
    dom.window.axe.run({rules: {'color-contrast': {enabled: false}}}).then(
      r => console.log(JSON.stringify(r.violations.map(v => v.id))));
    """
    for text in pages:
        if node is None:
            pytest.skip("there is no node")
        done = subprocess.run([node, "-e", script], input=text, capture_output=True, text=True, check=False)
        if "Cannot find module" in done.stderr:
            pytest.skip("there is no axe-core")
        assert json.loads(done.stdout) == []
