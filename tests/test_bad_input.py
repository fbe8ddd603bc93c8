"""Wrong problems and flags: the exact line each gets, beside the smallest neighbour that is accepted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from examples import LSTM

from nncalc.errors import InputError
from nncalc.limits import Permissions
from nncalc.problem.problem import from_flags, load, loads
from nncalc.running import solve

CONV = "topic: conv\nimage: [[1, 2], [3, 4]]\nfilter: [[1]]\n"
NET = "topic: backprop\nx: [1, 2]\nlayers:\n  - {W: [[1, 2], [3, 4], [5, 6]], activation: tanh}\n  - {W: [[1, 2, 3]]}\n"
STACKED = "topic: lstm\nx: [1]\nW_ih: [[1], [2], [3], [4]]\nW_hh: [[1], [2], [3], [4]]\nb_ih: [1, 2, 3, 4]\n"
GRAPH = "topic: backprop\nexpr: 2*(x*y + max(z, w))\nat: {x: 3, y: -4, z: 2, w: -1}\n"

# What stands in a good problem, what a student writes instead, and the whole first line of the answer.
WRONG = [
    (CONV, "filter: [[1]]\n", "", "p.yaml:1:1: 'filter' is missing; want an array (rows x columns or filter x rows x columns or filter x depth x rows x columns or columns)"),
    (CONV, "filter", "kernel", "p.yaml:3:1: unknown key 'kernel': nncalc calls it 'filter'"),
    (CONV + "stride: 1\n", "stride", "stirde", "p.yaml:4:1: unknown key 'stirde'; did you mean 'stride'?"),
    (CONV + "pad: 1\n", "pad", "padding", "p.yaml:4:1: unknown key 'padding': nncalc calls it 'pad'"),
    (CONV + "stride: 1\n", "stride: 1", "stride: 0", "p.yaml:4:9: stride: want a whole number from 1 to 1000000, got 0"),
    (CONV + "stride: 2\n", "stride: 2", "stride: 2.0", "p.yaml:4:9: stride: want a whole number from 1 to 1000000, got 2.0 (write 2)"),
    (CONV + "pad: same\n", "same", "smae", "p.yaml:4:6: pad: want a whole number of at least 0 or a list or one of same, valid, got smae (did you mean same?)"),
    (CONV + "stride: [1, 2]\n", "stride: [1, 2]", "stride: [1, 2, 3]", "p.yaml:4:9: stride: want a number or [height, width], got 3 numbers"),
    (CONV + "flip: yes\n", "yes", "on", "p.yaml:4:7: flip: want true or false, got on"),
    (CONV, "[3, 4]", "[3, 4, 5]", "p.yaml:2:17: image[2]: has 3 numbers, but the first row has 2 numbers; want rows of one length"),
    (CONV, "[3, 4]", "3", "p.yaml:2:17: image[2]: is a number, but the first row has 2 numbers; want rows of one length"),
    (CONV, "[3, 4]", "[]", "p.yaml:2:17: image[2]: an empty list has no numbers"),
    (CONV, "4", "four", "p.yaml:2:21: image[2,2]: want a number, got the text 'four'"),
    (CONV, "4", "'4'", "p.yaml:2:21: image[2,2]: want a number, got '4' (write 4 without quotes)"),
    (CONV, "4", "0,5", "p.yaml:2:17: image[2]: has 3 numbers, but the first row has 2 numbers; want rows of one length"),
    (CONV, "4", "{a: 1}", "p.yaml:2:21: image[2,2]: want a number, got a mapping"),
    (CONV, "[[1]]", "[[1, 1, 1]]", "p.yaml:3:9: filter: covers 1 x 3 cells, more than the padded image has (2 x 2)"),
    (CONV, "[[1]]", "[[[[[1, 2]]]]]", "p.yaml:3:9: filter: is 1 x 1 x 1 x 1 x 2; want an array (rows x columns or filter x rows x columns or filter x depth x rows x columns or columns)"),
    (CONV + "upstream: [[1, 2], [3, 4]]\n", ", [3, 4]]\nf", "]\nf", "p.yaml:4:11: upstream: is 2 x 2, but Y is 1 x 2"),
    (CONV + "bias: [1]\n", "[1]\n", "[1, 2]\n", "p.yaml:4:7: bias: has 2 numbers, but there are 1 filters"),
    (CONV + "pad: 1\n", "pad: 1", "pad: 20000", "p.yaml:4:6: pad: needs an array of 1 x 40002 x 40002 = 1600160004 numbers (12.8 GB); the limit is 200000 (--limit array=N raises the limit)"),
    (GRAPH, "2*(x*y + max(z, w))", "2", "p.yaml:2:7: expr: has no variable, so there is nothing to differentiate by"),
    (CONV, "topic: conv", "topic: cnov", "p.yaml:1:8: topic: want one of conv, norm, activation, softmax, perceptron, backprop, formulas, loss and 12 more (see --help), got cnov (did you mean conv?)"),
    (CONV, "topic: conv\n", "", "p.yaml:1:1: 'topic' is missing; want one of activation, softmax, perceptron, backprop, formulas, loss, optimizer, conv and 12 more (see nncalc --help)"),
    (CONV, CONV, "- 1\n", "p.yaml:1:1: want fields (name: value) (see `nncalc --help` for the topics)"),
    (LSTM, "W_hi: [[0.1, 0.2], [-0.2, 0.05]]", "W_hi: [[0.1, 0.2]]", "p.yaml:7:7: W_hi: is 1 x 2: its 'hidden' is 1, but 2 in W_xi (p.yaml:6)"),
    (LSTM, "h_0: [0, 0.1]", "h_0: [0, 0.1, 0]", "p.yaml:4:6: h_0: is 3: its 'hidden' is 3, but 2 in W_xi (p.yaml:6)"),
    (STACKED, "b_ih: [1, 2, 3, 4]", "b_ih: [1, 2, 3]", "p.yaml:5:7: b_ih: is 3: its '4*hidden' is 3, but the other arrays make it 4"),
    (LSTM, "x: [0.5, -0.1]", "x: [[[1]]]", "p.yaml:3:4: x: is 1 x 1 x 1; want an array (time x input or input)"),
    (NET, "tanh", "tahn", "p.yaml:4:47: layers[1].activation: want one of tanh, hard_tanh, gelu_tanh, tanhshrink, sigmoid, relu, leaky_relu, elu and 17 more (see --help), got tahn (did you mean tanh?)"),
    (NET, "[[1, 2, 3]]", "[[1, 2]]", "p.yaml:5:9: layers[2].W: is 1 x 2, for 2 inputs, but layer 1 gives 3"),
    (NET, "W: [[1, 2, 3]]", "w: [[1, 2, 3]]", "p.yaml:5:6: layers[2]: unknown key 'w': nncalc calls it 'W'"),
    (NET + "target: 1\n", "target: 1", "target: [1, 2]", "p.yaml:6:9: target: has 2 numbers, but the output has 1 number"),
    (GRAPH, "w)", "ww)", "p.yaml:2:23: expr: ww has no value (give ww a number or an array)"),
    (GRAPH, "w))", "w)", "p.yaml:2:9: expr: this ( is never closed"),
    (GRAPH, "2*(", "2(", "p.yaml:2:8: expr: an operator is missing (write * between them)"),
    (GRAPH, "w: -1", "w: -1, w: 2", "p.yaml:3:32: 'w' is given twice, first in line 3"),
    (GRAPH, "expr: 2*(x*y + max(z, w))\n", "", "p.yaml: fields are missing; want all that one form needs (expression: expr, at; nodes: nodes, at; network: x, layers; layered: x, layers)"),
    ("topic: softmax\nx: [1, 2]\ntarget: 1\n", "target: 1", "target: 0", "p.yaml:3:9: target: want a class from 1 to 2, got 0 (classes count from 1; for labels from 0 add first_class: 0)"),
    ("topic: softmax\nx: [1, 2]\ntarget: [0.5, 0.5]\n", "0.5]", "0.6]", "p.yaml:3:9: target: want probabilities that add up to 1, got a sum of 1.1"),
    ("topic: softmax\nx: [10, 2]\n", "10", "1000", "p.yaml: e[1] = exp(1000) is not a finite number (add stable: true)"),
    ("topic: softmax\nx: [10, 2]\ntemperature: 1\n", "temperature: 1", "temperature: 0", "p.yaml:3:14: temperature: want a number above 0, got 0"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "part", "instead", "line"), WRONG, ids=[line[:70] for *_, line in WRONG])
def test_the_line_says_where_what_and_what_is_wanted(
    good: str, part: str, instead: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text(good)
    solve(load("p.yaml", rules=Permissions()))
    assert part in good
    Path("p.yaml").write_text(good.replace(part, instead, 1))
    with pytest.raises(InputError) as error:
        solve(load("p.yaml", rules=Permissions()))
    assert error.value.lines()[0] == line


def test_all_findings_of_a_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.yaml").write_text("topic: conv\nimage: [[1, b], [c, 4]]\nstirde: 1\npad: -1\n")
    with pytest.raises(InputError) as error:
        load("p.yaml", rules=Permissions())
    assert [line.split(": ")[0] for line in error.value.lines()] == [
        "p.yaml:2:13",
        "p.yaml:2:18",
        "p.yaml:3:1",
        "p.yaml:4:6",
        "p.yaml:1:1",
    ]


@pytest.mark.parametrize(("topic", "flags", "line"), [
    ("softmax", {"x": "1,a"}, "--x: x[2]: want a number, got the text 'a'"),
    ("conv", {"image": "1,2;3", "filter": "[[1]]"}, "--image: image[2]: has 1 number, but the first row has 2 numbers; want rows of one length"),
    ("backprop", {"expr": "2x", "at": "x=1"}, "--expr: column 2: an operator is missing (write 2*x)"),
    ("backprop", {"expr": "x", "at": "x=1="}, "--at: at.x: want a number, got the text '1=': '=' has no meaning here (an expression has no =; to compare write ==)"),
    ("softmax", {"x": "1,2", "temperature": "-1"}, "--temperature: want a number above 0, got -1"),
    ("softmax", {"x": "[1,2"}, "--x: is not YAML: this [ is never closed"),
])  # fmt: skip
def test_flags_get_the_same_errors_and_name_the_flag(topic: str, flags: dict[str, str], line: str) -> None:
    with pytest.raises(InputError) as error:
        solve(from_flags(topic, flags, Permissions()))
    assert error.value.lines()[0] == line


@pytest.mark.parametrize("words", [
    ["conv", "p.yaml", "--stride", "0"], ["conv", "none.yaml"], ["sofmax", "--x", "1"], ["softmax", "--bogus", "1"],
    ["softmax", "--x", "1,2", "--get", "q"], ["softmax", "--x", "1,2", "--explain", "s:3"], ["lstm", "p.yaml"], ["solve"],
    ["softmax", "--x", "1,2", "--round", "x"], ["softmax", "--x", "1,2", "--round", "1", "--sig", "2"], ["conv", "p.yaml", "-i", "p.yaml"],
    ["softmax", "--x", "1,2", "--format", "docx"], ["softmax", "--x", "1,2", "-o", "."], ["solve", "p.yaml", "none.yaml"],
])  # fmt: skip
def test_the_command_line_says_it_in_one_line_and_exits_with_2(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(CONV)
    done = subprocess.run(
        [sys.executable, "-m", "nncalc", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr and "│" not in done.stderr


@pytest.mark.parametrize(
    ("topic", "fields", "said"),
    [
        ("network", {"x": [1, 2], "layers": [{"W": [[1, 2], [3, 1]]}], "target": 1, "loss": "cross_entropy"},
         "loss: is of probabilities, but layer 1 ends with identity (activation: softmax in the last layer)"),
        ("rnn", {"x": [1, 2], "W_xh": [[1, 2], [3, 1]], "W_hh": [[1, 0], [0, 1]], "W_hy": [[1, 2], [0, 1]], "target": [1],
                 "loss": "cross_entropy"}, "loss: is of probabilities, but the outputs are scores (output_activation: softmax)"),
    ],
)  # fmt: skip
def test_a_cross_entropy_of_scores_is_refused(topic: str, fields: dict[str, Any], said: str) -> None:
    """Its logarithm would be a negative loss, or none."""
    with pytest.raises(InputError) as error:
        solve({"topic": topic, **fields})
    assert said in str(error.value)


def test_what_is_there_by_another_name_is_not_missing() -> None:
    with pytest.raises(InputError) as error:
        loads({"topic": "lstm", "x": [1], "weight_ih": [[1]] * 4, "weight_hh": [[1]] * 4})
    assert str(error.value).count("nncalc calls it") == 2 and "missing" not in str(error.value)
    with pytest.raises(InputError) as error:
        loads({"topic": "network", "x": [1], "layers": [{"dense": {"weights": [[1]]}}]})
    assert "nncalc calls it 'W'" in str(error.value) and "missing" not in str(error.value)
