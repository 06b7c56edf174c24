"""Executes approved erasures when their time has come: events, tombstone and the end of the keys in one transaction."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import asyncpg

from services.referral import erasure
from services.referral.aggregate import aggregate
from services.referral.record_commands import EraseSubject
from shared.eventstore.envelope import Provenance
from shared.eventstore.pool import open_pool
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.ids import utc_now
from shared.process.open import open_cases
from shared.process.settle import settle
from shared.settings import Settings
from shared.telemetry.logs import logger
from shared.vault import tombstones

POLL_S = 1.0
RETRY_S = 60.0
"""How long a failed attempt is left alone: what it fails with is rarely gone after a second."""
_CASES = "SELECT case_id FROM cases_of_subject($1) ORDER BY case_id"
_ERASE = "SELECT erase_subject($1)"
_log = logger(__name__)


class ErasureExecutor:
    """The role `erasure` of the referral service.

    Args:
        settings: where things are.
        clock: gives the UTC instant that decides what is due.
        poll_s: seconds between two looks.
        retry_s: seconds between two looks after a failure.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime] = utc_now,
        *,
        poll_s: float = POLL_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._poll_s = poll_s
        self._retry_s = retry_s
        self.ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set.

        Whoever stands on the list outside the databases is erased first: after an older backup the events of an erasure
        are missing, and the other services only act on those.
        """
        pool = await open_pool(self._settings, aggregate.store, "dyad_consumer", min_size=1, max_size=1)
        try:
            listed = list(tombstones.read(self._settings.tombstones))
            while not stop.is_set():
                listed = [subject for subject in listed if not await self._attempt(pool, subject, None)]
                well = await self._look(pool) and not listed
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), self._poll_s if well else self._retry_s)
        finally:
            self.ready = False
            await pool.close()

    async def _look(self, pool: asyncpg.Pool) -> bool:
        """Executes what is due; whether nothing went wrong."""
        try:
            async with pool.acquire() as conn:
                found = await erasure.due(conn, self._clock())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self.ready = False
            _log.warning("erasures_not_read", error=type(error).__name__)
            return False
        self.ready = True
        attempts = [await self._attempt(pool, request.subject, request.request_id) for request in found]
        return all(attempts)

    async def _attempt(self, pool: asyncpg.Pool, subject: UUID, request_id: UUID | None) -> bool:
        """Trouble with one request is its own: it is tried again at the next look."""
        try:
            async with pool.acquire() as conn, conn.transaction():
                await execute(conn, self._settings, subject, request_id, self._clock())
        except Exception as error:  # noqa: BLE001 - seen in the log and in the list of requests; the others go on
            _log.error("erasure_failed", request_id=str(request_id), error=type(error).__name__)
            return False
        return True


async def execute(conn: Connection, settings: Settings, subject: UUID, request_id: UUID | None, now: datetime) -> None:
    """Erases one person in this service, in the caller's transaction; the others hear it. Repeating it changes nothing.

    Args:
        conn: as `dyad_consumer`, in a transaction that has locked no case.
        settings: where the list of the erased people is.
        subject: the person.
        request_id: the request; None when the list outside the databases is applied again.
        now: UTC instant.
    """
    if request_id is not None and not await erasure.begin(conn, request_id):
        return
    cases = [UUID(int=row[0].int) for row in await conn.fetch(_CASES, subject)]
    opened = await open_cases(conn, aggregate, cases, Moment(now))
    provenance = Provenance(
        actor="dyad", actor_role="system", correlation_id=request_id or subject, rule="erasure-executor"
    )
    for dossier in opened.dossiers.values():
        dossier.record(dossier.decide([EraseSubject(subject_ref=subject)]), provenance)
    if request_id is not None:
        tombstones.append(settings.tombstones, subject, now)  # on disk before a key goes
        await erasure.finish(conn, request_id)
    await conn.execute(_ERASE, subject)
    await settle(conn, opened.dossiers.values())
