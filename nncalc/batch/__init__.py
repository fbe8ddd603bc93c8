"""A folder of problems: each is solved and its key checked; one bad file never stops the rest."""

from __future__ import annotations

import os
from dataclasses import dataclass

from nncalc.disk.folder import Found
from nncalc.disk.journal import digest, file_digest
from nncalc.disk.read import read_bytes
from nncalc.errors import Failure, Finding, Location, attempted
from nncalc.limits import Permissions
from nncalc.marking.assignment import Assignment
from nncalc.marking.keys import disagreements
from nncalc.problem.problem import UNBOUNDED, read_problem
from nncalc.running import Settle, Trace, exact, solve


@dataclass(frozen=True)
class Result:
    """What became of one file: its trace, how many steps its key names, and what was wrong.

    `made_of`: the digest of the file and those of the arrays beside it, by their paths.
    """

    path: str
    trace: Trace | None
    keyed: int
    findings: tuple[Finding, ...]
    made_of: tuple[str, dict[str, str]] = ("", {})


def solve_file(found: Found, settle: Settle = exact, rules: Permissions = UNBOUNDED) -> Result:
    """Solves one file and checks its key."""
    path = found.path
    if found.trouble:
        return Result(path, None, 0, (found.finding,))
    result = attempted(lambda: _solved(path, settle, rules), Location(path))
    return Result(path, None, 0, tuple(result.findings)) if isinstance(result, Failure) else result


def _solved(path: str, settle: Settle, rules: Permissions) -> Result:
    data = read_bytes(path, rules.limits)
    problem = read_problem(data, path, rules)
    beside = [os.path.join(os.path.dirname(path), file) for file in problem.beside]
    made_of = digest(data), {file: file_digest(file) for file in beside}
    trace = solve(problem, settle)
    if not problem.expect:
        return Result(path, trace, 0, (), made_of)
    asked = Assignment(problem, trace if settle is exact else solve(problem))
    return Result(path, trace, len(problem.expect), tuple(disagreements(asked)), made_of)


def is_made_of(found: Found, made_of: tuple[str, dict[str, str]], rules: Permissions) -> bool:
    """Whether a file, and those beside it, hold now what they held when a result was made of them."""
    data = attempted(lambda: read_bytes(found.path, rules.limits))
    if isinstance(data, Failure) or digest(data) != made_of[0]:
        return False
    return all(file_digest(file) == there for file, there in made_of[1].items())
