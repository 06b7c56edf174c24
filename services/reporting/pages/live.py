"""Live pages: `GET /live` says that something changed, and how complete the data is; never what.

One connection of a process listens to the database, where the projection says with every commit whose teams it
touched. Every open page hears of its reader's teams alone, and asks for itself anew, with its own right to see it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from services.reporting.hints import CHANNEL, EVERY_TEAM
from services.reporting.pages.templates import long_instant
from services.reporting.projections import CONSUMER
from shared.bus.watermark import watermark
from shared.eventstore.store import Connection
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.settings import STORES
from shared.telemetry.logs import logger
from shared.web.access.browser import MayReadPages, page_reader
from shared.web.actor import Actor
from shared.web.problems import Problem

MOST_STREAMS = 300
"""Open at one time in one process."""
MOST_STREAMS_EACH = 12
"""Of one reader: browsers keep at most six open to one host, and a reader may have two."""
BEAT_S = 5.0
"""How often a quiet stream says that it is alive, and asks whether its reader may still be there."""
APART_S = 0.05
"""Hints that come closer together are one."""
BEHIND = timedelta(seconds=60)
"""From when on data counts as behind. Stores announce how complete they are every few seconds, busy or not."""
_AGAIN_MS = 2_000
_PAUSE_S = 1.0
_ANSWERED_WITHIN_S = 10.0
_log = logger(__name__)

Open = Callable[[], Awaitable[asyncpg.Connection]]
"""A connection as `dyad_reader`."""


@dataclass(eq=False, slots=True)
class _Stream:
    """One open page."""

    actor_id: str
    teams: frozenset[str] | None
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Hints:
    """What this process knows of changes, and the open pages that wait for them.

    Args:
        open_connection: gives the connection that listens; asked again whenever it is lost.
        beat_s: how often a quiet stream says something.
    """

    def __init__(self, open_connection: Open, beat_s: float = BEAT_S) -> None:
        self._open = open_connection
        self.beat_s = beat_s
        self._streams: set[_Stream] = set()
        self._lost = asyncio.Event()
        self.listening = False
        """Whether the database is heard: what is told from now on is passed on."""
        self.ended = False
        """Whether the process stops."""
        self.complete_to: datetime | None = None
        """Everything recorded up to here is in the views, as asked last."""

    async def run(self, stop: asyncio.Event) -> None:
        """Listens until `stop` is set, and then ends every stream."""
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                listening = asyncio.create_task(self._listen())
                await asyncio.wait({listening, stopped}, return_when=asyncio.FIRST_COMPLETED)
                listening.cancel()
                (ended,) = await asyncio.gather(listening, return_exceptions=True)
                if isinstance(ended, Exception):
                    _log.error("live_listening_failed", exc_info=ended)
                    await asyncio.sleep(_PAUSE_S)
        finally:
            stopped.cancel()
            self.ended = True
            self._wake(EVERY_TEAM)

    async def _listen(self) -> None:
        """Until the connection is lost; pages are told after each return of it, because they may have missed some."""
        conn: asyncpg.Connection | None = None
        try:
            conn = await self._open()
            self._lost.clear()
            conn.add_termination_listener(lambda _conn: self._lost.set())
            await conn.add_listener(CHANNEL, self._heard)
            self._wake(EVERY_TEAM)
            self.listening = True
            await self._watch(conn)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("live_connection_lost", error=type(error).__name__)
            await asyncio.sleep(_PAUSE_S)
        finally:
            self.listening = False
            if conn is not None:
                conn.terminate()

    async def _watch(self, conn: Connection) -> None:
        """Asks how complete the views are, as often as streams say it; a new day changes every page of today."""
        today = civil_date(utc_now())
        while not self._lost.is_set():
            async with asyncio.timeout(_ANSWERED_WITHIN_S):  # a connection may be lost without a word
                self.complete_to = await watermark(conn, CONSUMER, STORES)
            today = self._day_after(today)
            try:
                await asyncio.wait_for(self._lost.wait(), self.beat_s / 2)
            except TimeoutError:
                continue

    def _day_after(self, day: date) -> date:
        today = civil_date(utc_now())
        if today != day:
            self._wake(EVERY_TEAM)
        return today

    def _heard(self, _conn: Any, _process: int, _channel: str, teams: Any) -> None:
        self._wake(str(teams))

    def _wake(self, said: str) -> None:
        touched = None if said == EVERY_TEAM else frozenset(said.split(","))
        for stream in self._streams:
            if touched is None or stream.teams is None or not touched.isdisjoint(stream.teams):
                stream.woken.set()

    def admit(self, actor: Actor) -> None:
        """Refuses one more open page where there are enough.

        Raises:
            Problem: 503 `too-many-live-pages`.
        """
        own = sum(1 for stream in self._streams if stream.actor_id == actor.id)
        if len(self._streams) >= MOST_STREAMS or own >= MOST_STREAMS_EACH:
            detail = "too many pages are live at the moment; this one is right as it was loaded"
            raise Problem(503, "too-many-live-pages", detail, headers={"Retry-After": "60"})

    @contextmanager
    def stream(self, actor: Actor) -> Iterator[asyncio.Event]:
        """What is set when an open page of this reader has to look again, for as long as the block."""
        stream = _Stream(actor.id, actor.teams)
        self._streams.add(stream)
        try:
            yield stream.woken
        finally:
            self._streams.discard(stream)


def message(event: str, complete_to: datetime | None, now: datetime) -> bytes:
    """One server-sent event: how complete the data is, for the page's scripts and for people."""
    data = {
        "complete_to": complete_to,
        "shown": None if complete_to is None else long_instant(complete_to),
        "behind": complete_to is not None and now - complete_to > BEHIND,
    }
    return b"event: " + event.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/live")
async def live(request: Request, actor: MayReadPages) -> StreamingResponse:
    """A stream of `changed` and `beat`; `ended` before it ends because its reader is signed out.

    Raises:
        Problem: 303 to the sign-in page, 403; 503 `too-many-live-pages`.
    """
    hints: Hints = request.app.state.hints
    hints.admit(actor)
    return StreamingResponse(
        _events(request, hints, actor),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"},
    )


async def _events(request: Request, hints: Hints, actor: Actor) -> AsyncIterator[bytes]:
    with hints.stream(actor) as woken:
        yield b"retry: %d\n" % _AGAIN_MS + message("beat", hints.complete_to, utc_now())
        asked_s = time.monotonic()
        while not hints.ended:
            event = "changed" if await _woken(woken, hints.beat_s) else "beat"
            if time.monotonic() - asked_s >= hints.beat_s:  # also while one change follows another
                asked_s = time.monotonic()
                if not await _still_signed_in(request):
                    yield message("ended", hints.complete_to, utc_now())
                    return
            if not hints.ended:
                yield message(event, hints.complete_to, utc_now())
            if event == "changed":
                await asyncio.sleep(APART_S)


async def _woken(woken: asyncio.Event, within_s: float) -> bool:
    """Whether something changed within a time; forgets it then."""
    try:
        await asyncio.wait_for(woken.wait(), within_s)
    except TimeoutError:
        return False
    woken.clear()
    return True


async def _still_signed_in(request: Request) -> bool:
    """Whether the request that opened the stream would still be let in: a token expires, a session is ended."""
    try:
        await page_reader(request)
    except Problem as problem:
        return problem.status == 503  # the keys cannot be read just now: that says nothing of the reader
    return True
