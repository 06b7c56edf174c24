"""Transactions that see the rows of some teams only: the databases' policies read the setting that is said here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import asyncpg

from shared.eventstore.store import Connection

EVERY_TEAM = "*"
"""How every team is said, in the setting and in an access token."""

Isolation = Literal["READ COMMITTED", "REPEATABLE READ", "REPEATABLE READ READ ONLY"]


def teams_setting(teams: frozenset[str] | None) -> str:
    """Team codes as the setting `dyad.teams` holds them: separated by commas, or `*` for None, every team."""
    return EVERY_TEAM if teams is None else ",".join(sorted(teams))


@asynccontextmanager
async def team_transaction(
    pool: asyncpg.Pool, teams: frozenset[str] | None, *, isolation: Isolation = "READ COMMITTED"
) -> AsyncIterator[Connection]:
    """A connection in a transaction that sees the rows of these teams; committed at the end of the block.

    The beginning and the setting travel together: isolation costs no round trip of its own. The setting ends with the
    transaction, whatever becomes of it.

    Args:
        pool: as `dyad_writer` or `dyad_reader`.
        teams: codes; None = every team.
        isolation: of the transaction.
    """
    setting = teams_setting(teams)
    if not setting.replace(",", "").replace("-", "").replace("*", "").isalnum() and setting != EVERY_TEAM:
        raise ValueError("no codes of teams")  # they were checked where they came in; nothing else may reach the SQL
    async with pool.acquire() as conn:
        await conn.execute(f"BEGIN ISOLATION LEVEL {isolation}; SELECT set_config('dyad.teams', '{setting}', true)")
        try:
            yield conn
        except BaseException:
            if not conn.is_closed():
                await conn.execute("ROLLBACK")
            raise
        await conn.execute("COMMIT")
