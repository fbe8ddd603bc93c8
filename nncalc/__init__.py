"""nncalc: a step-by-step calculator for the hand-worked exercises of a deep-learning course.

    import nncalc

    trace = nncalc.solve("grid.yaml")                    # or a Problem, or {"topic": "softmax", "x": [2, 1, 0.1]}
    trace["Y"].array                                     # the value of a step, by its name
    on_paper = nncalc.solve("grid.yaml", nncalc.on_paper(2))
    marks = nncalc.check("grid.yaml", {"Y": [[1, 2], [3, 4]]})
    marks.passed

`load` reads a problem file and `loads` a text or a mapping; `extend` has all that a new topic imports.
"""

# The one place of the version: pyproject.toml reads it here.
__version__ = "0.1.0"

__all__ = [
    "InputError",
    "Limits",
    "Marks",
    "Permissions",
    "Problem",
    "Trace",
    "__version__",
    "check",
    "exact",
    "load",
    "loads",
    "on_paper",
    "solve",
]

_HOMES = {
    "InputError": "errors",
    "Limits": "limits",
    "Marks": "marking.marks",
    "Permissions": "limits",
    "Problem": "problem.problem",
    "Trace": "trace.steps",
    "check": "marking.check",
    "exact": "trace.rounding",
    "load": "problem.problem",
    "loads": "problem.problem",
    "on_paper": "trace.rounding",
    "solve": "running",
}
_RENAMED = {"Rules": "Permissions"}


def __getattr__(name: str) -> object:
    """The public names, loaded when used, so that `nncalc --help` needs no NumPy; their types stand in __init__.pyi."""
    from importlib import import_module

    known = _RENAMED.get(name, name)
    if known not in _HOMES:
        raise AttributeError(f"module 'nncalc' has no attribute {name!r}")
    return getattr(import_module(f"nncalc.{_HOMES[known]}"), known)


def __dir__() -> list[str]:
    """What there is to use."""
    return sorted(__all__)
