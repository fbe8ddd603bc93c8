"""Every limit in one table. An error that a limit causes names it, with its number.

A teacher may raise a limit by option (`--limit array=1000000`) or by environment
(`NNCALC_LIMITS=array=1000000,depth=32`); a file never may. The library (`nncalc.load`)
bounds arrays and steps by memory only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from nncalc.errors import Finding, InputError, Location, did_you_mean, printable

VARIABLE = "NNCALC_LIMITS"
HIGHEST = 10**12


@dataclass(frozen=True)
class Limits:
    """What a problem may ask for."""

    file_bytes: int = 1 << 20  # two megabytes of numbers already take seconds to read
    depth: int = 16  # the deepest honest file has five levels
    nodes: int = 50_000  # keys, lists and texts, aliases counted each time; numbers in arrays count below
    array: int = 200_000  # working that shows every step is for reading
    steps: int = 500_000  # named steps of one working; some 20,000 fill a page
    array_file_bytes: int = 1 << 24  # of an .npy or .npz beside the problem
    number_digits: int = 400  # longer than any float can mean
    name: int = 64
    title: int = 600
    expression: int = 2000  # characters
    expression_depth: int = 100  # parentheses, signs and powers inside each other
    expression_names: int = 200
    integer: int = 1_000_000  # stride, pad, sizes
    folders: int = 8  # depth of folders in a batch


DEFAULT = Limits()
LIBRARY = replace(DEFAULT, array=sys.maxsize, steps=sys.maxsize, array_file_bytes=sys.maxsize)


@dataclass(frozen=True)
class Permissions:
    """What a problem may do. Set by whoever runs it, never by a file."""

    limits: Limits = DEFAULT
    allow_outside: bool = False  # arrays from files that lie outside the problem's folder


def raising(name: str) -> str:
    """The hint that goes with a limit's error."""
    return f"--limit {name}=N raises the limit"


def limits_from(options: Iterable[str], environment: str | None = None) -> Limits:
    """The limits with those that the environment variable and then the options (`name=N`) set."""
    limits = DEFAULT
    given = os.environ.get(VARIABLE, "") if environment is None else environment
    for text in filter(None, (part.strip() for part in given.split(","))):
        limits = _set(limits, text, Location(VARIABLE))
    for text in options:
        limits = _set(limits, text, Location("--limit"))
    return limits


def _set(limits: Limits, text: str, mark: Location) -> Limits:
    name, _, number = text.partition("=")
    names = [f.name for f in fields(Limits)]
    if name not in names:
        hint = did_you_mean(name, names, f"the limits are {', '.join(names)}")
        raise InputError(Finding(f"there is no limit '{printable(name)}'", mark, want="name=N", hint=hint))
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(HIGHEST)) and 0 < int(number) <= HIGHEST):
        raise InputError(Finding(f"want {name}=N with N from 1 to {HIGHEST}, got {printable(text)}", mark))
    return replace(limits, **{name: int(number)})
