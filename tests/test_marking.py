"""What a line is worth: exact sheets, one planted slip, honest rounding, forgery; on every problem there is."""

from __future__ import annotations

import math
import os
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import LSTM, MAZUR, problem
from hypothesis import given
from hypothesis import strategies as st
from sheets import PROBLEMS, asked, exactly, marked, node, places, verdicts, wrong_cells

from nncalc.errors import InputError, Location
from nncalc.marking import sheet
from nncalc.marking.assignment import Assignment, ask, lines_of
from nncalc.marking.closeness import Agreement, agrees, as_written
from nncalc.marking.marks import Marks
from nncalc.marking.verdicts import Verdict
from nncalc.problem.problem import Marking
from nncalc.running import run
from nncalc.trace.rounding import following, on_paper

SHEETS = int(os.environ.get("NNCALC_SHEETS", "500"))
IDS = [f"{path.parent.name}/{path.stem}" for path in PROBLEMS]


def closely(text: str, worked: Any, **marking: Any) -> str:
    return agrees(as_written(text, float(text), Location("s")), worked, Marking(**marking)).name


@pytest.mark.parametrize(("text", "worked", "marking", "agreement"), [
    ("0.66", 0.659001, {}, "YES"), ("0.65", 0.659001, {}, "NO"), ("0.659", 0.659001, {}, "YES"), ("0.660", 0.659001, {}, "YES"),
    ("0.7", 0.659001, {}, "FEW"), ("0.7", 0.7, {}, "YES"), ("0.70", 0.659001, {}, "NO"), ("66e-2", 0.659001, {}, "YES"),
    ("0.66", 0.659001, {"places": 3}, "FEW"), ("0.659", 0.659001, {"places": 3}, "YES"), ("0.5", 0.5, {"places": 6}, "YES"),
    ("0.0012", 0.00123, {"sig": 3}, "FEW"), ("0.00123", 0.001234, {"sig": 3}, "YES"), ("1.2e-3", 0.00123, {}, "YES"),
    ("0.00", 0.003, {}, "FEW"), ("0", 0.003, {}, "NO"), ("0.0", 0.003, {}, "FEW"), ("0", 0.0, {}, "YES"), ("-0", 0.0, {}, "YES"),
    ("45.8", 46.0, {"tolerance": 0.2}, "YES"), ("45.79", 46.0, {"tolerance": 0.2}, "NO"), ("0.1", 0.3, {"tolerance": 0.2}, "YES"),
    ("0.15", 0.145, {}, "YES"), ("0.14", 0.145, {}, "YES"), ("0.145", 0.1455, {}, "YES"), ("2.675", 2.6745, {}, "YES"),
    ("61706", 61706, {}, "YES"), ("61707", 61706, {}, "NO"), ("61706.0", 61706, {}, "YES"), ("6.17e4", 61706, {}, "FEW"),
    ("8030261248", 8030261248, {}, "YES"), ("8030261249", 8030261248, {}, "NO"), ("1000000000000001", 10**15, {}, "NO"),
    (str(10**18 + 1), 10**18, {}, "NO"), (str(10**18), 10**18, {}, "YES"), ("8.03e9", 8030261248, {"tolerance": 1e6}, "YES"),
    ("0e999999999", 0.5, {}, "NO"), ("1e-999999999", 0.5, {}, "NO"), ("nan", 0.5, {}, "NO"), ("0.5", math.nan, {}, "NO"),
    ("inf", math.inf, {}, "YES"), ("-inf", -math.inf, {}, "YES"), ("-inf", math.inf, {}, "NO"), ("1e308", math.inf, {}, "NO"),
])  # fmt: skip
def test_closeness_as_a_person_means_it(text: str, worked: Any, marking: dict[str, Any], agreement: str) -> None:
    assert closely(text, worked, **marking) == agreement


@given(st.floats(-1e3, 1e3, allow_nan=False), st.integers(2, 7))
def test_what_is_rounded_to_any_places_agrees_and_its_neighbour_does_not(value: float, count: int) -> None:
    text = f"{value:.{count}f}"
    assert closely(text, value, places=count) == "YES"
    other = f"{float(text) + 2 * 10.0**-count:.{count}f}"
    assert closely(other, value, places=count) == "NO"


