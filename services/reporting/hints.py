"""What the projection says as it commits: whose teams' numbers changed. Open pages hear it; nobody need."""

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
    if len(cases) > _MOST_CASES or len(named) > _MOST_TEAMS:
        named = {EVERY_TEAM}
    if named:
        await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, ",".join(sorted(named)))
