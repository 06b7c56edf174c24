"""The long trial: in many rounds anything is killed at any moment, Kafka emptied too, while families are posted."""

import asyncio
import random
from collections.abc import Iterator

import pytest

from shared.telemetry.logs import logger
from shared.testing.platform import Platform
from shared.testing.topics import EVERY, delete_topics
from tests.chaos.kit_checker import LAST_SENT, check, said_again
from tests.chaos.kit_generator import Generator
from tests.chaos.kit_system import APART, System, posting, progress, whole_system

log = logger(__name__)
SEED = 7411
"""Of the row of faults; change it for another row."""
ROUNDS = 40
PROGRESS_WITHIN_S = 300.0
SERVERS = ("postgres", "kafka")
EMPTIED = "topics emptied"


@pytest.fixture(scope="module")
def system(private_platform: Platform) -> Iterator[System]:
    """The whole system on servers that may be killed."""
    with whole_system(private_platform) as everything:
        yield everything


async def strike(system: System, chance: random.Random) -> str:
    """One fault and its repair: one to three roles at once, a server with or without a role, or Kafka emptied."""
    what = chance.choices(("roles", *SERVERS, EMPTIED), weights=(6, 2, 2, 1))[0]
    if what == EMPTIED:
        await delete_topics(system.settings, *EVERY)
        return what
    roles = chance.sample(APART, k=chance.randint(0 if what in SERVERS else 1, 3))
    server = getattr(system.platform, what) if what in SERVERS else None
    if server is not None:
        await asyncio.to_thread(server.kill)
    for name in roles:
        await asyncio.to_thread(system.roles[name].kill)
    if server is not None:
        await asyncio.to_thread(server.start)
    await asyncio.to_thread(system.restart, *roles)
    return f"{what} {roles}"


@pytest.mark.soak
async def test_nothing_acknowledged_is_lost_or_twice_in_effect_through_a_long_row_of_faults(system: System) -> None:
    chance = random.Random(SEED)
    generator = Generator(system.settings, clients=6)
    async with posting(generator):
        for number in range(ROUNDS):
            await progress(generator, chance.randint(1, 60), within_s=PROGRESS_WITHIN_S)
            what = await strike(system, chance)
            log.info("fault", round=number, what=what, acknowledged=generator.acknowledged)
        await progress(generator, 60, within_s=PROGRESS_WITHIN_S)
    await check(system.settings, generator, in_order_at=LAST_SENT)
    await said_again(system.settings, generator.posts)
