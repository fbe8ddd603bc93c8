"""nncalc in scripts and notebooks: topics as functions, workings as arrays and pages, and their types."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import notebooks
import numpy as np
import pytest
import stub
import yaml
from command import run
from golden import topics_and_forms

import nncalc
from nncalc.problem.example import example
from nncalc.topics import ALSO, TOPICS, kernels
from nncalc.topics.parts.fields import fields_of

NOTEBOOK = Path(__file__).parent / "notebook" / "example.ipynb"
SCORES = [2, 1, 0.1]
E = np.exp(SCORES)
S = E / E.sum()


@pytest.fixture
def w() -> nncalc.Working:
    return nncalc.softmax(x=SCORES, target=1)


# Topics as functions


@pytest.mark.parametrize(("topic", "form"), topics_and_forms())
def test_a_function_works_what_the_command_works(topic: str, form: str, tmp_path: Path) -> None:
    """`nncalc new` writes a problem; its fields as arguments give the numbers of the command, to the last digit."""
    text = example(topic, form)
    (tmp_path / "p.yaml").write_text(text)
    page = json.loads(run(topic, str(tmp_path / "p.yaml"), "--format", "json").out)
    fields = {name: value for name, value in yaml.safe_load(text).items() if name != "topic"}
    ours = getattr(nncalc, topic)(**fields)
    assert isinstance(ours, nncalc.Working) and ours.topic == topic
    assert [step.name for step in ours.steps] == [step["name"] for step in page["steps"]]
    for step in page["steps"]:
        np.testing.assert_array_equal(ours[step["name"]], np.array(step["value"], dtype=float))
    assert list(ours.answer) == list(page["answer"])
    assert json.loads(ours.page(format="json")) == page


def test_every_topic_and_every_other_word_is_a_function() -> None:
    assert {*TOPICS, *ALSO} <= set(dir(nncalc))
    for name in (*TOPICS, *ALSO):
        function = getattr(nncalc, name)
        assert function is getattr(nncalc, name) and function.__name__ == name
        assert all(kernel.__doc__.split("\n")[0] in function.__doc__ for kernel in kernels(name))
    net = {"x": [1, 2], "layers": [{"W": [[1, 2]], "activation": "relu"}], "target": [0]}
    assert str(nncalc.network(**net)) == str(nncalc.backprop(**net))


def test_the_arguments_are_the_fields() -> None:
    """None is left out; what Python keeps for itself has a line behind it; `form`s are told by their fields."""
    for topic in TOPICS:
        names = set(inspect.signature(getattr(nncalc, topic)).parameters)
        fields = {f.parameter for kernel in kernels(topic) for f in fields_of(kernel)}
        shared = {"title", "question", "source", "symbols", "expect", "marking", "settle"}
        assert names == fields | shared and not fields & shared
    assert inspect.signature(nncalc.softmax).parameters["x"].default is inspect.Parameter.empty
    assert inspect.signature(nncalc.optimizer).parameters["rate"].default is None  # `average` goes without
    assert nncalc.softmax(x=SCORES, target=None).answer.keys() == {"s"}
    image = [[1, 2], [3, 4]]
    assert float(nncalc.pool(image=image, global_=True)["Y"]) == float(
        nncalc.pool(image=image, **{"global": True})["Y"]
    )
    two = nncalc.softmax(x=SCORES, settle=nncalc.on_paper(2), title="Rounded")
    assert float(two["Z"]) == 11.22 and two.title == "Rounded"


class Bare:
    """An array of a library that has nothing but the protocol."""

    def __init__(self, array: Any):
        self.array = np.array(array)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.array


class Tensor:
    """A tensor that can only be asked for its numbers."""

    def __init__(self, array: Any):
        self.array = np.array(array)

    def numpy(self) -> Any:
        return self.array


@pytest.mark.parametrize(
    "x",
    [
        SCORES,
        tuple(SCORES),
        np.array(SCORES),
        np.array(SCORES, np.float32),
        np.array(SCORES, np.float16),
        [np.float32(2), np.float32(1), np.float32(0.1)],
        Bare(SCORES),
        Tensor(SCORES),
        [np.float64(2), "1", Fraction(1, 10)],
        [Decimal("2"), np.int64(1), "1/10"],
        nncalc.softmax(x=SCORES)["s"].array * 0 + SCORES,
    ],
    ids=lambda x: type(x).__name__,
)
def test_numbers_of_any_kind(x: Any) -> None:
    np.testing.assert_array_equal(nncalc.softmax(x=x)["s"], nncalc.softmax(x=SCORES)["s"])


def test_single_precision_is_the_decimal_that_it_is_written_as(tmp_path: Path) -> None:
    """From Python and from a file: 0.1 + 0.2 - 0.3 is 0, as by hand; of double precision every digit is kept."""
    given = np.array([0.1, 0.2, 0.3], np.float32)
    np.save(tmp_path / "given.npy", given)
    (tmp_path / "p.yaml").write_text(
        "topic: formulas\ngiven: {g: {file: given.npy}}\nformulas: d = g[1] + g[2] - g[3]\n"
    )
    for w in (
        nncalc.formulas(given={"g": given}, formulas="d = g[1] + g[2] - g[3]"),
        nncalc.solve(tmp_path / "p.yaml"),
    ):
        assert float(w["d"]) == 0 and "g = [0.1, 0.2, 0.3]" in str(w)
    kept = np.random.default_rng(1).random(5)
    assert nncalc.softmax(x=kept).given["x"].array.tolist() == kept.tolist()
    single = kept.astype(np.float32)
    np.testing.assert_array_equal(nncalc.softmax(x=single).given["x"].array.astype(np.float32), single)


def test_a_step_goes_into_the_next_topic() -> None:
    Y = nncalc.conv(image=[[1, 2, 0], [3, 1, 2], [0, 1, 1]], filter=[[1, -1], [2, 0]])["Y"]
    assert nncalc.pool(image=Y, window=2)["Y"].tolist() == [[np.max(Y)]]


def test_tensors_of_torch() -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor(SCORES, dtype=torch.float64, requires_grad=True)
    ours = nncalc.softmax(x=x, target=1)
    assert str(nncalc.softmax(x=torch.tensor(SCORES), target=torch.tensor(1))) == str(ours)  # float32, by default
    cell = torch.nn.LSTMCell(2, 3)
    weights = {"W_ih": cell.weight_ih, "W_hh": cell.weight_hh, "b_ih": cell.bias_ih, "b_hh": cell.bias_hh}
    hidden, state = cell(torch.tensor([[0.5, -1.0]]))
    lstm = nncalc.lstm(x=torch.tensor([0.5, -1.0]), **weights)
    np.testing.assert_allclose(lstm["h"], hidden.detach()[0], atol=1e-6)
    np.testing.assert_allclose(lstm["c"], state.detach()[0], atol=1e-6)
    torch.nn.functional.cross_entropy(x[None], torch.tensor([0])).backward()
    np.testing.assert_allclose(ours["dx"], x.grad.numpy(), atol=1e-15)
    assert ours.check(s=torch.softmax(x, 0), dx=x.grad).passed


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: nncalc.softmax(x=SCORES, temperatur=2), "nncalc.softmax: unknown key 'temperatur'"),
        (lambda: nncalc.softmax(), "nncalc.softmax: 'x' is missing"),
        (lambda: nncalc.softmax(x=[1, float("nan")]), "nncalc.softmax: x[2]: want a number, got nan"),
        (lambda: nncalc.softmax(x=object()), "want numbers, texts, lists, arrays and mappings, got object"),
        (lambda: nncalc.lstm(x=[1]), "fields are missing; want all that one form needs (per_gate: x, W_xi"),
        (lambda: nncalc.softmax(x=SCORES).page(format="docx"), "format: want one of table, plain, json"),
        (lambda: nncalc.softmax(x=SCORES).show("q"), "there is no step 'q'"),
        (lambda: nncalc.softmax(x=SCORES).show("t1."), "there is no section 't1.'"),
        (lambda: nncalc.softmax(x=SCORES).explain("s:7"), "there is no cell 7 in s"),
        (lambda: nncalc.softmax(x=SCORES).check(q=1), "there is no step 'q'"),
        (lambda: nncalc.softmax(x=SCORES).save("p.docx"), "path: there is no format for .docx"),
    ],
)
def test_what_is_wrong_is_one_line(call: Callable[[], Any], said: str) -> None:
    with pytest.raises(nncalc.InputError) as raised:
        call()
    assert said in str(raised.value)


# Workings


def test_a_step_is_its_array(w: nncalc.Working) -> None:
    s = w["s"]
    np.testing.assert_allclose(s, S, rtol=1e-15)
    for ours, theirs in [(s[0], S[0]), (s[1:], S[1:]), (s + 1, S + 1), (2 / s, 2 / S), (-s, -S), (s @ s, S @ S),
                         (np.log(s), np.log(S)), (s - w["e"], S - E), (np.add.reduce(s), S.sum()), (s > 0.5, S > 0.5),
                         (sum(s), sum(S)), (s == s, S == S), (np.stack([s, s]), np.stack([S, S]))]:  # fmt: skip
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)
    assert len(s) == 3 and s.shape == (3,) and s.ndim == 1 and s.tolist() == list(s)
    assert float(w["Z"]) == pytest.approx(E.sum()) and int(w["Z"]) == 11 and bool(w["Z"])
    assert np.asarray(s, dtype=int).tolist() == [0, 0, 0]
    with pytest.raises(ValueError):
        bool(s)
    assert repr(s) == "s = e/Z = [0.65900114, 0.24243297, 0.09856589]"
    np.asarray(np.array(s))[0] = 7  # a copy
    assert w["s"][0] != 7


def test_steps_are_found_as_people_write_them() -> None:
    w = nncalc.solve({"topic": "backprop", "x": [1, 2], "layers": [{"W": [[1, 2]]}], "target": [0]})
    for name in ("dL/dW1", "dW1", "∂L/∂W1"):
        assert w[name].name == "dL/dW1"
    rnn = nncalc.rnn(x=[[1], [0.5]], W_xh=[[0.4]], W_hh=[[0.3]])
    assert rnn["h"].name == "t2.h" and rnn["t1.h"].name == "t1.h"
    with pytest.raises(KeyError, match="there is no step 'dW7'"):
        w["dW7"]
    assert (
        w.steps[0].name == "z1" and w.answer["dL/dW1"].tolist() == [[5, 10]] and w.given["x"].array.tolist() == [1, 2]
    )
    assert isinstance(w, nncalc.Trace) and repr(w) == f"<Working backprop: {', '.join(w.answer)}>"


def test_the_page_is_that_of_the_command(w: nncalc.Working, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("softmax", "--x", "2,1,0.1", "--target", "1")
    assert f"{w}\n" == w.page() == run(*words).out
    assert w.explain("s:1", "dx:2") == run(*words, "--explain", "s:1", "--explain", "dx:2").out
    assert w.explain("s") == run(*words, "--explain", "s").out
    assert w.page(digits=3, detail="short") == run(*words, "--digits", "3", "--detail", "short").out
    for name in ("page.txt", "page.json", "page"):
        w.save(tmp_path / name)
        written = (tmp_path / name).read_text()
        run(*words, "-o", str(tmp_path / name))
        assert written == (tmp_path / name).read_text()
    w.show()
    assert capsys.readouterr().out == w.page()


def test_only_some_steps(w: nncalc.Working, capsys: pytest.CaptureFixture[str]) -> None:
    w.show(only="s,L")
    head, _, shown = capsys.readouterr().out.partition("\n\n")
    signs = "signs: ∂L/∂x: how L changes with x\n"  # the two steps have none of these
    assert head == w.page().partition("\n\n")[0].replace(signs, "") != w.page().partition("\n\n")[0]
    assert shown == w.page().partition("s = e/Z\n")[1] + w.page().partition("s = e/Z\n")[2].partition("\nBackward")[0]
    rnn = nncalc.rnn(x=[[1], [0.5], [2]], W_xh=[[0.4]], W_hh=[[0.3]])

    def names(only: Any) -> list[str]:
        return [step["name"] for step in json.loads(rnn.page(only, format="json"))["steps"]]

    every = [step.name for step in rnn.steps]
    assert names("t2.") == [name for name in every if name.startswith("t2.")]
    assert names("h") == ["t1.h", "t2.h", "t3.h"] and names(["t3.", "t1.h"]) == ["t1.h", *names("t3.")]
    with pytest.raises(nncalc.InputError, match=re.escape("did you mean t3.?")):
        names("t33.")


def test_answers_are_marked(w: nncalc.Working, tmp_path: Path) -> None:
    assert w.check(s=[0.66, 0.24, 0.10], L=0.42).passed
    assert w.check({"dL/dx": [-0.34, 0.24, 0.10], "s:1": 0.66}, Z="11.21").lines[-1].name == "dL/dx"
    half = w.check(dx=[1, 2, 3], s=np.round(S, 2))
    assert float(half) == 0.5 and repr(half) == "<Marks 1 of 2, the first error is in dL/dx>"
    assert float(w.check(s=[0.66, 0.24, 0.10])) == 1 and float(w.check(L=5)) == 0
    (tmp_path / "mine.answers.yaml").write_text("s: [0.66, 0.24, 0.10]\n")
    assert w.check(tmp_path / "mine.answers.yaml").passed
    with pytest.raises(TypeError, match="got both"):
        w.check(tmp_path / "mine.answers.yaml", s=[1, 2, 3])
    told = half.to_dict()
    assert json.loads(json.dumps(told)) == told and told["earned"] == 1 and told["total"] == 2 and not told["passed"]
    typed = run(
        "check",
        "-",
        "s=0.66,0.24,0.1",
        "dx=1,2,3",
        "--format",
        "json",
        stdin=b"topic: softmax\nx: [2, 1, 0.1]\ntarget: 1\n",
    )
    sheet = json.loads(typed.out)["sheets"][0]
    assert told["first_error"] == sheet["first_error"] == "dL/dx"
    assert [drop(line) for line in told["lines"]] == [drop(line) for line in sheet["lines"]]


def drop(line: dict[str, Any]) -> dict[str, Any]:
    """A line without how its numbers were written: in Python 2 is no text."""
    return line | {"cells": [{k: v for k, v in cell.items() if k != "yours"} for cell in line["cells"]]}


def test_points_weigh() -> None:
    w = nncalc.softmax(x=SCORES, target=1, marking={"points": {"s": 3, "L": 1}, "places": 2})
    assert float(w.check(s=[0.66, 0.24, 0.1])) == 0.75 and float(w.check({})) == 0


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, Any]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_gets_html_latex_and_text() -> None:
    w = nncalc.softmax(x=[2, 1, 0.1], title="</pre><script>alert(1)</script> & $x$")
    bundle = w._repr_mimebundle_()
    assert bundle["text/plain"] == str(w)
    page = Tags(bundle["text/html"])
    assert [tag for tag, _ in page.found] == ["pre"] and page.text == str(w)
    assert r"s &= \frac{e}{Z} = \begin{bmatrix} 0.659001 \\ 0.242433 \\ 0.098566 \end{bmatrix}" in bundle["text/latex"]
    assert "script" not in bundle["text/latex"]


@pytest.mark.parametrize(("topic", "form"), topics_and_forms())
def test_latex_of_every_topic_is_balanced(topic: str, form: str) -> None:
    w = nncalc.solve(nncalc.loads(example(topic, form)))
    tex = w._repr_mimebundle_().get("text/latex", "")
    assert bool(tex) == (0 < len(w.steps) <= 200)
    assert re.findall(r"\\begin\{(\w+)\}", tex).count("aligned") == tex.count(r"\end{aligned}") == bool(tex)
    assert tex.count("{") == tex.count("}") and tex.count(r"\left") == tex.count(r"\right")
    assert all(line.count("&= ") == 1 for line in tex.split("\n")[2:-2] if "bmatrix" not in line)


def test_what_the_engine_gave_is_still_there(tmp_path: Path) -> None:
    """What scripts used before workings could show themselves."""
    (tmp_path / "p.yaml").write_text("topic: softmax\nx: [2, 1, 0.1]\n")
    w = nncalc.solve(tmp_path / "p.yaml")
    assert w["s"].array.tolist() == S.tolist() and w.named().keys() == {"e", "Z", "s"}
    cut = w.explain(("s", (0,)))
    assert isinstance(cut, nncalc.Working) and cut.explained and [s.cells for s in cut.steps][-1] == ((0,),)
    rounded = nncalc.solve(tmp_path / "p.yaml", nncalc.on_paper(2))
    assert rounded["s"].exact.tolist() == S.tolist()
    assert pickle.loads(pickle.dumps(nncalc.on_paper)) is nncalc.on_paper


def test_the_notebook_gives_what_stands_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NNCALC_REWRITE writes its outputs anew."""
    monkeypatch.chdir(tmp_path)
    stored = notebooks.read(NOTEBOOK)
    ran = notebooks.executed(stored)
    if os.environ.get("NNCALC_REWRITE"):
        notebooks.write(ran, NOTEBOOK)
        stored = notebooks.read(NOTEBOOK)
    assert sum(bool(cell.get("outputs")) for cell in stored["cells"]) >= 10
    for now, there in zip(ran["cells"], stored["cells"], strict=True):
        assert now == there


