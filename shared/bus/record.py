"""One event as a Kafka record: the stored bytes as value, and headers that say what it is without parsing it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from aiokafka import ConsumerRecord

from shared.eventstore.envelope import StoredEvent, leaf_hash
from shared.kernel.ids import team_key

CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"
_LONGEST_NAME = 400
"""Bytes of a stream's or a type's name: what every index takes."""
_LAST_VERSION = 2**31 - 1
"""PostgreSQL's integer."""
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
    case_id: UUID
    """For what belongs to a team and to no case: `shared.kernel.ids.team_key`."""
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
            _name(headers["stream"]),
            _version(headers["version"]),
            _case_id(record.key),
            UUID(headers["eventid"].decode()),
            computed,
            _name(headers["type"]),
            _instant(headers["recordedat"].decode()),
            value,
            place,
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as error:
        return Unreadable(store, computed, value, place, f"{type(error).__name__} in the headers")


def _same_bytes(announced: bytes, computed: bytes) -> None:
    if bytes.fromhex(announced.decode()) != computed:
        raise ValueError("the bytes are not those that were stored")


def _name(text: bytes) -> str:
    name = text.decode()
    if len(text) > _LONGEST_NAME or not name.isprintable():
        raise ValueError("a name that cannot be stored")
    return name


def _version(text: bytes) -> int:
    version = int(text)
    if not 1 <= version <= _LAST_VERSION:
        raise ValueError("no version")
    return version


def _case_id(key: bytes | None) -> UUID:
    """The case that a key names; for a team, whose code is never a UUID, the id under which its streams are handled."""
    if key is None:
        raise ValueError("a record without a key")
    text = key.decode()
    if len(text) == 36:
        with suppress(ValueError):
            return UUID(text)
    return team_key(text)


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at if at.tzinfo is UTC else at.astimezone(UTC)  # overflows where it could not be stored either
