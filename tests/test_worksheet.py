"""A worksheet that marks itself: its data are the working, its verdicts are those of `check`, and it tells no answer."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import random
import re
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Browser
from command import run
from sheets import PROBLEMS, asked
from test_accessible import axe_and_browser, contrast
from test_page import HOSTILE, Whole, body
from worksheets import MORE, Texts, by_check, by_script, cell_names, exercise, random_sheet

from nncalc.limits import DEFAULT
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask
from nncalc.marking.cells import number_on_sheet
from nncalc.marking.worksheet import WorksheetData
from nncalc.problem.problem import loads
from nncalc.reading.nodes import ScalarNode
from nncalc.render.page.worksheet import worksheet
from nncalc.trace.notation.numbers import number as shown_number

ROOT = Path(__file__).parents[1]
RENDER = ROOT / "nncalc" / "render" / "page"
NOTES = [p for p in PROBLEMS if p.parent == ROOT / "problems"]
SMALL = [p for p in PROBLEMS if p.parent.name in ("problems", "formulas", "networks")]
FILES = ("formula.js", "verdicts.js", "sheet.js", "marks.css", "sheet.css")
CELL = (
    "topic: softmax\ntitle: Three scores\nx: [2, 1, 0.1]\ntarget: 1\nmarking: {points: {Z: 1, s: 3, L: 1}, places: 3}\n"
)

# What Python writes


def unpacked(page: str) -> dict[str, Any]:
    (data,) = re.findall(r'<template id="data">([^<]*)</template>', page)
    return json.loads(zlib.decompress(base64.b64decode(data)))  # type: ignore[no-any-return]


def of(text: str) -> Assignment:
    return ask(loads(text))


def signed(x: float) -> float:
    return float(np.sign(x))


OPERATORS = {
    "add": lambda *a: math.fsum(a), "negative": lambda a: -a, "times": lambda *a: math.prod(a), "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, "=": lambda a, b: a == b, "ln": math.log, "max": lambda *a: max(a), "argmax": lambda *a: np.argmax(a) + 1, "argmin": lambda *a: np.argmin(a) + 1, "min": lambda *a: min(a),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "softplus": lambda x: math.log1p(math.exp(x)), "sign": signed,
    "relu": lambda x: max(x, 0.0), "abs": abs, **{name: getattr(math, name) for name in (
        "exp", "log10", "log2", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "floor", "ceil")},
}  # fmt: skip


def worked(x: Any, numbers: list[float]) -> float:
    """What a skeleton comes to, read as the page reads it."""
    if isinstance(x, int):
        return numbers[x]
    if len(x) == 1:
        return float(x[0])
    kind, *args = x
    if kind == "either":
        return worked(args[1] if worked(args[0], numbers) else args[2], numbers)
    if kind == "largest":
        half = len(args) // 2
        return worked(args[half + int(np.argmax([worked(a, numbers) for a in args[:half]]))], numbers)
    return float(OPERATORS[kind](*(worked(a, numbers) for a in args)))


def rework(data: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """Each number that has a formula, as it stands and as it comes to."""
    numbers, rest = [float(n) for n in data["numbers"]], iter(data["cells"])
    for number in numbers:
        skeleton = next(rest)
        if skeleton >= 0:
            count, shape = data["skeletons"][skeleton]
            yield number, worked(shape, [numbers[next(rest)] for _ in range(count)])
    assert next(rest, None) is None


@pytest.mark.parametrize("path", SMALL, ids=lambda p: p.stem)
def test_the_data_are_the_working(path: Path) -> None:
    data = WorksheetData(asked(path)).plain()
    reworked = list(rework(data))
    for number, again in reworked:
        assert number == again or abs(number - again) <= 1e-9 * max(abs(number), 1e-3), path
    exact = asked(path).exact
    start = 0
    for name, shape, role, _ in data["values"]:
        size = math.prod(shape)
        if role != 0:
            there = [float(n) for n in data["numbers"][start : start + size]]
            np.testing.assert_array_equal(there, np.asarray(exact[name], dtype=float).ravel())
        start += size


def test_only_sizes_and_rankings_cannot_be_followed() -> None:
    lost: Counter[str] = Counter()
    cells = 0
    for path in SMALL:
        data = WorksheetData(asked(path))
        cells += len(data.numbers)
        lost.update(asked(path).trace.topic for i in data.cells if i == -2)
    assert cells > 3000 and set(lost) <= {"params", "attention"} and sum(lost.values()) < 20, lost


@pytest.mark.parametrize("paths", [SMALL, pytest.param(PROBLEMS, marks=pytest.mark.long)], ids=["some", "all"])
def test_the_script_knows_every_operator_that_a_problem_has(paths: list[Path]) -> None:
    (table,) = re.findall(r"const OPERATORS = \{(.*?)\n\};", (RENDER / "verdicts.js").read_text(), re.S)
    known = {a or b for a, b in re.findall(r'(?:"([<>=]+)"|(\w+)): a =>', table)} | {"either", "largest"}

    def labels(x: Any) -> set[str]:
        return {x[0]}.union(*map(labels, x[1:])) if isinstance(x, list) and len(x) > 1 else set()

    for path in paths:
        found = {label for _, shape in WorksheetData(asked(path)).plain()["skeletons"] for label in labels(shape)}
        assert found <= known, (path, found - known)
    assert len(known) > 30


def test_a_maximum_that_a_slip_moves_is_left_open() -> None:
    """relu, pooling and its gradient of other numbers, against NumPy."""
    one = of("topic: pool\nimage: [[1, 5], [2, 3]]\nwindow: 2\nupstream: [[7]]\n")
    held = WorksheetData(one)
    data, names = held.plain(), cell_names(held)
    numbers = [float(n) for n in data["numbers"]]
    for at, value in zip(("X[1,1]", "X[1,2]", "X[2,1]", "X[2,2]"), (1, 2, 9, 3), strict=True):
        numbers[names.index(at.replace("X", "image"))] = value
    rest, found = iter(data["cells"]), {}
    for name in names:
        skeleton = next(rest)
        if skeleton >= 0:
            count, shape = data["skeletons"][skeleton]
            found[name] = worked(shape, [numbers[next(rest)] for _ in range(count)])
    assert [found[n] for n in names if n.startswith("Y")] == [9]
    assert [found[n] for n in names if n.startswith("dL/dX")] == [0, 0, 7, 0]


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.stem)
def test_no_answer_stands_in_the_page_as_text(path: Path) -> None:
    one = asked(path)
    if sum(one.exact[name].size for name in one.lines) > 4000:
        return
    page = body(worksheet(one, "x"))
    seen = {text.strip() for text in re.findall(r">([^<>]+)<", page)}
    given = {float(n) for value in one.trace.given.values() for n in np.asarray(value.array, float).flat}
    for name in one.lines:
        for value in np.asarray(one.exact[name], dtype=float).flat:
            texts = {shown_number(value, digits) for digits in (3, 4, 6, 12)} | {
                f"{value:.{places}f}" for places in (2, 3, 4)
            }
            long = {text for text in texts if len(text.strip("-0.")) > 2}
            if value not in given and -value not in given:
                assert not long & seen, (name, value)
                assert repr(float(value)) not in page or not long, (name, value)


def test_the_page_stands_alone_under_a_policy_by_hashes() -> None:
    text = worksheet(of(CELL), "soft")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    for kind in ("script", "style"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert not re.search(r"eval|innerHTML|Function\(|fetch|XMLHttp|import\(|https?://(?!www.w3.org/1998/Math)", text)
    attributes = {name for _, a, _ in Whole(body(text)).seen for name in a}
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "href")]
    assert "For practice, not for exams" in text and "Three scores (5 points)" in text
    names = [a["id"] for _, a, _ in Whole(body(text)).seen if a.get("id")]
    assert len(names) == len({*names})
    assert not any("</" in (RENDER / name).read_text() for name in FILES)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_names_and_labels_stand_as_text(text: str) -> None:
    problems = [f"topic: formulas\ntitle: {json.dumps(title)}\ngiven: {{a: 2, b: {json.dumps([1, 2])}}}\n"
                f"formulas: |\n  c = 3·a + b  # {title}\nmarking: {{accept: {{c: {{{json.dumps(title)}: [1, 2]}}}}}}\n"
                for title in ("title", text)]  # fmt: skip
    pages = [Whole(body(worksheet(of(problem), title))) for problem, title in zip(problems, ("n", text), strict=True)]
    tags = [[(tag, sorted(attributes)) for tag, attributes, _ in page.seen] for page in pages]
    assert tags[0] == tags[1]
    shown = text.replace("\u202e", "\\u202e").replace("\u200f", "\\u200f")
    assert any(shown in title for _, _, title in pages[1].all("h1"))


def test_the_command_writes_one_page_or_one_for_each_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hw").mkdir()
    Path("hw/soft.yaml").write_text(CELL)
    Path("hw/bad.yaml").write_text("topic: softmax\nx: <b>\n")
    Path("hw/large.yaml").write_text(f"topic: conv\nimage: {np.zeros((70, 70)).tolist()}\nfilter: [[1]]\n")
    assert run("sheet", "hw/soft.yaml", "-o", "sheet.html").code == 0
    assert Path("sheet.html").read_text() == run("sheet", "hw/soft.yaml", "--format", "html").out
    assert unpacked(Path("sheet.html").read_text())["name"] == "soft"
    done = run("sheet", "hw", "--format", "html", "-o", "out")
    assert done.code == 1 and [p.name for p in Path("out").iterdir()] == ["soft.html"]
    assert "large.yaml: asks for too many numbers for a page to fill in" in done.err and "bad.yaml" in done.err
    assert run("sheet", "hw/large.yaml", "-o", "l.html").code == 2 and not Path("l.html").exists()
    whole, bare = (
        body(run("sheet", "hw/soft.yaml", "--format", "html", *more).out) for more in ((), ("--no-formulas",))
    )
    assert whole.count("<mo>=</mo>") == 4 and "<mo>=</mo>" not in bare
    assert "html" in run("sheet", "--help").out


def test_the_colours_of_the_verdicts_have_contrast_light_and_dark() -> None:
    grounds = {"light": ("#ffffff", "#f6f8fa"), "dark": ("#0d1117", "#151b23")}
    light, dark = (RENDER / "marks.css").read_text().split("@media (prefers-color-scheme: dark)")
    for scheme, style in (("light", light), ("dark", dark)):
        colours = re.findall(r"--\w+: (#[0-9a-f]{6})", style)
        assert len(colours) == 2
        assert all(contrast(colour, ground) >= 4.5 for colour in colours for ground in grounds[scheme])


# What the script says, in node


def node_or_skip() -> None:
    if shutil.which("node") is None:
        pytest.skip("there is no node")


@pytest.mark.long
def test_every_sheet_of_every_problem_is_marked_as_check_does() -> None:
    node_or_skip()
    chance = random.Random(5)
    jobs = [(asked(path), [random_sheet(asked(path), chance) for _ in range(3)]) for path in SMALL]
    jobs += [(asked(path), [random_sheet(asked(path), chance)]) for path in PROBLEMS if path.parent.name == "published"]
    told, differ, untold = 0, [], 0
    for (one, sheets), said in zip(jobs, by_script(jobs), strict=True):
        for texts, found in zip(sheets, said, strict=True):
            for key, verdict in by_check(one, texts).items():
                told += 1
                untold += found[key] == "unknown"
                if found[key] not in (verdict, "unknown"):
                    differ.append((one.problem.file, key, texts[key], verdict, found[key]))
    print(f"{told} cells, {len(differ)} differ, {untold} not told")
    assert told > 10_000 and not differ and untold < told / 100, differ[:5]


TYPED = ["0.49", "0,49", "-0.07", "−0.07", "– 3", "+5", "5.", ".5", "1e-3", "1E3", "45%", "45 %", "1/3", "-2 / 3", "1/0", "2·10^3",
         "2 x 10^-3", "1.5*10**4", "3×10^{2}", "3·10^(-2)", "007", "1 000", "1,000", "1,2,3", "abc", "~", "", "  ", "null", "inf",
         "-inf", "∞", "−∞", ".inf", "nan", "1e400", "--1", "1e", "0x10", "0.1.2", "1_000", "\u00a07\u202f", "2,5e3", "½", "1,5/2"]  # fmt: skip


@pytest.mark.long
def test_numbers_are_read_as_a_sheet_reads_them() -> None:
    node_or_skip()
    code = ("const fs=require('fs');require('vm').runInThisContext(fs.readFileSync(process.argv[1],'utf8')+'\\nthis.read=readNumber');"
            "console.log(JSON.stringify(JSON.parse(process.argv[2]).map(t=>{const r=read(t);"
            "return r&&r.as!==undefined?[String(r.value),r.places,r.digits,r.isCount,r.as]:r===null?null:'unread'})))")  # fmt: skip
    done = subprocess.run(
        ["node", "-e", code, str(RENDER / "verdicts.js"), json.dumps(TYPED)], text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    for text, found in zip(TYPED, json.loads(done.stdout), strict=True):
        try:
            read = number_on_sheet(ScalarNode(text, False, None), "x", DEFAULT)  # type: ignore[arg-type]
        except Exception:
            assert found == "unread", text
            continue
        if read is None:
            assert found is None, text
            continue
        value, places, digits, is_count, as_ = found
        assert (float(value.replace("Infinity", "inf")), places, digits) == (read.value, read.places, read.digits), text
        assert is_count == isinstance(read.value, int), text
        again = number_on_sheet(ScalarNode(as_, False, None), "x", DEFAULT)  # type: ignore[arg-type]
        assert again is not None and (again.value, again.places, again.digits) == (
            read.value,
            read.places,
            read.digits,
        ), text


# In a browser


def opened(browser: Browser, page: str, path: Path, **how: Any) -> None:
    """Loads a worksheet, waits until its cells are there, and shows those that tell a size."""
    path.write_text(page, encoding="utf-8")
    browser.open(path, **how)
    ready(browser)
    browser.value("document.querySelectorAll('.asked button').forEach(one => one.click())")


def ready(browser: Browser) -> None:
    browser.value(
        "new Promise(done => { const look = () => document.body.dataset.ready ? done(1) : setTimeout(look, 5); look(); })"
    )


def fill(browser: Browser, one: Assignment, texts: Texts) -> dict[str, str]:
    """Types a whole sheet; the verdicts as the page says them."""
    names = cell_names(WorksheetData(one))
    told = browser.value(
        "(texts => { for (const input of document.querySelectorAll('input')) input.value = texts[input.id] ?? '';"
        "document.querySelector('input').dispatchEvent(new Event('change'));"
        "return [...document.querySelectorAll('input')].map(i => [i.id, i.nextSibling.textContent]); })"
        f"({json.dumps({f'i{names.index(key)}': text for key, text in texts.items()})})"
    )
    return {names[int(name[1:])]: said for name, said in told}


SAID = {"✓ right": "right", "≈ rounded": "rounded", "→ follows": "follows", "… too few places": "places", "✗ wrong": "wrong",
        "? not told": "unknown", "": "missing"}  # fmt: skip
CAUGHT = (
    "URL.createObjectURL = blob => { window.saved = blob; return '#'; }; HTMLAnchorElement.prototype.click = () => {};0"
)
SAVED = (
    "[...document.querySelectorAll('button')].find(b => b.textContent === 'Save answers').click(), window.saved.text()"
)


@pytest.mark.long
@pytest.mark.parametrize("topic", MORE)
def test_the_page_says_of_forty_sheets_what_check_says_and_saves_them(
    topic: str, browser: Browser, tmp_path: Path
) -> None:
    chance = random.Random(f"page {topic}")
    told = untold = saved = 0
    differ = []
    for _ in range(10):
        one = exercise(topic, chance)
        page = tmp_path / "sheet.html"
        opened(browser, worksheet(one, "mine"), page)
        browser.value(CAUGHT)
        for _ in range(4):
            texts = random_sheet(one, chance)
            found = {key: SAID[said] for key, said in fill(browser, one, texts).items()}
            wanted = by_check(one, texts)
            for key, verdict in found.items():
                told += 1
                untold += verdict == "unknown"
                if verdict not in (wanted.get(key, "missing"), "unknown"):
                    differ.append((key, texts.get(key), wanted.get(key), verdict))
            path = tmp_path / "mine.answers.yaml"
            path.write_text(browser.value(SAVED), encoding="utf-8")
            read = sheet.from_file(str(path), one)
            again = {name: {i: w.value for i, w in line.cells.items()} for name, line in read.lines.items()}
            assert (sum(map(len, again.values())) == len(texts) and not read.notes) or "/" in path.read_text()
            marks = marks_of(path, one)
            assert {key: marks[key] for key in texts} == wanted
            saved += len(texts)
        assert browser.troubles(page) == []
    print(f"{topic}: {told} cells, {len(differ)} differ, {untold} not told, {saved} saved and marked again")
    assert told > 300 and not differ and untold <= told / 50, differ[:5]


def marks_of(path: Path, one: Assignment) -> dict[str, str]:
    from nncalc.marking.marks import mark

    marks = mark(one, sheet.from_file(str(path), one))
    return {line.name + (f"[{','.join(str(i + 1) for i in index)}]" if index else ""): verdict.name
            for line in marks.lines for index, verdict in line.cells.items()}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("path", SMALL, ids=lambda p: p.stem)
def test_no_page_asks_for_anything_or_complains(path: Path, browser: Browser, tmp_path: Path) -> None:
    one = asked(path)
    page = tmp_path / "sheet.html"
    opened(browser, worksheet(one, "x"), page)
    texts = random_sheet(one, random.Random(1))
    fill(browser, one, texts)
    assert browser.value("document.documentElement.scrollWidth <= innerWidth")
    assert browser.value("[...document.querySelectorAll('input')].every(i => i.getAttribute('aria-label'))")
    for _ in range(3):
        browser.value("document.querySelector('input').focus()")
        browser.press("Enter", modifiers=1)
    assert browser.troubles(page) == []


FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
WHY = "document.getElementById('why').textContent"


@pytest.mark.long
def test_the_keyboard_alone_suffices(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "k.html"
    page.write_text(worksheet(asked(ROOT / "problems/13-conv-vertical-edges.yaml"), "x"), encoding="utf-8")
    browser.open(page)
    browser.value("localStorage.clear()")  # what another test answered of this problem is kept
    browser.open(page)
    ready(browser)
    stops = []
    while not stops or stops[-1] != "cell 1 of size":
        browser.press("Tab")
        stops.append(browser.value(FOCUSED))
        assert len(stops) < 12, stops
    assert stops[:2] == ["Save answers", "Clear all"]
    browser.press("4", "Enter")
    assert browser.value(FOCUSED) == "cell 2 of size"
    assert browser.value("document.querySelector('[role=status]').textContent").startswith(
        "cell 1 of size: right. 1 of 2 right"
    )
    browser.press("5", "Tab")
    assert browser.value(FOCUSED) == "Show its cells: their number tells the size"
    browser.press("Enter")
    assert browser.value(FOCUSED) == "row 1, column 1 of Y"
    browser.press("-", "5", "Enter")
    assert browser.value(FOCUSED) == "row 1, column 2 of Y"
    browser.press("ArrowDown", "7")
    assert browser.value(FOCUSED) == "row 2, column 2 of Y"
    browser.press("ArrowRight", "ArrowUp", "ArrowLeft")
    assert browser.value(FOCUSED) == "row 1, column 2 of Y"
    said = browser.value(
        "[...document.querySelectorAll('input')].filter(i => i.value).map(i => i.nextSibling.textContent)"
    )
    assert said == ["✓ right", "✗ wrong", "✓ right", "✗ wrong"]


@pytest.mark.long
def test_hints_come_by_level_and_the_number_last(browser: Browser, tmp_path: Path) -> None:
    opened(browser, worksheet(of(CELL), "x"), tmp_path / "h.html")
    fill(browser, of(CELL), {"Z": "10"})
    browser.value("document.querySelectorAll('input')[1].focus()")
    assert browser.value(WHY) == "s[1]Hint: the formula"
    browser.press("Enter", modifiers=1)
    assert "e[1]" in browser.value(WHY) and "10" not in browser.value(WHY)
    browser.press("Enter", modifiers=1)
    assert "/" not in browser.value(WHY) and "10" in browser.value(WHY)  # the own sum, not 11.2125
    assert "0.7" not in browser.value(WHY) and "0.659" not in browser.value(WHY)
    browser.press("Enter", modifiers=1)
    assert "0.739, from your earlier numbers" in browser.value(WHY)  # 7.389056 / 10
    assert browser.value("document.querySelector('#why button')") is None


@pytest.mark.long
def test_answers_stay_over_a_reload_and_what_is_no_number_is_kept_and_said(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "r.html"
    opened(browser, worksheet(of(CELL), "x"), page)
    fill(browser, of(CELL), {"Z": "11,213", "s[1]": "two\u2028thirds", "L": "0.417"})
    ready_again = {"Z": "11,213", "s[1]": "two\u2028thirds", "L": "0.417"}
    browser.open(page)
    ready(browser)
    kept = browser.value(
        "Object.fromEntries([...document.querySelectorAll('input')].filter(i => i.value).map(i => [i.id, i.value]))"
    )
    names = cell_names(WorksheetData(of(CELL)))
    assert {names[int(name[1:])]: text for name, text in kept.items()} == ready_again
    said = browser.value("[...document.querySelectorAll('input')].map(i => i.nextSibling.textContent)")
    assert said == ["✓ right", "? no number", "", "", "✓ right"]
    browser.value(CAUGHT)
    text = browser.value(SAVED)
    assert (
        '# cell 1 of s cannot be read: "two\\u{2028}thirds"' in text and "s: [~, ~, ~]" in text and "Z: 11.213" in text
    )
    opened(browser, worksheet(of(CELL.replace("0.1]", "0.2]")), "x"), page)  # another problem has its own
    assert browser.value("[...document.querySelectorAll('input')].every(i => !i.value)")


@pytest.mark.long
def test_a_further_right_value_is_right_in_its_words(browser: Browser, tmp_path: Path) -> None:
    one = of(CELL.replace("places: 3", "places: 3, accept: {L: {in bits: 0.602}}"))
    opened(browser, worksheet(one, "x"), tmp_path / "acc.html")
    assert fill(browser, one, {"L": "0.602"})["L"] == "✓ right"
    browser.value("[...document.querySelectorAll('input')].at(-1).focus()")
    assert browser.value(WHY).startswith("L ✓ right: in bits")


@pytest.mark.long
def test_it_works_where_the_browser_keeps_nothing(browser: Browser, tmp_path: Path) -> None:
    script = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } });"
    added = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)
    page = tmp_path / "n.html"
    opened(browser, worksheet(of(CELL), "x"), page)
    assert SAID[fill(browser, of(CELL), {"Z": "11.213"})["Z"]] == "right"
    assert browser.troubles(page) == []
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])


@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("problem", ["13-conv-vertical-edges", "12-network-vanishing-gradient", "22-lstm-one-step"])
def test_axe_finds_nothing_on_a_worksheet(browser: Browser, tmp_path: Path, problem: str, dark: bool) -> None:
    axe, _ = axe_and_browser()
    one = asked(ROOT / f"problems/{problem}.yaml")
    opened(browser, worksheet(one, "x"), tmp_path / "a.html", dark=dark)
    fill(browser, one, random_sheet(one, random.Random(3)))
    browser.value("document.querySelector('input').focus()")
    browser.press("Enter", modifiers=1)
    browser.call("Page.setBypassCSP", enabled=True)
    browser.value(axe + ";0")
    wrong, unsure = browser.value("axe.run().then(found => [found.violations, found.incomplete].map(rules =>"
                                  "rules.map(rule => [rule.id, rule.nodes.map(node => node.html)])))")  # fmt: skip
    assert wrong == []
    assert all(rule == "color-contrast" and all(re.fullmatch(r"<mo[^>]*>\W</mo>", html) for html in nodes)
               for rule, nodes in unsure), unsure  # fmt: skip


@pytest.mark.long
def test_the_squeezed_script_is_a_script() -> None:
    node_or_skip()
    (script,) = re.findall(r"<script>(.*?)</script>", worksheet(of(CELL), "x"), re.S)
    done = subprocess.run(["node", "--check", "-"], input=script, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
