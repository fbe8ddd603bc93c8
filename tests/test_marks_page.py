"""Pages of marks that one can point at: the student's own numbers, and nothing that a student may not see."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from browser import Browser
from command import run
from examples import LSTM

MARKING = "marking: {places: 3, points: {i: 1, f: 1, z_o: 1, o: 1, g: 1, c: 2, h: 3}}\n"
MINE = """i: [0.574, 0.549]
f: [0.443, 0.532]
z_o: [0.175, -0.140]
o: [0.544, 0.465]
g: [-0.273, 0.134]
c: [-0.006, -0.039]
h: [-0.003, -0.018]
"""
SOFT = "topic: softmax\ntitle: {title}\nx: [2, 1, 0.1]\nmarking: {{points: {{Z: 1, s: 2}}}}\n"
HOSTILE = ["<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "&#x3c;b&#x3e;", "a\u202eb", "{{7*7}}"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cell.yaml").write_text(LSTM + MARKING)
    (tmp_path / "mine.yaml").write_text(MINE)
    return tmp_path


def page(*words: str) -> str:
    done = run("check", *words, "--format", "html")
    assert done.code in (0, 1), done
    return done.out


def body(text: str) -> str:
    return re.sub(r"<(script|style)>.*?</\1>|<meta[^>]*>", "", text, flags=re.S)


def cells(text: str, value: str) -> list[dict[str, str]]:
    """The cells of the value with this sign: their attributes and, under an empty name, their text."""
    (holder,) = re.findall(
        rf'<(?:details|tr)[^>]* id="v\d+"(?:(?!id="v).)*?<caption>{value}</caption>.*?</table>', body(text)
    )
    return [
        {**dict(re.findall(r'([\w-]+)="([^"]*)"', about)), "": inside.strip()}
        for about, inside in re.findall(r"<td([^>]*)>(.*?)</td>", holder)
    ]


def test_every_line_stands_there_as_it_was_written_with_its_verdict() -> None:
    text = page("cell.yaml", "mine.yaml")
    first, second = cells(text, "z_o")
    assert (first[""], second[""]) == ("0.175", "−0.140") and (first["class"], second["class"]) == ("bad", "good")
    assert first["data-e"] == "✗ WRONG, the first slip; this is what you get if 0.05·0.1 is written as 0.05"
    assert [cell["class"] for cell in cells(text, "h")] == ["carried", "carried"]
    assert "→ follows: right with your own earlier numbers" in cells(text, "h")[0]["data-e"]
    table = re.sub(r"<[^>]*>", " ", body(text).partition("</table>")[0])
    assert re.search(r"z_o\[1\]\s+0.175\s+✗ WRONG, the first slip\s+0 of 1", table)


def numbers(text: str) -> set[str]:
    """The numbers of so many digits that they may be right values."""
    found = re.findall(r"\d+(?:\.\d+)?", re.sub(r"sha256-[^']*'", "", text))
    return {number for number in found if re.search(r"\d\.\d\d|\d{3}", number)}


def test_without_reveal_no_number_is_in_the_source_that_the_student_does_not_have() -> None:
    hidden = page("cell.yaml", "mine.yaml")
    theirs = numbers(MINE + LSTM)
    assert numbers(unescape(body(hidden))) <= theirs
    assert 'data-w="' not in body(hidden) and "0.132" not in hidden and "<ms>" not in hidden
    shown = page("cell.yaml", "mine.yaml", "--reveal")
    assert "0.532454" in shown and not numbers(unescape(body(shown))) <= theirs


def test_revealed_a_cell_is_worked_with_the_students_own_numbers() -> None:
    text = page("cell.yaml", "mine.yaml", "--reveal")
    first, second = cells(text, "c")
    # c = f∘c_0 + i∘g with what the student wrote for f, i and g
    worked = np.array([0.443, 0.532]) * [0.2, -0.2] + np.array([0.574, 0.549]) * [-0.273, 0.134]
    assert [float(cell["data-w"].replace("−", "-")) for cell in (first, second)] == pytest.approx(worked, abs=1e-9)
    # exact: with z_o right (0.13), so i, f and g unrounded
    assert "exact is −0.068218" in first["data-e"] and "f and i change places" in first["data-e"]
    (z_i, _) = cells(text, "z_i")  # on no sheet: what follows from the problem
    assert float(z_i[""].replace("−", "-")) == pytest.approx(0.5 * 0.5 - 0.3 * -0.1 + 0.1 * 0 + 0.2 * 0.1)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_names_and_sheets_stand_as_text(text: str, here: Path) -> None:
    tags = []
    for name, said in (("tame", "title"), ("wild", text)):
        folder = here / name
        student = said.replace("/", "_")
        (folder / student).mkdir(parents=True)
        quoted = '"' + said.replace("\u202e", "\\u202e") + '"'
        (here / f"{name}.yaml").write_text(SOFT.format(title=quoted))
        (folder / student / f"{name}.yaml").write_text(
            f"Z: 11.2\ns: [0.66, 0.1, 0.24]\n{quoted}: [1]\n", encoding="utf-8"
        )
        out = page(f"{name}.yaml", str(folder))
        assert "\u202e" not in out and out.count("<script>") == out.count("<style>") == 1 and "{{" not in body(out)
        tags.append(re.findall(r"<(/?\w+)", body(out)))
        assert said.replace("\u202e", "\\u202e") in unescape(body(out))
    assert tags[0] == tags[1]


def test_of_a_large_class_sheets_that_are_alike_are_written_once(here: Path) -> None:
    (here / "soft.yaml").write_text(SOFT.format(title="three scores"))
    for i in range(40):
        (here / "subs" / f"s{i:02}").mkdir(parents=True)
        (here / "subs" / f"s{i:02}" / "soft.yaml").write_text(f"Z: 11.21\ns: [0.66, 0.{i + 10}, 0.10]\n")
    text = page("soft.yaml", "subs")
    assert text.count('class="fold"') == 40 and text.count("data-as=") > 35
    assert len(text) < 14_000 + 40 * 600
    assert len(re.findall(r'href="#s\d+"', text)) == 40 == len(re.findall(r' id="s\d+"', text))


def homework(here: Path) -> str:
    """A class of three and two problems: one has all right, one a slip and no second sheet, one nothing readable."""
    (here / "hw").mkdir()
    points = "marking: {points: {Z: 2, s: 3}}\n"
    (here / "hw/one.yaml").write_text(f"topic: softmax\nx: [2, 1, 0.1]\n{points}")
    (here / "hw/two.yaml").write_text(f"topic: softmax\nx: [1, 2]\n{points}")
    # e² + e + e^0.1 = 11.212; e + e² = 10.107, so s = 0.269, 0.731
    sheets = {"anna/one": "Z: 11.21\ns: [0.66, 0.24, 0.10]\n", "anna/two": "Z: 10.11\ns: [0.27, 0.73]\n",
              "ben/one": "Z: 12.21\ns: [0.66, 0.24, 0.10]\n", "cid/two": "{{\n"}  # fmt: skip
    for name, text in sheets.items():
        (here / f"subs/{name}.yaml").parent.mkdir(parents=True, exist_ok=True)
        (here / f"subs/{name}.yaml").write_text(text)
    return page("hw", "subs")


def test_a_class_has_a_row_a_student_with_the_total_and_below_it_the_sheets(here: Path) -> None:
    text = homework(here)
    table = text[text.index('<table class="overview index"') : text.index("</table>")]
    rows = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall("<tr[ >].*?</tr>", table)[1:]]
    bare = [[re.sub("<[^>]*>", "", cell) for cell in row if cell] for row in rows]
    assert bare == [
        ["anna", "10 of 10 points"], ["one", "5 of 5 points"], ["two", "5 of 5 points"],
        ["ben", "3 of 10 points"], ["one", "3 of 5 points"], ["two", "not handed in"],
        ["cid", "0 of 10 points"], ["one", "not handed in"], ["two", "not marked"],
    ]  # fmt: skip
    assert text.count("Not handed in.") == 2 and text.count("Not marked:") == 1
    assert table.count('class="whose"') == 3 and 'scope="rowgroup"' in table


def test_a_class_is_told_what_the_terminal_tells_of_it(here: Path) -> None:
    text, terminal = homework(here), run("check", "hw", "subs").out
    (slips,) = re.findall("^first slips: .*$", terminal, re.M)
    assert slips == "first slips: one: Z (1)" and f">{slips}</p>" in text
    assert f"<strong>{terminal.splitlines()[-1]}</strong>" in text


def test_a_field_that_narrows_stands_only_where_there_are_several_rows(here: Path) -> None:
    homework(here)
    assert "Show only rows with <input" in page("hw", "subs")
    assert "Show only" not in page("hw/one.yaml", "subs/anna/one.yaml")
    for count in (1, 2):
        (here / f"some{count}").mkdir()
        for i in range(count):
            (here / f"some{count}/p{i}.yaml").write_text("topic: softmax\nx: [1, 2]\n")
        assert run("batch", f"some{count}", "-o", f"out{count}", "--format", "html").code == 0
        text = (here / f"out{count}/index.html").read_text()
        assert ("Show only rows with" in text) == (count > 1) and ("getElementById" in text) == (count > 1)
        assert f"{count} problem{'s' * (count > 1)}<" in text


# In a browser.


PANEL = "document.getElementById('why').innerText"
LIT = "[...document.querySelectorAll('td.lit')].map(c => c.textContent.trim())"


@pytest.mark.long
@pytest.mark.parametrize("reveal", [(), ("--reveal",)], ids=["as it is", "revealed"])
def test_a_cell_lights_what_it_follows_from(browser: Browser, here: Path, reveal: tuple[str, ...]) -> None:
    (here / "p.html").write_text(page("cell.yaml", "mine.yaml", *reveal), encoding="utf-8")
    browser.open(here / "p.html")
    browser.value("[...document.querySelectorAll('.overview a')].find(a => a.textContent === 'c[1]').click()")
    assert browser.value("document.activeElement.ariaLabel").startswith("c[1], −0.006, ")
    assert sorted(browser.value(LIT)) == sorted(["0.443", "0.2", "0.574", "−0.273"])
    said = browser.value(PANEL)
    assert "✗ WRONG" in said and "f and i change places" in said and "from f[1], c_0[1], i[1] and g[1]" in said
    assert ("−0.068102" in said) == bool(reveal)
    browser.press("ArrowRight")
    assert browser.value("document.activeElement.ariaLabel").startswith("c[2], −0.039, ")
    assert browser.troubles(here / "p.html") == []


@pytest.mark.long
def test_the_list_of_a_class_narrows_to_sheets(browser: Browser, here: Path) -> None:
    (here / "soft.yaml").write_text(SOFT.format(title="three scores"))
    for i in range(20):
        (here / "subs" / f"s{i:02}").mkdir(parents=True)
        (here / "subs" / f"s{i:02}" / "soft.yaml").write_text(f"Z: 11.21\ns: [0.66, 0.{i + 10}, 0.10]\n")
    (here / "p.html").write_text(page("soft.yaml", "subs"), encoding="utf-8")
    browser.open(here / "p.html")
    browser.value("document.getElementById('only').focus()")
    browser.press("s", "0", "7")
    seen = "[...document.querySelectorAll('.fold')].filter(s => s.checkVisibility()).map(s => s.id)"
    assert browser.value(seen) == ["s7"] and browser.value("document.getElementById('told').textContent") == "1 of 20"
    browser.value("document.querySelector('#s7 summary').click()")
    shown = browser.value("[...document.querySelectorAll('#s7 details[id^=v] td')].map(c => c.textContent.trim())")
    assert shown == ["0.66", "0.17", "0.10"]  # of a sheet that is written as what is another in it
    assert browser.troubles(here / "p.html") == []


@pytest.mark.long
def test_a_student_stands_as_long_as_one_of_the_sheets_does(browser: Browser, here: Path) -> None:
    (here / "p.html").write_text(homework(here), encoding="utf-8")
    rows = "[...document.querySelectorAll('.index tbody tr')].filter(row => row.checkVisibility())"
    seen = f"{rows}.map(row => row.innerText.trim().split(/\\s/)[0])"
    for typed, left, told in (
        ("ben", ["ben", "one", "two"], "2 of 6"),
        ("two", ["anna", "two", "ben", "two", "cid", "two"], "3 of 6"),
        ("anna two", ["anna", "two"], "1 of 6"),
        ("handed", ["ben", "two", "cid", "one"], "2 of 6"),
    ):
        browser.open(here / "p.html")
        browser.value("document.getElementById('only').focus()")
        browser.press(*typed)
        assert browser.value(seen) == left and browser.value("document.getElementById('told').textContent") == told
    assert browser.troubles(here / "p.html") == []


@pytest.mark.long
def test_the_index_of_a_folder_narrows(browser: Browser, here: Path) -> None:
    (here / "some").mkdir()
    for name in ("left", "right"):
        (here / f"some/{name}.yaml").write_text("topic: softmax\nx: [1, 2]\n")
    run("batch", "some", "-o", "out", "--format", "html")
    browser.open(here / "out/index.html")
    browser.value("document.getElementById('only').focus()")
    browser.press(*"left")
    seen = "[...document.querySelectorAll('tbody tr')].filter(row => row.checkVisibility()).map(row => row.innerText)"
    (row,) = browser.value(seen)
    assert "left.yaml" in row
