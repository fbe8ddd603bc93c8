"""A working as one page of HTML: every cell says what it was made from; nothing foreign is ever markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from browser import Browser
from command import run
from test_accessible import Page, axe_and_browser, contrast

from nncalc.render.figure.svg import ROLE_COLOURS

ROOT = Path(__file__).parents[1]
PROBLEMS = [p for p in sorted((ROOT / "problems").rglob("*.yaml")) if ".answers" not in p.name]
EDGES = "problems/13-conv-vertical-edges.yaml"
VOID = ("meta", "input")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


class Whole(Page):
    """The same for pages with script, style and tags that the parser closes itself."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(tag)


def page(*words: str) -> str:
    done = run(*words, "--format", "html")
    assert done.code == 0, done
    return done.out


def body(text: str) -> str:
    """The page without its own script and style."""
    return re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.S)


def cells(text: str) -> dict[str, list[tuple[str, dict[str, str | None]]]]:
    """The cells of each value, as the script counts them: their numbers with their attributes, the value's frame too."""
    found: dict[str, list[tuple[str, dict[str, str | None]]]] = {}
    value, frame = "", None
    for tag, attributes, texts in Whole(body(text)).seen:
        name = attributes.get("id") or ""
        if re.fullmatch(r"v\d+", name):
            value, frame = name[1:], attributes.get("data-f")
        if tag == "td" and attributes.get("class") != "f" and texts:
            about = {**({"data-f": frame} if frame else {}), **attributes}
            found.setdefault(value, []).append(("".join(texts).strip().replace("−", "-"), about))
    return found


def sources(text: str) -> list[list[int]]:
    """How far before a cell's value those stand that each frame names."""
    (frames,) = re.findall(r'<template id="frames">(.*?)</template>', text)
    found = re.findall(r"<math([^>]*)>", frames)
    return [[int(back) for back in "".join(re.findall(r'data-v="([\d ]+)"', about)).split()] for about in found]


def test_a_cell_of_a_convolution_names_its_window_and_the_filter() -> None:
    text = page("solve", EDGES)
    X = np.array([[3, 0, 1, 2, 7, 4], [1, 5, 8, 9, 3, 1], [2, 7, 2, 5, 1, 3],
                  [0, 1, 3, 1, 7, 8], [4, 2, 1, 6, 2, 8], [2, 4, 5, 2, 3, 9]])  # fmt: skip
    K = np.array([[1, 0, -1]] * 3)
    named, found = sources(text), cells(text)
    assert [float(n) for n, _ in found["0"]] == X.ravel().tolist() and len(found["1"]) == 9
    for at, (number, attributes) in enumerate(found["5"]):
        row, column = divmod(at, 4)
        window = [(row + i) * 6 + column + j for i in range(3) for j in range(3)]
        values = [5 - back for back in named[int(attributes["data-f"] or "")]]
        places = [int(place) for place in (attributes["data-r"] or "").split()]
        by = {v: [p for p, w in zip(places, values, strict=True) if w == v] for v in (0, 1)}
        assert by[0] == window and by[1] == [*range(9)]
        assert float(number) == sum(X.ravel()[by[0]] * K.ravel()[by[1]])


def test_a_page_of_several_problems_has_one_head_and_no_id_twice() -> None:
    text = page("solve", EDGES, "problems/22-lstm-one-step.yaml", "problems/08-graph-product.yaml")
    whole = Whole(body(text))
    names = [a["id"] for _, a, _ in whole.seen if a.get("id")]
    assert len(names) == len({*names}) and text.count("<!DOCTYPE html>") == 1
    levels = [int(tag[1]) for tag, _, _ in whole.all("h1", "h2", "h3")]
    assert levels.count(1) == 1 and levels.count(2) == 3 and all(b <= a + 1 for a, b in pairwise(levels))
    assert "3 workings" in text and "LSTM, one step" in text


