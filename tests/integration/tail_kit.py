"""Readers under test, what they were given and told, and what that breaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import asyncpg

from shared.eventstore.envelope import StoredEvent
from shared.eventstore.store import read_after
from shared.eventstore.tail import Polled, Tail

GATE = 42
"""Advisory lock on which changed copies of the store's functions pause: a test holds it, then lets it go."""
PAUSE = f"PERFORM pg_advisory_xact_lock({GATE});"


class Reader(Protocol):
    async def poll(self, limit: int) -> Polled: ...


class Naive:
    """What most event stores do: whatever lies above the last position."""

    def __init__(self, conn: asyncpg.Connection) -> None:
        self._conn = conn
        self._position = 0

    async def poll(self, limit: int) -> Polled:
        events = await read_after(self._conn, self._position, limit)
        if events:
            self._position = events[-1].position
        return Polled(events=events, complete_to=None)


class RemembersTheBound:
    """Gap-safe, but goes on from how far it has looked instead of from the last event it was given."""

    def __init__(self, tail: Callable[[int], Tail], conn: asyncpg.Connection, position: int = 0) -> None:
        self._tail, self._conn, self.position = tail, conn, position

    async def poll(self, limit: int) -> Polled:
        polled = await self._tail(self.position).poll(limit)
        self.position = max(self.position, await self._conn.fetchval("SELECT safe FROM tail_bounds()"))
        return polled


@dataclass(frozen=True, slots=True)
class Findings:
    """What a reader's journal breaks; all empty for a good one."""

    missing: list[int]
    """Positions that are stored and were never given."""
    doubled: list[int]
    """Positions that were given more than once."""
    late: list[int]
    """Positions of events that were recorded at or below an instant that had been announced as complete before."""

    @property
    def none(self) -> bool:
        return not (self.missing or self.doubled or self.late)


@dataclass
class Journal:
    """Polls of one reader in their order."""

    reader: Reader
    given: list[StoredEvent] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    complete_to: datetime | None = None

    async def poll(self, limit: int = 500) -> int:
        polled = await self.reader.poll(limit)
        if self.complete_to is not None:
            self.late += [event.position for event in polled.events if event.recorded_at <= self.complete_to]
            assert polled.complete_to is not None
            assert polled.complete_to >= self.complete_to
        self.given += polled.events
        self.complete_to = polled.complete_to
        return len(polled.events)

    async def drain(self) -> None:
        while await self.poll():
            pass

    @property
    def positions(self) -> list[int]:
        return [event.position for event in self.given]

    def findings(self, stored: list[int]) -> Findings:
        """Compared with all positions that the store holds."""
        given = self.positions
        doubled = sorted({position for position in given if given.count(position) > 1}) if _repeats(given) else []
        return Findings(missing=sorted(set(stored) - set(given)), doubled=doubled, late=self.late)


def _repeats(positions: list[int]) -> bool:
    return len(positions) != len(set(positions))


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The text with each (old, new) replaced once; the old must stand there exactly once."""
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def moved(text: str, start: str, end: str, *, before: str) -> str:
    """The text with the part from `start` up to `end` standing before another part."""
    part = text[text.index(start) : text.index(end)]
    return changed(changed(text, (part, "")), (before, part + before))
