"""Folders of any size: several processes, a cluster, what is kept and known again, deaths and interruptions."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from command import Done, run
from examples import LSTM, random_problems

from nncalc.batch.crews import Crew, processes
from nncalc.batch.spread import spread_over
from nncalc.cli.marked import OneStudent, _lost, unpacked
from nncalc.disk.folder import output_names, problem_files
from nncalc.disk.journal import JOURNAL, Journal
from nncalc.limits import DEFAULT
from nncalc.marking.adjust import Adjustments
from nncalc.marking.pairing import Submission
from nncalc.render.summary import BLOCK_ROWS, Progress

SOFT = "topic: softmax\nx: [{}, 1, 0.1]\nexpect: {{Z: {:.4f}}}\n"


def fill(folder: Path, count: int) -> Path:
    """A folder of softmax problems, each with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        (folder / f"p{i:04}.yaml").write_text(SOFT.format(i % 50 / 10, np.exp([i % 50 / 10, 1, 0.1]).sum()))
    return folder


def workings(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != JOURNAL}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def crew() -> Iterator[Crew]:
    with processes(2, []) as workers:
        yield workers


def double(item: int | str) -> int | str:
    """Work that a word may end."""
    if item == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if isinstance(item, str) and item.startswith("once"):
        path = Path(item.partition(" ")[2])
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return "survived"
    if item == "sleep":
        time.sleep(0.6)
    return item * 2


def test_results_come_in_order_and_few_are_under_way(crew: Crew) -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for i in range(1000):
            taken += 1
            yield i

    results = spread_over(double, items(), crew, str, chunk=7)
    assert next(results) == 0 and taken <= 7 * (2 * 2 + 1)
    assert [*results] == [2 * i for i in range(1, 1000)]


def test_a_slow_chunk_comes_back_in_parts(crew: Crew) -> None:
    items = [1, "sleep", 2, "sleep", 3, 4]
    assert [*spread_over(double, items, crew, str, chunk=6)] == [
        double(i) if i != "sleep" else "sleepsleep" for i in items
    ]


def test_what_kills_its_worker_is_named_and_costs_nothing_else(crew: Crew, tmp_path: Path) -> None:
    items: list[int | str] = [*range(100)]
    items[40], items[41], items[77] = "die", "die", f"once {tmp_path / 'once'}"
    expected = [2 * i if isinstance(i, int) else "lost" if i == "die" else "survived" for i in items]
    assert [*spread_over(double, items, crew, lambda item: "lost", chunk=10)] == expected


def both(*words: str) -> tuple[Done, Done]:
    """The same in this process and in two others."""
    return run(*words), run(*words, "--jobs", "2")


def test_several_processes_write_and_say_the_same(tmp_path: Path) -> None:
    hw = fill(tmp_path / "hw", 20)
    for i, text in enumerate(random_problems(1).values()):
        (hw / f"r{i:03}.yaml").write_text(text)
    np.save(hw / "x.npy", [1.0, 2.0])
    (hw / "array.yaml").write_text("topic: softmax\nx: {file: x.npy}\n")
    (hw / "bad.yaml").write_text("topic: softmax\nx: [1, two]\n")
    one = run("batch", "hw", "-o", "one", "--round", "2")
    two = run("batch", "hw", "-o", "two", "--round", "2", "--jobs", "2")
    assert one == two and one.code == 1 and "2 failed" in one.out
    assert workings(tmp_path / "one") == workings(tmp_path / "two") and len(workings(tmp_path / "two")) > 40


def test_a_working_that_is_there_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hw = fill(tmp_path / "hw", 3)
    np.save(hw / "x.npy", [1.0, 2.0])
    (hw / "array.yaml").write_text("topic: softmax\nx: {file: x.npy}\n")
    (hw / "wrong.yaml").write_text(SOFT.format(2, 1))
    first = run("batch", "hw", "-o", "out")
    assert first.code == 1 and "the key says 1.0000" in first.out
    solved: list[str] = []
    import nncalc.batch as batch

    solve = batch.solve
    monkeypatch.setattr(batch, "solve", lambda problem, *rest: solved.append(problem.file) or solve(problem, *rest))

    def again(*words: str) -> list[str]:
        solved.clear()
        done = run("batch", "hw", "-o", "out", "--resume", *words)
        assert (done.code, done.out) == (first.code, first.out)
        return sorted(set(solved))

    assert again() == []
    np.save(hw / "x.npy", [1.0, 3.0])
    assert again() == ["hw/array.yaml"]
    (hw / "p0001.yaml").write_text((hw / "p0001.yaml").read_text() + "# more\n")
    assert again() == ["hw/p0001.yaml"]
    (tmp_path / "out" / "p0002.txt").write_text("half")
    assert again() == ["hw/p0002.yaml"] and "half" not in (tmp_path / "out" / "p0002.txt").read_text()
    assert len(again("--digits", "3")) == 5 and again("--digits", "3") == []
    monkeypatch.setattr("nncalc.cli.batch.__version__", "another")
    assert len(again("--digits", "3")) == 5


