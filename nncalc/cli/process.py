"""What a call sets in its process before anything large is loaded, and before it ends."""

from __future__ import annotations

import gc
import os

# Where OpenBLAS, which NumPy carries, reads how many threads it may start; it asks each before the next.
THREADS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")
# A small problem makes some 60,000 objects, most of them while modules are loaded, and leaves hardly a cycle.
MANY_OBJECTS = 100_000


def begin() -> None:
    """One thread of BLAS, unless somebody has chosen, and no search for cycles before there are many objects.

    OpenBLAS starts its threads while NumPy is loaded and waits for them at the end, which takes longer than a small
    problem does.
    """
    if not any(name in os.environ for name in THREADS):
        os.environ[THREADS[0]] = "1"
    gc.set_threshold(MANY_OBJECTS)


def end() -> None:
    """What is left is not searched for cycles, as Python does several times when it ends: all of it goes anyway."""
    gc.freeze()
