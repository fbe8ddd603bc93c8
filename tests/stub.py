"""nncalc/__init__.pyi, made from the table of public names and from the topics' signatures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from inspect import Parameter
from pathlib import Path
from typing import Any

import nncalc
from nncalc.problem.calling import form_signature, form_words
from nncalc.topics import ALSO, TOPICS, kernels

STUB = Path(nncalc.__file__).with_suffix(".pyi")
HEAD = '''"""What a type checker sees of `import nncalc`; made by tests/stub.py from the signatures; a test holds both equal."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, SupportsFloat, SupportsIndex, overload

'''
TYPES = '''
__version__: str

class _Array(Protocol):
    """An array of NumPy's, or of a library like it; a tensor."""

    def __array__(self) -> Any: ...

# What a problem may say of a field, and Python has: a text may be an expression, 1/3 or sqrt(2).
_Number = SupportsFloat | str
_Whole = SupportsIndex | str
_Numbers = _Number | _Array | Sequence[_Numbers] | Mapping[str, str]
_Lines = str | Sequence[Any] | Mapping[str, Any]
'''


def text() -> str:
    """The stub, as ruff formats it."""
    homes = nncalc._HOMES
    imports = [f"from nncalc.{home} import {name} as {name}" for name, home in homes.items()]
    imports += [f"from nncalc.{homes[old]} import {old} as {new}  # noqa: F401  (its name until 0.1)"
                for new, old in nncalc._RENAMED.items()]  # fmt: skip
    imports.append("from nncalc.trace.rounding import Settle")
    topics = [_function(topic, kernel) for topic in TOPICS for kernel in kernels(topic)]
    also = [f"{word} = {topic}" for word, topic in ALSO.items()]
    body, choices = _named_choices("\n".join([*topics, *also, ""]))
    written = "\n".join([HEAD + "\n".join(imports), TYPES + choices, body])
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "--stdin-filename", STUB.name, "-"]
    sorting = [sys.executable, "-m", "ruff", "check", "--select", "I", "--fix", "-q", "--line-length", "120",
               "--config", str(STUB.parent.parent / "pyproject.toml"), "--stdin-filename", STUB.name, "-"]  # fmt: skip
    for words in (sorting, command):
        written = subprocess.run(words, input=written, capture_output=True, text=True, check=True).stdout
    return written


def _function(topic: str, kernel: Callable[..., Any]) -> str:
    """One form of a topic: its arguments, and its words as its docstring."""
    several = len(kernels(topic)) > 1
    arguments = "".join(f"{_argument(p)}, " for p in form_signature(kernel).parameters.values())
    words = textwrap.indent(form_words(kernel).replace("\\", "\\\\"), "    ").strip()
    return f'{"@overload" * several}\ndef {topic}(*, {arguments}) -> Working:\n    """{words}\n    """\n'


def _named_choices(body: str) -> tuple[str, str]:
    """The body with a name for each list of choices that would fill a line, by the argument that has it first."""
    named: dict[str, str] = {}
    for argument, choices in re.findall(r"(\w+): [^=,\n]*?(Literal\[[^\]]{60,}\])", body):
        free = (f"_{argument.capitalize()}{n}" for n in ("", *range(2, 100)))
        named[choices] = named.get(choices) or next(name for name in free if name not in named.values())
    for choices, name in named.items():
        body = body.replace(choices, name)
    return body, "".join(f"{name} = {choices}\n" for choices, name in named.items())


def _argument(parameter: Parameter) -> str:
    """A plain default is shown; of e or a function it is enough that there is one."""
    if parameter.default is Parameter.empty:
        return f"{parameter.name}: {parameter.annotation}"
    plain = isinstance(parameter.default, (bool, int, str)) or parameter.default is None
    return f"{parameter.name}: {parameter.annotation} = {repr(parameter.default) if plain else '...'}"


def held(stub: Path = STUB) -> str:
    """The stub that is there; with NNCALC_REWRITE it is made anew."""
    if os.environ.get("NNCALC_REWRITE"):
        stub.write_text(text())
    return stub.read_text()
