"""From what was typed to what is done: problems read, requests made. The rest is loaded when it is used."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from nncalc.errors import InputError


def problem_from(path: str | None, topic: str | None, flags: dict[str, str], rules: Any) -> Any:
    """A problem from a file with flags over it, or from flags alone."""
    from nncalc.problem.problem import from_flags, load

    return from_flags(topic or "", flags, rules) if path is None else load(path, topic, flags, rules)


def problems_in(path: str, given: dict[str, Any]) -> list[str]:
    """A problem file, or the problems below a folder, in the order in which a batch solves them.

    Raises InputError where something below the folder cannot be read, or nothing is there.
    """
    if not os.path.isdir(path):
        return [path]
    from nncalc.disk.folder import problem_files

    found = problem_files(path, rules_of(given).limits)
    unread = [f.finding for f in found if f.trouble]
    if unread:
        raise InputError(unread)
    return [f.path for f in found]


def problems_of_all(files: tuple[str, ...], given: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The problems of files and folders, and of one folder what stands before the title of each. Raises InputError."""
    if len(files) == 1 and os.path.isdir(files[0]):
        from nncalc.cli.handouts import on_sheets

        return on_sheets(files[0], given)
    return [path for file in files for path in problems_in(file, given)], []


def into_folder(problem: str, output: str | None) -> bool:
    """Whether of a folder of problems a file each is written, into a folder that is there or one to be made."""
    if not output or not os.path.isdir(problem):
        return False
    return os.path.isdir(output) or not (os.path.splitext(output)[1] or os.path.exists(output))


def show(problems: list[Callable[[Any], Any]], given: dict[str, Any]) -> None:
    """Reads all (each by the rules), solves all, then writes: nothing is on stdout unless everything has worked."""
    from nncalc.cli.show import Request, present

    request, rules = Request(**requested(given, Request)), rules_of(given)
    loaded, findings = [], []
    for read in problems:
        try:
            loaded.append(read(rules))
        except InputError as error:
            findings += error.findings
    if findings:
        raise InputError(findings)
    present(loaded, request)


def rules_of(given: dict[str, Any]) -> Any:
    """What a problem may do, as it was typed."""
    from nncalc.limits import Permissions, limits_from

    return Permissions(limits_from(given["limit"]), given["allow_outside"])


def requested(given: dict[str, Any], request: Any) -> dict[str, Any]:
    """What a request wants to know of what was typed."""
    from dataclasses import fields

    return {f.name: given[f.name] for f in fields(request) if f.name in given}
