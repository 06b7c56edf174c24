"""append beside a bare INSERT of the same row, and beside the `eventsourcing` library with its default settings.

Ours is called as services call it, through `settle`, for what a rule says about one case: events without a post. Each
side makes the parameters of its statement while the time runs; what it makes them from was made before.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit

import asyncpg
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.persistence import StoredEvent as TheirEvent
from eventsourcing.postgres import PostgresFactory

from shared.eventstore.envelope import StoredEvent
from shared.eventstore.pool import open_pool
from shared.kernel.ids import derived_id
from shared.process.settle import settle
from tests.bench.material import Append, Material, split
from tests.bench.rows import Row, compared
from tests.bench.work import Bench, Stopwatch, in_turn

WRITERS = 8
ROUNDS = 3
SERVICE = "intervention"

BARE_TABLE = """
CREATE TABLE bare (LIKE events INCLUDING ALL);
CREATE SEQUENCE bare_position;
ALTER TABLE bare ALTER position SET DEFAULT nextval('bare_position')
"""
BARE_INSERT = """
INSERT INTO bare (stream, version, event_id, type, key, case_id, team_id, recorded_at, doc, leaf_hash, sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def appending(bench: Bench, material: Material) -> list[Row]:
    """The three rows about append."""
    singles = material.singles(bench.size(6_000, 30_000))
    hundreds = material.hundreds(bench.size(200, 1_000))
    stored = [each.stored for each in material.network.written[: len(singles)]]
    bench.execute(SERVICE, BARE_TABLE)
    ours = await open_pool(bench.settings, SERVICE, "dyad_writer", min_size=WRITERS, max_size=WRITERS)
    plain = await asyncpg.create_pool(
        bench.settings.admin_dsn(bench.settings.database(SERVICE)), min_size=WRITERS, max_size=WRITERS
    )
    try:
        with closing(_recorder(bench)) as theirs:
            bench.say("append: single events, 8 writers")
            one, bare, other = await in_turn(
                ROUNDS,
                partial(_ours, bench, ours, singles),
                partial(_bare, bench, plain, stored),
                partial(_theirs, bench, theirs, singles),
            )
            bench.say("append: a hundred events a call, 8 writers")
            hundred, other_hundred = await in_turn(
                ROUNDS, partial(_ours, bench, ours, hundreds), partial(_theirs, bench, theirs, hundreds)
            )
    finally:
        await ours.close()
        await plain.close()
    return [
        compared("append, 1 event, 8 writers / bare INSERT", one, bare, "events/s", target=0.7),
        compared("append, 1 event, 8 writers / eventsourcing", one, other, "events/s", target=5),
        compared("append, 100 events, 8 writers / eventsourcing", hundred, other_hundred, "events/s", target=3),
    ]


async def _ours(bench: Bench, pool: asyncpg.Pool, appends: Sequence[Append]) -> float:
    bench.execute(SERVICE, "TRUNCATE events")

    async def write(mine: Sequence[Append]) -> None:
        async with pool.acquire() as conn:
            for each in mine:
                await settle(conn, [each])

    watch = Stopwatch()
    await asyncio.gather(*(write(mine) for mine in split(appends, WRITERS)))
    return watch.rate(sum(len(each.pending) for each in appends))


async def _bare(bench: Bench, pool: asyncpg.Pool, rows: Sequence[StoredEvent]) -> float:
    bench.execute(SERVICE, "TRUNCATE bare")

    async def write(mine: Sequence[StoredEvent]) -> None:
        async with pool.acquire() as conn:
            for row in mine:
                await conn.fetch(
                    BARE_INSERT,
                    *(row.stream, row.version, row.event_id, row.type, row.key, row.case_id, row.team_id),
                    *(row.recorded_at, row.doc, row.leaf_hash, row.sealed),
                )

    watch = Stopwatch()
    await asyncio.gather(*(write(rows[writer::WRITERS]) for writer in range(WRITERS)))
    return watch.rate(len(rows))


class _Recorder:
    """Their application recorder, as their factory makes it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._factory = PostgresFactory(environment)
        self.recorder: ApplicationRecorder = self._factory.application_recorder()

    def close(self) -> None:
        self._factory.close()


def _recorder(bench: Bench) -> _Recorder:
    parts = urlsplit(bench.settings.admin_dsn(bench.settings.database(SERVICE)))
    return _Recorder(
        {
            "POSTGRES_DBNAME": parts.path.lstrip("/"),
            "POSTGRES_HOST": parts.hostname or "",
            "POSTGRES_PORT": str(parts.port),
            "POSTGRES_USER": parts.username or "",
            "POSTGRES_PASSWORD": parts.password or "",
        }
    )


async def _theirs(bench: Bench, theirs: _Recorder, appends: Sequence[Append]) -> float:
    bench.execute(SERVICE, "TRUNCATE stored_events")
    lists = [[_as_theirs(each) for each in mine] for mine in split(appends, WRITERS)]

    def write(mine: Sequence[list[TheirEvent]]) -> None:
        for events in mine:
            theirs.recorder.insert_events(events)

    with ThreadPoolExecutor(WRITERS) as threads:
        loop = asyncio.get_running_loop()
        watch = Stopwatch()
        await asyncio.gather(*(loop.run_in_executor(threads, write, mine) for mine in lists))
        return watch.rate(sum(len(each.pending) for each in appends))


def _as_theirs(each: Append) -> list[TheirEvent]:
    originator = derived_id(each.stream)
    return [
        TheirEvent(originator, each.stored_version + place, event.type, event.doc.encode())
        for place, event in enumerate(each.pending, start=1)
    ]
