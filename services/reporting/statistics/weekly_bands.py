"""Percentiles as NHS England publishes them, from counts in weekly bands: for comparing with published figures only.

Ours are exact (`services.reporting.metrics.percentiles`); these differ from them by up to a week.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

LEAST_PUBLISHED = 50  # pathways
HALF = Decimal("0.5")


def weekly_bands(waits: Iterable[int]) -> tuple[int, ...]:
    """Counts of pathways by week: the first band holds days 0 to 7, each later one seven days (8 to 14, and so on).

    Args:
        waits: whole days. Pathways whose start is unknown are left out by the caller, as in the published medians of
            admitted pathways.

    Raises:
        ValueError: a wait is negative.

    Source: domain 3.3, NHS England's commissioner workbooks of referral-to-treatment waits.
    """
    counts = Counter(0 if days == 0 else (days - 1) // 7 for days in waits)
    if min(counts, default=0) < 0:
        raise ValueError("a wait is not negative")
    return tuple(counts[week] for week in range(max(counts, default=-1) + 1))


def published_percentile(bands: Sequence[int], share: Decimal, *, open_ended: bool = False) -> Decimal | None:
    """A percentile in weeks, read off the bands.

    Args:
        bands: pathways in the weeks 0 to 1, 1 to 2 and so on.
        share: in (0, 1], e.g. `Decimal("0.92")`.
        open_ended: the last band holds every longer wait ("52 plus").

    Returns:
        Weeks, not rounded: linear inside the band, the median at position (n + 1) / 2, any other at share x n. None
        under 50 pathways, which are not published, or in an open-ended band.

    Raises:
        ValueError: the share lies outside (0, 1].

    Source: domain 3.3. Example: bands (30, 20, 10), median -> position 30.5 -> 1.025 weeks.
    """
    if not 0 < share <= 1:
        raise ValueError("a percentile's share lies in (0, 1]")
    n = sum(bands)
    if n < LEAST_PUBLISHED:
        return None
    position = Fraction(n + 1, 2) if share == HALF else Fraction(share) * n
    before = 0
    for week, count in enumerate(bands):
        if count and position <= before + count:
            if open_ended and week == len(bands) - 1:
                return None
            inside = (position - before) / count
            return week + Decimal(inside.numerator) / Decimal(inside.denominator)
        before += count
    raise AssertionError("a position beyond all pathways")
