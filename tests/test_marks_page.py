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
