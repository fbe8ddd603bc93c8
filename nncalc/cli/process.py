"""What a call sets in its process before anything large is loaded, and before it ends."""

from __future__ import annotations

import gc
import os

# Where OpenBLAS, which NumPy carries, reads how many threads it may start.
THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


def begin() -> None:
    """For one small problem: one thread of BLAS, unless somebody has chosen, and no search for cycles.

    OpenBLAS starts its threads while NumPy is loaded and ends them with the process, which takes longer than a small
    problem does. `many` undoes what is not meant for much work; threads for one large product are raised there.
    """
    if not any(name in os.environ for name in THREADS):
        os.environ[THREADS[0]] = "1"
    gc.disable()


def many() -> None:
    """For work on many files: what it leaves in cycles is given back meanwhile."""
    gc.enable()


def end() -> None:
    """Nothing is searched once more only to be thrown away: Python does so several times when it ends."""
    gc.freeze()
