"""M16: whether a family keeps its practitioner, when nobody came because one was away, and whether a baby moved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.reporting.metrics.percentiles import percentile
from services.reporting.metrics.register import EVENTS, Stretch, register
from services.reporting.metrics.scope import CASELOAD, Scope, lead_on
from services.reporting.metrics.sessions import CONTACT
from services.reporting.team_record import said
from shared.eventstore.store import Connection

LONGEST_GAP_DAYS = 182
"""Contacts further apart than half a year are an ending and a new beginning, not a gap."""
LEAST_DAYS_AWAY = 7
"""An absence of whoever leads explains a gap without a cancelled session only from so many of its days on."""
AWAY = ("practitioner_absent", "practitioner_leave")
"""Reasons for which a session was not held because a practitioner was away."""


class Kind(StrEnum):
    """What disturbed the continuity of a case."""

    LEAD = "lead"
    """Somebody else leads the work than before."""
    GAP = "gap"
    """A stretch without contact, since a practitioner was away, that ended in the period."""
    GOING_ON = "going_on"
    """The same, not over at t."""
    MOVE = "move"
    """A baby went to live with others."""


class Item(NamedTuple):
    """One disturbance of one case."""

    case_id: UUID
    team_id: str
    kind: Kind
    day: date
    """Of the change or move; the first contact after a gap, or t while it goes on."""
    reason: str | None = None
    """Of a change of lead."""
    days: int | None = None
    """Of a gap: from the contact before it to `day`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuity:
    """What disturbed the work with families over a period."""

    families: int
    """Cases with an attended contact in the period: those who could have been disturbed."""
    items: tuple[Item, ...]
    """By case, then by day."""

    def of(self, kind: Kind) -> tuple[Item, ...]:
        """Those of one kind."""
        return tuple(item for item in self.items if item.kind is kind)

    def cases(self, kind: Kind) -> int:
        """Cases with any of one kind."""
        return len({item.case_id for item in self.of(kind)})

    @property
    def lead_reasons(self) -> Mapping[str, int]:
        """Changes of lead by reason, in order of the code; `assigned`: it came with another programme."""
        return dict(sorted(Counter(item.reason or "not_stated" for item in self.of(Kind.LEAD)).items()))

    def cases_by_number(self, kind: Kind) -> Mapping[int, int]:
        """How many cases have one, two, three and so on."""
        each = Counter(item.case_id for item in self.of(kind))
        return dict(sorted(Counter(each.values()).items()))

    def gap_days(self, kind: Kind) -> tuple[int, ...]:
        """Days of the gaps of one kind, shortest first."""
        return tuple(sorted(item.days for item in self.of(kind) if item.days is not None))

    def median_gap(self, kind: Kind) -> Decimal | None:
        """Of those days, type 7; None: no gap."""
        return percentile(self.gap_days(kind), Decimal("0.5"))


_CHANGES = f"""
SELECT case_id, team_id, '{Kind.LEAD}' AS kind, lead.day, lead.reason
FROM c, LATERAL (
    SELECT day, step, reason, lag(step) OVER (ORDER BY place) AS before
    FROM unnest(lead_days, lead_steps, lead_reasons) WITH ORDINALITY AS u(day, step, reason, place)
) AS lead
WHERE before <> step AND day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL
UNION ALL
SELECT case_id, team_id, '{Kind.MOVE}', day, NULL FROM c, unnest(moves) AS day WHERE day BETWEEN $3::date AND $4::date
"""

_AWAY_BETWEEN = """
(SELECT coalesce(sum(least(a.last, g.until - 1) - greatest(a.first, g.before + 1) + 1), 0) FROM away AS a
 WHERE a.team_id = g.team_id AND a.practitioner = g.lead AND a.first < g.until AND a.last > g.before)
"""


async def continuity(conn: Connection, scope: Scope, *, first: date, last: date) -> Continuity:
    """M16 from `first` to `last`, both included; gaps that go on are those at `scope.at`.

    A gap lies between two days with an attended contact, half a year apart at most, and is explained by absence if a
    session between them was not held because a practitioner was away, or if whoever led the work on its first day was
    away by the team's register on a week and on more than half of the days between. It counts in the period in which it
    ends; it goes on if the case is still in the caseload at t.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases, changes of lead, days between civil dates, moves of babies. Source: domain 6.6 M16; 1 S42; 2.1 (R12).

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=2)
    changes = await conn.fetch(
        f"""
        WITH c AS (SELECT case_id, team_id, lead_days, lead_steps, lead_reasons, moves FROM ({cases}) AS c
                   WHERE received_on IS NOT NULL AND (cardinality(lead_days) > 1 OR moves IS NOT NULL))
        {_CHANGES}
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    found = [
        Item(row["case_id"], row["team_id"], Kind(row["kind"]), row["day"], row["reason"]) for row in map(dict, changes)
    ]
    families, gaps = await _gaps(conn, scope, first, last)
    return Continuity(families=families, items=tuple(sorted((*found, *gaps), key=_order)))


