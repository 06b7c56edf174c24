"""What cannot be applied: why, in words that never show content, and how it is held for a person or an upgrade."""

from dataclasses import dataclass
from typing import Literal

from shared.bus.record import Heard, Unreadable
from shared.eventstore.store import Connection

Kind = Literal["poison", "undecodable", "unknown", "content-differs", "unreadable"]

_HOLD = """
INSERT INTO held (consumer, kind, store, stream, version, case_id, event_id, leaf_hash, type, recorded_at,
                  topic, partition, kafka_offset, value, error)
SELECT $1, $2, $3::text, $4::text, $5::integer, $6, $7, $8::bytea, $9, $10, $11, $12, $13, $14, $15
WHERE NOT EXISTS (SELECT FROM discards d WHERE d.store = $3::text AND d.stream = coalesce($4::text, '')
                  AND d.version = coalesce($5::integer, 0) AND d.leaf_hash = $8::bytea)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an event cannot be applied; never shows content."""

    kind: Kind
    error: str


def place_of(error: BaseException) -> str:
    """What kind of error happened where in the code; its message may quote content, so it is left out."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    code = getattr(error, "code", None) or getattr(error, "sqlstate", None)
    name = type(error).__name__ + (f" ({code})" if isinstance(code, str) else "")
    return name if at is None else f"{name} at {at.tb_frame.f_code.co_qualname}:{at.tb_lineno}"


async def hold(conn: Connection, consumer: str, event: Heard | Unreadable, trouble: Trouble) -> None:
    """Parks an event, or keeps it for an upgrade; once for the same content."""
    about: tuple[object, ...] = (None, None, None, None, event.leaf_hash, None, None)
    if isinstance(event, Heard):
        about = (
            event.stream, event.version, event.case_id, event.event_id, event.leaf_hash, event.type, event.recorded_at
        )  # fmt: skip
    place = event.place
    await conn.execute(
        _HOLD, consumer, trouble.kind, event.store, *about,
        place.topic, place.partition, place.offset, event.value, trouble.error,
    )  # fmt: skip
