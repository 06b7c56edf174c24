"""Reading a store as it grows without ever skipping an event that commits late, and knowing how far that is complete.

Numbers are taken before commit, so the events of a slow transaction appear below those of a fast one. `append` leaves a
mark (an advisory lock) before it takes numbers; a `Tail` reads only below the lowest mark. Writers wait for nobody.
Tail the primary only: marks are not replicated.
"""

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from shared.eventstore.envelope import StoredEvent
from shared.eventstore.store import COLUMNS, Connection, stored

_RAISE_FLOOR = "SELECT raise_floor()"
_BOUNDS = "SELECT floor_at, newest, safe FROM tail_bounds()"
_READ = f"SELECT {COLUMNS} FROM events WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"

_REMEMBERED_POLLS = 10_000
"""Instants that wait for a slow append; it lives 60 s at most (`transaction_timeout`), polls are some ms apart."""

# A raise is a commit (one fsync), and each leaves a dead row behind that a long snapshot keeps from being removed.
BUSY_FLOOR_S = 0.05
"""Shortest time between two raises of the floor while events come."""
IDLE_FLOOR_S = 0.25
"""Time between two raises when there is nothing new: how old `complete_to` may then be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll found."""

    events: list[StoredEvent]
    """By position; every event of the store is given exactly once by polls that follow each other."""
    complete_to: datetime | None
    """UTC instant: whoever has handled `events` has seen all that is ever recorded up to it; None = not known yet."""


class Tail:
    """One reader of one store.

    Args:
        conn: a connection of its own to the primary, in no transaction.
        position: that of the last event handled; 0 = from the beginning.
        raise_floor: True for the store's one relay (`dyad_relay`), whose polls move the instant that everybody's
            `complete_to` rests on; other readers follow what it has raised.
        busy_floor_s: seconds, see `BUSY_FLOOR_S`; 0 raises at every poll that follows one with events.
        idle_floor_s: seconds, see `IDLE_FLOOR_S`; 0 raises at every poll.
    """

    def __init__(
        self,
        conn: Connection,
        position: int = 0,
        *,
        raise_floor: bool = False,
        busy_floor_s: float = BUSY_FLOOR_S,
        idle_floor_s: float = IDLE_FLOOR_S,
    ) -> None:
        self._conn = conn
        self._raise_floor = raise_floor
        self._floor_every_s = {True: busy_floor_s, False: idle_floor_s}
        self._floor_raised_s = float("-inf")
        self._busy = True
        self._position = position
        self._asked: deque[tuple[datetime, int]] = deque(maxlen=_REMEMBERED_POLLS)
        self._complete_to: datetime | None = None

    @property
    def position(self) -> int:
        """Position of the last event given: never a bound, for after a crash the sequence may come back lower."""
        return self._position

    def reset(self, position: int) -> None:
        """Start again after the last event that was handled, forgetting everything else; also after a lost poll."""
        self._position = position
        self._asked.clear()
        self._complete_to = None

    async def poll(self, limit: int) -> Polled:
        """The next events, at most `limit`; never waits for any.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError: make a new `Tail` on a new connection.
        """
        if self._conn.is_in_transaction():
            # The floor must be committed before the sequence is read.
            raise asyncpg.InterfaceError("a tail needs a connection that is in no transaction")
        if self._raise_floor and time.monotonic() - self._floor_raised_s >= self._floor_every_s[self._busy]:
            await self._conn.fetchval(_RAISE_FLOOR)
            self._floor_raised_s = time.monotonic()
        [bounds] = await self._conn.fetch(_BOUNDS)
        floor_at, newest, safe = bounds
        self._remember(floor_at, newest)
        rows = await self._conn.fetch(_READ, self._position, safe, limit) if safe > self._position else []
        events = [stored(row) for row in rows]
        self._busy = bool(events)
        if events:
            self._position = events[-1].position
        self._advance(events[-1].position if len(events) == limit else safe)
        return Polled(events=events, complete_to=self._complete_to)

    def _remember(self, floor_at: datetime | None, newest: int) -> None:
        if floor_at is None:
            return
        if self._asked and self._asked[-1][1] == newest:
            # Nothing was appended since: the later instant belongs to the same number.
            self._asked.pop()
        self._asked.append((floor_at, newest))

    def _advance(self, handled_up_to: int) -> None:
        while self._asked and self._asked[0][1] <= handled_up_to:
            self._complete_to = self._asked.popleft()[0]
