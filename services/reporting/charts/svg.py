"""SVG as Markup: elements with escaped attributes and text, and the two sizes in which every chart is drawn.

A chart is drawn twice, for a wide and for a narrow place, and charts.css shows the one that fits its figure: letters
stay readable at 320 px, where one drawing that is merely scaled would not. What is not shown no screen reader reads.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Size:
    """One of the two sizes of a drawing; width, letters and line in units of the drawing (about CSS px)."""

    name: str
    width: int
    letters: int
    height: int
    """Of the plot, without axes and key."""

    @property
    def line(self) -> float:
        """From one line of text to the next."""
        return self.letters * 1.3


WIDE = Size("wide", 640, 15, 240)
NARROW = Size("narrow", 300, 14, 190)
SIZES = (WIDE, NARROW)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one size shows, and how high it is."""

    content: Markup
    height: float


def number(value: float) -> str:
    """A coordinate with two decimals at most."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def element(name: str, *content: str, **attributes: str | float | None) -> Markup:
    """`<name attributes>content</name>`; `class_` is class, `_` becomes `-`, None leaves an attribute out.

    Plain strings are escaped, Markup is taken as it is. A page draws some thousand of them: hence no template.
    """
    said = "".join(
        f' {_attribute(key)}="{number(value) if isinstance(value, int | float) else escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(map(escape, content))
    made = f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"
    return Markup(made)  # noqa: S704  every text and value in it was escaped above; names are our own


@cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def join(parts: Sequence[Markup]) -> Markup:
    """Parts one after the other."""
    return Markup("").join(parts)


def text(x: float, y: float, said: str, *, anchor: str | None = None, class_: str | None = None) -> Markup:
    """One line of text; `y` is its base line, `anchor` start (if None), middle or end."""
    classes = " ".join(part for part in (class_, f"at-{anchor}" if anchor else None) if part)
    return element("text", said, x=x, y=y, class_=classes or None)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str, *, closed: bool = False) -> Markup:
    """Points joined by straight lines."""
    return element("path", d=trace(points) + ("Z" if closed else ""), class_=class_)


def trace(points: Sequence[tuple[float, float]]) -> str:
    """The way from point to point as a path's data."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def picture(name: str, title: str, said: str, draw: Callable[[Size], Drawn]) -> Markup:
    """The chart in both sizes, each with its title and `said`, the finding, as its description.

    Args:
        name: unique in its page: the ids begin with it.
        title: what is drawn.
        said: one sentence: what it shows.
        draw: draws one size.

    Raises:
        ValueError: the name is not of lower case letters, digits and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a chart's name is of lower case letters, digits and hyphens")
    return join([_one(name, title, said, size, draw(size)) for size in SIZES])


def _one(name: str, title: str, said: str, size: Size, drawn: Drawn) -> Markup:
    head = f"{name}-{size.name}"
    return element(
        "svg",
        element("title", title, id=f"{head}-title"),
        element("desc", said, id=f"{head}-desc"),
        drawn.content,
        class_=f"chart chart-{size.name}",
        viewBox=f"0 0 {size.width} {number(drawn.height)}",
        role="img",
        aria_labelledby=f"{head}-title",
        aria_describedby=f"{head}-desc",
    )


def small(title: str, width: int, height: int, class_: str, *content: Markup) -> Markup:
    """A small drawing of one size, an icon or a sparkline, with its text alternative."""
    return element(
        "svg",
        element("title", title),
        *content,
        class_=class_,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_label=title,
    )
