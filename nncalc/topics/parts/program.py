"""Formulas of one's own, read with the names that there are and worked line by line, each section after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nncalc.errors import Finding, InputError, printable
from nncalc.reading.expression import SYMBOL, Apply, ExpressionError, Gradient, Tree, Variable, postorder
from nncalc.reading.lines import FormulaLine, Lines
from nncalc.reading.operators import COMPARISONS
from nncalc.reading.parser import parse
from nncalc.reading.written import write_tree
from nncalc.topics.parts.fitting import shape_of, size_in_words
from nncalc.topics.parts.graph import walk
from nncalc.topics.parts.language import ARRAY_FUNCTIONS, LANGUAGE
from nncalc.trace.name import StepName, gradient_name
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.value import Value
from nncalc.trace.work import Work

NEW = "_new"
ALL = "all"


@dataclass(frozen=True)
class WrittenFormula:
    """A line that was read."""

    name: str
    tree: Tree
    line: FormulaLine

    def nodes(self, kind: type[Any]) -> Iterator[Any]:
        """Its parts of a kind."""
        return (node for node in postorder(self.tree) if isinstance(node, kind))

    @property
    def names(self) -> set[str]:
        """What it is made of; of gradients what is differentiated."""
        return {node.name for node in self.nodes(Variable)} | {node.of for node in self.nodes(Gradient)}

    @property
    def has_flat(self) -> bool:
        """Whether something in it has slope 0."""
        flat = {*COMPARISONS, *(row.name for row in ARRAY_FUNCTIONS.values() if row.flat)}
        return any(node.function in flat for node in self.nodes(Apply))

    def wrong(self, error: ExpressionError) -> Finding:
        """What is wrong with it, with its place."""
        mark = self.line.mark.further(error.column - 1)
        what = f"column {error.column}: {error.what}" if mark.column is None else error.what
        return Finding(what, mark, self.name, hint=error.hint)


@dataclass
class Block:
    """Formulas that are worked from top to bottom, and which gradients are wanted of which of them.

    sources: of what a name was at first, where a gradient by it is by that.
    """

    formulas: list[WrittenFormula]
    wanted: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)
    said: bool = False

    @property
    def names(self) -> list[str]:
        """The names that its lines set."""
        return [formula.name for formula in self.formulas]

    def want(self, of: str, by: str) -> None:
        """One more gradient."""
        bys = self.wanted.setdefault(of, [])
        if by not in bys:
            bys.append(by)

    def tainted(self, start: Iterable[str] = ()) -> set[str]:
        """The names that are made from a gradient."""
        found = set(start)
        for formula in self.formulas:
            if formula.names & found or any(formula.nodes(Gradient)):
                found.add(formula.name)
        return found

    def run(self, work: Work, scope: dict[str, Any]) -> bool:
        """Works the lines, adding to what is known; whether all could be (bare arrays have no gradients)."""
        for formula in self.formulas:
            if any(gradient_name(node.of, node.by) not in scope for node in formula.nodes(Gradient)):
                return False
            try:
                value = walk(work, formula.tree, scope)
            except ExpressionError as error:
                raise InputError(formula.wrong(error)) from None
            value = work.let(formula.name, value if isinstance(value, Value) else work.written(value))
            _same_shape(formula, value, scope)
            scope[formula.name] = value
            if formula.line.why and not self.said and work.trace().steps:
                work.trace().steps[-1].why = formula.line.why
            if formula.name in self.wanted:
                scope |= self._gradients(work, formula, scope)
        self.said = True  # in the first section, and not in each again
        return True

    def _gradients(self, work: Work, formula: WrittenFormula, scope: Mapping[str, Any]) -> dict[str, Any]:
        L, bys = scope[formula.name], self.wanted[formula.name]
        if shape_of(L):
            what = f"is {size_in_words(shape_of(L))}; a gradient is of one number, as of sum(…)"
            raise InputError(Finding(what, formula.line.name_mark, formula.name, hint=_summed(formula, scope)))
        found = work.backward(L, [self.sources.get(by, scope[by]) for by in bys])
        return dict(zip((gradient_name(formula.name, by) for by in bys), found.values(), strict=False))


def _same_shape(formula: WrittenFormula, value: Any, scope: Mapping[str, Any]) -> None:
    """What is carried on must have the shape that it had."""
    old = formula.name.removesuffix(NEW)
    if not formula.name.endswith(NEW) or old not in scope:
        return
    now, before = shape_of(value), shape_of(scope[old])
    if now != before:
        what = f"is {size_in_words(now)}, but {old} is {size_in_words(before)}"
        raise InputError(Finding(what, formula.line.name_mark, formula.name, hint=_summed(formula, scope)))


def _summed(formula: WrittenFormula, scope: Mapping[str, Any]) -> str:
    """Where a product element by element was probably meant as one that adds up."""
    for node in formula.nodes(Apply):
        if node.function == "multiply" and all(isinstance(arg, Variable) for arg in node.args):
            shapes = [shape_of(scope[arg.name]) for arg in node.args if arg.name in scope]
            if len(shapes) == 2 and shapes[0] == shapes[1] and len(shapes[0]) == 1:
                a, b = map(write_tree, node.args)
                return f"{a}*{b} multiplies element by element; {a}·{b} adds the products up"
    return ""


def read_block(
    lines: Lines,
    names: Collection[str],
    taken: Mapping[str, str],
    known: Collection[str],
    of_sections: Collection[str] = (),
) -> Block:
    """The lines as formulas. Raises InputError with what is wrong in any of them.

    names: all that may stand in them, their own apart; taken: what may not be set, each with why and what to do.
    known: what has a value before the first line. of_sections: the names of which there is all(L).
    """
    findings: list[Finding] = []
    own: dict[str, FormulaLine] = {}
    for line in lines:
        finding = _unnamed(line, own, taken)
        findings += [finding] if finding else []
        own.setdefault(plain_name(line.name), line)
    everything = {*names, *own}
    formulas: list[WrittenFormula] = []
    for line in lines:
        formula = WrittenFormula(plain_name(line.name), Variable(""), line)
        try:
            tree = parse(line.text, lines.limits, everything, WITH_ALL if of_sections else LANGUAGE)
            formula = WrittenFormula(formula.name, _of_all(tree), line)
            _in_order(formula, {*known, *(f.name for f in formulas)}, own, of_sections)
        except ExpressionError as error:
            findings.append(formula.wrong(error))
        formulas.append(formula)
    if findings:
        raise InputError(findings)
    block = Block(formulas)
    for formula in formulas:
        for node in formula.nodes(Gradient):
            block.want(node.of, node.by)
    return block


@dataclass(frozen=True)
class _All:
    """all(L): what L was in every section."""

    name: str = ALL
    wants: str = "the name of a line of the sections"
    by_axis: bool = False

    def takes(self, count: int) -> bool:
        """One name."""
        return count == 1


WITH_ALL = {**LANGUAGE, ALL: _All()}


def _unnamed(line: FormulaLine, own: Mapping[str, FormulaLine], taken: Mapping[str, str]) -> Finding | None:
    name = plain_name(line.name)
    if not SYMBOL.fullmatch(line.name) or len(name) > 64:
        what = f"'{printable(line.name)}' cannot be a name; want letters, digits and _"
        return Finding(what, line.name_mark, hint="a line is `name = formula`")
    if name in own:
        return Finding(f"is set twice, first in line {own[name].name_mark.line}", line.name_mark, name,
                       hint="give each line a name of its own")  # fmt: skip
    return Finding(taken[name].partition("; ")[0], line.name_mark, name, hint=taken[name].partition("; ")[2]) \
        if name in taken else None  # fmt: skip


def _of_all(tree: Tree) -> Tree:
    """The tree with a name for all(L). Raises ExpressionError where it is of something else than a name."""
    done: list[Tree] = []
    for node in postorder(tree):
        if isinstance(node, Apply):
            args = tuple(done[len(done) - len(node.args) :])
            del done[len(done) - len(node.args) :]
            node = replace(node, args=args)
            if node.function == ALL:
                (arg,) = args
                if not isinstance(arg, Variable):
                    raise ExpressionError(f"{ALL} wants {_All.wants}", node.column)
                node = Variable(f"{ALL}({arg.name})", node.column)
        done.append(node)
    return done[0]


def _in_order(
    formula: WrittenFormula, known: Collection[str], own: Mapping[str, FormulaLine], of_sections: Collection[str]
) -> None:
    """Raises ExpressionError for a name that is set only further below."""
    for node in postorder(formula.tree):
        names = [node.of, node.by] if isinstance(node, Gradient) else [node.name] if isinstance(node, Variable) else []
        for name in names:
            if name not in known:
                line = own[name].name_mark.line if name in own else None
                if name in of_sections:
                    what = f"{name} is a line of the sections; of all of them it is {ALL}({name})"
                    raise ExpressionError(what, node.column)
                below = f"is set in line {line}, which is not above" if line else "is not set before this line"
                raise ExpressionError(f"{name} {below}", node.column, hint="lines are worked from top to bottom")
        if isinstance(node, Gradient) and node.of not in own:
            raise ExpressionError(f"{node.of} is no line above; want the gradient of a line", node.column)


def gradient_asked(text: str) -> tuple[str, str, str] | None:
    """The section, L and W of dL/dW as somebody asks for it by its name; None of another name."""
    name = StepName.parse(plain_name(text.strip()))
    return (name.section, name.of, name.by) if name.is_gradient else None


def no_second(block: Block, tainted: Collection[str]) -> None:
    """Refuses the gradient of what is made from a gradient: Refused, InputError with the line."""
    for of in block.wanted:
        if of in tainted:
            line = next(f.line for f in block.formulas if f.name == of)
            what = "is made from a gradient, and a gradient of a gradient is not worked"
            raise InputError(Finding(what, line.name_mark, of))