@pytest.mark.parametrize("problem", [EDGES, "problems/10-graph-sigmoid-neuron.yaml", "problems/networks/cnn.yaml"])
def test_the_policy_lets_in_the_pages_own_script_and_style_alone(problem: str) -> None:
    text = page("solve", problem)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    for kind in ("script", "style"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ") and "base-uri 'none'" in policy and "unsafe" not in policy
    assert not re.search(r"eval|innerHTML|Function\(|fetch|XMLHttp|import\(|https?://(?!www.w3.org/1998/Math)", text)
    attributes = [name for _, a, _ in Whole(body(text)).seen for name in a]
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")]
    assert all(a.get("href", "#")[:1] == "#" for _, a, _ in Whole(body(text)).seen)  # type: ignore[index]


@pytest.mark.parametrize("problem", ["10-graph-sigmoid-neuron", "04-perceptron-and", "networks/cnn", "01-activations"])
def test_every_colour_that_a_page_names_is_one_of_its_style(problem: str) -> None:
    text = page("solve", f"problems/{problem}.yaml")
    (style,) = re.findall(r"<style>(.*?)</style>", text)
    named = {*re.findall(r'="var\(--(\w+)\)"', body(text))}
    by_night = dict(re.findall(r"--(\w+):(#\w+)", style))  # the last holds
    assert named and {by_night.get(name) for name in named} <= {night for _, night in ROLE_COLOURS.values()}


def test_tables_have_captions_and_heads_and_titles_stand_above() -> None:
    whole = Whole(body(page("solve", EDGES)))
    assert len(whole.all("caption")) == len(whole.all("table")) > 3
    assert {a.get("scope") for _, a, _ in whole.all("th")} == {
        "row",
        "col",
        None,
    }  # a table with heads of one kind needs none
    assert len(whole.all("main")) == 1 and len(whole.all("title")) == 1


HOSTILE = ["<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "&#x3c;b&#x3e;", "a\u202eb\u200fc", '"><svg onload=x>',
           "]]>", "<!--", "</title>"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_labels_and_reasons_stand_as_text(text: str, tmp_path: Path) -> None:
    tame = tmp_path / "tame.yaml"
    wild = tmp_path / "wild.yaml"
    for path, title in ((tame, "title"), (wild, text)):
        path.write_text(f"topic: formulas\ntitle: {json.dumps(title)}\ngiven: {{a: 2}}\nformulas: |\n"
                        f"  b = 3·a  # {title}\n", encoding="utf-8")  # fmt: skip
    seen = [Whole(body(page("solve", str(path)))) for path in (tame, wild)]
    tags = [[(tag, sorted(attributes)) for tag, attributes, _ in whole.seen] for whole in seen]
    assert tags[0] == tags[1]
    shown = text.replace("\u202e", "\\u202e").replace("\u200f", "\\u200f")
    (title,) = [t for _, _, t in seen[1].all("h1")]
    assert shown in title and shown in "".join(t for _, _, t in seen[1].all("p"))


def test_rounded_cells_have_the_exact_value_beside_them() -> None:
    text = page("softmax", "--x", "2,1,0.1", "--round", "2")
    told = [a.get("data-e") for values in cells(text).values() for _, a in values if a.get("data-e")]
    assert "exact 7.389056, drift +0.00094" in told
    assert "data-e" not in body(page("softmax", "--x", "2,1,0.1"))


def test_every_step_has_its_reason_once() -> None:
    text = body(page("solve", "problems/22-lstm-one-step.yaml"))
    assert text.count("each row meets the column: a weighted sum") == 1 and text.count("squeezes every number") == 2


def test_a_graph_stands_there_as_a_table_too() -> None:
    (table,) = re.findall(r'<table class="overview">.*?</table>', page("solve", "problems/08-graph-product.yaml"))
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:]]
    assert rows == [["x", "", "−2", "−4"], ["y", "", "5", "−4"], ["z", "", "−4", "3"], ["q", "x + y", "3", "−4"],
                    ["f", "q·z", "−12", "1"]]  # fmt: skip


def test_the_ending_of_the_file_chooses_it(tmp_path: Path) -> None:
    file = tmp_path / "w.html"
    assert run("solve", EDGES, "-o", str(file)).code == 0
    assert file.read_text() == page("solve", EDGES)


def test_large_values_are_cut_and_large_pages_are_folded(tmp_path: Path) -> None:
    image = np.arange(70 * 70).reshape(70, 70).tolist()
    (tmp_path / "p.yaml").write_text(f"topic: conv\nimage: {image}\nfilter: [[1]]\n")
    text = page("solve", str(tmp_path / "p.yaml"))
    assert "more rows of X" in text and "2 steps, folded; open one to read it" in text
    assert "folded; open" not in page("solve", EDGES) and '<details class="fold"' in text


# Below: in a browser.


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    path = tmp_path / "edges.html"
    path.write_text(page("solve", EDGES), encoding="utf-8")
    return path


FOCUSED = "(document.activeElement.ariaLabel || document.activeElement.textContent)"
LIT = "[...document.querySelectorAll('td.lit')].map(c => c.textContent.trim())"


