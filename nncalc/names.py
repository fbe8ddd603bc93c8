"""Which step or cell a text means, as it is typed in an answer sheet, in --explain and in --get."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nncalc.errors import Finding, InputError, did_you_mean, dimensions, printable, some_of
from nncalc.trace.name import StepName, gradient_name
from nncalc.trace.notation.letters import letters_of
from nncalc.trace.notation.signs import ascii_only, plain_name
from nncalc.trace.steps import Trace

# A name, and a cell behind a colon or in brackets.
TYPED = re.compile(r"(?P<name>[^:\[\]]*)(?::(?P<place>[^:\[\]]+)|\[(?P<cell>[^:\[\]]+)\])?")
# The last brackets of a symbol, which may have some itself: W^[1][2,1].
CELL_BEHIND = re.compile(r"(?P<name>.+?)(?::(?P<place>[0-9, ]+)|\[(?P<cell>[0-9, ]+)\])")
BRACES = re.compile(r"[{}]|\s+$|^\s+")
# A section that is named by a kind and a number: conv1, t2.
NUMBERED = re.compile(r"(?P<kind>[a-z_]*[a-z])(?P<number>[0-9]{1,3})(_[0-9]{1,3})*")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
# A place counted from 1; more digits than any axis has are no place.
PLACE = re.compile("[0-9]{1,12}")


def cell_of(trace: Trace, text: str) -> tuple[str, tuple[int, ...] | None]:
    """A step's name and a cell from `Y:3,2` or `Y[3,2]` (from 1); without a cell the whole step.

    Where only one step fits, `dW1` is dL/dW1 and `y` is Y. Raises InputError naming what there is.
    """
    name, cell = typed_in(trace, text)
    step = trace[step_name(trace, name, text)]
    return step.name, None if cell is None else index_of(cell, step.name, step.array.shape)


def name_and_cell(text: str) -> tuple[str, str | None]:
    """A name in ASCII, and the places behind it (`3,2`) if there are some: ∂L/∂W₁[1,2]. Raises InputError."""
    typed = TYPED.fullmatch(text.strip())
    if typed is None:
        raise InputError(Finding(f"'{printable(text)}' is no name", want="a step as Y, or a cell as Y[3,2] or Y:3,2"))
    return plain_name(typed["name"].strip()), typed["place"] or typed["cell"]


def typed_in(trace: Trace, text: str) -> tuple[str, str | None]:
    """As `name_and_cell`; a name may also be in the letters that the problem's author gave: ŷ[1], W^{[1]}.

    What bears a name itself is meant before what is written so. Raises InputError.
    """
    typed = TYPED.fullmatch(text.strip())
    name = plain_name(typed["name"].strip()) if typed else ""
    if name in trace.named() or name in trace.answer or name in trace.given:
        return name_and_cell(text)
    letters = _letters(trace)
    if not letters or any(name == value.called for value in trace.given.values()):
        return name_and_cell(text)
    whole = _written(text)
    places = CELL_BEHIND.fullmatch(whole)
    for name, cell in ((whole, None), (places["name"], places["cell"] or places["place"]) if places else ("", None)):
        meant = _without_letters(name, letters)
        if meant != name:
            return meant, cell
    return name_and_cell(text)


def _letters(trace: Trace) -> dict[str, str]:
    """What the author's letters mean, with their section or without: {"ŷ": "a2", "t1.ŷ": "t1.y"}."""
    found: dict[str, str] = {}
    for value in (*(step.value for step in trace.steps), *trace.given.values()):
        if value.lettered is not None:
            name, symbol = StepName.parse(value.name), StepName.parse(value.lettered)
            if symbol.is_gradient:
                pairs = [(symbol.of, name.of), (symbol.by, name.by)]
            else:
                pairs = [(symbol.local, name.local if symbol.section == name.section else str(name))]
            for letter, local in pairs:
                found.setdefault(_written(letters_of(letter).text), local)
                found.setdefault(_written(ascii_only(letters_of(letter).text)), local)
                found.setdefault(_written(letter), local)
    return found


def _written(text: str) -> str:
    """A text without the braces, and with the accents, that people may type or leave out."""
    return plain_name(unicodedata.normalize("NFC", BRACES.sub("", text)))


def _without_letters(text: str, letters: Mapping[str, str]) -> str:
    """The name that is written in letters, in whole or the sides of a gradient: dL/dW1 for ∂ℒ/∂W^[1]; else the text."""
    name = StepName.parse(text)
    if name.is_gradient:
        return name.beside(gradient_name(letters.get(name.of, name.of), letters.get(name.by, name.by)))
    short = letters.get(name.local.removeprefix("d"))
    return name.beside(letters.get(name.local) or (f"d{short}" if short else name.local))


