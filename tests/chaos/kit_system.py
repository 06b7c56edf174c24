"""The whole system on servers of its own, every role a process of its own, all of which a test may kill."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import asyncpg

from shared.migrations import migrate_all
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.bus import query, settings_of, until
from shared.testing.platform import Platform
from shared.testing.roles import RoleProcess, role_processes
from tests.chaos.kit_generator import Generator
from tests.e2e.untimed import program

APART = (
    ("referral", "api"),
    ("referral", "relay"),
    ("referral", "consumer"),
    ("assessment", "all"),
    ("intervention", "api"),
    ("intervention", "relay"),
    ("intervention", "consumer"),
    ("reporting", "api"),
    ("reporting", "consumer"),
)
"""Each role that hears and answers at least once by itself, and one service that plays all of them in one process.

The families of these tests lived in the past: were there a clock, every deadline of theirs would ring at some moment.
Runners of deadlines and letters are killed in tests/e2e/test_process_rules_time.py and tests/integration.
"""
WAITING_FOR_LOCK = "SELECT count(*) FROM pg_locks WHERE relation = $1::regclass AND NOT granted"
_IN_TRANSACTION = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'dyad_writer'"
    " AND state <> 'idle'"
)


@dataclass(frozen=True, slots=True)
class System:
    """Servers, services, and the environment that they were started in."""

    platform: Platform
    environment: dict[str, str]
    settings: Settings
    roles: dict[tuple[str, str], RoleProcess]

    def restart(self, *names: tuple[str, str]) -> None:
        """Starts killed roles again, all at once, and waits until they are ready."""
        for name in names:
            self.roles[name].start()
        for name in names:
            self.roles[name].wait_until_ready()


@contextmanager
def whole_system(platform: Platform) -> Iterator[System]:
    """Everything up and ready, for as long as the block."""
    environment = platform.environment(servers.new_namespace())
    settings = settings_of(environment)
    migrate_all(settings)
    with role_processes(settings, environment, APART, program=program) as roles:
        yield System(platform, environment, settings, roles)


@asynccontextmanager
async def posting(generator: Generator) -> AsyncIterator[None]:
    """The generator at work during the block; afterwards every family that has begun is brought to its end."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(generator.run(stop))
        try:
            yield
        finally:
            stop.set()


async def progress(generator: Generator, posts: int, within_s: float = 120.0) -> None:
    """Returns once so many more posts have been acknowledged."""
    wanted = generator.acknowledged + posts

    async def reached() -> bool:
        return generator.acknowledged >= wanted

    await until(reached, f"{posts} more acknowledged posts", within_s=within_s)


@asynccontextmanager
async def locked(settings: Settings, service: str, statement: str) -> AsyncIterator[None]:
    """Holds a lock in a service's database from outside during the block."""
    conn = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
    try:
        await conn.execute("BEGIN")
        await conn.execute(statement)
        yield
    finally:
        conn.terminate()


async def held_up(settings: Settings, service: str, table: str, request: asyncio.Task[str]) -> None:
    """Returns once somebody waits for a lock on a table; `request` must not have been answered by then."""

    async def waits() -> bool:
        assert not request.done(), request.result()
        return bool((await query(settings, service, WAITING_FOR_LOCK, table))[0][0])

    await until(waits, f"a transaction that waits for {table}")


async def writers_idle(settings: Settings, service: str) -> None:
    """Returns once no transaction of the API is open in a service's database."""

    async def idle() -> bool:
        return not (await query(settings, service, _IN_TRANSACTION))[0][0]

    await until(idle, "the killed API's transaction to end")
