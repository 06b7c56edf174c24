"""Percentiles of type 7, exact (domain 3.5, M5)."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction


def percentile(values: Iterable[int | Decimal | Fraction], percent: int) -> Fraction | None:
    """The value at `percent`, linear between neighbours; None of nothing."""
    ordered = sorted(Fraction(value) for value in values)
    if not ordered:
        return None
    place = Fraction(percent, 100) * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def spread(days: list[int]) -> dict[str, Fraction | int | None]:
    """What M5 reports of a list of waits in days; `under_28` is a share of them."""
    answer: dict[str, Fraction | int | None] = {"n": len(days), "max": max(days, default=None)}
    for percent in (25, 50, 75, 90, 92):
        answer["median" if percent == 50 else f"p{percent}"] = percentile(days, percent)
    answer["under_28"] = share(sum(wait < 28 for wait in days), len(days))
    return answer


def within(days: list[int], target: int) -> Fraction | None:
    """The share that took at most so many days (M5: `<=`; the NHSE variant, `<28`, is in `spread`)."""
    return share(sum(wait <= target for wait in days), len(days))


def share(part: int, whole: int) -> Fraction | None:
    """None of nothing."""
    return Fraction(part, whole) if whole else None