@pytest.mark.long
def test_the_keyboard_alone_suffices(browser: Browser, edges: Path) -> None:
    browser.open(edges)
    stops = []
    for _ in range(12):
        browser.press("Tab")
        stops.append(browser.value(FOCUSED))
    assert stops[3:5] == ["X[1,1], 3", "K[1,1], 1"] and stops.count("Y[1,1], −5") == 1  # a matrix is one stop
    while browser.value(FOCUSED) != "Y[1,1], −5":
        browser.press("Tab", modifiers=8)
    browser.press("ArrowDown", "ArrowRight", "ArrowRight")
    assert browser.value(FOCUSED) == "Y[2,3], 2" and len(browser.value(LIT)) == 18
    said = browser.value("document.getElementById('why').textContent")
    assert "from X rows 2–4, columns 3–5 and all of K" in said and "=8·1 +9·0 +3·(−1)" in said
    assert "X[2,3]·K[1,1] +X[2,4]·K[1,2]" in said
    browser.press("Enter")
    assert browser.value(FOCUSED) == "8, X[2,3]"
    browser.press("Escape")
    assert browser.value(FOCUSED) == "Y[2,3], 2" and not browser.value(LIT)
    browser.press("End", "Enter")
    browser.press("Enter")  # follows the link to X[2,4]
    assert browser.value(FOCUSED) == "X[2,4], 9"
    browser.press("Home", "ArrowUp", "ArrowUp", "ArrowLeft")
    assert browser.value(FOCUSED) == "X[1,1], 3"


@pytest.mark.long
def test_next_and_previous_reveal_step_by_step_while_the_working_has_the_focus(browser: Browser, edges: Path) -> None:
    shown = "[...document.querySelectorAll('tr[id], details[id]')].filter(s => s.checkVisibility()).length"
    browser.open(edges)
    browser.press("n")
    assert browser.value(shown) == 2
    browser.press("Tab", "n")
    assert browser.value(shown) == 1 and browser.value(FOCUSED) == "size[1], 4"
    assert browser.value("document.querySelector('output').value") == "step 1 of 2"
    assert not browser.value("document.querySelector('.answer').checkVisibility()")
    browser.press("n")
    assert browser.value(shown) == 2 and browser.value("document.querySelector('.answer').checkVisibility()")
    browser.press("p")
    assert browser.value(shown) == 1


@pytest.mark.long
def test_no_problem_asks_for_anything_or_says_anything(browser: Browser, tmp_path: Path) -> None:
    """Every cell of every page, focused: its numbers put into its skeleton are those of its sources."""
    every = """[...document.querySelectorAll("tr[id] td:not(.f), details[id] td")].slice(0, 300).filter(cell => {
      for (let at = cell; at; at = at.parentElement) if (at.localName === "details") at.open = true;
      cell.focus();
      return !document.getElementById("why").textContent.includes(cell.textContent.trim());
    }).length"""
    sizes = []
    for problem in PROBLEMS:
        path = tmp_path / "page.html"
        done = run("solve", str(problem), "-o", str(path))
        if done.code:  # a problem that is there to be refused
            continue
        browser.open(path)
        assert browser.value(every) == 0, problem
        assert browser.troubles(path) == [], problem
        sizes.append(path.stat().st_size)
        assert sizes[-1] <= 150_000 or "folded; open one" in path.read_text(), problem
    assert len(sizes) > 400 and float(np.median(sizes)) <= 20_000


@pytest.mark.long
@pytest.mark.parametrize("problem", ["architectures/resnet50", "published/brownlee-perceptron-training"])
def test_parts_that_are_alike_stand_there_again_as_they_are(browser: Browser, tmp_path: Path, problem: str) -> None:
    """All numbers of single steps, in the order of the page, against those of the JSON."""
    path, told = tmp_path / "page.html", json.loads(run("solve", f"problems/{problem}.yaml", "--format", "json").out)
    assert run("solve", f"problems/{problem}.yaml", "-o", str(path)).code == 0
    browser.open(path)
    assert "data-told=" in path.read_text()
    rows = browser.value("[...document.querySelectorAll('tr[id] td:nth-child(2)')].map(c => c.textContent.trim())")
    wanted = [step["value"] for step in told["steps"] if not step["shape"]]
    assert [float(row.replace("−", "-")) for row in rows] == pytest.approx(wanted, abs=1e-6) and len(rows) > 50
    heads = browser.value("[...document.querySelectorAll('tr[id] th')].map(h => h.lastChild.textContent)")
    names = [step["name"] for step in told["steps"] if not step["shape"]]
    assert all(name.endswith(head.split(".")[-1]) for name, head in zip(names, heads, strict=True))
    ids = browser.value("[...document.querySelectorAll('[id^=v]')].map(v => Number(v.id.slice(1)))")
    assert sorted(ids) == [*range(len(ids))]


