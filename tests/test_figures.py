"""Pictures say what NumPy says: where points lie, which cells are lit, how long gradients are; in SVG and in letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np
import pytest
from command import run

import nncalc
from nncalc.errors import InputError
from nncalc.problem.problem import load, loads
from nncalc.render import FIGURES
from nncalc.render.figure import figure, figure_svg, figure_text, pictures, telling_pictures
from nncalc.render.figure.parts import Chart
from nncalc.render.figure.svg import ROLE_COLOURS, on_a_page, printed_drawing
from nncalc.render.layout import View
from nncalc.running import on_paper, solve
from nncalc.trace.steps import Trace

ROOT = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"
# The tables of large networks are all alike.
PROBLEMS = sorted(p for p in (ROOT / "problems").rglob("*.yaml") if not p.name.endswith(".answers.yaml")
                  and (p.parent.name != "architectures" or p.stem in ("lenet", "resnet18", "unet")))  # fmt: skip
NUMBER = r"-?(?:\d+\.?\d*|\.\d+)"
# On a page a picture takes no more than this; a graph with every number of an expression may.
MOST_BYTES, MOST_OF_A_GRAPH = 4_000, 8_000
HOSTILE = ["<script>alert(1)</script>", "</svg><img src=x onerror=alert(1)>", "&#x3c;b&#x3e;", "a\u202eb", '"><g onload=x>',
           "]]>", "<!--"]  # fmt: skip


def drawn(*words: str, tmp_path: Path) -> Element:
    """The file that a command writes, read."""
    done = run(*words, "-o", str(tmp_path / "fig.svg"))
    assert done.code == 0, done.err
    return fromstring((tmp_path / "fig.svg").read_text())


def texts(svg: Element) -> list[str]:
    return ["".join(t.itertext()).strip().replace("−", "-") for t in svg.iter(f"{SVG}text")]


class Scale:
    """Which number a place of a chart is, read from where its axes bear which numbers."""

    def __init__(self, svg: Element):
        across, up = (svg.find(f".//{SVG}g[@text-anchor='{end}']") for end in ("middle", "end"))
        assert across is not None and up is not None
        self.x = self._axis(across, "x")
        self.y = self._axis(up, "y", shift=-4)

    @staticmethod
    def _axis(group: Element, name: str, shift: float = 0) -> np.ndarray:
        """Slope and offset of the line through the numbers."""
        marks = [(float(t.attrib[name]) + shift, float(t.text.replace("−", "-"))) for t in group
                 if t.text and re.fullmatch(NUMBER, t.text.replace("−", "-"))]  # fmt: skip
        assert len(marks) > 1
        places, numbers = zip(*marks, strict=True)
        return np.polyfit(places, numbers, 1)

    def points(self, path: str) -> np.ndarray:
        """The points that a path goes through: (n, 2)."""
        pairs = re.findall(rf"({NUMBER}) ({NUMBER})", path)
        return np.array([(np.polyval(self.x, float(a)), np.polyval(self.y, float(b))) for a, b in pairs])


def paths(svg: Element, colour: str) -> Iterator[str]:
    for path in svg.iter(f"{SVG}path"):
        if path.get("stroke") == ROLE_COLOURS[colour][0]:
            yield path.attrib["d"]


def test_samples_and_the_line_stand_where_the_numbers_say(tmp_path: Path) -> None:
    X = np.array([[0.5, 2], [3, -1], [1.5, 1], [-1, 0.25]])
    svg = drawn("perceptron", "--w", "2,-1", "--b", "0.5", "--X", ";".join(f"{a},{b}" for a, b in X.tolist()),
                "--target", "1,1,0,0", "--figure", "plane", tmp_path=tmp_path)  # fmt: skip
    scale = Scale(svg)
    full, hollow = (next(p for p in paths(svg, colour) if "h.01" in p) for colour in ("s0", "s1"))
    assert np.allclose(scale.points(full), X[:2], atol=0.02)
    assert np.allclose(scale.points(hollow), X[2:], atol=0.02)
    line = next(scale.points(p) for p in paths(svg, "s0") if "L" in p)
    assert len(line) == 2 and np.ptp(line[:, 0]) > 1
    assert np.allclose(line @ [2, -1] + 0.5, 0, atol=0.03)
    assert "2·x1 - x2 + 0.5 = 0" in texts(svg) and {"1", "2", "3", "4"} <= {*texts(svg)}


def test_every_update_has_its_line(tmp_path: Path) -> None:
    """Li Hang's perceptron: w, b change at x1, x3, x3, x3, x1, x3, x3 (his book, example 2.1)."""
    svg = drawn("solve", "problems/published/li-hang-perceptron.yaml", tmp_path=tmp_path)
    X, target, w, b, updates = np.array([[3, 3], [4, 3], [1, 1]]), [1, 1, -1], np.zeros(2), 0.0, []
    for _ in range(10):
        for x, t in zip(X, target, strict=True):
            if t * (w @ x + b) <= 0:
                w, b = w + t * x, b + t
                updates.append((*w, b))
    scale = Scale(svg)
    quiet = [scale.points(p) for p in paths(svg, "quiet") if "L" in p]
    for line in quiet:
        assert any(np.allclose(line @ u[:2] + u[2], 0, atol=0.06) for u in updates[:-1])
    assert quiet and "x1 + x2 - 3 = 0" in texts(svg) and updates[-1] == (1, 1, -3)


