"""Scales and ticks of the charts: plain arithmetic, no drawing."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count
from math import ceil, floor, log10

MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
"""Months between two ticks of an axis of dates; a step within a year begins in January."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values `low`..`high` to coordinates `start`..`end`, both in units of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The coordinate of `value`; the middle when all values are one. Values outside lie outside."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low)

    def holds(self, value: float) -> bool:
        """Whether `value` lies on the scale, its ends included."""
        return self.low <= value <= self.high


def nice_ticks(low: float, high: float, most: int = 6, *, whole: bool = False) -> tuple[float, ...]:
    """Round numbers (1, 2 or 5 times a power of ten apart) from at or below `low` to at or above `high`.

    At most `most` of them, as finely as that allows; whole numbers only if `whole`. One value alone gets room above.

    Raises:
        ValueError: `low` lies above `high`, or `most` is under 3 (zero between two signs is a third).
    """
    if low > high or most < 3:
        raise ValueError("ticks need low <= high and most >= 3")
    bottom, top = Fraction(low), Fraction(high)
    if bottom == top:
        top += 1
    spans = ((step, floor(bottom / step), ceil(top / step)) for step in _nice_steps((top - bottom) / most))
    step, first, last = next(
        (step, first, last) for step, first, last in spans if last - first < most and not (whole and step < 1)
    )
    return tuple(float(number * step) for number in range(first, last + 1))


def _nice_steps(least: Fraction) -> Iterator[Fraction]:
    for power in count(floor(log10(least)) - 1):
        for mantissa in (1, 2, 5):
            yield mantissa * Fraction(10) ** power


def month_after(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative), or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_ticks(first: date, last: date, most: int) -> tuple[date, ...]:
    """The firsts of months from `first` to `last`, every so many months that there are at most `most` of them."""
    begin = first if first.day == 1 else month_after(first.replace(day=1), 1)
    every = []
    while begin <= last:
        every.append(begin)
        begin = month_after(begin, 1)
    return tuple(day for _, day in _thinned([(day.year * 12 + day.month - 1, day) for day in every], most))


def age_ticks(origin: date, first: date, last: date, most: int) -> tuple[tuple[int, date], ...]:
    """(completed months since `origin`, the day) from `first` to `last`; before `origin` the months are negative."""
    nearest = (first.year - origin.year) * 12 + first.month - origin.month
    furthest = (last.year - origin.year) * 12 + last.month - origin.month
    every = [(months, month_after(origin, months)) for months in range(nearest, furthest + 1)]
    every = [(months, day) for months, day in every if first <= day <= last]
    return _thinned(every, most)


def _thinned(every: Sequence[tuple[int, date]], most: int) -> tuple[tuple[int, date], ...]:
    """Those whose count of months divides by the least step that leaves at most `most`."""
    steps = ([each for each in every if each[0] % step == 0] for step in MONTH_STEPS)
    return tuple(next((chosen for chosen in steps if len(chosen) <= most), every[:most]))


def day_scale(first: date, last: date, start: float, end: float) -> Scale:
    """A scale of civil dates, asked with `date.toordinal()`; one day alone gets a day on each side."""
    if first == last:
        first, last = first - timedelta(1), last + timedelta(1)
    return Scale(first.toordinal(), last.toordinal(), start, end)


def apart(places: Sequence[float], widths: Sequence[float], gap: float) -> list[int]:
    """Which labels (index), from the left, can be written centred at `places` (ascending) with `gap` between them."""
    kept: list[int] = []
    end = float("-inf")
    for index, (place, width) in enumerate(zip(places, widths, strict=True)):
        if place - width / 2 >= end:
            kept.append(index)
            end = place + width / 2 + gap
    return kept
