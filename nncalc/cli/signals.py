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


class Signals:
    """Raises Interrupted at a signal, or, where something is done that must be done as a whole, right after that."""

    def __init__(self) -> None:
        self.is_held = False
        self.waiting: int | None = None

    def come(self, number: int, frame: FrameType | None = None) -> None:
        """A signal has come."""
        if not self.is_held:
            raise Interrupted(number)
        self.waiting = number

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, a signal waits for the end."""
        self.is_held = True
        try:
            yield
        finally:
            self.is_held = False
        if self.waiting is not None:
            raise Interrupted(self.waiting)


@contextmanager
def interruptible() -> Iterator[Signals]:
    """Inside, SIGINT, SIGTERM and SIGHUP raise Interrupted, unless the process was told to ignore them."""
    signals = Signals()
    numbers = [n for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN]
    before = {number: signal.signal(number, signals.come) for number in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
