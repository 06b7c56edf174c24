"""Data quality: what in the record needs a person, by reason; and which cases, as a list to work through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.reporting.metrics.scope import OPEN, Scope
from services.reporting.metrics.waits import WAITS
from services.reporting.projections import CONSUMER
from shared.eventstore.store import Connection

LATE_DAYS = 7
"""What was recorded more than so many days after it happened is back-dated. Source: domain 6.6 M15."""
LONG_OPEN_DAYS = 730
"""A referral that is open for more days than two years is asked about: was the case closed and never said so?"""

_NEGATIVE = " OR ".join(f"c.{wait.stop} <= $1::date AND c.{wait.stop} < c.{wait.start}" for wait in WAITS.values())
_OPEN_AT_SOME_TIME = """
(c.received_on <= $4::date AND (c.closed_on IS NULL OR greatest(c.closed_on, c.received_on) >= $3::date))
"""

_REASONS: Mapping[str, str] = {
    "orphan": "c.received_on IS NULL",
    "negative_wait": f"{_OPEN_AT_SOME_TIME} AND ({_NEGATIVE})",
    "impossible_order": f"""{_OPEN_AT_SOME_TIME} AND (
        (c.closed_on <= $1::date AND (c.closed_on < c.received_on OR c.closed_on < c.decided_on))
        OR (c.assessed_on <= $1::date AND c.assessed_on < c.assessment_started_on)
        OR (c.programme_completed_on <= $1::date AND c.programme_completed_on < c.programme_on)
        OR (c.discharged_on <= $1::date AND s.last_held_on > c.discharged_on))""",
    "missing_baseline": f"{OPEN} AND c.assessed_on <= $1::date AND b.case_id IS NULL",
    "back_dated": f"""(c.received_on BETWEEN $3::date AND $4::date
        AND c.received_recorded_on - c.received_on > {LATE_DAYS}) OR s.late""",
    "open_too_long": f"{OPEN} AND $1::date - c.received_on > {LONG_OPEN_DAYS}",
    "identifier_failing": f"{OPEN} AND c.identifier_failing",
}

REASONS: Mapping[str, str] = {
    "orphan": "Something is known of the case, but not its referral",
    "negative_wait": "A wait ended before it began",
    "impossible_order": "Closed, assessed or ended before it began, or seen after the discharge",
    "missing_baseline": "Open and assessed, without a baseline measure",
    "back_dated": f"A referral or session recorded more than {LATE_DAYS} days after it",
    "open_too_long": f"Open for more than {LONG_OPEN_DAYS} days",
    "identifier_failing": "Open, and a number of somebody in the case cannot be a real one",
}
"""Why a case is on the list, in the order of the list. Source: domain 6.6 M15; issue 5.

Cases that were open on any day of the period are looked at, orphans always, and sessions held within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuality:
    """How many cases have each problem."""

    reasons: Mapping[str, int]
    """Cases by reason; one case may have several."""
    cases: int
    """Cases with any."""
    looked_at: int
    """Cases that were open on any day of the period, and orphans."""
    parked: int | None
    """Events that were heard and could not be applied, now, whatever t; None: asked as known at an instant, or for one
    team, or by one who sees some teams only. They may belong to anybody, and vanish once they are dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One case with one problem."""

    case_id: UUID
    team_id: str
    reason: str
    received_on: date | None
    """None: an orphan."""


def _cases_with_reasons(scope: Scope, after: int) -> tuple[str, tuple[Any, ...]]:
    """A query for one row per case that is looked at, with its reasons; $3 and $4 are the period."""
    cases, given = scope.cases(after=after)
    contacts, of_contacts = scope.contacts(after=after + len(given))
    scores, of_scores = scope.scores(after=after + len(given) + len(of_contacts))
    each = ", ".join(f"CASE WHEN {condition} THEN '{reason}' END" for reason, condition in _REASONS.items())
    query = f"""
        SELECT c.case_id, c.team_id, c.received_on, array_remove(ARRAY[{each}], NULL) AS reasons
        FROM ({cases}) AS c
        LEFT JOIN (SELECT case_id, max(day) AS last_held_on, bool_or(recorded_on - day > {LATE_DAYS}) AS late
                   FROM ({contacts}) AS held
                   WHERE status = 'held' AND day BETWEEN $3::date AND $4::date GROUP BY case_id) AS s USING (case_id)
        LEFT JOIN (SELECT DISTINCT case_id FROM ({scores}) AS score
                   WHERE timepoint = 'baseline' AND completed_on <= $1::date) AS b USING (case_id)
        WHERE c.received_on IS NULL OR {_OPEN_AT_SOME_TIME}
    """
    return query, (*given, *of_contacts, *of_scores)


async def data_quality(conn: Connection, scope: Scope, *, first: date, last: date) -> DataQuality:
    """How many cases need a person, by reason, at `scope.at`; sessions and referrals of `first` to `last`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases, parked events. Source: domain 6.6 M15.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    _check(scope, last)
    found, given = _cases_with_reasons(scope, after=2)
    rows = await conn.fetch(
        f"SELECT reasons, count(*) AS cases FROM ({found}) AS f GROUP BY reasons",
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    return DataQuality(
        reasons={reason: sum(row["cases"] for row in rows if reason in row["reasons"]) for reason in REASONS},
        cases=sum(row["cases"] for row in rows if row["reasons"]),
        looked_at=sum(row["cases"] for row in rows),
        parked=await _parked(conn) if scope.team is None and scope.known_at is None else None,
    )


async def items(
    conn: Connection,
    scope: Scope,
    *,
    first: date,
    last: date,
    reason: str | None = None,
    after: tuple[date, UUID] | None = None,
    limit: int = 100,
) -> list[Item]:
    """The cases themselves, oldest referral first (orphans before all), one item for each reason; by keyset.

    They name cases: whoever shows them keeps to the read rules of `GET /cases`, and writes its record.

    Args:
        conn: a snapshot.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.
        reason: one of `REASONS`; None: all.
        after: received_on (`date.min` for an orphan) and id of the last case of the page before.
        limit: at most so many cases.

    Raises:
        KeyError: there is no such reason.
        ValueError: the period ends after `scope.at`.
    """
    _check(scope, last)
    wanted = list(REASONS) if reason is None else [_known(reason)]
    found, given = _cases_with_reasons(scope, after=6)
    # date.min goes to PostgreSQL as -infinity
    rows = await conn.fetch(
        f"""
        SELECT * FROM ({found}) AS f
        WHERE reasons && $5::text[] AND (coalesce(received_on, '-infinity'), case_id) > ($6::date, $7::uuid)
        ORDER BY coalesce(received_on, '-infinity'), case_id LIMIT $8::integer
        """,
        scope.at, scope.team, first, last, wanted, *(after or (date.min, UUID(int=0))), limit, *given,
    )  # fmt: skip
    return [
        Item(case_id=row["case_id"], team_id=row["team_id"], reason=each, received_on=row["received_on"])
        for row in rows
        for each in row["reasons"]
        if each in wanted
    ]


def _known(reason: str) -> str:
    if reason not in REASONS:
        raise KeyError("there is no such reason")
    return reason


def _check(scope: Scope, last: date) -> None:
    if last > scope.at:
        raise ValueError("the period must not end after the date")


async def _parked(conn: Connection) -> int | None:
    if await conn.fetchval("SELECT my_teams() <> '{*}'"):
        return None
    number: int = await conn.fetchval(
        "SELECT count(*) FROM held WHERE consumer = $1 AND state IN ('held', 'retry')", CONSUMER
    )
    return number
