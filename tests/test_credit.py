"""What a line is worth: form costs nothing, a slip its cells, a mistake its line, and nothing is earned for nothing."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sheets import marked, verdicts

from nncalc.errors import InputError
from nncalc.marking import sheet
from nncalc.marking.alike import right_share
from nncalc.marking.assignment import Assignment, ask, lines_of
from nncalc.marking.blank import blank
from nncalc.marking.keys import warnings
from nncalc.marking.marks import Marks
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import load, loads
from nncalc.running import run
from nncalc.trace.rounding import following

HOMEWORK = Path(__file__).parent / "data" / "homework" / "hw"
SOFTMAX = {"topic": "softmax", "x": [1.5, -0.5, 0.8], "target": 1, "marking": {"places": 3}}
CONV = "p2-conv.yaml"
NETWORK = "p5-backprop.yaml"


def homework(name: str, **marking: Any) -> Assignment:
    """A problem of the homework, with another marking."""
    one = load(HOMEWORK / name)
    return ask(replace(one, marking=replace(one.marking, **marking)))


def said(problem: dict[str, Any] | Assignment, **answers: str) -> Marks:
    """The marks of answers as they are typed."""
    from nncalc.marking.marks import mark

    one = problem if isinstance(problem, Assignment) else ask(loads(problem))
    return mark(one, sheet.from_texts(answers, one))


def three(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def carried(one: Assignment, name: str, cells: dict[tuple[int, ...], float]) -> dict[str, Any]:
    """The lines asked, with other numbers in some cells of one line, and what follows from them."""
    lines = lines_of(run(one.problem, following({name: cells}), finite=False))
    lines[name] = np.array(lines[name])
    for index, number in cells.items():
        lines[name][index] = number
    return {n: a for n, a in lines.items() if n in one.lines}


# Form


@pytest.mark.parametrize("text", ["0.49", "0.490", "0.4898", "0.48975786", "4.9e-1", ".49", "0.4900"])
def test_digits_dropped_or_written_further_cost_nothing(text: str) -> None:
    assert verdicts(said(SOFTMAX, L=text)) == {"L": "right"}


def test_a_cell_is_right_where_the_places_asked_are() -> None:
    assert verdicts(said(SOFTMAX, s="[0.613, 0.083, 0.3042]")) == {"s": "right"}
    assert verdicts(said(SOFTMAX, s="[0.6, 0.083, 0.304]"))["s"] in ("places", "wrong")


@pytest.mark.parametrize("name", sorted(path.name for path in HOMEWORK.iterdir()))
def test_what_a_program_prints_of_32_bits_is_right(name: str) -> None:
    one = homework(name)
    lines = {
        n: one.exact[n].astype(np.float32).tolist() if one.exact[n].dtype.kind == "f" else one.exact[n]
        for n in one.lines
    }
    marks = marked(one, lines)
    assert marks.passed and marks.earned == marks.total and set(verdicts(marks).values()) == {"right"}


def test_what_floats_make_of_whole_numbers_and_zeros_is_right() -> None:
    one = ask(loads({"topic": "backprop", "expr": "x*y", "at": {"x": 3.999999999, "y": 1.0}}))
    assert verdicts(said(one, f="4")) == {"f": "right"}
    zero = ask(loads({"topic": "backprop", "expr": "x + y - z", "at": {"x": 0.1, "y": 0.2, "z": 0.3}}))
    assert verdicts(said(zero, f="0")) == verdicts(said(zero, f="5.551115123125783e-17")) == {"f": "right"}


def test_among_right_and_rounded_nearer_is_never_worse() -> None:
    one = homework("p3-lstm.yaml")
    lines = {"c": "[0.739, -0.281]"}
    exact = float(one.exact["h"][1])
    known = Verdict.right
    for k in range(200):
        for side in (-1, 1):
            marks = said(one, **lines, h=f"[{one.exact['h'][0]:.4f}, {exact + side * k * 1e-4:.6f}]")
            found = marks.lines[-1].cells[1,]
            if side < 0:
                left = found
        worst = max(found, left)
        assert worst >= known and (found == left or worst > Verdict.rounded or k * 1e-4 < 1e-3)
        known = worst if worst <= Verdict.rounded else known
    assert known is Verdict.rounded


# Credit


def test_one_wrong_cell_of_nine_costs_its_share() -> None:
    for credit, earned in (("slip", Fraction(8, 9) * 7), ("cell", Fraction(8, 9) * 7), ("line", Fraction(0))):
        one = homework(CONV, credit=credit)
        lines = {n: np.array(one.exact[n]) for n in one.lines}
        lines["Y"][1, 1] += 3.7
        assert marked(one, lines).earned == 3 + earned


def test_half_a_line_wrong_or_one_procedure_for_it_is_the_line_lost() -> None:
    one = homework(NETWORK)
    lines = {n: np.array(one.exact[n]) for n in one.lines}
    lines["z1"][:2] += 1.3
    assert marked(one, {"z1": lines["z1"]}).earned == 0
    assert marked(homework(NETWORK, credit="cell"), {"z1": lines["z1"]}).earned == Fraction(1, 3)
    lines = {"a1": [1.2, 0.6, 1.7]}  # |z| for ReLU: one cell of three, but it is how all are made
    assert marked(one, lines).earned == 0
    assert marked(one, {"a1": [1.2, 0.4, 1.7]}).earned == Fraction(2, 3)


def test_what_has_nothing_to_work_carries_no_share() -> None:
    one = ask(loads({"topic": "attention", "q": [[0.3, -0.2], [0.5, 0.9]], "k": [[0.2, 0.8], [-0.6, 0.4]], "mask": "causal",
                     "marking": {"points": {"A": 4}, "credit": "cell"}}))  # fmt: skip
    A = np.array(one.exact["A"])
    assert [one.has_work("A", i) for i in np.ndindex(2, 2)] == [True, False, True, True]
    A[1, 1] = 0.9
    assert marked(one, {"A": A}).earned == 4 * Fraction(2, 3)


def test_shares_are_exact_and_follow_may_be_a_part() -> None:
    one = homework("p3-lstm.yaml", follow=0.5, credit="cell")
    lines = carried(one, "c", {(0,): 3.5, (1,): 2.5})
    marks = marked(one, lines)
    assert verdicts(marks)["h"] == "follows" and marks.earned == 4 + Fraction(3, 2)
    for follow, earned in ((True, 7), (False, 4)):
        assert marked(homework("p3-lstm.yaml", follow=follow), lines).earned == earned


def test_further_right_values_are_accepted_with_their_words() -> None:
    accept = {"L": {"in bits": 0.7066}}
    one = ask(loads({**SOFTMAX, "marking": {"places": 3, "points": {"s": 1, "L": 2}, "accept": accept}}))
    marks = said(one, s="[0.613, 0.083, 0.304]", L="0.707")
    assert marks.earned == 3 and marks.passed and marks.lines[1].accepted == "in bits"
    for wrong in ({"zzz": {"a": 1.0}}, {"L": {"a": [1.0, 2.0]}}, {"L:1": {"a": 1.0}}):
        with pytest.raises(InputError):
            ask(loads({**SOFTMAX, "marking": {"accept": wrong}}))


# What a mistake leaves


def test_padding_ignored_costs_size_and_padding_and_what_follows_is_judged_by_it() -> None:
    one = homework(CONV)
    image = "[[1,2,0,3,1],[4,1,2,0,2],[0,3,1,5,1],[2,0,4,1,3],[1,2,1,0,6]]"
    marks = said(one, size="[2, 2]", X_pad=image, Y="[[13, 1], [4, 24]]")
    assert verdicts(marks) == {"size": "wrong", "X_pad": "wrong", "Y": "follows"}
    assert marks.earned == 7
    assert said(one, size="[2, 2]", X_pad=image, Y="[[13, 1], [4, 25]]").earned == 0
    assert said(one, Y="[[13, 1], [4, 24]]").earned == 0


def test_what_follows_from_a_paid_slip_and_is_within_a_tolerance_is_credited() -> None:
    one = homework(NETWORK, tolerance=0.0006)
    right = one.exact["dL/dz2"]
    lines = carried(one, "dL/dz2", {(0,): right[0] - 0.09, (1,): right[1] + 0.02055})
    off = abs(lines["dL/dz1"][2] - one.exact["dL/dz1"][2])
    assert 0.0004 < off < 0.0006
    marks = marked(one, lines, lambda v: f"{v:.6f}")
    assert [line.name for line in marks.lines if line.points and line.earned < line.points] == ["dL/dz2"]


def test_what_follows_from_a_tolerated_number_is_not() -> None:
    text = {"topic": "backprop", "expr": "1/(a*b - c)", "at": {"a": 0.5, "b": 0.21, "c": 0.1038},
            "marking": {"points": {"f": 5}, "tolerance": 0.01}}  # fmt: skip
    assert said(text, f2="-0.008", f="-125").earned == 0


# Nothing for nothing


@pytest.mark.parametrize("name", sorted(path.name for path in HOMEWORK.iterdir()))
@pytest.mark.parametrize("credit", ["slip", "cell", "line"])
def test_one_number_everywhere_earns_nothing(name: str, credit: str) -> None:
    one = homework(name, credit=credit)
    for number in (0, 1, 3, 0.5, -1, 2):
        lines = {n: np.full(one.exact[n].shape, number) for n in one.lines}
        assert marked(one, lines).earned == 0, number


@pytest.mark.parametrize(("name", "zero", "nothing"), [
    (CONV, "X_pad", ["X_pad", "Y"]),
    (NETWORK, "z1", ["z1", "a1", "z2", "dL/dW2", "dL/dz1", "dL/dW1", "W1_new"]),
    (NETWORK, "dL/dz2", ["dL/dz2", "dL/dW2", "dL/dz1", "dL/dW1", "W1_new"]),
    (NETWORK, "dL/dz1", ["dL/dz1", "dL/dW1", "W1_new"]),
    ("p4-attention.yaml", "Q", ["Q", "S", "S_scaled", "A"]), ("p4-attention.yaml", "V", ["V", "Z"]),
    ("p3-lstm.yaml", "c", ["c", "h"]), ("p3-lstm.yaml", "o", ["o", "h"]),
])  # fmt: skip
def test_zeros_leave_nothing_to_earn_through_windows_masks_and_products(
    name: str, zero: str, nothing: list[str]
) -> None:
    for credit in ("slip", "line"):
        one = homework(name, credit=credit)
        lines = carried(one, zero, dict.fromkeys(np.ndindex(one.exact[zero].shape), 0.0))
        marks = marked(one, lines, three)
        assert [line.name for line in marks.lines if line.points and not line.earned] == nothing, credit


def test_a_sheet_of_another_variant_fits_that_one(tmp_path: Path) -> None:
    one, other = ask(loads(SOFTMAX)), ask(loads({**SOFTMAX, "x": [0.4, 1.2, -0.7]}))
    copied, strange = tmp_path / "copied.yaml", tmp_path / "strange.yaml"
    copied.write_text("s: [0.281, 0.625, 0.094]\nL: 1.269\n")
    strange.write_text("Y: [1, 2, 3]\n")
    assert right_share(str(copied), one) < 0.25 and right_share(str(copied), other) > 0.75
    assert right_share(str(strange), one) == 0 and right_share(str(tmp_path / "none.yaml"), one) == 0


# What places cannot tell


def warned(places: int, at: dict[str, float], expr: str) -> str:
    marking = {"points": {"f": 1}, "places": places}
    return "\n".join(warnings(ask(loads({"topic": "backprop", "expr": expr, "at": at, "marking": marking}))))


@pytest.mark.parametrize(("places", "at", "expr", "words"), [
    (2, {"a": 0.05, "b": 0.06}, "a*b", "0 is right"), (3, {"a": 0.05, "b": 0.06}, "a*b", ""),
    (2, {"a": 0.6, "b": 0.7}, "1000*(a*b)", "cannot tell"), (2, {"a": 0.6, "b": 0.7}, "2*(a*b)", ""),
])  # fmt: skip
def test_places_that_cannot_tell_are_said(places: int, at: dict[str, float], expr: str, words: str) -> None:
    assert words in warned(places, at, expr) and bool(words) == bool(warned(places, at, expr))


def test_the_blank_sheet_says_where_zero_is_right() -> None:
    text = {"topic": "backprop", "expr": "a*b", "at": {"a": 0.05, "b": 0.06}, "marking": {"places": 2}}
    one = ask(loads(text))
    assert "f are 0" in blank(one)
    assert verdicts(said(one, f="0")) == {"f": "right"}