# Types


def test_the_stub_is_made_from_the_signatures() -> None:
    assert stub.held() == stub.text()


SCRIPT = """
from fractions import Fraction
from pathlib import Path

import numpy as np

import nncalc
from nncalc import Limits, Marks, Permissions, Problem, Trace, Working, network, softmax

w: Working = softmax(x=[2, 1, 0.1], target=1, settle=nncalc.on_paper(2), title="A title")
trace: Trace = w
softmax(x=np.array([[1.0, 2.0]]), base="2", temperature=Fraction(1, 2))
softmax(x=["1/3", 2, np.float64(3)], target=np.int64(1), jacobian=True)
total: float = float(w["Z"]) + float(w["s"][0])
array = np.asarray(w["s"]) + w["s"] * 2
page: str = str(w) + w.explain("s:1", "s:2") + w.page("s,L", format="json", digits=3, detail="short")
w.show()
w.show(only=["s", "L"], digits=3)
w.save(Path("page.txt"), only="s")
marks: Marks = w.check({"dL/dx": [0.1, None, "0.3"]}, s=[0.66, 0.24, 0.1])
print(float(marks), marks.to_dict()["passed"], marks.passed, w.answer["s"].shape, w.steps[0].name)
cut: Working = w.explain(("s", (0,)))
problem: Problem = nncalc.load("p.yaml", rules=Permissions(Limits(array=10)))
problem = nncalc.loads({"topic": "softmax", "x": [1]})
w = nncalc.solve(problem, nncalc.exact)
nncalc.check("p.yaml", {"s": [1]}).passed
print(nncalc.__version__, nncalc.InputError([]).findings)
nncalc.lstm(x=[1], W_ih=np.ones((4, 1)), W_hh=np.ones((4, 1)), gate_order="i f g o")
nncalc.lstm(x=[1], W_i=[[1, 2]], W_f=[[1, 2]], W_o=[[1, 2]], W_g=[[1, 2]], h_0=0)
network(x=[1], layers=[{"dense": {"W": [[1]]}}, "relu"], target=[0], loss="squared_error")
"""
WRONG = """
import nncalc

nncalc.softmax()
nncalc.softmax(x=[1], temperatur=2)
nncalc.softmax(x=[object()])
nncalc.loss(kind="hubber", prediction=[1], target=[1])
nncalc.lstm(x=[1], W_ih=[[1]])
nncalc.softmax(x=[1]).sohw()
"""


