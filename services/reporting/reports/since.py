"""Which events changed an answer since: recorded after k, dated by t, and something is believed otherwise since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_team import TEAM_STREAMS
from services.reporting.projections import CONSUMER
from services.reporting.reports.question import Question
from services.reporting.timeline import name_of, occurred_on
from shared.eventstore.store import Connection
from shared.kernel.history import Corrected, EventVoided

MOST = 1_000
"""So many events after k are looked at; a diff says when there are more."""

_HEARD = """
SELECT i.case_id, i.doc FROM inbox AS i
WHERE i.consumer = $3 AND NOT i.waiting AND i.recorded_at > $4 AND ($2::text IS NULL OR i.team_id = $2)
  AND $1::date IS NOT NULL {of_some}
ORDER BY i.recorded_at, i.event_id LIMIT $5
"""
"""$1 and $2 are t and the team, as in every query of a scope."""
_TARGETS = """
SELECT doc FROM inbox
WHERE consumer = $1 AND case_id = ANY ($2::uuid[]) AND event_id = ANY ($3::uuid[]) AND NOT waiting
"""
# A row of case_history counts the events that it was made of: of what they say, nothing else is new in every row.
_CHANGED = """
SELECT case_id, since FROM (
    SELECT case_id, lower(known) AS since, to_jsonb(h) - 'known' - 'events' AS said,
           lag(to_jsonb(h) - 'known' - 'events') OVER (PARTITION BY case_id ORDER BY lower(known)) AS before
    FROM seen_history AS h WHERE case_id = ANY ($1::uuid[])
) AS beliefs WHERE since > $2 AND said IS DISTINCT FROM before
UNION SELECT case_id, lower(known) FROM seen_contacts WHERE case_id = ANY ($1::uuid[]) AND lower(known) > $2
UNION SELECT case_id, upper(known) FROM seen_contacts WHERE case_id = ANY ($1::uuid[]) AND upper(known) > $2
UNION SELECT case_id, lower(known) FROM seen_scores WHERE case_id = ANY ($1::uuid[]) AND lower(known) > $2
UNION SELECT case_id, upper(known) FROM seen_scores WHERE case_id = ANY ($1::uuid[]) AND upper(known) > $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event that came after k."""

    event_id: UUID
    case_id: UUID | None
    """None: it is about a team, not about a case."""
    team: str
    type: str
    """Name of the event; `EventVoided` and `...Corrected` say what became of an earlier one."""
    occurred_on: date
    """When it was true; of a void or correction, the day of what it is about."""
    recorded_at: datetime


async def changes(conn: Connection, question: Question) -> tuple[tuple[Change, ...], bool]:
    """The events, in the order of their recording, and whether there are more than were looked at.

    An event belongs to it if it was recorded after k, if it (or what it voids or corrects) is dated on or before t, and
    if from its instant on something is believed otherwise of its case; of a team's own events, every one.

    Args:
        conn: a snapshot that sees the question's teams.
        question: of the frozen report.
    """
    of_some, given = _of_some(question)
    rows = await conn.fetch(
        _HEARD.format(of_some=of_some), question.at, question.team, CONSUMER, question.known_at, MOST + 1, *given
    )
    facts = [(UUID(int=row["case_id"].int), decode(row["doc"].encode())) for row in rows[:MOST]]
    cases = sorted({case_id for case_id, fact in facts if not _of_team(fact)})
    believed = {tuple(row) for row in await conn.fetch(_CHANGED, cases, question.known_at)}
    targets = await _targets(conn, facts)
    found = [
        _change(case_id, fact, targets)
        for case_id, fact in facts
        if _of_team(fact) or (case_id, fact.recorded_at) in believed
    ]
    return tuple(each for each in found if each.occurred_on <= question.at), len(rows) > MOST


def _of_team(fact: Fact) -> bool:
    return fact.stream.startswith(TEAM_STREAMS)


def _of_some(question: Question) -> tuple[str, tuple[Any, ...]]:
    """With filters: only cases that were in it as known at k, or are now, and no team's own events."""
    if not question.filters.any:
        return "", ()
    then, of_then = question.scope.cases(after=3)
    now, of_now = replace(question.scope, known_at=None).cases(after=3 + len(of_then))
    either = f"SELECT case_id FROM ({then}) AS a UNION SELECT case_id FROM ({now}) AS b"
    return f"AND i.case_id IN ({either})", (*of_then, *of_now)


def _target(fact: Fact) -> UUID | None:
    event = fact.event
    return event.corrects_event_id if isinstance(event, EventVoided | Corrected) else None


async def _targets(conn: Connection, facts: Iterable[tuple[UUID, Fact]]) -> Mapping[UUID, Fact]:
    """What the voids and corrections among them are about, by id."""
    wanted = {target: case_id for case_id, fact in facts if (target := _target(fact)) is not None}
    rows = await conn.fetch(_TARGETS, CONSUMER, sorted(set(wanted.values())), sorted(wanted))
    return {fact.event_id: fact for fact in (decode(row["doc"].encode()) for row in rows)}


def _change(case_id: UUID, fact: Fact, targets: Mapping[UUID, Fact]) -> Change:
    days = [occurred_on(fact)] if not isinstance(fact.event, EventVoided) else []
    target = targets.get(_target(fact) or fact.event_id)
    if target is not None:
        days.append(occurred_on(target))
    return Change(
        event_id=fact.event_id,
        case_id=None if _of_team(fact) else case_id,
        team=fact.team_id,
        type=name_of(fact.event),
        occurred_on=min(days, default=occurred_on(fact)),
        recorded_at=fact.recorded_at,
    )


def counted(found: Sequence[Change]) -> dict[str, int]:
    """How many there are of each type, in the order of their names."""
    names = sorted({each.type for each in found})
    return {name: sum(each.type == name for each in found) for name in names}
