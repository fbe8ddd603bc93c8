"""The chain rule over recorded operations, in reverse.

Gradients are ordinary traced values: built with the rules' derivatives, named where the value they belong to is
named, so that they explain themselves, are rounded and are marked like everything else.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from operator import attrgetter
from typing import Any

import numpy as np

from nncalc.trace.name import StepName, gradient_name, in_section
from nncalc.trace.rules.products import Outer, total
from nncalc.trace.rules.rearranging import Scattered, unbroadcast
from nncalc.trace.value import Value

SERIAL = attrgetter("serial")
Inputs = Callable[[Value], Sequence[Value]]
Needed = Container[int]
Pull = Callable[[Value, Value, Needed], Iterable[tuple[Value, Any]]]
Arrive = Callable[[Value, Value], Value]


def name_gradients(
    work: Any, ofs: list[Value], seeds: list[Any], wrt: list[Value], section: str, local: bool = False, until: Any = ()
) -> dict[str, Value]:
    """Names the gradient of every named value between `ofs` and `wrt`, last recorded first; returns those of `wrt`.

    With a given seed, L stands outside the page. The seed itself has no step but where it is what was asked for:
    ∂L/∂β = ∂L/∂y. In a `section` so has the gradient by what is given outside.
    """
    top = "L" if any(isinstance(s, Value) for s in seeds) else local_name(ofs[0])
    roots = [(v, s if isinstance(s, Value) else _constant(v, s)) for v, s in zip(ofs, seeds, strict=True)]
    seeded = {id(s) for _, s in roots}
    for value, s in roots:
        if s.name is not None and s.shown is None:
            s.shown = gradient_name(top, local_name(value))
    wanted = {id(v) for v in wrt}
    found: dict[int, Value] = {}

    def arrive(value: Value, g: Value) -> Value:
        if value.name is not None and (id(g) not in seeded or id(value) in wanted):
            with work.beside(value if section_of(value) or not section else ofs[0]):
                g = work.let(gradient_name(top, local_name(value)), own(g))
        found[id(value)] = g
        return g

    with uncollected():
        if local:
            sweep(roots, wrt, named_inputs, edge_by_edge(work, {id(v) for v in ofs}), arrive)
        else:
            stops = {id(v) for v in until}
            inputs = (lambda v: () if id(v) in stops else v.inputs()) if stops else Value.inputs
            sweep(roots, wrt, inputs, chain_rule, arrive)
    names = [(section_of(v), gradient_name(top, local_name(v))) for v in wrt]
    return {in_section("" if s == section else s, name): found[id(v)] for (s, name), v in zip(names, wrt, strict=True)}


def own(g: Value) -> Value:
    """A gradient that may get a name: what a sum hands to several values unchanged gets one for each of them."""
    return +g if g.used and g.name is None else g


@contextmanager
def uncollected() -> Iterator[None]:
    """Meanwhile no search for cycles: a record has none, and searching it as it grows took half the time of a sweep."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def local_name(value: Value) -> str:
    """What a value is called inside its section: h for t1.h."""
    return StepName.parse(value.called).local


def section_of(value: Value) -> str:
    """The section in which a value was named."""
    return StepName.parse(value.name).section


def sweep(roots: list[tuple[Value, Value]], wrt: list[Value], inputs: Inputs, pull: Pull, arrive: Arrive) -> None:
    """One pass in reverse of recording; `arrive` is told each named or wanted value's gradient when it is complete.

    A given value's gradient is complete once all that it feeds has been passed, and is told directly after the value it
    feeds, in the order in which the values were given; what was given outside a section comes after it.
    """
    wanted = {id(v) for v in wrt}
    nodes = _between([v for v, _ in roots], wrt, inputs)
    for value, seed in roots:
        if id(value) in nodes:
            nodes[id(value)].take(seed)
    ready, passed = list[Value](), set[str]()  # passed: the sections of values on the way, and those around them

    def tell(*sections: str) -> None:
        now = [leaf for leaf in ready if not sections or section_of(leaf) in sections]
        ready[:] = [leaf for leaf in ready if sections and section_of(leaf) not in sections]
        for leaf in sorted(now, key=lambda v: (not section_of(v), v.serial)):
            arrive(leaf, nodes[id(leaf)].gradient())

    for node in reversed(nodes.values()):
        value = node.value
        if node.arrived is not None and (node.feeds or id(value) not in wanted):
            g = node.gradient()
            if value.name is not None or id(value) in wanted:
                if ready:
                    tell(section_of(value), *passed)
                g = arrive(value, g)
                passed.update(accumulate(section_of(value).split("."), in_section) if section_of(value) else ())
            for arg, addend in pull(value, g, nodes):
                nodes[id(arg)].take(addend)
        for fed in node.feeds:
            fed.consumers -= 1
            if not fed.consumers and not fed.feeds:
                ready.append(fed.value)
    tell()
    for value in wrt:
        if id(value) not in nodes:
            arrive(value, gathered(value, []))


