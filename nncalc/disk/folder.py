"""What a folder holds: its problems, its answer sheets, and safe names for what is written about them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nncalc.disk.read import plain_words
from nncalc.errors import Finding, InputError, Location
from nncalc.limits import Limits, raising

PROBLEM_ENDINGS = (".yaml", ".yml")
SHEET_ENDINGS = tuple(f".answers{ending}" for ending in PROBLEM_ENDINGS)
DEVICE_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")


@dataclass(frozen=True)
class Found:
    """A file of a folder, or what keeps it from being read."""

    path: str
    trouble: str = ""
    hint: str = ""

    @property
    def finding(self) -> Finding:
        """Its trouble, at the file."""
        return Finding(self.trouble, Location(self.path), hint=self.hint)


def problem_files(folder: str, limits: Limits, sheets: bool = False) -> list[Found]:
    """The problem files below a folder, sorted; hidden files and backups are passed over, and without `sheets` these.

    A link is followed only where it stays inside the folder; what is not followed is in the list with its trouble.

    Raises InputError where it is no folder.
    """
    if not os.path.isdir(folder):
        raise InputError(
            Finding("is a file; want a folder" if os.path.exists(folder) else "no such folder", Location(folder))
        )
    found: list[Found] = []

    def unreadable(error: OSError) -> None:
        found.append(Found(os.fsdecode(error.filename or folder), plain_words(error)))

    for root, folders, files in os.walk(folder, onerror=unreadable, followlinks=False):
        depth = 0 if root == folder else os.path.relpath(root, folder).count(os.sep) + 1
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        linked = [f for f in folders if os.path.islink(os.path.join(root, f))]
        found += [Found(os.path.join(root, f), "is a link to a folder, which is not followed") for f in linked]
        if depth >= limits.folders:
            trouble = f"is a folder deeper than {limits.folders} levels, the limit"
            found += [Found(os.path.join(root, f), trouble, raising("folders")) for f in folders]
            folders[:] = []
        passed_over = () if sheets else SHEET_ENDINGS
        names = (
            f for f in files if f.endswith(PROBLEM_ENDINGS) and not f.startswith(".") and not f.endswith(passed_over)
        )
        found += [_followed(os.path.join(root, name), folder) for name in names]
    return sorted(found, key=lambda f: f.path)


def _followed(path: str, folder: str) -> Found:
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    return Found(path, "" if inside else "is a link that leaves the folder")


def output_names(paths: list[str], folder: str, ending: str) -> dict[str, str]:
    """For each problem the file its working goes to: from its path alone, safe anywhere, no two alike."""
    parts = {path: list(Path(os.path.relpath(path, folder)).with_suffix("").parts) for path in paths}
    return safe_names(parts, ending)


def safe_names(names: Mapping[str, Sequence[str]], ending: str) -> dict[str, str]:
    """A path for each, from its parts: safe anywhere, no two alike."""
    safe: dict[str, str] = {}
    taken: set[str] = set()
    for key, parts in names.items():
        name, count = os.path.join(*(_safe(part) for part in parts)), 1
        while f"{name}{'' if count == 1 else f'-{count}'}".lower() in taken:
            count += 1
        name += "" if count == 1 else f"-{count}"
        taken.add(name.lower())
        safe[key] = name + ending
    return safe


def _safe(part: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", part)[:100].lstrip(".-") or "_"
    return f"_{safe}" if DEVICE_NAMES.match(safe) else safe
