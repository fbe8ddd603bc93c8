"""A folder of problems: each is solved, its key checked, its working written; one bad file never stops the rest."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType

from nncalc.errors import Finding, InputError, Mark, bug
from nncalc.folder import Found
from nncalc.marking.asked import Asked
from nncalc.marking.keys import disagreements
from nncalc.problem import UNBOUNDED, load
from nncalc.reading.limits import Rules
from nncalc.solution import solve
from nncalc.trace.rounding import Settle, exact
from nncalc.trace.steps import Trace


@dataclass(frozen=True)
class Result:
    """What became of one file: its trace, how many steps its key names, and what was wrong."""

    path: str
    trace: Trace | None
    keyed: int
    findings: tuple[Finding, ...]


def run(found: Found, settle: Settle = exact, rules: Rules = UNBOUNDED) -> Result:
    """Solves one file and checks its key."""
    path = found.path
    if found.trouble:
        return Result(path, None, 0, (Finding(found.trouble, Mark(path), hint=found.hint),))
    try:
        problem = load(path, rules=rules)
        trace = solve(problem, settle)
        if not problem.expect:
            return Result(path, trace, 0, ())
        asked = Asked(problem, trace if settle is exact else solve(problem))
        return Result(path, trace, len(problem.expect), tuple(disagreements(asked)))
    except InputError as error:
        return Result(path, None, 0, tuple(error.findings))
    except MemoryError:
        return Result(path, None, 0, (Finding("needs more memory than there is", Mark(path)),))
    except Exception as error:  # a bug of ours in one file must not cost the others
        return Result(path, None, 0, (Finding(bug(error), Mark(path)),))


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
