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
    def flat(self) -> list[str]:
        """What in it has slope 0 wherever it has one."""
        used = [node.function for node in self.nodes(Apply)]
        named = [name for name in used if name in ARRAY_FUNCTIONS and ARRAY_FUNCTIONS[name].flat]
        return [*named, *(["a comparison"] if any(name in COMPARISONS for name in used) else [])]

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
            scope[formula.name] = value
            self._carries(formula, scope)
            if formula.line.why and not self.said and work.trace().steps:
                work.trace().steps[-1].why = formula.line.why
            if formula.name in self.wanted:
                scope |= self._gradients(work, formula, scope)
        self.said = True  # in the first section, and not in each again
        return True

    def _gradients(self, work: Work, formula: WrittenFormula, scope: Mapping[str, Any]) -> dict[str, Any]:
        L, bys = scope[formula.name], self.wanted[formula.name]
        if shape_of(L):
            raise self._misshapen(formula, scope, "a gradient is of one number, as of sum(…)")
        found = work.backward(L, [self.sources.get(by, scope[by]) for by in bys])
        return dict(zip((gradient_name(formula.name, by) for by in bys), found.values(), strict=False))

    def _carries(self, formula: WrittenFormula, scope: Mapping[str, Any]) -> None:
        """What is carried on must have the shape that it had: InputError."""
        old = formula.name.removesuffix(NEW)
        if formula.name.endswith(NEW) and old in scope and shape_of(scope[formula.name]) != shape_of(scope[old]):
            raise self._misshapen(formula, scope, f"{old} is {size_in_words(shape_of(scope[old]))}")

    def _misshapen(self, formula: WrittenFormula, scope: Mapping[str, Any], wanted: str) -> InputError:
        """The error of a line of another shape; it says where a product was probably meant as one that adds up."""
        what = f"is {size_in_words(shape_of(scope[formula.name]))}, but {wanted}"
        products = (node for line in self.formulas for node in line.nodes(Apply) if node.function == "multiply")
        for node in products:
            names = [arg.name for arg in node.args if isinstance(arg, Variable) and arg.name in scope]
            shapes = {shape_of(scope[name]) for name in names}
            if len(names) == 2 and len(shapes) == 1 and len(shapes.pop()) == 1:
                a, b = names
                hint = f"{a}*{b} multiplies element by element; {a}·{b} adds the products up"
                return InputError(Finding(what, formula.line.name_mark, formula.name, hint=hint))
        return InputError(Finding(what, formula.line.name_mark, formula.name))


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