@pytest.mark.parametrize(("name", "f"), [
    ("tanh", np.tanh), ("sigmoid", lambda x: 1 / (1 + np.exp(-x))), ("elu", lambda x: np.where(x > 0, x, np.expm1(x))),
])  # fmt: skip
def test_a_curve_goes_through_the_points_of_the_problem(name: str, f: np.ufunc, tmp_path: Path) -> None:
    x = np.array([-1.5, 0.25, 2])
    svg = drawn("activation", "--function", name, "--x", ",".join(map(str, x)), tmp_path=tmp_path)
    scale = Scale(svg)
    line, dots = (next(scale.points(p) for p in paths(svg, "s0") if mark in p) for mark in ("L", "h.01"))
    assert np.allclose(dots, np.stack([x, f(x)], axis=1), atol=0.02)
    assert len(line) > 10 and np.allclose(line[:, 1], f(line[:, 0]), atol=0.02)
    slopes = next(scale.points(p) for p in paths(svg, "s1") if "L" in p)
    h = 1e-4
    assert np.allclose(slopes[:, 1], (f(slopes[:, 0] + h) - f(slopes[:, 0] - h)) / (2 * h), atol=0.02)


def test_a_jump_is_a_gap_and_no_line(tmp_path: Path) -> None:
    svg = drawn("activation", "--function", "relu", "--x", "-1,2", tmp_path=tmp_path)
    scale = Scale(svg)
    (slope,) = (p for p in paths(svg, "s1") if "L" in p)
    for run_of in filter(None, slope.split("M")):
        assert np.ptp(scale.points(run_of)[:, 1]) < 0.01


def test_shades_are_by_size_and_the_numbers_stand_in_them(tmp_path: Path) -> None:
    q, k, v = (np.array(a, float) for a in ([[1, 0], [0, 2]], [[1, 1], [2, 0], [0, 1]], [[1, 2], [3, 4], [5, 6]]))
    words = [";".join(",".join(map(str, row)) for row in a) for a in (q, k, v)]
    svg = drawn("attention", *(w for pair in zip(("--q", "--k", "--v"), words, strict=True) for w in pair),
                tmp_path=tmp_path)  # fmt: skip
    scores = q @ k.T / np.sqrt(2)
    A = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert [f"{a:.2f}" for a in A.ravel()] == [t for t in texts(svg) if re.fullmatch(r"0\.\d\d", t)]
    shades = [float(p.get("stroke-opacity", "")) for p in svg.iter(f"{SVG}path") if p.get("stroke-opacity")]
    assert max(shades) == pytest.approx(0.5) and shades == sorted(shades)
    assert len(shades) == len({round(6 * a / A.max()) for a in A.ravel()} - {0})


def test_names_of_matrices_stand_beside_each_other_on_a_page() -> None:
    """There cells show no numbers, and are narrower than names may be."""
    page = run("solve", "problems/networks/encoder-block.yaml", "--format", "html").out
    names = ["attention1.head1.A", "attention1.head2.A"]
    ends = [page.index(f'font-weight="bold">{name}<') for name in names]
    starts = [float(re.findall(r"translate\(([\d.]+) ", page[:end])[-1]) for end in ends]
    assert starts[0] == 0 and starts[1] > 16 + 7.4 * len(names[0])  # so wide are bold letters of 12 px