def examples() -> Iterator[str]:
    """A call of every topic in every form, with the fields that `nncalc new` gives."""
    for topic, form in topics_and_forms():
        fields = yaml.safe_load(example(topic, form))
        del fields["topic"]
        yield f"nncalc.{topic}({', '.join(f'{name}={value!r}' for name, value in fields.items())})"


def test_a_strict_checker_passes_what_runs_and_sees_what_is_wrong(tmp_path: Path) -> None:
    """mypy --strict over a script with every public name and every form, nncalc as an installed package."""
    (tmp_path / "p.yaml").write_text("topic: softmax\nx: [2, 1, 0.1]\n")
    (tmp_path / "right.py").write_text("\n".join([SCRIPT, *examples(), ""]))
    (tmp_path / "wrong.py").write_text(WRONG)
    assert all(re.search(rf"\b{name}\b", SCRIPT) for name in nncalc.__all__)
    environment = {**os.environ, "PYTHONPATH": str(stub.STUB.parent.parent), "MYPYPATH": ""}
    ran = subprocess.run([sys.executable, "right.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "right.py", "wrong.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    errors = [line.split(":")[:2] for line in done.stdout.splitlines() if ": error: " in line]
    assert errors == [["wrong.py", str(n)] for n in range(4, 10)], done.stdout
