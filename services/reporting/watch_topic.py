"""The compacted topic `dyad.alerts`: read whole at the start, then only added to. What it says is what is known."""

import asyncio
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self
from uuid import UUID

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.reporting.alert_records import Said
from shared.bus import metrics
from shared.bus.closing import close_kafka
from shared.bus.topics import ensure_compacted
from shared.settings import Settings
from shared.telemetry.logs import logger

log = logger(__name__)

ALERTS = "alerts"
"""The topic's name, as `Settings.topic` takes it."""
LABEL = "watch-alerts"
"""Under which its records are counted."""
WRITER = "watch-alerts"
"""Kafka's name for whoever writes it, after the installation's namespace: the next to take it fences off the last."""
_READ_MS = 500
SAID_WITHIN_S = 15.0
_SEND_WITHIN_MS = 10_000


class AlertTopic:
    """The last word on each alert, and the way to say another. An async context manager; one writer at a time.

    What is said at once is on the topic wholly and once, or not at all: a transaction. Whoever enters first fences off
    every earlier writer, one that was cut off, frozen or killed while it spoke, and only then reads: nothing of theirs
    can come after what was read. After any error throw it away and read again.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = settings.topic(ALERTS)
        self.standing: dict[UUID, Said] = {}
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap,
            transactional_id=f"{settings.namespace}{WRITER}",
            acks="all",
            linger_ms=5,
            request_timeout_ms=_SEND_WITHIN_MS,
        )

    async def __aenter__(self) -> Self:
        await ensure_compacted(self._settings, self._topic)
        try:
            await self._producer.start()
            await self._read()
        except BaseException:
            await close_kafka(self._producer)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await close_kafka(self._producer)

    async def say(self, said: Iterable[Said]) -> None:
        """Says these, in order, and waits until all are acknowledged.

        Raises:
            aiokafka.errors.KafkaError, TimeoutError: none of it was, unless the last answer was lost; throw this away.
        """
        words = list(said)
        await self._send({each.alert.alert_id: each.to_json() for each in words})
        self.standing.update((each.alert.alert_id, each) for each in words)

    async def forget(self, alerts: Iterable[UUID]) -> None:
        """Takes alerts off the topic. Raises what `say` raises."""
        gone = list(alerts)
        await self._send(dict.fromkeys(gone))
        for alert in gone:
            del self.standing[alert]

    async def _send(self, values: Mapping[UUID, bytes | None]) -> None:
        if not values:
            return
        async with asyncio.timeout(SAID_WITHIN_S):  # aiokafka itself would try for ever to end a transaction
            await self._producer.begin_transaction()
            sent = [
                await self._producer.send(self._topic, value, key=str(each).encode()) for each, value in values.items()
            ]
            for acknowledgement in sent:
                await acknowledgement
            await self._producer.commit_transaction()

    async def _read(self) -> None:
        part = TopicPartition(self._topic, 0)
        kafka = AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka_bootstrap,
            enable_auto_commit=False,
            isolation_level="read_committed",
        )
        try:
            await kafka.start()
            kafka.assign([part])
            await kafka.seek_to_beginning(part)
            end = (await kafka.end_offsets([part]))[part]
            while await kafka.position(part) < end:
                for record in (await kafka.getmany(part, timeout_ms=_READ_MS)).get(part, []):
                    self._heard(record.key, record.value)
        finally:
            await close_kafka(kafka)

    def _heard(self, key: bytes | None, value: bytes | None) -> None:
        """Takes one record. One that cannot be read has taken the last word's place: that alert is said again."""
        try:
            alert = UUID((key or b"").decode())
            self.standing.pop(alert, None)
            if value is not None:
                self.standing[alert] = _said(alert, value)
        except (ValueError, KeyError, TypeError) as error:
            metrics.counted(LABEL, {"poison": 1})
            log.warning("unreadable_alert", error=type(error).__name__)


def _said(alert: UUID, value: bytes) -> Said:
    """What a record says of the alert of its key. Raises ValueError, KeyError, TypeError: nothing."""
    said = Said.from_json(value)
    if said.alert.alert_id != alert:
        raise ValueError("an alert under the key of another")
    return said
