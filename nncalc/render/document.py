"""A page of HTML that stands alone: a tree, with its own style and script, and a policy that lets in nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from pkgutil import get_data
from xml.etree.ElementTree import Element, SubElement, tostring

Attribute = str | int
# An attribute that is there or not has this value; no foreign text has it, for `printable` shows it as a number.
PRESENT = "\ue001"


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


def whole_page(title: str, body: Iterable[Element], *files: str) -> str:
    """The whole page, with page.css and these files of this folder in it: the only style and script that may run."""
    style = "\n".join(_file(name) for name in ("page.css", *files) if name.endswith(".css"))
    script = "\n".join(_file(name) for name in files if name.endswith(".js"))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    html = node("html", lang="en")
    head = SubElement(html, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    put(head, node("title", title), node("style", style))
    put(html, node("body", *body, node("script", script)))
    written = tostring(html, encoding="unicode", method="html").replace(f'="{PRESENT}"', "")
    return f"<!DOCTYPE html>\n{written}\n"


def _file(name: str) -> str:
    """A file of this folder without what only its readers need: comments, indents, and spaces beside signs.

    A minus keeps its spaces, and so does a point of a style, where a space is a meaning.
    """
    whole = (get_data("nncalc.render", name) or b"").decode()
    lines = (line.partition("  //")[0].strip() for line in whole.splitlines())
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    around, behind = ("{};,", ":>") if name.endswith(".css") else ("{}()[];,=<>?:&|*%!", "")
    pieces = re.split(r'("[^"]*")', text)
    pieces[::2] = (_squeezed(piece, around, behind) for piece in pieces[::2])
    return "".join(pieces)


def _squeezed(text: str, around: str, behind: str) -> str:
    kept = "\n" if behind else ""  # a line may end a statement of a script
    text = re.sub(rf"[ {kept}]*([{re.escape(around)}])[ {kept}]*", r"\1", text)
    return re.sub(rf"([{behind}]) +", r"\1", text) if behind else text


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
