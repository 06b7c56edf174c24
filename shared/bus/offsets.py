"""How far a consumer has read each partition: kept in its own Postgres, moved in the transaction of the effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.eventstore.store import Connection

_MOVE = "SELECT move_and_lock($1, $2, $3, $4, $5, $6, $7)"
_MAKE = """
INSERT INTO consumer_offsets AS o (consumer, topic, partition, topic_id, next_offset)
SELECT $1, t.topic, t.partition, t.topic_id, 0
FROM unnest($2::text[], $3::integer[], $4::uuid[]) AS t(topic, partition, topic_id)
ORDER BY t.topic, t.partition
ON CONFLICT (consumer, topic, partition) DO UPDATE SET topic_id = excluded.topic_id, next_offset = 0
WHERE o.topic_id <> excluded.topic_id
"""
_READ = "SELECT topic, partition, topic_id, next_offset FROM consumer_offsets WHERE consumer = $1"
_REWIND = """
UPDATE consumer_offsets SET next_offset = $5
WHERE consumer = $1 AND topic = $2 AND partition = $3 AND next_offset = $4
"""

Partition = tuple[str, int]
"""Topic and number."""


class Fenced(Exception):
    """Another member has moved these offsets: this one lost its partitions and must not write."""


@dataclass(frozen=True, slots=True)
class Offset:
    """The next record to read of one partition of one log."""

    topic_id: UUID
    next_offset: int


@dataclass(frozen=True, slots=True)
class Move:
    """One partition's offset, before and after a batch."""

    partition: Partition
    before: Offset
    after: int


async def move_and_lock(conn: Connection, consumer: str, moves: Sequence[Move], cases: Iterable[UUID]) -> None:
    """Moves all offsets of a batch by compare-and-set and locks its cases; the first statement of its transaction.

    Raises:
        Fenced: one of the offsets is not where this member believes; roll back.
    """
    moved = await conn.fetchval(
        _MOVE,
        consumer,
        [each.partition[0] for each in moves],
        [each.partition[1] for each in moves],
        [each.before.topic_id for each in moves],
        [each.before.next_offset for each in moves],
        [each.after for each in moves],
        sorted(set(cases)),
    )
    if moved != len(moves):
        raise Fenced(f"{consumer}: {moved} of {len(moves)}")


async def stored(
    conn: Connection, consumer: str, partitions: Iterable[Partition], ids: Mapping[str, UUID]
) -> dict[Partition, Offset]:
    """Where to read on in these partitions: from 0 where nothing is kept, or what is kept is about another log.

    Args:
        conn: a connection of the consumer.
        consumer: its name.
        partitions: those assigned to a member.
        ids: the id that each topic has now.
    """
    wanted = sorted(partitions)
    topics, numbers = [topic for topic, _ in wanted], [number for _, number in wanted]
    await conn.execute(_MAKE, consumer, topics, numbers, [ids[topic] for topic in topics])
    rows = await conn.fetch(_READ, consumer)
    found = {(topic, number): Offset(topic_id, offset) for topic, number, topic_id, offset in rows}
    return {partition: found[partition] for partition in wanted}


async def rewind(conn: Connection, consumer: str, partition: Partition, before: int, after: int) -> None:
    """Puts an offset where the log really begins; another member may have done so already."""
    await conn.execute(_REWIND, consumer, *partition, before, after)
