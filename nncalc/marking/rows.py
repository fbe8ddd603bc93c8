"""Tables of the class as spreadsheets, forms and platforms write them: a list, adjustments, everybody's answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from nncalc.disk.read import decoded, name_of, read_bytes
from nncalc.errors import Finding, InputError, Location, printable
from nncalc.limits import Limits
from nncalc.marking.cells import SPACES

DELIMITERS = ",;\t"
# A table of a class may be longer than a problem.
TABLE_BYTES = 1 << 24


def csv_rows(path: str, limits: Limits) -> list[tuple[Location, list[str]]]:
    """The rows that hold something, each with the line in which it ends; at least one.

    Raises InputError where the file cannot be read, is no table or empty.
    """
    data = read_bytes(path, replace(limits, file_bytes=max(limits.file_bytes, TABLE_BYTES)))
    lines = decoded(data).translate(SPACES).replace("\0", "").splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):
        lines[0] = "\n"
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter, skipinitialspace=True)
    source = name_of(path)
    try:
        rows = [(Location(source, reader.line_num), list(map(str.strip, row))) for row in reader]
    except csv.Error as error:
        raise InputError(Finding(f"is no table: {printable(str(error))}", Location(source, reader.line_num))) from None
    rows = [(at, row) for at, row in rows if any(row)]
    if not rows:
        raise InputError(Finding("the file is empty", Location(source)))
    return rows


def headed(path: str, limits: Limits, want: Iterable[str]) -> list[tuple[Location, dict[str, str]]]:
    """The rows of a list with headings, by these; each has all that are wanted.

    Raises InputError where one of them is missing.
    """
    (at, first), *rows = csv_rows(path, limits)
    heads = [cell.casefold() for cell in first]
    missing = [head for head in want if head not in heads]
    if missing:
        raise InputError(Finding(f"has no column {', '.join(missing)}", at, want=",".join(want)))
    return [(at, dict.fromkeys(want, "") | dict(zip(heads, cells, strict=False))) for at, cells in rows]
