"""Counting: output sizes, parameters and multiply-adds of a network, layer by layer; updates of a training run."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np

from nncalc.errors import Refused
from nncalc.topics.params.common import BIG
from nncalc.topics.params.groups import KINDS, LayerSpec
from nncalc.topics.params.more import Cache, cached, training_flops
from nncalc.topics.params.more import more as variants
from nncalc.topics.params.part import Counter, Place, carried
from nncalc.topics.params.shape import Shape, known_sizes, sizes
from nncalc.topics.params.telling import Telling, Told
from nncalc.topics.parts.belonging import LEFT_OUT, Like, when
from nncalc.topics.parts.fields import About, Answer
from nncalc.trace.rules.whole import ceil_divide, quotient
from nncalc.trace.work import Work

# Tokens that a model is trained on: any number that anybody could mean.
MOST_TOKENS = 10**30


def params(
    work: Work,
    layers: Annotated[
        list[LayerSpec],
        About(
            "the layers in order",
            example="[{conv: {filters: 6, kernel: 5}}, {max_pool: {window: 2}}, flatten, {dense: {units: 10}}]",
        ),
    ],
    input_shape: Annotated[
        list[int] | None,
        About(
            "[height, width, channels] of an image (of a volume depth first), [T, D] or [T] of a sequence, [n] of a "
            "vector; tokens need none",
            least=1,
            most=BIG,
            says="input {}",
            also=("input", "shape"),
            example="[28, 28, 1]",
        ),
    ] = None,
    channels_first: Annotated[
        bool,
        About(
            "sizes are [channels, height, width]",
            says=("channels first", ""),
            only=when(input_shape=Like("of an image", lambda shape: len(shape) == 3)),
        ),
    ] = False,
    tokens: Annotated[
        int | None, About("D, the tokens it is trained on: 6·N·D FLOPs", least=1, most=MOST_TOKENS, also=("D",))
    ] = None,
    more: Annotated[bool, About("the variants, too: embeddings, tied or not, memory, optimizer, cache")] = False,
    show: Annotated[
        list[Told] | None,
        About("told of each layer, too: output, receptive_field (and jump), weights (their shapes), neurons, padding"),
    ] = None,
    kv_cache: Annotated[
        Cache | None, About("{tokens, batch, bytes}: the memory of keys and values of all attention layers")
    ] = None,
) -> Answer:
    """Output size, parameters and multiply-adds (MACs) of every layer, and the totals.

    conv: (n + 2p − f)/s + 1 rounded down; (f·f·c + 1)·k parameters; one MAC for each weight at each output place.
    FLOPs are 2·MACs; biases, activations, normalization and pooling are not counted (Dumoulin and Visin 2016; the sums
    of any course). Counts are exact whole numbers.
    """
    shape = _start(input_shape, channels_first)
    counter = Counter(work, {kind: count for kind, (_, count) in KINDS.items()}, shape, more, channels_first)
    counter.tell = telling = Telling(work, show or ())
    counter.caching = kv_cache is not None
    top = Place(counter, ("layers",))
    after = counter.run(top, layers, shape)
    with work.section("", "Total"):
        learned, macs, flops, statistics = _totals(work, top)
    answer = {"output": np.array([n for n in known_sizes(counter.ordered(after)) if n is not None]), "params": learned}
    answer |= {"statistics": statistics} if statistics is not None else {}
    answer |= {"macs": macs, "flops": flops}
    answer |= variants(counter, top, learned) if more else {}
    answer |= {"receptive_field": telling.receptive_field} if telling.receptive_field is not None else {}
    answer |= cached(counter, top, kv_cache) if kv_cache is not None else {}
    answer |= training_flops(counter, learned, top.sum("idle"), tokens) if tokens is not None else {}
    _table(counter, shape, (learned, macs), telling.told if show else {})
    _notes(counter, shape)
    return answer


def _start(input_shape: list[int] | None, channels_first: bool) -> Shape:
    """What comes in: height, width, channels; tokens and numbers a token; or numbers."""
    if input_shape is None:
        return sizes(None)
    if len(input_shape) > 4:
        raise Refused("input_shape", f"has {len(input_shape)} numbers", "[height, width, channels], [T, D] or [n]")
    return sizes(*input_shape[1:], input_shape[0]) if channels_first else sizes(*input_shape)


def _totals(work: Work, top: Place) -> tuple[Any, ...]:
    """The sums over all layers, and the FLOPs."""
    none = np.array(0, dtype=object)
    sums = [top.sum(quantity) for quantity in ("params", "macs", "statistics")]
    learned = none if sums[0] is None else work.let("params", sums[0])
    macs = none if sums[1] is None else work.let("macs", sums[1])
    statistics = None if sums[2] is None else work.let("statistics", sums[2])
    return learned, macs, work.let("flops", 2 * macs), statistics


def _table(counter: Counter, shape: Shape, totals: tuple[Any, Any], told: dict[str, dict[str, int | str]]) -> None:
    """A row a layer; those inside another one are indented below it, where there is anything to say of them.

    told: what is told of a layer beside, a column for each.
    """
    per = "MACs a token" if known_sizes(shape) == (None,) else "MACs"
    more = [name for name in dict.fromkeys(name for steps in told.values() for name in steps) if name != "output"]
    counter.work.overview("layer", "output", "parameters", per, *more)
    for row in counter.rows:
        if row.depth and row.params is None and row.macs is None and known_sizes(row.before) == known_sizes(row.after):
            continue
        beside = told.get(row.name, {}) if not row.depth else {}
        counter.work.overview(
            "  " * row.depth + row.name,
            counter.spoken(row.after),
            *(_cell(count) for count in (row.params, row.macs)),
            *(beside.get(name, "") for name in more),
        )
    counter.work.overview("total", "", *map(_cell, totals), *("" for _ in more))


def _cell(count: Any) -> int | str:
    """A count as the table shows it, 0 where there is none."""
    number = 0 if count is None else carried(count)
    return number if isinstance(number, int) else str(number)


def _notes(counter: Counter, shape: Shape) -> None:
    """What the symbols mean, and what is counted."""
    for kind, symbols in counter.symbols.items():
        if symbols:
            counter.work.note(f"{kind}: " + ", ".join(f"{symbol} = {meaning}" for symbol, meaning in symbols.items()))
    counter.work.note("FLOPs = 2·MACs; biases, activations, normalization and pooling are not counted as MACs")
    if known_sizes(shape) == (None,):
        counter.work.note("without input_shape the MACs are those of one token")
    for remark in counter.remarks:
        counter.work.note(remark)


def training(
    work: Work,
    examples: Annotated[int, About("how many there are", least=1, most=BIG, also=("N", "samples"))],
    batch_size: Annotated[int, About("how many at a time", least=1, most=BIG, also=("B", "batch"))],
    epochs: Annotated[
        int, About("how often through all", least=1, most=BIG, also=("E",), only=when(updates=LEFT_OUT))
    ] = 1,
    updates: Annotated[
        int | None, About("how many in all: gives the epochs", least=1, most=BIG, also=("steps", "iterations"))
    ] = None,
    drop_last: Annotated[
        bool, About("a last batch that is smaller is left out", says=("a smaller last batch is left out", ""))
    ] = False,
) -> Answer:
    """⌈N/B⌉ updates an epoch, E·⌈N/B⌉ in all; the last batch of an epoch may be smaller. From updates the epochs."""
    N, B = (work.given(n, np.array(v, dtype=object)) for n, v in zip("NB", (examples, batch_size), strict=True))
    per_epoch = work.let("updates_per_epoch", N // B if drop_last else ceil_divide(N, B))
    if updates is not None:
        if drop_last and batch_size > examples:
            raise Refused("drop_last", f"leaves nothing of {examples} examples in batches of {batch_size}")
        total = work.given("updates", np.array(updates, dtype=object))
        return {"updates_per_epoch": per_epoch, "epochs": work.let("epochs", quotient(total, per_epoch))}
    E = work.given("E", np.array(epochs, dtype=object))
    return {"updates_per_epoch": per_epoch, "updates": work.let("updates", E * per_epoch)}


FORMS = (params, training)
