"""What a folder holds: its problems, its answer sheets, and safe names for what is written about them."""

from __future__ import annotations

import os
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice, pairwise
from pathlib import Path

from nncalc.disk.read import plain_words
from nncalc.errors import Finding, InputError, Location
from nncalc.limits import Limits, raising

PROBLEM_ENDINGS = (".yaml", ".yml")
SHEET_ENDINGS = tuple(f".answers{ending}" for ending in PROBLEM_ENDINGS)
# What an archive made on a Mac holds beside the files.
RESOURCES = "__MACOSX"
# The longest name of a file that we make, in plain letters.
NAME_LENGTH = 100
# So many names are sorted at a time.
RUN = 2_000
EMPTY = "is an empty folder"
DEVICE_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")


@dataclass(frozen=True)
class Found:
    """A file of a folder, or what keeps it (or a whole folder) from being read."""

    path: str
    trouble: str = ""
    hint: str = ""
    is_folder: bool = False

    @property
    def finding(self) -> Finding:
        """Its trouble, at the file."""
        return Finding(self.trouble, Location(self.path), hint=self.hint)


def problem_files(folder: str, limits: Limits) -> list[Found]:
    """The problem files below a folder, sorted; hidden files, backups and answer sheets are passed over.

    A link is followed only where it stays inside the folder; what is not followed is in the list with its trouble.

    Raises InputError where it is no folder, or holds none.
    """
    found = list(each_problem_file(folder, limits))
    if not found:
        raise no_problems(folder)
    return found


def each_problem_file(folder: str, limits: Limits) -> Iterator[Found]:
    """The same one by one, for a folder of any size; none where it holds none."""
    for f in _each_file(folder, limits):
        if f.is_folder or (f.path.endswith(PROBLEM_ENDINGS) and not f.path.endswith(SHEET_ENDINGS)):
            yield f


def no_problems(folder: str) -> InputError:
    """What to raise where a folder holds no problem files."""
    return InputError(Finding("holds no problem files (*.yaml)", Location(folder)))


def files_below(folder: str, limits: Limits, empty: bool = False) -> list[Found]:
    """All files below a folder that are not hidden, sorted; with `empty` also the folders that hold none.

    Raises InputError where it is no folder.
    """
    return list(_each_file(folder, limits, empty))


def _each_file(folder: str, limits: Limits, empty: bool = False) -> Iterator[Found]:
    if not os.path.isdir(folder):
        raise InputError(
            Finding("is a file; want a folder" if os.path.exists(folder) else "no such folder", Location(folder))
        )
    yield from _below(folder, folder, limits.folders, limits, empty)


def _below(root: str, home: str, levels: int, limits: Limits, empty: bool) -> Iterator[Found]:
    """What a folder of `home` holds, in the order of the paths; `levels`: how deep it may go on."""
    try:
        runs = _sorted_runs(root)
    except OSError as error:
        yield Found(root, plain_words(error), is_folder=True)
        return
    if empty and not runs and root != home:
        yield Found(root, EMPTY, is_folder=True)
    for name in merge(*map(_parted, runs)):
        path = os.path.join(root, name.removesuffix("/"))
        if not name.endswith("/"):
            yield _followed(path, home)
        elif os.path.islink(path):
            yield Found(path, "is a link to a folder, which is not followed", is_folder=True)
        elif not levels:
            trouble = f"is a folder deeper than {limits.folders} levels, the limit"
            yield Found(path, trouble, raising("folders"), True)
        else:
            yield from _below(path, home, levels - 1, limits, empty)


def _sorted_runs(folder: str) -> list[str]:
    """The names of a folder in sorted runs, those of folders with a / behind them, so that they sort as whole paths do.

    A run is one text: the names of a hundred thousand files take a megabyte so, and as a list ten.
    """
    runs = []
    with os.scandir(folder) as entries:
        shown = (entry.name + "/" * entry.is_dir() for entry in entries if not entry.name.startswith("."))
        names = (name for name in shown if not (name.endswith("/") and name.startswith(RESOURCES)))
        while run := sorted(islice(names, RUN)):
            runs.append("\0".join(run))
    return runs


def _parted(names: str) -> Iterator[str]:
    start = 0
    while start < len(names):
        end = names.find("\0", start)
        end = len(names) if end < 0 else end
        yield names[start:end]
        start = end + 1


def _followed(path: str, folder: str) -> Found:
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)) if os.path.islink(path) else True
    return Found(path, "" if inside else "is a link that leaves the folder")


def plain_part(part: str) -> str:
    """A part of a path in plain letters."""
    return _tame(re.sub(r"[^A-Za-z0-9._-]", "_", part)[:NAME_LENGTH])


def lettered_part(part: str) -> str:
    """A part of a path with the letters of any script (NFC), and single spaces between them."""
    text = unicodedata.normalize("NFC", part)
    text = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" or c in "._- " else "_" for c in text)
    short = " ".join(text.split()).encode()[: 2 * NAME_LENGTH].decode(errors="ignore")
    return _tame(short.rstrip(". "))


def _tame(part: str) -> str:
    safe = part.lstrip(".- ") or "_"
    return f"_{safe}" if DEVICE_NAMES.match(safe) else safe


def output_names(paths: Iterable[str], folder: str, ending: str) -> Callable[[str], str]:
    """Tells for each problem the file its working goes to: from its path alone, safe anywhere, no two alike.

    paths: gone through twice. Of a name that is safe and unlike all others nothing is kept but a number.
    """
    hashes = array("q", (hash(_folded(_plain(path, folder))) for path in paths))
    taken = array("q")
    for least in range(-(1 << 63), 1 << 63, 1 << 60):  # in parts, for a list of numbers is large
        taken.extend(sorted(number for number in hashes if least <= number < least + (1 << 60)))
    twice = {one for one, other in pairwise(taken) if one == other}
    clashing = [path for path in paths if hash(_folded(_plain(path, folder))) in twice] if twice else []
    apart = safe_names({path: _parts(path, folder) for path in clashing}, ending, taken=taken)
    return lambda path: apart.get(path) or _plain(path, folder) + ending


def _parts(path: str, folder: str) -> Sequence[str]:
    return Path(os.path.relpath(path, folder)).with_suffix("").parts


def _plain(path: str, folder: str) -> str:
    return os.path.join(*map(plain_part, _parts(path, folder)))


def safe_names(
    names: Mapping[str, Sequence[str]],
    ending: str,
    part: Callable[[str], str] = plain_part,
    taken: Sequence[int] = (),
) -> dict[str, str]:
    """A path for each, from its parts as `part` makes them safe: no two alike, and what is safe as it is stays.

    taken: sorted hashes of names that a number behind a name must not lead to.
    """
    safe = {key: os.path.join(*map(part, parts)) for key, parts in names.items()}
    given: set[str] = set()
    for key in sorted(names, key=lambda key: safe[key] != os.path.join(*names[key])):
        name, folded, count = safe[key], _folded(safe[key]), 1
        while folded in given or (count > 1 and _is_in(hash(folded), taken)):
            count += 1
            folded = _folded(f"{name}-{count}")
        safe[key] = name + ("" if count == 1 else f"-{count}")
        given.add(folded)
    return {key: name + ending for key, name in safe.items()}


def _is_in(number: int, numbers: Sequence[int]) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _folded(name: str) -> str:
    """What file systems that know no case, and no ways to write an accent, take for the same name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
