"""How many places a window has along an axis, as a formula (Dumoulin and Visin 2016)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nncalc.topics.params.part import Part, carried
from nncalc.topics.params.shape import Size
from nncalc.trace.rules.sliding import Sliding
from nncalc.trace.rules.whole import ceil_divide

Given = Callable[[str, Any, str], Any]
SIZE = "window"


@dataclass(frozen=True)
class Axis(Sliding):
    """A window's way along an axis, and how its sizes are written.

    as_same: the zeros are as many as ⌈n/s⌉ windows take. extra: transposed, what is added at the end.
    """

    as_same: bool = False
    extra: int = 0

    @property
    def late(self) -> bool:
        """Whether rounding up would put the last window wholly into the zeros behind; it alone is left out."""
        return self.ceil and self.out < self.rounded

    def places(self, n: Any, given: Given) -> Any:
        """⌊(n + 2p − f)/s⌋ + 1, or ⌈n/s⌉ where the zeros are as many as that takes."""
        if self.as_same:
            return ceil_divide(n, given("s", self.s, "stride"))
        for zeros in self._zeros(given):
            n = n + zeros
        room = n - self._reach(given)
        s = given("s", self.s, "stride")
        steps = ceil_divide(room, s) if self.ceil else room // s
        return steps if self.late else steps + 1

    def spread_over(self, n: Any, given: Given) -> Any:
        """Transposed: (n − 1)·s − 2p + f; n·s where the zeros are as many as that takes."""
        s = given("s", self.s, "stride")
        if self.as_same:
            return n * s
        out = (n - 1) * s
        for zeros in self._zeros(given):
            out = out - zeros
        out = out + self._reach(given)
        return out + given("e", self.extra, "added at the end") if self.extra else out

    def _reach(self, given: Given) -> Any:
        f = given("f", self.f, SIZE)
        return f if self.d == 1 else given("d", self.d, "dilation") * (f - 1) + 1

    def _zeros(self, given: Given) -> list[Any]:
        if self.before == self.after:
            return [2 * given("p", self.before, "zeros on either side")] if self.before else []
        return [
            given(symbol, zeros, f"zeros {side}")
            for symbol, zeros, side in (("p1", self.before, "before"), ("p2", self.after, "behind"))
            if zeros
        ]


def per_axis(part: Part, value: int | Sequence[int], axes: int, at: str) -> tuple[int, ...]:
    """A number an axis. Raises Refused where there are more or fewer."""
    numbers = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(numbers) != axes:
        want = (
            "a number or [height, width]" if axes == 2 else "one number for a sequence" if axes == 1 else "one or three"
        )
        raise part.refused(f"has {len(numbers)} numbers", want, at=at)
    return numbers


def zeros(part: Part, pad: int | Sequence[int] | str, axes: int) -> list[tuple[int, int]]:
    """The zeros (before, after) along each axis. Raises Refused where they cannot be told."""
    if isinstance(pad, str):
        return [(0, 0)] * axes
    if not isinstance(pad, int) and len(pad) == 4 and axes == 2:
        return [(pad[0], pad[2]), (pad[1], pad[3])]
    if not isinstance(pad, int) and len(pad) != axes:
        raise part.refused(
            f"has {len(pad)} numbers", "a number, [height, width] or [top, left, bottom, right]", at="pad"
        )
    return [(p, p) for p in per_axis(part, pad, axes, "pad")]


def window(
    part: Part,
    size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    pad: int | Sequence[int] | str,
    dilation: int | Sequence[int] = 1,
    ceil: bool = False,
    sized: str = "kernel",
) -> list[Axis]:
    """The window along each axis of what comes in: height and width of an image, the steps of a sequence."""
    axes = len(part.shape) - 1
    steps = size if stride is None else stride
    listed = list(zip(
        per_axis(part, size, axes, sized), per_axis(part, steps, axes, "stride"), zeros(part, pad, axes),
        per_axis(part, dilation, axes, "dilation"), strict=True,
    ))  # fmt: skip
    slid = [Axis(part.known(n), f, s, d, *p, ceil) for n, (f, s, p, d) in zip(part.shape, listed, strict=False)]
    return [replace(axis.same(), as_same=True) for axis in slid] if pad == "same" else slid


def taken(part: Part, windows: Sequence[Axis]) -> list[int]:
    """How many places each window has; a window that does not fit is refused."""
    for axis, w in enumerate(windows):
        if not w.fits:
            zeros = f" with its zeros ({w.n} without)" if w.padded > w.n else ""
            along = ("depths", "heights", "widths")[axis - len(windows)] if len(windows) > 1 else "steps"
            raise part.refused(f"has a window over {w.reach} {along}, but gets only {w.padded}{zeros}")
    return [w.places(w.n, off_page) for w in windows]


def slide(part: Part, windows: Sequence[Axis], lengths: Sequence[int], back: bool = False) -> list[tuple[Any, Size]]:
    """The steps H and W (T of a sequence): each window's places, worked; where both axes are alike W is H."""
    part.windows = () if back else windows
    letters = ("T", "HW", "DHW")[len(windows) - 1]
    alike = len(windows) > 1 and len({*windows}) == len({*part.shape[:-1]}) == 1
    out: list[tuple[Any, Size]] = []
    for axis, (w, length, letter) in enumerate(zip(windows, lengths, letters, strict=True)):
        given = along(part, windows, axis)
        n = given("n", part.shape[axis], "size in")
        alone = w.spread_over if back else w.places
        value = part.let(letter, out[0][0] if axis and alike else alone(n, given))
        out.append((value, Size(length, carried(value))))
    return out


def along(part: Part, windows: Sequence[Axis], axis: int) -> Given:
    """The numbers of a window along an axis; what differs between height and width is called f_h and f_w."""
    values: dict[str, Sequence[Any]] = {
        "n": part.shape[:-1], "f": [w.f for w in windows], "s": [w.s for w in windows], "d": [w.d for w in windows],
        "p": [w.before for w in windows], "p1": [w.before for w in windows], "p2": [w.after for w in windows],
        "e": [w.extra for w in windows],
    }  # fmt: skip

    def given(symbol: str, value: Any, means: str) -> Any:
        return part.number(
            symbol if len(set(values[symbol])) == 1 else f"{symbol}_{'dhw'[axis - len(windows)]}", value, means
        )

    return given


def cells(part: Part, windows: Sequence[Axis]) -> Any:
    """How many cells a window has: f·f."""
    sides = [along(part, windows, axis)("f", w.f, SIZE) for axis, w in enumerate(windows)]
    product = sides[0]
    for side in sides[1:]:
        product = product * side
    return product


def off_page(symbol: str, value: Any, means: str) -> Any:
    """The number itself, off the page."""
    return value