@pytest.mark.long
def test_a_large_convolution_loads_in_half_a_second(browser: Browser, tmp_path: Path) -> None:
    image = (np.arange(784).reshape(28, 28) % 7).tolist()
    (tmp_path / "p.yaml").write_text(f"topic: conv\nimage: {image}\nfilter: [[1, 0, -1], [1, 0, -1], [1, 0, -1]]\n")
    path = tmp_path / "p.html"
    path.write_text(page("solve", str(tmp_path / "p.yaml")), encoding="utf-8")
    took = []
    for _ in range(3):  # the machine may have something else to do
        browser.open(path)
        took.append(browser.value("performance.timing.loadEventEnd - performance.timing.navigationStart"))
    assert min(took) <= 500, took


@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("problem", [EDGES, "problems/04-perceptron-and.yaml", "problems/08-graph-product.yaml",
                                     "problems/architectures/lenet.yaml", "problems/networks/encoder-block.yaml",
                                     "problems/formulas/rbf-xor.yaml"])  # fmt: skip
def test_axe_finds_nothing_on_a_working(browser: Browser, tmp_path: Path, problem: str, dark: bool) -> None:
    axe, _ = axe_and_browser()
    path = tmp_path / "page.html"
    path.write_text(page("solve", problem), encoding="utf-8")
    browser.open(path, dark)
    browser.value("document.querySelector('tr[id] td, details[id] td')?.focus()")
    browser.call("Page.setBypassCSP", enabled=True)
    browser.value(axe + ";0")
    told = browser.value("axe.run().then(found => [found.violations, found.incomplete].map(rules =>"
                         "rules.map(rule => [rule.id, rule.nodes.map(node => node.html)])))")  # fmt: skip
    wrong, unsure = told
    assert wrong == []
    # Of the contrast of a sign that is no letter, of a drawing's texts, and of what leads to a cell, it cannot be sure. Their
    # colours are measured below.
    assert all(rule == "color-contrast" and all(re.fullmatch(r"<mo[^>]*>\W</mo>|<text .*|<span class=.to s\d.>.*", html) for html in nodes)
               for rule, nodes in unsure), unsure  # fmt: skip


def test_contrast_of_every_colour_is_enough_light_and_dark() -> None:
    style = (ROOT / "nncalc" / "render" / "page" / "page.css").read_text()
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for scheme in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for name in ("ink", "quiet", "s0", "s1", "s2"):
            for ground in ("ground", "soft", *([f"{name}g"] if name[0] == "s" else [])):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def test_the_script_is_no_text_that_ends_itself() -> None:
    for path in [*(ROOT / "nncalc" / "render").glob("*.js"), *(ROOT / "nncalc" / "render").glob("*.css")]:
        assert "</" not in path.read_text()


def test_squeezing_keeps_every_text_key_and_property_of_a_script() -> None:
    from nncalc.render.page.squeeze import squeezed

    code = re.compile(r"//[^\n]*|(\"[^\"]*\")")
    for names in (("page.js", "walk.js"), ("folds.js", "page.js", "index.js")):
        whole = "".join((ROOT / "nncalc" / "render" / "page" / name).read_text() for name in names)
        small = squeezed(*names)
        texts = {text for text in code.findall(whole) if text}
        assert texts and all(text in small for text in texts)
        bare = code.sub(lambda found: found[1] and '""', whole)
        held = set(re.findall(r"(?<=[\w)\]?])\.([a-z]\w+)", bare))
        assert len(held) > 30 and all(re.search(rf'\.{word}\b|"{word}"', small) for word in held)
        assert len(small) < 0.8 * len(bare) and "  " not in re.sub(r'"[^"]*"', "", small)


