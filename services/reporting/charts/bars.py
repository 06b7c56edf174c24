"""Level bars, one or several series to a row, each with its figure and how many it rests on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from services.reporting.charts.cells import NONE
from services.reporting.charts.frame import GAP, box_sample, key, line_sample, notes
from services.reporting.charts.scale import Scale
from services.reporting.charts.svg import NARROW, Drawn, Size, element, join, line, picture, text
from services.reporting.charts.words import figure, width, wrap
from services.reporting.tables import HIDDEN

MOST_SERIES = 4
"""So many fillings can be told from one another without colour."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `value` None is not known, or hidden if so said; `n` how many it rests on, None: not told."""

    value: float | None
    n: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side under one label, one bar a series."""

    label: str
    bars: tuple[Bar, ...]


def finding(rows: Sequence[Row], *, show: Callable[[float], str] = figure, series: int = 0) -> str:
    """One sentence: the longest and the shortest bar of a series."""
    known = [(row.bars[series].value or 0.0, row.label) for row in rows if row.bars[series].value is not None]
    if not known:
        return "There is no figure to draw yet."
    most, least = max(known, key=lambda each: each[0]), min(known, key=lambda each: each[0])
    if len(known) == 1:
        return f"{most[1]}: {show(most[0])}."
    if most[0] == least[0]:
        return f"All are the same: {show(most[0])}."
    return f"Highest: {most[1]} ({show(most[0])}); lowest: {least[1]} ({show(least[0])})."


def bars(
    name: str,
    title: str,
    rows: Sequence[Row],
    *,
    series: Sequence[str] = (),
    show: Callable[[float], str] = figure,
    highest: float | None = None,
    target: tuple[float, str] | None = None,
    said: str | None = None,
) -> Markup:
    """Level bars from nought; nothing while no value is known.

    Args:
        name: unique in its page.
        title: what is counted, of whom.
        rows: in the order in which they are drawn.
        series: names of the bars of a row when there are several (four at most).
        show: writes a value.
        highest: end of the scale; None: the highest value.
        target: a value with its name, drawn as an upright line.
        said: the finding; None: `finding` of the first series.

    Raises:
        ValueError: a value below nought, rows of different length, or more series than can be told apart.
    """
    if any(bar.value is not None and bar.value < 0 for row in rows for bar in row.bars):
        raise ValueError("bars begin at nought: no value lies below it")
    if len({len(row.bars) for row in rows}) > 1 or any(len(row.bars) > MOST_SERIES for row in rows):
        raise ValueError("every row has the same series, four at most")
    said = finding(rows, show=show) if said is None else said
    known = [bar.value for row in rows for bar in row.bars if bar.value is not None]
    if not known:
        return Markup("")
    top = max([*known, *([target[0]] if target else []), *([highest] if highest is not None else [])]) or 1.0
    return picture(name, title, said, _Bars(rows, series, show, top, target).draw)


@dataclass(frozen=True, slots=True)
class _Bars:
    rows: Sequence[Row]
    series: Sequence[str]
    show: Callable[[float], str]
    top: float
    target: tuple[float, str] | None

    def draw(self, size: Size) -> Drawn:
        beside = size is not NARROW
        room = 0.34 * size.width if beside else size.width
        labels = [wrap(row.label, size.letters, room - GAP) for row in self.rows]
        left = GAP + max(width(each, size.letters) for lines in labels for each in lines or ("",)) if beside else 1.0
        figures = max(width(self._figure(bar), size.letters) for row in self.rows for bar in row.bars)
        across = Scale(0, self.top, left, size.width - figures - GAP)
        parts: list[Markup] = []
        y = 4.0
        for row, lines in zip(self.rows, labels, strict=True):
            end = y + len(lines) * size.line
            above = [text(0, y + size.letters + at * size.line, each, class_="value") for at, each in enumerate(lines)]
            parts += above
            y = self._row(size, across, y if beside else end + 2, row, parts)
            y = max(y, end) + size.letters * 0.6
        parts.append(line(left, 0, left, y, "axis"))
        entries = [(box_sample(f"series-{number + 1}"), each) for number, each in enumerate(self.series)]
        if self.target is not None:
            # below the texts, which keep a halo, and above the bars
            parts.insert(0, line(across(self.target[0]), 0, across(self.target[0]), y, "target"))
            entries.append((line_sample("target"), f"{self.target[1]}: {self.show(self.target[0])}"))
        drawn, low = key(size, y, entries)
        counted = any(bar.n is not None for row in self.rows for bar in row.bars)
        said = ["n: how many the figure rests on."] if counted else []
        if any(bar.hidden for row in self.rows for bar in row.bars):
            said.append(f"{HIDDEN} hidden: it rests on fewer than 5, or would give such a number away.")
        below, low = notes(size, low, said)
        return Drawn(join([*parts, drawn, below]), low)

    def _row(self, size: Size, across: Scale, y: float, row: Row, parts: list[Markup]) -> float:
        """Adds a row's bars to `parts`, one below the other; where they end."""
        high = size.letters * 1.2
        for number, bar in enumerate(row.bars):
            end = across(bar.value or 0)
            if bar.value is not None:
                wide = end - across.start
                parts.append(
                    element("rect", x=across.start, y=y, width=wide, height=high, class_=f"series-{number + 1}")
                )
            parts.append(text(end + GAP / 2, y + size.letters, self._figure(bar), class_="value"))
            y += high + 3
        return y

    def _figure(self, bar: Bar) -> str:
        value = HIDDEN if bar.hidden else NONE if bar.value is None else self.show(bar.value)
        return value if bar.n is None else f"{value} (n {bar.n:,})"
