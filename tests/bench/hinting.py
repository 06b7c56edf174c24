"""From append to the hint that an open page hears, while 200 events a second are recorded.

One page is open, of the reader of one team. That team's events are written one at a time, each after the hint of the
one before was heard, so that it is certain whose hint is heard; all other teams make the load.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager

import asyncpg

from deploy.local.network.records import Written
from shared.eventstore.pool import open_pool
from shared.settings import STORES, Settings
from shared.testing.services import running
from tests.bench.asking import signed_in
from tests.bench.material import Material
from tests.bench.rows import Row, below
from tests.bench.visible import WRITERS_PER_STORE, write
from tests.bench.work import Bench, percentile

RATE = 200
TARGET_MS = 150
APART_S = 0.25
"""From one hint to the next event of the team that is watched."""
HEARD_WITHIN_S = 20.0
WARM_UP = 10
Queues = dict[str, Sequence["asyncio.Queue[Written | None]"]]
"""By store, one for each writer."""


async def hinting(bench: Bench, material: Material) -> list[Row]:
    """The row about the live path."""
    times = bench.size(60, 200)
    written = material.network.written
    watched = written[-1].stored.team_id
    with ExitStack() as processes:
        for store in STORES:
            processes.enter_context(running(bench.settings, bench.environment, [store], role="relay"))
        processes.enter_context(running(bench.settings, bench.environment, ["reporting"], role="all"))
        bench.say(f"append to page hint: {RATE} events/s, {times} hints of {watched}")
        async with _open_page(bench.settings, watched) as heard, _writers(bench.settings) as queues:
            load = asyncio.create_task(_load(queues, (each for each in written if each.stored.team_id != watched)))
            try:
                own = (each for each in written if each.stored.team_id == watched)
                spent_s = [await _hint_s(queues, next(own), heard) for _ in range(WARM_UP + times)]
            finally:
                load.cancel()
                await asyncio.gather(load, return_exceptions=True)
    spent_ms = [each * 1000 for each in spent_s[WARM_UP:]]
    name = f"append to page hint at {RATE}/s"
    return [
        below(f"{name}, p50", percentile(spent_ms, 0.50), "ms"),
        below(f"{name}, p95", percentile(spent_ms, 0.95), "ms", target=TARGET_MS),
    ]


async def _hint_s(queues: Queues, one: Written, heard: "asyncio.Queue[float]") -> float:
    """Writes an event; gives the seconds until the open page hears of it."""
    await asyncio.sleep(APART_S)
    while not heard.empty():  # of what is not this team's alone, such as the beginning of a day
        heard.get_nowait()
    begun_s = time.monotonic()
    _put(queues, one)
    async with asyncio.timeout(HEARD_WITHIN_S):
        return await heard.get() - begun_s


async def _load(queues: Queues, written: Iterator[Written]) -> None:
    begin_s = time.monotonic()
    for number, each in enumerate(written):
        if (ahead_s := begin_s + number / RATE - time.monotonic()) > 0:
            await asyncio.sleep(ahead_s)
        _put(queues, each)


def _put(queues: Queues, one: Written) -> None:
    mine = queues[one.store]
    mine[hash(one.stored.stream) % len(mine)].put_nowait(one)


@asynccontextmanager
async def _writers(settings: Settings) -> AsyncIterator[Queues]:
    async with AsyncExitStack() as undo:
        queues: Queues = {}
        tasks: list[asyncio.Task[None]] = []
        for store in STORES:
            pool: asyncpg.Pool = await open_pool(
                settings, store, "dyad_writer", min_size=WRITERS_PER_STORE, max_size=WRITERS_PER_STORE
            )
            undo.push_async_callback(pool.close)
            queues[store] = [asyncio.Queue() for _ in range(WRITERS_PER_STORE)]
            tasks += [asyncio.create_task(write(pool, queue)) for queue in queues[store]]
        yield queues
        for queue in (queue for mine in queues.values() for queue in mine):
            queue.put_nowait(None)
        await asyncio.gather(*tasks)


@asynccontextmanager
async def _open_page(settings: Settings, team: str) -> AsyncIterator["asyncio.Queue[float]"]:
    """When the open page of a team's reader hears that something changed, as its browser does."""
    cookie, _ = await signed_in(settings, team)
    host, port = settings.host, settings.port("reporting")
    reader, writer = await asyncio.open_connection(host, port)
    head = f"GET /live HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/event-stream\r\n{cookie}\r\n\r\n"
    writer.write(head.encode())
    heard: asyncio.Queue[float] = asyncio.Queue()

    async def listen() -> None:
        while line := await reader.readline():
            if line.startswith(b"event: changed"):
                heard.put_nowait(time.monotonic())

    listening = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        writer.close()
