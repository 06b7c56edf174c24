"""Rows of contacts, scores and work, on the way to the database: only what differs from what is there is written.

The caller holds the rows of these cases (or teams) locked, and is in the transaction that moves the offsets.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import asyncpg

from services.reporting.heard import Fact
from services.reporting.topics import Span, Topics
from shared.eventstore.store import Connection

R = TypeVar("R")
Key = tuple[Any, UUID]
"""Whose row it is (a case's id, a team's code), and its own id."""


class Table(NamedTuple):
    """A table whose rows are keyed by owner, id and the instant from which they hold."""

    name: str
    owner: str
    owner_type: str
    item: str
    last: tuple[Any, ...] = ()
    """Values of the columns after those of the row itself."""


CONTACT_TABLE = Table("contact_history", "case_id", "uuid", "session_id")
SCORE_TABLE = Table("score_history", "case_id", "uuid", "score_id")


@dataclass(slots=True)
class Kept(Generic[R]):
    """The rows of one owner in one table, as folded last."""

    streams: Mapping[str, Topics[R]]
    """By store: of each the stream of this owner."""
    unsure: set[UUID] = field(default_factory=set)
    """Ids whose rows in the database may be others: news, and what was written last and may have been rolled back.
    Whatever else is remembered was found in the database, or was not touched since."""

    def add(self, facts: Sequence[Fact]) -> None:
        """Takes events in, of any store and in any order."""
        for store, topics in self.streams.items():
            self.unsure |= topics.add(fact for fact in facts if fact.store == store)

    def doubt(self) -> None:
        """Nothing in the database is to be relied on."""
        self.unsure.update(item for topics in self.streams.values() for item in topics.versions)

    def all_spans(self) -> Iterator[tuple[UUID, Span[R]]]:
        """Every row, with its id."""
        for topics in self.streams.values():
            for item in topics.versions:
                for span in topics.spans(item):
                    yield item, span

    def spans(self, item: UUID) -> list[Span[R]]:
        """The rows of one id as they are to be."""
        for topics in self.streams.values():
            if item in topics.versions:
                return topics.spans(item)
        return []


async def bring_up_to_date(
    conn: Connection, table: Table, wanted: Mapping[Any, Kept[Any]], stale: Collection[Any]
) -> None:
    """Makes the rows of these owners in `table` what they are to be.

    Args:
        conn: in the transaction of the effect.
        table: which.
        wanted: by owner.
        stale: owners whose rows were made by another definition: all of theirs go first.
    """
    for owner in stale:
        wanted[owner].doubt()
    keys = [(owner, item) for owner, kept in wanted.items() for item in kept.unsure]
    if not keys:
        return
    if stale:
        await conn.execute(
            f"DELETE FROM {table.name} WHERE {table.owner} = ANY ($1::{table.owner_type}[])", list(stale)
        )
    there = await _there(conn, table, keys)
    changes = _Changes(table)
    for owner, item in keys:
        changes.compare((owner, item), there.get((owner, item), ()), wanted[owner].spans(item))
    await changes.write(conn)
    for owner, kept in wanted.items():
        kept.unsure = {item for item in kept.unsure if (owner, item) in changes.changed}


class _There(NamedTuple):
    """What the database says of a row."""

    known_from: datetime
    known_until: datetime | None
    events: int


async def _there(conn: Connection, table: Table, keys: Sequence[Key]) -> dict[Key, list[_There]]:
    rows = await conn.fetch(
        f"""
        SELECT w.owner, w.item, h.known_from, upper(h.known), h.events
        FROM unnest($1::{table.owner_type}[], $2::uuid[]) AS w(owner, item)
        CROSS JOIN LATERAL (
            SELECT * FROM {table.name} AS h WHERE h.{table.owner} = w.owner AND h.{table.item} = w.item
            ORDER BY h.known_from OFFSET 0
        ) AS h
        """,
        *_columns(keys, 2),
    )
    found: dict[Key, list[_There]] = {}
    for owner, item, *known in rows:
        found.setdefault((owner, item), []).append(_There(*known))
    return found


def stored_span(table: Table, key: Key, span: Span[Any]) -> tuple[Any, ...]:
    """A row as its table holds it."""
    known = asyncpg.Range(span.known_from, span.known_until)
    return (*key, span.known_from, known, span.events, *span.row, *table.last)


class _Changes:
    """What has to be deleted, closed and inserted in one table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._deletes: list[tuple[Any, UUID, datetime]] = []
        self._closes: list[tuple[Any, UUID, datetime, datetime | None]] = []
        self._inserts: list[tuple[Any, ...]] = []
        self.changed: set[Key] = set()

    def compare(self, key: Key, there: Sequence[_There], spans: Sequence[Span[Any]]) -> None:
        """Keeps the rows up to the first that rests on other events."""
        if not there:
            self._inserts += [stored_span(self._table, key, span) for span in spans]
            if spans:
                self.changed.add(key)
            return
        same = 0
        for old, new in zip(there, spans, strict=False):
            if old.known_from != new.known_from or old.events != new.events:
                break
            same += 1
        if same < len(there):
            self._deletes.append((*key, there[same].known_from))
        closed = [
            (*key, new.known_from, new.known_until)
            for old, new in zip(there[:same], spans, strict=False)
            if old.known_until != new.known_until
        ]
        self._closes += closed
        self._inserts += (stored_span(self._table, key, span) for span in spans[same:])
        if closed or not same == len(there) == len(spans):
            self.changed.add(key)

    async def write(self, conn: Connection) -> None:
        """A call for each kind of change that there is."""
        table = self._table
        same = f"h.{table.owner} = c.owner AND h.{table.item} = c.item AND h.known_from"
        given = f"unnest($1::{table.owner_type}[], $2::uuid[], $3::timestamptz[]"
        if self._deletes:
            await conn.execute(
                f"DELETE FROM {table.name} AS h USING {given}) AS c (owner, item, since) WHERE {same} >= c.since",
                *_columns(self._deletes, 3),
            )
        if self._closes:
            await conn.execute(
                f"UPDATE {table.name} AS h SET known = tstzrange(h.known_from, c.until)"
                f" FROM {given}, $4::timestamptz[]) AS c (owner, item, since, until) WHERE {same} = c.since",
                *_columns(self._closes, 4),
            )
        if self._inserts:
            await conn.execute(f"INSERT INTO {table.name} SELECT * FROM unnest($1::{table.name}[])", self._inserts)


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> Sequence[Sequence[Any]]:
    return list(zip(*rows, strict=True)) or [()] * width
