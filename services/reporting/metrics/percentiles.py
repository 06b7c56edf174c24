"""Exact percentiles of days."""

from collections.abc import Sequence
from decimal import Decimal


def percentile(ordered: Sequence[int], share: Decimal) -> Decimal | None:
    """Percentile by linear interpolation, type 7 (the default of R, Spark's PERCENTILE, PostgreSQL's percentile_cont).

    Args:
        ordered: whole days, ascending.
        share: in [0, 1], e.g. `Decimal("0.9")`.

    Returns:
        Days, exact (no floating point, no rounding); None when there is nothing to rank.

    Raises:
        ValueError: the share lies outside [0, 1].

    Source: domain 3.5 and 6.7. Example: [3, 10, 14, 28, 29, 90] -> p50 21.0, p90 59.5, p92 65.6.
    """
    if not 0 <= share <= 1:
        raise ValueError("a percentile's share lies in [0, 1]")
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def share_of(part: int, whole: int) -> Decimal | None:
    """Ratio in [0, 1] to four decimals, half to even; None of nothing."""
    return None if whole == 0 else (Decimal(part) / whole).quantize(Decimal("0.0001"))