def _order(item: Item) -> tuple[UUID, date, Kind, str]:
    return item.case_id, item.day, item.kind, item.reason or ""


Away = tuple[list[str], list[UUID], list[date], list[date]]
"""Absences as columns: team, practitioner, first and last day."""


async def _absences(conn: Connection, scope: Scope, start: date) -> Away:
    """What the registers know of the days from `start` to t."""
    absences: list[tuple[str, UUID, Stretch]] = [
        (team, practitioner, away)
        for team, facts in (await said(conn, scope, *EVENTS)).items()
        for practitioner, member in register(facts).items()
        for each in member.away
        if (away := each.within(start, scope.at)) is not None
    ]
    return (
        [team for team, _, _ in absences],
        [practitioner for _, practitioner, _ in absences],
        [away.first for _, _, away in absences],
        [away.last for _, _, away in absences],
    )


async def _gaps(conn: Connection, scope: Scope, first: date, last: date) -> tuple[int, Sequence[Item]]:
    """How many families were seen in the period, and the gaps that an absence explains."""
    start = first - timedelta(days=LONGEST_GAP_DAYS)
    away = await _absences(conn, scope, start)
    contacts, given = scope.contacts(after=9)
    cases, also_given = scope.cases(after=9 + len(given))
    rows = await conn.fetch(
        f"""
        WITH s AS MATERIALIZED (
            SELECT DISTINCT case_id, day, {CONTACT} AS seen FROM ({contacts}) AS s
            WHERE day BETWEEN $5::date AND $1::date
              AND ({CONTACT} OR (status = 'not_held' AND reason = ANY ($6::text[])))
        ), pair AS (
            SELECT case_id, seen, day AS before, min(day) FILTER (WHERE seen) OVER later AS after,
                   min(day) FILTER (WHERE NOT seen) OVER later AS missed
            FROM s WINDOW later AS (PARTITION BY case_id ORDER BY day
                                    GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
        ), away AS MATERIALIZED (
            SELECT * FROM unnest($7::text[], $8::uuid[], $9::date[], $10::date[])
                 AS a (team_id, practitioner, first, last)
        ), c AS MATERIALIZED (
            SELECT case_id, team_id, lead_days, lead_steps, {CASELOAD} AS open FROM ({cases}) AS c
            WHERE received_on IS NOT NULL
              AND (lead_steps && $8::uuid[] OR case_id IN (SELECT case_id FROM s WHERE NOT seen))
        ), g AS (
            SELECT c.*, before, after, missed, coalesce(after, $1::date + 1) AS until, {lead_on("before")} AS lead
            FROM c JOIN pair USING (case_id)
            WHERE seen AND (after BETWEEN $3::date AND $4::date OR (after IS NULL AND open AND before < $1::date))
              AND coalesce(after, $1::date) - before <= $11::integer
        )
        SELECT NULL::uuid AS case_id, NULL AS team_id, NULL::date AS after, count(DISTINCT case_id)::integer AS days
        FROM s WHERE seen AND day BETWEEN $3::date AND $4::date
        UNION ALL
        SELECT g.case_id, g.team_id, g.after, coalesce(g.after, $1::date) - g.before FROM g
        WHERE g.missed < g.until
           OR {_AWAY_BETWEEN} >= greatest({LEAST_DAYS_AWAY}, (g.until - g.before - 1) / 2 + 1)
        """,
        scope.at, scope.team, first, last, start, list(AWAY), *away, LONGEST_GAP_DAYS, *given, *also_given,
    )  # fmt: skip
    families = next(row["days"] for row in rows if row["case_id"] is None)
    return families, [
        Item(
            row["case_id"],
            row["team_id"],
            Kind.GOING_ON if row["after"] is None else Kind.GAP,
            row["after"] or scope.at,
            days=row["days"],
        )
        for row in rows
        if row["case_id"] is not None
    ]
