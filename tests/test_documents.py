"""Documents: Markdown, LaTeX, Typst and PDF say what the page says, and foreign text stays text in each."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from command import run
from documents import HOSTILE, log_of, needs_latex, needs_poppler, needs_typst, too_full, words_of
from examples import MAZUR, problem
from golden import NOTES, ROOT, problems
from hypothesis import example, given
from hypothesis import strategies as st

from nncalc.errors import InputError
from nncalc.problem.problem import load
from nncalc.render.documents.latex_text import escaped_latex
from nncalc.render.documents.markup import escaped_markdown
from nncalc.render.layout import View
from nncalc.render.working import rendered
from nncalc.running import on_paper, solve
from nncalc.trace.notation import tree
from nncalc.trace.notation.style import substituted, symbols, write
from nncalc.trace.notation.typst import TYPST, typst_string
from nncalc.trace.steps import Trace

TEXTS = ("markdown", "latex", "typst")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_IN_FORMULA = r"(?:\\[A-Za-z]+|[A-Za-z0-9-]|[\^_]|\{|\})+"
ALLOWED_IN_LATEX = re.compile(
    r"(?:[A-Za-z0-9 .:;/()*+=@]|\{[\[\]]\}|['`?!,-]\{\}|\\[{}$&#%]|(?:\\_)?\\allowbreak\{\}|\\char34\{\}"
    r"|\\(?:ss|ae|AE|oe|OE|o|O|l|L|i|j)\{\}|\\text[a-z]+\{\}|\\textcircled\{\d\}"
    r"|(?:\\[`'^~=u.\"rHvcdb]\{)+[A-Za-z]\}+"
    rf"|\\ensuremath\{{{_IN_FORMULA}\}})*"
)
PUNCTUATION = r"!-/:-@\[-`{-~"


def titled(words: str, **more: Any) -> Trace:
    """A small working in which somebody else's words stand wherever they may."""
    trace = solve(problem("topic: softmax\nx: [2, 1, 0.1]\n"))
    trace.title, trace.notes, trace.conventions = words, [words], [words]
    trace.overview = [("layer", "count"), (words, 3), (words, 4)]  # behind the end of a row, too
    trace.steps[0].title = trace.steps[0].why = words
    return trace


def skeleton(text: str) -> str:
    """A Typst document without its strings."""
    return STRING.sub('""', text)


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_are_strings_in_typst(words: str) -> None:
    assert skeleton(rendered([titled(words)], View(), "typst")) == skeleton(rendered([titled("a")], View(), "typst"))


@given(st.text(max_size=30))
def test_no_text_leaves_its_string_in_typst(text: str) -> None:
    assert STRING.fullmatch(typst_string(text).replace("\n", " "))
    inside = re.sub(r"\\(.)", r"\1", typst_string(text)[1:-1], flags=re.DOTALL)
    assert inside == text


ASCII = "".join(map(chr, range(32, 127)))


@given(st.text(max_size=30))
@example(ASCII)
@example("".join(HOSTILE))
def test_no_text_is_a_command_in_latex(text: str) -> None:
    escaped = escaped_latex("".join(sign for sign in text if sign.isprintable()))
    assert ALLOWED_IN_LATEX.fullmatch(escaped)
    depth = [(sign == "{") - (sign == "}") for sign in re.sub(r"\\[{}]", "", escaped)]
    assert sum(depth) == 0 and min(accumulate(depth), default=0) >= 0
    for formula in re.findall(rf"\\ensuremath\{{({_IN_FORMULA})\}}", escaped):
        assert not re.search(r"\\(?:input|write|def|let|csname|catcode|end|begin|relax|newcommand)", formula)


@given(st.text(max_size=30))
@example(ASCII)
@example("".join(HOSTILE))
def test_no_sign_of_a_text_means_anything_in_markdown(text: str) -> None:
    assert re.fullmatch(rf"(?:[^{PUNCTUATION}]|\\[{PUNCTUATION}])*", escaped_markdown(text), re.DOTALL)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("format", TEXTS[:2])
def test_foreign_words_are_escaped_wherever_they_stand(words: str, format: str) -> None:
    harmless = {"markdown": escaped_markdown, "latex": escaped_latex}[format](words)
    assert rendered([titled(words)], View(), format).count(harmless) >= 4


