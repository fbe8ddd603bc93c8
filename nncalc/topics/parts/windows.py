"""What convolution and pooling share: the image, stride, padding, dilation, and the size of what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.fields import About, Array
from nncalc.trace.notation.style import place
from nncalc.trace.rules.pooling import tied_windows
from nncalc.trace.rules.sliding import Pair, Sliding, Window
from nncalc.trace.value import numbers
from nncalc.trace.work import Work

Image = Annotated[
    Array,
    "height width | channel height width | width",
    About(
        "the image; a plain list is one of one dimension",
        symbol="X",
        also=("input", "x", "X"),
        example="[[2, 3, 7, 4], [6, 6, 9, 8], [3, 4, 8, 3], [7, 8, 3, 6]]",
    ),
]
Stride = Annotated[
    int | list[int],
    About("step of the window; a number or [height, width]", least=1, says="stride {}", also=("strides", "s")),
]
PadKind = int | list[int] | Literal["same", "valid"]
PAD_WORDS = "a number, [height, width], [top, left, bottom, right], same or valid; for a plain list [before, after]"
PAD_ALSO = ("padding", "p", "pads")
Pad = Annotated[PadKind, About(f"zeros around the image: {PAD_WORDS}", least=0, says="padding {}", also=PAD_ALSO)]
Dilation = Annotated[int | list[int], About("distance between a window's cells", least=1, also=("dilations",))]


def pair(field: str, given: int | Sequence[int]) -> Pair:
    """[height, width] from a number or a list of two; Refused names the field."""
    both = [given, given] if isinstance(given, int) else given
    if len(both) != 2:
        raise Refused(field, f"want a number or [height, width], got {len(both)} numbers")
    return both[0], both[1]


def of_list(stride: Any, pad: Any, dilation: Any) -> tuple[Any, Any, Any]:
    """Stride, padding and dilation of a plain list as those of an image that has it as its only row.

    Raises Refused where they are not one number each, of the padding one or two.
    """
    if isinstance(pad, int):
        pad = [pad, pad]
    if isinstance(pad, list):
        if len(pad) != 2:
            raise Refused("pad", f"want a number or [before, after] for a plain list, got {len(pad)} numbers")
        pad = [0, pad[0], 0, pad[1]]
    return across("stride", stride), pad, across("dilation", dilation)


def across(field: str, given: Any, idle: int = 1) -> Any:
    """[idle, n] from the number for a plain list; Refused names the field."""
    if isinstance(given, list) and len(given) != 1:
        raise Refused(field, f"want one number for a plain list, got {len(given)}")
    return given if given is None else [idle, given[0] if isinstance(given, list) else given]


def windows_of(n: Pair, f: Pair, stride: int | Sequence[int], dilation: int | list[int], ceil: bool = False) -> Window:
    """The windows of f cells over an image of n cells, down and across, without padding."""
    s, d = pair("stride", stride), pair("dilation", dilation)
    return Window(*(Sliding(n[i], f[i], s[i], d[i], ceil=ceil) for i in (0, 1)))


def with_padding(window: Window, pad: int | list[int] | str) -> Window:
    """The same windows with the padding that the field says."""
    if isinstance(pad, str):
        return Window(*(axis.same() for axis in window)) if pad == "same" else window
    if isinstance(pad, int) or len(pad) != 4:
        pad = [*pair("pad", pad)] * 2
    return Window(*(replace(axis, before=pad[i], after=pad[i + 2]) for i, axis in enumerate(window)))


def same_transposed(window: Window, more: Pair) -> tuple[Window, Pair]:
    """The padding that leaves n·s cells of what is spread over, and how many cells are added at the end for it.

    more: what is to be added at least (ONNX, ConvTranspose with auto_pad); what is odd of the padding comes after.
    """
    more = max(window.down.s - window.down.reach, more[0]), max(window.across.s - window.across.reach, more[1])
    zeros = [axis.reach - axis.s + extra for axis, extra in zip(window, more, strict=True)]
    cut = [replace(axis, before=z // 2, after=z - z // 2) for axis, z in zip(window, zeros, strict=True)]
    return Window(*cut), more


def extent(both: Sequence[int], line: bool) -> Any:
    """(height, width) as they are named on the page; of a plain list the one number."""
    return both[1] if line else np.array(both)


def given_padding(work: Work, window: Window, line: bool = False) -> list[Any]:
    """p of both sides alike, or p and p_end, named on the page: (height, width)."""
    above, below = ([getattr(axis, side) for axis in window] for side in ("before", "after"))
    p = work.given("p", extent(above, line))
    return [p] if above == below else [p, work.given("p_end", extent(below, line))]


def output_size(work: Work, window: Window, field: str = "filter", line: bool = False) -> Any:
    """Height and width: floor((n + padding − d·(f − 1) − 1)/s) + 1, written as simply as it goes; of a `line` one.

    The formula is Dumoulin and Visin's (2016). ceil rounds up instead; where a last window that would begin behind
    the image is left out, as PyTorch does, the formula says so. Refused: the field, where its window does not fit.
    """
    down, over = window
    if not (down.fits and over.fits):
        covered = dimensions((down.reach, over.reach)[line:])
        there = dimensions((down.padded, over.padded)[line:])
        raise Refused(field, f"covers {covered} cells, more than the padded image has ({there})")
    room, end = work.given("n", extent(window.image, line)), None
    if window.is_padded:
        p, *apart = given_padding(work, window, line)
        end = apart[0] if apart else p
        room = room + p + end if apart else room + 2 * p
    reach = work.given("f", extent(window.size, line))
    if (down.d, over.d) != (1, 1):
        reach = work.given("d", extent((down.d, over.d), line)) * (reach - 1) + 1
    if (down.s, over.s) == (1, 1):
        return room - reach + 1
    step = work.given("s", extent((down.s, over.s), line))
    if not down.ceil:
        return (room - reach) // step + 1
    steps = np.ceil((room - reach) / step)
    if window.out == (down.rounded, over.rounded):
        return steps + 1
    return np.minimum(steps, (room - 1 if end is None else room - 1 - end) // step) + 1


def padded(X: Any, window: Window) -> Any:
    """Zeros around the last two axes, of a plain list around its only one."""
    around = [(axis.before, axis.after) for axis in window]
    return np.pad(X, (*((0, 0),) * (X.ndim - 2), *around[-X.ndim :]))


def say_ties(work: Work, image: Any, window: Window, line: bool, name: str = "Y") -> None:
    """Which maxima have their largest number twice: where the gradient's way is a convention."""
    twice = tied_windows(numbers(image), window)
    if twice:
        places = ", ".join(f"{name}[{place(index[line:])}]" for index in twice[:10])
        work.note(f"of equal largest numbers the first, row by row, gets the gradient, by convention: {places}")
