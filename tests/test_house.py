"""The house is built as planned: imports go down, kernels hold no formulas, renderers know no topic."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import nncalc
from nncalc.topics import TOPICS

ROOT = Path(nncalc.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
IDS = [str(p.relative_to(ROOT)) for p in FILES]

# The floors from the top down: a file imports only from its own floor's room or from below.
FLOORS = [
    ["__main__"], ["cli"], ["batch", "render"], ["marking"], ["running"], ["problem"], ["topics"],
    ["reading"], ["disk"], ["names", "limits"], ["trace"], ["errors"],
]  # fmt: skip
LEVEL = {name: -i for i, names in enumerate(FLOORS) for name in names}
OUTSIDE = {"typer": {"cli"}, "rich": {"render"}, "yaml": {"reading"}}


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {
                node.module,
                *(f"{node.module}.{a.name}" for a in node.names if node.module == "nncalc" and a.name != "__version__"),
            }
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_imports_only_go_down(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "nncalc" and len(parts) > 1 and here != "__init__":
            assert parts[1] == here or LEVEL[parts[1]] < LEVEL[here], f"{here} imports {name}"
        if parts[0] in OUTSIDE:
            assert here in OUTSIDE[parts[0]], f"{here} imports {name}"


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "topics"], ids=lambda p: p.stem)
def test_no_kernel_holds_a_formula_or_rounds(path: Path) -> None:
    """Formulas come from the recorded operations: names and headings are the only texts of a kernel's calls."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        assert called.rpartition(".")[2] not in ("round", "around", "rint"), f"{path.stem} rounds"
        if called in ("work.let", "self.work.let"):
            name = ast.unparse(node.args[0])
            assert not re.search(r"[=+*·∘^]| - ", name), f"{path.stem}: {name} is a formula"
            assert not any(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in node.args[1:])


@pytest.mark.parametrize("path", [p for p in FILES if room(p) in ("render", "marking")], ids=lambda p: p.stem)
def test_neither_pages_nor_marks_import_a_topic(path: Path) -> None:
    assert not [name for name in imports(path) if name.startswith("nncalc.topics")]


@pytest.mark.parametrize("path", [p for p in FILES if room(p) == "render"], ids=lambda p: p.stem)
def test_no_renderer_knows_a_topic(path: Path) -> None:
    words = set(re.findall(r"[a-z_]+", path.read_text().lower()))
    assert not words & {*TOPICS} - {"conv"}, words & {*TOPICS}
    assert "conv" not in words


def test_foreign_text_never_meets_markup() -> None:
    for path in FILES:
        text = path.read_text()
        assert "markup=True" not in text and "from rich import print" not in text and 'Panel("' not in text


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_nothing_is_checked_by_assert_or_run_as_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.Assert), "python -O removes asserts"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec", "compile", "__import__")


@pytest.mark.parametrize("path", [p for p in FILES if p.name != "errors.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_what_was_meant_and_a_bug_of_ours_are_said_in_one_place(path: Path) -> None:
    text = path.read_text()
    assert "get_close_matches" not in text and "please report" not in text


def test_the_help_lists_what_the_tables_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    import nncalc.cli.commands as commands
    import nncalc.cli.options as options

    monkeypatch.setattr(commands, "MARKS_FORMATS", ("one", "two", "three"))
    monkeypatch.setattr(options, "WORKING_FORMATS", ("four", "five"))
    monkeypatch.setattr(options, "COLORS", ("six",))
    monkeypatch.setattr(options, "DETAILS", {"seven": "words", "eight": ""})
    helps = {option.name: option.help for option in (*options.view_options(), *commands.check_command().params)}
    assert (
        helps["format"] == "one, two or three" and helps["color"] == "six" and helps["detail"] == "seven: words; eight"
    )
    assert {o.name: o.help for o in options.view_options()}["format"] == "four or five"