@pytest.mark.parametrize("path", PROBLEMS, ids=IDS)
def test_the_exact_sheet_is_all_right(path: Path) -> None:
    marks = marked(asked(path), asked(path).exact)
    assert set(verdicts(marks).values()) == {"right"} and marks.passed and marks.earned == marks.total


@pytest.mark.parametrize("path", PROBLEMS, ids=IDS)
@pytest.mark.parametrize("count", [2, 4])
def test_honest_rounding_is_right_or_rounded(path: Path, count: int) -> None:
    """Worked by hand with `count` places, all lines given or only some of them."""
    one = asked(path)
    one = Assignment(replace(one.problem, marking=Marking(places=count)), one.trace)
    lines = {step.name: step.array for step in run(one.problem, on_paper(count), finite=False).steps}
    if not all(np.isfinite(np.asarray(a, dtype=float)).all() for a in lines.values()):
        pytest.skip("with so few places it cannot be worked")
    for rate in (1.0, 0.6, 0.2):
        some = {name: a for name, a in lines.items() if random.Random(f"{path.name} {name}").random() < rate}
        marks = marked(one, some, places(count))
        for line in marks.lines:
            for index in [i for i, verdict in line.cells.items() if verdict > Verdict.rounded]:
                off = abs(float(np.asarray(some[line.name])[index]) - float(line.exact[index]))
                assert off > 4.4 * 10.0**-count, (rate, line.name, index)  # else these places can tell


def planted(one: Assignment, chance: random.Random) -> tuple[str, tuple[int, ...], dict[str, Any]] | None:
    """A sheet with one wrong cell, everything else worked from it; None where nothing is left that is finite."""
    step = chance.choice(one.trace.steps)
    index = chance.choice(list(np.ndindex(step.array.shape)))
    right = np.asarray(step.array, dtype=object)[index]  # a count stays one, of any size
    if not math.isfinite(right):
        return None
    size = max(abs(right), 0.1)
    slip: Any = (
        right + chance.choice([-3, -1, 1, 2])
        if isinstance(right, int)
        else right + (chance.uniform(0.3, 2) * size + 0.06) * chance.choice([-1, 1])
    )
    if not isinstance(slip, int):
        slip = float(f"{slip:.7f}")
    lines: dict[str, Any] = dict(lines_of(run(one.problem, following({step.name: {index: slip}}), finite=False)))
    wrong = np.array(lines[step.name], dtype=object if isinstance(slip, int) else float)
    wrong[index] = slip
    lines[step.name] = wrong
    finite = all(np.isfinite(np.asarray(a, dtype=float)).all() for a in lines.values())
    return (step.name, index, lines) if finite else None


@given(st.sampled_from(PROBLEMS), st.randoms(use_true_random=False))
def test_one_slip_is_one_wrong_cell_and_what_depends_on_it_follows(path: Path, chance: random.Random) -> None:
    one = asked(path)
    found = planted(one, chance)
    if found is None:
        return
    name, index, lines = found
    marks = marked(one, lines)
    assert wrong_cells(marks) == [(name, index)]
    assert marks.first is not None and marks.first.name == name and not marks.passed
    for line in marks.lines:
        for cell, verdict in line.cells.items():
            if (line.name, cell) != (name, index):
                carried, exact = np.asarray(lines[line.name])[cell], one.exact[line.name][cell]
                same = carried == exact or abs(carried - exact) <= 1e-13 * abs(exact)
                assert verdict <= (Verdict.right if same else Verdict.follows), (line.name, cell, verdict)


@given(st.sampled_from(PROBLEMS), st.randoms(use_true_random=False))
def test_one_slip_that_nothing_was_worked_from_leaves_the_rest_right(path: Path, chance: random.Random) -> None:
    one = asked(path)
    found = planted(one, chance)
    if found is not None:
        name, index, lines = found
        marks = marked(one, {**one.exact, name: lines[name]})
        assert wrong_cells(marks) == [(name, index)]
        assert {v for n, v in verdicts(marks).items() if n != name} <= {"right"}


