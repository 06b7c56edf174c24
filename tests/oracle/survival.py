"""Waits by bands of days, and as Kaplan-Meier curves (domain 3.5; those still waiting are censored)."""

from collections import Counter
from datetime import date
from fractions import Fraction

from tests.oracle.cases import by_then, cases_of, earliest, referred
from tests.oracle.documents import Event
from tests.oracle.waits import bounds

BANDS = ((6, "0-6"), (13, "7-13"), (27, "14-27"), (84, "28-84"))
STAYS = ((6, "0-6"), (13, "7-13"), (27, "14-27"), (182, "28-182"))
Step = tuple[int, int, int, Fraction]
"""Day, how many still waited when it began, how many started on it, and the share that waits on."""


def banded(days: list[int], bands: tuple[tuple[int, str], ...] = BANDS, more: str = "85-plus") -> dict[str, int]:
    counted = Counter(next((band for most, band in bands if each <= most), more) for each in days)
    return {band: counted[band] for band in [*(band for _, band in bands), more]}


def durations(
    events: list[Event], name: str, at: date, period: tuple[date, date], team: str | None = None
) -> list[tuple[int, bool]]:
    """Of each wait that began in the period: days up to its stop, the case's end or t; and whether it stopped.

    Days below 0 are mistakes in the record.
    """
    found = []
    for case in referred(cases_of(events, team)):
        start, stop = bounds(case, name)
        if start is None or not period[0] <= start <= period[1]:
            continue
        if stop is not None and by_then(stop, at):
            found.append(((stop - start).days, True))
        else:
            seen_until = earliest([at, case.closed_on])
            found.append(((seen_until - start).days, False))  # type: ignore[operator]
    return found


def curve(found: list[tuple[int, bool]]) -> list[Step]:
    """The product-limit estimate, one day at a time; exact."""
    steps: list[Step] = []
    share = Fraction(1)
    for day in sorted({days for days, _ in found}):
        at_risk = sum(days >= day for days, _ in found)
        started = sum(days == day and stopped for days, stopped in found)
        share *= 1 - Fraction(started, at_risk)
        steps.append((day, at_risk, started, share))
    return steps
