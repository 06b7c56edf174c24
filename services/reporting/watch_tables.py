"""What the watch says, copied to where the pages can ask it: tables that only it writes and that may be lost."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.reporting.alert_records import Said, State
from services.reporting.windows import Count
from shared.eventstore.store import Connection

_RAISE = """
INSERT INTO alerts (alert_id, case_id, team_id, rule, target, due_on, owner_role, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (alert_id) DO UPDATE SET
    team_id = excluded.team_id, due_on = excluded.due_on, owner_role = excluded.owner_role,
    raised_at = excluded.raised_at
"""
_CLEAR = "DELETE FROM alerts WHERE alert_id = ANY ($1::uuid[])"
_KEEP = "DELETE FROM alerts WHERE alert_id <> ALL ($1::uuid[])"
_COUNT = """
INSERT INTO live_counts (team_id, counted, since, type, number) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (team_id, counted, since, type) DO UPDATE SET number = excluded.number
"""
_UNCOUNT = """
DELETE FROM live_counts AS c USING unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[])
    AS gone (team_id, counted, since, type)
WHERE c.team_id = gone.team_id AND c.counted = gone.counted AND c.since = gone.since AND c.type = gone.type
"""
_EVERY_COUNT = "SELECT team_id, counted, since, type, number FROM live_counts"
_SEEN = "INSERT INTO watch_seen (at) VALUES ($1) ON CONFLICT (one) DO UPDATE SET at = excluded.at"


async def replace_alerts(conn: Connection, said: Collection[Said]) -> None:
    """Makes the table what the topic says, whatever stood there.

    Args:
        conn: as `dyad_consumer`.
        said: the last word on each alert.
    """
    raised = [each for each in said if each.state is State.RAISED]
    async with conn.transaction():
        await conn.execute(_KEEP, [each.alert.alert_id for each in raised])
        await apply_alerts(conn, raised)


async def apply_alerts(conn: Connection, said: Iterable[Said]) -> None:
    """Follows what was just said on the topic."""
    words = list(said)
    await conn.executemany(_RAISE, [(*each.alert, each.at) for each in words if each.state is State.RAISED])
    cleared: list[UUID] = [each.alert.alert_id for each in words if each.state is State.CLEARED]
    if cleared:
        await conn.execute(_CLEAR, cleared)


async def counted(conn: Connection) -> set[Count]:
    """What the table of counts holds."""
    return {Count(*row) for row in await conn.fetch(_EVERY_COUNT)}


async def apply_counts(conn: Connection, before: Collection[Count], now: Sequence[Count]) -> None:
    """Changes the table of counts from what it holds to what is counted now."""
    held, wanted = set(before), set(now)
    keys = {each[:4] for each in wanted}
    gone = [each[:4] for each in held if each[:4] not in keys]
    async with conn.transaction():
        if gone:
            await conn.execute(_UNCOUNT, *(list(column) for column in zip(*gone, strict=True)))
        await conn.executemany(_COUNT, sorted(wanted - held))


async def seen(conn: Connection, at: datetime) -> None:
    """Notes the UTC instant at which the watch was at work."""
    await conn.execute(_SEEN, at)
