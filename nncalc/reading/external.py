"""Arrays that lie in files of their own beside the problem: .npy, .npz with a key, .csv.

Shape and size are read from the header and held against the limits before any data is; nothing is unpickled.
"""

from __future__ import annotations

import csv
import io
import math
import os
import warnings
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np

from nncalc.disk.read import open_regular, plain_words, read_bytes
from nncalc.errors import Location, dimensions, printable
from nncalc.limits import Permissions, raising
from nncalc.reading.nodes import ScalarNode, SequenceNode
from nncalc.reading.plain import widened

ARRAY_ENDINGS = (".npy", ".npz", ".csv")
MOST_AXES = 32


class Unusable(Exception):
    """Why the file gives no array, and a hint."""

    def __init__(self, what: str, hint: str = ""):
        self.what, self.hint = what, hint
        super().__init__(what)


@dataclass(frozen=True)
class Beside:
    """Where a problem's arrays may lie: below its folder, unless `rules` let them lie outside.

    `named`: the files that were asked for so far.
    """

    folder: str
    rules: Permissions
    named: list[str] = field(default_factory=list)

    def find(self, file: str) -> str:
        """The file's path, links resolved; Unusable where it lies outside."""
        if not file.endswith(ARRAY_ENDINGS):
            raise Unusable(f"'{printable(file)}' does not end in {', '.join(ARRAY_ENDINGS)}")
        try:
            home = os.path.realpath(self.folder)
            path = os.path.realpath(os.path.join(home, file))
        except (OSError, ValueError) as error:
            raise Unusable(plain_words(error)) from None
        if not self.rules.allow_outside and os.path.commonpath([home, path]) != home:
            raise Unusable(f"'{printable(file)}' lies outside the problem's folder", "--allow-outside lets it")
        self.named.append(file)
        return path


def read_numpy(path: str, key: str | None, rules: Permissions) -> Any:
    """The array of an .npy file, or of the member `key` of an .npz. Raises Unusable."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            size, limit = os.fstat(file.fileno()).st_size, rules.limits.array_file_bytes
            if size > limit:
                raise Unusable(f"has {size} bytes; the limit is {limit}", raising("array_file_bytes"))
            return _member(file, key, rules) if path.endswith(".npz") else _array(file, rules)
    except (OSError, ValueError) as error:
        raise Unusable(plain_words(error)) from None


def _member(file: BinaryIO, key: str | None, rules: Permissions) -> Any:
    try:
        with zipfile.ZipFile(file) as archive:
            keys = [name.removesuffix(".npy") for name in archive.namelist()]
            if key is None or key not in keys:
                there = ", ".join(printable(k, 20) for k in keys[:20])
                raise Unusable(
                    "wants a `key`" if key is None else f"has no key '{printable(key)}'", f"the keys are {there}"
                )
            with archive.open(f"{key}.npy") as member:
                return _array(member, rules)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, NotImplementedError):
        raise Unusable("is no .npz that can be read") from None


def _array(file: Any, rules: Permissions) -> Any:
    shape, fortran, dtype = _header(file)
    count, limit = math.prod(shape), rules.limits.array
    if dtype.kind not in "fiu" or dtype.itemsize > 16:
        raise Unusable(f"holds {_kind(dtype)}; want numbers")
    if not count:
        raise Unusable("holds no numbers")
    if count > limit:
        raise Unusable(f"holds {dimensions(shape)} = {count} numbers; the limit is {limit}", raising("array"))
    data = file.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise Unusable(f"ends after {len(data)} of {count * dtype.itemsize} bytes")
    with np.errstate(all="ignore"):
        array = widened(np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C"))
    if not np.isfinite(array).all():
        place = ",".join(str(i + 1) for i in np.argwhere(~np.isfinite(np.atleast_1d(array)))[0])
        raise Unusable(f"holds a number that is not finite, at [{place}]")
    return array


def _kind(dtype: Any) -> str:
    """What an array is of, in plain words."""
    words = {"b": "true and false", "c": "complex numbers", "O": "Python objects", "S": "texts", "U": "texts"}
    return words.get(dtype.kind, "no plain numbers")


def _header(file: Any) -> tuple[tuple[int, ...], bool, Any]:
    reader = np.lib.format
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            version = reader.read_magic(file)
            read = {(1, 0): reader.read_array_header_1_0, (2, 0): reader.read_array_header_2_0}[version]
            shape, fortran, dtype = read(file)
        good = len(shape) <= MOST_AXES and all(isinstance(n, int) and n >= 0 for n in shape)
    except Exception:  # NumPy's reader of headers lets out whatever its parser of literals meets
        good = False
    if not good:
        raise Unusable("is no .npy that can be read")
    return shape, fortran, dtype


def read_csv(path: str, name: str, rules: Permissions) -> SequenceNode:
    """The rows of numbers of a .csv file as nodes, so that an error finds its line; InputError, Unusable."""
    try:
        text = read_bytes(path, rules.limits).decode("utf-8-sig")
        delimiter = ";" if ";" in text else ","
        reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        rows = [(Location(name, reader.line_num), row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error):
        raise Unusable("is no CSV in UTF-8") from None
    count, limit = sum(len(row) for _, row in rows), rules.limits.array
    if count > limit:
        raise Unusable(f"holds {count} numbers; the limit is {limit}", raising("array"))
    return SequenceNode(
        [SequenceNode([ScalarNode(cell.strip(), False, mark) for cell in row], mark) for mark, row in rows],
        Location(name),
    )