def test_in_print_a_line_is_not_filled_and_every_point_is_one() -> None:
    """Readers of pdf fill lines that have no inside, and leave out strokes of no length."""
    for name in ("04-perceptron-and", "01-activations", "28-positional-encoding", "08-graph-product"):
        trace = solve(load(str(ROOT / f"problems/{name}.yaml")))
        for picture in telling_pictures(trace, View()):
            drawn = [*printed_drawing(picture, name).iter("path")]
            assert drawn and all(path.get("fill") for path in drawn)
            assert not any(re.search(r"[hv]0(?![.\d])", path.attrib["d"]) for path in drawn)


def test_a_heat_map_in_letters_has_number_and_shade() -> None:
    page = run("solve", "problems/28-positional-encoding.yaml", "--figure", "heat").out
    PE = np.array([[np.sin(p), np.cos(p), np.sin(p / 100), np.cos(p / 100)] for p in range(4)])
    rows = [line.split(" ", 1)[1] for line in page.splitlines() if re.match(r"[1-4] ", line)]
    found = [[float(n) for n in re.findall(NUMBER, row.translate(str.maketrans("░▒▓█≡=~", "       ")))] for row in rows]
    assert np.allclose(found, PE, atol=0.005)
    assert rows[0].count("█") == 4 and "-0.99≡≡" in rows[3] and "-0.42~~" in rows[2]


@pytest.mark.parametrize(("cell", "rows", "columns"), [("Y:2,3", (1, 4), (2, 5)), ("Y:4,4", (3, 6), (3, 6))])
def test_the_window_of_a_cell_is_lit(
    cell: str, rows: tuple[int, int], columns: tuple[int, int], tmp_path: Path
) -> None:
    problem = "problems/13-conv-vertical-edges.yaml"
    X = np.asarray(solve(load(str(ROOT / problem))).given["image"].array)
    patch = X[slice(*rows), slice(*columns)]
    value = int(patch[:, 0].sum() - patch[:, 2].sum())  # the filter is 1, 0, -1 in each row
    page = run("solve", problem, "--figure", "--explain", cell).out
    lit = [int(n) for n in re.findall(r"\[(-?\d+)\]", page)]
    assert sorted(lit) == sorted([*patch.ravel().tolist(), value])
    svg = drawn("solve", problem, "--figure", "window", "--explain", cell, tmp_path=tmp_path)
    words = svg.findtext(f"{SVG}desc") or ""
    assert f"from 9 cells: X rows {rows[0] + 1}–{rows[1]}, columns {columns[0] + 1}–{columns[1]}" in words
    assert any(t.endswith(f"= {value}") for t in texts(svg))
    frames = [p.attrib["d"] for p in svg.iter(f"{SVG}path") if p.get("stroke-width") == "2.5"]
    sides = [list(map(float, re.findall(NUMBER, d))) for d in frames]
    assert sides[0][3] == pytest.approx(3 * sides[1][3])


@pytest.mark.parametrize(
    ("bias", "sign"),
    [("", "="), ("bias: 3\n", "+ b ="), ("bias: [3, 1]\n", "+ b[2] =")],
    ids=["none", "one", "several"],
)
def test_a_bias_stands_between_the_weights_and_the_result(bias: str, sign: str) -> None:
    rng = np.random.default_rng(7)
    image, filters = rng.integers(-3, 4, (4, 4)), rng.integers(-2, 3, (2, 2, 2) if "[" in bias else (2, 2))
    problem = f"topic: conv\nimage: {image.tolist()}\nfilter: {filters.tolist()}\n{bias}"
    trace = solve(loads(problem))
    cell = ("Y", (1, 0, 0) if "[" in bias else (0, 0))
    worked = (filters[-1] if filters.ndim == 3 else filters) * image[:2, :2]
    added = {"=": 0, "+ b =": 3, "+ b[2] =": 1}[sign]
    assert trace["Y"].array[cell[1]] == worked.sum() + added
    said = re.sub(" +", " ", figure_text(trace, View(), "window", cell))
    assert re.search(rf"-?\d {re.escape(sign)} 2 ", said), said


