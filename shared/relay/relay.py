"""The relay: tails one store in its gap-safe order and sends every event to Kafka, in order per case, at least once.

One is active per store: it holds a session lock, and moves its position by compare-and-set on the connection that
holds it. Whatever fails, it throws the producer away and starts again from the stored position: events may be sent
twice (consumers know them by stream and version), none is left out.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.bus.closing import close_postgres
from shared.bus.pause import pause
from shared.bus.supervise import supervise
from shared.bus.topics import ensure_topics
from shared.eventstore.store import Connection
from shared.eventstore.tail import Tail
from shared.relay import metrics
from shared.relay.publisher import Publisher, TopicEmptied
from shared.settings import Settings
from shared.telemetry.logs import logger

log = logger(__name__)

LOCK_KEY = (7412, 1)
"""Two-part advisory key: never the same as a mark of the store, which is one 64-bit key."""
LOCK_EVERY_S = 0.5
"""How often a relay in waiting tries; it asks instead of queueing, for a waiting statement keeps a snapshot open."""
BATCH = 2000
BUSY_POLL_S = 0.004
"""Every portion costs a poll, a request and a batch downstream, however few events it holds. [M] When every portion was
marked too, 6 ms against 2 ms saved a third of all processor time from append to view at 400 events/s."""
MARK_EVERY_S = 0.05
"""A mark is a commit; under load it is spared. Nothing is announced that was not marked before."""
IDLE_POLL_S = 0.02
"""Longest pause between two polls of an idle store: a part of the time from append to visible."""
ANNOUNCE_BUSY_S = 0.1
"""Under load announcements are spared: each costs two questions to Kafka and a record; a page needs no finer stamp."""
ANNOUNCE_IDLE_S = 1.0
SESSION = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
"""A relay that is cut off from the network loses its lock within half a minute."""

_LOCK = "SELECT pg_try_advisory_lock($1, $2)"
_READ = "SELECT position, topic_id, next_offsets FROM relay_position"
_MOVE = "UPDATE relay_position SET position = $2, next_offsets = $3 WHERE position = $1"
_SET = "UPDATE relay_position SET position = $2, topic_id = $3, next_offsets = $4 WHERE position = $1"


class PositionMoved(Exception):
    """Somebody else moved the position: this relay is not the active one any more."""


@dataclass(slots=True)
class _Log:
    """The topic as this relay knows it."""

    topic_id: UUID
    next_offsets: list[int]
    """Of every partition, as far as this relay knows: by acknowledgement, or by asking."""
    unannounced: bool = True
    """Whether something was sent since the last announcement."""

    def reached(self, next_offsets: Iterable[tuple[int, int]]) -> None:
        """Takes note of next offsets, by partition."""
        for partition, offset in next_offsets:
            self.next_offsets[partition] = max(offset, self.next_offsets[partition])


class Relay:
    """Sends one store's events to its topic, for as long as it runs.

    Args:
        settings: where Postgres and Kafka are.
        store: short name of the store, e.g. `referral`.
    """

    def __init__(self, settings: Settings, store: str) -> None:
        self._settings = settings
        self._store = store
        self._announced_s = float("-inf")
        self._announcing: asyncio.Task[None] | None = None
        self.ready = False
        """Whether it is at work or waits for the active one to go; False while a server is out of reach."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; begins again after every failure of Postgres or Kafka.

        Raises:
            PartitionMismatch: the topics do not have the configured number of partitions.
        """
        await supervise(self._session, stop, expected=(TopicEmptied, PositionMoved), store=self._store)

    async def _session(self, stop: asyncio.Event) -> None:
        conn: asyncpg.Connection = await asyncpg.connect(
            self._settings.dsn(self._store, "dyad_relay"), server_settings=SESSION
        )
        try:
            await ensure_topics(self._settings)
            self.ready = True
            while not await conn.fetchval(_LOCK, *LOCK_KEY):
                if await pause(stop, LOCK_EVERY_S):
                    return
            await self._publish(conn, stop)
        except Exception:
            metrics.FAILURES.labels(self._store).inc()
            raise
        finally:
            self.ready = False
            await close_postgres(conn)

    async def _publish(self, conn: Connection, stop: asyncio.Event) -> None:
        async with Publisher(self._settings, self._store) as publisher:
            position, known = await self._start(conn, publisher)
            log.info("relay_active", store=self._store, position=position, topic_id=str(known.topic_id))
            tail = Tail(conn, position, raise_floor=True)
            try:
                await self._forward(conn, tail, publisher, known, stop)
            finally:
                await self._end_announcing()

    async def _forward(
        self, conn: Connection, tail: Tail, publisher: Publisher, known: _Log, stop: asyncio.Event
    ) -> None:
        marked, marked_s, pause_s = tail.position, time.monotonic(), BUSY_POLL_S
        while not stop.is_set():
            polled = await tail.poll(BATCH)
            if polled.events:
                known.reached((await publisher.send(polled.events)).items())
                known.unannounced = True
                metrics.sent(self._store, polled.events, tail.position)
            announcing = polled.complete_to is not None and self._announcement_due(known)
            hurry = announcing or len(polled.events) in {0, BATCH} or time.monotonic() - marked_s >= MARK_EVERY_S
            if tail.position != marked and hurry:
                await self._mark(conn, marked, tail.position, known)
                marked, marked_s = tail.position, time.monotonic()
            if announcing and polled.complete_to is not None:
                self._announce(publisher, known, polled.complete_to)
            pause_s = BUSY_POLL_S if polled.events else min(2 * pause_s, IDLE_POLL_S)
            if len(polled.events) < BATCH:
                await pause(stop, pause_s)
        if tail.position != marked:
            await self._mark(conn, marked, tail.position, known)

    async def _mark(self, conn: Connection, before: int, position: int, known: _Log) -> None:
        """Keeps how far Kafka has acknowledged; what was sent since is sent again after a crash.

        Raises:
            PositionMoved: another relay has moved it.
        """
        if await conn.execute(_MOVE, before, position, known.next_offsets) != "UPDATE 1":
            raise PositionMoved(self._store)

    async def _start(self, conn: Connection, publisher: Publisher) -> tuple[int, _Log]:
        """Where to begin: the stored position, or 0 if the topic is not the one that was sent to."""
        [row] = await conn.fetch(_READ)
        topic_id = await publisher.topic_id()
        ends = await publisher.next_offsets()
        position: int = row["position"]
        if row["topic_id"] != topic_id or _ends_below(ends, row["next_offsets"]):
            if row["topic_id"] is not None:
                log.warning("topic_emptied", store=self._store, position=position)
            if await conn.execute(_SET, position, 0, topic_id, list(ends)) != "UPDATE 1":
                raise PositionMoved(self._store)
            position = 0
        return position, _Log(topic_id, list(ends))

    def _announcement_due(self, known: _Log) -> bool:
        if self._announcing is not None and not self._announcing.done():
            return False
        return time.monotonic() - self._announced_s >= (ANNOUNCE_BUSY_S if known.unannounced else ANNOUNCE_IDLE_S)

    def _announce(self, publisher: Publisher, known: _Log, complete_to: datetime) -> None:
        """Begins an announcement beside the sending: it takes Kafka three questions. What it says was marked before.

        Raises:
            TopicEmptied: the one before found that the topic was emptied or made again.
            aiokafka.errors.KafkaError: the one before was not acknowledged.
        """
        if self._announcing is not None:
            self._announcing.result()
        self._announced_s = time.monotonic()
        known.unannounced = False
        self._announcing = asyncio.create_task(self._say(publisher, known, complete_to))

    async def _say(self, publisher: Publisher, known: _Log, complete_to: datetime) -> None:
        """Says how far the topic is complete; everything recorded up to `complete_to` was acknowledged before."""
        before = tuple(known.next_offsets)
        topic_id = await publisher.topic_id()
        ends = await publisher.next_offsets()
        if topic_id != known.topic_id or _ends_below(ends, before):
            raise TopicEmptied(self._store)
        known.reached(enumerate(ends))
        await publisher.announce(complete_to, topic_id, ends)
        metrics.COMPLETE_TO.labels(self._store).set(complete_to.timestamp())

    async def _end_announcing(self) -> None:
        task, self._announcing = self._announcing, None
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # what it found matters no more: the next session looks for itself


def _ends_below(ends: Sequence[int], before: Sequence[int]) -> bool:
    return any(now < then for now, then in zip(ends, before, strict=True)) if before else False