def test_what_a_batch_has_not_written_stays(tmp_path: Path) -> None:
    fill(tmp_path / "hw", 2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "p0001.txt").write_text("mine")
    done = run("batch", "hw", "-o", "out")
    assert done.code == 2 and done.err == "out/p0001.txt: is there already (--force replaces, --resume keeps it)\n"
    assert run("batch", "hw", "-o", "out", "--resume").code == 0
    assert (tmp_path / "out" / "p0001.txt").read_text() == "mine"
    assert run("batch", "hw", "-o", "out", "--force").code == 0
    assert (tmp_path / "out" / "p0001.txt").read_text() != "mine"


def test_a_journal_that_was_cut_off_or_spoilt_costs_only_its_line(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    journal.add({"to": "a", "n": 1})
    journal.add({"to": "b", "n": 2})
    journal.add({"to": "a", "n": 3})
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes() + b'[1]\n{"to": 4}\n\xff\n{"to": "c", "n"')
    again = Journal(str(tmp_path))
    again.read()
    assert (again.known("a"), again.known("b"), again.known("c")) == ({"to": "a", "n": 3}, {"to": "b", "n": 2}, None)
    again.add({"to": "c", "n": 5})
    last = Journal(str(tmp_path))
    last.read()
    assert last.known("c") == {"to": "c", "n": 5} and last.known("a") == {"to": "a", "n": 3}
    fill(tmp_path / "hw", 2)
    run("batch", "hw", "-o", "out")
    journal_path = tmp_path / "out" / JOURNAL
    lines = [json.loads(line) for line in journal_path.read_text().splitlines()]
    journal_path.write_text(json.dumps(lines[0] | {"row": 7}) + "\n" + json.dumps(lines[1] | {"made of": None}) + "\n")
    assert run("batch", "hw", "-o", "out", "--resume").out.endswith("2 solved, 0 failed\n")


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_the_first_failure_ends_it_if_asked(jobs: tuple[str, ...], tmp_path: Path) -> None:
    hw = fill(tmp_path / "hw", 30)
    (hw / "p0003.yaml").write_text("topic: softmax\nx: []\n")
    done = run("batch", "hw", "-o", "out", "--fail-fast", *jobs)
    assert done.code == 1 and done.out.endswith("3 solved, 1 failed, 26 not done: the first failure ends it\n")
    assert len(workings(tmp_path / "out")) == 3


def test_summaries_for_machines(tmp_path: Path) -> None:
    hw = fill(tmp_path / "hw", 3)
    (hw / "a<&\x01.yaml").write_text("topic: softmax\nx: [1, two]\n")
    one, two = both("batch", "hw", "--summary", "json")
    page = json.loads(one.out)
    assert one == two and (page["format"], page["solved"], page["failed"], page["left"]) == (1, 3, 1, 0)
    assert [f["path"] for f in page["files"]] == ["hw/a<&\\x01.yaml", *(f"hw/p000{i}.yaml" for i in range(3))]
    assert page["files"][1] == {
        "path": "hw/p0000.yaml", "topic": "softmax", "verdict": "solved, key of 1 holds", "wrong": [], "solved": True
    }  # fmt: skip
    assert page["files"][0]["wrong"][0].startswith("hw/a<&\\x01.yaml:2:8: x[2]: want a number")
    suite = ElementTree.fromstring(run("batch", "hw", "--summary", "junit").out)
    assert suite.attrib == {"name": "nncalc batch", "tests": "4", "failures": "1", "skipped": "0"}
    cases = suite.findall("testcase")
    assert len(cases) == 4 and [c.find("failure") is not None for c in cases] == [True, False, False, False]
    stopped = ElementTree.fromstring(run("batch", "hw", "--summary", "junit", "--fail-fast").out)
    assert (stopped.get("tests"), stopped.get("skipped")) == ("2", "1") and stopped.find("*/skipped") is not None
    assert json.loads(run("batch", "hw", "--summary", "json", "--fail-fast").out)["left"] == 3


