"""The record that the relay writes: a CloudEvent to the library, and to a consumer exactly what was stored."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event

from shared.bus.record import Heard, Unreadable, headers_of, read
from shared.eventstore.envelope import StoredEvent, complete
from shared.testing.bus import made

AT = datetime(2026, 11, 23, 15, 0, 0, 120_000, tzinfo=UTC)


def stored() -> StoredEvent:
    case_id = uuid4()
    new = made("referral", case_id, data={"note": "żółw 🐢"})
    return complete(new, position=7, stream=f"referral-{case_id}", version=3, recorded_at=AT)


def record(event: StoredEvent, **changes: bytes) -> ConsumerRecord[bytes, bytes]:
    headers = tuple((dict(headers_of(event)) | changes).items())
    value = event.doc.encode()
    return ConsumerRecord("dyad.referral", 2, 11, 0, 0, event.key.encode(), value, None, 36, len(value), headers)


def test_the_cloudevents_library_reads_the_record_as_a_structured_event() -> None:
    event = stored()
    message = KafkaMessage(headers=dict(headers_of(event)), key=event.key, value=event.doc.encode())
    parsed = from_kafka_event(message)
    assert parsed.get_id() == str(event.event_id)
    assert parsed.get_type() == event.type
    assert parsed.get_subject() == str(event.case_id)
    assert parsed.get_data() == {"note": "żółw 🐢"}
    assert parsed.get_extension("streamversion") == 3


def test_a_consumer_hears_what_was_stored() -> None:
    event = stored()
    heard = read("referral", record(event))
    assert isinstance(heard, Heard)
    assert (heard.stream, heard.version, heard.case_id) == (event.stream, event.version, event.case_id)
    assert (heard.event_id, heard.type, heard.recorded_at) == (event.event_id, event.type, AT)
    assert (heard.value, heard.leaf_hash) == (event.doc.encode(), event.leaf_hash)


@pytest.mark.parametrize(
    "changes",
    [
        {"leafhash": b"00" * 32},
        {"leafhash": b"no hash"},
        {"version": b"0"},
        {"version": b"third"},
        {"eventid": b"\xff"},
        {"recordedat": b"2026-11-23T15:00:00"},
        {"recordedat": b"0001-01-01T00:00:00+14:00"},
        {"stream": b"\xff\xfe"},
        {"stream": b"referral-\x00"},
        {"stream": b"referral-" + b"9" * 3_000},
        {"type": b"dyad.Late\x00.v1"},
        {"version": b"%d" % 2**31},
    ],
)
def test_a_record_whose_headers_are_wrong_is_unreadable_and_says_only_what_kind_of_error(
    changes: dict[str, bytes],
) -> None:
    heard = read("referral", record(stored(), **changes))
    assert isinstance(heard, Unreadable)
    assert heard.error.endswith("in the headers")


def test_a_record_without_headers_is_unreadable() -> None:
    bare = ConsumerRecord("dyad.referral", 0, 0, 0, 0, None, b"?", None, 0, 1, ())
    assert isinstance(read("referral", bare), Unreadable)
