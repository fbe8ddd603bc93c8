"""What was handed in, as the places where courses live name the files: who, what, which attempt."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from nncalc.disk.folder import Found, files_below
from nncalc.disk.read import decoded, open_regular
from nncalc.errors import listed
from nncalc.limits import Limits
from nncalc.reading.nodes import MappingNode, Node, ScalarNode, SequenceNode
from nncalc.reading.reader import read_file

# What a sheet may be saved as, the likeliest first, in any case.
SHEET_KINDS = (".yaml", ".yml", ".json", ".txt", ".csv")
ATTEMPT = re.compile(r"(?P<name>.+?)(?:-| ?\()(?P<attempt>\d{1,3})\)?")
# A sheet may say at its top what it answers and whose it is; it is looked for in so many bytes.
AT_THE_TOP = re.compile(
    r"""^[ \t]*\{?[ \t]*["']?(problem|student)["']?[ \t]*[:=,;][ \t]*(.+?)[ \t,;}]*(?:[ \t]#.*)?$""", re.M
)
HEAD_BYTES = 4096
# Gradescope's list of who handed in: it has every attempt of a class.
METADATA = "submission_metadata.yml"
METADATA_LIMITS = {"file_bytes": 1 << 26, "nodes": 5_000_000}

# How platforms name what they give: a row each, the path below the folder.
PLATFORMS = {
    "Canvas": re.compile(r"(?P<student>[^/_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<rest>[^/]+)"),
    "Moodle": re.compile(r"(?P<student>[^/]+)_(?P<id>\d+)_assignsubmission_[a-z]+_?/?(?P<rest>.*)"),
    "Gradescope": re.compile(r"(?P<student>submission_(?P<id>\d+))(?:/(?P<rest>.*))?"),
}


@dataclass(frozen=True)
class Upload:
    """A file that was handed in (or a folder that holds none), and what its path and its top say of it.

    `student` is empty where the path names nobody; `said_*` is what stands at the top of the sheet.
    """

    found: Found
    student: str
    name: str
    id: str = ""
    person: str = ""
    late: bool = False
    is_flat: bool = False
    said_problem: str = ""
    said_student: str = ""

    @property
    def path(self) -> str:
        """The file."""
        return self.found.path

    @property
    def trouble(self) -> str:
        """Why it cannot be a sheet, or nothing."""
        if self.found.trouble or is_sheet(self.path):
            return self.found.trouble
        return f"is no sheet that nncalc reads ({listed(SHEET_KINDS)})"

    @property
    def tries(self) -> list[tuple[str, int]]:
        """The names that it may mean with the number of the attempt: lstm-1 is itself, or the second lstm."""
        match = ATTEMPT.fullmatch(self.name)
        return [(self.name, 0), *([(stem(match["name"]), int(match["attempt"]))] if match else [])]


def is_sheet(path: str) -> bool:
    """Whether it may be a sheet, by its ending."""
    return path.lower().endswith(SHEET_KINDS)


def stem(path: str) -> str:
    """A name without its ending: lstm for lstm.yaml and lstm.answers.yaml."""
    ending = next((e for e in SHEET_KINDS if path.lower().endswith(e)), "")
    bare = path[: len(path) - len(ending)]
    return bare[: -len(".answers")] if bare.lower().endswith(".answers") else bare


def uploads(folder: str, limits: Limits) -> list[Upload]:
    """All that was handed in, in the order of the paths. Raises InputError where it is no folder."""
    root, files = _root(folder, files_below(folder, limits, empty=True))
    people = _submitters(os.path.join(root, METADATA), limits)
    handed: list[Upload] = []
    for found in files:
        path = os.path.relpath(found.path, root).replace(os.sep, "/")
        if path == METADATA and people:
            continue
        one = _upload(found, path)
        submitters = people.get(one.student) or [(one.person, one.id)]
        handed += [replace(one, person=person, id=id, student=person or one.student) for person, id in submitters]
    return handed


def _root(folder: str, files: list[Found]) -> tuple[str, list[Found]]:
    """The folder, or the one folder in it that a platform filled: archives are often unpacked into one more."""
    tops = {os.path.relpath(found.path, folder).split(os.sep)[0] for found in files}
    inner = os.path.join(folder, next(iter(tops), ""))
    if len(tops) == 1 and os.path.isdir(inner) and not _platform(os.path.basename(inner)):
        below = [os.path.relpath(found.path, inner).replace(os.sep, "/") for found in files]
        if any(_platform(path) for path in below):
            return inner, files
    return folder, files


def _platform(path: str) -> re.Match[str] | None:
    return next(filter(None, (pattern.fullmatch(path) for pattern in PLATFORMS.values())), None)


def _upload(found: Found, path: str) -> Upload:
    match = _platform(path)
    parts = path.split("/")
    if match:
        values = match.groupdict()
        one = Upload(found, values["student"], stem(values["rest"] or ""), values["id"], late=bool(values.get("late")))
    elif len(parts) == 1 and not found.is_folder:
        one = Upload(found, "", stem(path), is_flat=True)
    else:
        one = Upload(found, parts[0], stem("/".join(parts[1:])))
    if one.trouble:
        return one
    said = _head(found.path)
    return replace(one, said_problem=said.get("problem", ""), said_student=said.get("student", ""))


def _head(path: str) -> dict[str, str]:
    """What a sheet says of itself at its top."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            data = file.read(HEAD_BYTES)
    except (OSError, ValueError):
        return {}  # said where it is marked
    text = decoded(data, "replace").replace("\r", "\n")
    said: dict[str, str] = {}
    for key, value in AT_THE_TOP.findall(text):
        said.setdefault(key, value.strip("\"' "))
    return said


def _submitters(path: str, limits: Limits) -> dict[str, list[tuple[str, str]]]:
    """For each submission of a Gradescope export the names and numbers of those who handed it in."""
    if not os.path.isfile(path):
        return {}
    generous = {name: max(getattr(limits, name), least) for name, least in METADATA_LIMITS.items()}
    root = read_file(path, replace(limits, **generous))
    people: dict[str, list[tuple[str, str]]] = {}
    for submission, node in root.entries.items() if isinstance(root, MappingNode) else ():
        listed_people = _entry(node, ":submitters")
        for person in listed_people.items if isinstance(listed_people, SequenceNode) else ():
            name, number = (_text(_entry(person, key)) for key in (":name", ":sid"))
            if name or number:
                people.setdefault(submission, []).append((name or number, number))
    return people


def _entry(node: Node | None, key: str) -> Node | None:
    return node.entries.get(key) if isinstance(node, MappingNode) else None


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) and node.text != "null" else ""
