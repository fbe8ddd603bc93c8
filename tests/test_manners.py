"""How it behaves among other programs: exit codes, streams, colours, terminals, environments, folders."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from examples import LSTM

from nncalc.disk.journal import JOURNAL

GOOD = "topic: softmax\nx: [2, 1]\n"
BAD = "topic: softmax\nx: [2, two]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "lstm.yaml").write_text(LSTM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which `nncalc` is this nncalc."""
    whole = f'nncalc() {{ "{sys.executable}" -m nncalc "$@"; }}\n{line}'
    return subprocess.run(["bash", "-c", whole], capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})  # fmt: skip


@pytest.mark.parametrize(("line", "code", "words"), [
    ("nncalc solve good.yaml >/dev/null", 0, ""), ("nncalc solve bad.yaml", 2, "bad.yaml:2:8: x[2]: want a number, got the text 'two'"),
    ("nncalc solve good.yaml > /dev/full", 2, "nncalc: cannot write: No space left on device"),
    ("nncalc new conv > /dev/full", 2, "cannot write"), ("nncalc schema conv > /dev/full", 2, "cannot write"), ("nncalc --help > /dev/full", 2, "cannot write"),
    ("nncalc solve good.yaml >&-", 2, "nncalc: cannot write: stdout is closed"), ("nncalc batch . >&-", 2, "stdout is closed"),
    ("nncalc solve bad.yaml 2>&-", 2, ""), ("nncalc solve bad.yaml 2>/dev/full", 2, ""), ("nncalc solve bad.yaml <&- >&- 2>&-", 2, ""),
    ("nncalc solve - <&-", 2, "<stdin>: stdin is closed"), ("nncalc solve - </dev/null", 2, "<stdin>:1:1: the file is empty"),
    ("yes | nncalc solve -", 2, "<stdin>: is larger than 1048576 bytes, the limit"), ("nncalc solve - < good.yaml >/dev/null", 0, ""),
    ("nncalc solve <(cat good.yaml) >/dev/null", 0, ""), ("mkfifo f; nncalc solve f", 2, "f: is not a regular file"),
    ("nncalc solve /dev/zero", 2, "/dev/zero: is not a regular file"), ("nncalc solve .", 2, "bad.yaml:2:8: x[2]: "), ("nncalc softmax .", 2, ".: is a folder; want a file"),
    ("nncalc solve ''", 2, "'': no such file"), ("nncalc solve none.yaml bad.yaml", 2, "none.yaml: no such file\nbad.yaml:2:8: "),
    ("nncalc solve -- -x.yaml", 2, "-x.yaml: no such file"), ("cp good.yaml -- -x.yaml; nncalc solve -- -x.yaml >/dev/null", 0, ""),
    ("cp good.yaml $'a\\nb.yaml'; nncalc solve $'a\\nb.yaml' >/dev/null", 0, ""), ("nncalc solve $'a\\nb'", 2, "a\\x0ab: no such file"),
    ("nncalc solve $'\\xff'", 2, "\\udcff: no such file"), ("nncalc softmax --x $'\\xff'", 2, "--x: control character \\udcff"),
    ("mkdir gone; cd gone; rmdir ../gone; nncalc softmax --x 1,2 >/dev/null", 0, ""), ("nncalc >/dev/null", 0, ""),
    ("nncalc softmax", 2, "nncalc softmax: no problem given; want a FILE or flags (see `nncalc softmax --help`)"),
    ("nncalc softmax good.yaml -i good.yaml", 2, "two problem files"), ("nncalc softmax a b", 2, "extra argument"),
    ("nncalc sofmax", 2, "did you mean softmax?"), ("nncalc conv --padding 1", 2, "No such option: --padding (Possible options: --explain, --pad); nncalc calls it --pad"),
    ("nncalc backprop --lr 1", 2, "nncalc calls it --rate"), ("nncalc conv --bogus 1", 2, "see `nncalc conv --help`"),
    ("nncalc new sofmax", 2, "there is no topic 'sofmax'"), ("nncalc schema sofmax", 2, "did you mean softmax?"),
    ("nncalc new adam", 2, "(topic: optimizer, with kind: adam; see `nncalc help adam`)"), ("nncalc schema bce", 2, "(topic: loss; see `nncalc help bce`)"),
    ("echo 'topic: layernorm' | nncalc solve -", 2, "<stdin>:1:8: topic: want one of "),
    ("echo 'topic: layernorm' | nncalc solve -", 2, "got layernorm (topic: norm, with kind: layer; see `nncalc help layernorm`)"),
    ("nncalc softmax --x 1,2 -o ''", 2, "--output: is empty"), ("nncalc softmax --x 1,2 -o no/x", 2, "no/x: cannot be written: its folder does not exist"),
    ("nncalc softmax --x 1,2 -o good.yaml/x", 2, "a part of its path is a file"), ("nncalc batch good.yaml", 2, "good.yaml: is a file; want a folder"),
    ("nncalc batch none", 2, "none: no such folder"), ("nncalc batch . -o good.yaml", 1, ": is a file; want a folder"), ("nncalc --version", 0, ""),
    ("nncalc new lstm | true; exit ${PIPESTATUS[0]}", 0, ""), ("nncalc solve lstm.yaml --format json | head -1; exit ${PIPESTATUS[0]}", 0, ""),
    ("_NNCALC_COMPLETE=complete_bash nncalc", 2, "no request for completions"), ("_NNCALC_COMPLETE=x nncalc", 2, "Invalid completion instruction."),
    ("ulimit -v 1048576; nncalc softmax --x 1,2 >/dev/null", 0, ""), ("ulimit -n 16; nncalc solve good.yaml > /dev/null", 0, ""),
], ids=lambda value: value if isinstance(value, str) and value.startswith("nncalc") else "")  # fmt: skip
def test_exit_codes_and_lines(line: str, code: int, words: str) -> None:
    done = shell(line)
    assert done.returncode == code, done
    said = done.stdout + done.stderr if "batch" in line else done.stderr
    assert words in said and "Traceback" not in said and "Exception ignored" not in done.stderr
    if code == 0:
        assert done.stderr == ""


