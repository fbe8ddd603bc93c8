"""Every limit in one table. An error that a limit causes names its number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a problem may ask for. A teacher may raise these; a file never may."""

    file_bytes: int = 1 << 20  # two megabytes of numbers already take seconds to read
    depth: int = 16  # the deepest honest file has five levels
    nodes: int = 50_000  # keys, lists and texts, aliases counted each time; numbers in arrays count below
    array: int = 200_000  # working that shows every step is for reading
    number_digits: int = 400  # longer than any float can mean
    name: int = 64
    title: int = 600
    expression: int = 2000  # characters
    expression_depth: int = 100  # parentheses, signs and powers inside each other
    expression_names: int = 200
    integer: int = 1_000_000  # stride, pad, sizes


DEFAULT = Limits()
