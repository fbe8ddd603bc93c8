"""nncalc: a step-by-step calculator for the hand-worked exercises of a deep-learning course.

    import nncalc

    w = nncalc.softmax(x=[2, 1, 0.1])        # every topic is a function of its fields: lists, arrays, tensors
    w["s"]                                   # a step by its name, usable as an array; w.answer has what was asked
    print(w)                                 # the page; w.show(only="s") a part, w.save("page.txt") a file of it
    print(w.explain("s:1"))                  # one cell, all the way down
    w.check(s=[0.66, 0.24, 0.1]).passed      # somebody's answers, marked

    w = nncalc.solve("grid.yaml", nncalc.on_paper(2))    # a file, a Problem or a mapping; worked with two places

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
    "Working",
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
    "Working": "render.face",
    "check": "marking.check",
    "exact": "trace.rounding",
    "load": "problem.problem",
    "loads": "problem.problem",
    "on_paper": "trace.rounding",
    "solve": "render.face",
}
_RENAMED = {"Rules": "Permissions"}


def __getattr__(name: str) -> object:
    """The public names and the topics, loaded when used: `nncalc --help` needs no NumPy. Their types: __init__.pyi."""
    from importlib import import_module

    known = _RENAMED.get(name, name)
    if known in _HOMES:
        return getattr(import_module(f"nncalc.{_HOMES[known]}"), known)
    if name.startswith("_") or name not in _topics():
        raise AttributeError(f"module 'nncalc' has no attribute {name!r}")
    function = import_module("nncalc.render.face").Working.function(name)
    return globals().setdefault(name, function)


def _topics() -> list[str]:
    """The topics, and other words for them."""
    from importlib import import_module

    table = import_module("nncalc.topics")
    return [*table.TOPICS, *table.ALSO]


def __dir__() -> list[str]:
    """What there is to use."""
    return sorted([*__all__, *_topics()])
