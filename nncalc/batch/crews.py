"""Who does the work: processes of this machine, or the workers of a Dask cluster; both are executors."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing.connection import wait
from typing import Any

from nncalc import __version__
from nncalc.errors import Finding, InputError, Location, printable

# Many small problems gain nothing by threads inside a product; many processes lose by them.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
# How long a cluster may take to answer, in seconds.
PATIENCE = 10


class Crew:
    """An executor that is replaced when it breaks. `size`: how many work at a time.

    dismiss: ends it, and at once where the second argument says so: as a context the crew is dismissed at the end,
    after an exception without waiting for what is under way. must_be_there: raises InputError where all are gone.
    """

    def __init__(
        self,
        hire: Callable[[], Executor],
        size: int,
        dismiss: Callable[[Executor, bool], None],
        must_be_there: Callable[[], None] = lambda: None,
    ):
        self.hire, self.size, self.dismiss, self.must_be_there = hire, size, dismiss, must_be_there
        self.executor: Executor | None = None

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Begins some work."""
        if self.executor is None:
            self.executor = self.hire()
        try:
            return self.executor.submit(work, *given)
        except BrokenExecutor:
            self.executor.shutdown(wait=False)
            self.executor = self.hire()
            return self.executor.submit(work, *given)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.executor is not None:
            self.dismiss(self.executor, kind is not None)
            self.executor = None
            gc.collect()  # its semaphores go with it, even where a signal is obeyed next


def processes(count: int, modules: list[str]) -> Crew:
    """So many processes of this machine, which have loaded `modules` once."""
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    ways = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")
    if "forkserver" in ways:
        context.set_forkserver_preload(modules)
    return Crew(partial(ProcessPoolExecutor, count, context, initializer=_ready), count, _end_processes)


def _end_processes(pool: Executor, at_once: bool) -> None:
    for child in multiprocessing.active_children() if at_once else ():
        child.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _ready() -> None:
    """A worker leaves Ctrl-C to who started it, and does not outlive that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def cluster(address: str) -> Crew:
    """The workers of the Dask cluster whose scheduler has this address.

    Raises InputError where Dask is not installed, nobody answers, or the workers have no nncalc of this version.
    """
    mark = Location("--dask")
    try:
        from distributed import Client
    except ImportError:
        raise InputError(Finding("needs Dask; pip install 'nncalc[dask]'", mark)) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say is said below
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
        client.wait_for_workers(1, timeout=PATIENCE)
    except Exception as error:  # of many kinds: no such name, no answer, another protocol
        what = f"no workers at {printable(address)}: {printable(' '.join(str(error).split()), 200)}"
        raise InputError(Finding(what, mark, want="the address of a scheduler, as tcp://host:8786")) from None
    _must_be_alike(client, mark)

    def must_be_there() -> None:
        if client.status != "running":
            raise InputError(Finding("the cluster is gone", mark, hint="--resume goes on where it ended"))

    def dismiss(executor: Executor, at_once: bool) -> None:
        executor.shutdown(wait=not at_once)
        client.close()

    size = sum(client.nthreads().values())
    return Crew(partial(client.get_executor, pure=False), size, dismiss, must_be_there)


def _must_be_alike(client: Any, mark: Location) -> None:
    """Raises InputError where a worker would work otherwise than this process."""
    try:
        found = client.run(of_this_worker, os.getcwd())
    except Exception as error:  # whatever a worker without nncalc, or with another Python, answers
        what = f"the workers cannot load nncalc: {printable(' '.join(str(error).split()), 200)}"
        raise InputError(Finding(what, mark)) from None
    for where, (version, sees) in found.items():
        if version != __version__:
            raise InputError(Finding(f"the worker {where} has nncalc {version}, this is {__version__}", mark))
        if not sees:
            hint = "problems are read where workers are: share the folder"
            raise InputError(
                Finding(f"the worker {where} has no folder {printable(os.getcwd(), 300)}", mark, hint=hint)
            )


def of_this_worker(folder: str) -> tuple[str, bool]:
    """The version of whoever is asked, and whether it sees a folder."""
    return __version__, os.path.isdir(folder)
