"""The row of a case that everybody locks before reading, and what a consumer has heard of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.eventstore.store import Connection

_HEARD = """
SELECT store, stream, version, case_id, event_id, type, recorded_at, doc FROM inbox
WHERE consumer = $1 AND case_id = ANY ($2::uuid[]) AND NOT waiting ORDER BY case_id, store, stream, version
"""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One event heard, with nothing missing before it in its stream."""

    store: str
    stream: str
    version: int
    case_id: UUID
    event_id: UUID
    type: str
    recorded_at: datetime
    doc: str
    """The stored document."""


async def lock_cases(conn: Connection, consumer: str, cases: Iterable[UUID]) -> None:
    """Makes and locks the rows of these cases until the transaction ends; call it before anything of them is read."""
    wanted = sorted(set(cases))
    if wanted:
        await conn.fetchval("SELECT lock_cases($1, $2)", consumer, wanted)


async def heard(conn: Connection, consumer: str, case_id: UUID) -> list[InboxRow]:
    """All that a consumer has heard of one case, by store, stream and version; what waits is left out."""
    return await heard_of(conn, consumer, [case_id])


async def heard_of(conn: Connection, consumer: str, cases: Sequence[UUID]) -> list[InboxRow]:
    """All that a consumer has heard of some cases, by case, store, stream and version; what waits is left out."""
    return [InboxRow(*row) for row in await conn.fetch(_HEARD, consumer, cases)]
