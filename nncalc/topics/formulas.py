"""Formulas of one's own: forward, backward and through samples or rounds, as one writes them on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from nncalc.errors import Finding, InputError, Refused, did_you_mean, printable
from nncalc.reading.lines import Lines
from nncalc.topics.parts.belonging import GIVEN, LEFT_OUT, when
from nncalc.topics.parts.fields import About, Answer, Array, OwnName
from nncalc.topics.parts.program import ALL, AT_FIRST, NEW, Block, read_block
from nncalc.topics.parts.rounds import Rounds, rounds_of
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
    rounds = rounds_of(work, top, words, each, epochs, repeat, labels)
    carried = _carried(formulas, top, rounds)
    known = {*top, *rounds.names}
    body = read_block(formulas, known, _taken(top, words, rounds), known)
    ending = _ending(after, body, top, rounds)
    names = _answers(answer, ending or body)
    for name in [*names, *work.asked]:
        _want(name, body, ending, rounds, name in names)
    _no_second(body, ending, carried)
    _say_flat(work, body, ending)
    scopes: dict[str, dict[str, Any]] = {}
    for section, scope in rounds.sections(work, body, top, carried):
        if not body.run(work, scope, carried, first=not scopes):
            return {}
        scopes[section] = scope
        if len(scopes) == 1:
            _bound(work, body, scope, rounds.count * rounds.epochs)
        carried.update({name: scope[name + NEW] for name in carried})
    last = scope if ending is None else _end(work, ending, body, scopes, top, carried)
    found = {name: _answer(name, scopes, {**scope, **last}, carried) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _apart(given: Mapping[Any, Any]) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """What is given as words, and what as numbers."""
    words = {name: value for name, value in given.items() if isinstance(value, list)}
    return words, {name: value for name, value in given.items() if name not in words}


def _no_second(body: Block, ending: Block | None, carried: Mapping[str, Any]) -> None:
    """Refuses gradients of gradients; after the rounds they may hide in what was carried through them: InputError."""
    body.no_second()
    if ending is not None:
        hidden: set[str] = set()
        while True:
            lines = body.from_gradients(hidden)
            more = {name for name in carried if name + NEW in lines}
            if more <= hidden:
                break
            hidden |= more
        ending.no_second({*hidden, *(f"{ALL}({name})" for name in lines)})


def _say_flat(work: Work, body: Block, ending: Block | None) -> None:
    """Where gradients are wanted, what does not hand them on."""
    through = body.above(body.wanted)
    if ending is not None and ending.wanted:
        through += [*body.formulas, *ending.above(ending.wanted)]
    flat = dict.fromkeys(name for formula in through for name in formula.flat)
    if flat:
        work.note(f"the slope of {', '.join(flat)} counts as 0: no gradient goes back through there")


def _bound(work: Work, body: Block, scope: Mapping[str, Any], count: int) -> None:
    """Refused where all sections together would hold too many numbers, as the first one shows."""
    found = sum(numbers(scope[name]).size for name in body.names)
    if work.limit is not None and count * found > SECTIONS * work.limit:
        what = f"{count} sections of {found} numbers each; all together want at most {SECTIONS * work.limit}"
        raise Refused("formulas", what, hint="--limit array=N raises the limit")


def _carried(lines: Lines, top: Mapping[str, Any], rounds: Rounds) -> dict[str, Any]:
    """What goes on from section to section: w, where a line sets w_new.

    Raises InputError for w_new where no w is given.
    """
    if not rounds.kind:
        return {}
    new = {name: line for line in lines if (name := plain_name(line.name)).endswith(NEW)}
    for name, line in new.items():
        base = name.removesuffix(NEW)
        if base not in top:
            own = base in rounds.names
            what = f"would be the next section's {base}, which {'each section is given' if own else 'is not given'}"
            alike = next((other for other in top if other.lower() == base.lower()), "")
            hint = f"did you mean {alike}{NEW}?" if alike else f"give {base}, or the line another name"
            raise InputError(Finding(what, line.name_mark, name, hint=hint))
    return {name: value for name, value in top.items() if name + NEW in new}


def _taken(top: Mapping[str, Any], words: Mapping[str, Any], rounds: Rounds) -> dict[str, str]:
    """What no line may set, each with why; and what to do."""
    given = {name: f"is given; write {name}{NEW} = …" + ", the next section's " * bool(rounds.kind) + name * bool(
        rounds.kind) for name in [*top, *words]}  # fmt: skip
    return given | dict.fromkeys(rounds.names, "is given by the section; give the line another name")


def _ending(after: Lines | None, body: Block, top: Mapping[str, Any], rounds: Rounds) -> Block | None:
    if after is None:
        return None
    taken = dict.fromkeys(top, "is given; give the line another name")
    taken |= dict.fromkeys(body.names, "is a line of the sections; give this one another name")
    known = {*top, *(f"{ALL}({name})" for name in body.names)}
    return read_block(after, {*top, *body.names}, taken, known, {*body.names})


def _answers(answer: list[str] | str | None, block: Block) -> list[str]:
    """The names of the answer in ASCII; the last line where none is named."""
    if answer is None:
        return [block.names[-1]]
    named = answer.split(",") if isinstance(answer, str) else answer
    return [plain_name(name.strip()) for name in named]


def _want(text: str, body: Block, ending: Block | None, rounds: Rounds, must: bool) -> None:
    """Sees to it that what is asked for by its name is worked; Refused for an answer that cannot be."""
    name = StepName.parse(text)
    blocks = [block for block in (body, ending) if block is not None]
    if name.is_gradient:
        reasons = [block.ask(name.of, name.by) for block in blocks if name.of in block.names]
        why_not = "" if "" in reasons else next(iter(reasons), f"there is no line {name.of}")
    else:
        known = {*body.known, *(line for block in blocks for line in block.names)}
        why_not = "" if name.local in known else f"there is no line '{printable(text)}'"
    if not why_not and name.section and not rounds.has(name.section):
        why_not = f"there is no section '{printable(name.section)}'"
    if must and why_not:
        raise Refused("answer", why_not, hint=did_you_mean(text, {*body.known, *body.names}))


def _answer(name: str, scopes: Mapping[str, Any], last: Mapping[str, Any], carried: Mapping[str, Any]) -> Any:
    """The value of an answer: in its section, else at the end; of what is carried on the new one."""
    section, local, *_ = StepName.parse(name)
    if section:
        return scopes[section].get(local)
    return last.get(local + NEW if local in carried else local)


def _end(
    work: Work,
    ending: Block,
    body: Block,
    scopes: Mapping[str, Mapping[str, Any]],
    top: Mapping[str, Any],
    carried: Mapping[str, Any],
) -> dict[str, Any]:
    """The lines after the rounds; a gradient by what was carried is by what it was at first."""
    scope = {**top, **carried, **{AT_FIRST + name: top[name] for name in carried}}
    for name in body.names:
        scope[f"{ALL}({name})"] = vector(*(section[name] for section in scopes.values()))
    with work.section("", "After all rounds"):
        ending.run(work, scope)
    return {**scope, **{name + NEW: value for name, value in carried.items()}}