def index_of(cell: str, name: str, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of a cell counted from 1. Raises InputError where an array of that shape has none there."""
    parts = cell.split(",")
    good = len(parts) == len(shape) and all(PLACE.fullmatch(p.strip()) for p in parts)
    index = tuple(int(p) - 1 for p in parts) if good else ()
    if not good or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
        raise InputError(
            Finding(
                f"there is no cell {printable(cell)} in {name}",
                want=f"a cell of {dimensions(shape)}, counted from 1",
            )
        )
    return index


def step_name(trace: Trace, text: str, typed: str = "") -> str:
    """The step that is meant by a name, in full or short. Raises InputError where none or several fit.

    `typed`: what somebody has typed for it, where that is another text.
    """
    names = [step.name for step in trace.steps]
    if text in names:
        return text
    if text in trace.answered:  # a name means what the answer shows, wherever else it is used
        return trace.answered[text]
    letters = _letters(trace)
    meant = _without_letters(text, letters) if letters else text
    if meant in names or meant in trace.answered:
        return trace.answered.get(meant, meant)
    last: list[Callable[[str], str]] = [] if StepName.parse(text).section else [_local]
    for short in (_without_loss, str.lower, *last):
        fitting = [n for n in names if short(n) == short(text)]
        if len(fitting) == 1:
            return fitting[0]
    said = f"there is no step '{printable(typed.strip() or text)}'"
    raise InputError(Finding(said, hint=_nearest(trace, text, names)))


def only_steps(trace: Trace, names: str | Iterable[str]) -> Trace:
    """The same working with these steps alone: "s,L,t2." has a step, or all that are called so, and a section.

    Raises InputError naming what there is, where a name means nothing.
    """
    wanted: set[str] = set()
    for text in names.split(",") if isinstance(names, str) else names:
        wanted |= _steps_called(trace, text.strip())
    kept = [step for step in trace.steps if step.name in wanted]
    return replace(trace, steps=kept, answer={}, overview=[], asked=trace.asked | wanted)


def _steps_called(trace: Trace, text: str) -> set[str]:
    """The steps of a section (behind its name a point), or those of a name, in whichever sections."""
    if text.endswith("."):
        found = {step.name for step in trace.steps if f"{step.section}.".startswith(text)}
        sections = list(dict.fromkeys(f"{step.section}." for step in trace.steps if step.section))
        if not found or text == ".":
            want = did_you_mean(text, sections, f"the sections are {some_of(sections, text, '')}" if sections else "")
            raise InputError(Finding(f"there is no section '{printable(text)}'", hint=want))
        return found
    for name in (plain_name(text), _without_letters(_written(text), _letters(trace))):
        found = {step.name for step in trace.steps if _local(step.name) == name} or {name} & trace.named().keys()
        if found:
            return found
    return {step_name(trace, name, text)}


def _without_loss(text: str) -> str:
    """dW1 for dL/dW1."""
    name = StepName.parse(text)
    return name.beside(f"d{name.by}") if name.of == "L" else text


def _local(text: str) -> str:
    return StepName.parse(text).local


def _nearest(trace: Trace, text: str, names: list[str]) -> str:
    asked = StepName.parse(text)
    called = trace.also.get(asked.by if asked.is_gradient else asked.local.removeprefix("d"), "")
    usual = asked.beside(gradient_name(asked.of or "L", called)) if called else ""
    if usual in names and usual != text:
        return f"did you mean {usual}?"
    nth = _nth_of_its_kind(asked.section, names)
    if nth:
        return nth
    several = [name for name in names if _local(name) == text]
    if several:
        return f"which one: {', '.join(several[:10])}{', …' if len(several) > 10 else ''}?"
    return did_you_mean(text, names, f"the steps are {some_of(names, text, '')}", cutoff=0.5)


def _nth_of_its_kind(section: str, names: list[str]) -> str:
    """Where a section is named by a kind and its place: no conv2; the second conv is conv4."""
    typed = NUMBERED.fullmatch(section.split(".")[0])
    if typed is None:
        return ""
    sections = dict.fromkeys(StepName.parse(name).section.split(".")[0] for name in names)
    if not all(map(NUMBERED.fullmatch, filter(None, sections))):  # what has a name of its own may be of any kind
        return ""
    found = [s for s in sections if (one := NUMBERED.fullmatch(s)) and one["kind"] == typed["kind"]]
    number = int(typed["number"])
    if not found or typed[0] in found or not 0 < number <= len(ORDINALS):
        return ""
    nth = min(number, len(found))
    return f"no {typed[0]}; the {ORDINALS[nth - 1]} {typed['kind']} is {found[nth - 1]}"


def value_of(trace: Trace, text: str) -> Any:
    """The value of a step or a cell, or of an answer that is no step."""
    name, cell = typed_in(trace, text)
    array = trace.answer.get(name)
    if array is None or (cell is not None and name in trace.named()):
        given = {value.called: value for value in trace.given.values()} | trace.given
        known = name in given and name not in trace.named()
        array = given[name].array if known else trace[step_name(trace, name, text)].array
    array = np.asarray(array)
    return array if cell is None else array[index_of(cell, name, array.shape)]
