"""Up to when a consumer has applied everything: the stamp on every page, and what makes a past answer final."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.bus.announcement import Announcement
from shared.bus.offsets import Offset
from shared.eventstore.store import Connection

_MICROSECOND = timedelta(microseconds=1)
NEVER = datetime(1, 1, 2, tzinfo=UTC)
"""Stands for "not known, so before everything"."""

# Offsets and what holds the watermark back, in one statement: one snapshot. A held record without an instant holds the
# watermark where it is. A stream that waits for parked events of its own holds it below itself (they hold it too); one
# that waits for something nobody has seen holds it at its head, for what is missing was recorded after that.
_STATE = """
SELECT 'offset' AS what, topic AS name, partition, topic_id, next_offset, NULL::timestamptz AS below
FROM consumer_offsets WHERE consumer = $1
UNION ALL
SELECT 'held', store, NULL, NULL, NULL, min(coalesce(recorded_at, $2))
FROM held WHERE consumer = $1 AND state IN ('held', 'retry') GROUP BY store
UNION ALL
SELECT 'held', w.store, NULL, NULL, NULL,
       min(CASE WHEN parked.number = w.version - coalesce(h.version, 0) - 1 THEN w.recorded_at
                ELSE coalesce(h.recorded_at + interval '1 microsecond', $2) END)
FROM (SELECT store, stream, min(version) AS version, min(recorded_at) AS recorded_at
      FROM inbox WHERE consumer = $1 AND waiting GROUP BY store, stream) AS w
LEFT JOIN stream_heads h ON h.consumer = $1 AND h.store = w.store AND h.stream = w.stream
CROSS JOIN LATERAL (SELECT count(DISTINCT x.version) AS number FROM held x
                    WHERE x.consumer = $1 AND x.state IN ('held', 'retry') AND x.store = w.store
                      AND x.stream = w.stream AND x.version < w.version AND x.version > coalesce(h.version, 0)
                   ) AS parked
GROUP BY w.store
"""
_RULES = """
UNION ALL
SELECT 'rule', NULL, NULL, NULL, NULL, min(cause_recorded_at)
FROM rule_outcomes WHERE outcome IN ('waiting', 'parked')
"""
_RAISE = """
INSERT INTO watermarks AS w (consumer, store, complete_to)
SELECT $1, * FROM unnest($2::text[], $3::timestamptz[]) AS n(store, complete_to) ORDER BY store
ON CONFLICT (consumer, store) DO UPDATE SET complete_to = excluded.complete_to
WHERE excluded.complete_to > w.complete_to
"""
_READ = "SELECT min(complete_to), count(*) FROM watermarks WHERE consumer = $1 AND store = ANY ($2::text[])"
_REACHED = "SELECT version FROM stream_heads WHERE consumer = $1 AND stream = $2 AND store = $3"


@dataclass(slots=True)
class State:
    """Offsets and holds of one consumer, as one snapshot shows them."""

    offsets: dict[tuple[str, int], Offset] = field(default_factory=dict)
    below: dict[str, datetime] = field(default_factory=dict)
    """Store to the earliest instant that something held, waiting or unknown may have."""
    below_all: datetime | None = None
    """The same for what a rule has left undecided, of whatever store its cause is."""


async def watermark(conn: Connection, consumer: str, stores: Sequence[str]) -> datetime | None:
    """The instant up to which a consumer has applied everything of all these stores; None = not known of one of them.

    Args:
        conn: any connection to the consumer's database; in a transaction, what it reads belongs to the answer.
        consumer: name of the consumer.
        stores: all stores that the answer rests on.
    """
    [row] = await conn.fetch(_READ, consumer, stores)
    complete_to, known = row
    return complete_to if known == len(set(stores)) else None


async def watermarks_of(conn: Connection, consumer: str) -> dict[str, datetime]:
    """The watermark of each store of which one is known."""
    rows = await conn.fetch("SELECT store, complete_to FROM watermarks WHERE consumer = $1", consumer)
    return {row["store"]: row["complete_to"] for row in rows}


async def reached(conn: Connection, consumer: str, store: str, stream: str, version: int) -> bool:
    """Whether a consumer has applied a stream up to a version."""
    head = await conn.fetchval(_REACHED, consumer, stream, store)
    return head is not None and head >= version


async def has_rules(conn: Connection) -> bool:
    """Whether this database belongs to a service whose rules act on what is heard."""
    return bool(await conn.fetchval("SELECT to_regclass('rule_outcomes') IS NOT NULL"))


async def state_of(conn: Connection, consumer: str, *, rules: bool) -> State:
    """Reads offsets and holds in one statement. `rules`: whether the database has rules (`has_rules`)."""
    state = State()
    for what, name, partition, topic_id, next_offset, below in await conn.fetch(
        _STATE + (_RULES if rules else ""), consumer, NEVER
    ):
        if what == "offset":
            state.offsets[name, partition] = Offset(topic_id, next_offset)
        elif below is not None and what == "held":
            state.below[name] = min(below, state.below.get(name, below))
        elif below is not None:
            state.below_all = below
    return state


def complete_to(state: State, topics: Mapping[str, str], announced: Iterable[Announcement]) -> dict[str, datetime]:
    """Up to when each store is complete for this consumer, by what the relays have announced; pure.

    Args:
        state: what the consumer has applied, and what it holds back.
        topics: store to its topic.
        announced: any announcements, old or new; those about another log say nothing.
    """
    best: dict[str, datetime] = {}
    for said in announced:
        if said.store in topics and _applied(state, topics[said.store], said):
            best[said.store] = max(said.complete_to, best.get(said.store, said.complete_to))
    for store, instant in list(best.items()):
        holds = [below for below in (state.below.get(store), state.below_all) if below is not None]
        lowest = min(holds, default=None)
        if lowest is not None and lowest <= instant:
            if lowest == NEVER:
                del best[store]
            else:
                best[store] = lowest - _MICROSECOND
    return best


def _applied(state: State, topic: str, said: Announcement) -> bool:
    for number, announced in enumerate(said.next_offsets):
        at = state.offsets.get((topic, number))
        if at is None or at.topic_id != said.topic_id or at.next_offset < announced:
            return False
    return bool(said.next_offsets)


async def raise_watermarks(conn: Connection, consumer: str, instants: Mapping[str, datetime]) -> None:
    """Raises the watermark of each store, never lowers one."""
    if instants:
        await conn.execute(_RAISE, consumer, list(instants), list(instants.values()))


def topic_ids_of(state: State) -> dict[str, set[UUID]]:
    """The ids of the logs that the consumer's offsets are about."""
    ids: dict[str, set[UUID]] = {}
    for (topic, _), offset in state.offsets.items():
        ids.setdefault(topic, set()).add(offset.topic_id)
    return ids
