"""A page of HTML that stands alone: a tree, with its own style and script, and a policy that lets in nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from nncalc.render.page.squeeze import short_properties, squeezed

Attribute = str | int
# An attribute that is there or not has this value; no foreign text has it, for `printable` shows it as a number.
PRESENT = "\ue001"
# What a browser shows of a title, and a list of pages.
LONGEST_TITLE = 70
# Where the style and the script come in.
_STYLE, _SCRIPT = "\ue002", "\ue003"
# Before the name of a property of the style: only the whole page knows how it is called there.
_PROPERTY = "\ue004"


def node(tag: str, *inside: Element | str | None, **attributes: Attribute) -> Element:
    """An element with what is inside it, texts as texts; `class_` is class, `data_r` is data-r. None is nothing."""
    made = Element(tag, {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()})
    put(made, *inside)
    return made


def put(parent: Element, *inside: Element | str | None) -> None:
    """Adds elements and texts at the end of an element."""
    for part in inside:
        if isinstance(part, Element):
            parent.append(part)
        elif part and len(parent):
            parent[-1].tail = (parent[-1].tail or "") + part
        elif part:
            parent.text = (parent.text or "") + part


def overview(
    title: str, heads: Iterable[str], rows: Iterable[Element], seen: bool = True, index: bool = False
) -> Element:
    """A table that is read and not walked, below its title; `seen`: that is shown, too. `index`: a list of pages."""
    caption = node("caption", title, **({"class_": "seen"} if seen else {}))
    table = node("table", caption, class_="overview index" if index else "overview")
    put(table, node("thead", node("tr", *(node("th", head, scope="col") for head in heads))), node("tbody", *rows))
    return node("div", table, class_="scroll")


def why_panel(label: str, hint: str, **about: Attribute) -> Element:
    """Where a script says what there is to say of a cell; until then a hint."""
    return node("aside", node("p", hint, class_="quiet"), id="why", **about, aria_label=label)


def of_style(name: str) -> str:
    """What an attribute says that is coloured as the style's property of this name."""
    return f"{_PROPERTY}{name}"


def whole_page(title: str, body: Iterable[Element], *files: str, short_names: bool = True) -> str:
    """The whole page, with page.css and the styles and scripts of this folder that are named; only they may run.

    short_names: the scripts' own names become letters.
    """
    styles = ["page.css", *(name for name in files if name.endswith(".css"))]
    style = squeezed(*styles)
    script = squeezed(*(name for name in files if name not in styles), short_names=short_names)
    title = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    html = node("html", lang="en")
    head = SubElement(html, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    SubElement(head, "meta", name="viewport", content="width=device-width")
    put(head, node("title", title), node("style", _STYLE))
    put(html, node("body", *body, node("script", _SCRIPT)))
    written = tostring(html, encoding="unicode", method="html").replace(f'="{PRESENT}"', "")
    called = short_properties(*styles)
    written = re.sub(rf"{_PROPERTY}(\w+)", lambda found: f"var(--{called[found[1]]})", written)
    written = written.replace("{", "&#123;")  # what a site puts pages into must not read it as its own
    return f"<!DOCTYPE html>\n{written.replace(_STYLE, style).replace(_SCRIPT, script)}\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
