"""What a consumer could not apply: listed, retried, or discarded by a person who says why.

A decision is written here and carried out by the running consumer within a second; nothing is ever deleted.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.eventstore.store import Connection

_LIST = """
SELECT id, consumer, kind, state, store, stream, version, case_id, event_id, type, recorded_at, held_at, error,
       decided_by, reason, decided_at
FROM held WHERE consumer = $1 AND (state IN ('held', 'retry') OR $2) ORDER BY id
"""
_RETRY = """
UPDATE held SET state = 'retry', decided_by = $2, reason = $3, decided_at = clock_timestamp()
WHERE id = $1 AND state = 'held' AND kind <> 'unreadable' RETURNING id
"""
_DISCARD = """
UPDATE held SET state = 'discarded', decided_by = $2, reason = $3, decided_at = clock_timestamp()
WHERE id = $1 AND state = 'held'
RETURNING store, coalesce(stream, ''), coalesce(version, 0), leaf_hash, kind, recorded_at
"""
_DISCARDED = """
INSERT INTO discards (store, stream, version, leaf_hash, empties, recorded_at, reason, by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
_COUNTS = "SELECT kind, count(*) AS number FROM held WHERE consumer = $1 AND state IN ('held', 'retry') GROUP BY kind"


class NotHeld(Exception):
    """Nothing of this id waits for a decision, or it is unreadable and can only be discarded."""


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One event that was heard and not applied."""

    id: int
    consumer: str
    kind: str
    """`poison` (the code broke on it), `undecodable`, `unknown` (type or version), `content-differs`, `unreadable`."""
    state: str
    """`held`, `retry` (asked for, not yet done), `applied` or `discarded`."""
    store: str
    stream: str | None
    version: int | None
    case_id: UUID | None
    event_id: UUID | None
    type: str | None
    recorded_at: datetime | None
    held_at: datetime
    error: str
    """Kind of error and place in the code, or what was found; never content."""
    decided_by: str | None
    reason: str | None
    decided_at: datetime | None


async def list_held(conn: Connection, consumer: str, *, everything: bool = False) -> list[HeldItem]:
    """What a consumer holds back, oldest first; with `everything` what was decided too."""
    return [HeldItem(*row) for row in await conn.fetch(_LIST, consumer, everything)]


async def counts(conn: Connection, consumer: str) -> dict[str, int]:
    """How much is held and undecided, by kind."""
    return {row["kind"]: row["number"] for row in await conn.fetch(_COUNTS, consumer)}


async def retry(conn: Connection, item_id: int, by: str, reason: str) -> None:
    """Asks that the running consumer tries an event again, the broken code having been mended.

    Args:
        conn: as `dyad_writer` or `dyad_consumer`.
        item_id: id of a held item.
        by: who decides.
        reason: why; no personal data.

    Raises:
        NotHeld: nothing of this id waits for a decision, or it is unreadable.
        ValueError: no reason or no name is given.
    """
    _check(by, reason)
    if not await conn.fetch(_RETRY, item_id, by, reason):
        raise NotHeld(item_id)


async def discard(conn: Connection, item_id: int, by: str, reason: str) -> None:
    """Decides that an event counts as present and empty, for every consumer of this service and after every refill.

    Called in a transaction. Arguments and errors as for `retry`; what is unreadable can be discarded too.
    """
    _check(by, reason)
    rows = await conn.fetch(_DISCARD, item_id, by, reason)
    if not rows:
        raise NotHeld(item_id)
    store, stream, version, leaf_hash, kind, recorded_at = rows[0]
    empties = kind not in ("content-differs", "unreadable")
    await conn.execute(_DISCARDED, store, stream, version, leaf_hash, empties, recorded_at, reason, by)


def _check(*texts: str) -> None:
    if not all(text.strip() for text in texts):
        raise ValueError("a decision needs a name and a reason")