@pytest.mark.parametrize(("words", "said"), [
    (("--jobs", "0"), "--jobs: want a whole number from 1 to 512, got 0"), (("--jobs", "x"), "got x"),
    (("--jobs", "2", "--dask", "tcp://127.0.0.1:1"), "--jobs and --dask exclude each other"), (("--summary", "xml"), "--summary: want one of table, json, junit, got xml"),
])  # fmt: skip
def test_wrong_use(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    fill(tmp_path / "hw", 1)
    done = run("batch", "hw", *words)
    assert (done.code, done.out) == (2, "") and said in done.err and done.err.count("\n") == 1


def test_without_dask_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    fill(tmp_path / "hw", 1)
    done = run("batch", "hw", "--dask", "tcp://127.0.0.1:8786")
    assert (done.code, done.out, done.err) == (2, "", "--dask: needs Dask; pip install 'nncalc[dask]'\n")


def test_a_long_table_is_written_in_blocks(tmp_path: Path) -> None:
    hw = fill(tmp_path / "hw", BLOCK_ROWS + 3)
    (hw / "p0001.yaml").write_text("topic: softmax\nx: [1, two]\n")
    lines = run("batch", "hw").out.splitlines()
    assert (
        len(lines) == BLOCK_ROWS + 3 + 2
        and "want a number" in lines[BLOCK_ROWS]
        and lines[-1].startswith(f"{BLOCK_ROWS + 2} solved")
    )


def test_progress_tells_the_rate_and_what_is_left() -> None:
    progress = Progress(1000, None)
    progress.done = 250
    assert progress.said(5.0) == "solving 250 of 1000, 50 a second, 0:15 left"
    progress.done = 2
    assert progress.said(4.0) == "solving 2 of 1000, 0.5 a second, 33:16 left"


def test_a_folder_is_listed_in_the_order_of_its_paths_and_names_never_clash(tmp_path: Path) -> None:
    rng = random.Random(0)
    letters = ["a", "A", "b", "-", ".b", "ä", "a b", "a_b", "0", "a-2"]
    for _ in range(120):
        folder = Path("hw", *("".join(rng.choices(letters, k=2)) + "x" for _ in range(rng.randrange(3))))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ("x" + "".join(rng.choices(letters, k=2)) + rng.choice([".yaml", ".yml"]))).touch()
    expected = sorted(
        os.path.join(root, f)
        for root, _, files in os.walk("hw")
        for f in files
        if not f.startswith(".") and not any(part.startswith(".") for part in Path(root).parts)
    )
    paths = [f.path for f in problem_files("hw", DEFAULT)]
    assert paths == expected and len(paths) > 60
    name = output_names(paths, "hw", ".txt")
    names = [name(path) for path in paths]
    assert len({n.casefold() for n in names}) == len(names) and all(n.isascii() for n in names)
    assert names == [output_names(paths, "hw", ".txt")(path) for path in paths]


@pytest.fixture
def a_class(tmp_path: Path) -> Path:
    """Forty students, two problems; some with slips, one with what is no sheet, one without any."""
    hw = fill(tmp_path / "hw", 1)
    (hw / "lstm.yaml").write_text(LSTM + "marking: {points: {i: 1, f: 1, c: 2}, places: 3}\n")
    rng = random.Random(0)
    for i in range(40):
        student = tmp_path / "subs" / f"s{i:02}"
        student.mkdir(parents=True)
        (student / "lstm.yaml").write_text(
            f"i: [0.574, 0.549]\nf: [0.443, {rng.choice(['0.532', '0.5', 'x'])}]\nc: [-0.0{rng.randrange(10, 90)}, -0.033]\n"
        )
        if i % 7:
            (student / "p0000.yaml").write_text(f"Z: {rng.choice([4.82, 4.83, 5])}\n")
    (tmp_path / "subs" / "s03" / "lstm.yaml").write_text("[")
    (tmp_path / "adjust.csv").write_text(
        "student,problem,line,points,reason\n*,lstm,c,2,misprint\ns05,lstm,i,0,copied\n"
    )
    return tmp_path


