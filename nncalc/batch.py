"""A folder of problems: each is solved, its key checked, its working written; one bad file never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from nncalc.disk.folder import Found
from nncalc.errors import Failure, Finding, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.asked import Assignment
from nncalc.marking.keys import disagreements
from nncalc.problem.problem import UNBOUNDED, load
from nncalc.running import Settle, Trace, exact, solve


@dataclass(frozen=True)
class Result:
    """What became of one file: its trace, how many steps its key names, and what was wrong."""

    path: str
    trace: Trace | None
    keyed: int
    findings: tuple[Finding, ...]


def solve_file(found: Found, settle: Settle = exact, rules: Permissions = UNBOUNDED) -> Result:
    """Solves one file and checks its key."""
    path = found.path
    if found.trouble:
        return Result(path, None, 0, (found.finding,))
    result = attempted(lambda: _solved(path, settle, rules), Location(path))
    return Result(path, None, 0, tuple(result.findings)) if isinstance(result, Failure) else result


def _solved(path: str, settle: Settle, rules: Permissions) -> Result:
    problem = load(path, rules=rules)
    trace = solve(problem, settle)
    if not problem.expect:
        return Result(path, trace, 0, ())
    asked = Assignment(problem, trace if settle is exact else solve(problem))
    return Result(path, trace, len(problem.expect), tuple(disagreements(asked)))


def solve_files(
    files: Iterable[Found],
    settle: Settle = exact,
    rules: Permissions = UNBOUNDED,
    over: Callable[..., Iterable[Result]] = map,
) -> Iterator[Result]:
    """The results in order; `over` is `map`, or that of any concurrent.futures executor."""
    yield from over(partial(solve_file, settle=settle, rules=rules), files)
