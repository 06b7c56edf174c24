"""What the projection and the watch say as they commit: whose teams' pages changed. Open pages hear it; nobody need."""

from collections.abc import Collection, Sequence
from uuid import UUID

from shared.eventstore.store import Connection

CHANNEL = "reporting_changed"
"""On which the codes of teams are said, separated by commas."""
EVERY_TEAM = "*"
"""Said instead when they are too many to name."""
_MOST_CASES = 200
"""A batch of more, as when much is caught up with, concerns nearly everybody."""
_MOST_TEAMS = 100
"""PostgreSQL takes 8,000 bytes; a team's code has 40 at the most."""
_TEAMS = "SELECT DISTINCT team_id FROM case_history WHERE case_id = ANY ($1::uuid[]) AND upper_inf(known)"


async def tell(conn: Connection, cases: Sequence[UUID], teams: Collection[str]) -> None:
    """Says, if this transaction commits, that numbers changed.

    Args:
        conn: in the projection's transaction, after its rows were written.
        cases: that were touched.
        teams: whose own events were heard, beside those of the cases.
    """
    named = set(teams)
    if 0 < len(cases) <= _MOST_CASES:
        named |= {row["team_id"] for row in await conn.fetch(_TEAMS, cases)}
    await tell_teams(conn, {EVERY_TEAM} if len(cases) > _MOST_CASES else named)


async def tell_teams(conn: Connection, teams: Collection[str]) -> None:
    """Says, if this transaction commits, that what is shown of these teams changed; of none, nothing.

    Args:
        conn: of whoever changed it.
        teams: codes.
    """
    if teams:
        said = ",".join(sorted(teams)) if len(teams) <= _MOST_TEAMS else EVERY_TEAM
        await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, said)
