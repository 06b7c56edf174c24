"""The table `letters`: claimed for an attempt, settled, listed, tried again and given up. It names nobody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from services.referral.triage_codes import AcknowledgementChannel
from shared.eventstore.store import Connection

MOST_ATTEMPTS = 12
"""Then a person has to see to it: after about a day (P1 gives one working day)."""
FIRST_PAUSE = timedelta(minutes=1)
"""To the second attempt, doubled each time; more than an attempt may take."""
LONGEST_PAUSE = timedelta(hours=6)


class LetterState(StrEnum):
    """How far a letter is."""

    QUEUED = "queued"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    """It must not leave by itself, or need not any more."""
    FAILED = "failed"
    """A person has to see to it."""
    GIVEN_UP = "given_up"
    """A person has seen to it."""


class Claimed(NamedTuple):
    """A letter for which one attempt is made now."""

    id: UUID
    event_id: UUID
    """What calls for it."""
    case_id: UUID
    team_id: str
    kind: str
    reader: str
    attempts: int
    """With this one."""


class Outcome(NamedTuple):
    """What came of one attempt."""

    state: LetterState
    code: str | None = None
    """Why it was not sent, or what about it could not be recorded."""
    channel: AcknowledgementChannel | None = None
    """How it left, if it did."""


class NoSuchLetter(Exception):
    """No letter of the caller's teams has this id and can be decided about."""


_CLAIM = """
UPDATE letters
SET attempts = attempts + 1, next_attempt_at = $1::timestamptz + least($2::interval * power(2, least(attempts, 20)), $3)
WHERE id = (
    SELECT id FROM letters WHERE state = 'queued' AND next_attempt_at <= $1
    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, event_id, case_id, team_id, kind, reader, attempts
"""
_SETTLE = "UPDATE letters SET state = $2, last_error = $3 WHERE id = $1 AND state <> 'sent' RETURNING id"
_LATER = "UPDATE letters SET last_error = $2 WHERE id = $1"
_LIST = """
SELECT id, case_id, team_id, kind, reader, state, last_error, attempts, made_at, next_attempt_at FROM letters
WHERE state = ANY ($1::text[]) AND id > $2 ORDER BY id LIMIT $3
"""
_DECIDE = """
WITH decided AS (
    UPDATE letters SET state = $2, attempts = 0, next_attempt_at = $3 WHERE id = $1 AND state = ANY ($4::text[])
    RETURNING id
)
INSERT INTO letter_decisions (letter_id, decision, reason, decided_by) SELECT id, $5, $6, $7 FROM decided
RETURNING letter_id
"""
_COUNTS = "SELECT state, count(*) FROM letters WHERE state IN ('queued', 'failed') GROUP BY state"


async def claim(conn: Connection, now: datetime) -> Claimed | None:
    """The letter that is due longest, if any; from here on it is due again only after a pause, whatever happens.

    Args:
        conn: as `dyad_writer` who sees every team, in no longer transaction than this.
        now: UTC instant.
    """
    row = await conn.fetchrow(_CLAIM, now, FIRST_PAUSE, LONGEST_PAUSE)
    if row is None:
        return None
    letter_id, event_id, case_id, *others = row
    return Claimed(UUID(int=letter_id.int), UUID(int=event_id.int), UUID(int=case_id.int), *others)


async def settle_letter(conn: Connection, letter_id: UUID, state: LetterState, code: str | None) -> bool:
    """Writes what became of a letter; False if another attempt has sent it meanwhile."""
    return await conn.fetchval(_SETTLE, letter_id, state, code) is not None


async def later(conn: Connection, letter_id: UUID, code: str | None) -> None:
    """Notes why an attempt was in vain; the next one is set already."""
    await conn.execute(_LATER, letter_id, code)


async def listed(conn: Connection, states: Sequence[LetterState], after: UUID, limit: int) -> list[dict[str, object]]:
    """Letters of the caller's teams in these states, by id, above `after`."""
    return [dict(row) for row in await conn.fetch(_LIST, list(states), after, limit)]


async def retry(conn: Connection, letter_id: UUID, *, by: str, reason: str, now: datetime) -> None:
    """Queues a letter again that failed or was held back; whether it may leave is asked anew.

    Raises:
        NoSuchLetter: none that failed, was suppressed or given up.
    """
    states = (LetterState.FAILED, LetterState.SUPPRESSED, LetterState.GIVEN_UP)
    if await conn.fetchval(_DECIDE, letter_id, LetterState.QUEUED, now, states, "retry", reason, by) is None:
        raise NoSuchLetter


async def give_up(conn: Connection, letter_id: UUID, *, by: str, reason: str, now: datetime) -> None:
    """No more attempts: somebody has told the reader otherwise, or need not.

    Raises:
        NoSuchLetter: none that waits or failed.
    """
    states = (LetterState.QUEUED, LetterState.FAILED)
    if await conn.fetchval(_DECIDE, letter_id, LetterState.GIVEN_UP, now, states, "give_up", reason, by) is None:
        raise NoSuchLetter


async def counts(conn: Connection) -> dict[str, int]:
    """How many wait and how many failed, in every team that the connection sees."""
    return {str(state): int(number) for state, number in await conn.fetch(_COUNTS)}