@pytest.mark.parametrize("words", [["table"], ["csv"], ["json"], ["plain"], ["json", "--adjust", "adjust.csv"], ["table", "--by", "line"], ["junit"]])  # fmt: skip
def test_several_processes_mark_a_class_alike(words: list[str], a_class: Path) -> None:
    one, two = both("check", "hw", "subs", "--format", *words)
    assert one == two and one.code == 1 and len(one.out.splitlines()) >= 5


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_several_processes_write_a_page_for_each_student(format: str, a_class: Path) -> None:
    one = run("check", "hw", "subs", "-o", "one", "--format", format, "--adjust", "adjust.csv")
    two = run("check", "hw", "subs", "-o", "two", "--format", format, "--adjust", "adjust.csv", "--jobs", "2")
    assert (
        one == two and workings(a_class / "one") == workings(a_class / "two") and len(workings(a_class / "two")) == 40
    )
    assert any(b"misprint" in page for page in workings(a_class / "two").values())


def test_several_processes_mark_a_table_alike(tmp_path: Path) -> None:
    fill(tmp_path / "hw", 1)
    rows = "".join(f"s{i},{0.4 + i % 3 / 10},4.8{i % 9}\n" for i in range(60))
    (tmp_path / "class.csv").write_text(f"student,s[1],Z\n{rows}")
    one, two = both("check", "hw/p0000.yaml", "class.csv", "--format", "json")
    assert one == two and len(json.loads(one.out)["sheets"]) == 60


def test_several_processes_look_through_keys_alike(tmp_path: Path) -> None:
    hw = fill(tmp_path / "hw", 20)
    (hw / "p0003.yaml").write_text(SOFT.format(2, 1))
    (hw / "p0004.yaml").write_text("topic: softmax\nx: [1, two]\n")
    (hw / "p0005.yaml").write_text(LSTM)
    one, two = both("check", "hw")
    assert one == two and one.code == 3 and one.out.splitlines()[-1].startswith("17 of 20 keys hold, 1 have none")


def test_a_student_whose_sheet_kills_its_worker_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Submission("ada", "soft", "soft.yaml", "ada.yaml")
    (back,) = unpacked(_lost(OneStudent([pair], {}, Adjustments())).results, lambda path: [])
    assert back.pair == pair and back.reasons == [
        "ada.yaml: whoever worked on it died, twice; it may need more memory than there is"
    ]


def started(*words: str, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "nncalc", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **more,
    )  # type: ignore[call-overload]


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def alive(group: int) -> list[str]:
    """The processes of a group that are at work; those that have ended and that nobody has asked about are not."""
    said = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in said.splitlines()]
    return [args for pgid, stat, args in rows if int(pgid) == group and not stat.startswith("Z")]


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_ctrl_c_leaves_what_is_done_and_says_so(jobs: tuple[str, ...], tmp_path: Path) -> None:
    fill(tmp_path / "hw", 2000)
    batch = started("batch", "hw", "-o", "out", *jobs)
    until(lambda: len(list((tmp_path / "out").glob("*.txt"))) > 20)
    os.killpg(batch.pid, signal.SIGINT)
    out, err = batch.communicate(timeout=60)
    assert batch.returncode == -signal.SIGINT and err == b""
    last = out.decode().splitlines()[-1]
    done = len(workings(tmp_path / "out"))
    assert last == f"{done} solved, 0 failed, {2000 - done} not done: interrupted"
    until(lambda: not alive(batch.pid))


def killed_and_resumed(hw: Path, kills: int, words: tuple[str, ...], longest: float, rng: random.Random) -> None:
    """SIGKILL at random moments, then --resume: all is there as if nothing had been, and nothing is done twice."""
    out = hw.parent / "out"
    count = len(list(hw.iterdir()))
    for _ in range(kills):
        there = {p.name: p.stat().st_ino for p in out.glob("*.txt")} if out.exists() else {}
        batch = started("batch", str(hw), "-o", str(out), "--resume", *words)
        time.sleep(rng.uniform(0.1, longest))
        batch.kill()
        batch.communicate()
        now = {p.name: p.stat().st_ino for p in out.glob("*.txt")} if out.exists() else {}
        assert there.items() <= now.items(), "a working was written twice"
        assert all(text.endswith(b"]\n") for text in workings(out).values()) if out.exists() else True
        if len(now) == count:
            break
        until(lambda group=batch.pid: not alive(group))
    there = {p.name: p.stat().st_ino for p in out.glob("*.txt")}
    done = run("batch", str(hw), "-o", str(out), "--resume", *words)
    assert done.code == 0 and done.out.endswith(f"\n{count} solved, 0 failed\n")
    assert there.items() <= {p.name: p.stat().st_ino for p in out.glob("*.txt")}.items()
    assert run("batch", str(hw), "-o", str(hw.parent / "whole")).out == done.out
    assert workings(out) == workings(hw.parent / "whole") and len(workings(out)) == count
    assert not [p for p in out.iterdir() if p.suffix != ".txt" and p.name != JOURNAL]


