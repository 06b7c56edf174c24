"""What a relay announces on `dyad.watermarks`: up to which instant, and to which offsets, its store is all there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Whoever has applied one topic up to `next_offsets` has seen all that `store` recorded up to `complete_to`."""

    store: str
    complete_to: datetime
    """UTC instant, microseconds."""
    topic_id: UUID
    """Kafka's id of the store's topic: it says nothing about another topic of the same name."""
    next_offsets: tuple[int, ...]
    """Of every partition in order, read after the last acknowledgement."""

    def to_json(self) -> bytes:
        """The record's value; the key is the store."""
        return orjson.dumps(
            {
                "store": self.store,
                "complete_to": self.complete_to.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "topic_id": str(self.topic_id),
                "next_offsets": self.next_offsets,
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> "Announcement":
        """Reads a record's value.

        Raises:
            ValueError, KeyError, TypeError: it is not an announcement.
        """
        members = orjson.loads(text)
        complete_to = datetime.fromisoformat(members["complete_to"])
        if complete_to.tzinfo is None:
            raise ValueError("an instant without a zone")
        return cls(
            store=str(members["store"]),
            complete_to=complete_to,
            topic_id=UUID(members["topic_id"]),
            next_offsets=tuple(int(offset) for offset in members["next_offsets"]),
        )


def thinned(waiting: Sequence[Announcement], most: int) -> list[Announcement]:
    """Announcements that wait to be reached; from `most` on about half of them, spread evenly over their time.

    The oldest always stays, for it is reached next: a consumer that stays far behind still holds, at every moment, one
    that it will reach. The newest stays too. A long lag thus makes the watermark coarser, but it never stands still.

    Args:
        waiting: of one store, in the order in which they were said.
        most: how many are too many; at least 4.
    """
    if len(waiting) < most:
        return list(waiting)
    spacing = (waiting[-1].complete_to - waiting[0].complete_to) / (most // 2)
    kept = [waiting[0]]
    for said in waiting[1:-1]:
        if said.complete_to - kept[-1].complete_to > spacing:
            kept.append(said)
    return [*kept, waiting[-1]]
