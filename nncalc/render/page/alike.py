"""Folded parts of a page that are alike: the first is written whole, of the others what is another in them.

The script of the page writes them out again; see folds.js.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from nncalc.render.page.document import node

# Between two entries of what is another; no shown text has this sign.
TAB = "\t"


class Alike:
    """The parts so far, by their shape."""

    def __init__(self) -> None:
        self.first: dict[tuple[str, ...], tuple[int, int, list[str]]] = {}
        self.count = 0
        self.any = False

    def notice(self) -> Element | None:
        """What a reader needs to know where no script runs."""
        said = "Its script does not run: of folded parts that are alike only the first has its content."
        return node("noscript", node("p", said)) if self.any else None

    def shortened(self, part: Element) -> None:
        """Takes out what stands in a part below its heading, where an earlier one is alike and that is shorter."""
        shape, texts, ids = _seen(part)
        like, id, before = self.first.setdefault(shape, (self.count, ids, texts))
        if like != self.count:
            others = [(i, now) for i, (old, now) in enumerate(zip(before, texts, strict=True)) if old != now]
            self.any = True
            del part[1:]
            part.attrib |= {"data-as": str(like), "data-by": str(ids - id)}
            part.set("data-told", TAB.join(f"{i}{TAB}{now}" for i, now in others))
        self.count += 1


def _seen(part: Element) -> tuple[tuple[str, ...], list[str], int]:
    """The tags and names of attributes below the heading, the texts and the attributes' values, the first number.

    Numbers of values in `id` go on from part to part and are no texts; the shape has how they go on.
    """
    shape: list[str] = []
    texts: list[str] = []
    first = -1
    for below in part[1:]:
        for element in below.iter():
            shape.append(element.tag)
            for name, value in element.attrib.items():
                if name == "id":
                    first = int(value[1:]) if first < 0 else first
                    shape.append(f"{int(value[1:]) - first}")
                else:
                    shape.append(name)
                    texts.append(value)
            if element.text:
                shape.append("+")
                texts.append(element.text)
            for child in element:  # here, for the script finds the texts of an element together
                shape.append("-")
                if child.tail:
                    shape.append("+")
                    texts.append(child.tail)
    return tuple(shape), texts, first
