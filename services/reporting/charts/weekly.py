"""Waits by week as columns: the shape behind a median, and how many lie beyond the target."""

from collections.abc import Sequence

from markupsafe import Markup

from services.reporting.charts.frame import box_sample, key, line_sample, notes, number_axis, plot_of, value_axis
from services.reporting.charts.scale import Scale, nice_ticks
from services.reporting.charts.svg import Drawn, Size, element, join, line, picture
from services.reporting.charts.words import count, figure, percent


def finding(counts: Sequence[int], *, target_weeks: int | None) -> str:
    """One sentence: how many waits, and how many of them lie within the target."""
    total = sum(counts)
    if total == 0:
        return "Nobody waited."
    said = f"{count(total, 'wait', 'waits')}"
    if target_weeks is None:
        return f"{said}, most often in week {max(range(len(counts)), key=counts.__getitem__) + 1}."
    within = sum(counts[:target_weeks])
    return f"{said}: {within:,} ({percent(within / total)}) within {count(target_weeks, 'week', 'weeks')}."


def weekly_bands(
    name: str, title: str, counts: Sequence[int], *, target_weeks: int | None = None, last_is_open: bool = False
) -> Markup:
    """A column a week, those beyond the target outlined; nothing while nobody waited.

    Args:
        name: unique in its page.
        title: which waits, ended or still waiting: never both in one.
        counts: waits of the first week, the second, ...
        target_weeks: so many weeks are within the target; None: there is none.
        last_is_open: the last column holds all that waited so long or longer.

    Raises:
        ValueError: a count is below nought.
    """
    if any(number < 0 for number in counts):
        raise ValueError("nobody counts below nought")
    said = finding(counts, target_weeks=target_weeks)
    if sum(counts) == 0:
        return Markup("")
    return picture(name, title, said, lambda size: _draw(size, counts, target_weeks, last_is_open))


def _draw(size: Size, counts: Sequence[int], target: int | None, last_is_open: bool) -> Drawn:
    levels = nice_ticks(0, max(counts), 5, whole=True)
    plot = plot_of(size, [figure(level) for level in levels])
    weeks = max(len(counts), target or 0)
    across = Scale(0, weeks, plot.left, plot.right)
    up = Scale(0, levels[-1], plot.bottom, plot.top)
    wide = across(1) - across(0)
    gap = 1.5 if wide > 6 else 0
    parts = [value_axis(plot, up, levels, figure, "Waits")]
    for week, number in enumerate(counts):
        if number:
            kind = "column" if target is None or week < target else "column-beyond"
            high = plot.bottom - up(number)
            parts.append(
                element("rect", x=across(week) + gap / 2, y=up(number), width=wide - gap, height=high, class_=kind)
            )
    entries = [(box_sample("column"), "Waits" if target is None else "Within the target")]
    if target is not None:
        parts.append(line(across(target), plot.top, across(target), plot.bottom, "target"))
        entries.append((box_sample("column-beyond"), "Beyond it"))
        entries.append((line_sample("target"), f"Target: {count(target, 'week', 'weeks')}"))
    ticks = [tick for tick in nice_ticks(0, weeks, 9, whole=True) if tick <= weeks]
    parts.append(number_axis(plot, across, ticks, lambda week: f"{week:g}"))
    drawn, low = key(size, plot.bottom + size.line + size.letters, entries)
    said = ["Across: weeks waited."]
    if last_is_open:
        said.append(f"The last column holds all of {len(counts) - 1} weeks or more.")
    below, low = notes(size, low, said)
    return Drawn(join([*parts, drawn, below]), low)
