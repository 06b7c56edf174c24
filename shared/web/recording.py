"""The record of reads: who has read which cases, by what right; only ever added to."""

from collections.abc import Collection, Iterable
from uuid import UUID

from shared.eventstore.store import Connection
from shared.process.relationship import Right
from shared.web.access.actor import Actor

_RECORD = """
INSERT INTO reads (actor_id, role, why, route, cases, teams, break_glass) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


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
        teams: of these cases; the caller's own if it is not known which.
    """
    of_teams = sorted(set(teams if teams is not None else actor.teams or ("*",)))
    broken = why == Right.BREAK_GLASS
    await conn.execute(_RECORD, actor.id, actor.role, str(why), route, sorted(cases), of_teams, broken)
