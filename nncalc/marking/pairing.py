"""Whose sheet answers which problem, by the paths of the files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from nncalc.disk.folder import PROBLEM_ENDINGS, SHEET_ENDINGS, problem_files
from nncalc.errors import Finding, InputError, Location, did_you_mean, printable
from nncalc.limits import Permissions


@dataclass(frozen=True)
class Submission:
    """A student's sheet and the problem it answers; no sheet where none was handed in."""

    student: str
    problem: str  # its name in the homework: lstm, week1/lstm
    file: str
    sheet: str | None


def stem(path: str) -> str:
    """A name without its ending: lstm for lstm.yaml and lstm.answers.yaml."""
    ending = next((e for e in (*SHEET_ENDINGS, *PROBLEM_ENDINGS) if path.endswith(e)), "")
    return path.removesuffix(ending)


def pair_sheets(problem: str, answers: str, rules: Permissions) -> tuple[list[Submission], list[Finding]]:
    """Who answered what, by the paths of the files, and what belongs to nobody.

    `hw3/lstm.yaml` is answered by `subs/s01/lstm.yaml`, a single problem also by `subs/s01.yaml`; where `hw3/s01/`
    exists, its problems are that student's own variants.

    Raises InputError where a folder or a file cannot be read.
    """
    if not os.path.isdir(answers):
        return _one(problem, answers, rules), []
    files = problem_files(answers, rules.limits, sheets=True)
    if not files:
        raise InputError(Finding("holds no answer sheets (*.yaml)", Location(answers)))
    sheets: dict[str, str] = {}
    stray = [Finding(f.trouble, Location(f.path), hint=f.hint) for f in files if f.trouble]
    for path in (f.path for f in files if not f.trouble):
        first = sheets.setdefault(stem(os.path.relpath(path, answers)), path)
        if first != path:
            stray.append(
                Finding(f"answers the same problem as {printable(os.path.basename(first))}", Location(path), want="one")
            )
    shared, own = _problems(problem, {name.split(os.sep)[0] for name in sheets}, rules)
    flat = all(os.sep not in name for name in sheets)
    if len(shared) > 1 and flat and any(name in shared for name in sheets):  # the folder is that of one student
        sheets = {os.path.join(Path(answers).resolve().name, name): path for name, path in sheets.items()}
    found, used = [], set()
    for student in sorted({name.split(os.sep)[0] for name in sheets}):
        asked = shared | own.get(student, {})
        for name, file in asked.items():
            names = [os.path.join(student, name), *([student] if len(asked) == 1 else [])]
            held = next((n for n in names if n in sheets), None)
            used.add(held)
            found.append(Submission(student, name, file, sheets[held] if held is not None else None))
    stray += [_stray(name, path, shared) for name, path in sheets.items() if name not in used]
    return found, stray


def _stray(name: str, path: str, shared: Mapping[str, str]) -> Finding:
    last = name.rpartition(os.sep)[2].lower()
    return Finding("answers no problem of this name", Location(path), hint=did_you_mean(last, shared, cutoff=0.5))


def _one(problem: str, answers: str, rules: Permissions) -> list[Submission]:
    """One sheet: of the problem, or of that with its name in a folder."""
    student = stem(Path(answers).name) if answers != "-" else "stdin"
    if not os.path.isdir(problem):
        return [Submission(student, stem(Path(problem).name), problem, answers)]
    problems, _ = _problems(problem, set(), rules)
    if len(problems) > 1 and student not in problems:
        raise InputError(
            Finding("answers no problem of this name", Location(answers), want=f"one of {', '.join(problems)}")
        )
    name = student if student in problems else next(iter(problems))
    return [Submission(student, name, problems[name], answers)]


def _problems(problem: str, students: set[str], rules: Permissions) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The problems of all by their names, and those of single students."""
    if not os.path.isdir(problem):
        return {stem(Path(problem).name): problem}, {}
    found: dict[str, str] = {}
    for one in problem_files(problem, rules.limits):
        name = stem(os.path.relpath(one.path, problem))
        if name in found:
            raise InputError(
                Finding(
                    f"is the same problem as {printable(os.path.basename(found[name]))}", Location(one.path), want="one"
                )
            )
        found[name] = one.path
    variants = _variants(found, students)
    shared: dict[str, str] = {}
    own: dict[str, dict[str, str]] = {}
    for name, path in found.items():
        first, _, rest = name.partition(os.sep)
        if rest and first in variants:
            own.setdefault(first, {})[rest] = path
        else:
            shared[name] = path
    if not shared and not own:
        raise InputError(Finding("holds no problem files (*.yaml)", Location(problem)))
    return shared, own


def _variants(problems: Iterable[str], students: set[str]) -> set[str]:
    """The folders that hold a student's own variants: of problems at the top, or where there is nothing but these."""
    top = {name for name in problems if os.sep not in name}
    folders = {name.partition(os.sep)[0] for name in problems} - top
    if not top:
        return folders if folders <= students else set()  # else they are week1/, week2/ of all
    return {first for name in problems if (first := name.partition(os.sep)[0]) in folders & students
            and name.partition(os.sep)[2] in top}  # fmt: skip
