"""A folder of problems: each is solved, its key checked, its working written; one bad file never stops the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nncalc.errors import Finding, InputError, Mark
from nncalc.key import check_key
from nncalc.limits import DEFAULT
from nncalc.problem import load
from nncalc.solution import solve
from nncalc.trace.rounding import Settle, exact
from nncalc.trace.steps import Trace

DEEPEST = 8
ENDINGS = (".yaml", ".yml")
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")


@dataclass(frozen=True)
class Result:
    """What became of one file: its trace, how many steps its key names, and what was wrong."""

    path: str
    trace: Trace | None
    keyed: int
    findings: tuple[Finding, ...]

    @property
    def good(self) -> bool:
        """Whether it was solved and its key holds."""
        return not self.findings


def problem_files(folder: str) -> list[str]:
    """The problem files below a folder, sorted; hidden files, backups and answer sheets are passed over."""
    found = []
    for root, folders, files in os.walk(folder, followlinks=False):
        depth = 0 if root == folder else os.path.relpath(root, folder).count(os.sep) + 1
        folders[:] = sorted(f for f in folders if not f.startswith(".")) if depth < DEEPEST else []
        for name in files:
            path = os.path.join(root, name)
            sheet = name.endswith(tuple(f".answers{e}" for e in ENDINGS))
            if name.endswith(ENDINGS) and not name.startswith(".") and not sheet and _inside(path, folder):
                found.append(path)
    return sorted(found)


def _inside(path: str, folder: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def run(path: str, settle: Settle = exact) -> Result:
    """Solves one file and checks its key."""
    try:
        problem = load(path, limits=DEFAULT)
        trace = solve(problem, settle)
        return Result(path, trace, len(problem.expect), tuple(check_key(problem, trace)))
    except InputError as error:
        return Result(path, None, 0, tuple(error.findings))
    except MemoryError:
        return Result(path, None, 0, (Finding("needs more memory than there is", Mark(path)),))


def run_all(
    paths: Iterable[str], settle: Settle = exact, over: Callable[..., Iterable[Result]] = map
) -> Iterator[Result]:
    """The results in order; `over` is `map`, or that of any concurrent.futures executor."""
    paths = list(paths)
    yield from over(run, paths, [settle] * len(paths))


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
