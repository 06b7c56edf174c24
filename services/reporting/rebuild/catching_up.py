"""What was touched since a version was made: folded again into it, from the inbox."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.reporting.decoding import Decoder
from services.reporting.projections import CaseHistory
from shared.eventstore.pool import connect
from shared.settings import Settings

FEW = 200
"""Cases that are caught up with in one transaction."""
# Nobody waits for the locks of cases here: a writer that touches one of these meanwhile waits at its line of news, and
# says it again after this transaction.
_TAKE = """
DELETE FROM projection_news
WHERE schema = $1 AND case_id IN (SELECT case_id FROM projection_news WHERE schema = $1 ORDER BY case_id LIMIT $2)
RETURNING case_id
"""


class Follower:
    """Keeps one version up with what the consumers hear.

    Args:
        conn: of the owner, for this alone: its names mean the tables of the version (`follow`).
        schema: of the version.
    """

    def __init__(self, conn: asyncpg.Connection, schema: str) -> None:
        self._conn = conn
        self._schema = schema
        self._history = CaseHistory(Decoder())

    async def catch_up(self) -> int:
        """Works off all news, transaction by transaction; gives how many cases and teams those were."""
        done = 0
        while True:
            async with self._conn.transaction():
                taken = await self._take()
                await self._history.fold(self._conn, taken)
            if not taken:
                return done
            done += len(taken)

    async def catch_up_within(self) -> int:
        """The same in the caller's transaction, which keeps writers out."""
        done = 0
        while taken := await self._take():
            await self._history.fold(self._conn, taken)
            done += len(taken)
        return done

    async def _take(self) -> Sequence[UUID]:
        return sorted(row["case_id"] for row in await self._conn.fetch(_TAKE, self._schema, FEW))


async def follow(settings: Settings, schema: str) -> tuple[asyncpg.Connection, Follower]:
    """A follower with a connection of its own, to be closed by the caller. Raises what `connect` raises."""
    conn = await connect(settings, "reporting", "dyad_owner", application_name="dyad rebuild")
    await conn.execute(f"SET search_path = {schema}, public")
    await conn.execute("SET plan_cache_mode = force_custom_plan")  # as begin_projection does for writers
    return conn, Follower(conn, schema)
