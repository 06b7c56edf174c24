"""Kaplan-Meier: the share who have started by each day, with its confidence band; those still waiting count too."""

from collections.abc import Sequence

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
from services.reporting.statistics.kaplan_meier import MILESTONES, Curve, Share


def finding(curve: Curve) -> str:
    """One sentence: when half had started, and how many by each day looked at."""
    if curve.n == 0:
        return "Nobody waited, so there is no curve to draw."
    half = "fewer than half had started" if curve.median is None else f"half had started by day {curve.median}"
    started = [(day, found) for day in MILESTONES if (found := curve.share_started(day)) is not None]
    by_day = ", ".join(f"{percent(each.share)} by day {day}{_limits(each)}" for day, each in started)
    known = f"; {by_day}" if by_day else ""
    key = " (in brackets: 95% confidence limits)" if any(_limits(each) for _, each in started) else ""
    return f"Of {count(curve.n, 'wait', 'waits')}, {half}{known}{key}."


def _limits(found: Share) -> str:
    """In brackets; nothing where nobody or everybody has started: there the limits would be the share itself."""
    return "" if found.lower == found.upper else f" ({percent(found.lower)} to {percent(found.upper)})"


def survival_curve(name: str, title: str, curve: Curve, *, until: int | None = None) -> Markup:
    """Share started by day, rising in steps; dotted lines at 4, 12 and 18 weeks. Nothing while nobody waited.

    Args:
        name: unique in its page.
        title: which wait of whom.
        curve: what is drawn; so far as the longest wait, ended or not.
        until: the last day drawn; None: the longest wait.
    """
    if curve.n == 0:
        return Markup("")
    longest = curve.steps[-1].day
    last = longest if until is None else min(longest, until)
    points = [(0.0, 0.0, 0.0, 0.0)]
    points += [
        (each.day, 1 - each.share_still_waiting, 1 - each.upper, 1 - each.lower)
        for each in curve.steps
        if each.day <= last
    ]
    points.append((last, *points[-1][1:]))

    def draw(size: Size) -> Drawn:
        return _draw(size, points, last=last, median=curve.median, longest=longest)

    return picture(name, title, finding(curve), draw)


def _draw(
    size: Size,
    points: Sequence[tuple[float, float, float, float]],
    *,
    last: int,
    median: int | None,
    longest: int,
) -> Drawn:
    shares = (0, 0.25, 0.5, 0.75, 1)
    plot = plot_of(size, [percent(each) for each in shares])
    furthest = max(last, *MILESTONES)
    across = Scale(0, furthest, plot.left, plot.right)
    up = Scale(0, 1, plot.bottom, plot.top)
    parts = [
        value_axis(plot, up, shares, percent, "Share who have started"),
        band(
            steps([(across(day), up(upper)) for day, _, _, upper in points]),
            steps([(across(day), up(lower)) for day, _, lower, _ in points]),
            "confidence",
        ),
        *(line(across(day), plot.top, across(day), plot.bottom, "mark") for day in MILESTONES),
        *_median(plot, across, up, median),
        path(steps([(across(day), up(share)) for day, share, _, _ in points]), "curve"),
        number_axis(plot, across, axis_days(furthest), lambda day: f"{day:g}"),
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


def _median(plot: Plot, across: Scale, up: Scale, median: int | None) -> list[Markup]:
    if median is None or not across.holds(median):
        return []
    x, y = across(median), up(0.5)
    return [path([(plot.left, y), (x, y), (x, plot.bottom)], "median")]


def axis_days(furthest: int) -> tuple[int, ...]:
    """Days written below: nought, those looked at, and every 18 weeks after them to the end."""
    return (0, *MILESTONES, *range(2 * MILESTONES[-1], furthest + 1, MILESTONES[-1]))
