"""What a folder holds: its problems, its answer sheets, and safe names for what is written about them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    below = files_below(folder, limits)
    found = [
        f for f in below if f.is_folder or (f.path.endswith(PROBLEM_ENDINGS) and not f.path.endswith(SHEET_ENDINGS))
    ]
    if not found:
        raise InputError(Finding("holds no problem files (*.yaml)", Location(folder)))
    return found


def files_below(folder: str, limits: Limits, empty: bool = False) -> list[Found]:
    """All files below a folder that are not hidden, sorted; with `empty` also the folders that hold none.

    Raises InputError where it is no folder.
    """
    if not os.path.isdir(folder):
        raise InputError(
            Finding("is a file; want a folder" if os.path.exists(folder) else "no such folder", Location(folder))
        )
    found: list[Found] = []

    def unreadable(error: OSError) -> None:
        found.append(Found(os.fsdecode(error.filename or folder), plain_words(error), is_folder=True))

    for root, folders, files in os.walk(folder, onerror=unreadable, followlinks=False):
        depth = 0 if root == folder else os.path.relpath(root, folder).count(os.sep) + 1
        folders[:] = sorted(f for f in folders if not f.startswith((".", RESOURCES)))
        linked = [os.path.join(root, f) for f in folders if os.path.islink(os.path.join(root, f))]
        found += [Found(path, "is a link to a folder, which is not followed", is_folder=True) for path in linked]
        if depth >= limits.folders:
            trouble = f"is a folder deeper than {limits.folders} levels, the limit"
            found += [Found(os.path.join(root, f), trouble, raising("folders"), True) for f in folders]
            folders[:] = []
        seen = [_followed(os.path.join(root, name), folder) for name in files if not name.startswith(".")]
        found += seen
        if empty and not seen and not folders and root != folder:
            found.append(Found(root, EMPTY, is_folder=True))
    return sorted(found, key=lambda f: f.path)


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


def output_names(paths: list[str], folder: str, ending: str) -> dict[str, str]:
    """For each problem the file its working goes to: from its path alone, safe anywhere, no two alike."""
    parts = {path: list(Path(os.path.relpath(path, folder)).with_suffix("").parts) for path in paths}
    return safe_names(parts, ending)


def safe_names(
    names: Mapping[str, Sequence[str]], ending: str, part: Callable[[str], str] = plain_part
) -> dict[str, str]:
    """A path for each, from its parts as `part` makes them safe: no two alike, and what is safe as it is stays."""
    safe = {key: os.path.join(*map(part, parts)) for key, parts in names.items()}
    taken: set[str] = set()
    for key in sorted(names, key=lambda key: safe[key] != os.path.join(*names[key])):
        name, count = safe[key], 1
        while _folded(f"{name}{'' if count == 1 else f'-{count}'}") in taken:
            count += 1
        safe[key] = name + ("" if count == 1 else f"-{count}")
        taken.add(_folded(safe[key]))
    return {key: name + ending for key, name in safe.items()}


def _folded(name: str) -> str:
    """What file systems that know no case, and no ways to write an accent, take for the same name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
