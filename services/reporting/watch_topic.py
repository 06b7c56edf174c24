"""The compacted topic `dyad.alerts`: read whole at the start, then only added to. What it says is what is known."""

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
_READ_MS = 500
_SEND_WITHIN_MS = 10_000


class AlertTopic:
    """The last word on each alert, and the way to say another. An async context manager; one writer at a time.

    The producer is idempotent and waits for every replica: a word is on the topic once, or not at all. After any error
    throw it away and read again.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._topic = settings.topic(ALERTS)
        self.standing: dict[UUID, Said] = {}
        self._producer = AIOKafkaProducer(
            bootstrap_servers=settings.kafka_bootstrap,
            acks="all",
            enable_idempotence=True,
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
            aiokafka.errors.KafkaError: something was not; throw this away.
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
        sent = [await self._producer.send(self._topic, value, key=str(key).encode()) for key, value in values.items()]
        for acknowledgement in sent:
            await acknowledgement

    async def _read(self) -> None:
        part = TopicPartition(self._topic, 0)
        kafka = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap, enable_auto_commit=False)
        await kafka.start()
        try:
            kafka.assign([part])
            await kafka.seek_to_beginning(part)
            end = (await kafka.end_offsets([part]))[part]
            while await kafka.position(part) < end:
                for record in (await kafka.getmany(part, timeout_ms=_READ_MS)).get(part, []):
                    self._heard(record.key, record.value)
        finally:
            await close_kafka(kafka)

    def _heard(self, key: bytes | None, value: bytes | None) -> None:
        try:
            alert = UUID((key or b"").decode())
            if value is None:
                self.standing.pop(alert, None)
                return
            self.standing[alert] = Said.from_json(value)
        except (ValueError, KeyError, TypeError) as error:
            metrics.counted(LABEL, {"poison": 1})
            log.warning("unreadable_alert", error=type(error).__name__)
