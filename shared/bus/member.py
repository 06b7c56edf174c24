"""One member of a consumer's group: reads batches from its partitions and applies them, each in one transaction."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError

from shared.bus import metrics
from shared.bus.batch import Batch, Reading, apply_batch
from shared.bus.closing import close_kafka, close_postgres
from shared.bus.inbox import Arrival, examine
from shared.bus.offsets import Fenced, Move, Offset, rewind, stored
from shared.bus.record import Unreadable, read
from shared.bus.topics import TopicIds, TopicMissing
from shared.eventstore.pool import connect
from shared.settings import Settings
from shared.telemetry.logs import logger

log = logger(__name__)

BATCH = 2000
"""Most records in one transaction."""
POLL_MS = 250
"""Longest wait for records: how soon a member sees that it shall stop."""
COMMIT_EVERY_S = 1.0
"""How long after a batch Kafka is told the offsets, for lag tools only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which service's database, and which topics."""

    settings: Settings
    service: str
    topics: Mapping[str, str]
    """Topic to the store whose events it carries."""

    async def connect(self) -> asyncpg.Connection:
        """A connection of the consumer's role, in UTC. Raises UnsafeServer where rules could lose what they append."""
        return await connect(self.settings, self.service, "dyad_consumer", application_name="dyad consumer")


class Member(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    """Reads as one member of the group `<namespace><consumer>`.

    The offsets in Postgres are the truth: it seeks to them whenever it gets partitions, and moves them by
    compare-and-set with the effect. A member that lost its partitions without knowing (a zombie) is refused there.
    """

    def __init__(self, place: Place, reading: Reading) -> None:
        self._place = place
        self._reading = reading
        self._busy = asyncio.Lock()
        self._at: dict[TopicPartition, Offset] = {}
        self._broken: Exception | None = None
        self._telling: asyncio.Task[None] | None = None
        self._look_again = False
        self.ready = False
        """Whether it has been given partitions (or knows that there are none for it)."""

    def look_again(self) -> None:
        """Makes it compare its offsets with the logs before the next batch: a topic was made again."""
        self._look_again = True

    async def run(self, stop: asyncio.Event) -> None:
        """Reads until `stop` is set.

        Raises:
            OSError, asyncpg.PostgresError, aiokafka.errors.KafkaError, TopicMissing: begin again.
        """
        self._broken, self._at = None, {}
        conn = await self._place.connect()
        kafka = self._kafka()
        try:
            async with TopicIds(self._place.settings.kafka_bootstrap) as ids:
                self._conn, self._consumer, self._ids = conn, kafka, ids
                await ids_of(ids, self._place.topics)
                kafka.subscribe(list(self._place.topics), listener=self)
                await kafka.start()
                while not stop.is_set():
                    await self._step()
        finally:
            self.ready = False
            if self._telling is not None:
                self._telling.cancel()
            await close_kafka(kafka)
            await close_postgres(conn)

    def _kafka(self) -> AIOKafkaConsumer:
        settings = self._place.settings
        return AIOKafkaConsumer(
            bootstrap_servers=settings.kafka_bootstrap,
            group_id=f"{settings.namespace}{self._reading.consumer}",
            enable_auto_commit=False,
            # Only for an offset that the log does not have; where to begin is always said by a seek.
            auto_offset_reset="earliest",
            # The default spreads the three partitions of one case over three members: they would wait for each other.
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=6000,
            heartbeat_interval_ms=2000,
            metadata_max_age_ms=5000,
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_bytes=8 * 1024 * 1024,
        )

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Waits for the batch at hand; from here on nothing of these partitions is applied."""
        del revoked  # the range assignor takes all away and gives anew
        async with self._busy:
            self._at.clear()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Seeks to the offsets in Postgres."""
        async with self._busy:
            try:
                await self._seek(assigned)
            except Exception as error:  # noqa: BLE001 - aiokafka would only log it; the next step raises it
                self._broken = error
            self.ready = self._broken is None

    async def _seek(self, partitions: Collection[TopicPartition]) -> None:
        self._look_again = False
        if not partitions:
            return
        consumer = self._reading.consumer
        ids = await ids_of(self._ids, self._place.topics)
        offsets = await stored(self._conn, consumer, [(tp.topic, tp.partition) for tp in partitions], ids)
        begins = await self._consumer.beginning_offsets(list(partitions))
        ends = await self._consumer.end_offsets(list(partitions))
        for tp in partitions:
            at = offsets[tp.topic, tp.partition]
            if not begins[tp] <= at.next_offset <= ends[tp]:
                # Records were removed from the log, or it was cut short: read what is there, from its beginning.
                log.error("offset_not_in_log", consumer=consumer, topic=tp.topic, offset=at.next_offset)
                await rewind(self._conn, consumer, (tp.topic, tp.partition), at.next_offset, begins[tp])
                at = Offset(at.topic_id, begins[tp])
            self._at[tp] = at
            self._consumer.seek(tp, at.next_offset)

    async def _step(self) -> None:
        batches = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        if self._broken is not None:
            raise self._broken
        async with self._busy:
            assigned = self._consumer.assignment()
            mine = {tp: records for tp, records in batches.items() if tp in assigned and records}
            if self._look_again or not all(self._follows(tp, records) for tp, records in mine.items()):
                await self._seek(assigned)
            elif mine:
                await self._apply(mine)

    def _follows(self, tp: TopicPartition, records: Sequence[ConsumerRecord]) -> bool:
        at = self._at.get(tp)
        return at is not None and records[0].offset == at.next_offset

    async def _apply(self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        moves, arrivals, unreadable = [], list[Arrival](), list[Unreadable]()
        for tp, records in batches.items():
            moves.append(Move((tp.topic, tp.partition), self._at[tp], records[-1].offset + 1))
            store = self._place.topics[tp.topic]
            for record in records:
                event = read(store, record)
                if isinstance(event, Unreadable):
                    unreadable.append(event)
                else:
                    arrivals.append(examine(self._reading.decodes, event))
        batch = Batch(moves=moves, arrivals=arrivals, unreadable=unreadable)
        try:
            counts = await apply_batch(self._conn, self._reading, batch)
        except Fenced:
            log.warning("fenced", consumer=self._reading.consumer)
            await self._seek(self._consumer.assignment())
            return
        for move in moves:
            self._at[TopicPartition(*move.partition)] = Offset(move.before.topic_id, move.after)
        metrics.counted(self._reading.consumer, counts)
        self._tell_kafka()

    def _tell_kafka(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_kafka_soon())

    async def _tell_kafka_soon(self) -> None:
        await asyncio.sleep(COMMIT_EVERY_S)
        try:
            await self._consumer.commit({tp: at.next_offset for tp, at in self._at.items()})
        except KafkaError as error:
            # Nothing depends on it: after a rebalance it is refused, and the offsets in Postgres are the truth.
            log.debug("kafka_commit_refused", consumer=self._reading.consumer, error=type(error).__name__)


async def ids_of(ids: TopicIds, topics: Collection[str]) -> dict[str, UUID]:
    """The id of each topic.

    Raises:
        TopicMissing: one of them does not exist.
        aiokafka.errors.KafkaError: no broker answers.
    """
    found = await ids.of(list(topics))
    missing = [topic for topic in topics if topic not in found]
    if missing:
        raise TopicMissing(missing[0])
    return {topic: topic_id for topic, (topic_id, _) in found.items()}
