"""The record of reads: who has read which cases, by what right; only ever added to."""

from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from shared.eventstore.store import Connection
from shared.process.relationship import Right
from shared.web.access.actor import Actor

_RECORD = """
INSERT INTO reads (actor_id, role, why, route, cases, teams, break_glass) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_HEARD = """
SELECT c.case_id, i.team_id FROM unnest($1::uuid[]) AS c (case_id)
CROSS JOIN LATERAL (SELECT team_id FROM inbox WHERE inbox.case_id = c.case_id LIMIT 1) AS i
"""
_DECIDED = """
SELECT c.case_id, e.team_id FROM unnest($1::uuid[], $2::text[]) AS c (case_id, stream)
JOIN events e ON e.stream = c.stream AND e.version = 1
"""


async def teams_of_cases(
    conn: Connection, cases: Collection[UUID], stream_of: Callable[[UUID], str] | None
) -> Mapping[UUID, str]:
    """The teams of those of some cases that the transaction sees; a case that nothing was said about is left out.

    Args:
        conn: in a transaction that sees the caller's teams.
        cases: any.
        stream_of: name of a case's own stream here; None where nothing is decided about cases.
    """
    rows = await conn.fetch(_HEARD, list(cases))
    if stream_of is not None:
        rows += await conn.fetch(_DECIDED, list(cases), [stream_of(case_id) for case_id in cases])
    return {UUID(int=row["case_id"].int): row["team_id"] for row in rows}


async def record_read(
    conn: Connection, actor: Actor, route: str, cases: Collection[UUID], why: str, *, teams: Iterable[str] | None = None
) -> None:
    """Puts on record who reads which cases; commit it before the answer leaves.

    Args:
        conn: in a transaction that sees the caller's teams.
        actor: who reads.
        route: template of the route, without values.
        cases: all that the answer names: a list is one record.
        why: by what right, a code.
        teams: of these cases; the caller's own if none is known.
    """
    of_teams = sorted(set(teams or actor.teams or ("*",)))
    broken = why == Right.BREAK_GLASS
    await conn.execute(_RECORD, actor.id, actor.role, str(why), route, sorted(cases), of_teams, broken)
