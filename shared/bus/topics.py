"""Topics: made explicitly, checked, and told apart by Kafka's own ids (a topic made again is another log)."""

import asyncio
from collections.abc import Mapping, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from shared.settings import STORES, Settings

WATERMARKS = "watermarks"
"""The topic of the announcements, beside those of the stores."""

EVENT_TOPIC = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    # An event may carry almost a whole request body; the broker's default is 1 MiB for everything together.
    "max.message.bytes": str(4 * 1024 * 1024),
    # The broker's clock: a service's clock that runs ahead would be refused (message.timestamp.after.max.ms).
    "message.timestamp.type": "LogAppendTime",
}
COMPACTED_TOPIC = {
    "cleanup.policy": "compact",
    # Compaction never touches the newest segment: short ones keep what a starting consumer reads small.
    "segment.ms": "600000",
    "segment.bytes": str(1024 * 1024),
    "min.cleanable.dirty.ratio": "0.1",
    "message.timestamp.type": "LogAppendTime",
}
VISIBLE_WITHIN_S = 10.0
_UNKNOWN_TOPIC = 3


class PartitionMismatch(Exception):
    """A topic exists with another number of partitions; keys would change places, so nothing starts."""


class TopicMissing(Exception):
    """A topic that must be there is not (yet)."""


class _Uuid:
    """The protocol's 16 bytes; aiokafka 0.14 knows no such type."""

    @classmethod
    def encode(cls, item: UUID) -> bytes:
        return item.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))

    @classmethod
    def repr(cls, item: UUID) -> str:
        return str(item)


def _schema(*fields: tuple[str, Any]) -> Any:
    return Schema(*fields)


class _MetadataResponse(Response):  # type: ignore[misc]  # aiokafka publishes no types
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = _schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("in_sync", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _MetadataRequestV12(RequestStruct):  # type: ignore[misc]
    API_KEY = 3
    API_VERSION = 12
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _MetadataResponse
    SCHEMA = _schema(
        (
            "topics",
            CompactArray(("topic_id", _Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields)),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _MetadataRequest(Request[_MetadataRequestV12]):  # type: ignore[misc]
    """Metadata with topic ids (version 12, Kafka 3.0 and later); aiokafka 0.14 stops at version 5."""

    API_KEY = 3

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def build(self, request_struct_class: type[_MetadataRequestV12]) -> _MetadataRequestV12:
        topics: list[tuple[UUID, str, dict[int, bytes]]] = [(UUID(int=0), name, {}) for name in self._names]
        return request_struct_class(topics, False, False, {})


class TopicIds:
    """Asks Kafka for the ids of topics over a connection that is kept; an async context manager."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._client: AIOKafkaClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connection; the next question opens another."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def of(self, names: Sequence[str]) -> dict[str, tuple[UUID, int]]:
        """Id and number of partitions of each topic that exists; others are left out.

        Raises:
            aiokafka.errors.KafkaError: no broker answers, or it answers with an error.
        """
        try:
            return await self._ask(names)
        except (TimeoutError, KafkaError, OSError):
            await self.close()
            raise

    async def _ask(self, names: Sequence[str]) -> dict[str, tuple[UUID, int]]:
        if self._client is None:
            client = AIOKafkaClient(bootstrap_servers=self._bootstrap, request_timeout_ms=5000)
            try:
                await client.bootstrap()
            except BaseException:
                await client.close()
                raise
            self._client = client
        node = self._client.get_random_node()
        if node is None:
            raise KafkaConnectionError("no broker is known")
        answer = await self._client.send(node, _MetadataRequest(names))
        found: dict[str, tuple[UUID, int]] = {}
        for error, name, topic_id, _, partitions, *_ in answer.topics:
            if error == 0:
                found[name] = (topic_id, len(partitions))
            elif error != _UNKNOWN_TOPIC:
                raise for_code(error)(name)
        return found


async def ensure_topics(settings: Settings) -> None:
    """Makes the topics of all stores and of the announcements where they are missing.

    Raises:
        PartitionMismatch: a topic exists with another number of partitions.
        aiokafka.errors.KafkaError: no broker answers, or it refuses.
    """
    wanted = {settings.topic(store): (settings.partitions, EVENT_TOPIC) for store in STORES}
    wanted[settings.topic(WATERMARKS)] = (1, COMPACTED_TOPIC)
    await _ensure(settings, wanted)


async def ensure_compacted(settings: Settings, topic: str) -> None:
    """Makes a topic of one partition that keeps the last record of every key, where it is missing.

    Args:
        settings: where Kafka is.
        topic: its full name, see `Settings.topic`.

    Raises:
        PartitionMismatch, aiokafka.errors.KafkaError: as for `ensure_topics`.
    """
    await _ensure(settings, {topic: (1, COMPACTED_TOPIC)})


async def _ensure(settings: Settings, wanted: Mapping[str, tuple[int, dict[str, str]]]) -> None:
    async with TopicIds(settings.kafka_bootstrap) as ids:
        found = await ids.of(list(wanted))
        missing = [name for name in wanted if name not in found]
        if missing:
            await _create(settings.kafka_bootstrap, [_new(name, *wanted[name]) for name in missing])
            found = await _visible(ids, list(wanted))
    for name, (_, partitions) in found.items():
        if partitions != wanted[name][0]:
            raise PartitionMismatch(f"topic {name} has {partitions} partitions, the settings say {wanted[name][0]}")


def _new(name: str, partitions: int, configs: dict[str, str]) -> NewTopic:
    topic = NewTopic(name, partitions, 1, topic_configs=configs)
    # As many replicas as is the broker's default, one on a laptop and three on a cluster; the constructor refuses -1.
    topic.replication_factor = -1
    return topic


async def _create(bootstrap: str, topics: list[NewTopic]) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        answer = await client.create_topics(topics)
    finally:
        await client.close()
    for name, error, message in answer.topic_errors:
        if error not in (0, TopicAlreadyExistsError.errno):  # another service may be first
            raise for_code(error)(f"{name}: {message}")


async def _visible(ids: TopicIds, names: Sequence[str]) -> dict[str, tuple[UUID, int]]:
    async with asyncio.timeout(VISIBLE_WITHIN_S):
        while True:
            found = await ids.of(names)
            if len(found) == len(names):
                return found
            await asyncio.sleep(0.05)
