"""The pages that golden files hold: which command makes each, and where it is kept.

A page is what one command prints, run in the folder of the repository; nothing but the command line is used. What the
pages are made from lies in problems/ and in tests/golden/given/.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from command import run

from nncalc.render import OUTPUTS
from nncalc.render.questions import QUESTION_FORMATS
from nncalc.render.working import BYTES
from nncalc.topics import TOPICS

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "golden"
GIVEN = GOLDEN / "given"
REWRITE = os.environ.get("NNCALC_REWRITE") == "1"
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
ALL_DIGITS = re.compile(r"(?<![\w.])-?\d+\.\d{10,}(?:e[+-]\d+)?(?![\w.])")
CLASS, KEYS = "tests/golden/given/class", "tests/golden/given/keys"
# The shapes of a working: the file's ending, the flags, and the columns of the terminal if there is one.
SHAPES: dict[str, tuple[tuple[str, ...], int | None]] = {
    "table80.txt": ((), 80),
    "table.txt": ((), None),
    "plain.txt": (("--format", "plain"), None),
    "json": (("--format", "json"), None),
    "csv": (("--format", "csv"), None),
}
# Documents, by their ending: a few as text, and of each topic's example the digests.
DOCUMENTS = {"md": "markdown", "tex": "latex", "typ": "typst"}
IN_A_PIPE = ("table.txt", "plain.txt", "json")
MARKS = {"table": "table.txt", "plain": "plain.txt", "csv": "csv", "json": "json", "gradescope": "gradescope.json", "junit": "junit.xml",
         "markdown": "md", "html": "html"}  # fmt: skip
ON_PAPER = ("02-softmax", "10-graph-sigmoid-neuron", "13-conv-vertical-edges", "20-rnn-two-steps", "22-lstm-one-step",
            "26-attention-playing-outside")  # fmt: skip
EXPLAINED = {"02-softmax": "s:2", "13-conv-vertical-edges": "Y:2,1", "22-lstm-one-step": "h:1",
             "12-network-vanishing-gradient": "dL/dW1:1,1"}  # fmt: skip
PICTURES = {"graph": "08-graph-product", "window": "13-conv-vertical-edges", "heat": "28-positional-encoding",
            "curve": "12-network-vanishing-gradient", "plane": "published/li-hang-perceptron",
            "auto": "networks/cnn"}  # fmt: skip
# The tables of large networks take long and are all alike: these few have every kind of layer.
LARGE_TABLES = ("alexnet", "lenet", "lstm-language-model", "mixtral-8x7b", "mobilenet-v1", "squeezenet", "t5-small",
                "unet", "vit-b16")  # fmt: skip
COMMANDS = ("solve", "batch", "sheet", "check", "new", "schema", "help")
LOOKED_UP = ("adam", "cross entropy", "vanishing gradient", "softmax", "padding", "xyzzy")
QUESTIONS = ("02-softmax", "11-graph-max", "15-convnet-shapes", "22-lstm-one-step", "networks/cnn", "formulas/adadelta")


def steady(text: str) -> str:
    """The page with twelve digits of every number that has more: the last ones are the processor's."""
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)  # JSON's ·0.5 is no name before a number
    return ALL_DIGITS.sub(lambda found: f"{float(found[0]):.12g}", text)


def digest(text: str) -> str:
    return hashlib.sha256(steady(text).encode()).hexdigest()


@dataclass(frozen=True)
class Page:
    """A page's name, the command that makes it, the terminal's columns, and the command that its stdin is from."""

    name: str
    words: tuple[str, ...]
    terminal: int | None = None
    after: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " | ".join(" ".join(["nncalc", *words]) for words in (self.after, self.words) if words)

    @property
    def kind(self) -> str:
        """What it is, where it is JSON that has a schema: a working, or marks."""
        kinds = {"solve": "working", "check": "marks"} if self.words[-2:] == ("--format", "json") else {}
        return kinds.get(self.words[0], "") if self.words else ""

    def now(self) -> str:
        """What is printed now: stdout, then stderr and the exit code where there is something to say."""
        given = run(*self.after).out.encode() if self.after else b""
        done = run(*self.words, stdin=given, terminal=self.terminal)
        out = readable(done.out) if "html" in self.words else done.out
        return out + (f"stderr:\n{done.err}" if done.err else "") + (f"exit {done.code}\n" if done.code else "")


def readable(page: str) -> str:
    """A page of HTML in lines, without its style and its script, which have tests of their own."""
    page = re.sub(r"<(script|style)>.*?</\1>", r"<\1>…</\1>", page, flags=re.S)
    return re.sub(r"(</(?:tr|p|h\d|li|summary|head|math)>)(?!\n)", r"\1\n", re.sub(r"sha256-[^']*'", "sha256-…'", page))


def problems(folder: Path) -> list[Path]:
    """The problem files right in a folder."""
    return sorted(p for p in folder.glob("*.yaml") if not p.name.endswith(".answers.yaml"))


NOTES, FORMS = problems(ROOT / "problems"), problems(GIVEN / "forms")
OTHERS = [p for folder in ("architectures", "networks", "published") for p in problems(ROOT / "problems" / folder)]


def typed(path: Path) -> str:
    """A path as one types it in the repository's folder."""
    return path.relative_to(ROOT).as_posix()


def choices(*words: str) -> list[str]:
    """What a command says that it knows, where it is asked for something that it does not."""
    return re.split(", ", run(*words).err.strip().partition("want one of ")[2])


