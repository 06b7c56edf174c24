"""Stretches of civil days, and what follows from who paused, resumed, abandoned or began again. Pure.

What belongs together stands in one stream; its versions decide what ends what, so no order of arrival matters.
"""

from collections.abc import Iterable
from datetime import date

Stretch = tuple[date | None, date | None]
"""From the first day to before the second; None: no bound on that side."""
Said = tuple[int, date]
"""Place in the stream, and the day that an event speaks of."""


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The same days as distinct stretches in order; those that overlap or touch become one, empty ones go."""
    filled = [(start or date.min, end or date.max) for start, end in stretches]
    found: list[list[date]] = []
    for start, end in sorted(each for each in filled if each[0] < each[1]):
        if found and start <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([start, end])
    return tuple((None if a == date.min else a, None if b == date.max else b) for a, b in found)


def between(begun: Iterable[Said], ended: Iterable[Said], days: Iterable[date] = ()) -> tuple[Stretch, ...]:
    """The days from each beginning to what ends it; open if nothing does.

    Args:
        begun: where stretches begin.
        ended: of these, the first that the stream says after a beginning ends it.
        days: of these, the first one after a beginning ends it too, wherever it was said.
    """
    ends, also = sorted(ended), sorted(days)
    stretches: list[Stretch] = []
    for version, start in begun:
        said = next((end for at, end in ends if at > version), None)
        shown = next((day for day in also if day > start), None)
        stretches.append((start, min(filter(None, (said, shown)), default=None)))
    return merged(stretches)


def without(stretches: Iterable[Stretch], start: date) -> tuple[Stretch, ...]:
    """The same days, less all from `start` on."""
    return merged((first, start if end is None or end > start else end) for first, end in stretches)


def covers(stretches: Iterable[Stretch], day: date) -> bool:
    """Whether a day lies in one of these stretches."""
    return any((start is None or start <= day) and (end is None or day < end) for start, end in stretches)
