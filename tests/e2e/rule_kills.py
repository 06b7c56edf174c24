"""Kills of services that follow a rule: inside the transaction, and between the commits of PostgreSQL and Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import orjson

from deploy.local import ports
from shared.process.following import follow_teams
from shared.settings import STORES, Settings
from shared.testing.bus import until
from shared.testing.roles import RoleProcess
from shared.testing.tokens import bearer
from tests.chaos.kit_proxy import commit_holder
from tests.e2e.clinic import BATCH, Document
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
TIMERS = "LOCK TABLE timers IN SHARE MODE"
DUE = "SELECT (SELECT count(*) FROM timers WHERE due_at <= now()) + (SELECT count(*) FROM rechecks)"
AT_WORK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'dyad_consumer'"
    " AND state <> 'idle'"
)
WRITERS = "LOCK TABLE events IN SHARE MODE"
"""Keeps everybody from writing who would."""


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
        behind = _through(installed, port)
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


def _through(installed: Installed, port: int) -> dict[str, str]:
    """The environment of a process that reaches PostgreSQL on another port."""
    parts = urlsplit(installed.settings.database_url)
    netloc = f"{parts.netloc.rpartition('@')[0]}@{ports.LOOPBACK}:{port}"
    return installed.environment | {"DYAD_DATABASE_URL": urlunsplit(parts._replace(netloc=netloc))}


async def killed_while_deciding(installed: Installed, batches: Mapping[str, Sequence[Document]], folder: Path) -> None:
    """Each service is asked a batch of one transaction, and killed twice while it decides.

    First while the transaction waits to write: nothing of it remains. Then after the commit, before anybody has an
    answer: everything remains. The processes are further ones of the API alone.
    """
    settings = installed.settings
    async with AsyncExitStack() as undo:
        gates = [await undo.enter_async_context(held_back(settings, each, WRITERS)) for each in batches]
        direct = [_api(installed, each, installed.environment, folder) for each in batches]
        async with _asked(settings, direct, batches):
            await all_wait(gates)
            before = await decided(settings)
    assert await decided(settings) == before, "a transaction that was cut off has left something behind"
    await asyncio.gather(*(_kill_before_answer(installed, each, batches, folder) for each in batches))


async def _kill_before_answer(
    installed: Installed, service: str, batches: Mapping[str, Sequence[Document]], folder: Path
) -> None:
    parts = urlsplit(installed.settings.database_url)
    assert parts.port is not None
    stored = await number(installed.settings, service, STORED)
    async with commit_holder(parts.port) as (holder, port):
        behind = _api(installed, service, _through(installed, port), folder)
        await asyncio.to_thread(behind.restart)
        holder.armed = True

        async def committed() -> bool:
            return await number(installed.settings, service, STORED) >= stored + len(batches[service])

        async with _asked(installed.settings, [behind], batches) as [asked]:
            held = asyncio.create_task(holder.held.wait())
            await asyncio.wait((held, asked), timeout=60, return_when=asyncio.FIRST_COMPLETED)
            assert held.done(), asked
            await until(committed, "the commit whose answer is kept")


def _api(installed: Installed, service: str, environment: Mapping[str, str], folder: Path) -> RoleProcess:
    program = installed.services[service].program
    return RoleProcess(service, "api", ports.free_port(), environment, folder, program)


@asynccontextmanager
async def _asked(
    settings: Settings, apis: Sequence[RoleProcess], batches: Mapping[str, Sequence[Document]]
) -> AsyncIterator[Sequence[asyncio.Task[str]]]:
    """During the block these processes are being asked their batches; at its end they are killed, with no answer."""

    async def ask(api: RoleProcess) -> str:
        headers = {"content-type": BATCH, **bearer(settings)}
        async with httpx.AsyncClient(timeout=60, headers=headers) as client:
            try:
                return (await client.post(f"{api.url}/events", content=orjson.dumps(batches[api.service]))).text
            except httpx.TransportError:
                return "killed"

    try:
        for api in apis:
            if not api.alive:
                api.start()
        for api in apis:
            await asyncio.to_thread(api.wait_until_ready)
        asked = [asyncio.create_task(ask(api)) for api in apis]
        yield asked
    finally:
        for api in apis:
            await asyncio.to_thread(api.kill)
    assert set(await asyncio.gather(*asked)) == {"killed"}


async def killed_while_ringing(installed: Installed, unsaid: Callable[[], set[str]], folder: Path) -> None:
    """The runners of deadlines as delivered, by the real clock: each is killed twice while it decides what is due.

    First while its transaction waits to write: nothing of it remains. Then after the commit, before it knows, and so on
    until everything was said; at last one works in peace until it has nothing to do.

    Args:
        installed: whose services' deadlines have passed.
        unsaid: gives the services that have not said everything yet.
        folder: for logs.
    """
    settings, clocks = installed.settings, unsaid()
    await settled(settings)
    for service in clocks:
        await _follow_teams(settings, service)
    async with AsyncExitStack() as undo:
        gates = [await undo.enter_async_context(held_back(settings, each, TIMERS)) for each in clocks]
        before = await decided(settings)
        runners = [_timers(each, installed.environment, folder) for each in clocks]
        for runner in runners:
            runner.start()
        try:
            await all_wait(gates)
        finally:
            for runner in runners:
                await asyncio.to_thread(runner.kill)
    assert await decided(settings) == before, "a transaction that was cut off has left something behind"
    while left := await asyncio.to_thread(unsaid):
        await asyncio.gather(*(_kill_after_ringing(installed, each, folder) for each in left))
    await asyncio.gather(*(_ring_in_peace(installed, each, folder) for each in clocks))


async def _follow_teams(settings: Settings, service: str) -> None:
    conn = await asyncpg.connect(settings.dsn(service, "dyad_consumer"))
    await follow_teams(conn, service)
    await conn.close()


def _timers(service: str, environment: Mapping[str, str], folder: Path) -> RoleProcess:
    return RoleProcess(service, "timers", ports.free_port(), environment, folder)


async def _kill_after_ringing(installed: Installed, service: str, folder: Path) -> None:
    parts = urlsplit(installed.settings.database_url)
    assert parts.port is not None
    async with commit_holder(parts.port) as (holder, port):
        runner = _timers(service, _through(installed, port), folder)
        holder.armed = True
        runner.start()
        try:
            await asyncio.wait_for(holder.held.wait(), 60)

            async def committed() -> bool:
                return not await number(installed.settings, service, AT_WORK)

            await until(committed, "the commit whose answer is kept")
        finally:
            await asyncio.to_thread(runner.kill)


async def _ring_in_peace(installed: Installed, service: str, folder: Path) -> None:
    runner = _timers(service, installed.environment, folder)
    runner.start()
    try:

        async def nothing_due() -> bool:
            return not await number(installed.settings, service, DUE)

        await until(nothing_due, "nothing to be due any more")
        await asyncio.to_thread(runner.wait_until_ready)
    finally:
        await asyncio.to_thread(runner.stop)
