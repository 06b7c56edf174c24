"""Processes to kill, and what must be true afterwards."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from shared.settings import Settings
from shared.testing.bus import query, seen

NAME = "viewer"
SERVICE = "reporting"


@asynccontextmanager
async def process(environment: Mapping[str, str], *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs `tests.chaos.run_bus` with these arguments; killed at the end if it still runs."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.run_bus", *arguments, env=dict(environment)
    )
    try:
        yield running
    finally:
        await kill(running)


async def kill(running: asyncio.subprocess.Process) -> None:
    """SIGKILL, and wait until it is gone."""
    if running.returncode is None:
        running.kill()
    await running.wait()


async def sees(settings: Settings, cases: list[UUID], each: int) -> bool:
    """Whether the view has so many events of each of these cases, and no other case."""
    return await seen(settings, SERVICE, NAME) == dict.fromkeys(cases, each)


async def relayed(settings: Settings, store: str) -> bool:
    """Whether the relay has marked the last event of the store."""
    rows = await query(settings, store, "SELECT position = (SELECT max(position) FROM events) FROM relay_position")
    return bool(rows[0][0])


async def offsets_in_postgres(settings: Settings) -> int:
    """Sum of the next offsets that the consumer keeps."""
    rows = await query(settings, SERVICE, "SELECT coalesce(sum(next_offset), 0)::bigint FROM consumer_offsets")
    return int(rows[0][0])


async def offsets_in_kafka(settings: Settings) -> int:
    """Sum of the offsets that Kafka was told."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    try:
        told = await admin.list_consumer_group_offsets(f"{settings.namespace}{NAME}")
        return sum(max(0, each.offset) for each in told.values())
    finally:
        await admin.close()


async def waits(gate: asyncpg.Connection) -> bool:
    """Whether somebody waits for a lock that this connection holds."""
    sql = "SELECT count(*) FROM pg_locks l WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))"
    return bool(await gate.fetchval(sql))


async def end_who_waits(settings: Settings, service: str, gate: asyncpg.Connection) -> None:
    """Ends the sessions of those who wait for this connection: their clients are dead, they do not know it yet."""
    sql = "SELECT l.pid FROM pg_locks l WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(l.pid))"
    pids = [row[0] for row in await gate.fetch(sql)]
    admin = await asyncpg.connect(settings.admin_dsn(settings.database(service)))
    for pid in pids:
        await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    await admin.close()
