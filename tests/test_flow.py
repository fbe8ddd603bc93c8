"""Lists of numbers through the JSON decoder: whatever a text says, the nodes, places and errors are those of YAML."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from nncalc.errors import InputError
from nncalc.limits import DEFAULT, Limits
from nncalc.problem.problem import loads
from nncalc.reading import reader
from nncalc.reading.flow import NumbersNode
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.reading.reader import read_text

pytestmark = pytest.mark.fast

NUMBERS = [
    "1", "-2.5", "0", "-0", "0.1", "1e3", "-1.5E-7", "123456789012345678901234567890", "0.30000000000000004", "3.0",
    "1e400", "1" * 101, "1" * 401, "0." + "3" * 99,
]  # fmt: skip
OTHERS = [
    "1/3", "+1", ".5", "5.", "007", "−1", "inf", "NaN", "Infinity", "true", "null", '"2"', "'2'", "a", "1 2", "[]", "*r",
    "&r 1", "{a: 1}", "", "# 3", "0x10", "1_000", "1:30", "\ud800", "\x07", "é", "- 1", "---", "e", "-",
]  # fmt: skip
BEFORE = ["{}: ", "{}:", "{}:   ", "- ", "-   - ", "  ", "", "'{}': ", "{}: &r ", "{}: |\n  ", "{}: {{b: ", "# {}: ", "{}: 'x ",
          "{}: {{\n  b: ", "{}: hello\n  ", "? ", "{}: !!seq ", "β{}: ", "{}: >-\n   "]  # fmt: skip
AFTER = [
    "",
    "",
    "",
    " ",
    "  # said",
    "#said",
    ",",
    " x",
    "]",
    "}",
    "'",
    ": 1",
    "\n\n",
    "\n- 1",
    "\n  more",
    "\t",
    "\r",
    ", c: x}",
    "}",
]


def text_of(rng: Random) -> str:
    """Lines of keys with lists; most are as one writes them, some are wrong in one place."""
    odd = 0.02 if rng.random() < 0.7 else 0.2

    def number() -> str:
        return rng.choice(OTHERS if rng.random() < odd else NUMBERS)

    def row(depth: int, size: int) -> str:
        sign = rng.choice([", ", ",", ",\n  ", " , ", ",\n"]) if rng.random() < 0.3 else ", "
        size = rng.randrange(4) if rng.random() < odd else size
        cells = [row(depth - 1, size) if depth > 1 else number() for _ in range(size)]
        return f"[{sign.join(cells)}{rng.choice([',', ' ', ']', '[']) if rng.random() < odd else ''}]"

    lines = []
    for i in range(rng.randrange(1, 6)):
        before = rng.choice(BEFORE) if rng.random() < 3 * odd else rng.choice(BEFORE[:3])
        after = rng.choice(AFTER) if rng.random() < 3 * odd else rng.choice(AFTER[:5])
        name = rng.choice(["x", "W_1"]) if rng.random() < odd else f"k{i}"
        lines.append(before.format(name) + row(rng.randrange(1, 4), rng.randrange(1, 4)) + after)
    return "\n".join(lines) + "\n" * rng.randrange(3)


def told(node: Node) -> Any:
    """A node with all that is in it, and every place."""
    if isinstance(node, ScalarNode):
        return node.text, node.quoted, node.mark
    if isinstance(node, SequenceNode):
        return node.mark, [told(item) for item in node.items]
    return node.mark, [(name, node.keys[name], told(child)) for name, child in node.entries.items()]


def read(text: str, limits: Limits = DEFAULT) -> Any:
    try:
        return told(read_text(text, "p.yaml", limits))
    except InputError as error:
        return [(str(f), f.mark.excerpt() if f.mark else "") for f in error.findings]


@pytest.fixture
def plainly(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads without the JSON decoder."""

    def both(run: Any) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(reader, "lifted", lambda text, *rest: (text, {}))
            return run()

    return both


@pytest.mark.parametrize("seed", range(40))
def test_nodes_places_and_errors_are_those_of_yaml(seed: int, plainly: Any) -> None:
    rng = Random(seed)
    for _ in range(60):
        text = text_of(rng)
        limits = rng.choice([DEFAULT, Limits(nodes=6), Limits(array=7), Limits(depth=3), Limits(number_digits=4)])
        assert read(text, limits) == plainly(lambda text=text, limits=limits: read(text, limits)), text


def problem(text: str) -> Any:
    try:
        return {
            name: (x.dtype, x.tolist()) if isinstance(x, np.ndarray) else x for name, x in loads(text).values.items()
        }
    except InputError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(30))
def test_values_and_findings_are_those_of_single_numbers(seed: int, plainly: Any) -> None:
    rng = Random(seed)
    for _ in range(20):
        lists = text_of(rng).replace("k0", "image").replace("k1", "filter")
        text = f"topic: conv\n{lists}\n" + rng.choice(
            ["", "filter: [[1, 2], [3, 4]]\n", "pad: [1, 2]\n", "stride: [1.5]\n"]
        )
        assert problem(text) == plainly(lambda text=text: problem(text)), text


def test_a_matrix_is_lifted_and_its_numbers_stay_as_they_were_written() -> None:
    """Otherwise the tests above compare nothing."""
    root = read_text("a: [[1, 2.50],\n  [-3e-2, 0]]  # said\nb:\n  - [1, 2]\n  - [3, 4]\n", "p.yaml")
    assert isinstance(root, MappingNode)
    words = read_text("w: [one, two]\nv: [1 2]\nx: [1, 2]\n", "p.yaml")
    assert isinstance(words, MappingNode) and isinstance(words.entries["x"], NumbersNode)
    a, b = root.entries["a"], root.entries["b"]
    assert isinstance(a, NumbersNode) and isinstance(b, SequenceNode) and isinstance(b.items[1], NumbersNode)
    np.testing.assert_array_equal(a.array, [[1, 2.5], [-0.03, 0]])
    second = a.items[1]
    assert isinstance(second, SequenceNode) and [item.text for item in second.items] == ["-3e-2", "0"]  # type: ignore[union-attr]
    assert str(second.items[0].mark) == "p.yaml:2:4" and str(b.items[1].mark) == "p.yaml:5:5"


def test_a_hostile_text_of_many_openings_takes_no_longer_than_it_is_long() -> None:
    for text in ("[\n" * 300_000, "[1,\n" * 200_000, "x: [1\n" * 100_000, "- [1, [2\n" * 100_000):
        with pytest.raises(InputError):
            read_text(text, "p.yaml")
