"""A folder of problems: each is solved, its key checked, its working written; one bad file never stops the rest."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from nncalc.errors import Finding, InputError, Mark
from nncalc.key import check_key
from nncalc.problem import UNBOUNDED, load
from nncalc.reading.limits import Limits, Rules, raising
from nncalc.reading.source import plain_words
from nncalc.solution import solve
from nncalc.trace.rounding import Settle, exact
from nncalc.trace.steps import Trace

ENDINGS = (".yaml", ".yml")
SHEETS = tuple(f".answers{ending}" for ending in ENDINGS)
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")


@dataclass(frozen=True)
class Found:
    """A file of a folder, or what keeps it from being read."""

    path: str
    trouble: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Result:
    """What became of one file: its trace, how many steps its key names, and what was wrong."""

    path: str
    trace: Trace | None
    keyed: int
    findings: tuple[Finding, ...]


def problem_files(folder: str, limits: Limits, sheets: bool = False) -> list[Found]:
    """The problem files below a folder, sorted; hidden files and backups are passed over, and without `sheets` these.

    A link is followed only where it stays inside the folder; what is not followed is in the list with its trouble.
    """
    if not os.path.isdir(folder):
        raise InputError(
            Finding("is a file; want a folder" if os.path.exists(folder) else "no such folder", Mark(folder))
        )
    found: list[Found] = []

    def unreadable(error: OSError) -> None:
        found.append(Found(os.fsdecode(error.filename or folder), plain_words(error)))

    for root, folders, files in os.walk(folder, onerror=unreadable, followlinks=False):
        depth = 0 if root == folder else os.path.relpath(root, folder).count(os.sep) + 1
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        if depth >= limits.folders:
            trouble = f"is a folder deeper than {limits.folders} levels, the limit"
            found += [Found(os.path.join(root, f), trouble, raising("folders")) for f in folders]
            folders[:] = []
        passed_over = () if sheets else SHEETS
        names = (f for f in files if f.endswith(ENDINGS) and not f.startswith(".") and not f.endswith(passed_over))
        found += [_followed(os.path.join(root, name), folder) for name in names]
    return sorted(found, key=lambda f: f.path)


def _followed(path: str, folder: str) -> Found:
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    return Found(path, "" if inside else "is a link that leaves the folder")


def run(found: Found, settle: Settle = exact, rules: Rules = UNBOUNDED) -> Result:
    """Solves one file and checks its key."""
    path = found.path
    if found.trouble:
        return Result(path, None, 0, (Finding(found.trouble, Mark(path), hint=found.hint),))
    try:
        problem = load(path, rules=rules)
        trace = solve(problem, settle)
        return Result(path, trace, len(problem.expect), tuple(check_key(problem, trace)))
    except InputError as error:
        return Result(path, None, 0, tuple(error.findings))
    except MemoryError:
        return Result(path, None, 0, (Finding("needs more memory than there is", Mark(path)),))
    except Exception as error:  # a bug of ours in one file must not cost the others
        what = f"a bug of ours, please report it ({type(error).__name__}: {error})"
        return Result(path, None, 0, (Finding(what, Mark(path)),))


def run_all(
    files: Iterable[Found],
    settle: Settle = exact,
    rules: Rules = UNBOUNDED,
    over: Callable[..., Iterable[Result]] = map,
) -> Iterator[Result]:
    """The results in order; `over` is `map`, or that of any concurrent.futures executor."""
    yield from over(partial(run, settle=settle, rules=rules), files)


class Interrupted(BaseException):
    """A signal came; what is done is done."""

    def __init__(self, number: int):
        self.number = number
        super().__init__(number)

    def obey(self) -> None:
        """Ends as the signal wants it, so that whoever sent it sees that."""
        signal.signal(self.number, signal.SIG_DFL)
        os.kill(os.getpid(), self.number)


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP raise Interrupted, unless the process was told to ignore them."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Interrupted(number)

    numbers = [n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def output_names(paths: list[str], folder: str, ending: str) -> dict[str, str]:
    """For each problem the file its working goes to: from its path alone, safe anywhere, no two alike."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for path in paths:
        parts = [_safe(p) for p in Path(os.path.relpath(path, folder)).with_suffix("").parts]
        name, count = os.path.join(*parts), 1
        while f"{name}{'' if count == 1 else f'-{count}'}".lower() in taken:
            count += 1
        name += "" if count == 1 else f"-{count}"
        taken.add(name.lower())
        names[path] = name + ending
    return names


def _safe(part: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", part)[:100].lstrip(".-") or "_"
    return f"_{safe}" if RESERVED.match(safe) else safe
