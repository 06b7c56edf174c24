"""Deadlines that were tried in vain: listed, and tried again at once when a person has mended what was in the way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.eventstore.store import Connection

_LIST = """
SELECT stream, name, case_id, due_at, attempts, not_before, code FROM timers WHERE code IS NOT NULL
UNION ALL
SELECT stream, '', case_id, at, attempts, not_before, code FROM rechecks WHERE code IS NOT NULL
ORDER BY 4, 1, 2 LIMIT 1000
"""
_AGAIN = (
    "UPDATE timers SET not_before = NULL WHERE stream = $1 AND name = $2 AND code IS NOT NULL RETURNING stream",
    "UPDATE rechecks SET not_before = NULL WHERE stream = $1 AND $2 = '' AND code IS NOT NULL RETURNING stream",
)


@dataclass(frozen=True, slots=True)
class OverdueDeadline:
    """One deadline of one stream that could not be decided."""

    stream: str
    name: str
    """The process rule; empty where the stream's deadlines could not even be computed."""
    case_id: UUID
    due_at: datetime
    attempts: int
    not_before: datetime | None
    """When it is tried again by itself."""
    code: str
    """Refusal code, or the class of what broke."""


async def list_overdue(conn: Connection) -> list[OverdueDeadline]:
    """Deadlines that were tried in vain, the one that has been due longest first; a thousand at most."""
    return [OverdueDeadline(*row) for row in await conn.fetch(_LIST)]


async def try_again(conn: Connection, stream: str, name: str) -> bool:
    """Has the running timers try a deadline within a second; whether it was one that had been tried in vain."""
    found = [await conn.fetchval(statement, stream, name) for statement in _AGAIN]
    return any(found)
