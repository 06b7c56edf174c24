"""Reads drawings as a browser does: well-formed XML, its elements, and about where each text stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from re import findall
from xml.parsers import expat

from services.reporting.charts.words import width

LETTERS = {"wide": 15, "narrow": 14}
"""Font sizes in charts.css."""


@dataclass
class Element:
    """An element of a drawing."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def number(self, name: str) -> float:
        return float(self.attributes[name])

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def within(self) -> Iterator["Element"]:
        for child in self.children:
            yield child
            yield from child.within()

    def all(self, name: str, class_: str | None = None) -> list["Element"]:
        return [each for each in self.within() if each.name == name and (class_ is None or class_ in each.classes)]

    def texts(self) -> list[str]:
        return [each.text for each in self.all("text")]

    def points(self) -> list[tuple[float, float]]:
        """The corners of a path."""
        return [(float(x), float(y)) for x, y in findall(r"[ML](-?[\d.]+) (-?[\d.]+)", self.attributes["d"])]


def parse(markup: str) -> Element:
    """The drawings under one root; malformed XML raises."""
    root = Element("root", {})
    open_ = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        open_[-1].children.append(Element(name, attributes))
        open_.append(open_[-1].children[-1])

    def end(_: str) -> None:
        open_.pop()

    def said(text: str) -> None:
        open_[-1].text += text

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, said
    parser.Parse(f"<root>{markup}</root>", True)
    return root.children[0]


def wide_and_narrow(markup: str) -> tuple[Element, Element]:
    wide, narrow = parse(markup).children
    return wide, narrow


def size_of(drawing: Element) -> tuple[float, float]:
    _, _, across, down = (float(each) for each in drawing.attributes["viewBox"].split())
    return across, down


Box = tuple[str, float, float, float, float]


def boxes(drawing: Element) -> Sequence[Box]:
    """(text, left, top, right, bottom) of every text, by the estimate that the drawing itself uses."""
    letters = LETTERS[next(each for each in LETTERS if f"chart-{each}" in drawing.classes)]
    found = []
    for each in drawing.all("text"):
        wide, x, y = width(each.text, letters), each.number("x"), each.number("y")
        left = x - wide / 2 if "at-middle" in each.classes else x - wide if "at-end" in each.classes else x
        found.append((each.text, left, y - letters * 0.75, left + wide, y + letters * 0.2))
    return found


def overlapping(drawing: Element) -> list[tuple[str, str]]:
    return [
        (one[0], other[0])
        for one, other in combinations(boxes(drawing), 2)
        if one[1] < other[3] and other[1] < one[3] and one[2] < other[4] and other[2] < one[4]
    ]


def outside(drawing: Element) -> list[str]:
    across, down = size_of(drawing)
    return [
        text
        for text, left, top, right, bottom in boxes(drawing)
        if left < -0.5 or top < -0.5 or right > across + 0.5 or bottom > down + 0.5
    ]
