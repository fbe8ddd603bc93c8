"""Who works on a folder, as it was asked for: this process, several, or a Dask cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nncalc.cli.show import Request, whole
from nncalc.errors import Finding, InputError, Location
from nncalc.topics import TOPICS

if TYPE_CHECKING:
    from nncalc.batch.crews import Crew

MOST_JOBS = 512
# A folder of so few is done before the first process has started.
SMALL = 16
# Each worker gets some chunks, so that none is idle at the end.
CHUNKS_EACH = 4
# What every worker loads before its first problem.
LOADED = ("nncalc.cli.batch", "nncalc.cli.check", *(f"nncalc.topics.{topic.module}" for topic in TOPICS.values()))


@dataclass(frozen=True)
class CrewRequest(Request):
    """Who was asked to do the work."""

    jobs: str | None = None
    dask: str | None = None


def crew_for(request: CrewRequest, total: int) -> Crew | None:
    """Who works on so many files; None: this process. Raises InputError where there is no such crew."""
    from nncalc.batch.crews import cluster, processes

    count = whole("--jobs", request.jobs, least=1, most=MOST_JOBS)
    if count is not None and request.dask is not None:
        raise InputError(Finding("--jobs and --dask exclude each other", want="one of them"))
    if request.dask is not None:
        return cluster(request.dask)
    return processes(count, [*LOADED]) if count is not None and count > 1 and total > SMALL else None


def chunk_of(total: int, crew: Crew | None) -> int:
    """How many files are given away at once."""
    from nncalc.batch.spread import CHUNK

    return CHUNK if crew is None else max(1, min(CHUNK, total // (CHUNKS_EACH * crew.size)))


def died(path: str) -> Finding:
    """What is said of a file that kills whoever works on it."""
    return Finding("whoever worked on it died, twice; it may need more memory than there is", Location(path))