def balanced(text: str, format: str) -> bool:
    """Whether what opens in it closes, and nothing of it is a name of Python's."""
    if format == "typst":
        text = re.sub(r"\\.", "", skeleton(text))
    pairs = ("()", "[]", "{}") if format == "typst" else ("{}",)
    depths = {pair: text.replace("\\" + pair[0], "").count(pair[0]) - text.replace("\\" + pair[1], "").count(pair[1])
              for pair in pairs}  # fmt: skip
    return not any(depths.values()) and "None" not in text and "<function" not in text


@pytest.mark.parametrize("path", NOTES, ids=lambda path: path.stem)
def test_every_problem_of_the_notes_in_every_format(path: Path) -> None:
    trace = solve(load(str(path)))
    for format in TEXTS:
        page = rendered([trace], View(), format)
        assert isinstance(page, str) and balanced(page, format), format
        assert not re.search(r"[^\x00-\x7f]", page) or format != "latex"


def test_markdown_is_what_github_pandoc_and_obsidian_take() -> None:
    pages = "".join(rendered([solve(load(str(path)))], View(), "markdown") for path in NOTES)
    blocks = pages.split("$$")[1::2]
    assert len(blocks) > 300 and r"\operatorname" not in pages
    for block in blocks:
        assert block[0] == block[-1] == "\n" and "\n\n" not in block
        assert not re.search(rf"\\[{PUNCTUATION}]", block.replace(" \\\\\n", "\n")), block


def test_the_values_of_a_document_are_numpy_s() -> None:
    x = np.array([2, 1, 0.1])
    e = np.exp(x)
    page = rendered([solve(problem("topic: softmax\nx: [2, 1, 0.1]\n"))], View(), "markdown")
    values = [float(v) for v in re.findall(r"\{s\}_\{\[\d\]\} & = .* = ([\d.]+)", page)]
    np.testing.assert_allclose(values, e / e.sum(), atol=5e-7)
    assert r"{s}_{[1]} & = \frac{7.389056}{11.212509} = 0.659001" in page


def test_what_was_rounded_stands_beside_what_is_exact() -> None:
    trace = solve(problem("topic: softmax\nx: [2, 1, 0.1]\n"), on_paper(2))
    assert r"\approx 7.39 \quad (7.389056, +0.00094)" in rendered([trace], View(), "latex")
    assert r"approx 7.39 quad \(7.389056\, +0.00094\)" in rendered([trace], View(), "typst")


@pytest.mark.parametrize("format", ["markdown", "latex"])
def test_a_long_sum_goes_on_below_and_keeps_every_term(format: str) -> None:
    n = 60
    W = np.arange(1, n + 1) / 7
    text = f"topic: attention\nq: [{W.tolist()}]\nk: [{W.tolist()}]\nv: [[1]]\n"
    page = rendered([solve(problem(text))], View(), format)
    block = next(part for part in page.split("align") if "{S}_{[1,1]} & =" in part)
    lines = block.split("\\\\\n")
    assert len(lines) > 10 and all(line.count(r"\cdot") <= 9 for line in lines)
    assert block.count(r"\cdot") == n and r"\quad +" in block
    assert f"{float(W @ W):.6f}" in block


def test_a_large_matrix_stands_in_parts_that_make_up_the_whole() -> None:
    A = np.arange(35 * 60).reshape(35, 60) + 100
    page = rendered([solve(problem(f"topic: pool\nimage: {A.tolist()}\nwindow: 35\nstride: 100\n"))], View(), "latex")
    spans = re.findall(r"\{X\}_\{\[(\d+):(\d+),(\d+):(\d+)\]\} = ", page)
    whole = np.zeros(A.shape, int)
    for top, bottom, left, right in (map(int, span) for span in spans):
        whole[top - 1 : bottom, left - 1 : right] += 1
    assert len(spans) >= 4 and (whole == 1).all()


