"""Follows the teams' configuration: when it changes, all cases of the team are looked at again.

Whoever decides about a case holds a shared lock on its team until the end of its transaction (`open_cases`); the
exclusive one that is taken here waits for those who decided without the change. So a case that begins just now is
either seen here, or knows the change.
"""

from shared.eventstore.store import Connection
from shared.kernel.ids import team_key

_CHANGED = """
SELECT said.team_id, said.version, said.recorded_at
FROM (
    (SELECT DISTINCT ON (e.stream) substr(e.stream, 6) AS team_id, e.version, e.recorded_at
     FROM events e WHERE e.stream > 'team-' AND e.stream < 'team.' ORDER BY e.stream, e.version DESC)
    UNION ALL
    SELECT substr(h.stream, 6), h.version, h.recorded_at
    FROM stream_heads h WHERE h.consumer = $1 AND h.stream > 'team-' AND h.stream < 'team.'
) AS said
LEFT JOIN teams_followed f USING (team_id)
WHERE (f.version, f.recorded_at) IS DISTINCT FROM (said.version, said.recorded_at)
ORDER BY said.team_id
"""
_LOCK = "SELECT pg_advisory_xact_lock(7413, hashtext($1))"
_RECHECK = """
INSERT INTO rechecks (stream, case_id)
SELECT stream, coalesce(case_id, $2) FROM events WHERE team_id = $1 AND version = 1 ORDER BY stream
ON CONFLICT DO NOTHING
"""
_FOLLOWED = """
INSERT INTO teams_followed (team_id, version, recorded_at) VALUES ($1, $2, $3)
ON CONFLICT (team_id) DO UPDATE SET version = excluded.version, recorded_at = excluded.recorded_at
"""


async def follow_teams(conn: Connection, consumer: str) -> int:
    """Puts all cases of the teams whose configuration has changed on `rechecks`; the number of such teams.

    Args:
        conn: as `dyad_consumer`, in no transaction: there is one for each team.
        consumer: name of the service's process manager.
    """
    changed = await conn.fetch(_CHANGED, consumer)
    for team_id, version, recorded_at in changed:
        async with conn.transaction():
            await conn.execute(_LOCK, team_id)
            await conn.execute(_RECHECK, team_id, team_key(team_id))
            await conn.execute(_FOLLOWED, team_id, version, recorded_at)
    return len(changed)
