"""M13: families accepted each week against the places the team has, and how long the queue will take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.reporting.heard_team import CapacityDeclared, TeamConfigured
from services.reporting.metrics.scope import OPEN, Scope
from services.reporting.team_record import said
from shared.eventstore.store import Connection
from shared.kernel.history import Recorded

RECENT_DAYS = 84
"""Twelve weeks: over so many days up to t the mean number of starts a week is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week, or the part of it that lies in the period."""

    monday: date
    accepted: int
    """Cases accepted on its days."""
    slots: int | None
    """New cases that can be begun in the whole week: declared for it, else usual by the configuration; of several
    teams the sum of those that say it. None: nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Weeks of the period, and a forecast at t."""

    weeks: tuple[Week, ...]
    waiting: int
    """Accepted, open, and not treated at t."""
    started: int
    """Cases whose first treatment was in the twelve weeks up to t."""

    @property
    def starts_a_week(self) -> Decimal:
        """Mean over those weeks, two decimals."""
        return (Decimal(7 * self.started) / RECENT_DAYS).quantize(Decimal("0.01"))

    @property
    def forecast_weeks(self) -> Decimal | None:
        """Little's law: weeks until one who is accepted now begins treatment, if all goes on so; one decimal.

        None: nobody began in twelve weeks, so there is nothing to go by. Source: domain 6.6 M13.
        """
        if not self.started:
            return None
        return (Decimal(self.waiting * RECENT_DAYS) / (7 * self.started)).quantize(Decimal("0.1"))


def slots_in(facts: Iterable[Recorded[object]], monday: date) -> int | None:
    """New cases that one team can begin in the week from this Monday.

    Args:
        facts: what stands of the team's stream, in its order: the last word about a week counts.
        monday: civil date.
    """
    declared: int | None = None
    usual: int | None = None
    for fact in facts:
        match fact.event:
            case CapacityDeclared(week=week, new_case_slots=slots) if week == monday:
                declared = slots
            case TeamConfigured(effective_on=day, capacity=capacity) if day <= monday:
                usual = None if capacity is None else capacity.get("slots_per_week")
    return usual if declared is None else declared


async def capacity(conn: Connection, scope: Scope, *, first: date, last: date) -> Capacity:
    """M13: each week from that of `first` to that of `last`, and the forecast at `scope.at`.

    Filters change who is counted, and not the slots: these are of the whole team.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases, slots, weeks. Source: domain 6.6 M13 (Little's law).

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=3)
    rows = await conn.fetch(
        f"""
        WITH c AS MATERIALIZED (
            SELECT received_on, decision, decided_on, first_treatment_on, closed_on FROM ({cases}) AS c
            WHERE received_on IS NOT NULL AND (decision = 'accepted' OR first_treatment_on IS NOT NULL)
        )
        SELECT 'accepted' AS name, date_trunc('week', decided_on::timestamp)::date AS week, count(*) FROM c
        WHERE decision = 'accepted' AND decided_on BETWEEN $3::date AND $4::date GROUP BY 2
        UNION ALL
        SELECT 'waiting', NULL, count(*) FROM c WHERE {OPEN} AND decision = 'accepted' AND decided_on <= $1::date
            AND (first_treatment_on IS NULL OR first_treatment_on > $1::date)
        UNION ALL
        SELECT 'started', NULL, count(*) FROM c
        WHERE first_treatment_on > $1::date - $5::integer AND first_treatment_on <= $1::date
        """,
        scope.at, scope.team, first, last, RECENT_DAYS, *given,
    )  # fmt: skip
    counted: dict[tuple[str, Any], int] = {(name, week): count for name, week, count in rows}
    record = await said(conn, scope, "CapacityDeclared", "TeamConfigured")
    return Capacity(
        weeks=tuple(
            Week(monday=monday, accepted=counted.get(("accepted", monday), 0), slots=_slots(record, monday))
            for monday in mondays(first, last)
        ),
        waiting=counted["waiting", None],
        started=counted["started", None],
    )


def mondays(first: date, last: date) -> Sequence[date]:
    """First days of the weeks that have a day in the period."""
    start = first - timedelta(days=first.weekday())
    return [start + timedelta(days=7 * number) for number in range((last - start).days // 7 + 1)]


def _slots(record: Mapping[str, Sequence[Recorded[object]]], monday: date) -> int | None:
    found = [slots for facts in record.values() if (slots := slots_in(facts, monday)) is not None]
    return sum(found) if found else None