def test_random_wrong_sheets_never_pass() -> None:
    """Of random lines of random problems, each with at least one number that is not the right one."""
    chance = random.Random(7)
    for _ in range(SHEETS):
        one = asked(chance.choice(PROBLEMS))
        names = chance.sample(sorted(one.exact), k=min(len(one.exact), chance.randint(1, 3)))
        lines = {}
        for name in names:
            array = np.array(one.exact[name], dtype=float)
            if chance.random() < 0.5:
                noise = [chance.gauss(0, 1 + abs(v)) if np.isfinite(v) else 0.0 for v in array.flat]
                array = array + np.array(noise).reshape(array.shape)
            lines[name] = array
        name = chance.choice(names)
        first = (0,) * lines[name].ndim
        with_slip = np.array(lines[name])
        with_slip[first] = (
            0.0 if not np.isfinite(with_slip[first]) else float(one.exact[name][first])
        ) + chance.choice([-1, 1]) * (
            0.6 + chance.random() * max(1.0, abs(float(np.nan_to_num(one.exact[name][first], neginf=0.0))))
        )
        marks = marked(one, {**lines, name: with_slip}, lambda v: f"{v:.4f}")
        assert not marks.passed, (one.problem.file, verdicts(marks))


# Forgery


def sheet_of(text: str, one: Assignment) -> Marks:
    from nncalc.marking.marks import mark
    from nncalc.reading.nodes import MappingNode
    from nncalc.reading.reader import read_text

    root = read_text(text, "s.yaml", one.problem.limits)
    assert isinstance(root, MappingNode)
    return mark(one, sheet.read(root.entries, root.keys, one, "s.yaml"))


CELL = LSTM + "marking: {points: {z_i: 1, c: 2, h: 3}}\n"


@pytest.mark.parametrize("text", [
    "{}", "z_i: ~", "z_i: [~, ~]", "z_i: 0.3", "z_i: [0.3]", "z_i: [[0.3, 0.195], [0, 0]]", "z_i: [0.3, 0.195, 0.1]", "z_i: [[0.3], [0.195, 1]]",
    "z_i: [inf, inf]", "z_i: [0, 0]", "c: [0.0, 0.0]", "h: [0, 0]", "z_i: [0.3, ~]", "c: [-0.1, -0.1]", "h: -0.04",
    "z_i: [-inf, .inf]", "z_i: [1e-999, 1e-999]", "c: [-7e-2, -3e2]", "tanh_c: [-0.068, -0.033]",
])  # fmt: skip
def test_nothing_forged_earns_a_point(text: str) -> None:
    one = ask(problem(CELL))
    marks = sheet_of(text, one)
    assert marks.earned == 0 and not marks.passed and marks.total == 6


@pytest.mark.parametrize("text", [
    "tolerance: 9", "z_i: [0.3, 0.195]\nplaces: 0", "points: {z_i: 100}", "marking: {tolerance: 9}", "expect: {z_i: [1, 1]}", "weights: [1]",
    "zzz: 1", "t1.z_i: [0.3, 0.195]", "'z_i:3': 1", "topic: lstm",
])  # fmt: skip
def test_a_typed_name_that_means_no_line_or_that_only_the_problem_may_say_is_an_error(text: str) -> None:
    with pytest.raises(InputError) as error:
        sheet_of(text, ask(problem(CELL)))
    assert all(len(line) < 300 for line in error.value.lines())


