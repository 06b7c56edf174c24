"""Follows the teams' configuration: when it changes, all cases of the team are looked at again.

Whoever decides about a case holds a shared lock on its team until the end of its transaction (`open_cases`); the
exclusive one that is taken here waits for those who decided without the change. So a case that begins just now is
either seen here, or knows the change.
"""

from uuid import UUID

from shared.eventstore.store import Connection
from shared.kernel.ids import team_key

_CHANGED = """
SELECT said.team_id, said.events, said.last
FROM (
    SELECT substr(c.stream, 6) AS team_id, count(*) AS events,
           (array_agg(c.event_id ORDER BY c.version DESC))[1] AS last
    FROM (
        SELECT e.stream, e.version, e.event_id FROM events e WHERE e.stream > 'team-' AND e.stream < 'team.'
        UNION ALL
        SELECT i.stream, i.version, i.event_id FROM inbox i
        WHERE i.consumer = $1 AND i.stream > 'team-' AND i.stream < 'team.' AND NOT i.waiting
    ) AS c
    GROUP BY 1
) AS said
LEFT JOIN teams_followed f USING (team_id)
WHERE (f.events, f.event_id) IS DISTINCT FROM (said.events, said.last)
ORDER BY said.team_id
"""
_LOCK = "SELECT pg_advisory_xact_lock(7413, hashtext($1))"
_RECHECK = """
INSERT INTO rechecks (stream, case_id)
SELECT stream, coalesce(case_id, $2) FROM events WHERE team_id = $1 AND version = 1 ORDER BY stream
ON CONFLICT DO NOTHING
"""
_FOLLOWED = """
INSERT INTO teams_followed (team_id, events, event_id) VALUES ($1, $2, $3)
ON CONFLICT (team_id) DO UPDATE SET events = excluded.events, event_id = excluded.event_id
"""


async def follow_teams(conn: Connection, consumer: str) -> int:
    """Puts all cases of the teams whose configuration has changed on `rechecks`; the number of such teams.

    Args:
        conn: as `dyad_consumer`, in no transaction: there is one for each team.
        consumer: name of the service's process manager.
    """
    changed = await conn.fetch(_CHANGED, consumer)
    for team_id, events, last in changed:
        async with conn.transaction():
            await _follow(conn, team_id, events, last)
    return len(changed)


async def _follow(conn: Connection, team_id: str, events: int, last: UUID) -> None:
    await conn.execute(_LOCK, team_id)
    await conn.execute(_RECHECK, team_id, team_key(team_id))
    await conn.execute(_FOLLOWED, team_id, events, last)