def test_the_bug_of_a_topic_is_one_line_and_70(monkeypatch: pytest.MonkeyPatch) -> None:
    import nncalc.topics.softmax as home

    def broken(work: object, x: float = 1) -> dict[str, object]:
        """Breaks."""
        raise KeyError("\x1b[31m")

    monkeypatch.setattr(home, "softmax", broken)
    done = run("softmax", "--x", "1")
    assert (done.code, done.out) == (70, "")
    assert (
        done.err
        == "nncalc: a bug of ours, please report it with the problem file and `nncalc --version` (KeyError: '\\x1b[31m'); --debug shows where\n"
    )
    with pytest.raises(KeyError):
        run("softmax", "--x", "1", "--debug")
    Path("p.yaml").write_text("topic: softmax\nx: 1\n")
    batch = run("batch", ".")
    assert batch.code == 1 and "p.yaml: a bug of ours, please report it" in batch.out and "lstm.yaml" in batch.out


def on_terminal(*words: str, **environment: str) -> str:
    """What a terminal of 80 columns gets, stdout and stderr together."""
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "nncalc", *words], stdout=slave, stderr=slave, stdin=slave,
                               env={**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment})  # fmt: skip
    os.close(slave)
    seen = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        seen += part
        if not part:
            break
    process.wait()
    os.close(master)
    return seen.decode().replace("\r\n", "\n")


def test_a_terminal_shows_the_line_and_a_caret() -> None:
    shown = "bad.yaml:2:8: x[2]: want a number, got the text 'two'\n    x: [2, two]\n           ^\n"
    assert on_terminal("solve", "bad.yaml") == shown
    Path("wide.yaml").write_text(f"topic: softmax\ntitle: ok\nx: [{'1, ' * 60}'日本', \x74wo{', 1' * 60}]\n")
    seen = on_terminal("solve", "wide.yaml").splitlines()
    assert seen[1].startswith("    …") and len(seen[1]) < 70
    assert on_terminal("backprop", "--expr", "2x", "--at", "x=1").endswith("\n    2x\n     ^\n")
    Path("esc.yaml").write_text('topic: softmax\nx: ["\\u202e\\e[2J\u202e"]\n')
    assert "\x1b" not in on_terminal("solve", "esc.yaml") and "\u202e" not in on_terminal("solve", "esc.yaml")


