"""What convolution and pooling share: strides, padding, dilation, and the size of what comes out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np

from nncalc.errors import Refused, dimensions
from nncalc.topics.parts.fields import About
from nncalc.trace.work import Work

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]
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


def sides(pad: int | list[int] | str, n: Pair, f: Pair, s: Pair, d: Pair) -> Sides:
    """Padding at top, left, bottom, right; `same` puts what is odd at bottom and right, as TensorFlow does."""
    if pad == "same":
        whole = [max((-(-n[i] // s[i]) - 1) * s[i] + d[i] * (f[i] - 1) + 1 - n[i], 0) for i in (0, 1)]
        return whole[0] // 2, whole[1] // 2, whole[0] - whole[0] // 2, whole[1] - whole[1] // 2
    if isinstance(pad, str):
        return 0, 0, 0, 0
    if isinstance(pad, list) and len(pad) == 4:
        return pad[0], pad[1], pad[2], pad[3]
    top, left = pair("pad", pad)
    return top, left, top, left


def count(n: int, f: int, s: int, d: int, before: int, after: int, ceil: bool = False) -> int:
    """How many windows there are along one axis."""
    room = n + before + after - d * (f - 1) - 1
    return min(-(-room // s), (n + before - 1) // s) + 1 if ceil else room // s + 1


def output_size(
    work: Work, n: Pair, f: Pair, s: Pair, around: Sides, d: Pair, ceil: bool = False, field: str = "filter"
) -> Any:
    """Height and width: floor((n + padding − d·(f − 1) − 1)/s) + 1, written as simply as it goes.

    The formula is Dumoulin and Visin's (2016).

    ceil rounds up instead; a last window that would begin behind the image is left out, as PyTorch does.
    """
    above, below = np.array(around[:2]), np.array(around[2:])
    for i in (0, 1):
        if n[i] + above[i] + below[i] < d[i] * (f[i] - 1) + 1:
            covered = d[0] * (f[0] - 1) + 1, d[1] * (f[1] - 1) + 1
            there = n[0] + above[0] + below[0], n[1] + above[1] + below[1]
            raise Refused(
                field, f"covers {dimensions(covered)} cells, more than the padded image has ({dimensions(there)})"
            )
    end = None
    room = work.given("n", n)
    if any(around):
        p = end = work.given("p", above)
        if (above == below).all():
            room = room + 2 * p
        else:
            end = work.given("p_end", below)
            room = room + p + end
    reach = work.given("f", f)
    if d != (1, 1):
        reach = work.given("d", d) * (reach - 1) + 1
    if s == (1, 1):
        return room - reach + 1
    step = work.given("s", s)
    if not ceil:
        return (room - reach) // step + 1
    steps = np.ceil((room - reach) / step)
    whole = [-(-(n[i] + above[i] + below[i] - d[i] * (f[i] - 1) - 1) // s[i]) + 1 for i in (0, 1)]
    if whole == [count(n[i], f[i], s[i], d[i], above[i], below[i], ceil) for i in (0, 1)]:
        return steps + 1
    return np.minimum(steps, (room - 1 if end is None else room - 1 - end) // step) + 1


def padded(X: Any, around: Sides) -> Any:
    """Zeros around the last two axes."""
    outer = ((0, 0),) * (X.ndim - 2)
    return np.pad(X, (*outer, (around[0], around[2]), (around[1], around[3])))
