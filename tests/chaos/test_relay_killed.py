"""kill -9 of a relay: what it sent and did not mark is sent again, and has effect once."""

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.settings import Settings
from shared.testing.bus import fill, migrated, query, settings_of, until, wrong_steps
from tests.chaos.bus_kit import NAME, SERVICE, end_who_waits, kill, process, relayed, sees, waits


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, "referral", SERVICE)
    return made


async def test_a_relay_killed_between_send_and_mark_loses_nothing(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    cases = await fill(settings, "referral", cases=20, each=5)
    gate = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    async with process(settings_env, "consumer", NAME, "referral"):
        async with process(settings_env, "relay", "referral") as relay, gate.transaction():
            await until(lambda: started(settings), "the relay at work")
            await gate.execute("SELECT FROM relay_position FOR UPDATE")
            cases += await fill(settings, "referral", cases=20, each=5)
            await until(lambda: waits(gate), "the relay that has sent and cannot mark")
            await kill(relay)
            await end_who_waits(settings, "referral", gate)
        assert not await relayed(settings, "referral")
        async with process(settings_env, "relay", "referral"):
            await until(lambda: relayed(settings, "referral"), "everything marked")
            await until(lambda: sees(settings, cases, 5), "everything in the view")
    await gate.close()
    assert await records(settings) > 200, "the killed relay's last portion was sent twice"
    assert await wrong_steps(settings, SERVICE, NAME) == []


async def started(settings: Settings) -> bool:
    return bool((await query(settings, "referral", "SELECT position > 0 FROM relay_position"))[0][0])


async def records(settings: Settings) -> int:
    """How many records the topic holds."""
    reader = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap)
    await reader.start()
    parts = [TopicPartition(settings.topic("referral"), number) for number in range(settings.partitions)]
    ends = await reader.end_offsets(parts)
    await reader.stop()
    return sum(ends.values())
