"""One event as a Kafka record: the stored bytes as value, and headers that say what it is without parsing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from aiokafka import ConsumerRecord

from shared.eventstore.envelope import StoredEvent, leaf_hash

CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"
Headers = Sequence[tuple[str, bytes]]


class Place(NamedTuple):
    """Where a record stood in Kafka."""

    topic: str
    partition: int
    offset: int


class Heard(NamedTuple):
    """An event as it came over Kafka; what it says of itself stands in its headers.

    A named tuple, like all that is made once for every record: a frozen dataclass takes three times as long to make.
    """

    store: str
    stream: str
    version: int
    case_id: UUID | None
    """None for work and configuration that belong to a team."""
    event_id: UUID
    leaf_hash: bytes
    """sha256(0x00 || value), checked."""
    type: str
    recorded_at: datetime
    value: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that does not even say what it is."""

    store: str
    leaf_hash: bytes
    """sha256(0x00 || value), to know it again."""
    value: bytes
    place: Place
    error: str


def headers_of(event: StoredEvent) -> list[tuple[str, bytes]]:
    """The headers that the relay writes."""
    at = event.recorded_at.astimezone(UTC)
    return [
        ("content-type", CONTENT_TYPE),
        ("type", event.type.encode()),
        ("stream", event.stream.encode()),
        ("version", b"%d" % event.version),
        ("recordedat", at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()),
        ("leafhash", event.leaf_hash.hex().encode()),
        ("eventid", str(event.event_id).encode()),
    ]


def read(store: str, record: ConsumerRecord) -> Heard | Unreadable:
    """What a record says it is. The hash of its bytes is computed here and compared with the one announced."""
    value: bytes = record.value or b""
    computed = leaf_hash(value)
    place = Place(record.topic, record.partition, record.offset)
    try:
        headers = dict(record.headers)
        _same_bytes(headers["leafhash"], computed)
        return Heard(
            store,
            headers["stream"].decode(),
            _version(headers["version"]),
            _case_id(record.key),
            UUID(headers["eventid"].decode()),
            computed,
            headers["type"].decode(),
            _instant(headers["recordedat"].decode()),
            value,
            place,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return Unreadable(store, computed, value, place, f"{type(error).__name__} in the headers")


def _same_bytes(announced: bytes, computed: bytes) -> None:
    if bytes.fromhex(announced.decode()) != computed:
        raise ValueError("the bytes are not those that were stored")


def _version(text: bytes) -> int:
    version = int(text)
    if version < 1:
        raise ValueError("a version below 1")
    return version


def _case_id(key: bytes | None) -> UUID | None:
    """The case that a key names; a team's code is never 36 characters with the hyphens of a UUID."""
    if key is None or len(key) != 36:
        return None
    try:
        return UUID(key.decode())
    except ValueError:
        return None


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at
