"""Signals that end a long work: what is done is shown first, then the signal is obeyed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


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
