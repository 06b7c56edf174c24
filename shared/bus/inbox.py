"""Taking events in, each once in effect: the key is (store, stream, version), the content event id and leaf hash.

`sort_out` decides, from what stands in the database, what becomes of each record of a batch; it is pure. `take` loads
what it needs, asks it, and writes. The caller holds the locks of the cases and owns the transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.bus.record import Heard
from shared.bus.trouble import Trouble, hold, place_of
from shared.eventstore.store import Connection
from shared.kernel.codec import UnknownEventType

StreamKey = tuple[str, str]
"""Store and stream."""
Decodes = Callable[[str, bytes], None]
"""Wire type and document; raises UnknownEventType for what an upgrade may know, anything else for what is broken."""


OTHER_CONTENT = Trouble("content-differs", "this version was heard with other content")


class Arrival(NamedTuple):
    """A record with what decoding it found."""

    event: Heard
    trouble: Trouble | None = None


class Content(NamedTuple):
    """What stands under a version already."""

    leaf_hash: bytes
    event_id: UUID | None
    """None: known by its hash alone (discarded)."""


@dataclass(slots=True)
class Stream:
    """What is known of one stream."""

    head: int = 0
    """Highest version up to which nothing is missing."""
    head_at: datetime | None = None
    """recorded_at of the head."""
    content: dict[int, Content] = field(default_factory=dict)
    """What is in the inbox, discarded, or kept as unknown; below the head only for versions that came again."""
    present: dict[int, datetime] = field(default_factory=dict)
    """Versions above the head that are heard (waiting, unknown, discarded), with their recorded_at."""
    parked: dict[tuple[int, bytes], str] = field(default_factory=dict)
    """What is held and not yet decided, other than unknown: version and leaf hash to its kind."""

    def differs_from_parked(self, version: int) -> bool:
        """Whether another content of this version, itself not proved to be the second one, is parked."""
        return any(parked == version and kind in ("poison", "undecodable") for (parked, _), kind in self.parked.items())


@dataclass(slots=True)
class Sorted:
    """What becomes of a batch."""

    new: list[Heard] = field(default_factory=list)
    held: list[tuple[Heard, Trouble]] = field(default_factory=list)
    moved: dict[StreamKey, Stream] = field(default_factory=dict)
    """Streams whose head moved."""
    counts: Counter[str] = field(default_factory=Counter)


def examine(decodes: Decodes, event: Heard) -> Arrival:
    """An event with what decoding it finds."""
    try:
        decodes(event.type, event.value)
    except UnknownEventType:
        return Arrival(event, Trouble("unknown", f"this version of the code does not know {event.type}"))
    except Exception as error:  # noqa: BLE001 - whatever breaks on this event parks this event
        return Arrival(event, Trouble("undecodable", place_of(error)))
    return Arrival(event)


def sort_out(streams: dict[StreamKey, Stream], arrivals: Iterable[Arrival]) -> Sorted:
    """What becomes of each record. `streams` is brought up to date.

    Args:
        streams: what is known of every stream that occurs.
        arrivals: in the order of the log.
    """
    result = Sorted()
    for arrival in arrivals:
        event = arrival.event
        result.counts[_sort_one(streams[event.store, event.stream], arrival, result)] += 1
    for key, stream in streams.items():
        before = stream.head
        while (at := stream.present.pop(stream.head + 1, None)) is not None:
            stream.head, stream.head_at = stream.head + 1, at
        if stream.head != before:
            result.moved[key] = stream
    return result


def _sort_one(stream: Stream, arrival: Arrival, result: Sorted) -> str:
    event, trouble = arrival.event, arrival.trouble
    known = stream.content.get(event.version)
    if known is not None:
        if known.leaf_hash == event.leaf_hash and known.event_id in (None, event.event_id):
            if event.version > stream.head:
                stream.present[event.version] = event.recorded_at  # discarded, or kept as unknown, and now met again
            return "repeated"
        trouble = OTHER_CONTENT
    if (event.version, event.leaf_hash) in stream.parked:
        return "repeated"
    if stream.parked and stream.differs_from_parked(event.version):
        trouble = OTHER_CONTENT
    if trouble is not None:
        result.held.append((event, trouble))
        if trouble.kind != "unknown":
            stream.parked[event.version, event.leaf_hash] = trouble.kind
            return trouble.kind
    else:
        # Also below the head: there it was of unknown type, or emptied from the inbox, and is filled in now.
        result.new.append(event)
    stream.content[event.version] = Content(event.leaf_hash, event.event_id)
    if event.version > stream.head:
        stream.present[event.version] = event.recorded_at
    return "new" if trouble is None else trouble.kind


# OFFSET 0 keeps the look-up apart from the join: it goes by the primary key, also in a plan that was made while the
# table was empty. Such a plan would otherwise read all heads for each batch.
_LOAD = """
WITH wanted AS (SELECT * FROM unnest($2::text[], $3::text[]) AS w(store, stream))
SELECT 'head' AS what, h.store, h.stream, h.version, NULL::uuid AS event_id, NULL::bytea AS leaf_hash, h.recorded_at
FROM wanted w CROSS JOIN LATERAL (
    SELECT * FROM stream_heads WHERE consumer = $1 AND store = w.store AND stream = w.stream OFFSET 0
) h
UNION ALL
SELECT 'waiting', i.store, i.stream, i.version, i.event_id, i.leaf_hash, i.recorded_at
FROM wanted w JOIN inbox i ON i.consumer = $1 AND i.store = w.store AND i.stream = w.stream AND i.waiting
UNION ALL
SELECT h.kind, h.store, h.stream, h.version, h.event_id, h.leaf_hash, h.recorded_at
FROM wanted w JOIN held h ON h.consumer = $1 AND h.store = w.store AND h.stream = w.stream
WHERE h.state IN ('held', 'retry')
UNION ALL
SELECT CASE WHEN d.empties THEN 'emptied' ELSE 'discarded' END,
       d.store, d.stream, d.version, NULL, d.leaf_hash, d.recorded_at
