"""The sections that formulas go through: the rows of arrays, or so many rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nncalc.errors import Refused, did_you_mean, printable
from nncalc.topics.parts.program import Block
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.work import TooLong, Work

MORE_STEPS = "--limit steps=N raises the limit"


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
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The name of each section and what is known at its beginning, inside of it."""
        if not self.kind:
            yield "", dict(top)
            return
        try:
            work.reserve_steps((len(body.formulas) + len(self.rows)) * self.count * self.epochs)
        except TooLong:
            what = f"asks for more than {work.steps} steps, the limit"
            raise Refused("repeat" if self.kind == "r" else "each", what, hint=MORE_STEPS) from None
        for number in work.rounds(self.count * self.epochs):
            epoch, row = divmod(number - 1, self.count)
            name = self.section(epoch, row)
            with work.section(name, self.title(epoch, row)):
                scope = {**top}
                for carry, value in carried.items():
                    scope[carry] = value if number == 1 else work.let(carry, value)
                scope |= {own: work.let(own, source[row]) for own, source in self.rows.items()}
                if self.counter:
                    scope[self.counter] = work.given(self.counter, float(number))
                yield name, scope

    def section(self, epoch: int, row: int) -> str:
        """Its name: s2, e1.s2, r2."""
        return f"{self.kind}{row + 1}" if self.epochs == 1 else f"e{epoch + 1}.{self.kind}{row + 1}"

    def has(self, section: str) -> bool:
        """Whether there is a section of that name."""
        return any(section == self.section(e, n) for e in range(self.epochs) for n in range(self.count))

    def title(self, epoch: int, row: int) -> str:
        """The heading of a section."""
        if self.kind == "r":
            return f"Round {row + 1}"
        said = f": {printable(self.titles[row])}" if self.titles else ""
        sample = f"{'S' if self.epochs == 1 else 's'}ample {row + 1}{said}"
        return sample if self.epochs == 1 else f"Epoch {epoch + 1}, {sample}"


def rounds_of(
    work: Work, top: dict[str, Any], words: Mapping[str, list[str]], each: Any, epochs: int, repeat: Any, labels: Any
) -> Rounds:
    """The sections that `each` or `repeat` ask for; Refused where they do not fit what is given."""
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
