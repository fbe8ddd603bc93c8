"""The pages that are held by golden files: which commands make them, and where each is kept.

A page is what one command prints, run in the folder of the repository. Whole text for the
notes' problems, for one problem of every form of every topic, for every format of marks, and for all help, schemas and
examples; for the other problems a line of digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from command import run

from nncalc.topics import TOPICS, kernels

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
DIGESTS = GOLDEN / "digests"
SHAPES: dict[str, tuple[tuple[str, ...], int | None]] = {
    "table80.txt": ((), 80),
    "table.txt": ((), None),
    "plain.txt": (("--format", "plain"), None),
    "json": (("--format", "json"), None),
}
NOTES = sorted(p for p in (ROOT / "problems").glob("*.yaml") if not p.name.endswith(".answers.yaml"))
FORMS = sorted((GOLDEN / "forms").glob("*.yaml"))
OTHERS = {
    folder: sorted(p for p in (ROOT / "problems" / folder).glob("*.yaml") if not p.name.endswith(".answers.yaml"))
    for folder in ("architectures", "published")
}
MARKS = ("table", "csv", "json", "gradescope", "junit", "markdown", "html")
ON_PAPER = ("02-softmax", "10-graph-sigmoid-neuron", "13-conv-vertical-edges", "20-rnn-two-steps", "22-lstm-one-step",
            "26-attention-playing-outside")  # fmt: skip
EXPLAINED = {"02-softmax": "s:2", "13-conv-vertical-edges": "Y:2,1", "22-lstm-one-step": "h:1",
             "12-network-vanishing-gradient": "dL/dW1:1,1"}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page: the file that keeps it, below tests/golden, and the command that makes it."""

    name: str
    words: tuple[str, ...]
    terminal: int | None = None

    def now(self) -> str:
        """What the command prints now: stdout, then stderr and the exit code where there is something to say."""
        done = run(*self.words, terminal=self.terminal)
        return done.out + (f"stderr:\n{done.err}" if done.err else "") + (f"exit {done.code}\n" if done.code else "")


def short(path: Path) -> str:
    """A path as it is typed in the repository's folder."""
    return str(path.relative_to(ROOT))


def whole_pages() -> Iterator[Page]:
    """All pages that are kept as text."""
    for problem in (*NOTES, *FORMS):
        for ending, (flags, terminal) in SHAPES.items():
            yield Page(f"working/{problem.stem}.{ending}", ("solve", short(problem), *flags), terminal)
    for problem in NOTES:
        if problem.stem in ON_PAPER:
            yield Page(f"paper/{problem.stem}.round2.txt", ("solve", short(problem), "--round", "2"))
            yield Page(f"paper/{problem.stem}.sig3.txt", ("solve", short(problem), "--sig", "3"), 80)
        if problem.stem in EXPLAINED:
            yield Page(f"explained/{problem.stem}.txt", ("solve", short(problem), "--explain", EXPLAINED[problem.stem]))
    yield from _marks()
    yield from _help()


def _marks() -> Iterator[Page]:
    for problem in NOTES:
        sheet = problem.with_suffix("").with_suffix(".answers.yaml")
        if sheet.exists():
            yield Page(f"marks/{problem.stem}.table80.txt", ("check", short(problem), short(sheet)), 80)
            for format in MARKS:
                yield Page(
                    f"marks/{problem.stem}.{format}.txt", ("check", short(problem), short(sheet), "--format", format)
                )
        yield Page(f"sheets/{problem.stem}.yaml", ("sheet", short(problem)))
    for format in MARKS[:3] + MARKS[4:]:
        yield Page(
            f"marks/class.{format}.txt",
            ("check", "tests/golden/class/hw", "tests/golden/class/subs", "--format", format),
        )
    yield Page("marks/keys.txt", ("check", "problems/published"))


def _help() -> Iterator[Page]:
    yield Page("help/nncalc.txt", ("--help",))
    for command in ("solve", "batch", "sheet", "check", "new", "schema"):
        yield Page(f"help/{command}.txt", (command, "--help"))
    for topic in TOPICS:
        yield Page(f"help/{topic}.txt", (topic, "--help"))
        yield Page(f"schema/{topic}.json", ("schema", topic))
        yield Page(f"new/{topic}.yaml", ("new", topic))
        forms = [form.__name__ for form in kernels(topic)]
        for form in forms if len(forms) > 1 else []:
            yield Page(f"new/{topic}.{form}.yaml", ("new", topic, "--form", form))


def digests(problems: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """For each of these problems the digests of its plain page and of its JSON, which hold all that it says."""
    for problem in problems:
        for format in ("plain", "json"):
            page = Page("", ("solve", short(problem), "--format", format)).now()
            yield f"{short(problem)} {format}", hashlib.sha256(page.encode()).hexdigest()[:16]