a, A, B = (
    tree.Ref(SimpleNamespace(symbol=name, array=np.asarray(value)), index)
    for name, value, index in (("a1", -0.5, ()), ("t1.W_xi", np.eye(2), None), ("dL/dW", np.eye(2), None))
)
IN_TYPST = [
    (tree.add(a, tree.negative(a)), 'a_("1") - a_("1")'),
    (tree.matmul(A, tree.transpose(B)), 'W_("xi")^("(t1)") dot attach(frac(∂ L, ∂ W), tr: top)'),
    (tree.product(A, B), 'W_("xi")^("(t1)") compose frac(∂ L, ∂ W)'),
    (tree.power(A, tree.TWO), r'attach(class("normal", lr(\( W_("xi")^("(t1)") \))), tr: 2)'),
    (tree.divide(tree.add(a, a), a), 'frac(a_("1") + a_("1"), a_("1"))'),
    (tree.item(a, "2"), 'attach(class("normal", a_("1")), br: "[2]")'),
    (tree.compare(">=", a, tree.ZERO), r'lr(\[ a_("1") >= 0 \])'),
    (tree.call("sigmoid", tree.negative(a)), r'σ lr(\( -a_("1") \))'),
    (tree.call("leaky_relu", a, a), r'op("leaky relu") lr(\( a_("1")\, a_("1") \))'),
    (tree.call("sqrt", a), 'sqrt(a_("1"))'),
    (tree.call("conv", A, a), 'a_("1") star W_("xi")^("(t1)")'),
    (tree.call("conv in steps", A, a, tree.TWO), 'a_("1") star_(2) W_("xi")^("(t1)")'),
    (tree.call("pad", a), 'a_("1")" with zeros around"'),
    (tree.call("rank_of", a), '"rank in "a_("1")", 1 the largest"'),
    (tree.call("sum", a, a), r'sum lr(\( a_("1")\, a_("1") \))'),
    (tree.divide(tree.call("list", a, a), tree.TWO), r'frac(a_("1")\, a_("1"), 2)'),
    (tree.Op("along", (A,), "sum j ij"), 'sum_(j) attach(class("normal", W_("xi")^("(t1)")), br: "[i,j]")'),
    (tree.subtract(tree.symbol("I"), A), 'I - W_("xi")^("(t1)")'),
]  # fmt: skip


@pytest.mark.parametrize(("x", "typst"), IN_TYPST, ids=[row[1] for row in IN_TYPST])
def test_formulas_in_typst(x: tree.Expr, typst: str) -> None:
    assert write(x, TYPST, symbols(TYPST)) == typst
    assert write(a, TYPST, substituted(TYPST)) == "-0.5"


# The command line


def test_the_ending_chooses_the_format(tmp_path: Path) -> None:
    for ending, begins in (("md", b"# softmax"), ("tex", b"\\documentclass"), ("typ", b"#set document(")):
        to = tmp_path / f"key.{ending}"
        assert run("softmax", "--x", "2,1", "-o", str(to)) == (0, "", "")
        assert to.read_bytes().startswith(begins)


def test_a_fragment_is_the_working_alone() -> None:
    whole, part = (run("softmax", "--x", "2,1", "--format", "latex", *more).out for more in ([], ["--fragment"]))
    assert part.startswith(r"\section{softmax}") and part.strip() in whole
    assert "documentclass" not in part and r"\end{document}" not in part
    assert "#set" not in run("softmax", "--x", "2,1", "--format", "typst", "--fragment").out


def test_several_problems_have_a_page_of_contents() -> None:
    files = [f"{ROOT}/problems/02-softmax.yaml", f"{ROOT}/problems/08-graph-product.yaml"]
    assert r"\tableofcontents" in run("solve", *files, "--format", "latex").out
    assert "#outline(" in run("solve", *files, "--format", "typst").out
    assert "2 worked problems" in run("solve", *files, "--format", "typst").out


def test_a_pdf_without_its_extra_is_one_line_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    done = run("softmax", "--x", "2,1", "-o", str(tmp_path / "key.pdf"))
    assert done == (2, "", "pdf needs Typst; pip install 'nncalc[pdf]'\n")
    assert not list(tmp_path.iterdir())


def test_a_pdf_is_no_text() -> None:
    from nncalc import softmax

    with pytest.raises(InputError, match="pdf is no text"):
        softmax(x=[1, 2]).page(format="pdf")


# With Typst and with LaTeX, where they are installed