@pytest.mark.parametrize(("words", "environment", "terminal", "coloured"), [
    ([], {}, True, True), ([], {}, False, False), (["--no-color"], {}, True, False), (["--color", "never"], {"FORCE_COLOR": "1"}, True, False),
    (["--color", "always"], {"NO_COLOR": "1"}, False, True), ([], {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False), ([], {"NO_COLOR": ""}, True, True),
    ([], {"FORCE_COLOR": "1"}, False, True), ([], {"CLICOLOR_FORCE": "1"}, False, True), ([], {"FORCE_COLOR": "0"}, False, False),
    ([], {"TERM": "dumb"}, True, False), ([], {"GITHUB_ACTIONS": "true", "PY_COLORS": "1"}, False, False),
])  # fmt: skip
def test_colours(words: list[str], environment: dict[str, str], terminal: bool, coloured: bool) -> None:
    line = ["solve", "good.yaml", *words]
    seen = on_terminal(*line, **environment) if terminal else shell(f"nncalc {' '.join(line)}", **environment).stdout
    assert ("\x1b[" in seen) == coloured


# One process for each environment; each command is a fork of it, with a pipe of its own.
COMMANDS_BY_FORK = """
import os, sys
import nncalc.batch, nncalc.render.working.table
from nncalc.disk.journal import JOURNAL
from nncalc.cli.commands import command
from nncalc.cli.main import main
command()
for words in (["solve", "lstm.yaml"], ["--help"], ["lstm", "--help"], ["batch", "."], ["solve", "bad.yaml"]):
    os.write(1, f"{words}\\n".encode())
    if os.fork() == 0:
        sys.argv = ["nncalc", *words]
        main()
    os.write(1, f"{os.wait()[1]}\\n".encode())
"""


def test_a_pipe_gets_the_same_bytes_whatever_the_environment() -> None:
    variants = [{}, {"COLUMNS": "20"}, {"COLUMNS": "0"}, {"PYTHONHASHSEED": "7"}, {"TZ": "Asia/Tokyo"}, {"LC_ALL": "de_DE.UTF-8"},
                {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"TERM": "dumb"}, {"GITHUB_ACTIONS": "1"}]  # fmt: skip
    seen = {
        subprocess.run(
            [sys.executable, "-c", COMMANDS_BY_FORK],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | v,
            check=True,
        ).stdout
        for v in variants
    }
    (text,) = (out.decode() for out in seen)
    assert all(x in text for x in ("tanh_c", "Usage: nncalc", "\n512\n", "bad.yaml:2:8: x[2]"))


def test_optimized_python_does_the_same() -> None:
    for words in ("softmax --x 1,2", "new softmax", "softmax --help"):
        done = subprocess.run(
            [sys.executable, "-OO", "-m", "nncalc", *words.split()], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 and done.stderr == ""
    done = subprocess.run(
        [sys.executable, "-OO", "-m", "nncalc", "solve", "bad.yaml"], capture_output=True, check=False
    )
    assert done.returncode == 2


def test_a_batch_says_what_it_did_not_read(folder: Path) -> None:
    deep = folder.joinpath(*"123456789")
    deep.mkdir(parents=True)
    (deep / "p.yaml").write_text(GOOD)
    (folder / "hw").mkdir()
    (folder / "hw" / "out.yaml").symlink_to(folder / "good.yaml")
    (folder / "in.yaml").symlink_to(folder / "good.yaml")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text(BAD)
    (folder / "good.yaml~").write_text(BAD)
    (folder / "good.answers.yaml").write_text(BAD)
    done = run("batch", ".")
    assert (
        "./1/2/3/4/5/6/7/8/9: is a folder deeper than 8 levels, the limit (--limit folders=N raises the limit)"
        in done.out
    )
    assert "./in.yaml" in done.out and done.out.splitlines()[-1] == "4 solved, 2 failed"
    assert run("batch", ".", "--limit", "folders=9").out.splitlines()[-1] == "5 solved, 1 failed"
    assert "hw/out.yaml: is a link that leaves the folder" in run("batch", "hw").out
    assert not [name for name in ("x.yaml", "good.yaml~", "answers") if name in done.out]


def test_names_of_workings_are_safe_and_never_clash(folder: Path) -> None:
    hw = folder / "hw"
    hw.mkdir()
    for name in (
        "A b.yaml",
        "a_b.yaml",
        "a_b.yml",
        "con.yaml",
        "-rf.yaml",
        "x" * 200 + ".yaml",
        "naïve\n.yaml",
        b"\xff.yaml",
    ):
        (Path(os.fsdecode(os.path.join(os.fsencode(hw), os.fsencode(name))))).write_text(GOOD)
    done = run("batch", "hw", "-o", "out")
    assert done.code == 0 and all(line.isprintable() for line in done.out.splitlines())
    names = sorted(p.name for p in (folder / "out").iterdir() if p.name != JOURNAL)
    assert len(names) == 8 == len({n.lower() for n in names})
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,104}", n) for n in names) and "_con.txt" in names
    again = run("batch", "hw", "-o", "out")
    assert again.code == 2 and again.err.count("is there already (--force replaces, --resume keeps it)") == 8


def test_nothing_else_is_written(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    for line in (["solve", "good.yaml"], ["batch", "."], ["solve", "bad.yaml"], ["new", "conv"], ["schema", "conv"]):
        run(*line)
    assert sorted(folder.rglob("*")) == before
    run("batch", ".", "-o", ".")
    assert (folder / "good.yaml").read_text() == GOOD and (folder / "good.txt").exists()


def test_a_name_that_several_steps_end_in_asks_which_one(folder: Path) -> None:
    heads = "topic: attention\nx: [[1, 0], [0, 1]]\nW_Q: &w [[1, 2], [3, 4]]\nW_K: *w\nW_V: *w\nheads: 2\n"
    (folder / "heads.yaml").write_text(heads)
    assert "(which one: head1.A, head2.A?)" in shell("nncalc solve heads.yaml --get A").stderr
    # A key is taken for one of the form that the others belong to: W_k is of a score that has no W_Q.
    (folder / "typo.yaml").write_text(heads.replace("W_K:", "W_Kk:"))
    assert "unknown key 'W_Kk'; did you mean 'W_K'?" in shell("nncalc solve typo.yaml").stderr
    assert "\n\n\n" not in shell("nncalc solve heads.yaml").stdout
    done = shell("nncalc solve heads.yaml -o page.xyz")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no format for .xyz; want one of .txt, " in done.stderr
    assert not (folder / "page.xyz").exists()
    assert shell("nncalc solve heads.yaml -o page.xyz --format plain").returncode == 0


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("softmax --x 1,2 --figure -o out.png", ".svg, .txt"),
        ("softmax --x 1,2 --figure heat -o out.pdf", ".svg, .txt"),
        ("sheet good.yaml -o out.docx", ".csv, .html, .md, .tex, .typ, .pdf, .yaml, .yml, .txt"),
        ("check . . -o out.pdf", ".txt, .csv, .json, .xml, .md, .html"),
        ("check good.yaml s=1,2 -o out.tex", ".txt, .csv, .json, .xml, .md, .html"),
        ("check . . --by line -o out.html", ".txt, .csv, .json"),
        ("softmax --x 1,2 --check s=1,2 -o out.pdf", ".txt, .csv, .json, .xml, .md, .html"),
    ],
)
def test_a_file_is_what_its_ending_says_or_is_not_written(folder: Path, line: str, known: str) -> None:
    before = sorted(folder.rglob("*"))
    done = run(*line.split(" "))
    assert done.code == 2 and done.err.count("\n") == 1, done.err
    assert f"there is no format for .{line.rpartition('.')[2]}; want one of {known}" in done.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("line", ["batch . -o out.pdf", "sheet . -o out.csv"])
def test_a_folder_is_not_called_as_a_document(folder: Path, line: str) -> None:
    done = run(*line.split(" "))
    assert done.code == 2 and "FOLDER" in done.err.upper() and not list(folder.glob("out*"))
    Path("out" + line[-4:]).mkdir()  # unless there is a folder of that name
    run(*line.split(" "))
    assert list(Path("out" + line[-4:]).iterdir())


def test_no_ending_and_known_ones_are_written_as_ever(folder: Path) -> None:
    for name in ("a", "a.yaml", "a.YML", "a.txt"):
        assert run("sheet", "good.yaml", "-o", name).code == 0
        assert (folder / name).read_text().startswith("#")
    for name in ("b", "b.txt"):
        assert run("softmax", "--x", "1,2", "--figure", "-o", name).code == 0
        assert "<svg" not in (folder / name).read_text()
    assert run("check", "good.yaml", "s=1,2", "-o", "c.txt").code == 1 and (folder / "c.txt").is_file()
