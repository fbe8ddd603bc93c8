"""Formulas of one's own: forward, backward and through samples or rounds, as one writes them on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from nncalc.errors import Refused, did_you_mean, printable
from nncalc.reading.lines import Lines
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array, OwnName
from nncalc.topics.parts.program import ALL, NEW, Block, gradient_asked, no_second, read_block
from nncalc.trace.name import StepName
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.rules.arrays import vector
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

# The numbers of all sections together: so many times the limit of one array.
SECTIONS = 100


def formulas(
    work: Work,
    formulas: Annotated[
        Lines,
        About(
            "lines `name = formula  # why`, worked from top to bottom; dL/dW is the gradient",
            also=("formula", "equations", "lines", "steps"),
            example="|\n  z = W·x + b\n  a = σ(z)\n  L = ½·sum((t - a)²)\n  W_new = W - rate*dL/dW",
        ),
    ],
    given: Annotated[
        Mapping[OwnName, float | Array | list[str]] | None,
        About(
            "name: a number, an array or a list of words",
            also=("at", "values", "inputs", "data"),
            example="{W: [[0.5, -0.3], [0.2, 0.4]], x: [1, 2], b: [0.1, 0], t: [1, 0], rate: 0.1}",
        ),
    ] = None,
    each: Annotated[
        Mapping[OwnName, str | Array] | None,
        About(
            "name: the array whose rows it is, one after the other; what is set as w_new is w in the next",
            also=("for", "samples", "over"),
            only=when(repeat=LEFT_OUT),
        ),
    ] = None,
    epochs: Annotated[int, About("how often through all rows", least=1, most=1_000_000, only=when(each=GIVEN))] = 1,
    repeat: Annotated[
        int | Mapping[OwnName, int] | None,
        About(
            "how many rounds, or {name: rounds}, where the name counts them from 1",
            least=1,
            most=1_000_000,
            also=("rounds", "iterations"),
        ),
    ] = None,
    after: Annotated[
        Lines | None,
        About(
            "lines for the end, which see what was carried on, and of each line of the rounds all(L)",
            only=when(each=GIVEN) | when(repeat=GIVEN),
        ),
    ] = None,
    labels: Annotated[list[str] | None, About("a word for each row, for its heading", only=when(each=GIVEN))] = None,
    answer: Annotated[list[str] | str | None, About("the names that are the answer (the last line)")] = None,
) -> Answer:
    """Your own lines, each worked from those above it, with gradients by their name, through samples or rounds.

    Arrays as they are given: numbers, vectors (n,), matrices (n, m). * + − / ^ work element by element, · is the matrix
    product, ᵀ the transpose; W_new is W in the next section; dL/dW is worked by the chain rule (Rumelhart et al. 1986).
    """
    words, values = _apart(given or {})
    top = {name: work.given(name, value) for name, value in values.items()}
    rounds = _rounds(work, top, words, each, epochs, repeat, labels)
    carried = _carried(formulas, top, rounds)
    body = read_block(formulas, {*top, *rounds.names}, _taken(top, words, rounds), {*top, *rounds.names})
    ending = _ending(after, body, top, carried, rounds)
    names = _answers(answer, body, ending, carried)
    for text in [*names, *work.asked]:
        _want(text, body, ending, {*top, *rounds.names}, text in names)
    no_second(body, body.tainted())
    _say_flat(work, [body, *([ending] if ending else [])])
    last, sections = dict(top), []
    for scope in rounds.sections(work, body, top, carried):
        if not body.run(work, scope):
            break
        last = scope
        sections.append(scope)
        if len(sections) == 1:
            _bound(work, body, scope, rounds.count * rounds.epochs)
        carried.update({name: scope[name + NEW] for name in carried})
    if ending is not None and last is not top:
        last = _end(work, ending, body, sections, top, carried)
    return {name: last[_inside(name, carried)] for name in names if _inside(name, carried) in last}


@dataclass
class Rounds:
    """The sections that the lines go through: none, a row of arrays in each, or so many rounds."""

    rows: dict[str, Any] = field(default_factory=dict)
    counter: str = ""
    count: int = 1
    epochs: int = 1
    titles: list[str] = field(default_factory=list)
    kind: str = ""

    @property
    def names(self) -> list[str]:
        """What a section is given of its own."""
        return [*self.rows, *([self.counter] if self.counter else [])]

    def sections(
        self, work: Work, body: Block, top: Mapping[str, Any], carried: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """What is known at the beginning of each section, inside of it."""
        if not self.kind:
            yield dict(top)
            return
        lines = len(body.formulas) + len(self.rows)
        work.reserve_steps(lines * self.count * self.epochs)
        for number in work.rounds(self.count * self.epochs):
            epoch, row = divmod(number - 1, self.count)
            name = f"{self.kind}{row + 1}" if self.epochs == 1 else f"e{epoch + 1}.{self.kind}{row + 1}"
            with work.section(name, self.title(epoch, row)):
                scope = {**top}
                for carry, value in carried.items():
                    scope[carry] = value if number == 1 else work.let(carry, value)
                scope |= {own: work.let(own, source[row]) for own, source in self.rows.items()}
                if self.counter:
                    scope[self.counter] = work.given(self.counter, float(number))
                yield scope

    def title(self, epoch: int, row: int) -> str:
        """The heading of a section."""
        if self.kind == "r":
            return f"Round {row + 1}"
        said = f": {printable(self.titles[row])}" if self.titles else ""
        sample = f"{'S' if self.epochs == 1 else 's'}ample {row + 1}{said}"
        return sample if self.epochs == 1 else f"Epoch {epoch + 1}, {sample}"


def _apart(given: Mapping[Any, Any]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """What is given as words, and what as numbers."""
    words = {name: value for name, value in given.items() if isinstance(value, list)}
    return words, {name: value for name, value in given.items() if name not in words}


def _rounds(
    work: Work, top: dict[str, Any], words: Mapping[str, list[str]], each: Any, epochs: int, repeat: Any, labels: Any
) -> Rounds:
    if repeat is not None:
        (counter, count), *more = [*repeat.items()] if isinstance(repeat, Mapping) else [("", repeat)]
        if more or counter in top:
            raise Refused("repeat", "want one name that is not given, with the number of rounds")
        return Rounds(counter=counter, count=count, kind="r")
    if each is None:
        return Rounds()
    rows: dict[str, Any] = {}
    titles = list(labels or [])
    counts: dict[str, int] = {}
    for name, source in each.items():
        if isinstance(source, str):
            if source in words:
                titles = titles or words[source]
                counts[source] = len(words[source])
                continue
            if plain_name(source) not in top:
                hint = did_you_mean(source, [*top, *words], f"given are {', '.join([*top, *words])}")
                raise Refused(("each", name), f"'{printable(source)}' is not given", hint=hint)
        if name in top:
            raise Refused(("each", name), f"{name} is given, and cannot also be its rows", "a name of its own")
        rows[name] = top[plain_name(source)] if isinstance(source, str) else work.given(name, source)
        if not rows[name].ndim:
            raise Refused(("each", name), "is one number, and has no rows")
        counts[source if isinstance(source, str) else name] = len(rows[name])
    if labels:
        counts["labels"] = len(labels)
    if len({*counts.values()}) > 1:
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise Refused("each", f"wants as many rows of each: {told}")
    return Rounds(rows, "", next(iter(counts.values())), epochs, titles, "s")


def _say_flat(work: Work, blocks: list[Block]) -> None:
    """Where gradients are wanted, what does not hand them on."""
    if any(block.wanted for block in blocks):
        flat = dict.fromkeys(name for block in blocks for formula in block.formulas for name in formula.flat)
        if flat:
            work.note(f"the slope of {', '.join(flat)} counts as 0: no gradient goes back through there")


def _bound(work: Work, body: Block, scope: Mapping[str, Any], count: int) -> None:
    """Refused where all sections together would hold too many numbers, as the first one shows."""
    found = sum(numbers(scope[name]).size for name in body.names)
    if work.limit is not None and count * found > SECTIONS * work.limit:
        what = f"{count} sections of {found} numbers each; all together want at most {SECTIONS * work.limit}"
        raise Refused("formulas", what, hint="--limit array=N raises the limit")


def _carried(lines: Lines, top: Mapping[str, Any], rounds: Rounds) -> dict[str, Any]:
    """What goes on from section to section: w, where a line sets w_new."""
    new = {plain_name(line.name).removesuffix(NEW) for line in lines if plain_name(line.name).endswith(NEW)}
    return {name: value for name, value in top.items() if name in new and rounds.kind}


def _taken(top: Mapping[str, Any], words: Mapping[str, Any], rounds: Rounds) -> dict[str, str]:
    """What no line may set, each with why; and what to do."""
    given = {name: f"is given; write {name}{NEW} = …" + ", the next section's " * bool(rounds.kind) + name * bool(
        rounds.kind) for name in [*top, *words]}  # fmt: skip
    return given | dict.fromkeys(rounds.names, "is given by the section; give the line another name")


def _ending(
    after: Lines | None, body: Block, top: Mapping[str, Any], carried: Mapping[str, Any], rounds: Rounds
) -> Block | None:
    if after is None:
        return None
    taken = dict.fromkeys(body.names, "is a line of the sections; give this one another name")
    known = {*top, *(f"{ALL}({name})" for name in body.names)}
    return read_block(after, {*top, *body.names}, {**_taken(top, {}, rounds), **taken}, known, {*body.names})


def _answers(answer: Any, body: Block, ending: Block | None, carried: Mapping[str, Any]) -> list[str]:
    """The names of the answer in ASCII; the last line where none is named."""
    if answer is None:
        return [(ending or body).names[-1]]
    return [plain_name(name.strip()) for name in ([answer] if isinstance(answer, str) else answer)]


def _inside(name: str, carried: Mapping[str, Any]) -> str:
    """What a section calls an answer: of what is carried on the new one."""
    return name + NEW if name in carried else name


def _want(text: str, body: Block, ending: Block | None, given: Any, must: bool) -> None:
    """Sees to it that what is asked for by its name is worked; Refused for an answer that is not there."""
    asked = gradient_asked(text)
    if asked is not None:
        _, of, by = asked
        for block in filter(None, (body, ending)):
            if of in block.names and by in {*given, *body.names, *block.names}:
                block.want(of, by)
                return
    known = {*given, *body.names, *(ending.names if ending else [])}
    if must and StepName.parse(text).local not in known:
        raise Refused("answer", f"there is no line '{printable(text)}'", hint=did_you_mean(text, known))


def _end(
    work: Work, ending: Block, body: Block, sections: list[dict[str, Any]], top: Mapping[str, Any],
    carried: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The lines after the rounds."""
    scope = {**top, **carried}
    for name in body.names:
        scope[f"{ALL}({name})"] = vector(*(section[name] for section in sections))
    ending.sources = dict(top)
    with work.section("", "After all rounds"):
        ending.run(work, scope)
    return {**sections[-1], **scope, **{name + NEW: value for name, value in carried.items()}}
