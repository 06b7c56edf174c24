"""XmR chart: points by month, their mean and limits, anew after each recalculation, and the target.

Rules and wording: Making Data Count (docs/metrics.md); a point's shape tells its variation as well as its colour.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from services.reporting.charts.frame import (
    Plot,
    Sample,
    key,
    line_sample,
    month_axis,
    months_shown,
    notes,
    plot_of,
    shape,
    shape_sample,
    value_axis,
)
from services.reporting.charts.scale import Scale, month_after, nice_ticks
from services.reporting.charts.svg import Drawn, Size, join, line, path, picture
from services.reporting.charts.words import count, figure
from services.reporting.statistics.xmr import Segment, Variation, Xmr

SHAPES = {
    Variation.COMMON_CAUSE: "circle",
    Variation.IMPROVEMENT: "square",
    Variation.CONCERN: "triangle",
    Variation.NEUTRAL_HIGH: "diamond",
    Variation.NEUTRAL_LOW: "diamond",
}
"""Shape of a point by its variation."""

CLASSES = {
    Variation.COMMON_CAUSE: "dot common",
    Variation.IMPROVEMENT: "dot improvement",
    Variation.CONCERN: "dot concern",
    Variation.NEUTRAL_HIGH: "dot neutral",
    Variation.NEUTRAL_LOW: "dot neutral",
}

_TITLES = {
    "circle": "Usual variation",
    "square": "Improvement",
    "triangle": "Concern",
    "diamond": "Unusual, neither better nor worse",
}

_FINDINGS = {
    Variation.COMMON_CAUSE: "usual variation, no sign of change",
    Variation.IMPROVEMENT: "unusual, a sign of improvement",
    Variation.CONCERN: "unusual, a sign of concern",
    Variation.NEUTRAL_HIGH: "unusually high, neither better nor worse",
    Variation.NEUTRAL_LOW: "unusually low, neither better nor worse",
}


def finding(months: Sequence[date], found: Xmr, *, show: Callable[[float], str] = figure) -> str:
    """One sentence: the latest value beside its mean, and what the run of points says."""
    known = [
        (month, each, each.value, each.mean)
        for month, each in zip(months, found.points, strict=True)
        if each.value is not None and each.mean is not None
    ]
    if not known:
        return "There is no month to draw yet."
    month, last, value, mean = known[-1]
    if len(known) == 1:
        return f"One month so far: {show(value)} in {month:%B %Y}."
    before = sum(each.variation is not Variation.COMMON_CAUSE for _, each, _, _ in known[:-1])
    earlier = f"; {count(before, 'earlier month was', 'earlier months were')} unusual" if before else ""
    return f"{month:%B %Y}: {show(value)}, mean {show(mean)}: {_FINDINGS[last.variation]}{earlier}."


def xmr_chart(
    name: str,
    title: str,
    months: Sequence[date],
    found: Xmr,
    *,
    axis: str,
    show: Callable[[float], str] = figure,
    target: float | None = None,
    reasons: Sequence[str] = (),
    floor: float | None = None,
) -> Markup:
    """The series of a metric by month; nothing while no month has a value.

    Args:
        name: unique in its page.
        title: what is measured.
        months: the first day of each point's month, ascending, one apart.
        found: the points and what stands behind them, as many as months.
        axis: the unit, written above the upright axis.
        show: writes a value.
        target: a level line.
        reasons: why mean and limits begin anew, of each segment after the first, as the person who did it wrote.
        floor: least possible value (0 of a count): a limit below it is not drawn, no point can pass it.

    Raises:
        ValueError: months and points, or reasons and recalculations, differ in number, or a month is left out.
    """
    if len(months) != len(found.points):
        raise ValueError("every point has its month")
    if any(each != month_after(months[0].replace(day=1), number) for number, each in enumerate(months)):
        raise ValueError("a series has the first day of each month, one after the other")
    if len(reasons) != max(len(found.segments) - 1, 0):
        raise ValueError("every recalculation has its reason")
    if all(each.value is None for each in found.points):
        return Markup("")
    chart = _Chart(months, found, axis, show, target, reasons, floor)
    return picture(name, title, finding(months, found, show=show), chart.draw)


@dataclass(frozen=True, slots=True)
class _Chart:
    months: Sequence[date]
    found: Xmr
    axis: str
    show: Callable[[float], str]
    target: float | None
    reasons: Sequence[str]
    floor: float | None

    def draw(self, size: Size) -> Drawn:
        values = list(self._drawn())
        whole = all(each.value is None or each.value.is_integer() for each in self.found.points)
        ticks = nice_ticks(min(values), max(values), 7, whole=whole)
        plot = plot_of(size, [self.show(tick) for tick in ticks])
        across = Scale(0, max(len(self.months) - 1, 1), plot.left + 8, plot.right - 8)
        up = Scale(ticks[0], ticks[-1], plot.bottom, plot.top)
        places = {month: place for place, month in enumerate(self.months)}
        shown = months_shown(plot, self.months[0], self.months[-1]) or self.months[:1]
        parts = [
            value_axis(plot, up, ticks, self.show, self.axis),
            month_axis(plot, shown, lambda day: across(places[day]), level=plot.bottom),
            *(part for segment in self.found.segments for part in self._segment(segment, plot, across, up)),
            *([] if self.target is None else [line(plot.left, up(self.target), plot.right, up(self.target), "target")]),
            *(path(run, "joining") for run in self._runs(across, up) if len(run) > 1),
            *self._points(across, up),
        ]
        drawn, low = key(size, plot.bottom + 2 * size.line + size.letters * 0.6, self._key())
        below, low = notes(size, low, self._notes())
        return Drawn(join([*parts, drawn, below]), low)

    def _drawn(self) -> Iterator[float]:
        """Every value that must find room on the upright axis."""
        for each in self.found.points:
            yield from (value for value in (each.value, each.mean) if value is not None)
        for segment in self.found.segments:
            yield from self._limits(segment)
        yield from (value for value in (self.target, self.floor) if value is not None)

    def _limits(self, segment: Segment) -> list[float]:
        limits = [limit for limit in (segment.lower, segment.upper) if limit is not None]
        return [limit for limit in limits if self.floor is None or limit >= self.floor]

    def _segment(self, segment: Segment, plot: Plot, across: Scale, up: Scale) -> Iterator[Markup]:
        left, right = across(segment.first) - 6, across(segment.last) + 6
        if segment.mean is not None:
            yield line(left, up(segment.mean), right, up(segment.mean), "mean")
        for limit in self._limits(segment):
            yield line(left, up(limit), right, up(limit), "limit")
        if segment.first:
            middle = (across(segment.first - 1) + across(segment.first)) / 2
            yield line(middle, plot.top, middle, plot.bottom, "rebase")

    def _runs(self, across: Scale, up: Scale) -> list[list[tuple[float, float]]]:
        """Points that are joined: neighbours in one segment, none missing between them."""
        runs: list[list[tuple[float, float]]] = []
        for segment in self.found.segments:
            runs.append([])
            for place in range(segment.first, segment.last + 1):
                value = self.found.points[place].value
                if value is None:
                    runs.append([])
                else:
                    runs[-1].append((across(place), up(value)))
        return runs

    def _points(self, across: Scale, up: Scale) -> Iterator[Markup]:
        for place, (month, each) in enumerate(zip(self.months, self.found.points, strict=True)):
            if each.value is not None:
                said = f"{month:%B %Y}: {self.show(each.value)}"
                kind, class_ = SHAPES[each.variation], CLASSES[each.variation]
                yield shape(kind, across(place), up(each.value), class_, said=said)

    def _key(self) -> list[tuple[Sample, str]]:
        met = {
            (SHAPES[each.variation], CLASSES[each.variation]) for each in self.found.points if each.value is not None
        }
        entries = [(shape_sample(kind, class_), _TITLES[kind]) for kind, class_ in sorted(met)]
        last = self.found.segments[-1]
        limits = self._limits(last)
        if last.mean is not None:
            entries.append((line_sample("mean"), f"Mean {self.show(last.mean)}"))
        if len(limits) == 2:
            entries.append((line_sample("limit"), f"Limits {self.show(limits[0])} to {self.show(limits[1])}"))
        elif limits:
            entries.append((line_sample("limit"), f"Upper limit {self.show(limits[0])}"))
        if self.target is not None:
            entries.append((line_sample("target"), f"Target {self.show(self.target)}"))
        if self.reasons:
            entries.append((line_sample("rebase"), "Recalculated"))
        return entries

    def _notes(self) -> list[str]:
        begun = self.found.segments[1:]
        said = [
            f"Recalculated from {self.months[segment.first]:%B %Y}: {reason}"
            for segment, reason in zip(begun, self.reasons, strict=True)
        ]
        if self.found.trial:
            said.append("Trial limits: fewer than 12 points.")
        return [*said, self.found.method]
