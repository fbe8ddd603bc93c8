"""A call loads what it uses, and sets its process so that starting and ending costs little.

Which modules each kind of call may load stands here; a module that is not listed is loaded too early.
"""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest
from examples import LSTM

from nncalc.cli import process

# Of what is not ours, these cost time; what typer, numpy and yaml load themselves is not counted.
WATCHED = (
    "numpy", "yaml", "rich", "csv", "zipfile", "hashlib", "secrets", "tempfile", "importlib.resources", "difflib",
    "json", "multiprocessing", "concurrent.futures", "distributed", "xml",
)  # fmt: skip


def listed(text: str) -> set[str]:
    """The names in a text."""
    return set(text.split())


TABLES = listed("""
    cli cli.main cli.process cli.terminal cli.commands cli.listing cli.options cli.completing cli.requests
    errors topics render render.working render.marks trace trace.notation trace.notation.signs
""")
GUIDE = TABLES | listed("cli.help problem problem.guide")
# What a topic's kernels need to be known with their fields.
FIELDS = TABLES | listed("numpy limits trace.* reading reading.* topics.parts topics.parts.* topics.softmax cli.topic")
# A problem read and worked. Arrays in files (csv, zipfile) are read by the same file that says what an array is.
WORKS = FIELDS | listed("""
    yaml csv zipfile json running names disk disk.read disk.write cli.show
    problem problem.problem problem.axes problem.convert problem.counted problem.flags problem.forms problem.large
    problem.looks problem.meant problem.one_hot problem.plainly problem.spelling render.layout render.long render.working.json
""")
FIGURES = listed(
    "render.page render.page.document render.page.squeeze render.figure render.figure.* render.graph render.paper xml hashlib"
)
MARKS = WORKS | listed("cli.check cli.crew cli.feedback cli.signals disk.folder marking marking.*")
# What has a name is in the tables of all topics.
NAMES = (
    FIELDS
    | GUIDE
    | listed(
        "difflib csv zipfile json importlib.resources tempfile topics.* problem.example problem.concepts problem.meant"
    )
)
CALLS = {
    "--help": TABLES,
    "--version": TABLES,
    "chekc": TABLES | {"difflib"},
    "": TABLES,
    "help": GUIDE,
    "help marking": GUIDE,
    "help check": GUIDE,
    "help adam": NAMES,
    "adam --w 1": NAMES,
    "softmax --help": FIELDS | {"cli.fields", "problem", "problem.example", "problem.meant"},
    "new softmax": FIELDS | {"problem", "problem.example", "problem.meant"},
    "schema softmax": WORKS | {"problem.schema"},
    "schema batch": WORKS | {"hashlib", "xml", "tempfile", "disk.folder", "marking", "marking.*", "render.*"},
    "softmax": FIELDS | {"problem", "problem.example", "problem.meant"},
    "softmax p.yaml --format json": WORKS,
    "softmax -i p.yaml --format json": WORKS,
    "softmax --x 2,1 --get s": WORKS,
    "softmax p.yaml --get s:1": WORKS,
    "softmax p.yaml --format plain": WORKS | {"render.working.plain"},
    "softmax p.yaml --explain s:1 --format plain": WORKS | {"render.working.plain"},
    "solve p.yaml --format json": WORKS,
    "softmax p.yaml": WORKS | listed("render.paper render.breaking render.folding render.graph render.leaving "
                                     "render.working.*"),
    "softmax p.yaml --format html": WORKS | FIGURES | listed("render.page.alike render.page.values "
                                                             "render.working.html trace.notation.mathml"),
    "softmax p.yaml --figure": WORKS | FIGURES,
    "sheet p.yaml": WORKS | {"cli.sheet", "disk.folder", "marking", "marking.*", "render.questions"},
    "solve p.yaml --format jsonl": WORKS | {"render.working.jsonl"},
    "solve p.yaml --format csv": WORKS | {"render.spreadsheet", "render.working.csv"},
    "check p.yaml s=0.67,0.24,0.1 -q": MARKS,
    "check p.yaml a.yaml -q": MARKS,
    "check p.yaml a.yaml --format json": MARKS | {"render.marks.json"},
    "check p.yaml a.yaml --format plain": MARKS | {"render.marks.plain"},
    "check p.yaml a.yaml": MARKS | {"render.paper", "render.spreadsheet", "render.marks.*"},
}  # fmt: skip


