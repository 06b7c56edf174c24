"""From append to visible in the view, events arriving at a fixed rate whether or not the system keeps up.

Relays and reporting are processes of their own. An event's clock starts when it is due, not when its writer gets to it
(otherwise a stall would hide the waiting that it causes); it stops when a `wait_for` would let its caller through.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack

import asyncpg

from deploy.local.network.records import Written
from services.reporting.projections import CONSUMER
from shared.eventstore.pool import open_pool
from shared.process.settle import settle
from shared.settings import STORES
from shared.testing.services import running
from tests.bench.cpu import CpuMeter
from tests.bench.material import Append, Material
from tests.bench.rows import Row, below
from tests.bench.work import Bench, percentile

WRITERS_PER_STORE = 12
"""Enough that none is ever the bottleneck: one writer has to wait for the disk at each commit."""
POLL_S = 0.004
WITHIN_S = 120.0
WARM_UP_S = 3
HEADS = """
SELECT h.store, h.stream, h.version FROM stream_heads h
JOIN unnest($2::text[], $3::text[]) AS w (store, stream) USING (store, stream) WHERE h.consumer = $1
"""
Stream = tuple[str, str]


class _Watcher:
    """Sees when events become visible; those that are awaited are asked for together."""

    def __init__(self) -> None:
        self._awaited: dict[Stream, list[tuple[int, float]]] = {}
        self.latencies_s: list[float] = []

    def expect(self, stream: Stream, version: int, due_s: float) -> None:
        self._awaited.setdefault(stream, []).append((version, due_s))

    async def run(self, conn: asyncpg.Connection, count: int) -> None:
        """Until `count` events were seen."""
        async with asyncio.timeout(WITHIN_S):
            while len(self.latencies_s) < count:
                streams = list(self._awaited)
                rows = await conn.fetch(HEADS, CONSUMER, [each[0] for each in streams], [each[1] for each in streams])
                now_s = time.monotonic()
                for store, stream, version in rows:
                    self._seen((store, stream), version, now_s)
                await asyncio.sleep(POLL_S)

    def _seen(self, stream: Stream, version: int, now_s: float) -> None:
        awaited = self._awaited[stream]
        self.latencies_s += [now_s - due_s for mine, due_s in awaited if mine <= version]
        left = [each for each in awaited if each[0] > version]
        if left:
            self._awaited[stream] = left
        else:
            del self._awaited[stream]


async def visible(bench: Bench, material: Material) -> list[Row]:
    """The rows about the time from append to visible."""
    seconds = bench.size(12, 30)
    events = iter(material.network.written)
    rows: list[Row] = []
    with ExitStack() as processes:
        for store in STORES:
            processes.enter_context(running(bench.settings, bench.environment, [store], role="relay"))
        processes.enter_context(running(bench.settings, bench.environment, ["reporting"], role="consumer"))
        for rate in (200, 1_000):
            await _at(bench, [next(events) for _ in range(rate * WARM_UP_S)], rate)
            bench.say(f"append to visible: {rate:,} events/s for {seconds} s")
            meter = CpuMeter()
            latencies = await _at(bench, [next(events) for _ in range(rate * seconds)], rate)
            bench.say(f"processor milliseconds an event: {meter.per_event_ms(rate * seconds)}")
            rows += _rows(rate, [each * 1000 for each in latencies])
    return rows


def _rows(rate: int, latencies_ms: Sequence[float]) -> list[Row]:
    demanded = rate == 1_000
    name = f"append to visible at {rate:,}/s"
    return [
        below(f"{name}, p50", percentile(latencies_ms, 0.50), "ms", target=25 if demanded else None),
        below(f"{name}, p95", percentile(latencies_ms, 0.95), "ms"),
        below(f"{name}, p99", percentile(latencies_ms, 0.99), "ms", target=100 if demanded else None),
    ]


async def _at(bench: Bench, written: Sequence[Written], rate: int) -> list[float]:
    """Appends at a rate; gives each event's seconds from due to visible."""
    watcher = _Watcher()
    async with AsyncExitStack() as undo:
        conn = await asyncpg.connect(bench.settings.dsn("reporting", "dyad_owner"))
        undo.push_async_callback(conn.close)
        queues: dict[tuple[str, int], asyncio.Queue[Written | None]] = {}
        async with asyncio.TaskGroup() as group:
            for store in STORES:
                pool = await open_pool(
                    bench.settings, store, "dyad_writer", min_size=WRITERS_PER_STORE, max_size=WRITERS_PER_STORE
                )
                undo.push_async_callback(pool.close)
                for number in range(WRITERS_PER_STORE):
                    queues[store, number] = asyncio.Queue()
                    group.create_task(write(pool, queues[store, number]))
            group.create_task(watcher.run(conn, len(written)))
            begin_s = time.monotonic() + 0.1
            for number, each in enumerate(written):
                due_s = begin_s + number / rate
                if (ahead_s := due_s - time.monotonic()) > 0:
                    await asyncio.sleep(ahead_s)
                watcher.expect((each.store, each.stored.stream), each.stored.version, due_s)
                writer = hash(each.stored.stream) % WRITERS_PER_STORE
                queues[each.store, writer].put_nowait(each)
            for queue in queues.values():
                queue.put_nowait(None)
    return watcher.latencies_s


async def write(pool: asyncpg.Pool, queue: "asyncio.Queue[Written | None]") -> None:
    """Appends what comes, one after the other, until None comes."""
    async with pool.acquire() as conn:
        while (item := await queue.get()) is not None:
            await settle(conn, [Append(item.stored.stream, item.stored.version - 1, (item.new,))])
