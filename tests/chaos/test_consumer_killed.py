"""kill -9, SIGSTOP and rebalances of consumers: no event lost, none in effect twice, no case on an old reading."""

import asyncio
import signal
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest

from shared.settings import Settings
from shared.testing.bus import Seeing, fill, migrated, query, settings_of, until, write, wrong_steps
from shared.testing.proxy import Proxy
from tests.chaos.bus_kit import (
    NAME,
    SERVICE,
    end_who_waits,
    kill,
    offsets_in_kafka,
    offsets_in_postgres,
    process,
    sees,
    waits,
)
from tests.integration.bus_kit import consumer, relays, running

READS = ("consumer", NAME, "referral,assessment")


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, "referral", "assessment", SERVICE)
    return made


async def test_a_consumer_killed_between_its_commit_and_kafkas_repeats_no_effect(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    async with relays(settings, "referral"):
        async with process(settings_env, *READS) as reader:
            cases = await fill(settings, "referral", cases=10, each=3)
            await until(lambda: sees(settings, cases, 3), "the view")
            await kill(reader)
        told = await offsets_in_kafka(settings)
        assert told < await offsets_in_postgres(settings)
        cases += await fill(settings, "referral", cases=5, each=3)
        async with process(settings_env, *READS):
            await until(lambda: sees(settings, cases, 3), "the view after the restart")
    assert await wrong_steps(settings, SERVICE, NAME) == []


async def test_a_consumer_killed_inside_its_transaction_leaves_nothing_behind(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    gate = await asyncpg.connect(settings.dsn(SERVICE, "dyad_owner"))
    async with relays(settings, "referral"):
        cases = await fill(settings, "referral", cases=10, each=3)
        async with process(settings_env, *READS) as reader, gate.transaction():
            await gate.execute("LOCK TABLE steps IN ACCESS EXCLUSIVE MODE")
            await until(lambda: waits(gate), "the consumer inside its transaction")
            await kill(reader)
            await end_who_waits(settings, SERVICE, gate)
        assert await query(settings, SERVICE, "SELECT 1 FROM inbox") == []
        async with process(settings_env, *READS):
            await until(lambda: sees(settings, cases, 3), "the view after the restart")
    await gate.close()
    assert await wrong_steps(settings, SERVICE, NAME) == []


async def test_members_that_come_go_and_freeze_while_all_work_lose_and_repeat_nothing(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    one_and_two = [process(settings_env, *READS) for _ in range(2)]
    async with relays(settings, "referral", "assessment"), one_and_two[0] as one, one_and_two[1]:
        cases = await fill(settings, "referral", cases=300, each=4)
        await until(lambda: half_read(settings, 600), "both at work")
        await freeze(settings, one)
        async with process(settings_env, *READS) as three:
            cases += await fill(settings, "referral", cases=300, each=4)
            await until(lambda: half_read(settings, 1800), "the others at work")
            one.send_signal(signal.SIGCONT)
            await kill(three)
            await until(lambda: sees(settings, cases, 4), "everything in the view")
    assert await wrong_steps(settings, SERVICE, NAME) == []
    assert (await query(settings, SERVICE, "SELECT count(*) FROM inbox"))[0][0] == 2400


async def test_two_consumers_with_different_partitions_of_one_case_never_fold_an_old_reading(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    """One process reads only referral's topic, the other only assessment's, for the same projection and cases."""
    halves = [process(settings_env, "consumer", NAME, store) for store in ("referral", "assessment")]
    async with halves[0], halves[1]:
        cases = await fill(settings, "referral", cases=200, each=5)
        await fill_same(settings, cases)
        async with relays(settings, "referral", "assessment"):
            await until(lambda: sees(settings, cases, 10), "both halves of every case")
    assert await wrong_steps(settings, SERVICE, NAME) == []


async def test_a_consumer_whose_connections_are_cut_begins_again_from_its_offsets(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    async with Proxy(*address(settings)) as proxy:
        through = settings_of(via(settings_env, settings, proxy))
        async with relays(settings, "referral"), running(consumer(through, Seeing(NAME), members=2)):
            cases = await fill(settings, "referral", cases=50, each=4)
            await until(lambda: half_read(settings, 1), "the consumer at work")
            for _ in range(3):
                proxy.cut()
                cases += await fill(settings, "referral", cases=50, each=4)
                await until(lambda: connected(proxy), "new connections")
            await until(lambda: sees(settings, cases, 4), "everything in the view")
    assert await wrong_steps(settings, SERVICE, NAME) == []


async def half_read(settings: Settings, records: int) -> bool:
    return await offsets_in_postgres(settings) >= records


async def connected(proxy: Proxy) -> bool:
    return proxy.connections >= 3


async def freeze(settings: Settings, reader: asyncio.subprocess.Process) -> None:
    """Stops a process at a moment when no transaction of it is open, so that only its offsets are old."""

    async def frozen_between_transactions() -> bool:
        reader.send_signal(signal.SIGSTOP)
        sql = """SELECT count(*) FROM pg_stat_activity
                 WHERE application_name = 'dyad consumer' AND datname = $1 AND xact_start IS NOT NULL"""
        admin = await asyncpg.connect(settings.admin_dsn(settings.database(SERVICE)))
        try:
            if await admin.fetchval(sql, settings.database(SERVICE)) == 0:
                return True
        finally:
            await admin.close()
        reader.send_signal(signal.SIGCONT)
        return False

    await until(frozen_between_transactions, "a moment between two transactions")


async def fill_same(settings: Settings, cases: list[UUID]) -> None:
    for case_id in cases:
        await write(settings, "assessment", case_id, 5)


def address(settings: Settings) -> tuple[str, int]:
    parts = urlsplit(settings.dsn(SERVICE, "dyad_consumer"))
    return parts.hostname or "127.0.0.1", parts.port or 5432


def via(environment: Mapping[str, str], settings: Settings, proxy: Proxy) -> dict[str, str]:
    host, port = address(settings)
    url = environment["DYAD_DATABASE_URL"].replace(f"{host}:{port}", f"127.0.0.1:{proxy.port}")
    return {**environment, "DYAD_DATABASE_URL": url}
