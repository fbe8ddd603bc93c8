"""Fields that several layers have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from nncalc.topics.parts.fields import About

BIG = 1_000_000_000

Name = Annotated[str | None, About("what its lines are called")]
HasBias = Annotated[bool, About("whether there is a bias", also=("use_bias",))]
LayerStride = Annotated[
    int | list[int], About("step; a number or [height, width]", least=1, most=BIG, also=("strides", "s"))
]
LayerPad = Annotated[
    int | list[int] | Literal["same", "valid"],
    About(
        "zeros around: a number, [height, width], [top, left, bottom, right], same or valid",
        least=0,
        most=BIG,
        also=("padding", "p"),
    ),
]
Kernel = Annotated[
    int | list[int],
    About("its size; a number or [height, width]", least=1, most=BIG, also=("kernel_size", "size", "f")),
]
LayerDilation = Annotated[
    int | list[int], About("distance between a window's cells", least=1, most=BIG, also=("rate",))
]
Groups = Annotated[
    int, About("channels and filters are divided into so many", least=1, most=BIG, also=("group", "cardinality"))
]
Filters = Annotated[int, About("how many", least=1, most=BIG, also=("out_channels", "channels", "features"))]
Scale = Annotated[int | list[int], About("how many times; a number or [height, width]", least=1, most=BIG)]


@dataclass(frozen=True)
class Plain:
    """A layer with nothing to say of but its name."""

    name: Name = None
