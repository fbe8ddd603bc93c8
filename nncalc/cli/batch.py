"""A folder of problems from the command line: worked, written, and summed up while it goes on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from nncalc import __version__
from nncalc.batch import is_made_of, solve_file
from nncalc.batch.spread import spread_over
from nncalc.cli import terminal
from nncalc.cli.crew import CrewRequest, chunk_of, crew_for, died
from nncalc.cli.show import choice, format_of, settle_of, view_of
from nncalc.cli.signals import Interrupted, interruptible
from nncalc.disk.folder import Found, each_problem_file, no_problems, output_names
from nncalc.disk.journal import Journal, digest, file_digest
from nncalc.disk.write import as_bytes, make_folder, must_be_new, write_file
from nncalc.errors import Failure, Finding, InputError, Location, attempted
from nncalc.limits import Permissions
from nncalc.render import INDEX_NAME
from nncalc.render.layout import View
from nncalc.render.summary import SUMMARIES, Progress, SummaryRow
from nncalc.render.working import WORKING_ENDINGS, WORKING_FORMATS, rendered
from nncalc.trace.rules.reasons import give_reasons


@dataclass(frozen=True)
class BatchRequest(CrewRequest):
    """What was asked of a whole folder."""

    folder: str = "."
    force: bool = False
    resume: bool = False
    fail_fast: bool = False
    summary: str | None = None


class Answered(NamedTuple):
    """What became of one file; `text` is its working, where one is to be written, and `made_of` what it was made of."""

    row: SummaryRow
    text: str | bytes | None = None
    made_of: tuple[str, dict[str, str]] = ("", {})


@dataclass(frozen=True)
class FileWork:
    """The work on one file, whoever does it; what it is given and what it gives are plain."""

    request: BatchRequest
    rules: Permissions
    format: str

    def __call__(self, item: Found | Answered) -> Answered:
        """The answer; one that is there already stays what it is."""
        if isinstance(item, Answered):
            return item
        result = solve_file(item, settle_of(self.request), self.rules)
        findings, text = list(result.findings), None
        if result.trace is not None and self.request.output is not None:
            if self.request.why:
                give_reasons(result.trace)
            page = attempted(partial(self._page, result.trace), Location(item.path))
            findings += page.findings if isinstance(page, Failure) else []
            text = None if isinstance(page, Failure) else page
        key = f"key of {result.keyed} holds" if result.keyed else "no key"
        topic = result.trace.topic if result.trace else ""
        return Answered(_row(item.path, topic, f"solved, {key}", findings), text, result.made_of)

    def _page(self, trace: Any) -> str | bytes:
        return rendered([trace], view_of(replace(self.request, color="never")), self.format)


def present_batch(request: BatchRequest, rules: Permissions) -> bool:
    """Solves a folder, writes the workings with -o, tells what became of each; whether all is well.

    A signal (Ctrl-C, a time limit) ends the work; the summary of what is done is printed, then the signal obeyed.

    Raises InputError where the folder cannot be read, or the whole crew is gone.
    """
    settle_of(request)
    if request.output is not None and _is_file(request.output):
        what, hint = "is a file's name; batch writes a file for each problem", "`nncalc solve` writes one document"
        raise InputError(Finding(what, Location("--output"), want="a folder", hint=hint))
    shown = SUMMARIES[choice("--summary", request.summary, list(SUMMARIES))]
    view, format = view_of(replace(request, output=None)), format_of(replace(request, output=None))
    total = sum(1 for _ in each_problem_file(request.folder, rules.limits))
    if not total:
        raise no_problems(request.folder)
    workings = Workings(request, rules, format) if request.output is not None else None
    crew = crew_for(request, total)
    told = _Told(shown, view, total, workings is not None)
    ended: Interrupted | InputError | None = None
    try:
        with interruptible() as signals, crew or nullcontext():
            found = each_problem_file(request.folder, rules.limits)
            items: Iterator[Found | Answered] = found if workings is None else map(workings.answered, found)
            work = FileWork(request, rules, format)
            for answer in spread_over(work, items, crew, _lost, chunk_of(total, crew)):
                with signals.held():  # what is written is told
                    told.add(answer.row if workings is None else workings.kept(answer))
                if request.fail_fast and told.failed:
                    break
    except (Interrupted, InputError) as error:
        ended = error
    told.end("interrupted" if ended else "the first failure ends it")
    if workings is not None and format == "html":
        workings.index()
    if isinstance(ended, InputError):
        raise ended
    if ended is not None:
        ended.obey()
    return not told.failed


def _is_file(output: str) -> bool:
    """Whether a name is that of a document, and no folder is called so."""
    return os.path.splitext(output)[1].lower() in WORKING_ENDINGS and not os.path.isdir(output)


def _row(path: str, topic: str, verdict: str, findings: list[Finding]) -> SummaryRow:
    return SummaryRow(path, topic, "FAILED" if findings else verdict, InputError(findings).lines())


def _lost(item: Found | Answered) -> Answered:
    return item if isinstance(item, Answered) else Answered(_row(item.path, "", "", [died(item.path)]))


class _Told:
    """What stdout and the terminal are told. `writes`: there is more to do than to tell, whoever listens."""

    def __init__(self, summary: Any, view: View, total: int, writes: bool):
        self.out = io.StringIO()
        self.summary, self.writes = summary(view, self.out), writes
        self.progress = Progress(total, sys.stderr)
        self.solved = self.failed = 0

    def add(self, row: SummaryRow) -> None:
        """One more file is done."""
        self.failed += bool(row.wrong)
        self.solved += not row.wrong
        self.summary.add(row)
        self.progress.step()
        self.send()

    def end(self, why: str) -> None:
        """The counts; `why` some are not done, if any are not."""
        left = max(0, self.progress.total - self.solved - self.failed)  # a folder may have grown meanwhile
        self.summary.end(self.solved, self.failed, left, why)
        self.send()

    def send(self) -> None:
        """Sends what waits; where nobody reads any more the workings are written all the same."""
        text = self.out.getvalue()
        if not text:
            return
        self.out.seek(0)
        self.out.truncate()
        self.progress.clear()
        try:
            terminal.out(text)
            terminal.flush()
        except BrokenPipeError:
            if not self.writes:
                raise
            terminal.drop(1)


class Workings:
    """The folder of workings, and what of it is done.

    Raises InputError where something is there that may not be replaced.
    """

    def __init__(self, request: BatchRequest, rules: Permissions, format: str):
        self.request, self.rules, self.folder = request, rules, request.output or "."
        self.name = output_names(_Readable(request.folder, rules), request.folder, WORKING_FORMATS[format] or ".txt")
        self.is_listed = format == "html"
        if not (request.force or request.resume) and os.path.isdir(self.folder):
            names = [
                *map(self.name, _Readable(request.folder, rules)),
                *([self.index_name()] if self.is_listed else []),
            ]
            targets = (os.path.join(self.folder, name) for name in names)
            must_be_new(targets, "--force replaces, --resume keeps it")
        self.journal = Journal(self.folder)
        self.rows: list[tuple[SummaryRow, str]] = []  # for the list: what became of each, and where its working is
        if request.resume:
            self.journal.read()
        shown = (request.digits, request.detail, request.why, request.ascii, request.title, format)
        asked = (request.round, request.sig, *shown, rules)
        self.settings = repr((__version__, *asked)).encode()

    def answered(self, found: Found) -> Found | Answered:
        """The answer that is known already, or the file that is to be worked."""
        if not self.request.resume or found.trouble:
            return found
        to = self.name(found.path)
        match self.journal.known(to):
            case {
                "key": key,
                "made of": [str(data), dict(beside)],
                "sum": there,
                "row": [str(topic), str(verdict), list(wrong)],
            }:
                same = key == self.key(found.path) and there == file_digest(os.path.join(self.folder, to))
                if same and is_made_of(found, (data, beside), self.rules):
                    return Answered(SummaryRow(found.path, topic, verdict, wrong))
        return found

    def key(self, path: str) -> str:
        """What stands for all that a working follows from, but for what the file holds."""
        return digest(self.settings, os.fsencode(path))

    def kept(self, answer: Answered) -> SummaryRow:
        """The row of an answer whose working is written now; what stands there that we have not written stays."""
        row = self._kept(answer)
        if self.is_listed:
            self.rows.append((row, "" if row.wrong else self.name(row.path)))
        return row

    def _kept(self, answer: Answered) -> SummaryRow:
        row = answer.row
        if answer.text is None:
            return row
        to = self.name(row.path)
        target = os.path.join(self.folder, to)
        if self.request.resume and os.path.lexists(target) and self.journal.known(to) is None:
            return row
        written = attempted(partial(self._write, answer, to, target), Location(row.path))
        if not isinstance(written, Failure):
            return row
        return row._replace(verdict="FAILED", wrong=[*row.wrong, *InputError(written.findings).lines()])

    def index(self) -> None:
        """The page that lists them all. Raises InputError where it cannot be written."""
        from nncalc.render.page.index import index_page

        write_file(os.path.join(self.folder, self.index_name()), index_page(self.rows, self.request.title or ""))

    def index_name(self) -> str:
        """What it is called: index.html, or where that is a problem's page, another name."""
        taken = INDEX_NAME in map(self.name, _Readable(self.request.folder, self.rules))
        return "_" * taken + INDEX_NAME

    def _write(self, answer: Answered, to: str, target: str) -> None:
        text, row = answer.text or "", answer.row
        there = digest(as_bytes(text))
        self.journal.add({"to": to, "key": self.key(row.path), "made of": answer.made_of, "sum": there, "row": row[1:]})
        make_folder(os.path.dirname(target))
        write_file(target, text, lasting=False)


@dataclass(frozen=True)
class _Readable:
    """The paths of a folder's problems, as often as they are asked for."""

    folder: str
    rules: Permissions

    def __iter__(self) -> Iterator[str]:
        return (f.path for f in each_problem_file(self.folder, self.rules.limits) if not f.trouble)