@needs_typst
@needs_poppler
def test_wide_matrices_are_read_in_the_pdf_between_narrow_ones(tmp_path: Path) -> None:
    A = np.arange(3 * 30).reshape(3, 30) / 7 + 100
    text = f"topic: formulas\ngiven: {{a: [1, 2], A: {A.tolist()}, b: [3, 4]}}\nformulas: y = A + a[1]*b[1]\n"
    pdf = rendered([solve(problem(text))], View(), "pdf")
    (tmp_path / "a.pdf").write_bytes(bytes(pdf))  # type: ignore[arg-type]
    read = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
    missing = [x for x in A.ravel() if f"{x:.6f}" not in read and f"{x:g}" not in read]
    assert not missing and all(end < 595.3 - 51 + 3 for _, end in words_of(tmp_path / "a.pdf"))


def test_a_terminal_is_not_sent_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = SimpleNamespace(compile=lambda *_, **__: b"%PDF-1.7")
    monkeypatch.setitem(sys.modules, "typst", compiled)
    done = run("softmax", "--x", "2,1", "--format", "pdf", terminal=80)
    assert done.code == 2 and "-o FILE.pdf" in done.err and done.out == ""
    assert run("softmax", "--x", "2,1", "--format", "pdf").out == "%PDF-1.7"


@needs_typst
def test_all_problems_are_one_accessible_pdf_in_two_seconds() -> None:
    traces = [solve(load(str(path))) for path in NOTES]
    rendered(traces[:1], View(), "pdf")  # fonts are read once
    start = time.process_time()
    pdf = rendered(traces, View(), "pdf")
    assert time.process_time() - start < 2
    assert isinstance(pdf, bytes) and pdf.startswith(b"%PDF-") and b"pdfuaid:part" in pdf


@needs_typst
@pytest.mark.parametrize("words", [" ".join(HOSTILE), *HOSTILE])
def test_hostile_words_are_read_in_the_pdf(words: str, tmp_path: Path) -> None:
    pdf = rendered([titled(words)], View(), "pdf")
    assert isinstance(pdf, bytes)
    (tmp_path / "a.pdf").write_bytes(pdf)
    if shutil.which("pdftotext") and words.isascii():
        read = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
        assert "".join(words.split()) in "".join(read.split())


@needs_typst
@pytest.mark.parametrize("ascii", [False, True])
def test_what_is_written_for_typst_compiles(ascii: bool) -> None:
    import typst

    for path in NOTES:
        page = str(rendered([solve(load(str(path)))], View(ascii=ascii), "typst"))
        assert typst.compile(page.encode(), format="pdf").startswith(b"%PDF-")


FOLDERS = [
    "",
    "formulas",
    *(pytest.param(name, marks=pytest.mark.long) for name in ("networks", "architectures", "published")),
]
BOX = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"')


@needs_typst
@needs_poppler
@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_stands_beyond_the_margins_of_an_accessible_pdf(folder: str, tmp_path: Path) -> None:
    traces = [solve(load(str(path))) for path in problems(ROOT / "problems" / folder)]
    pdf = bytes(rendered(traces, View(), "pdf"))  # type: ignore[arg-type]
    assert b"pdfuaid:part" in pdf
    (tmp_path / "a.pdf").write_bytes(pdf)
    words = subprocess.run(["pdftotext", "-bbox", tmp_path / "a.pdf", "-"], capture_output=True, text=True, check=True)
    left, top, right, bottom = np.array([[*map(float, box)] for box in BOX.findall(words.stdout)]).T
    assert len(left) > 1000 and left.min() > 73.7 - 3 and right.max() < 595.3 - 51 + 3
    assert top.min() > 68 - 8 and bottom.max() < 841.9 - 20


@pytest.mark.long
@needs_latex
def test_hostile_words_compile_in_latex(tmp_path: Path) -> None:
    log_of(rendered([titled(words) for words in HOSTILE], View(), "latex"), tmp_path)


@pytest.mark.long
@needs_latex
@pytest.mark.parametrize("folder", ["", "networks", "formulas", "published", "architectures"])
def test_every_problem_compiles_in_latex_without_a_box_too_full(folder: str, tmp_path: Path) -> None:
    traces = [solve(load(str(path))) for path in problems(ROOT / "problems" / folder)]
    assert not too_full(log_of(rendered(traces, View(), "latex"), tmp_path))


@pytest.mark.long
@needs_latex
def test_a_fragment_compiles_inside_another_document_of_latex(tmp_path: Path) -> None:
    traces = [solve(load(str(path))) for path in NOTES]
    (tmp_path / "part.tex").write_text(str(rendered(traces, View(fragment=True), "latex")))
    log_of(
        "\\documentclass{report}\\usepackage[T1]{fontenc}\\usepackage{amsmath}\\begin{document}"
        "\\chapter{Mine}\\input{part}\\end{document}",
        tmp_path,
    )