def test_a_window_of_a_pool_and_of_several_channels(tmp_path: Path) -> None:
    svg = drawn("solve", "problems/published/cs231n-max-pooling.yaml", tmp_path=tmp_path)
    assert "from 4 cells" in (svg.findtext(f"{SVG}desc") or "") and "max =" in texts(svg)
    words = ("conv", "--image", "[[[1,2,3],[4,5,6],[7,8,9]],[[0,1,0],[1,0,1],[0,1,0]]]",
             "--filter", "[[[1,0],[0,1]],[[2,0],[0,0]]]")  # fmt: skip
    svg = drawn(*words, "--explain", "Y:2,1", tmp_path=tmp_path)
    # 4 + 8 of the first channel, 2·1 of the second
    assert "from 8 cells: X channel 1, rows 2–3, columns 1–2 and X channel 2" in (svg.findtext(f"{SVG}desc") or "")
    assert texts(svg)[-1].endswith("= 14")


def test_lengths_of_gradients_are_numpys(tmp_path: Path) -> None:
    """Three sigmoid layers of one unit each: ∂L/∂a2 = w3·s'(z3)·∂L/∂a3, and so on (the chain rule by hand)."""
    path = ROOT / "problems/12-network-vanishing-gradient.yaml"
    given = {name: float(np.ravel(v.array)[0]) for name, v in solve(load(str(path))).given.items()}
    a = [given["x"]]
    for w in ("W1", "W2", "W3"):
        a.append(1 / (1 + np.exp(-given[w] * a[-1])))
    g = [a[3] - given["target"]]
    for w, out in (("W3", a[3]), ("W2", a[2])):
        g.insert(0, g[0] * out * (1 - out) * given[w])
    svg = drawn("solve", str(path), "--figure", "curve", tmp_path=tmp_path)
    scale_of = svg.find(f".//{SVG}g[@text-anchor='end']")
    assert scale_of is not None
    y = Scale._axis(scale_of, "y", shift=-4)
    (dots,) = (p for p in paths(svg, "s0") if "h.01" in p)
    heights = [np.polyval(y, float(v)) for _, v in re.findall(rf"({NUMBER}) ({NUMBER})", dots)]
    assert np.allclose(heights, np.abs(g), atol=0.003)


def test_what_is_left_of_a_gradient_through_time_is_the_product_of_its_factors() -> None:
    """h_t = tanh(w x_t + W h_(t−1)); ∂h_t/∂h_(t−1) = diag(1 − h_t²) W, and their products back from the last step."""
    x, w, W = np.array([[1.0], [-1], [0.5], [2]]), np.array([[0.5], [-0.3]]), np.array([[0.9, 0.2], [-0.4, 0.7]])
    h, factors = np.zeros(2), []
    for t in range(4):
        h = np.tanh(w @ x[t] + W @ h)
        factors.append(np.diag(1 - h**2) @ W)
    chart, *_ = figure(solve(nncalc.rnn(x=x, W_xh=w, W_hh=W, gradient_flow=True).problem), View(), "curve")
    assert isinstance(chart, Chart)
    each, left = ([y for _, y in line.points] for line in chart.lines)
    assert np.allclose(each, [np.linalg.norm(f) for f in factors])
    assert np.allclose(left, [np.linalg.norm(np.linalg.multi_dot([*factors[:t:-1], factors[t]]) if t < 3 else factors[3])
                              for t in range(4)])  # fmt: skip


def test_a_graph_in_letters_has_value_above_and_gradient_below() -> None:
    lines = run("solve", "problems/08-graph-product.yaml", "--figure").out.splitlines()
    # f = (x + y) z at -2, 5, -4: q = 3, f = -12; the gradients are z, z, q, z and 1.
    shown = {line.split("─ ")[-1].split("  ")[0].strip(): (line.split()[-1], below.split()[-1])
             for line, below in zip(lines[1::2], lines[2::2], strict=True)}  # fmt: skip
    assert shown == {"f = q·z": ("-12", "1"), "q = x + y": ("3", "-4"), "x": ("-2", "-4"), "y": ("5", "-4"),
                     "z": ("-4", "3")}  # fmt: skip