@pytest.mark.parametrize("text", [
    "z_i: [nan, 1]", "z_i: [true, 1]", "z_i: [one, two]", "z_i: [1/0, 1/3]", "z_i: {file: a.npy}", "z_i: {a: 1}", "z_i: []",
    "'z_i:1': [1, 2]", "z_i: [0,3, 0,195]x", "z_i: [1_000, 2]", "z_i: [.nan, 1]", "z_i: [0x10, 2]", "z_i: [0.3, 0.195]\n'z_i:1': 0.3",
])  # fmt: skip
def test_what_cannot_be_read_costs_its_line_and_no_other(text: str) -> None:
    one = ask(problem(CELL))
    try:
        marks = sheet_of(f"{text}\nc: [-0.068, -0.033]", one)
    except InputError:
        assert text.endswith("x")  # no YAML: read line by line where it is a file
        return
    assert verdicts(marks) == {"z_i": "wrong", "c": "right", "h": "missing"}
    (lost,) = [mark.line.trouble for mark in marks.lines if mark.line is not None and mark.line.trouble]
    assert lost.startswith("cannot be read: ")


@given(
    st.permutations(["z_i", "i", "c", "h"]), st.sampled_from(["{:.6f}", "{:.6e}", "{:+.6f}", " {:.6f} "]), st.booleans()
)
def test_order_layout_and_number_format_make_no_difference(order: list[str], form: str, flow: bool) -> None:
    one = ask(problem(CELL))
    lines = {**one.exact, "c": one.exact["c"] + 0.06}
    texts = {n: [form.format(v) for v in lines[n]] for n in order}
    rows = {n: f"[{', '.join(t)}]" if flow else "".join(f"\n- {v.strip()}" for v in t) for n, t in texts.items()}
    marks = sheet_of("\n".join(f"{n}: {row}" for n, row in rows.items()), one)
    assert verdicts(marks) == {"z_i": "right", "i": "right", "c": "wrong", "h": "right"}
    assert list(verdicts(marks)) == ["z_i", "i", "c", "h"]
    assert (marks.earned, marks.total) == (4, 6)


# Credit


def test_points_follow_or_not_and_have_no_rounding_error() -> None:
    text = LSTM + "marking: {points: {z_o: 0.1, o: 0.2, h: 0.7}, places: 4, follow: %s}\n"
    one = ask(problem(text % "true"))
    lines = lines_of(run(one.problem, following({"z_o": {(0,): 3.5}})))
    lines["z_o"] = np.array([3.5, -0.14])
    marks = marked(one, {name: lines[name] for name in ("z_o", "o", "h")})
    assert verdicts(marks) == {"z_o": "wrong", "o": "follows", "h": "follows"}
    assert (str(marks.earned), str(marks.total)) == ("9/10", "1")
    strict = ask(problem(text % "false"))
    marks = marked(strict, {name: lines[name] for name in ("z_o", "o", "h")})
    assert verdicts(marks)["o"] == "follows" and marks.earned == 0


@pytest.mark.parametrize(("sheet_", "trivial"), [
    ({"f": [0.0, 0.0], "i": [0.0, 0.0], "c": [0.0, 0.0]}, {"c"}),
    ({"o": [1.0, 1.0], "tanh_c": "exact", "h": "tanh_c"}, {"h"}),
    ({"z_g": [99.0, -99.0], "g": [1.0, -1.0]}, {"g"}),
    ({"z_o": [0.575, -0.44], "o": "follow"}, set()),
    ({"f": [0.3, 0.8], "c": "follow"}, set()),
])  # fmt: skip
def test_what_a_students_own_value_made_trivial_is_not_credited(sheet_: dict[str, Any], trivial: set[str]) -> None:
    one = ask(problem(LSTM))
    numbers = {n: a for n, a in sheet_.items() if not isinstance(a, str)}
    carried = lines_of(run(one.problem, following({n: {(k,): v for k, v in enumerate(a)} for n, a in numbers.items()})))
    given_ = {
        n: {"exact": one.exact[n], "follow": carried[n]}.get(a, one.exact.get(a)) if isinstance(a, str) else a
        for n, a in sheet_.items()
    }
    marks = marked(one, given_)
    last = marks.lines[-1]
    assert last.verdict is Verdict.follows
    assert {line.name for line in marks.lines if line.trivial} == trivial
    assert (last.earned == 0) == bool(trivial)


