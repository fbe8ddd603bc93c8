"""Work on many things by many workers: in chunks, few of them under way, the results in order, none ever lost."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from nncalc.batch.crews import Crew

Item = TypeVar("Item")
Done = TypeVar("Done")
# What a chunk's first things gave, and the seconds that they took.
DoneSoFar = tuple[list[Done], float]

# A chunk is so many things, or what a worker does in so many seconds: then neither a crowd of small results nor a few
# large ones fill the memory, and nobody waits long for one. The first chunks are small; they tell how long one takes.
CHUNK, SECONDS, FIRST = 200, 0.5, 20
# No clock tells less.
AT_LEAST = 1e-6
# So many chunks are under way for each worker: one is worked on, one waits at hand.
UNDER_WAY = 2
# What is with a worker that dies, so often and alone, is what killed it.
TRIES = 2
_PLACE = threading.Lock()


def spread_over(
    work: Callable[[Item], Done],
    items: Iterable[Item],
    crew: Crew | None,
    lost: Callable[[Item], Done],
    chunk: int = CHUNK,
) -> Iterator[Done]:
    """What `work` gives for each item, in order; `lost` gives what to say of an item that kills whoever works on it.

    Without a crew it is done here. `work` (which raises nothing), the items and the results must pickle.

    Raises InputError where the whole crew is gone.
    """
    if crew is None:
        yield from map(work, items)
        return
    rest, home = iter(items), os.getcwd()
    pending: deque[tuple[list[Item], Future[DoneSoFar[Done]]]] = deque()
    size = min(chunk, FIRST)

    def begin(part: list[Item]) -> Future[DoneSoFar[Done]]:
        return crew.submit(work_on, work, part, home)

    while True:
        while len(pending) <= UNDER_WAY * crew.size and (part := list(islice(rest, size))):
            pending.append((part, begin(part)))
        if not pending:
            return
        part, future = pending.popleft()
        try:
            results, took = future.result()
        except Exception:  # its worker died; whether one of its items killed it is seen where nothing else is under way
            yield from _alone(begin, part, crew, lost)
            pending = deque((p, begin(p) if _is_lost(f) else f) for p, f in pending)
            continue
        size = max(1, min(chunk, int(len(results) * SECONDS / max(took, AT_LEAST)) // 2))
        if len(results) < len(part):
            pending.appendleft((left := part[len(results) :], begin(left)))
        yield from results


def work_on(work: Callable[[Item], Done], items: list[Item], home: str) -> DoneSoFar[Done]:
    """A worker's part: what `work` gives for the first items, as many as the time allows; paths begin at `home`."""
    with _standing_in(home):
        began = time.monotonic()
        done, end = [work(items[0])], began + SECONDS
        for item in items[1:]:
            if time.monotonic() > end:
                break
            done.append(work(item))
        return done, time.monotonic() - began


@contextmanager
def _standing_in(folder: str) -> Iterator[None]:
    """A process stands in one folder only: the threads of a cluster's worker do so one after the other."""
    with _PLACE:
        before = os.getcwd()
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _alone(
    begin: Callable[[list[Item]], Future[DoneSoFar[Done]]], items: list[Item], crew: Crew, lost: Callable[[Item], Done]
) -> Iterator[Done]:
    """The items once more, first together, then one by one."""
    size, tries = len(items), 0
    while items:
        part = items[:size]
        try:
            done, _ = begin(part).result()
        except Exception:  # its worker died again: alone, an item that does so is the one that kills it
            crew.must_be_there()
            size, tries = 1, tries + (len(part) == 1)
            if tries < TRIES:
                continue
            done = [lost(items[0])]
        yield from done
        items, tries = items[len(done) :], 0


def _is_lost(future: Future[DoneSoFar[Done]]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)
