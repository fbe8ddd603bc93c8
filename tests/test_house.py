"""The house is built as planned: imports go down, kernels hold no formulas, renderers know no topic."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import nncalc
from nncalc.topics import TOPICS, kernels

ROOT = Path(nncalc.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
IDS = [str(p.relative_to(ROOT)) for p in FILES]

# The floors from the top down: a file imports only from its own floor's room or from below.
FLOORS = [
    ["__main__"], ["cli"], ["batch", "render"], ["marking"], ["running"], ["problem"], ["topics"], ["extend"],
    ["topics.parts"], ["reading"], ["disk"], ["names", "limits"], ["trace"], ["errors"],
]  # fmt: skip
LEVEL = {name: -i for i, names in enumerate(FLOORS) for name in names}
OUTSIDE = {"typer": {"cli"}, "rich": {"render"}, "yaml": {"reading"}}


def room(path: Path) -> str:
    return room_of(path.relative_to(ROOT).with_suffix("").parts)


def room_of(parts: tuple[str, ...]) -> str:
    """A folder or a file at the top; what topics share is a room below them, so that `extend` can stand between."""
    return ".".join(parts[:2]) if parts[:2] == ("topics", "parts") else parts[0]


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
            there = room_of(tuple(parts[1:]))
            assert there == here or LEVEL[there] < LEVEL[here], f"{here} imports {name}"
        if parts[0] in OUTSIDE:
            assert here in OUTSIDE[parts[0]], f"{here} imports {name}"


def test_imports_between_rooms_are_few_and_the_top_is_short() -> None:
    """What a newcomer sees: the files and folders at the top, and how many arrows run between them."""
    top = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES} | {"py.typed"}
    assert len(top) <= 18, sorted(top)
    arrows = set()
    for path in FILES:
        here = path.relative_to(ROOT).parts[0].removesuffix(".py")
        arrows |= {(here, name.split(".")[1]) for name in imports(path) if name.startswith("nncalc.")} - {(here, here)}
    assert len(arrows) <= 55, sorted(arrows)


def test_no_topic_imports_another_topics_file() -> None:
    """What several need stands in topics/parts; a topic that is a folder (params) imports its own files."""
    for path in FILES:
        inside = path.relative_to(ROOT).parts
        if inside[0] != "topics" or inside[1] in ("parts", "__init__.py"):
            continue
        own = inside[1].removesuffix(".py")
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["nncalc", "topics"] and len(parts) > 2:
                assert parts[2] in ("parts", own), f"{own} imports {name}"


def test_the_engine_fits_into_one_sitting() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "trace").glob("*.py")}
    assert sum(lines.values()) <= 1100, lines


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_file_has_one_idea_and_a_function_one_thought(path: Path) -> None:
    """No file over 300 lines, no body of a function over 40."""
    source = path.read_text()
    assert len(source.splitlines()) <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[1:] if ast.get_docstring(node) else node.body
            if first and node.end_lineno is not None:
                assert node.end_lineno - first[0].lineno < 40, node.name


def test_no_public_name_is_defined_twice() -> None:
    """But for the interfaces (render, document, FORMS, MISTAKES), a topic's kernels, which bear the names that users type, and
    `solve`, which gives programs more than it gives the rooms below."""
    homes: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            targets = node.targets if isinstance(node, ast.Assign) else [node]
            for target in targets:
                name = getattr(target, "name", None) or getattr(getattr(target, "target", target), "id", None)
                if name and not name.startswith("_"):
                    homes.setdefault(name, []).append(str(path.relative_to(ROOT)))
    kernel_names = {form.__name__ for topic in TOPICS for form in kernels(topic)}
    twice = {name: where for name, where in homes.items() if len(where) > 1}
    for name in ("render", "document", "FORMS", "MISTAKES", "solve", *kernel_names):
        twice.pop(name, None)
    assert not twice


@pytest.mark.parametrize("path", [p for p in FILES if room(p).startswith("topics")], ids=lambda p: p.stem)
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


NAMES_APART = re.compile(r'partition\("(\.|/d)"\)|partition\(\'\.\'\)|"(/d?|∂|dL/d)" (not )?in |startswith\("d"\)')


@pytest.mark.parametrize(
    "path", [p for p in FILES if room(p) in ("trace", "marking", "render", "names", "running")], ids=lambda p: p.stem
)
def test_names_are_taken_apart_in_one_place(path: Path) -> None:
    found = [line for line in path.read_text().splitlines() if NAMES_APART.search(line)]
    assert not found or path.stem in ("name", "closeness"), found  # closeness: a number's text


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
    told = {option.name: option for option in (*options.view_options(), *commands.check_command().params)}
    assert told["format"].metavar == "one|two|three" and told["color"].metavar == "six"
    assert told["detail"].metavar == "seven|eight" and told["detail"].help == "seven: words"
    assert {o.name: o.metavar for o in options.view_options()}["format"] == "four|five"
