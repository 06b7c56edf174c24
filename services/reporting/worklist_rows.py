"""The worklist of a team, or of the network, as at t, as known at k: who waits, and what is booked for them."""

from datetime import date
from typing import Any
from uuid import UUID

from services.reporting import teams
from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_assessment import AssessmentOffered
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CONSUMER
from services.reporting.queries import STATUS
from services.reporting.wait_alerts import SOON_DAYS
from services.reporting.waiting import waits
from services.reporting.worklist import Item, item
from shared.eventstore.store import Connection
from shared.kernel.history import effective

_BOOKED = """
SELECT case_id, min(day) AS day FROM ({contacts}) AS s
WHERE day >= $1::date AND booked_recorded_on <= $1::date
  AND CASE status WHEN 'held' THEN day > $1::date WHEN 'not_held' THEN coalesce(cancelled_on, day) > $1::date
                  ELSE true END
GROUP BY case_id
"""
"""What was booked by t for t or later and had neither been held nor called off by then: as the clocks have it
(`clocks.facts.as_at`)."""
_STANDING = "SELECT case_id, received_on, {status} AS stage FROM ({cases}) AS c WHERE case_id = ANY ($3::uuid[])"
_OFFERS = r"""
SELECT case_id, doc FROM inbox
WHERE consumer = $1 AND store = 'assessment' AND NOT waiting AND case_id = ANY ($2::uuid[])
  AND ($3::timestamptz IS NULL OR recorded_at <= $3)
  AND type ~ '^dyad\.(AssessmentOffered|EventVoided)'
"""


async def worklist(conn: Connection, scope: Scope, *, within_days: int = SOON_DAYS) -> list[Item]:
    """Every case of the worklist, in no particular order.

    Args:
        conn: a snapshot, as `dyad_reader`.
        scope: the question; each case is held against its own team's targets in force at t.
        within_days: how far ahead a breach is foretold, in days.
    """
    configured = await teams.configurations(conn, scope)
    waiting = await waits(conn, scope)
    ids = [wait.case_id for wait in waiting]
    booked = await _booked(conn, scope, ids)
    cases, given = scope.cases(after=1)
    rows: dict[UUID, Any] = {
        row["case_id"]: row
        for row in await conn.fetch(
            _STANDING.format(status=STATUS, cases=cases), scope.at, scope.team, ids, *given
        )
    }  # fmt: skip
    found = (
        item(
            wait,
            configured.get(wait.team_id, teams.DEFAULT).targets,
            scope.at,
            booked_on=booked.get(wait.case_id),
            within_days=within_days,
            stage=rows[wait.case_id]["stage"],
            received_on=rows[wait.case_id]["received_on"],
        )
        for wait in waiting
    )
    return [each for each in found if each is not None]


async def _booked(conn: Connection, scope: Scope, cases: list[UUID]) -> dict[UUID, date]:
    """The next day for which a session is booked, or an assessment offered, by case."""
    contacts, given = scope.contacts(after=0)
    rows = await conn.fetch(_BOOKED.format(contacts=contacts), scope.at, scope.team, *given)
    found: dict[UUID, date] = {row["case_id"]: row["day"] for row in rows}
    offers = await conn.fetch(_OFFERS, CONSUMER, [each for each in cases if each not in found], scope.known_at)
    by_case: dict[UUID, list[Fact]] = {}
    for row in offers:
        by_case.setdefault(row["case_id"], []).append(decode(row["doc"].encode()))
    for case_id, facts in by_case.items():
        days = [
            fact.event.appt_on
            for fact in effective(sorted(facts, key=lambda each: each.version))
            if isinstance(fact.event, AssessmentOffered) and fact.event.appt_on is not None
        ]
        ahead = [day for day in days[-1:] if day >= scope.at]
        if ahead:
            found[case_id] = ahead[0]
    return found