FROM wanted w JOIN discards d ON d.store = w.store AND d.stream = w.stream
"""
_LOAD_AGAIN = """
SELECT i.store, i.stream, i.version, i.event_id, i.leaf_hash
FROM unnest($2::text[], $3::text[], $4::integer[]) AS w(store, stream, version)
JOIN inbox i ON i.consumer = $1 AND i.stream = w.stream AND i.version = w.version AND i.store = w.store
"""
_COLUMNS = (
    *("consumer", "store", "stream", "version", "case_id", "event_id", "leaf_hash"),
    *("type", "recorded_at", "doc", "waiting"),
)
# COPY would take 11 us a row where these arrays take 28 (2,000 rows of 575 bytes, PostgreSQL 18, 2 cores), but there is
# no COPY into a table with row-level security.
_WRITE = f"""
WITH heard AS (
    INSERT INTO inbox ({", ".join(_COLUMNS)})
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::integer[], $5::uuid[], $6::uuid[], $7::bytea[],
                             $8::text[], $9::timestamptz[], $10::text[], $11::boolean[])
)
INSERT INTO stream_heads (consumer, store, stream, version, recorded_at)
SELECT $1, * FROM unnest($12::text[], $13::text[], $14::integer[], $15::timestamptz[])
ON CONFLICT (consumer, stream, store) DO UPDATE SET version = excluded.version, recorded_at = excluded.recorded_at
"""
_WAKE = """
UPDATE inbox i SET waiting = false
FROM unnest($2::text[], $3::text[], $4::integer[]) AS w(store, stream, version)
WHERE i.consumer = $1 AND i.store = w.store AND i.stream = w.stream AND i.waiting AND i.version <= w.version
RETURNING i.case_id
"""


@dataclass(slots=True)
class Taken:
    """What taking a batch in changed."""

    cases: list[UUID]
    """Cases with news that a handler must look at, sorted."""
    held: list[tuple[Heard, Trouble]]
    counts: Counter[str]


async def take(
    conn: Connection, consumer: str, arrivals: Sequence[Arrival], *, also: Iterable[StreamKey] = ()
) -> Taken:
    """Writes what is new into the inbox; the rows of the cases must be locked.

    Args:
        conn: in the transaction that moves the offsets.
        consumer: whose inbox.
        arrivals: records with what decoding them found, in the order of the log.
        also: further streams that may go on, because a missing event was discarded.
    """
    streams = await _load(conn, consumer, arrivals, also)
    untidy = {key for key, stream in streams.items() if stream.content}
    result = sort_out(streams, arrivals)
    cases = {event.case_id for event in result.new if event.version <= streams[event.store, event.stream].head}
    await _write(conn, consumer, result, streams)
    if not untidy.isdisjoint(result.moved):
        woken = await conn.fetch(_WAKE, consumer, *_heads(result)[:3])
        cases.update(row[0] for row in woken)
    for event, trouble in result.held:
        await hold(conn, consumer, event, trouble)
    return Taken(sorted(cases), result.held, result.counts)


async def park(conn: Connection, consumer: str, arrivals: Sequence[Arrival]) -> Counter[str]:
    """Holds those of these records that are new and in trouble; no stream goes on, nothing is woken."""
    result = sort_out(await _load(conn, consumer, arrivals, ()), arrivals)
    for event, trouble in result.held:
        await hold(conn, consumer, event, trouble)
    return result.counts


async def _load(
    conn: Connection, consumer: str, arrivals: Sequence[Arrival], also: Iterable[StreamKey]
) -> dict[StreamKey, Stream]:
    streams: dict[StreamKey, Stream] = {(a.event.store, a.event.stream): Stream() for a in arrivals}
    streams.update({key: Stream() for key in also})
    if not streams:
        return streams
    rows = await conn.fetch(_LOAD, consumer, [key[0] for key in streams], [key[1] for key in streams])
    for what, store, name, version, event_id, leaf_hash, recorded_at in rows:
        stream = streams[store, name]
        if what == "head":
            stream.head, stream.head_at = version, recorded_at
        elif what in ("waiting", "unknown", "emptied"):
            stream.content[version] = Content(leaf_hash, event_id)
            stream.present[version] = recorded_at
        else:
            stream.parked[version, leaf_hash] = what
    for stream in streams.values():
        stream.present = {version: at for version, at in stream.present.items() if version > stream.head}
    await _load_again(conn, consumer, streams, [arrival.event for arrival in arrivals])
    return streams


async def _load_again(
    conn: Connection, consumer: str, streams: dict[StreamKey, Stream], events: Sequence[Heard]
) -> None:
    """What stands in the inbox under versions that come again."""
    again = [event for event in events if event.version <= streams[event.store, event.stream].head]
    if not again:
        return
    keys = ([e.store for e in again], [e.stream for e in again], [e.version for e in again])
    for store, name, version, event_id, leaf_hash in await conn.fetch(_LOAD_AGAIN, consumer, *keys):
        streams[store, name].content[version] = Content(leaf_hash, event_id)


def _heads(result: Sorted) -> tuple[list[str], list[str], list[int], list[datetime | None]]:
    """Store, stream, head and the head's instant of the streams whose head moved."""
    moved = list(result.moved.items())
    return (
        [key[0] for key, _ in moved],
        [key[1] for key, _ in moved],
        [stream.head for _, stream in moved],
        [stream.head_at for _, stream in moved],
    )


async def _write(conn: Connection, consumer: str, result: Sorted, streams: dict[StreamKey, Stream]) -> None:
    """What is new into the inbox, and the heads that moved."""
    rows = [
        (
            event.store,
            event.stream,
            event.version,
            event.case_id,
            event.event_id,
            event.leaf_hash,
            event.type,
            event.recorded_at,
            event.value.decode(),
            event.version > streams[event.store, event.stream].head,
        )
        for event in result.new
    ]
    if rows or result.moved:
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in _COLUMNS[1:]]
        await conn.execute(_WRITE, consumer, *columns, *_heads(result))
