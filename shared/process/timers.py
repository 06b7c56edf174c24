"""Time passes: the runner that decides deadlines once they are due, and looks again at what a change has touched.

Everything that it does for a case is one transaction: decisions, their events and the timers as they then stand. Cut
off anywhere, it begins again and finds what is still due; a decider says a breach once.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.bus.batch import is_poison
from shared.bus.closing import close_postgres
from shared.bus.pause import pause
from shared.bus.supervise import supervise
from shared.eventstore.pool import connect
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.ids import utc_now
from shared.process import timer_metrics as metrics
from shared.process.aggregate import Aggregate
from shared.process.deadlines import Unsettled, changes, ring
from shared.process.following import follow_teams
from shared.process.judge import Verdict, run_rules
from shared.process.open import open_cases
from shared.process.references import project
from shared.process.settle import look_again, settle
from shared.settings import Settings
from shared.telemetry.logs import logger

_log = logger(__name__)
Clock = Callable[[], datetime]
"""Gives the present UTC instant."""

MOST = 50
"""Cases in one transaction."""
IDLE_S = 1.0
"""Longest time from a deadline to its ringing, where there is nothing else to do."""
FOLLOW_EVERY_S = 2.0
SHOW_EVERY_S = 5.0

_DUE = "SELECT DISTINCT stream, case_id FROM due_cases($1, $2, $3, $4)"
_DONE = "DELETE FROM rechecks WHERE stream = ANY ($1::text[])"
_LATER = "least(interval '1 minute' * power(2, least({table}.attempts, 11)), interval '1 day')"
_UNSETTLED = f"""
UPDATE timers
SET attempts = timers.attempts + 1, code = g.code, not_before = $3::timestamptz + {_LATER.format(table="timers")}
FROM unnest($1::text[], $2::text[], $4::text[]) AS g (stream, name, code)
WHERE timers.stream = g.stream AND timers.name = g.name
"""
_BROKE = (
    f"""
UPDATE timers SET attempts = attempts + 1, code = $3, not_before = $2::timestamptz + {_LATER.format(table="timers")}
WHERE stream = $1 AND due_at <= $2
""",
    f"""
UPDATE rechecks SET attempts = attempts + 1, code = $3, not_before = $2::timestamptz + {_LATER.format(table="rechecks")}
WHERE stream = $1
""",
)
_COUNTS = """
SELECT (SELECT count(*) FROM timers WHERE due_at <= $1),
       (SELECT count(*) FROM timers WHERE due_at <= $1 AND code IS NOT NULL),
       (SELECT count(*) FROM rechecks)
"""


class Timers:
    """Decides the deadlines of one service's cases; several processes may run side by side.

    Args:
        settings: where the database is.
        aggregates: the service's, that of its cases first.
        clock: tells the time; tests bring their own.
    """

    def __init__(
        self, settings: Settings, aggregates: Sequence[Aggregate[Any, Any, Any, Any]], clock: Clock = utc_now
    ) -> None:
        self._settings = settings
        self._aggregates = aggregates
        self._service = aggregates[0].store
        self._clock = clock
        self._followed_s = self._shown_s = float("-inf")
        self.ready = False
        """Whether it can work at the moment."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; begins again after every failure of Postgres."""
        await supervise(self._session, stop, timers=self._service)

    async def _session(self, stop: asyncio.Event) -> None:
        conn = await connect(self._settings, self._service, "dyad_consumer")
        try:
            self.ready = True
            while not stop.is_set():
                if time.monotonic() - self._followed_s >= FOLLOW_EVERY_S:
                    await follow_teams(conn, self._service)
                    self._followed_s = time.monotonic()
                looked_at = await self.look(conn)
                if time.monotonic() - self._shown_s >= SHOW_EVERY_S:
                    await self._show(conn)
                if not looked_at:
                    await pause(stop, IDLE_S)
        finally:
            self.ready = False
            await close_postgres(conn)

    async def look(self, conn: Connection) -> int:
        """Looks once at what is due, at most `MOST` of each kind for each aggregate; the number of streams.

        Args:
            conn: as `dyad_consumer`, in no transaction.
        """
        looked_at = 0
        for aggregate in self._aggregates:
            now = self._clock()
            try:
                async with conn.transaction():
                    due = await _due(conn, aggregate, now)
                    await look_at(conn, aggregate, due, now)
            except Exception as error:
                if not is_poison(error):
                    raise
                _log.warning("deadlines_one_by_one", service=self._service, error=type(error).__name__)
                due = await self._one_by_one(conn, aggregate, now)
            looked_at += len(due)
        metrics.LOOKED_AT.labels(self._service).inc(looked_at)
        return looked_at

    async def _one_by_one(
        self, conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], now: datetime
    ) -> dict[str, UUID]:
        """One case's trouble is its own: it is tried again later, each time after a longer while."""
        async with conn.transaction():
            due = await _due(conn, aggregate, now)
        for stream, case_id in due.items():
            try:
                async with conn.transaction():
                    await look_at(conn, aggregate, {stream: case_id}, now)
            except Exception as error:
                if not is_poison(error):
                    raise
                _log.error("deadlines_failed", stream=stream, error=type(error).__name__)
                for statement in _BROKE:
                    await conn.execute(statement, stream, now, type(error).__name__)
        return due

    async def _show(self, conn: Connection) -> None:
        [(overdue, refused, rechecks)] = await conn.fetch(_COUNTS, self._clock())
        metrics.OVERDUE.labels(self._service).set(overdue)
        metrics.REFUSED.labels(self._service).set(refused)
        metrics.RECHECKS.labels(self._service).set(rechecks)
        self._shown_s = time.monotonic()


async def _due(conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], now: datetime) -> dict[str, UUID]:
    """Streams to be looked at now, their cases locked until the transaction ends."""
    rows = await conn.fetch(_DUE, aggregate.store, aggregate.decider.category, now, MOST)
    return {stream: UUID(int=case_id.int) for stream, case_id in rows}  # asyncpg's own class is not JSON


async def look_at(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], due: Mapping[str, UUID], now: datetime
) -> None:
    """Decides what is due of some streams and brings their timers up to date, in the caller's transaction.

    Args:
        conn: as `dyad_consumer`; it may have locked these cases, and no others.
        aggregate: the streams'.
        due: streams and their cases (for a team's own streams the team's key).
        now: UTC instant.

    Raises:
        Exception: whatever the aggregate's code breaks with; the caller rolls back.
    """
    if not due:
        return
    owners = {case_id: stream.partition("-")[2] for stream, case_id in due.items()} if aggregate.of_team else None
    opened = await open_cases(conn, aggregate, sorted(due.values()), Moment(now), owners=owners)
    verdicts: list[Verdict] = []
    unsettled: list[Unsettled] = []
    for case_id, dossier in opened.dossiers.items():
        unsettled += ring(dossier)
        outcomes = opened.outcomes[case_id]
        verdicts += run_rules(dossier, outcomes, correlation_id=opened.correlation_id, only_waiting=True)
    dossiers = opened.dossiers.values()
    timers, broken = changes(dossiers)
    await project(conn, dossiers)
    await conn.execute(_DONE, list(due))
    await look_again(conn, broken)
    if unsettled:
        columns = list(zip(*unsettled, strict=True))
        await conn.execute(_UNSETTLED, columns[0], columns[1], now, columns[2])
    await settle(conn, dossiers, verdicts, timers=timers)
