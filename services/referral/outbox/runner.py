"""Sends the letters that events call for, each at least once, and records that it did (role `outbox`).

An attempt is claimed before it is made: so a crash costs a pause, never a letter, and nothing is tried without end. No
transaction is open while a letter leaves. What was sent and could not be recorded is sent again under the same
Message-ID.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import asyncpg

from services.referral.aggregate import aggregate
from services.referral.outbox import metrics, queue
from services.referral.outbox.draft import HeldBack, Unaddressed, draft
from services.referral.outbox.message import Message, Sender, Undelivered
from services.referral.outbox.queue import MOST_ATTEMPTS, Claimed, LetterState, Outcome
from services.referral.outbox.record import NO_ADDRESS, record
from services.referral.outbox.senders import sender_of
from shared.bus.pause import pause
from shared.bus.supervise import supervise
from shared.eventstore.pool import open_pool
from shared.eventstore.teams import team_transaction
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.telemetry.logs import logger
from shared.vault.vault import Vault

_log = logger(__name__)
IDLE_S = 1.0
"""Longest time from an event to its letter, where there is nothing else to do."""
SHOW_EVERY_S = 5.0
NOT_WRITTEN = "not-written"
"""Why a letter is tried again later: its case could not be read, by this version of the service or at all."""


class Outbox:
    """The role `outbox` of the referral service; several processes may run side by side.

    Args:
        settings: where things are, and where letters go.
        clock: tells the time; tests bring their own.
        sender: instead of the one that the settings name.

    Raises:
        ValueError: the settings about letters are unusable.
    """

    def __init__(
        self, settings: Settings, clock: Callable[[], datetime] = utc_now, *, sender: Sender | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sender = sender or sender_of(settings)
        self._vault = Vault(aggregate.store, settings.secrets_dir, settings.tombstones)
        self._shown_s = float("-inf")
        self.ready = False
        """Whether it can work at the moment."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; begins again after every failure of Postgres."""
        if self._sender is None:
            _log.warning("letters_wait", setting="DYAD_LETTERS")
        await supervise(self._session, stop, outbox=aggregate.store)

    async def _session(self, stop: asyncio.Event) -> None:
        pool = await open_pool(self._settings, aggregate.store, "dyad_writer", min_size=1, max_size=1)
        try:
            self.ready = True
            while not stop.is_set():
                worked = await self.step(pool)
                await self._show(pool)
                if not worked:
                    await pause(stop, IDLE_S)
        finally:
            self.ready = False
            pool.terminate()

    async def step(self, pool: asyncpg.Pool) -> bool:
        """Makes one attempt at the letter that is due longest; whether there was one.

        Args:
            pool: as `dyad_writer`.
        """
        if self._sender is None:
            return False
        async with team_transaction(pool, None) as conn:
            letter = await queue.claim(conn, self._clock())
        if letter is None:
            return False
        outcome = await self._attempt(pool, letter, self._sender)
        async with team_transaction(pool, None) as conn:
            if outcome.state is LetterState.QUEUED:
                await queue.later(conn, letter.id, outcome.code)
            else:
                outcome = await record(conn, letter, outcome, self._clock())
        metrics.ATTEMPTS.labels(outcome.state).inc()
        failed = outcome.state is LetterState.FAILED or (outcome.state is LetterState.SENT and outcome.code is not None)
        log = _log.error if failed else _log.info
        log("letter", letter_id=str(letter.id), state=outcome.state, code=outcome.code, attempts=letter.attempts)
        return True

    async def _attempt(self, pool: asyncpg.Pool, letter: Claimed, sender: Sender) -> Outcome:
        if letter.attempts > MOST_ATTEMPTS:  # it has left, or broken the process, so many times without a word about it
            return Outcome(LetterState.FAILED, "no-outcome")
        try:
            message = await self._write(pool, letter, sender)
            await sender.send(message)
        except HeldBack as held:
            return Outcome(LetterState.SUPPRESSED, held.code)
        except Unaddressed:
            return Outcome(LetterState.FAILED, NO_ADDRESS)
        except Undelivered as reason:
            final = reason.final or letter.attempts == MOST_ATTEMPTS
            return Outcome(LetterState.FAILED if final else LetterState.QUEUED, reason.code)
        return Outcome(LetterState.SENT, channel=sender.channel)

    async def _write(self, pool: asyncpg.Pool, letter: Claimed, sender: Sender) -> Message:
        try:
            async with team_transaction(pool, None) as conn:
                return await draft(conn, self._vault, letter, sender.means, self._clock())
        except (HeldBack, Unaddressed, Undelivered, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - one letter's trouble is its own: tried again, then a person's
            _log.error("letter_not_written", letter_id=str(letter.id), error=type(error).__name__)
            raise Undelivered(NOT_WRITTEN) from None

    async def _show(self, pool: asyncpg.Pool) -> None:
        if time.monotonic() - self._shown_s < SHOW_EVERY_S:
            return
        async with team_transaction(pool, None) as conn:
            counts = await queue.counts(conn)
        metrics.QUEUED.set(counts.get(LetterState.QUEUED, 0))
        metrics.FAILED.set(counts.get(LetterState.FAILED, 0))
        self._shown_s = time.monotonic()