def test_a_networks_row_has_every_layer_with_its_shape(tmp_path: Path) -> None:
    svg = drawn("solve", "problems/networks/cnn.yaml", tmp_path=tmp_path)
    # 6 x 6 with two filters of 3 x 3: 4 x 4; pooled by 2: 2 x 2; flat 2·2·2 = 8.
    words = svg.findtext(f"{SVG}desc") or ""
    assert words == ("Row of layers: x 6 × 6 → conv1 2 × 4 × 4 → relu2 2 × 4 × 4 → max_pool3 2 × 2 × 2 → flatten4 8 → "
                     "dense5 3 → softmax6 3")  # fmt: skip
    page = run("solve", "problems/networks/cnn.yaml", "--figure", "--width", "60").out
    assert max(map(len, page.splitlines())) <= 60 and all(w in page for w in ("max_pool3", "2 × 2 × 2", "softmax6"))


def kinds_of(trace: Trace) -> list[str]:
    found = []
    for kind in FIGURES:
        try:
            figure(trace, View(), kind)
        except InputError:
            continue
        found.append(kind)
    return found


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda p: p.stem)
def test_every_kind_that_fits_is_drawn_everywhere(path: Path) -> None:
    try:
        trace = solve(load(str(path)))
    except InputError:
        return
    kinds = kinds_of(trace)
    for kind in kinds:
        svg = fromstring(figure_svg(trace, View(), kind))
        assert svg.get("role") == "img" and svg.findtext(f"{SVG}title") and svg.findtext(f"{SVG}desc")
        for value in (v for part in svg.iter() for v in part.attrib.values()):
            assert "nan" not in value and "inf" not in value.lower().replace("infinite", "")
        printed = figure_svg(trace, View(), kind, printed=True)
        assert "<style" not in printed and "var(" not in printed and "class=" not in printed
        for width in (60, 140):
            page = figure_text(trace, View(width=width), kind)
            assert "\x1b" not in page and "\x1b[" in figure_text(trace, View(width=width, color=True), kind)
            if kind in ("window", "heat", "curve"):
                assert max(map(len, page.splitlines())) <= max(width, 60)
    shown = pictures(trace, View())
    for part in shown if shown is not None else ():
        words = part[0].get("aria-label") or ""
        most = MOST_OF_A_GRAPH if words.startswith("Graph") else MOST_BYTES
        assert words and len(tostring(part, encoding="unicode").encode()) < most