def test_a_network_marks_its_update_from_the_students_own_gradient() -> None:
    one = ask(problem(MAZUR))
    carried = lines_of(run(one.problem, following({"dL/dW2": {(0, 0): 0.5}})))
    wrong = np.array(carried["dL/dW2"])
    wrong[0, 0] = 0.5
    marks = marked(one, {"dW2": wrong, "W2_new": carried["W2_new"]}, places(4))
    assert verdicts(marks) == {"dL/dW2": "wrong", "W2_new": "follows"}


def test_a_slip_that_ends_in_infinity_is_followed() -> None:
    one = ask(problem("topic: softmax\nx: [2, 1, 0.1]"))
    marks = marked(one, {"e": [1e300, 2.718282, 1.105171], "Z": node(1e300), "s": [1.0, 0.0, 0.0]})
    assert verdicts(marks)["e"] == "wrong" and not marks.passed
    marks = marked(one, {"Z": [0.0][0], "s": [math.inf, math.inf, math.inf]})
    assert verdicts(marks) == {"Z": "wrong", "s": "follows"}
    assert marks.lines[-1].trivial and marks.earned == 0


def test_too_few_places_are_neither_right_nor_wrong() -> None:
    one = ask(problem(LSTM + "marking: {places: 3}\n"))
    assert verdicts(marked(one, {"i": [0.574443, 0.548596]}, places(2))) == {"i": "places"}
    assert verdicts(marked(one, {"i": [0.574443, 0.548596]}, places(3))) == {"i": "right"}
    assert verdicts(marked(one, {"i": [0.674443, 0.548596]}, places(2))) == {"i": "wrong"}


def test_cells_by_name_short_names_and_answers() -> None:
    one = ask(problem(MAZUR))
    marks = sheet_of(
        "dW2:\n- [0.08216704, 0.08266763]\n- [-0.02260254, -0.02274024]\n'a1:2': 0.596884378\nw2_new: ~", one
    )
    assert verdicts(marks) == {"a1": "missing", "dL/dW2": "right"}
    assert agrees(as_written("1", 1.0, Location("")), 1, Marking()) is Agreement.YES
    assert exactly(0.1) == "0.1"


# What an adversary tried


SINGULAR = "topic: backprop\nexpr: 1/(a*b - c)\nat: {a: 0.5, b: %s, c: %s}\nmarking: {points: {f: 5, df/da: 5}, %s}\n"
SOFTMAX = "topic: softmax\nx: [2, 1, 0.1]\nmarking: {points: {s: 5}}\n"
PRODUCT = "topic: backprop\nexpr: 1000*(a*b*c)\nat: {a: 0.06, b: 0.06, c: 1}\nmarking: {points: {f: 5}}\n"
STACKED = "topic: rnn\nx: [[1, 2], [-1, 1]]\nW_xh: [[0.5, -0.3]]\nW_hh: [[0.1]]\nW_hy: [[1], [0.5]]\nmarking: {points: {y: 5}}\n"


@pytest.mark.parametrize(("text", "lines"), [
    (PRODUCT, {"f1": "0.00", "f": "0.00"}), (PRODUCT, {"f": "0"}), (PRODUCT, {"f": "0.00"}), (PRODUCT, {"f": "4"}),
    (SINGULAR % (0.2, 0.0988, "places: 2"), {"f": "inf", "df/da": "-inf"}),
    (SINGULAR % (0.21, 0.1038, "places: 2"), {"f2": "0.00", "f": "inf", "df/da": "-inf"}),
    (SINGULAR % (0.21, 0.1038, "tolerance: 0.01"), {"f2": "-0.008", "f": "-125", "df/da": "-3281.25"}),
    (SOFTMAX, {"e": "[1, 1, 1]", "Z": "2", "s": "[0.50, 0.50, 0.50]"}), (SOFTMAX, {"Z": "1.00", "s": "[7.39, 2.72, 1.11]"}),
    (STACKED, {"t1.y": "[0, 0]", "t2.y": "[0, 0]", "y": "[[0.00, 0.00], [0.00, 0.00]]"}),
    (STACKED, {"y": "[[0.00, 0.00], [0.00, 0.00]]"}),
    (LSTM + "marking: {points: {h: 10}}\n", {"o": "[0.1, 0.1]", "tanh_c": "[0.1, 0.1]", "h": "[0.010, 0.010]"}),
    (LSTM + "marking: {points: {h: 9, z_o: 1}, places: 3}\n",
     {"z_o": "[1e-300, 1e-300]", "o": "[0.500, 0.500]", "tanh_c": "[1e-9, 1e-9]", "h": "[0.000, 0.000]"}),
])  # fmt: skip
def test_no_slip_that_costs_nothing_earns_what_follows(text: str, lines: dict[str, str]) -> None:
    marks = sheet_of("\n".join(f"{name}: {value}" for name, value in lines.items()), ask(problem(text)))
    assert marks.earned == 0 and not marks.passed, verdicts(marks)


