"""What convolution and pooling share: strides, padding, dilation, and the size of what comes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.fields import About, Array
from nncalc.trace.rules.sliding import Pair, Sliding, zeros_for_same
from nncalc.trace.work import Work

Image = Annotated[
    Array,
    "height width | channel height width",
    About(
        "the image",
        symbol="X",
        also=("input", "x", "X"),
        example="[[2, 3, 7, 4], [6, 6, 9, 8], [3, 4, 8, 3], [7, 8, 3, 6]]",
    ),
]
Stride = Annotated[
    int | list[int],
    About("step of the window; a number or [height, width]", least=1, says="stride {}", also=("strides", "s")),
]
Pad = Annotated[
    int | list[int] | Literal["same", "valid"],
    About(
        "zeros around the image: a number, [height, width], [top, left, bottom, right], same or valid",
        least=0,
        says="padding {}",
        also=("padding", "p", "pads"),
    ),
]
Dilation = Annotated[int | list[int], About("distance between a window's cells", least=1, also=("dilations",))]


def pair(field: str, given: int | list[int]) -> Pair:
    """[height, width] from a number or a list of two."""
    both = [given, given] if isinstance(given, int) else given
    if len(both) != 2:
        raise Refused(field, f"want a number or [height, width], got {len(both)} numbers")
    return both[0], both[1]


def slid_over(
    pad: int | list[int] | str, n: Pair, f: Pair, s: Pair, d: Pair, ceil: bool = False
) -> tuple[Sliding, Sliding]:
    """How height and width are slid over, with the padding that is asked for."""
    if pad == "same":
        zeros = [zeros_for_same(n[i], f[i], s[i], d[i]) for i in (0, 1)]
    elif isinstance(pad, str):
        zeros = [(0, 0), (0, 0)]
    elif isinstance(pad, list) and len(pad) == 4:
        zeros = [(pad[0], pad[2]), (pad[1], pad[3])]
    else:
        zeros = [(p, p) for p in pair("pad", pad)]
    rows, columns = (Sliding(n[i], f[i], s[i], d[i], *zeros[i], ceil) for i in (0, 1))
    return rows, columns


def output_size(work: Work, axes: tuple[Sliding, Sliding], field: str = "filter") -> Any:
    """Height and width: floor((n + padding − d·(f − 1) − 1)/s) + 1, written as simply as it goes.

    The formula is Dumoulin and Visin's (2016). Refused names the field whose window does not fit.
    """
    if not all(axis.fits for axis in axes):
        covered, there = dimensions([axis.reach for axis in axes]), dimensions([axis.room for axis in axes])
        raise Refused(field, f"covers {covered} cells, more than the padded image has ({there})")
    above, below = np.array([axis.before for axis in axes]), np.array([axis.after for axis in axes])
    end = None
    room = work.given("n", [axis.n for axis in axes])
    if above.any() or below.any():
        p = end = work.given("p", above)
        if (above == below).all():
            room = room + 2 * p
        else:
            end = work.given("p_end", below)
            room = room + p + end
    reach = work.given("f", [axis.f for axis in axes])
    if any(axis.d != 1 for axis in axes):
        reach = work.given("d", [axis.d for axis in axes]) * (reach - 1) + 1
    if all(axis.s == 1 for axis in axes):
        return room - reach + 1
    step = work.given("s", [axis.s for axis in axes])
    if not axes[0].ceil:
        return (room - reach) // step + 1
    steps = np.ceil((room - reach) / step)
    if all(axis.rounded_up == axis.count for axis in axes):
        return steps + 1
    return np.minimum(steps, (room - 1 if end is None else room - 1 - end) // step) + 1


def padded(X: Any, axes: tuple[Sliding, Sliding]) -> Any:
    """Zeros around the last two axes."""
    outer = ((0, 0),) * (X.ndim - 2)
    return np.pad(X, (*outer, *((axis.before, axis.after) for axis in axes)))
