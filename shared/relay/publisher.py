"""Sending stored events to Kafka in order, and asking Kafka how far its topic reaches."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from types import TracebackType
from typing import Self
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from shared.bus.announcement import Announcement
from shared.bus.closing import close_kafka
from shared.bus.record import headers_of
from shared.bus.topics import WATERMARKS, TopicIds, TopicMissing
from shared.eventstore.envelope import StoredEvent
from shared.settings import Settings

BATCH_BYTES = 256 * 1024
"""Most bytes of records in one request to a partition; a single larger event still goes, alone."""
REQUEST_BYTES = 4 * 1024 * 1024
REQUEST_TIMEOUT_MS = 10_000
"""A send that is not acknowledged by then has failed."""


class TopicEmptied(Exception):
    """The topic is another one than before, or ends below where it ended before: everything must be sent again."""


@lru_cache(maxsize=65_536)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's default partitioner gives a key; remembered, for it is computed in plain Python."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class Publisher:
    """One producer for one store's topic; after any failure it is thrown away. An async context manager."""

    def __init__(self, settings: Settings, store: str) -> None:
        self._store = store
        self._topic = settings.topic(store)
        self._announcements = settings.topic(WATERMARKS)
        self._partitions = settings.partitions
        bootstrap = settings.kafka_bootstrap
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=REQUEST_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        self._reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
        self._ids = TopicIds(bootstrap)

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
            await self._reader.start()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._close()

    async def _close(self) -> None:
        # A producer that lost its broker would wait for it; what it still holds is sent again by the next one.
        await close_kafka(self._producer)
        await close_kafka(self._reader)
        await self._ids.close()

    async def topic_id(self) -> UUID:
        """The id of the store's topic.

        Raises:
            TopicMissing: it does not exist.
            aiokafka.errors.KafkaError: no broker answers.
        """
        found = await self._ids.of([self._topic])
        if self._topic not in found:
            raise TopicMissing(self._topic)
        return found[self._topic][0]

    async def next_offsets(self) -> tuple[int, ...]:
        """The next offset of every partition, as the broker has it now.

        Raises:
            aiokafka.errors.KafkaError: no broker answers.
        """
        parts = [TopicPartition(self._topic, number) for number in range(self._partitions)]
        ends = await self._reader.end_offsets(parts)
        return tuple(ends[part] for part in parts)

    async def send(self, events: Sequence[StoredEvent]) -> dict[int, int]:
        """Sends the exact stored bytes and waits until all are acknowledged by all replicas in sync.

        Returns:
            The next offset of every partition that was sent to.

        Raises:
            aiokafka.errors.KafkaError: something was not acknowledged; throw this publisher away.
        """
        by_partition: dict[int, list[StoredEvent]] = {}
        for event in events:
            by_partition.setdefault(partition_of(event.key.encode(), self._partitions), []).append(event)
        sent = (self._send_partition(partition, mine) for partition, mine in by_partition.items())
        return dict(zip(by_partition, await asyncio.gather(*sent), strict=True))

    async def _send_partition(self, partition: int, events: list[StoredEvent]) -> int:
        waiting: list[asyncio.Future[RecordMetadata]] = []
        batch: BatchBuilder = self._producer.create_batch()
        for event in events:
            if not _add(batch, event):
                waiting.append(await self._producer.send_batch(batch, self._topic, partition=partition))
                batch = self._producer.create_batch()
                _add(batch, event)
        waiting.append(await self._producer.send_batch(batch, self._topic, partition=partition))
        last = (await asyncio.gather(*waiting))[-1]
        # Kafka acknowledges with the offset of a batch's first record.
        return int(last.offset) + int(batch.record_count())

    async def announce(self, complete_to: datetime, topic_id: UUID, next_offsets: tuple[int, ...]) -> None:
        """Announces up to when, and to which offsets, the topic is all there.

        Raises:
            aiokafka.errors.KafkaError: it was not acknowledged.
        """
        said = Announcement(store=self._store, complete_to=complete_to, topic_id=topic_id, next_offsets=next_offsets)
        await self._producer.send_and_wait(self._announcements, said.to_json(), key=self._store.encode())


def _add(batch: BatchBuilder, event: StoredEvent) -> bool:
    added = batch.append(timestamp=None, key=event.key.encode(), value=event.doc.encode(), headers=headers_of(event))
    return added is not None