def test_copied_lines_alone_are_no_answer() -> None:
    one = ask(problem("topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1]]\npad: 1\n"))
    assert not marked(one, {"X_pad": one.exact["X_pad"]}).passed
    assert marked(one, {"X_pad": one.exact["X_pad"], "Y": one.exact["Y"]}).passed
    looked_up = ask(problem("topic: network\nx: [2, 1]\nlayers: [{embedding: [[1, 2], [3, 4]]}]\n"))
    assert marked(looked_up, looked_up.exact).passed  # there is nothing else to do
    assert not marked(looked_up, {"embedding1.X": [[1, 2], [3, 4]]}).passed


# What a marker found


def test_after_a_slip_the_digits_that_were_not_written_down_may_be_carried() -> None:
    one = ask(problem("topic: backprop\nexpr: (3.7*(x*y) - 1.2)^2\nat: {x: 0.71, y: 0.83}\nmarking: {places: 4}\n"))
    slip = 0.71 * 0.83 + 0.123456  # the student knows all these digits, and writes four
    lines = {"f1": slip, "f2": 3.7 * slip, "f3": 3.7 * slip - 1.2, "f4": (3.7 * slip - 1.2) ** 2}
    assert verdicts(marked(one, {"f1": lines["f1"], "f4": lines["f4"]}, places(4))) == {"f1": "wrong", "f4": "follows"}
    far = marked(one, {"f1": lines["f1"], "f4": lines["f4"] + 0.01}, places(4))
    assert verdicts(far) == {"f1": "wrong", "f4": "wrong"}


def test_what_follows_from_a_slip_needs_no_zeros() -> None:
    text = "topic: backprop\nx: [0.5, 0.25]\nlayers: [{W: [[0.7, 0.8]], b: [0.1], activation: relu}]\ntarget: [1]\nmarking: {sig: 3}\n"
    one = ask(problem(text))
    assert verdicts(marked(one, {"z1": [0.9], "a1": [0.9]}, places(1))) == {"z1": "wrong", "a1": "follows"}
    assert verdicts(marked(one, {"z1": [0.9], "a1": [0.9]}, places(3))) == {"z1": "wrong", "a1": "follows"}


def test_one_trivial_cell_does_not_make_a_line_trivial() -> None:
    one = ask(problem("topic: attention\nq: [[0.3, -0.2], [0.5, 0.9]]\nk: [[0.2, 0.8], [-0.6, 0.4]]\nmask: [[1, 1], [1, 1]]\n"
                      "marking: {points: {S_masked: 1, A: 1}}\n"))  # fmt: skip
    S = np.asarray(one.exact["S_scaled"])
    hidden = np.array([[S[0, 0], S[0, 1]], [-np.inf, S[1, 1]]])
    e = np.exp(hidden)
    marks = marked(one, {"S_masked": hidden, "A": e / e.sum(axis=1, keepdims=True)}, lambda v: f"{v:.5f}")
    assert verdicts(marks) == {"S_masked": "wrong", "A": "follows"}
    assert marks.earned == 1 + Fraction(3, 4)  # all of what follows, and the right scores


