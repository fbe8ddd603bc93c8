"""Students' pages can be read by everybody: by ear, with little contrast, light and dark (WCAG 2.1 AA)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from command import run
from examples import LSTM

ROOT = Path(__file__).parents[1]
CLASS = ROOT / "tests" / "golden" / "given" / "class"
TONES = ("good", "carried", "bad")
# Tags that hold nothing.
VOID = ("meta", "input", "!doctype")


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
        assert text.lower().startswith("<!doctype html>")
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
        for table in re.findall(r"<table.*?</table>", text, re.S):
            heads = re.findall(r"<th\b(?!ead)([^>]*)>(.*?)</th>", table, re.S)
            assert all(re.sub(r"<[^>]*>", "", head).strip() for _, head in heads)
            assert (
                all("scope=" in about for about, _ in heads) or 'scope="row"' not in table
            )  # heads of one kind need none
        assert len(page.all("tbody")) == len(page.all("table"))
        toned = [(attributes, text) for _, attributes, text in page.all("td") if attributes.get("class") in TONES]
        assert toned and all(re.search("[a-z]", text + (about.get("data-e") or ""), re.I) for about, text in toned)
        assert all(re.search("[✓→✗]", text + (about.get("data-e") or "")) for about, text in toned)
        assert not page.all("img", "font") and len(page.all("script")) == 1
        assert all("style" not in attributes for _, attributes, _ in page.seen)


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.1 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_enough_light_and_dark() -> None:
    assert round(contrast("#000000", "#ffffff")) == 21 and round(contrast("#777777", "#ffffff"), 2) == 4.48
    styles = [(ROOT / "nncalc" / "render" / "page" / f"{name}.css").read_text() for name in ("page", "marks")]
    assert "opacity" not in "".join(styles) and "color-scheme: light dark" in styles[0]
    light, dark = map(
        "".join, zip(*(style.split("@media (prefers-color-scheme: dark)") for style in styles), strict=True)
    )
    toned = dict(re.findall(r"\.(\w+)\)? \{ color: var\(--(\w+)\)", styles[1])) | {"quiet": "quiet"}
    assert {*TONES} <= {*toned}
    for scheme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for name in ("quiet", *(toned[tone] for tone in TONES)):
            for ground in ("ground", "soft"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def test_no_page_names_a_path_and_right_values_only_where_wanted(pages: list[str]) -> None:
    for text in pages:
        assert str(ROOT) not in text and "subs/" not in text
        assert "of" in text and "points" in text
        heads = [text for tag, _, text in Page(text).all("th")]
        assert ("exact" in heads) == ("from your lines" in heads)


# What a browser is told: all rules of WCAG 2.1 A and AA; what was found and looked at becomes the page's title.
AXE = """
axe.run(document, {runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}).then(found => {
  const told = rules => rules.map(rule => [rule.id, rule.nodes.map(node => node.html)]);
  document.title = JSON.stringify({
    dark: matchMedia("(prefers-color-scheme: dark)").matches, ground: getComputedStyle(document.body).backgroundColor,
    wrong: told(found.violations), unsure: told(found.incomplete), good: found.passes.map(rule => rule.id)});
});
"""
# Blink's numbers for the colours that a reader prefers, with the ground that the page then has.
SCHEMES = {"light": (1, "rgb(255, 255, 255)"), "dark": (0, "rgb(13, 17, 23)")}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A homework with all that a page may have to say: slips, rounded, unread, missing, adjusted, not handed in."""
    monkeypatch.chdir(tmp_path)
    for path, text in {
        "hw/lstm.yaml": LSTM + "marking: {places: 3, points: {z_i: 1, f: 1, z_o: 2, o: 1, c: 3, h: 4}}\n",
        "hw/soft.yaml": "topic: softmax\nx: [2, 1, 0.1]\nmarking: {points: {Z: 1, s: 2}}\n",
        "subs/s01/soft.yaml": "Z: 11.21\ns: [0.66, 0.34, 0.10]\n",
        "subs/s01/lstm.yaml": "I was ill",
        "subs/s02/lstm.yaml": "z_o: [0.175, -0.140]\no: [0.544, 0.466]\nf: [44.3%, 0.532]\nc: [-0.068, -0.034]\nh: [0.1, two]\nzz: 1\n",
        "adjust.csv": "student,problem,line,points,reason\ns01,soft,s,1,good try\ns02,lstm,,9,was ill\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def axe_and_browser() -> tuple[str, str]:
    """axe-core's text and the browser to run it in; skips where one of them is missing."""
    node = shutil.which("node")
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if node is None or browser is None:
        pytest.skip("there is no node or no chromium")
    where = subprocess.run([node, "-p", "require.resolve('axe-core/axe.min.js')"], capture_output=True, text=True)
    if where.returncode:
        pytest.skip("there is no axe-core where node looks (NODE_PATH)")
    return Path(where.stdout.strip()).read_text(encoding="utf-8"), browser


def seen_by_axe(text: str, scheme: str, folder: Path) -> dict[str, Any]:
    """What axe-core says of a page, once its policy lets a script in."""
    axe, browser = axe_and_browser()
    text, policies = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert policies == 1
    assert "</script" not in axe
    scripts = f"<script>{axe}</script><script>{AXE}</script>"
    page = folder / "page.html"
    page.write_text(text.replace("</body>", f"{scripts}</body>"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
             "--virtual-time-budget=20000", f"--blink-settings=preferredColorScheme={SCHEMES[scheme][0]}"]  # fmt: skip
    done = subprocess.run([browser, *flags, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120)
    title = re.search(r"<title>(\{.*?\})</title>", done.stdout, re.S)
    assert title, done.stderr
    return json.loads(unescape(title[1]))


@pytest.mark.long
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("reveal", [(), ("--reveal",)], ids=["as it is", "revealed"])
def test_axe_finds_nothing(scheme: str, reveal: tuple[str, ...], here: Path) -> None:
    """One sheet, a class on one page, and the pages of students with adjusted, noted and troubled lines."""
    one = run("check", "hw/lstm.yaml", "subs/s02/lstm.yaml", "--format", "html", *reveal)
    whole = run("check", "hw", "subs", "--adjust", "adjust.csv", "--format", "html", *reveal)
    for page, words in (
        (one.out, ("first slip", "rounded", "follows", "cannot be read", "not given", "How the sheet was read")),
        (whole.out, ("adjusted", "not handed in", "Not marked", "all right")),
    ):
        assert all(word in page for word in words), page
        seen = seen_by_axe(page, scheme, here)
        assert seen["dark"] == (scheme == "dark") and seen["ground"] == SCHEMES[scheme][1]
        assert seen["wrong"] == []
        # Of the contrast of a sign that is no letter it cannot be sure.
        assert all(rule == "color-contrast" and all(re.fullmatch(r"<mo[^>]*>\W</mo>", html) for html in nodes)
                   for rule, nodes in seen["unsure"]), seen["unsure"]  # fmt: skip
        assert {"color-contrast", "document-title", "html-has-lang", "list"} <= set(seen["good"])