def modules(code: str, *words: str, **environment: str) -> set[str]:
    """What is loaded when Python ends that runs this."""
    code = f"import sys\ntry:\n    {code}\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words], env={**os.environ, **environment},
                          capture_output=True, text=True, check=False)  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


@cache
def bare(packages: str) -> set[str]:
    """What the packages load themselves."""
    return modules(f"import {packages}")


def called(*words: str, **environment: str) -> set[str]:
    """Our modules (without our name) that a call loads, and those of others that are watched."""
    packages = "typer, numpy, yaml" if words and words[0] not in ("--help", "--version") else "typer"
    new = modules("from nncalc.cli.main import main; main()", *words, **environment) - bare(packages)
    ours = {name.removeprefix("nncalc.") for name in new if name.startswith("nncalc.")}
    return ours | {name for name in new if any(name == w or name.startswith(f"{w}.") for w in WATCHED)}


def may(name: str, allowed: set[str]) -> bool:
    """Whether it is listed; with a package that is not ours all of it is."""
    return any(fnmatchcase(name, a) or (a in WATCHED and name.startswith(f"{a}.")) for a in allowed)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.yaml").write_text("topic: softmax\nx: [2, 1, 0.1]\n")
    (tmp_path / "a.yaml").write_text("s: [0.659, 0.242, 0.099]\n")
    (tmp_path / "lstm.yaml").write_text(LSTM)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("line", CALLS)
def test_a_call_loads_what_it_uses(line: str) -> None:
    loaded = called(*line.split())
    assert "cli.main" in loaded
    assert not sorted(name for name in loaded if not may(name, CALLS[line]))


def test_a_shell_that_completes_a_command_loads_no_numpy() -> None:
    asked = {"_NNCALC_COMPLETE": "complete_bash", "COMP_WORDS": "nncalc so", "COMP_CWORD": "1"}
    loaded = modules("from nncalc.cli.main import main; main()", **asked)
    assert "nncalc.cli.commands" in loaded and not loaded & {"numpy", "yaml", "rich"}


def test_one_topic_does_not_load_the_others() -> None:
    from nncalc.topics import TOPICS

    homes = {f"topics.{topic.module.partition('.')[0]}" for topic in TOPICS.values()}
    assert called("lstm", "lstm.yaml", "--format", "json") & homes == {"topics.lstm"}


def test_the_known_mistakes_are_loaded_where_a_line_is_wrong() -> None:
    right, wrong = (called("check", "p.yaml", f"s={first},0.24,0.1", "-q") for first in ("0.66", "0.5"))
    assert "marking.mistakes.table" in wrong and "marking.mistakes.table" not in right


@pytest.mark.parametrize("chosen", [{}, {"OMP_NUM_THREADS": "3"}, {"OPENBLAS_NUM_THREADS": "2"}])
def test_blas_has_one_thread_unless_somebody_has_chosen(
    chosen: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in process.THREADS:
        monkeypatch.delenv(name, raising=False)
    for name, number in chosen.items():
        monkeypatch.setenv(name, number)
    before = gc.get_threshold()
    try:
        process.begin()
        assert gc.isenabled() and gc.get_threshold()[0] == process.MANY_OBJECTS
    finally:
        gc.set_threshold(*before)
    held = {name: os.environ[name] for name in process.THREADS if name in os.environ}
    monkeypatch.undo()
    assert held == (chosen or {"OPENBLAS_NUM_THREADS": "1"})


def test_threads_are_chosen_before_numpy_is_loaded() -> None:
    """Else it would be too late: OpenBLAS starts them while NumPy is loaded."""
    watch = "import sys, os; sys.meta_path.insert(0, type('Watch', (), {'find_spec': staticmethod(lambda name, *_: " \
        "name == 'numpy' and print(os.environ.get('OPENBLAS_NUM_THREADS'), file=sys.stderr) or None)})); " \
        "from nncalc.cli.main import main; main()"  # fmt: skip
    clean = {name: value for name, value in os.environ.items() if name not in process.THREADS}
    done = subprocess.run([sys.executable, "-c", watch, "softmax", "--x", "1,2", "--get", "s"], env=clean,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stderr.splitlines() == ["1"]


def test_the_benchmark_runs() -> None:
    bench = Path(__file__).parent / "bench" / "startup.py"
    done = subprocess.run([sys.executable, str(bench), "1"], capture_output=True, text=True, check=True)
    assert len(re.findall(r"^nncalc .* ms / .* ms = \d+\.\d\d   \(goal: ", done.stdout, re.M)) == 7