@needs_typst
def test_a_fragment_compiles_inside_another_document_of_typst(tmp_path: Path) -> None:
    import typst

    traces = [solve(load(str(path))) for path in NOTES[:12]]
    (tmp_path / "part.typ").write_text(str(rendered(traces, View(fragment=True), "typst")))
    (tmp_path / "a.typ").write_text('#set page(columns: 2)\n= Mine\n#include "part.typ"\n')
    assert typst.compile(str(tmp_path / "a.typ"), format="pdf").startswith(b"%PDF-")


# Pictures and signs

GRAPH = ROOT / "problems" / "11-graph-max.yaml"


def test_a_graph_is_drawn_in_typst_and_said_in_words() -> None:
    page = str(rendered([solve(load(str(GRAPH)))], View(), "typst"))
    found = re.search(r'image\(bytes\(("(?:[^"\\]|\\.)*")\), format: "svg", alt: "(Graph of f: [^"]*)"', page)
    assert found is not None and "x = 3, gradient -8" in found[2]
    drawn = ElementTree.fromstring(re.sub(r"\\(.)", r"\1", found[1][1:-1]))
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "f1 = x·y" in [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "image(" not in str(rendered([solve(load(str(GRAPH)))], View(), "latex"))


def test_a_graph_that_would_be_too_small_to_read_is_not_drawn() -> None:
    page = str(rendered([solve(load(f"{ROOT}/problems/10-graph-sigmoid-neuron.yaml"))], View(), "typst"))
    assert "image(" not in page and "A picture of it is too wide for a page" in page


@pytest.mark.parametrize("format", [*TEXTS, "html"])
def test_a_document_says_what_its_signs_mean(format: str) -> None:
    page = str(rendered([solve(problem(MAZUR))], View(), format))
    said = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", page) if format == "markdown" else page
    means = r"element by element" in said and "how " in said and "changes with" in said
    assert means and ("signs: ∂" in said or r"signs: \ensuremath{\partial}" in said)
    assert "signs:" not in str(rendered([solve(problem("topic: softmax\nx: [2, 1]\n"))], View(), format))


# Markdown by other engines

KATEX = """
const katex = require("katex"), faults = [];
let count = 0;
const engine = { renderToString: (source, options) => {
  count += 1;
  try { return katex.renderToString(source, { displayMode: options.displayMode, strict: "error", throwOnError: true }); }
  catch (error) { faults.push(error.message + " in " + source.slice(0, 200)); return ""; }
} };
const reader = require("markdown-it")().use(require("markdown-it-texmath"), { engine, delimiters: "dollars" });
const page = reader.render(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify({ count, faults, left: page.includes("$"), tables: page.split("<table>").length - 1 }));
"""
MODULES = 'for (const name of ["katex", "markdown-it", "markdown-it-texmath"]) require(name)'


def has_katex() -> bool:
    """Whether node finds markdown-it with KaTeX (in a folder that NODE_PATH names)."""
    return bool(shutil.which("node")) and subprocess.run(["node", "-e", MODULES], capture_output=True).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("folder", ["", "networks", "formulas", "published", "architectures"])
def test_markdown_is_read_by_pandoc_and_each_formula_by_katex(folder: str) -> None:
    traces = [solve(load(str(path))) for path in problems(ROOT / "problems" / folder)]
    page = str(rendered(traces, View(), "markdown"))
    formulas, tables = page.count("$$") // 2, sum(bool(trace.overview) for trace in traces)
    if shutil.which("pandoc"):
        for reader in ("markdown", "gfm+tex_math_dollars"):
            done = subprocess.run(["pandoc", "-f", reader, "-t", "json"], input=page, capture_output=True, text=True)
            told = [done.stdout.count(f'"t":"{kind}"') for kind in ("DisplayMath", "InlineMath", "Table")]
            assert (done.stderr, told) == ("", [formulas, 0, tables])
    if has_katex():
        done = subprocess.run(["node", "-e", KATEX], input=page, capture_output=True, text=True)
        told = json.loads(done.stdout)
        assert told == {"count": formulas, "faults": [], "left": False, "tables": tables}
