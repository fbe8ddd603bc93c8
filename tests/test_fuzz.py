"""Whatever stands in a file, a flag or an expression: an answer, or an error of ours; never anything else."""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import Done, run
from examples import random_problems
from hypothesis import example, given
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.marking.assignment import ask
from nncalc.problem.problem import load
from nncalc.reading import reader
from nncalc.reading.expression import CALLS
from nncalc.reading.nodes import Node, ScalarNode, SequenceNode
from nncalc.topics import TOPICS, kernels
from nncalc.topics.parts.fields import fields_of

PROBLEMS = Path(__file__).parent.parent / "problems"
VALID = [path.read_text() for path in sorted(PROBLEMS.rglob("*.yaml")) if ".answers." not in path.name] + list(
    random_problems(1).values()
)
PARTS = 60
NAMES = sorted({field.name for topic in TOPICS for form in kernels(topic) for field in fields_of(form)})

# What people and attackers type.
MORSELS = [
    "0", "-1", "1", "2", "3", "1e308", "-1e308", "1e-320", "1000000", "1e400", "0.1", "1/3", "1/0", "sqrt(-1)", "2x", "~", "null", "no",
    "yes", "true", "''", '"\\x1b"', "[]", "[[]]", "{}", "[1]", "[1, 2]", "[[1, 2], [3]]", "[[1, 2], [3, 4]]", "[[[1]]]", "{a: 1}", "*a",
    "&a 1", "!!int 1", "!x", "<<", "same", "valid", "causal", "relu", "softmax", "tanh", "cross_entropy", "inf", ".nan", "-.5", "٣", "０", "\t", "\n",
    "\n  ", ": ", "- ", "# ", "---\n", "...\n", "|", ">", "'", '"', "[", "]", "{", "}", ",", "%", "@", "`", "\\", "\u2028", "\u202e", "\x00",
    "\ufeff", "é", "9" * 30, "1:30", "2024-01-01", "1_000", "0x10", "{file: a.npy}", "½", "√2", "σ(0.5)", "x₁", "·", "∘", "²", "π", "-.inf", "−∞", "[0.5 0.5]", "0,099", "[-.inf, 0]", "b:[0]", "∂f/∂x", "exp", "x", "e", "pi", "-", "−1", "(", ")", "^", "**",
]  # fmt: skip
MASKED = re.compile(r"(\w+\.)*S_masked|B")  # of attention, and of ALiBi


def clean(done: Done) -> None:
    """An answer in strict JSON, finite but for a mask's −∞, or one clear line an error and nothing on stdout."""
    assert done.code in (0, 2), done
    if done.code == 2:
        lines = done.err.splitlines()
        assert done.out == "" and 0 < len(lines) <= 21, done
        assert all(len(line) <= 2000 and line.isprintable() for line in lines), done
        return
    assert done.err == ""
    page = json.loads(done.out, parse_constant=lambda text: pytest.fail(text))
    for step in page["steps"]:
        assert MASKED.fullmatch(step["name"]) or not infinite(step["value"]), step["name"]
    assert not infinite({name: value for name, value in page["answer"].items() if not MASKED.fullmatch(name)})


def infinite(value: Any) -> bool:
    """Whether a number in it is none."""
    if isinstance(value, dict):
        return any(infinite(v) for v in value.values())
    return any(infinite(v) for v in value) if isinstance(value, list) else value in ("inf", "-inf", "nan")


def solved(text: str | bytes, tmp_path: Path, *words: str) -> Done:
    path = tmp_path / "p.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return run("solve", str(path), "--format", "json", *words)