RNN = """topic: rnn
x: [[1, 0.5], [0.2, -0.4], [0.3, 0.7]]
W_xh: [[0.5, -0.2], [0.3, 0.8]]
W_hh: [[0.1, 0.4], [-0.3, 0.2]]
W_hy: [[0.7, -0.5], [0.2, 0.9]]
marking: {places: 3, points: {%sy: 6}%s}
"""
OUTPUTS = "t1.y: 1, t2.y: 1, t3.y: 1, "


@pytest.mark.parametrize(("marking", "points"), [
    ("", 6), (", credit: line", 6), (", credit: cell", 6), (", follow: 0.5", Fraction(11, 2)), (", follow: false", 5),
])  # fmt: skip
def test_an_answer_that_repeats_a_step_follows_from_the_slip_there(marking: str, points: Fraction) -> None:
    one = ask(problem(RNN % (OUTPUTS, marking)))
    Y = np.array(one.exact["y"])
    Y[0, 0] += 0.3
    steps = {f"t{t + 1}.y": row for t, row in enumerate(Y)}
    line = {mark.name: mark for mark in marked(one, {**steps, "y": Y}, places(3)).lines}
    assert line["t1.y"].verdict is Verdict.wrong
    assert (line["y"].verdict, line["y"].earned, line["y"].trivial) == (Verdict.follows, points, False)
    # Alone it is a slip, and a number that was not written before is none that follows.
    assert marked(one, {"y": Y}, places(3)).earned == (0 if "line" in marking else 5)
    assert marked(one, {**steps, "y": Y + np.eye(3, 2) * 0.2}, places(3)).lines[-1].verdict is Verdict.wrong


def test_nothing_is_earned_by_copies_of_slips_alone_or_of_what_cost_nothing() -> None:
    one = ask(problem(RNN % (OUTPUTS, "")))
    Y = np.array(one.exact["y"]) + 0.5
    marks = marked(one, {"t1.y": Y[0], "t2.y": Y[1], "t3.y": Y[2], "y": Y}, places(3))
    assert marks.earned == 0 and marks.lines[-1].trivial
    free = ask(problem(RNN % ("", "")))
    Y = np.array(free.exact["y"])
    Y[0, 0] += 0.3
    last = marked(free, {"t1.y": Y[0], "y": Y}, places(3)).lines[-1]
    assert (last.verdict, last.earned, last.unpaid) == (Verdict.follows, 5, True)


def test_an_answer_whose_step_is_not_on_the_sheet_is_worked_from_the_slip_before() -> None:
    one = ask(problem(RNN % ("t1.h: 1, ", "")))
    h = one.exact["t1.h"] + np.array([0.2, 0])
    slipped = run(one.problem, following({"t1.h": dict(np.ndenumerate(h))}))
    marks = marked(one, {"t1.h": h, "y": slipped.answer["y"]}, places(3))
    assert verdicts(marks) == {"t1.h": "wrong", "y": "follows"}
    assert marks.lines[-1].earned == 6


def test_zeros_in_the_step_that_an_answer_repeats_leave_nothing_to_work() -> None:
    one = ask(problem((RNN % ("t1.h: 1, ", "")).replace(", [0.2, -0.4], [0.3, 0.7]", "")))
    marks = marked(one, {"t1.h": [0, 0], "y": [[0, 0]]}, places(3))
    assert (verdicts(marks)["y"], marks.lines[-1].earned, marks.lines[-1].trivial) == ("follows", 0, True)
    # Where two steps are the same number, the one that follows the student's is meant.
    twice = ask(
        problem(
            (RNN % ("t2.h: 1, ", ""))
            .replace("0.2, -0.4", "1, 0.5")
            .replace("[[0.1, 0.4], [-0.3, 0.2]]", "[[0, 0], [0, 0]]")
        )
    )
    slipped = run(twice.problem, following({"t2.h": {(0,): 0.0, (1,): 0.0}}))
    Y = slipped.answer["y"]
    assert np.all(Y[1] == 0) and np.all(twice.exact["t1.y"] == twice.exact["t2.y"])
    marks = marked(twice, {"t1.y": Y[0], "t2.h": [0, 0], "y": Y}, places(3))
    assert (verdicts(marks)["y"], marks.lines[-1].earned) == ("follows", 4)
