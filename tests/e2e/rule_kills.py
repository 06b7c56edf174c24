"""Kills of services that follow a rule: inside the transaction, and between the commits of PostgreSQL and Kafka."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import ports
from shared.settings import STORES
from shared.testing.bus import until
from shared.testing.roles import RoleProcess
from tests.chaos.kit_proxy import commit_holder
from tests.e2e.conftest import Installed
from tests.e2e.rule_kit import (
    HEARERS,
    all_wait,
    decided,
    held_back,
    kept_in_postgres,
    number,
    relayed,
    settled,
    told_to_kafka,
)

STORED = "SELECT count(*) FROM events"
HEARD = "SELECT count(*) FROM inbox WHERE consumer = $1"
HOLD = "SELECT FROM consumer_offsets FOR UPDATE"
"""What every batch begins with."""


async def killed_while_following(installed: Installed, say_causes: Callable[[], None], folder: Path) -> None:
    """Every service hears what `say_causes` says, and is killed twice before its consumer tells Kafka that it has.

    First with its transaction open: nothing of it remains. Then, as a process of the consumer alone, when PostgreSQL
    has committed and the consumer does not know it yet. Returns when all are at work again and have heard everything.
    """
    settings = installed.settings
    async with AsyncExitStack() as undo:
        gates = [await undo.enter_async_context(held_back(settings, each, HOLD)) for each in HEARERS]
        await asyncio.to_thread(say_causes)

        async def on_kafka() -> bool:
            return await relayed(settings)

        await until(on_kafka, "every cause to be on Kafka")
        await all_wait(gates)
        before = await decided(settings)
        sent = {each: await number(settings, each, STORED) for each in STORES}
        for service in HEARERS:
            await asyncio.to_thread(installed.services[service].kill)
    assert await decided(settings) == before, "a transaction that was cut off has left something behind"
    await asyncio.gather(*(_follow_and_be_killed(installed, service, sent, folder) for service in HEARERS))
    for service in HEARERS:
        installed.services[service].start()
    for service in HEARERS:
        await asyncio.to_thread(installed.services[service].wait_until_ready)
    await settled(settings)


async def _follow_and_be_killed(installed: Installed, service: str, sent: Mapping[str, int], folder: Path) -> None:
    """Every batch, until nothing is left that was sent: mostly they are one."""
    wanted = sum(sent[store] for store in HEARERS[service])
    while await number(installed.settings, service, HEARD, service) < wanted:
        await _kill_after_commit(installed, service, folder)


async def _kill_after_commit(installed: Installed, service: str, folder: Path) -> None:
    settings, parts = installed.settings, urlsplit(installed.settings.database_url)
    kept = await kept_in_postgres(settings, service)
    assert parts.port is not None
    async with commit_holder(parts.port) as (holder, port):
        netloc = f"{parts.netloc.rpartition('@')[0]}@{ports.LOOPBACK}:{port}"
        behind = installed.environment | {"DYAD_DATABASE_URL": urlunsplit(parts._replace(netloc=netloc))}
        usual = installed.services[service]
        consumer = RoleProcess(service, "consumer", ports.free_port(), behind, folder, usual.program)
        holder.armed = True
        consumer.start()
        try:
            await asyncio.wait_for(holder.held.wait(), 60)

            async def committed() -> bool:
                return await kept_in_postgres(settings, service) > kept

            await until(committed, "the commit whose answer is kept")
        finally:
            await asyncio.to_thread(consumer.kill)
    assert await told_to_kafka(settings, service) < await kept_in_postgres(settings, service)
