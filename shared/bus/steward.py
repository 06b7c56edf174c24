"""What a consumer does beside reading: raise its watermark, notice topics made again, carry out decisions."""

import asyncio
import time
from collections.abc import Callable, Mapping
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus import held, metrics
from shared.bus.announcement import Announcement, thinned
from shared.bus.batch import Reading
from shared.bus.closing import close_kafka, close_postgres
from shared.bus.member import Place, ids_of
from shared.bus.settle import settle, settle_unknown
from shared.bus.topics import WATERMARKS, TopicIds
from shared.bus.watermark import State, complete_to, has_rules, raise_watermarks, state_of, topic_ids_of, watermarks_of
from shared.eventstore.store import Connection
from shared.telemetry.logs import logger

log = logger(__name__)

TICK_MS = 200
"""Longest time between two looks at what was announced."""
SETTLE_EVERY_S = 1.0
REMEMBERED = 600
"""Most announcements of one store that wait to be reached: all of the last minute under load, else thinned out."""


class Steward:
    """Runs beside the members of one consumer.

    Args:
        place: which database and topics.
        reading: who reads.
        look_again: called when the offsets are about another log than a topic is now, or are gone.
    """

    def __init__(self, place: Place, reading: Reading, look_again: Callable[[], None]) -> None:
        self._place = place
        self._reading = reading
        self._look_again = look_again
        self._announced: dict[str, list[Announcement]] = {}
        self._settled_s = 0.0
        self.ready = False

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set.

        Raises:
            OSError, asyncpg.PostgresError, aiokafka.errors.KafkaError, TopicMissing: begin again.
        """
        settings = self._place.settings
        part = TopicPartition(settings.topic(WATERMARKS), 0)
        conn = await self._place.connect()
        kafka = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest", metadata_max_age_ms=5000
        )
        try:
            async with TopicIds(settings.kafka_bootstrap) as ids:
                await ids_of(ids, [part.topic])
                await kafka.start()
                kafka.assign([part])
                await kafka.seek_to_beginning(part)
                rules = await has_rules(conn)
                await settle_unknown(conn, self._reading)
                self.ready = True
                while not stop.is_set():
                    self._remember((await kafka.getmany(timeout_ms=TICK_MS)).get(part, []))
                    await self._tick(conn, ids, rules=rules)
        finally:
            self.ready = False
            await close_kafka(kafka)
            await close_postgres(conn)

    def _remember(self, records: list[object]) -> None:
        for record in records:
            try:
                said = Announcement.from_json(getattr(record, "value", b"") or b"")
            except (ValueError, KeyError, TypeError):
                log.error("announcement_unreadable", consumer=self._reading.consumer)  # noqa: TRY400 - its text says all
                continue
            self._announced[said.store] = thinned([*self._announced.get(said.store, ()), said], REMEMBERED)

    async def _tick(self, conn: Connection, ids: TopicIds, *, rules: bool) -> None:
        state = await state_of(conn, self._reading.consumer, rules=rules)
        # Asked after the offsets were read: what is still the same log now was it when they were moved.
        now = await ids_of(ids, self._place.topics)
        if _misplaced(state, now):
            self._look_again()
        await self._raise(conn, state, now)
        if time.monotonic() - self._settled_s >= SETTLE_EVERY_S:
            await settle(conn, self._reading)
            await self._show(conn)
            self._settled_s = time.monotonic()

    async def _raise(self, conn: Connection, state: State, now: Mapping[str, UUID]) -> None:
        topics = {store: topic for topic, store in self._place.topics.items()}
        current = [
            said for store in topics for said in self._announced.get(store, ()) if said.topic_id == now[topics[store]]
        ]
        instants = complete_to(state, topics, current)
        await raise_watermarks(conn, self._reading.consumer, instants)
        for store, instant in instants.items():
            waiting = self._announced[store]
            while len(waiting) > 1 and waiting[0].complete_to <= instant:
                del waiting[0]

    async def _show(self, conn: Connection) -> None:
        consumer = self._reading.consumer
        metrics.held(consumer, await held.counts(conn, consumer))
        metrics.reached(consumer, self._place.topics.values(), await watermarks_of(conn, consumer))


def _misplaced(state: State, now: Mapping[str, UUID]) -> bool:
    """Whether the offsets are about another log, or were forgotten with an emptied inbox."""
    known = topic_ids_of(state)
    return any(known.get(topic) != {topic_id} for topic, topic_id in now.items())
