"""M4, W7: how long families stay, from acceptance to discharge."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.reporting.metrics.figures import Figures, figures
from services.reporting.metrics.scope import OPEN, Scope
from shared.eventstore.store import Connection

BANDS: Mapping[str, int | None] = {"0-6": 6, "7-13": 13, "14-27": 27, "28-182": 182, "183-plus": None}
"""Code to the most days of a band. Source: domain 3.5 (NHS England's bands of length)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Days of a set of cases."""

    figures: Figures
    bands: Mapping[str, int]
    """Cases by `BANDS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthOfStay:
    """W7 in its two forms, never mixed."""

    completed: Stay
    """Discharged within the period."""
    incomplete: Stay
    """Accepted, and open at the date: so far."""
    left_out: int
    """Discharged within the period before they were accepted: mistakes in the record, in no other number."""


async def length_of_stay(conn: Connection, scope: Scope, *, first: date, last: date) -> LengthOfStay:
    """W7 of cases discharged from `first` to `last`, both included, and so far of those open at `scope.at`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period, civil date.
        last: of the period; not after `scope.at`.

    Unit: days between civil dates. Source: domain 6.6 M4 (W7), 3.5. No target is set for it: a short stay is no merit.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=2)
    rows = await conn.fetch(
        f"""
        SELECT form, days, count(*) FROM (
            SELECT CASE WHEN discharged_on BETWEEN $3::date AND $4::date THEN
                             CASE WHEN discharged_on < decided_on THEN 'left_out' ELSE 'completed' END
                        WHEN {OPEN} AND decided_on <= $1::date THEN 'incomplete' END AS form,
                   CASE WHEN discharged_on <= $1::date THEN discharged_on ELSE $1::date END - decided_on AS days
            FROM ({cases}) AS c WHERE decision = 'accepted' AND received_on IS NOT NULL
        ) AS stay WHERE form IS NOT NULL GROUP BY 1, 2
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    counted: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for form, days, number in rows:
        counted[form][days] = number
    return LengthOfStay(
        completed=_stay(counted["completed"]),
        incomplete=_stay(counted["incomplete"]),
        left_out=sum(counted["left_out"].values()),
    )


def _stay(days: Mapping[int, int]) -> Stay:
    bands = dict.fromkeys(BANDS, 0)
    for stayed, number in days.items():
        bands[next(band for band, most in BANDS.items() if most is None or stayed <= most)] += number
    return Stay(figures=figures(days), bands=bands)
