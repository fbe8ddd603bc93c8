"""nncalc: a step-by-step calculator for the hand-worked exercises of a deep-learning course."""

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`load`, `solve`, `check` and friends, loaded when used, so that `nncalc --help` needs no NumPy."""
    from importlib import import_module

    homes = {
        "load": "problem.problem",
        "solve": "running",
        "check": "marking.check",
        "Problem": "problem.problem",
        "InputError": "errors",
        "Rules": "limits",
    }
    if name in homes:
        return getattr(import_module(f"nncalc.{homes[name]}"), name)
    raise AttributeError(f"module 'nncalc' has no attribute {name!r}")