@pytest.mark.long
def test_the_squeezed_script_is_a_script() -> None:
    text = page("solve", EDGES)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    done = subprocess.run(["node", "--check", "-"], input=script, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_folder_of_pages_has_an_index_that_links_them(tmp_path: Path) -> None:
    problems, to = tmp_path / "in", tmp_path / "out"
    problems.mkdir()
    (problems / "a b.yaml").write_text("topic: softmax\nx: [1, 2]\n")
    (problems / "bad.yaml").write_text("topic: softmax\nx: <b>\n")
    assert run("batch", str(problems), "--format", "html", "-o", str(to)).code == 1
    text = (to / "index.html").read_text()
    links = [(a["href"], name) for _, a, name in Whole(body(text)).all("a")]
    assert [href for href, _ in links] == ["a_b.html"] and (to / "a_b.html").exists()
    assert [a["class"] for _, a, _ in Whole(body(text)).all("table")] == ["overview index"]  # which its script asks for
    assert "FAILED" in text and "<b>" not in body(text)
    again = run("batch", str(problems), "--format", "html", "-o", str(to))
    assert again.code == 2 and "index.html: is there already" in again.err
    (problems / "index.yaml").write_text("topic: softmax\nx: [1, 2]\n")
    assert run("batch", str(problems), "--format", "html", "-o", str(to), "--force").code == 1
    assert "Softmax" in (to / "index.html").read_text() or "softmax" in (to / "index.html").read_text()
    assert "index.html" in (to / "_index.html").read_text()


@pytest.mark.long
def test_an_index_narrows_to_what_is_typed(browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        (tmp_path / f"{name}.yaml").write_text("topic: softmax\nx: [1, 2]\n")
    assert run("batch", ".", "--format", "html", "-o", "out").code == 0
    browser.open(tmp_path / "out" / "index.html")
    browser.value("document.getElementById('only').focus()")
    browser.press("s", "e", "c")
    seen = (
        "[...document.querySelectorAll('tbody tr')].filter(r => r.checkVisibility()).map(r => r.cells[0].textContent)"
    )
    assert browser.value(seen) == ["./second.yaml"]
    assert browser.value("document.getElementById('told').textContent") == "1 of 2"


def test_words_of_a_formula_stand_apart() -> None:
    """Markup takes no blank for itself."""
    text = page("solve", "tests/golden/given/forms/conv-channels.yaml")
    maths = [re.sub(r"<[^>]*>", "", found).replace("\u00a0", " ") for found in re.findall(r"<math>.*?</math>", text)]
    assert any("X with zeros around" in said for said in maths)
    assert any("(flip(K) dilated by [1,2])⋆" in said for said in maths), maths[:9]
    assert not any("  " in said for said in maths)


def test_a_graph_is_drawn_with_every_value_and_gradient() -> None:
    text = page("solve", "problems/08-graph-product.yaml")
    (drawn,) = re.findall(r"<svg.*?</svg>", text, re.S)
    texts = re.findall(r'<text[^>]*?(?:class="(\w+)")?[^>]*>([^<]*)</text>', drawn)
    shown = re.findall(r">([^<]+)</text>", drawn)
    # f = (x + y) z at -2, 5, -4: q = 3, f = -12; the gradients are z, z, q, z and 1.
    assert texts and sorted(shown) == sorted(["x", "y", "z", "q = x + y", "f = q·z", "−2", "5", "−4", "3", "−12",
                                              "−4", "−4", "3", "−4", "1"])  # fmt: skip
    (words,) = re.findall(r'aria-label="(Graph of[^"]*)"', drawn)
    assert "q = 3, gradient -4" in words and "f = -12, gradient 1" in words
    assert len(re.findall(r"M[\d. ]+H[\d.]+C", drawn)) == 4  # its wires: x and y to q, q and z to f


@pytest.mark.parametrize("problem", [p for p in PROBLEMS if "graph" in p.name], ids=lambda p: p.stem)
def test_no_two_nodes_of_a_graph_overlap(problem: Path) -> None:
    drawn = re.findall(r"<svg.*?</svg>", page("solve", str(problem)), re.S)
    assert len(drawn) == 1
    boxes = [tuple(map(float, found)) for found in re.findall(
        r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', drawn[0])]  # fmt: skip
    assert len(boxes) > 3
    for i, (x, y, w, h) in enumerate(boxes):
        assert all(x + w < a or a + c < x or y + h < b or b + d < y for a, b, c, d in boxes[:i])


def test_the_steps_of_a_convolution_stand_low() -> None:
    page = run("solve", "problems/14-conv-stride-pad-filter-a.yaml", "--format", "html").out
    assert "<mi>K</mi><mo>⋆</mo><msub><mrow></mrow><mn>2</mn></msub>" in page