def mutated(text: str, seed: int) -> str:
    """The text with a few places changed: numbers and words put in, taken out, doubled, exchanged."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        tokens = list(re.finditer(r"[\w.+-]+|\S|\s+", text))
        token, other = chance.choice(tokens), chance.choice(tokens)
        instead = chance.choice(
            [chance.choice(MORSELS), chance.choice(MORSELS), "", token.group() * 2, other.group(), chance.choice(NAMES)]
        )
        text = text[: token.start()] + instead + text[token.end() :]
    return text


@pytest.mark.parametrize("part", range(PARTS))
@given(seed=st.integers(0, 2**32))
def test_mutations_of_valid_problems(part: int, seed: int, tmp_path: Path) -> None:
    of_part = VALID[part::PARTS]
    clean(solved(mutated(of_part[seed % len(of_part)], seed), tmp_path, *(["--round", "2"] if seed % 3 == 0 else [])))


@given(data=st.binary(max_size=300))
def test_bytes(data: bytes, tmp_path: Path) -> None:
    clean(solved(data, tmp_path))


VALUES = st.recursive(
    st.sampled_from(MORSELS) | st.integers().map(str) | st.floats(allow_nan=False).map(repr),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3).map(
            lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("topic", TOPICS)
@given(data=st.data())
def test_files_of_every_topics_fields(topic: str, data: st.DataObject, tmp_path: Path) -> None:
    fields = [field.name for form in kernels(topic) for field in fields_of(form)]
    given = data.draw(st.dictionaries(st.sampled_from(fields), VALUES, min_size=1, max_size=6))
    clean(solved(f"topic: {topic}\n" + "".join(f"{name}: {value}\n" for name, value in given.items()), tmp_path))


@pytest.mark.parametrize("topic", TOPICS)
@given(data=st.data())
def test_flags_of_every_topics_fields(topic: str, data: st.DataObject) -> None:
    fields = [field.name for form in kernels(topic) for field in fields_of(form)]
    value = VALUES | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    given = data.draw(st.dictionaries(st.sampled_from(fields), value, min_size=1, max_size=4))
    clean(run(topic, "--format", "json", *(f"--{name}={text}" for name, text in given.items())))


@given(
    st.lists(st.sampled_from([*MORSELS, *CALLS, "x", "y", "+", "*", "/", "^", "(", ")", ",", " "]), max_size=12).map(
        "".join
    )
)
@example("x" + "^2" * 60)
@example("-" * 99 + "x")
def test_expressions(text: str) -> None:
    clean(run("backprop", "--format", "json", f"--expr={text}", "--at", "x=0.5, y=2, e=1"))


SIGNS_OF_LINES = [
    "x", "W", "w_new", "y", "L", "dL/dW", "∂L/∂w", "all(L)", "rows", "columns", "[", "]", "(", ")", ",", ":", "=", "+", "-", "·", "*", "@", "/", "^", "ᵀ",
    ".T", "²", "[1]", "[1,:]", "0.5", "2", "½", "σ", "η", ">", "==", "sum", "softmax", "onehot", "inv", "conv", "max", "# why", ";", " ", "\t", "'", "|", "é", "{", "1e400",
]  # fmt: skip


@given(
    st.lists(st.lists(st.sampled_from(SIGNS_OF_LINES), max_size=9).map("".join), max_size=5),
    st.sampled_from(["|", ">", "", "|-", "|2"]),
    st.sampled_from(
        ["", "each: {x: X}\n", "repeat: 2\n", "repeat: {k: 2}\nafter: |\n  S = sum(all(L))\n", "answer: [L, dL/dW]\n"]
    ),
)
@example(["L = W·x", "y = L²", "g = dy/dW"], "|", "")
def test_blocks_of_formulas(lines: list[str], sign: str, more: str) -> None:
    body = "".join(f"  {line}\n" for line in lines)
    given = "given: {W: [[1, 2], [3, 4]], X: [[1, 2], [3, 4]], w: 0.5}\n"
    with tempfile.TemporaryDirectory() as folder:
        clean(solved(f"topic: formulas\n{given}{more}formulas: {sign}\n{body}", Path(folder)))


@pytest.mark.parametrize(
    "option", ["--get", "--explain", "--round", "--sig", "--digits", "--detail", "--format", "--color", "--limit"]
)
@given(
    text=st.text(max_size=12)
    | st.sampled_from(MORSELS)
    | st.sampled_from(
        ["s", "s:1", "s[2]", "s:3", "S", "s:0", "s:1,1", "q:1", "s[1", "s1]", "s[1]2", "∂s", "x", "x[1]", "x:9"]
    )
)
def test_options(option: str, text: str) -> None:
    done = run("softmax", "--x", "1,2", f"{option}={text}")
    assert done.code in (0, 2) and (done.code == 0 or (done.out == "" and done.err.count("\n") == 1)), done


WORDS = st.sampled_from(
    [
        *TOPICS,
        "solve",
        "batch",
        "new",
        "schema",
        "--x",
        "1,2",
        "-i",
        "-",
        "--help",
        "--",
        "-o",
        "--debug",
        "--x=1",
        "none.yaml",
        "-z",
    ]
)


@given(words=st.lists(WORDS | st.text(max_size=8), max_size=5))
def test_command_lines(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*(w.replace("/", "") for w in words if "debug" not in w))
    assert done.code in (0, 2) and (done.code == 0 or done.err), done


def same(node: Node) -> Any:
    """A node as plain data with every place."""
    if isinstance(node, ScalarNode):
        return (node.text, node.quoted, str(node.mark))
    if isinstance(node, SequenceNode):
        return [same(item) for item in node.items]
    return {name: (str(node.keys[name]), same(value)) for name, value in node.entries.items()}


def answer(text: str, loader: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(reader, "LOADER", loader)
    try:
        return same(reader.read_text(text, "p"))
    except InputError:
        return "refused"


@given(
    text=st.lists(st.sampled_from([*MORSELS, "a", "b: ", "c: 1\n", "  ", "\n"]), max_size=14).map("".join)
    | st.text(max_size=30)
)
def test_both_parsers_give_the_same_answer(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(text, yaml.CSafeLoader, monkeypatch) == answer(text, yaml.SafeLoader, monkeypatch)


FORMATS = ["table", "csv", "json", "gradescope", "junit", "markdown", "html"]


def well_said(done: Done, codes: set[int]) -> None:
    """One of these exit codes; on stderr clear lines, or nothing."""
    assert done.code in codes, done
    lines = done.err.splitlines()
    assert len(lines) <= 21 and all(len(line) <= 2000 and line.isprintable() for line in lines), done


@given(st.sampled_from(range(len(VALID))), st.integers(0, 2**32), st.sampled_from(FORMATS))
def test_whatever_stands_on_a_sheet_it_is_marked_or_refused(which: int, seed: int, format: str) -> None:
    from sheets import exactly, node

    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        problem, sheet = Path(folder, "p.yaml"), Path(folder, "s.yaml")
        problem.write_text(VALID[which])
        one = ask(load(str(problem)))
        lines = {name: _texts(node(array, exactly)) for name, array in one.exact.items() if chance.random() < 0.6}
        text = mutated("".join(f"{json.dumps(name)}: {line}\n" for name, line in lines.items()) or "a: 1", seed)
        sheet.write_bytes(text.encode("utf-8", "surrogatepass"))
        done = run("check", str(problem), str(sheet), "--format", format)
        well_said(done, {0} if format == "gradescope" else {0, 1, 2})
        if done.code == 2:
            assert done.out == "" and done.err
        elif format in ("json", "gradescope"):
            json.loads(done.out, parse_constant=lambda text: pytest.fail(text))


def _texts(node: Node) -> str:
    """A node as flow YAML."""
    if isinstance(node, ScalarNode):
        return node.text
    assert isinstance(node, SequenceNode)
    return f"[{', '.join(map(_texts, node.items))}]"


@given(st.sampled_from(range(len(VALID))), st.integers(0, 2**32))
def test_whatever_a_problem_is_nobody_gets_points_by_it(which: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "p.yaml").write_bytes(mutated(VALID[which], seed).encode("utf-8", "surrogatepass"))
        Path(folder, "s.yaml").write_text("zzz: 1\n")
        problem = str(Path(folder, "p.yaml"))
        well_said(run("sheet", problem), {0, 2})
        well_said(run("check", problem, str(Path(folder, "s.yaml"))), {1, 2, 3})
        well_said(run("check", problem), {0, 1, 2, 3})
        os.remove(Path(folder, "s.yaml"))
        well_said(run("check", folder), {0, 1, 3})
