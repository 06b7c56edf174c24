"""One case over time: a lane for each part of the pathway, with dates below and the baby's age above."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from services.reporting.charts.frame import (
    GAP,
    Plot,
    Sample,
    box_sample,
    inside,
    key,
    line_sample,
    month_axis,
    months_shown,
    shape,
    shape_sample,
)
from services.reporting.charts.scale import Scale, age_ticks, day_scale
from services.reporting.charts.svg import NARROW, Drawn, Size, element, join, line, picture, text
from services.reporting.charts.words import MINUS, count, long_date, width, wrap

MARKS = {"event": "diamond", "held": "circle", "missed": "cross"}
"""Shape of a mark by its kind."""

KINDS = {"event": "Event", "held": "Session held", "missed": "Session not held"}
STRETCHES = {"waiting": "Waiting", "working": "Under way", "paused": "Paused"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What happened on one day; `kind` a key of `KINDS`."""

    day: date
    label: str
    kind: str = "event"


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `first` up to `last` (None: still, at the end of the drawing); `kind` a key of `STRETCHES`."""

    first: date
    last: date | None
    label: str
    kind: str = "working"


@dataclass(frozen=True, slots=True)
class Lane:
    """One part of the pathway."""

    title: str
    marks: tuple[Mark, ...] = ()
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class Baby:
    """Whose age the upper axis tells; born or due on `origin`; the window closes on the second birthday."""

    origin: date
    born: bool
    closes_on: date | None = None


def finding(lanes: Sequence[Lane], at: date) -> str:
    """One sentence: since when, how many sessions were held and how many were not, and what is under way."""
    marks = [mark for lane in lanes for mark in lane.marks]
    stretches = [stretch for lane in lanes for stretch in lane.stretches]
    days = [mark.day for mark in marks] + [stretch.first for stretch in stretches]
    if not days:
        return "Nothing is known of this case on these dates."
    held, missed = (sum(mark.kind == kind for mark in marks) for kind in ("held", "missed"))
    open_ = [stretch.label for stretch in stretches if stretch.last is None or stretch.last > at]
    now = f"; on {long_date(at)}: {', '.join(open_)}" if open_ else ""
    return f"Since {long_date(min(days))}: {count(held, 'session', 'sessions')} held, {missed} not held{now}."


def case_timeline(name: str, title: str, lanes: Sequence[Lane], *, at: date, baby: Baby | None) -> Markup:
    """The lanes from the first day told to `at`, or to what lies later; nothing while nothing is known.

    Args:
        name: unique in its page.
        title: of which case, by its reference; never a name.
        lanes: from above: referral, assessment, programme, sessions, pauses.
        at: the day as at which all is told, drawn as a line.
        baby: None: no age is known.

    Raises:
        KeyError: a kind that has no shape.
    """
    said = finding(lanes, at)
    if not any(lane.marks or lane.stretches for lane in lanes):
        return Markup("")
    return picture(name, title, said, lambda size: _draw(size, lanes, at, baby))


def _span(lanes: Sequence[Lane], at: date) -> tuple[date, date]:
    days = [mark.day for lane in lanes for mark in lane.marks]
    days += [day for lane in lanes for each in lane.stretches for day in (each.first, each.last) if day is not None]
    return min(days), max([*days, at])


def _draw(size: Size, lanes: Sequence[Lane], at: date, baby: Baby | None) -> Drawn:
    first, last = _span(lanes, at)
    beside = size is not NARROW
    titles = [wrap(lane.title, size.letters, 0.24 * size.width) if beside else (lane.title,) for lane in lanes]
    left = GAP + max(width(each, size.letters) for lines in titles for each in lines) if beside else 4.0
    ages = () if baby is None else wrap(_age_title(baby), size.letters, size.width)
    top = size.line * (len(ages) + 1.4 if ages else 0.5)
    high = size.line * (2.2 if beside else 2.9)
    plot = Plot(size, left, size.width - 8, top, top + high * len(lanes))
    across = day_scale(first, last, plot.left + 6, plot.right - 6)
    parts = [text(0, size.letters + row * size.line, each) for row, each in enumerate(ages)]
    parts += [] if baby is None else _ages(plot, across, baby)
    parts += _lines(plot, across, at, baby)
    for index, (lane, lines) in enumerate(zip(lanes, titles, strict=True)):
        begin = plot.top + index * high
        parts.append(line(0, begin, plot.right, begin, "grid"))
        middle = begin + (high / 2 if beside else high * 0.66)
        base = middle - (len(lines) - 1) * size.line / 2 + size.letters * 0.35 if beside else begin + size.letters * 1.1
        parts += [text(0, base + row * size.line, each, class_="value") for row, each in enumerate(lines)]
        parts += _lane(across, lane, middle, last)
    months = months_shown(plot, first, last)
    parts.append(month_axis(plot, months, lambda day: across(day.toordinal()), level=plot.bottom))
    if not months:
        parts.append(text(plot.left, plot.bottom + 5 + size.letters, f"{long_date(first)} to {long_date(last)}"))
    drawn, low = key(size, plot.bottom + 2 * size.line + size.letters * 0.6, _key(lanes, baby, across, at))
    return Drawn(join([*parts, drawn]), low)


def _age_title(baby: Baby) -> str:
    return f"Baby: months from {'birth' if baby.born else 'the due date'}, {long_date(baby.origin)}"


def _ages(plot: Plot, across: Scale, baby: Baby) -> list[Markup]:
    size = plot.size
    level = plot.top - 6
    parts = [line(plot.left, level, plot.right, level, "axis")]
    most = max(1, int((plot.right - plot.left) / (width(f"{MINUS}00", size.letters) + GAP)))
    for months, day in age_ticks(baby.origin, *_ends(across), most):
        said = f"{months}".replace("-", MINUS)
        x, anchor = inside(size, across(day.toordinal()), width(said, size.letters))
        parts.append(line(across(day.toordinal()), level - 5, across(day.toordinal()), level, "axis"))
        parts.append(text(x, level - 9, said, anchor=anchor))
    return parts


def _ends(across: Scale) -> tuple[date, date]:
    return date.fromordinal(int(across.low)), date.fromordinal(int(across.high))


def _lane(across: Scale, lane: Lane, middle: float, last: date) -> list[Markup]:
    parts = []
    for stretch in lane.stretches:
        begin, end = across(stretch.first.toordinal()), across((stretch.last or last).toordinal())
        said = f"{stretch.label}: {long_date(stretch.first)} to "
        said += "now" if stretch.last is None else long_date(stretch.last)
        box = element("title", said)
        wide = max(end - begin, 2)
        parts.append(
            element("rect", box, x=begin, y=middle - 6, width=wide, height=12, class_=f"stretch {stretch.kind}")
        )
    for mark in lane.marks:
        x, y = across(mark.day.toordinal()), middle + (9 if mark.kind == "missed" else 0)
        told = f"{mark.label}: {long_date(mark.day)}"
        parts.append(shape(MARKS[mark.kind], x, y, f"dot {mark.kind}", said=told, radius=4.5))
    return parts


def _lines(plot: Plot, across: Scale, at: date, baby: Baby | None) -> list[Markup]:
    upright = [(at, "at")]
    if baby is not None:
        upright.append((baby.origin, "birth"))
        upright += [(baby.closes_on, "closes")] if baby.closes_on else []
    return [
        line(across(day.toordinal()), plot.top, across(day.toordinal()), plot.bottom, class_)
        for day, class_ in upright
        if across.holds(day.toordinal())
    ]


def _key(lanes: Sequence[Lane], baby: Baby | None, across: Scale, at: date) -> list[tuple[Sample, str]]:
    marks = {mark.kind for lane in lanes for mark in lane.marks}
    stretches = {stretch.kind for lane in lanes for stretch in lane.stretches}
    entries = [(shape_sample(MARKS[kind], f"dot {kind}"), said) for kind, said in KINDS.items() if kind in marks]
    entries += [(box_sample(f"stretch {kind}"), said) for kind, said in STRETCHES.items() if kind in stretches]
    entries.append((line_sample("at"), f"As at {long_date(at)}"))
    if baby is not None and across.holds(baby.origin.toordinal()):
        entries.append((line_sample("birth"), "Birth" if baby.born else "Due date"))
    if baby is not None and baby.closes_on and across.holds(baby.closes_on.toordinal()):
        entries.append((line_sample("closes"), "Second birthday"))
    return entries
