"""Kaplan-Meier: the share who have started by each day, with its confidence band; those still waiting count too."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from markupsafe import Markup

from services.reporting.charts.frame import (
    Plot,
    band,
    box_sample,
    key,
    line_sample,
    notes,
    number_axis,
    plot_of,
    steps,
    value_axis,
)
from services.reporting.charts.scale import Scale
from services.reporting.charts.svg import Drawn, Size, join, line, path, picture
from services.reporting.charts.words import count, percent

MARKS = (28, 84, 126)
"""Days of wait that are looked at: 4, 12 and 18 weeks."""


class Step(Protocol):
    """From this day on so large a share still waits."""

    @property
    def day(self) -> int:
        """Days since the wait began."""

    @property
    def share_still_waiting(self) -> float:
        """From 0 to 1; so are its limits."""

    @property
    def lower(self) -> float:
        """Lower confidence limit."""

    @property
    def upper(self) -> float:
        """Upper confidence limit."""


class Started(NamedTuple):
    """The share who have started by a day, 0 to 1, with its 95% confidence limits."""

    day: int
    share: float
    lower: float
    upper: float


def finding(families: int, median: float | None, started: Sequence[Started]) -> str:
    """One sentence: when half had started, and how many by each day looked at."""
    if families == 0:
        return "Nobody waited, so there is no curve to draw."
    half = "fewer than half had started" if median is None else f"half had started by day {median:g}"
    by_day = "; ".join(
        f"{percent(each.share)} by day {each.day} (95% confidence interval {percent(each.lower)} to "
        f"{percent(each.upper)})"
        for each in started
    )
    return f"Of {count(families, 'wait', 'waits')}, {half}{': ' if by_day else ''}{by_day}."


def survival_curve(
    name: str,
    title: str,
    curve: Sequence[Step],
    *,
    families: int,
    median: float | None,
    started: Sequence[Started],
    longest: int,
    until: int | None = None,
) -> Markup:
    """Share started by day, rising in steps; dotted lines at the days of `started`. Nothing while nobody waited.

    Args:
        name: unique in its page.
        title: which wait of whom.
        curve: the estimator's steps, ascending by day.
        families: how many waits the curve rests on.
        median: days; None: half had not started.
        started: what is said of single days.
        longest: days of the longest wait, ended or not: so far the curve goes.
        until: the last day drawn; None: the longest wait.
    """
    said = finding(families, median, started)
    if families == 0:
        return Markup("")
    last = min(longest, until) if until is not None else longest
    points = [(0.0, 0.0, 0.0, 0.0)]
    points += [
        (each.day, 1 - each.share_still_waiting, 1 - each.upper, 1 - each.lower) for each in curve if each.day <= last
    ]
    points.append((last, *points[-1][1:]))

    def draw(size: Size) -> Drawn:
        return _draw(size, points, last=last, days=[each.day for each in started], median=median, longest=longest)

    return picture(name, title, said, draw)


def _draw(
    size: Size,
    points: Sequence[tuple[float, float, float, float]],
    *,
    last: int,
    days: Sequence[int],
    median: float | None,
    longest: int,
) -> Drawn:
    shares = (0, 0.25, 0.5, 0.75, 1)
    plot = plot_of(size, [percent(each) for each in shares])
    furthest = max(last, *days, 1) if days else max(last, 1)
    across = Scale(0, furthest, plot.left, plot.right)
    up = Scale(0, 1, plot.bottom, plot.top)
    parts = [
        value_axis(plot, up, shares, percent, "Share who have started"),
        band(
            steps([(across(day), up(upper)) for day, _, _, upper in points]),
            steps([(across(day), up(lower)) for day, _, lower, _ in points]),
            "confidence",
        ),
        *(line(across(day), plot.top, across(day), plot.bottom, "mark") for day in days),
        *_median(plot, across, up, median),
        path(steps([(across(day), up(share)) for day, share, _, _ in points]), "curve"),
        number_axis(plot, across, axis_days(furthest, days), lambda day: f"{day:g}"),
    ]
    entries = [
        (line_sample("curve"), "Share started"),
        (box_sample("confidence"), "95% confidence band"),
        (line_sample("mark"), "Days looked at"),
    ]
    if median is not None and median <= furthest:
        entries.append((line_sample("median"), "Half had started"))
    drawn, low = key(size, plot.bottom + size.line + size.letters, entries)
    said = ["Across: days since the wait began."]
    if longest > last:
        said.append(f"Drawn to day {last}; the longest wait is {longest} days.")
    below, low = notes(size, low, said)
    return Drawn(join([*parts, drawn, below]), low)


def _median(plot: Plot, across: Scale, up: Scale, median: float | None) -> list[Markup]:
    if median is None or not across.holds(median):
        return []
    x, y = across(median), up(0.5)
    return [path([(plot.left, y), (x, y), (x, plot.bottom)], "median")]


def axis_days(furthest: int, days: Sequence[int]) -> tuple[int, ...]:
    """Days written below: none, those looked at, and every so often after the last of these to the end."""
    if not days:
        days = MARKS
    after = range(2 * days[-1], furthest + 1, days[-1])
    return (0, *(day for day in days if day <= furthest), *after)
