"""How names are spelled in a problem: what no field is called, and what an expression can call by its name."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from nncalc.errors import NAMES_SHOWN, FieldPath, Finding, did_you_mean, nearest, printable, some_of, spelled
from nncalc.reading.expression import CALLS, SYMBOL
from nncalc.reading.nodes import MappingNode, Node, ScalarNode
from nncalc.topics.parts.fields import Field, Variant, also_called
from nncalc.trace.notation.signs import plain_name

# What frameworks call a layer, by what it is here; of two the one that the list has.
FRAMEWORKS = {
    "linear": ("dense",), "fc": ("dense",), "fullyconnected": ("dense",), "affine": ("dense",),
    "conv2d": ("conv",), "convolution": ("conv",), "convolution2d": ("conv",), "deconv": ("transposed_conv",),
    "convtranspose2d": ("transposed_conv",), "conv2dtranspose": ("transposed_conv",), "depthwiseconv2d": ("depthwise",),
    "maxpool2d": ("max_pool",), "maxpooling2d": ("max_pool",), "avgpool2d": ("avg_pool",),
    "averagepool": ("avg_pool",), "averagepooling2d": ("avg_pool",), "gap": ("global_avg_pool",),
    "globalaveragepooling2d": ("global_avg_pool",), "batchnorm2d": ("batch_norm", "norm"),
    "batchnormalization": ("batch_norm", "norm"), "layernormalization": ("layer_norm", "norm"),
    "batchnorm": ("batch_norm", "norm"), "layernorm": ("layer_norm", "norm"), "selfattention": ("attention",),
    "multiheadattention": ("attention",), "mha": ("attention",), "ffn": ("feed_forward",), "simplernn": ("rnn",),
    "embed": ("embedding",), "upsampling2d": ("upsample",), "skip": ("residual",),
}  # fmt: skip
# What stands before a decimal comma and behind it, where that is no number of its own.
WHOLE, DECIMALS = re.compile("-?[0-9]+"), re.compile("0[0-9]+")


def unknown_key(name: str, fields: tuple[Field, ...], first: tuple[Field, ...] = ()) -> tuple[str]:
    """What to say of an unknown key; `first`: those that are more likely meant."""
    field = also_called(name, fields)
    if field is not None:
        return (f"unknown key '{printable(name)}': nncalc calls it '{field.name}'",)
    near = nearest(name, [f.name for f in first]) or nearest(name, [f.name for f in fields])
    told = f"; want one of {some_of(f.name for f in fields)}" if len(fields) <= NAMES_SHOWN + 1 else ""
    return (f"unknown key '{printable(name)}'" + (f"; did you mean '{near}'?" if near else told),)


def named_otherwise(field: Field, given: Collection[str], fields: tuple[Field, ...]) -> bool:
    """Whether a field is there by another name that people give it."""
    own = {f.name for f in fields}
    return any(also_called(name, fields) is field for name in given if name not in own)


def unknown_kind(kind: str, kinds: Collection[str]) -> tuple[str, str, str]:
    """What to say of a kind that there is not, and the one that was probably meant; else some that there are."""
    word = re.sub("[^a-z0-9]", "", kind.lower())
    here = next((own for own in FRAMEWORKS.get(word, ()) if own in kinds), None)
    if here is not None:
        return f"unknown kind '{printable(kind)}': nncalc calls it '{here}'", "", ""
    near = did_you_mean(kind, kinds)
    return f"unknown kind '{printable(kind)}'", "" if near else f"one of {some_of(kinds, kind)}", near


def one_kind(node: Node, kinds: type[Variant]) -> tuple[str, str]:
    """What is wanted of a layer that is not one kind with its fields; the hint where fields stand beside a kind."""
    keys = [*node.entries] if isinstance(node, MappingNode) else []
    of_it = [kind for kind in keys if kind in kinds.options]
    if len(of_it) == 1:
        beside = next(key for key in keys if key not in of_it)
        return "", f"{printable(beside)} stands inside: {{{of_it[0]}: {{…, {printable(beside)}: …}}}}"
    return "{kind: {fields}}, or a bare name", ""


def with_comma(finding: Finding, neighbours: list[Node]) -> Finding:
    """The finding of a number with a leading zero; behind a whole number it is rather its decimals: 0,099."""
    match neighbours:
        case [ScalarNode(text=whole, mark=before), ScalarNode(text=decimals, mark=mark)]:
            # In a list of two numbers there is a blank after the comma, as a rule.
            close = None not in (before.column, mark.column) and mark.column == (before.column or 0) + len(whole) + 1
            if close and DECIMALS.fullmatch(decimals) and WHOLE.fullmatch(whole):
                return replace(finding, hint=f"a decimal comma? write {printable(f'{whole}.{decimals}', 20)}")
    return finding


def with_symbols(node: MappingNode, path: FieldPath, own: bool = False) -> tuple[MappingNode, list[Finding]]:
    """The mapping with its names in ASCII (x₁ is x1), and what is wrong with them; `own` names win over functions'."""
    found = MappingNode({}, {}, node.mark)
    findings = []
    for text, child in node.entries.items():
        name, mark = plain_name(text), node.keys[text]
        if not SYMBOL.fullmatch(text) or (name in CALLS and not own):
            besides = "" if own else ", and no function's name"
            what = f"'{printable(text)}' cannot be a name; want letters, digits and _{besides}"
            findings.append(Finding(what, mark, spelled(path)))
        elif name in found.entries:
            findings.append(Finding(f"'{name}' is given twice", mark, spelled(path)))
        found.entries[name], found.keys[name] = child, mark
    return found, findings