def test_killed_and_resumed(tmp_path: Path) -> None:
    killed_and_resumed(fill(tmp_path / "hw", 300), 2, ("--jobs", "2"), 1.5, random.Random(1))


@pytest.mark.long
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_killed_twenty_times_and_resumed(jobs: tuple[str, ...], tmp_path: Path) -> None:
    killed_and_resumed(fill(tmp_path / "hw", 4000), 20, jobs, 3, random.Random(2))


@pytest.mark.long
@pytest.mark.parametrize("words", [(), ("--jobs", "2"), ("-o", "out", "--format", "json")])
def test_memory_does_not_grow_with_the_number_of_files(words: tuple[str, ...], tmp_path: Path) -> None:
    code = "import resource, sys\nfrom nncalc.cli.main import guarded\ncode = guarded(sys.argv[1:])\nprint(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    peaks = []
    for count in (1000, 100_000):
        hw = fill(tmp_path / f"hw{count}", min(count, 10_000))
        for i in range(10_000, count):
            os.link(hw / f"p{i % 10_000:04}.yaml", hw / f"q{i:06}.yaml")
        done = subprocess.run([sys.executable, "-c", code, "batch", str(hw), *words, *(["--force"] if words[:1] == ("-o",) else [])], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, text=True)  # fmt: skip
        code_of, peak = map(int, done.stderr.split())
        assert code_of == 0
        peaks.append(peak)
    assert peaks[1] <= 1.1 * peaks[0], peaks


def test_the_benchmark_runs() -> None:
    bench = Path(__file__).parent / "bench" / "batch.py"
    done = subprocess.run([sys.executable, str(bench), "40"], env=os.environ | {"RUNS": "1"}, capture_output=True, text=True, check=True)  # fmt: skip
    assert "one process / two" in done.stdout and done.stderr == ""


@pytest.fixture
def dask_cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers on loopback, as their own commands start them."""
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"

    def begun(kind: str, *words: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            f"distributed.cli.dask_{kind}",
            "--scheduler-file",
            str(file),
            "--no-dashboard",
        ]
        nothing = subprocess.DEVNULL
        return subprocess.Popen([*command, "--host", "127.0.0.1", *words], stdout=nothing, stderr=nothing, cwd="/")

    scheduler = begun("scheduler", "--port", "0")
    until(file.exists)
    alone = ("--no-nanny", "--nthreads", "1", "--local-directory")
    workers = [begun("worker", *alone, str(tmp_path / name)) for name in ("w1", "w2")]
    try:
        yield json.loads(file.read_text())["address"], workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.mark.long
def test_a_cluster_that_loses_a_worker_gives_every_answer(
    dask_cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path
) -> None:
    address, workers = dask_cluster
    hw = fill(tmp_path / "hw", 1800)
    texts = [text for seed in range(10) for text in random_problems(seed).values()]
    for i, text in enumerate(texts[:200]):
        (hw / f"q{i:04}.yaml").write_text(text)
    np.save(hw / "x.npy", [1.0, 2.0])
    (hw / "array.yaml").write_text("topic: softmax\nx: {file: x.npy}\n")
    (hw / "bad.yaml").write_text("topic: softmax\nx: [1, two]\n")
    batch = started("batch", "hw", "-o", "far", "--format", "json", "--dask", address)
    until(lambda: len(list((tmp_path / "far").glob("*.json"))) > 400)
    workers[0].kill()
    assert len(list((tmp_path / "far").glob("*.json"))) < 1600, "killed too late"
    out, err = batch.communicate(timeout=300)
    assert run("check", "hw", "--dask", address) == run("check", "hw")
    local = run("batch", "hw", "-o", "near", "--format", "json")
    assert (batch.returncode, err) == (1, b"") and out.decode() == local.out
    assert workings(tmp_path / "far") == workings(tmp_path / "near") and len(workings(tmp_path / "near")) == 2001