@pytest.mark.parametrize(("words", "want"), [
    (("softmax", "--x", "1,2", "--figure", "plane"), "--figure: plane does not fit this working; want heat or curve"),
    (("solve", "problems/13-conv-vertical-edges.yaml", "--figure", "graph"), "graph does not fit this working; want window"),
    (("solve", "problems/29-batches-and-epochs.yaml", "--figure"), "--figure: no picture fits this working"),
    (("softmax", "--x", "1,2", "--figure", "grahp"), "want one of auto, graph, window, heat, curve, plane, got grahp"),
    (("softmax", "--x", "1,2", "--figure", "--get", "s"), "--figure: does not go with --get"),
    (("softmax", "--x", "1,2", "--figure", "--format", "json"), "--figure: does not go with --format"),
    (("solve", "problems/02-softmax.yaml", "problems/03-softmax-jacobian.yaml", "-o", "two.svg"), "want one, for one picture"),
])  # fmt: skip
def test_what_does_not_fit_is_one_line(words: tuple[str, ...], want: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = run(*words)
    assert done.code == 2 and not done.out and done.err.count("\n") == 1 and want in done.err


def test_the_kind_may_be_left_out_before_a_file_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    path = "problems/13-conv-vertical-edges.yaml"
    ways = [("conv", "--figure", path), ("conv", path, "--figure"), ("solve", "--figure", path), ("conv", path, "--figure", "window"),
            ("conv", path, "--figure", "auto"), ("conv", path, "--figure", "--explain", "Y:1,1")]  # fmt: skip
    pages = {run(*words).out for words in ways}
    assert len(pages) == 1 and "[-5]" in pages.pop()


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_are_text(title: str, tmp_path: Path) -> None:
    problem = tmp_path / "p.yaml"
    problem.write_text(f"topic: softmax\ntitle: '{title}'\nx: [1, 2]\n")
    svg = drawn("solve", str(problem), tmp_path=tmp_path)
    shown = svg.findtext(f"{SVG}title") or ""
    assert "\u202e" not in shown and (title in shown or "\u202e" in title)
    tags = {part.tag.removeprefix(SVG) for part in svg.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    assert not [name for part in svg.iter() for name in part.attrib if name.startswith("on")]


def test_letters_without_colours_and_in_ascii() -> None:
    words = ("softmax", "--x", "2,1,0.1", "--figure", "heat")
    assert "\x1b" not in run(*words).out and "\x1b[36m" in run(*words, "--color", "always").out
    for kind in ("heat", "curve"):
        page = run(*words[:-1], kind, "--ascii").out
        assert page.isascii() and "?" not in page
    assert run("solve", "problems/networks/cnn.yaml", "--figure", "--ascii").out.isascii()


def test_a_file_is_light_and_dark_and_needs_nothing_else(tmp_path: Path) -> None:
    drawn("softmax", "--x", "2,1,0.1", tmp_path=tmp_path)
    text = (tmp_path / "fig.svg").read_text()
    assert "@media (prefers-color-scheme:dark)" in text and all(
        c in text for pair in ROLE_COLOURS.values() for c in pair
    )
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"] and "var(" not in text


def test_colours_are_those_of_the_page() -> None:
    """One table in the style, one here: the same by day and by night."""
    style = (ROOT / "nncalc/render/page/page.css").read_text()
    day, night = style.split("prefers-color-scheme: dark")[:2]
    for role, pair in ROLE_COLOURS.items():
        for part, colour in zip((day, night), pair, strict=True):
            assert f"--{role}: {colour};" in part


def test_pictures_stand_on_the_page_where_they_tell_something() -> None:
    for name, words in (("networks/cnn", "Row of layers"), ("28-positional-encoding", "Heat map of PE"),
                        ("27-attention-two-heads", "Heat map of head1.A"), ("01-activations", "Curve of sigmoid.y"),
                        ("21-rnn-vanishing-gradient", "Length of the gradient"), ("05-perceptron-or", "Plane of X"),
                        ("08-graph-product", "Graph of f")):  # fmt: skip
        page = run("solve", f"problems/{name}.yaml", "--format", "html").out
        assert f'aria-label="{words}' in page, name
        assert "#0550ae" not in page.partition("<body>")[2]
    assert "<svg" not in run("solve", "problems/02-softmax.yaml", "--format", "html").out
    assert "<svg" not in run("solve", "problems/networks/cnn.yaml", "--only", "conv1.", "--format", "html").out


def test_only_chooses_the_matrix_and_rounding_is_seen() -> None:
    page = run("solve", "problems/26-attention-playing-outside.yaml", "--figure", "heat", "--only", "S").out
    assert page.splitlines()[0] == "S"
    trace = solve(load(str(ROOT / "problems/01-activations.yaml")), on_paper(2))
    assert figure_text(trace, View(), "curve") and on_a_page(figure(trace, View(), "curve")[0]).get("role") == "img"


def test_a_working_gives_and_saves_its_picture(tmp_path: Path) -> None:
    w = nncalc.attention(q=[[1, 0]], k=[[1, 1], [2, 0]], v=[[1, 2], [3, 4]])
    assert fromstring(w.figure("heat", printed=True)).get("role") == "img"
    w.save(tmp_path / "a.svg", "S", kind="heat")
    assert "Heat map of S" in (fromstring((tmp_path / "a.svg").read_text()).findtext(f"{SVG}desc") or "")
    for kind in ("plane", "pie"):
        with pytest.raises(InputError, match="figure"):
            w.figure(kind)


def test_a_long_sequence_is_looked_at_in_no_time() -> None:
    """The gradient's flow through 400 steps is a product of 400 matrices, whose cells nobody may write out."""
    rng = np.random.default_rng(5)
    x, w, W = rng.normal(size=(400, 2)), rng.normal(size=(3, 2)), 0.4 * rng.normal(size=(3, 3))
    working = nncalc.rnn(x=x, W_xh=w, W_hh=W, gradient_flow=True)
    assert kinds_of(working) == ["heat", "curve"]
    chart, *_ = figure(working, View(), "curve")
    assert isinstance(chart, Chart) and chart.log and len(chart.lines[0].points) == 400
    drawn = figure_svg(working, View(), "curve")
    assert len(drawn) < 60_000 and fromstring(drawn).get("role") == "img"
