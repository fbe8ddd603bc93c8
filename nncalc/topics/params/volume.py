"""Convolutions of sequences and of volumes by their own names, and zeros around alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from nncalc.topics.params.common import BIG, Name
from nncalc.topics.params.image import Conv, count_conv, spatial
from nncalc.topics.params.part import Part
from nncalc.topics.params.shape import Shape
from nncalc.topics.params.windows import slide, taken, window
from nncalc.topics.parts.fields import About


@dataclass(frozen=True)
class PadAlone:
    """Zeros around, and nothing else."""

    pad: Annotated[
        int | list[int],
        About("a number, [height, width], or [top, left, bottom, right]", least=0, most=BIG, also=("padding", "p")),
    ]
    name: Name = None


def along_one(part: Part, layer: Conv) -> Shape:
    """A convolution of a sequence. Raises Refused for anything else."""
    return _along(part, layer, 2, "a sequence", "[steps, channels]")


def along_three(part: Part, layer: Conv) -> Shape:
    """A convolution of a volume. Raises Refused for anything else."""
    return _along(part, layer, 4, "a volume", "[depth, height, width, channels]")


def _along(part: Part, layer: Conv, axes: int, what: str, want: str) -> Shape:
    if len(part.shape) != axes:
        raise part.refused(f"wants {what}, but gets {part.spoken(part.shape)}", want)
    return count_conv(part, layer)


def pad_alone(part: Part, layer: PadAlone) -> Shape:
    """n + 2p along each axis."""
    spatial(part)
    windows = window(part, 1, 1, layer.pad)
    lengths = taken(part, windows)
    with part.section(f"zeros around: {layer.pad}", (*lengths, part.shape[-1].exact)):
        out = slide(part, windows, lengths)
    return (*(size for _, size in out), part.shape[-1])


VOLUME: dict[str, tuple[type, Callable[[Part, Any], Shape]]] = {
    "conv1d": (Conv, along_one), "conv3d": (Conv, along_three), "pad": (PadAlone, pad_alone),
}  # fmt: skip