def topics_and_forms() -> list[tuple[str, str]]:
    """Every form of every topic; a ready problem is a form to `new`, but lies in problems/."""
    ready = {path.stem.replace("-", "_") for path in OTHERS}
    return [(t, form) for t in TOPICS for form in choices("new", t, "--form", "?") if form not in ready]


def whole() -> Iterator[Page]:
    """The pages that are kept as text."""
    yield from _workings()
    yield from _marks()
    yield from _help()


def digested() -> Iterator[Page]:
    """The pages of which only a digest is kept: all the other problems."""
    for problem in OTHERS:
        long = problem.parent.name == "architectures" and problem.stem not in LARGE_TABLES
        for ending in IN_A_PIPE[1:] if long else IN_A_PIPE:
            yield Page(typed(problem).replace(".yaml", f".{ending}"), ("solve", typed(problem), *SHAPES[ending][0]))
    for ending, format in DOCUMENTS.items():
        for topic in TOPICS:
            yield Page(f"documents/{topic}.{ending}", ("solve", "-", "--format", format), after=("new", topic))


def _workings() -> Iterator[Page]:
    for ending, (flags, terminal) in SHAPES.items():
        for problem in NOTES:
            yield Page(f"notes/{problem.stem}.{ending}", ("solve", typed(problem), *flags), terminal)
        for problem in FORMS:
            yield Page(f"forms/{problem.stem}.{ending}", ("solve", typed(problem), *flags), terminal)
        for topic, form in topics_and_forms():
            words = ("new", topic, "--form", form)
            yield Page(f"examples/{topic}.{form}.{ending}", ("solve", "-", *flags), terminal, words)
    for name in ON_PAPER:
        yield Page(f"paper/{name}.round2.txt", ("solve", f"problems/{name}.yaml", "--round", "2"))
        yield Page(f"paper/{name}.sig3.txt", ("solve", f"problems/{name}.yaml", "--sig", "3"), 80)
    for ending, format in DOCUMENTS.items():
        both = ("problems/02-softmax.yaml", "problems/15-convnet-shapes.yaml")
        yield Page(f"documents/two-problems.{ending}", ("solve", *both, "--format", format))
        yield Page(f"documents/key.{ending}", ("solve", f"{CLASS}/hw", "--format", format))
        yield Page(f"documents/round2.{ending}", ("solve", both[0], "--round", "2", "--format", format, "--fragment"))
    for kind, name in PICTURES.items():
        yield Page(f"pictures/{kind}.txt", ("solve", f"problems/{name}.yaml", "--figure", kind))
        yield Page(f"pictures/{kind}60.txt", ("solve", f"problems/{name}.yaml", "--figure", kind, "--ascii"), 60)
    for name, cell in EXPLAINED.items():
        yield Page(f"explained/{name}.txt", ("solve", f"problems/{name}.yaml", "--explain", cell))


def _marks() -> Iterator[Page]:
    sheets = {p.stem: (typed(p), typed(p).replace(".yaml", ".answers.yaml")) for p in NOTES}
    marked = {name: pair for name, pair in sheets.items() if (ROOT / pair[1]).exists()}
    marked |= {"cell": (f"{CLASS}/hw/cell.yaml", f"{CLASS}/subs/s01/cell.answers.yaml")}
    marked |= {"class": (f"{CLASS}/hw", f"{CLASS}/subs"), "student": (f"{CLASS}/hw", f"{CLASS}/subs/s01")}
    for name, pair in marked.items():
        yield Page(f"marks/{name}.table80.txt", ("check", *pair), 80)
        for format, ending in MARKS.items():
            yield Page(f"marks/{name}.{ending}", ("check", *pair, "--format", format))
    yield Page("marks/keys.table80.txt", ("check", KEYS), 80)
    yield Page("marks/keys.table.txt", ("check", KEYS))
    for name, (problem, _) in sheets.items():
        yield Page(f"sheets/{name}.answers.yaml", ("sheet", problem))
    yield Page("sheets/cell.answers.yaml", ("sheet", f"{CLASS}/hw/cell.yaml"))
    for format, ending in ((f, ending) for f, ending in QUESTION_FORMATS.items() if f not in BYTES):
        yield Page(f"questions/class{ending}", ("sheet", f"{CLASS}/hw", "--format", format))
        for name in QUESTIONS:
            yield Page(f"questions/{name}{ending}", ("sheet", f"problems/{name}.yaml", "--format", format))


def _help() -> Iterator[Page]:
    yield Page("help/nncalc.txt", ("--help",))
    yield Page("help/alone.txt", ())
    yield Page("help/pages.txt", ("help",))
    for words in LOOKED_UP:
        yield Page(f"help/words/{words.replace(' ', '-')}.txt", ("help", *words.split()))
    for command in COMMANDS:
        yield Page(f"help/{command}.txt", (command, "--help"))
    for topic in TOPICS:
        yield Page(f"help/{topic}.txt", (topic, "--help"))
        yield Page(f"schema/{topic}.json", ("schema", topic))
        yield Page(f"new/{topic}.yaml", ("new", topic))
    for output in OUTPUTS:
        yield Page(f"schema/{output}.json", ("schema", output))
    for topic, form in topics_and_forms():
        yield Page(f"new/{topic}.{form}.yaml", ("new", topic, "--form", form))
