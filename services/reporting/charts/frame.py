"""What the charts share: the plot's place, its axes, the shapes of points, the key and the notes below."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from services.reporting.charts.scale import Scale, apart, month_ticks
from services.reporting.charts.svg import Size, element, join, line, path, text, trace
from services.reporting.charts.words import width, wrap

GAP = 8.0
"""Least room between two texts, in units of the drawing."""


OUTLINES: Mapping[str, Sequence[Sequence[tuple[float, float]]]] = {
    "triangle": [[(0, -1.2), (1.2, 0.9), (-1.2, 0.9)]],
    "diamond": [[(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]],
    "cross": [[(-1, -1), (1, 1)], [(1, -1), (-1, 1)]],
}
"""Strokes of the shapes that are neither circle nor square, in radii from the middle."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the data is drawn: coordinates of its edges."""

    size: Size
    left: float
    right: float
    top: float
    bottom: float


def plot_of(size: Size, labels: Iterable[str], *, top_lines: int = 1) -> Plot:
    """A plot with room for the labels of its upright axis, and for so many lines of text above it."""
    left = max((width(label, size.letters) for label in labels), default=0) + GAP
    top = top_lines * size.line + size.letters * 0.8
    return Plot(size, left, size.width - 16, top, top + size.height)


def value_axis(plot: Plot, scale: Scale, ticks: Sequence[float], show: Callable[[float], str], title: str) -> Markup:
    """Level lines with their numbers to the left, and the axis' title above, unturned."""
    parts = [text(0, plot.size.letters, title, class_="axis-title")]
    for tick in ticks:
        level = scale(tick)
        parts.append(line(plot.left, level, plot.right, level, "grid"))
        parts.append(text(plot.left - GAP / 2, level + plot.size.letters * 0.35, show(tick), anchor="end"))
    return join(parts)


def number_axis(plot: Plot, scale: Scale, ticks: Sequence[float], show: Callable[[float], str]) -> Markup:
    """The lower axis with numbers; those that would touch are left out."""
    parts = [line(plot.left, plot.bottom, plot.right, plot.bottom, "axis")]
    labels = [show(tick) for tick in ticks]
    places = [scale(tick) for tick in ticks]
    for index in apart(places, [width(label, plot.size.letters) for label in labels], GAP):
        parts.append(line(places[index], plot.bottom, places[index], plot.bottom + 5, "axis"))
        x, anchor = inside(plot.size, places[index], width(labels[index], plot.size.letters))
        parts.append(text(x, plot.bottom + 5 + plot.size.letters, labels[index], anchor=anchor))
    return join(parts)


def month_axis(plot: Plot, months: Sequence[date], place: Callable[[date], float], *, level: float) -> Markup:
    """Ticks at the months given; the year is written below the first and below each January (or first of its year)."""
    parts = [line(plot.left, level, plot.right, level, "axis")]
    year = None
    for month in months:
        x = place(month)
        parts.append(line(x, level, x, level + 5, "axis"))
        at, anchor = inside(plot.size, x, width("0000", plot.size.letters))
        parts.append(text(at, level + 5 + plot.size.letters, f"{month:%b}", anchor=anchor))
        if month.year != year:
            parts.append(text(at, level + 5 + plot.size.letters + plot.size.line, str(month.year), anchor=anchor))
        year = month.year
    return join(parts)


def months_shown(plot: Plot, first: date, last: date) -> tuple[date, ...]:
    """As many months as can be written side by side; the first one if there is no other."""
    most = max(1, int((plot.right - plot.left) / (width("0000", plot.size.letters) + GAP)))
    return month_ticks(first, last, most)


def inside(size: Size, x: float, wide: float) -> tuple[float, str | None]:
    """Where, and by what, a centred text of that width is anchored so that it stays in the drawing."""
    if x + wide / 2 > size.width:
        return size.width, "end"
    if x - wide / 2 < 0:
        return 0, None
    return x, "middle"


def shape(kind: str, x: float, y: float, class_: str, *, said: str | None = None, radius: float = 5) -> Markup:
    """A point: circle, square, triangle, diamond or cross, so that colour is never the only difference."""
    inner = () if said is None else (element("title", said),)
    r = radius
    if kind == "circle":
        return element("circle", *inner, cx=x, cy=y, r=r, class_=class_)
    if kind == "square":
        return element("rect", *inner, x=x - r, y=y - r, width=2 * r, height=2 * r, class_=class_)
    said_by = "".join(trace([(x + right * r, y + down * r) for right, down in stroke]) for stroke in OUTLINES[kind])
    return element("path", *inner, d=said_by + ("" if kind == "cross" else "Z"), class_=class_)


Sample = Callable[[float, float], Markup]
"""Draws a key's sample, about 20 wide, with its middle at (x, y)."""


def line_sample(class_: str) -> Sample:
    """A piece of a line."""
    return lambda x, y: line(x - 10, y, x + 10, y, class_)


def shape_sample(kind: str, class_: str) -> Sample:
    """A point."""
    return lambda x, y: shape(kind, x, y, class_)


def box_sample(class_: str) -> Sample:
    """A piece of an area."""
    return lambda x, y: element("rect", x=x - 9, y=y - 6, width=18, height=12, class_=class_)


def key(size: Size, top: float, entries: Sequence[tuple[Sample, str]]) -> tuple[Markup, float]:
    """The key, in as many lines as it needs; and where it ends."""
    parts: list[Markup] = []
    x, y = 0.0, top + size.line
    for sample, label in entries:
        lines = wrap(label, size.letters, size.width - 28)
        wide = 28 + max((width(each, size.letters) for each in lines), default=0)
        if x > 0 and x + wide > size.width:
            x, y = 0.0, y + size.line * 1.1
        parts.append(sample(x + 11, y - size.letters * 0.35))
        for row, each in enumerate(lines):
            parts.append(text(x + 28, y + row * size.line, each))
        x += wide + 2 * GAP
        if len(lines) > 1:
            x, y = size.width, y + (len(lines) - 1) * size.line
    return join(parts), y + GAP if entries else top


def notes(size: Size, top: float, said: Sequence[str]) -> tuple[Markup, float]:
    """Sentences below a chart, in lines; and where they end."""
    lines = [each for sentence in said for each in wrap(sentence, size.letters, size.width)]
    parts = [text(0, top + (row + 1) * size.line, each, class_="note") for row, each in enumerate(lines)]
    return join(parts), top + len(lines) * size.line + GAP if lines else top


def steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A curve that keeps its level until the next point: level first, then up or down."""
    drawn = [points[0]] if points else []
    for x, y in points[1:]:
        drawn += [(x, drawn[-1][1]), (x, y)]
    return drawn


def band(above: Sequence[tuple[float, float]], below: Sequence[tuple[float, float]], class_: str) -> Markup:
    """The area between two curves."""
    return path([*above, *reversed(below)], class_, closed=True)
