"""Formulas of one's own, read with the names that there are and worked line by line, each section after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nncalc.errors import Finding, InputError, printable
from nncalc.reading.expression import CONSTANTS, SYMBOL, Apply, ExpressionError, Gradient, Tree, Variable, postorder
from nncalc.reading.lines import FormulaLine, Lines
from nncalc.reading.operators import COMPARISONS
from nncalc.reading.parser import parse
from nncalc.topics.parts.fitting import shape_of, size_in_words
from nncalc.topics.parts.graph import walk
from nncalc.topics.parts.language import ARRAY_FUNCTIONS, LANGUAGE
from nncalc.trace.name import gradient_name
from nncalc.trace.notation.signs import plain_name
from nncalc.trace.value import Value, numbers
from nncalc.trace.work import NotFinite, Work

NEW = "_new"
ALL = "all"
# In front of a name: what it was at first, by which a gradient through all sections is.
AT_FIRST = "first "
# So many products a cell of nested matrix products may be the sum of: with each factor more they multiply.
MOST_TERMS, MOST_NESTED_PRODUCTS = 4096, 2


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

    known: what has a value before the first line.
    """

    formulas: list[WrittenFormula]
    known: Collection[str]
    wanted: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names that its lines set."""
        return [formula.name for formula in self.formulas]

    def ask(self, of: str, by: str) -> str:
        """One more gradient; why it cannot be worked, or nothing."""
        if of not in self.names:
            return f"{of} is no line; want the gradient of a line"
        if by not in {*self.known, *self.names[: self.names.index(of)]}:
            return f"{by} does not stand above {of}"
        bys = self.wanted.setdefault(of, [])
        if by not in bys:
            bys.append(by)
        return ""

    def above(self, names: Collection[str]) -> list[WrittenFormula]:
        """The lines that these names are made from, with their own."""
        found = {*names}
        for formula in reversed(self.formulas):
            found |= formula.names if formula.name in found else set()
        return [formula for formula in self.formulas if formula.name in found]

    def from_gradients(self, start: Iterable[str] = ()) -> set[str]:
        """The names that are made from a gradient, or from what is made from one."""
        found = set(start)
        for formula in self.formulas:
            if formula.names & found or any(formula.nodes(Gradient)):
                found.add(formula.name)
        return found

    def no_second(self, start: Iterable[str] = ()) -> None:
        """Refuses the gradient of what is made from a gradient: InputError with the line."""
        second = self.from_gradients(start)
        for name in self.wanted:
            if name in second:
                line = next(f.line for f in self.formulas if f.name == name)
                what = "is made from a gradient, and a gradient of a gradient is not worked"
                raise InputError(Finding(what, line.name_mark, name))

    def run(self, work: Work, scope: dict[str, Any], carried: Collection[str] = (), first: bool = True) -> bool:
        """Works the lines, adding to what is known; whether all could be (bare arrays have no gradients).

        carried: what came from the section before, which counts as given; first: what is said of the lines is said now.
        """
        for formula in self.formulas:
            if any(gradient_name(node.of, node.by) not in scope for node in formula.nodes(Gradient)):
                return False
            try:
                self._work(work, formula, scope, carried, first)
            except ExpressionError as error:
                raise InputError(formula.wrong(error)) from None
            except NotFinite as error:
                error.mark = formula.line.mark
                raise
            if formula.line.why and first and work.trace().steps:
                next(s for s in reversed(work.trace().steps) if s.value is scope[formula.name]).why = formula.line.why
        return True

    def _work(
        self, work: Work, formula: WrittenFormula, scope: dict[str, Any], carried: Collection[str], first: bool
    ) -> None:
        value = walk(work, formula.tree, scope, fold=False)
        if first:  # in every other section it is as long
            _check_length(formula, value)
        scope[formula.name] = value = work.let(formula.name, value if isinstance(value, Value) else work.written(value))
        old = formula.name.removesuffix(NEW)
        if formula.name.endswith(NEW) and old in carried and shape_of(value) != shape_of(scope[old]):
            raise self._misshapen(formula, scope, f"but {old} is {size_in_words(shape_of(scope[old]))}")
        bys = self.wanted.get(formula.name, [])
        if bys and shape_of(value):
            raise self._misshapen(formula, scope, "but a gradient is of one number, as of sum(…)")
        if bys:
            until = [scope[name] for name in carried]
            found = work.backward(value, [scope.get(AT_FIRST + by, scope[by]) for by in bys], until=until)
            scope |= zip((gradient_name(formula.name, by) for by in bys), found.values(), strict=False)

    def _misshapen(self, formula: WrittenFormula, scope: Mapping[str, Any], wanted: str) -> InputError:
        """The error of a line of another shape; it says where a product was probably meant as one that adds up."""
        what, hint = f"is {size_in_words(shape_of(scope[formula.name]))}, {wanted}", ""
        above = (node for line in self.above([formula.name]) for node in line.nodes(Apply))
        for node in (node for node in above if node.function == "multiply"):
            names = [arg.name for arg in node.args if isinstance(arg, Variable) and arg.name in scope]
            shapes = {shape_of(scope[name]) for name in names}
            if len(names) == 2 and len(shapes) == 1 and len(shapes.pop()) == 1:
                a, b = names
                hint = f"{a}*{b} multiplies element by element; {a}·{b} adds the products up"
        return InputError(Finding(what, formula.line.name_mark, formula.name, hint=hint))


def _check_length(formula: WrittenFormula, value: Any) -> None:
    """Refuses a formula whose cells nobody could write: InputError with the line."""
    terms, deep = _written_out(value)
    if terms > MOST_TERMS and deep > MOST_NESTED_PRODUCTS:
        what = f"one cell would be a sum of more than {MOST_TERMS} products"
        hint = "give a part of it a line of its own"
        raise InputError(Finding(what, formula.line.name_mark, formula.name, hint=hint))


def _written_out(value: Any) -> tuple[int, int]:
    """Of how many products a cell is the sum where matrices are multiplied in one formula, and how deep these lie."""
    known: dict[int, tuple[int, int]] = {}
    stack = [value]
    while stack:
        top = stack[-1]
        args: tuple[Any, ...] = top.args if isinstance(top, Value) and top.name is None else ()
        missing = [a for a in args if id(a) not in known]
        if missing:
            stack += missing
            continue
        stack.pop()
        inner = [known[id(a)] for a in args]
        terms, deep = max(1, sum(t for t, _ in inner)), max((d for _, d in inner), default=0)
        multiplied = bool(args) and top.rule is not None and top.rule.name == "matmul"
        known[id(top)] = (numbers(args[0]).shape[-1] * max(terms - 1, 1), deep + 1) if multiplied else (terms, deep)
    return known[id(value)]


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
        finding = _unnamed(line, own, taken, lines.limits.name)
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
    block = Block(formulas, known)
    for formula in formulas:
        for node in formula.nodes(Gradient):
            why_not = block.ask(node.of, node.by)
            if why_not:
                raise InputError(formula.wrong(ExpressionError(why_not, node.column)))
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


def _unnamed(
    line: FormulaLine, own: Mapping[str, FormulaLine], taken: Mapping[str, str], longest: int
) -> Finding | None:
    name = plain_name(line.name)
    if not SYMBOL.fullmatch(line.name) or len(name) > longest:
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
            if name not in known and not (name in CONSTANTS and name not in own):
                line = own[name].name_mark.line if name in own else None
                if name in of_sections:
                    what = f"{name} is a line of the sections; of all of them it is {ALL}({name})"
                    raise ExpressionError(what, node.column)
                below = f"is set in line {line}, which is not above" if line else "is not set before this line"
                raise ExpressionError(f"{name} {below}", node.column, hint="lines are worked from top to bottom")
