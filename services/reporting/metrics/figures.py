"""Figures of a set of durations in days."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.reporting.metrics.percentiles import percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Days; None where there is nothing to rank."""

    n: int
    median: Decimal | None
    p25: Decimal | None
    p75: Decimal | None
    p90: Decimal | None
    p92: Decimal | None
    max: int | None


def figures(days: Mapping[int, int]) -> Figures:
    """Of how many took each number of days.

    Source: domain 6.6 M5; percentiles of type 7 (`metrics.percentiles`).
    """
    ordered = sorted(Counter(days).elements())
    return Figures(
        n=len(ordered),
        median=percentile(ordered, Decimal("0.5")),
        p25=percentile(ordered, Decimal("0.25")),
        p75=percentile(ordered, Decimal("0.75")),
        p90=percentile(ordered, Decimal("0.9")),
        p92=percentile(ordered, Decimal("0.92")),
        max=ordered[-1] if ordered else None,
    )
