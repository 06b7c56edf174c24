"""The four rules by which a value on an XmR chart is special cause, as NHSRplotthedots reads Making Data Count."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

RUN = 7  # values

LIMIT_FACTOR = Fraction("2.66")  # of the mean moving range: 3 standard deviations
NEAR_FACTOR = LIMIT_FACTOR * 2 / 3

Directions = dict["Signal", bool]
"""The rules that a value breaks, and whether upwards."""


class Signal(StrEnum):
    """Rules in order of precedence: a value that breaks several is labelled with the first."""

    OUTSIDE = "outside"
    """Beyond a limit; on it is not beyond."""
    TREND = "trend"
    """One of at least 7 consecutive values that all rise or all fall (6 differences; equal neighbours end it)."""
    TWO_OF_THREE = "two_of_three"
    """Beyond the near line but within the limit, as one of at least two such among 3 consecutive values on one side."""
    SHIFT = "shift"
    """One of at least 7 consecutive values on one side of the mean (a value on the mean ends it)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean of a segment's values and of its moving ranges; no mean range with fewer than two values."""

    mean: Fraction
    mean_range: Fraction | None

    def at(self, factor: Fraction) -> Fraction | None:
        """The line at this multiple of the mean range from the mean; None without ranges."""
        return None if self.mean_range is None else self.mean + factor * self.mean_range


def signals(values: Sequence[Fraction], spread: Spread) -> list[Directions]:
    """For each value the rules it breaks. Whole runs are marked, from their first value on.

    Source: domain 3.6; NHSRplotthedots `ptd_special_cause_type`, with one difference: a value that ends one trend and
    begins another takes the direction of the later one even where the two touch without a difference.
    """
    found: list[Directions] = [{} for _ in values]
    sides = [_sign(value - spread.mean) for value in values]
    for place, side in enumerate(sides):
        if _beyond(values[place], spread, LIMIT_FACTOR):
            found[place][Signal.OUTSIDE] = side > 0
    for place, way in _in_runs([_sign(other - one) for one, other in pairwise(values)], RUN - 1):
        for each in (place, place + 1):
            found[each][Signal.TREND] = way > 0
    for place in _two_of_three(values, sides, spread):
        found[place][Signal.TWO_OF_THREE] = sides[place] > 0
    for place, side in _in_runs(sides, RUN):
        found[place][Signal.SHIFT] = side > 0
    return found


def _sign(number: Fraction) -> int:
    return (number > 0) - (number < 0)


def _beyond(value: Fraction, spread: Spread, factor: Fraction) -> bool:
    return spread.mean_range is not None and abs(value - spread.mean) > factor * spread.mean_range


def _in_runs(signs: Sequence[int], least: int) -> list[tuple[int, int]]:
    """Places, with their sign, that lie in a run of at least so many equal signs other than 0."""
    found: list[tuple[int, int]] = []
    start = 0
    for place in range(1, len(signs) + 1):
        if place == len(signs) or signs[place] != signs[start]:
            if signs[start] != 0 and place - start >= least:
                found += [(each, signs[start]) for each in range(start, place)]
            start = place
    return found


def _two_of_three(values: Sequence[Fraction], sides: Sequence[int], spread: Spread) -> set[int]:
    """Values between near line and limit, in a window of three on one side of which at least two are such."""
    near = [_beyond(value, spread, NEAR_FACTOR) and not _beyond(value, spread, LIMIT_FACTOR) for value in values]
    found: set[int] = set()
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        if abs(sum(sides[place] for place in window)) == 3 and sum(near[place] for place in window) >= 2:
            found |= {place for place in window if near[place]}
    return found
