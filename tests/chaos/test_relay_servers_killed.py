"""kill -9 of Postgres and of Kafka while everything works: each acknowledged event is in store, topic and view."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.settings import Settings
from shared.testing.bus import Seeing, migrated, query, seen, settings_of, until, write, wrong_steps
from shared.testing.platform import Platform, new_namespace
from tests.chaos.bus_kit import NAME, SERVICE
from tests.integration.bus_kit import consumer, relays, running

AFTER_A_CRASH_S = 90.0
"""Kafka needs 13 s to start after kill -9 and clients a few to notice; this machine may be busy."""


@pytest.fixture
async def settings(private_platform: Platform) -> Settings:
    made = settings_of(private_platform.environment(new_namespace()))
    await migrated(made, "referral", SERVICE)
    return made


async def test_acknowledged_events_survive_a_killed_postgres(settings: Settings, private_platform: Platform) -> None:
    server = private_platform.postgres
    assert server is not None
    viewer = running(consumer(settings, Seeing(NAME)))
    async with relays(settings, "referral"), viewer, writing(settings) as acknowledged:
        await until(lambda: many_seen(settings, 20), "work in full swing", within_s=AFTER_A_CRASH_S)
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
        goal = len(acknowledged) + 20
        await until(lambda: so_many(acknowledged, goal), "writes go on", within_s=AFTER_A_CRASH_S)
        await until(lambda: all_seen(settings), "everything stored is in the view", within_s=AFTER_A_CRASH_S)
    await nothing_lost(settings, acknowledged)


async def test_acknowledged_events_survive_a_killed_kafka(settings: Settings, private_platform: Platform) -> None:
    server = private_platform.kafka
    assert server is not None
    viewer = running(consumer(settings, Seeing(NAME)))
    async with relays(settings, "referral"), viewer, writing(settings) as acknowledged:
        await until(lambda: many_seen(settings, 20), "work in full swing", within_s=AFTER_A_CRASH_S)
        await asyncio.to_thread(server.kill)
        goal = len(acknowledged) + 20
        await until(lambda: so_many(acknowledged, goal), "the store takes events without Kafka")
        await asyncio.to_thread(server.start)
        await until(lambda: many_seen(settings, goal), "the view goes on", within_s=AFTER_A_CRASH_S)
    async with relays(settings, "referral"), running(consumer(settings, Seeing(NAME))):
        await until(lambda: all_seen(settings), "everything stored is in the view", within_s=AFTER_A_CRASH_S)
    await nothing_lost(settings, acknowledged)


@asynccontextmanager
async def writing(settings: Settings) -> AsyncIterator[set[UUID]]:
    """Appends one case after the other; gives the set of those that were acknowledged."""
    acknowledged: set[UUID] = set()
    stop = asyncio.Event()

    async def write_on() -> None:
        while not stop.is_set():
            case_id = uuid4()
            try:
                await write(settings, "referral", case_id, 2)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)  # the server is gone; nothing was promised
            else:
                acknowledged.add(case_id)

    writer = asyncio.create_task(write_on())
    try:
        yield acknowledged
    finally:
        stop.set()
        await writer


async def many_seen(settings: Settings, number: int) -> bool:
    return len(await seen(settings, SERVICE, NAME)) >= number


async def so_many(acknowledged: set[UUID], number: int) -> bool:
    return len(acknowledged) >= number


async def in_store(settings: Settings) -> dict[UUID, int]:
    rows = await query(settings, "referral", "SELECT case_id, count(*) FROM events GROUP BY case_id")
    return {row[0]: row[1] for row in rows}


async def all_seen(settings: Settings) -> bool:
    stored = await in_store(settings)
    view = await seen(settings, SERVICE, NAME)
    return stored.items() <= view.items()


async def nothing_lost(settings: Settings, acknowledged: set[UUID]) -> None:
    stored = await in_store(settings)
    assert acknowledged <= stored.keys()
    assert set(stored.values()) == {2}
    assert await wrong_steps(settings, SERVICE, NAME) == []
