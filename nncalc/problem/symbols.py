"""The author's own letters: `symbols: {W1: "W^{[1]}"}` is read here, and given to what a working names.

Pages are written in them. Answer sheets, --get and --explain go on calling everything by its name; `nncalc.names`
understands the letters where somebody types them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nncalc.errors import Finding, Refused, did_you_mean, printable, some_of, spelled
from nncalc.problem.convert import Converter
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.trace.name import StepName, gradient_name, in_section
from nncalc.trace.notation.letters import LONGEST_SYMBOL, WANTED_SYMBOL, LettersError, letters_of, read_letters
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.steps import Trace
from nncalc.trace.value import Value

# What is made from a value has its name and one of these behind it.
_MADE = ("new", "pad")
_QUOTES = r"between double quotes YAML takes \t for a tab: write '\theta' between single ones"


def read_symbols(node: Node, converter: Converter) -> dict[str, str]:
    """Each name with the symbol that it is to have, as `letters_of` reads it; what is none is found."""
    if not isinstance(node, MappingNode):
        converter.found(node, ("symbols",), 'want a mapping (W1: "W^{[1]}")')
        return {}
    found: dict[str, str] = {}
    for name, given in node.entries.items():
        converter.marks["symbols", name] = given.mark
        symbol = _symbol(name, given, converter)
        other = next((key for key, one in found.items() if one == symbol), None)
        if symbol and other is not None:
            converter.found(given, ("symbols", name), f"is the symbol of {printable(other)}, too", "another one")
        found[name] = symbol
    return found


def _symbol(name: str, node: Node, converter: Converter) -> str:
    path, text = ("symbols", name), node.text if isinstance(node, ScalarNode) else ""
    if not isinstance(node, ScalarNode) or len(text) > LONGEST_SYMBOL:
        return converter.found(node, path, f"want a symbol of at most {LONGEST_SYMBOL} signs, as W^{{[1]}}") and ""
    try:
        return str(read_letters(text))
    except LettersError as error:
        hint = _QUOTES if any(sign in text for sign in "\a\b\t\n\v\f\r\x1b\x85") else ""
        mark = node.mark.further(error.column - 1 + node.quoted)
        what = f"want {WANTED_SYMBOL}, got {node.shown()}"
        converter.findings.append(Finding(what, mark, spelled(path), hint=hint))
        return ""


def give_letters(trace: Trace, symbols: Mapping[str, str]) -> None:
    """Gives what a working names the author's letters: by its name, in every section by its local one.

    Raises Refused where nothing has such a name, or where two things would be written alike.
    """
    values: list[Value] = [*trace.given.values(), *(step.value for step in trace.steps)]
    called = _called(values)
    given: dict[str, str] = {}
    keys: dict[str, str] = {}
    for key, symbol in symbols.items():
        meant = called.get(plain_name(key))
        if meant is None:
            name = plain_name(key)
            names = f"the names are {some_of(called, name, '')}"
            raise Refused(("symbols", key), "nothing is called so", hint=did_you_mean(name, called, names, 0.5))
        if meant in given:
            raise Refused(("symbols", key), f"{meant} has a symbol already")
        given[meant], keys[meant] = symbol, key
    for value in values:
        value.lettered = _lettered(StepName.parse(value.called), given)
    _refuse_alike(values, keys)


def _called(values: list[Value]) -> dict[str, str]:
    """What each name means: the symbol of what bears it, with its section or without."""
    names = [(StepName.parse(value.name), StepName.parse(value.called)) for value in values]
    whole = {text: str(called) for name, called in reversed(names) for text in (str(called), str(name))}
    local = {text: called.local for name, called in reversed(names) for text in (called.local, name.local)}
    sides = {side: side for _, called in names for side in (called.of, called.by) if side}
    return sides | local | whole


def _lettered(name: StepName, given: Mapping[str, str]) -> str | None:
    """The text of a symbol; one that was given with its section stands for that, too."""
    for text in (str(name), name.local):
        symbol = _symbol_of(text, given)
        if symbol is not None:
            return symbol if text == str(name) else name.beside(symbol)
    if not name.is_gradient:
        return None
    whole = [_symbol_of(in_section(name.section, side), given) for side in (name.of, name.by)]
    sides = (_symbol_of(side, given) or side for side in (name.of, name.by))
    text = gradient_name(*(own or side for own, side in zip(whole, sides, strict=True)))
    return None if text == name.local else text if any(whole) else name.beside(text)


def _symbol_of(text: str, given: Mapping[str, str]) -> str | None:
    """The symbol that a name has, or what it is made from: W1_new is W^{[1]}_{new}."""
    stem, _, made = text.rpartition("_")
    if text in given or made not in _MADE or stem not in given:
        return given.get(text)
    own = letters_of(given[stem])
    return str(replace(own, lower=f"{own.lower},{made}" if own.lower else made))


def _refuse_alike(values: list[Value], keys: Mapping[str, str]) -> None:
    seen: dict[Any, Value] = {}
    for value in values:
        name = StepName.parse(value.symbol)
        sides = (name.of, name.by) if name.is_gradient else (name.local,)
        other = seen.setdefault((name.section, *map(letters_of, sides)), value)
        if other.called != value.called:
            one, two = (value, other) if value.lettered else (other, value)
            own = StepName.parse(one.called)
            meant = (one.called, own.local, *(in_section(own.section, side) for side in own[2:]), *own[2:])
            key = next((keys[text] for text in meant if text in keys), None)
            if key is not None:
                raise Refused(("symbols", key), f"is written as {two.called} is", "another one")
