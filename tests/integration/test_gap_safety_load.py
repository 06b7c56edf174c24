"""Promise 3 under load: many writers at once, small and huge appends, rollbacks, savepoints; and after a crash."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psycopg
import pytest

from deploy.local import ports, secret_files
from deploy.local.postgres import PostgresServer
from deploy.local.servers import RunningServer
from shared.eventstore.store import append
from shared.eventstore.tail import Tail
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.store_kit import connected, migrated_store, new_stream, positions_of, relay_tail, said, say
from tests.integration.tail_kit import Journal, Naive, RemembersTheBound

HUGE = 3_000
"""Events of the largest append: for as long as it takes, others commit above it."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much one trial writes."""

    small_writers: int
    small_appends: int
    huge_appends: int


async def _small(conn: asyncpg.Connection, size: Size, chance: random.Random) -> None:
    """Appends of one event: alone, rolled back, twice in a transaction, after a rolled-back savepoint."""
    for _ in range(size.small_appends):
        kind = chance.random()
        if kind < 0.7:
            await say(conn)
            continue
        transaction = conn.transaction()
        await transaction.start()
        if kind < 0.8:
            await say(conn, count=3)
            await transaction.rollback()
            continue
        if kind < 0.9:
            savepoint = conn.transaction()
            await savepoint.start()
            await say(conn, count=2)
            await savepoint.rollback()
        await say(conn)
        await say(conn)
        await transaction.commit()


async def _huge(conn: asyncpg.Connection, size: Size) -> None:
    for turn in range(size.huge_appends):
        stream = new_stream()
        events = [said(stream, number) for number in range(HUGE)]
        transaction = conn.transaction()
        await transaction.start()
        await append(conn, stream, 0, events)
        await (transaction.rollback() if turn % 3 == 2 else transaction.commit())


async def _read(journal: Journal, done: asyncio.Event) -> None:
    while not done.is_set():
        await journal.poll(1_000)


async def _trial(settings: Settings, size: Size, seed: int) -> tuple[list[int], Journal, Journal, Journal]:
    async with AsyncExitStack() as opened:

        async def conn(role: str) -> asyncpg.Connection:
            return await opened.enter_async_context(connected(settings, role))

        relay = Journal(relay_tail(await conn("dyad_relay")))
        follower = Journal(Tail(await conn("dyad_consumer")))
        naive = Journal(Naive(await conn("dyad_reader")))
        journals = (relay, follower, naive)
        writing: list[Awaitable[None]] = [_huge(await conn("dyad_writer"), size)]
        chances = [random.Random(f"{seed}/{number}") for number in range(size.small_writers)]
        writing += [_small(await conn("dyad_writer"), size, chance) for chance in chances]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for journal in journals:
                group.create_task(_read(journal, done))
            await asyncio.gather(*writing)
            done.set()
        for journal in journals:
            await journal.drain()
        return await positions_of(await conn("dyad_owner")), *journals


async def _every_stored_event_is_seen_exactly_once(settings: Settings, size: Size, seed: int) -> None:
    stored, relay, follower, naive = await _trial(settings, size, seed)
    assert len(stored) > size.huge_appends // 2 * HUGE
    assert relay.findings(stored).none
    assert follower.findings(stored).none
    assert relay.positions == stored
    assert relay.complete_to is not None
    assert relay.complete_to > relay.given[-1].recorded_at
    assert naive.findings(stored).missing, "a reader by the last position alone must be caught by the same trial"


async def test_many_writers_and_every_stored_event_is_seen_exactly_once(store: Settings) -> None:
    await _every_stored_event_is_seen_exactly_once(store, Size(6, 120, 6), seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
async def test_many_writers_for_long(store: Settings, seed: int) -> None:
    await _every_stored_event_is_seen_exactly_once(store, Size(12, 1_500, 40), seed)


@pytest.fixture
def mortal() -> Iterator[tuple[RunningServer, Settings]]:
    """A PostgreSQL server of this test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="dyad-mortal-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        secret_files.make(folder / "secrets")
        server = PostgresServer(
            folder=folder / "postgres",
            port=ports.free_port(),
            password_file=folder / "secrets" / "administrator-password",
        )
        server.initialise()
        running = RunningServer(server, server.start(die_with_parent=True))
        undo.callback(running.kill)
        with psycopg.connect(server.url, autocommit=True) as admin:
            # Numbers of rolled-back appends are lost in a crash unless their log has reached the disk by chance.
            admin.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
            admin.execute("SELECT pg_reload_conf()")
        platform = Platform(
            database_url=server.url, kafka_bootstrap="127.0.0.1:1", secrets_folder=folder / "secrets", postgres=running
        )
        yield running, migrated_store(platform, "crash_")


async def test_after_rolled_back_appends_and_a_crash_new_appends_are_not_skipped(
    mortal: tuple[RunningServer, Settings],
) -> None:
    server, settings = mortal
    async with connected(settings, "dyad_relay") as relay, connected(settings) as writer:
        before = Journal(relay_tail(relay))
        await say(writer, count=3)
        await before.drain()
        transaction = writer.transaction()
        await transaction.start()
        await say(writer, count=200)
        await transaction.rollback()
        # A raised floor is a commit, which would bring the numbers' log to the disk: this reader only looks.
        only_looks = RemembersTheBound(lambda position: Tail(relay, position), relay, before.given[-1].position)
        await only_looks.poll(10)
        bound = only_looks.position
        server.kill()
    server.start()

    async with connected(settings, "dyad_relay") as relay, connected(settings) as writer:
        came_back = await relay.fetchval("SELECT newest FROM tail_bounds()")
        assert came_back < bound, "the sequence must come back lower, or this shows nothing"
        remembering = Journal(RemembersTheBound(lambda position: Tail(relay, position), relay, bound))
        after = Journal(relay_tail(relay, position=before.given[-1].position))
        for _ in range(5):
            await say(writer)
            await after.poll()
            await remembering.poll()
        assert before.positions + after.positions == await positions_of(writer)
        assert after.late == []
        assert before.complete_to is not None
        assert all(event.recorded_at > before.complete_to for event in after.given)
        assert remembering.given == [], "a reader that remembers how far it looked must be caught"