class _Node:
    """A value between the roots and the wanted ones.

    feeds: its inputs that lie between them, too; consumers: how many of its uses there have not been passed yet;
    arrived: what has arrived of its gradient, nothing, one addend (most have one) or a list of them.
    """

    __slots__ = ("arrived", "consumers", "feeds", "value")

    def __init__(self, value: Value, feeds: Sequence[_Node]):
        self.value, self.feeds, self.consumers = value, feeds, 0
        self.arrived: Any = None

    def take(self, addend: Any) -> None:
        """An addend of the gradient arrives."""
        if self.arrived is None:
            self.arrived = addend
        elif type(self.arrived) is list:
            self.arrived.append(addend)
        else:
            self.arrived = [self.arrived, addend]

    def gradient(self) -> Any:
        """The sum of all that has arrived."""
        arrived, self.arrived = self.arrived, None
        if type(arrived) is Value:
            return arrived
        return gathered(self.value, arrived if type(arrived) is list else [] if arrived is None else [arrived])


def _between(roots: list[Value], wrt: list[Value], inputs: Inputs) -> dict[int, _Node]:
    """The values between the roots and the wanted ones, by their identity, in the order of recording.

    What was recorded before all that is wanted cannot have been made from it: the way back ends there, so that an
    update does not pass through all updates before it.
    """
    wanted = {id(v) for v in wrt}
    earliest = min(map(SERIAL, wrt), default=0)
    reached: dict[int, Sequence[Value]] = {}
    found, stack = list[Value](), list(roots)
    while stack:
        value = stack.pop()
        if id(value) not in reached:
            reached[id(value)] = args = inputs(value) if value.serial > earliest else ()
            found.append(value)
            stack.extend(args)
    found.sort(key=SERIAL)
    nodes: dict[int, _Node] = {}
    for value in found:
        feeds = tuple(nodes[id(arg)] for arg in reached[id(value)] if id(arg) in nodes)
        if feeds or id(value) in wanted:
            nodes[id(value)] = _Node(value, feeds)
            for fed in feeds:
                fed.consumers += 1
    return nodes


def gathered(value: Value, addends: list[Any]) -> Any:
    """The sum of all that arrived at a value, in the order of recording; outer products as one product."""
    parts = addends = addends[::-1]
    if not all(type(a) is Value for a in addends):
        parts = [a for a in addends if type(a) is Value]
        kinds: tuple[Any, ...] = (Outer, Scattered)
        for kind in kinds:
            together = [a for a in addends if isinstance(a, kind)]
            if together:
                parts.append(kind.together(together))
    if not parts:
        return np.zeros_like(value)
    return parts[0] if len(parts) == 1 else total(*parts)


def chain_rule(value: Value, g: Value, needed: Needed) -> list[tuple[Value, Any]]:
    """What a value's gradient adds to the gradients of its arguments, by its rule."""
    if value.like is not None:
        return [(value.like, g)]
    rule = value.rule
    if rule is None or rule.derivative is None:
        return []
    derivatives, args, params = rule.derivative, value.args, value.params
    many = callable(derivatives)
    found = []
    for position, arg in enumerate(args):
        if type(arg) is Value and id(arg) in needed:
            derivative = derivatives(position) if many else derivatives[position]  # type: ignore[operator, index]
            if derivative is not None:
                addend = derivative(g, value, *args, **params) if params else derivative(g, value, *args)
                if addend is g:
                    g.used = True
                if rule.elementwise and addend.shape != arg.shape:
                    addend = unbroadcast(addend, arg.shape)
                found.append((arg, addend))
    return found


def named_inputs(value: Value) -> list[Value]:
    """The nearest values with a name (or without inputs) that a value was made from, each once."""
    found: dict[int, Value] = {}
    stack = list(value.inputs())
    while stack:
        arg = stack.pop()
        if arg.name is not None or arg.rule is None:
            found[id(arg)] = arg
        else:
            stack.extend(arg.inputs())
    return list(found.values())


def edge_by_edge(work: Any, ofs: set[int]) -> Pull:
    """As `chain_rule`, but from name to name, each local derivative a step of its own; numbers only.

    What is differentiated has the local derivatives as its gradients already, so there they get no other name.
    """

    def pull(value: Value, g: Value, needed: Needed) -> Iterator[tuple[Value, Any]]:
        for arg, local in _local_derivatives(value, needed):
            if id(value) in ofs:
                yield arg, g * local
            else:
                with work.beside(value):
                    named = work.let(gradient_name(local_name(value), local_name(arg)), own(local))
                yield arg, g * named

    return pull


def _local_derivatives(value: Value, needed: Needed) -> list[tuple[Value, Value]]:
    found: list[tuple[Value, Value]] = []

    def inputs(v: Value) -> Sequence[Value]:
        return v.inputs() if v is value or v.name is None else ()

    def arrive(v: Value, g: Value) -> Value:
        if v is not value:
            found.append((v, g))
        return g

    children = [v for v in named_inputs(value) if id(v) in needed]
    sweep([(value, _constant(value, 1))], children, inputs, chain_rule, arrive)
    return found


def _constant(value: Value, number: Any) -> Value:
    return Value(np.full(value.shape, number, float), value.work)
