"""Waits in NHS England's bands of days, and as Kaplan-Meier curves in which those still waiting count too."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import WAITS, wait_days
from services.reporting.statistics.kaplan_meier import Curve, curve
from services.reporting.teams import configurations
from shared.eventstore.store import Connection

BANDS: Mapping[str, int | None] = {"0-6": 6, "7-13": 13, "14-27": 27, "28-84": 84, "85-plus": None}
"""Code to the most days of a band. Source: domain 3.5 (first contact: 0-6, 7-13, 14-27, 28-84, over 84 days)."""

CURVES = ("W2", "W5", "W6")
"""Waits that are drawn as curves: to the first contact, the hidden one, and to the first treatment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banded:
    """One wait by bands of days, in its two forms; cases."""

    title: str
    completed: Mapping[str, int]
    """Stopped within the period."""
    incomplete: Mapping[str, int]
    """Still waiting at t."""


def banded(days: Mapping[int, int]) -> dict[str, int]:
    """Numbers by band, every one of `BANDS`, of numbers by days.

    Example: {6: 1, 7: 2, 84: 1, 85: 1} -> {"0-6": 1, "7-13": 2, "14-27": 0, "28-84": 1, "85-plus": 1}.
    """
    found = dict.fromkeys(BANDS, 0)
    for waited, number in days.items():
        found[next(band for band, most in BANDS.items() if most is None or waited <= most)] += number
    return found


async def wait_bands(conn: Connection, scope: Scope, *, first: date, last: date) -> dict[str, Banded]:
    """Every wait W1 to W6 by bands of days: completed from `first` to `last`, both included, incomplete at t.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases by days between civil dates. Source: domain 3.5, 6.6 M4, M5.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    own = await configurations(conn, scope)
    counted, _ = await wait_days(conn, scope, own, first=first, last=last)
    return {
        name: Banded(
            title=wait.title,
            completed=banded(counted[name, "completed"]),
            incomplete=banded(counted[name, "incomplete"]),
        )
        for name, wait in WAITS.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCurve:
    """One wait as a curve."""

    title: str
    curve: Curve
    """Of every case whose wait began within the period."""
    left_out: int
    """Stopped, or were closed, before they began: in no other number."""


async def waiting_curve(conn: Connection, scope: Scope, *, first: date, last: date) -> dict[str, WaitingCurve]:
    """The waits of `CURVES` that began from `first` to `last`, both included, as seen up to `scope.at`.

    A cohort by its start, so that no wait is in it only because it was short. A case that still waits counts for as
    long as it has been seen to wait; one that was closed without a start counts up to the day on which it was closed.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: days between civil dates. Source: domain 6.6 M4; product limit, see `statistics.kaplan_meier`.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=2)
    clocks = ", ".join(f"('{name}', c.{WAITS[name].start}, c.{WAITS[name].stop})" for name in CURVES)
    rows = await conn.fetch(
        f"""
        SELECT name, days < 0 AS left_out, started, days, count(*) FROM (
            SELECT name, coalesce(stop <= $1::date, false) AS started,
                   CASE WHEN stop <= $1::date THEN stop ELSE least(closed_on, $1::date) END - start AS days
            FROM ({cases}) AS c, LATERAL (VALUES {clocks}) AS clock (name, start, stop)
            WHERE start BETWEEN $3::date AND $4::date AND received_on IS NOT NULL
        ) AS waited GROUP BY 1, 2, 3, 4
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    counted: defaultdict[tuple[str, bool], dict[int, int]] = defaultdict(dict)
    left_out: defaultdict[str, int] = defaultdict(int)
    for name, before, started, days, number in rows:
        if before:
            left_out[name] += number
        else:
            counted[name, started][days] = number
    return {
        name: WaitingCurve(
            title=WAITS[name].title,
            curve=curve(counted[name, True], counted[name, False]),
            left_out=left_out[name],
        )
        for name in CURVES
    }
