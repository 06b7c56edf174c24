"""Live hints: who is told what and when, against a real service process and real PostgreSQL; never what changed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
import uvicorn
from fastapi import FastAPI

from services.reporting.hints import tell_teams
from services.reporting.main import app
from services.reporting.pages import live
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.bus import until as condition
from shared.testing.platform import Platform
from shared.testing.services import running
from shared.testing.tokens import bearer, token
from shared.web.access.browser import SESSION_COOKIE
from shared.web.access.sessions import Sessions
from tests.integration.reporting_kit import announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import History, whole_way

WITHIN_S = 30
BEAT_S = 0.2
"""Instead of the service's five seconds: what is not to be heard is waited for by a beat."""
NORTH, SOUTH = "team-north", "team-south"
Said = tuple[str, dict[str, Any]]


class Served(uvicorn.Server):
    """Leaves the signals to the test run, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@pytest.fixture(scope="module")
def environment(platform: Platform) -> Iterator[dict[str, str]]:
    prefix = servers.new_namespace()
    migrated(platform, prefix)
    yield platform.environment(prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture(scope="module")
def settings(environment: dict[str, str]) -> Settings:
    fields = {name.removeprefix("DYAD_").lower(): value for name, value in environment.items() if name[:5] == "DYAD_"}
    return Settings(**fields)  # type: ignore[arg-type]


@pytest.fixture
async def application(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service in this test's own process, on its port, with quicker beats."""
    made: FastAPI = app(settings, True, {})
    port = settings.port("reporting")
    server = Served(uvicorn.Config(made, host="127.0.0.1", port=port, log_config=None, lifespan="on"))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait_for(server.up.wait(), WITHIN_S)
    hints: live.Hints = made.state.hints
    hints.beat_s = BEAT_S

    async def listens() -> bool:
        return hints.listening

    await condition(listens, "the database to be listened to")  # as it begins, every page is told to look again
    yield made
    made.state.stopping.set()
    server.should_exit = True
    await serving


@pytest.fixture
async def pool(settings: Settings, application: FastAPI) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(settings) as opened:
        yield opened


@asynccontextmanager
async def listening(
    settings: Settings, role: str = "lead", team: str = NORTH, cookie: str | None = None
) -> AsyncIterator[AsyncIterator[Said]]:
    """What a page of somebody hears: name and data of each event."""
    headers = bearer(settings, role, team) if cookie is None else {"cookie": f"{SESSION_COOKIE}={cookie}"}
    headers["accept"] = "text/event-stream"
    async with (
        httpx.AsyncClient(base_url=settings.url("reporting"), timeout=WITHIN_S) as client,
        client.stream("GET", "/live", headers=headers) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[Said]:
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, orjson.loads(line.removeprefix("data: "))


async def until(heard: AsyncIterator[Said], wanted: str, complete_to: datetime | None = None) -> dict[str, Any]:
    """The data of the next event of this name, of one that is complete to an instant where that is given."""
    async with asyncio.timeout(WITHIN_S):
        async for name, data in heard:
            if name == wanted and (complete_to is None or instant(data) == complete_to):
                return data
    raise AssertionError(f"the stream ended without {wanted}")


def instant(data: dict[str, Any]) -> datetime | None:
    said = data["complete_to"]
    return None if said is None else datetime.fromisoformat(said)


async def record(pool: asyncpg.Pool, history: History) -> None:
    async with pool.acquire() as conn:
        await deliver(conn, history.documents)


async def test_a_page_is_told_that_something_of_its_team_changed_and_how_complete_the_data_is(
    settings: Settings, pool: asyncpg.Pool
) -> None:
    now = datetime.now(UTC)
    await announce(pool, now, STORES)
    async with listening(settings) as heard:
        assert (await anext(heard))[0] == "beat"
        await record(pool, whole_way("told", NORTH))
        data = await until(heard, "changed")
        assert set(data) == {"complete_to", "shown", "behind"}, "a hint has no data in it"
        data = await until(heard, "beat", now)
        assert data["behind"] is False
        assert data["shown"].endswith(("GMT", "BST"))


async def test_nothing_is_said_of_other_teams(settings: Settings, pool: asyncpg.Pool) -> None:
    async with listening(settings, "lead", SOUTH) as south, listening(settings, "analyst") as everywhere:
        await anext(south)
        await anext(everywhere)
        await record(pool, whole_way("north-only", NORTH))
        await until(everywhere, "changed")
        await record(pool, whole_way("south-too", SOUTH))
        first = await asyncio.wait_for(anext(south), WITHIN_S)
        while first[0] == "beat":
            first = await asyncio.wait_for(anext(south), WITHIN_S)
        assert first[0] == "changed"
        again = await asyncio.wait_for(anext(south), WITHIN_S)
        assert again[0] == "beat", "one hint: what happened in the north was not heard in the south"


async def test_what_is_not_committed_is_not_told(settings: Settings, pool: asyncpg.Pool) -> None:
    async with listening(settings) as heard:
        await anext(heard)
        async with pool.acquire() as conn:
            transaction = conn.transaction()
            await transaction.start()
            await deliver(conn, whole_way("undone", NORTH).documents)
            await transaction.rollback()
        assert (await asyncio.wait_for(anext(heard), WITHIN_S))[0] == "beat"


async def test_data_that_is_not_up_to_date_is_said_to_be_behind(settings: Settings, pool: asyncpg.Pool) -> None:
    await pool.execute("DELETE FROM watermarks")
    old = datetime.now(UTC) - live.BEHIND - timedelta(minutes=1)
    await announce(pool, old, STORES)
    async with listening(settings) as heard:
        assert (await until(heard, "beat", old))["behind"] is True


async def test_a_page_hears_again_after_the_database_cut_the_connection_that_listens(
    platform: Platform, settings: Settings, pool: asyncpg.Pool
) -> None:
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'dyad-live' AND datname = $1"
    )
    admin = await asyncpg.connect(platform.database_url)
    try:
        async with listening(settings) as heard:
            await anext(heard)
            assert await admin.fetchval(cut, settings.database("reporting")) == 1
            await until(heard, "changed")  # it may have missed something, and says so when it hears again
            await record(pool, whole_way("after-the-cut", NORTH))
            await until(heard, "changed")
    finally:
        await admin.close()


async def test_a_stream_ends_when_its_reader_signs_out_elsewhere(
    settings: Settings, application: FastAPI, pool: asyncpg.Pool
) -> None:
    sessions: Sessions = application.state.sessions
    session = await sessions.begin(token(settings, "lead", NORTH), datetime.now(UTC) + timedelta(hours=1))
    async with listening(settings, cookie=session.key) as heard:
        await until(heard, "beat")
        await sessions.end(session.key)
        await until(heard, "ended")
        with pytest.raises(StopAsyncIteration):
            await anext(heard)


async def test_a_stream_in_which_one_change_follows_another_ends_too(
    settings: Settings, application: FastAPI, pool: asyncpg.Pool
) -> None:
    sessions: Sessions = application.state.sessions
    session = await sessions.begin(token(settings, "lead", NORTH), datetime.now(UTC) + timedelta(hours=1))

    async with listening(settings, cookie=session.key) as heard, pool.acquire() as conn, asyncio.timeout(WITHIN_S):
        await until(heard, "beat")
        await sessions.end(session.key)
        await tell_teams(conn, {NORTH})
        async for name, _ in heard:
            if name == "ended":
                return
            await tell_teams(conn, {NORTH})
    raise AssertionError("it went on without a word")


async def test_one_reader_cannot_take_every_stream(settings: Settings, pool: asyncpg.Pool) -> None:
    streams = []  # one that nobody holds is closed
    async with AsyncExitStack() as windows:
        for _ in range(live.MOST_STREAMS_EACH):
            heard = await windows.enter_async_context(listening(settings))
            streams.append(heard)
            await anext(heard)
        async with httpx.AsyncClient(base_url=settings.url("reporting")) as client, asyncio.timeout(WITHIN_S):
            refused = await client.get("/live", headers=bearer(settings, "lead", NORTH))
            assert (refused.status_code, refused.json()["code"]) == (503, "too-many-live-pages")
            assert refused.headers["retry-after"] == "60"
            other = bearer(settings, "lead", NORTH, subject="somebody-else")
            async with client.stream("GET", "/live", headers=other) as answer:
                assert answer.status_code == 200


async def test_nobody_without_the_right_to_views_is_told_anything(settings: Settings, application: FastAPI) -> None:
    async with httpx.AsyncClient(base_url=settings.url("reporting"), timeout=WITHIN_S) as client:
        assert (await client.get("/live", headers=bearer(settings, "referrer", NORTH))).status_code == 403
        assert (await client.get("/live", headers={"accept": "text/event-stream"})).status_code == 401


async def test_a_process_that_is_told_to_stop_ends_its_streams_properly(
    environment: dict[str, str], settings: Settings, platform: Platform
) -> None:
    own = environment | {"DYAD_REPORTING_PORT": platform.environment()["DYAD_REPORTING_PORT"]}
    elsewhere = settings.model_copy(update={"reporting_port": int(own["DYAD_REPORTING_PORT"])})
    with running(elsewhere, own, ["reporting"], role="api") as processes:
        async with listening(elsewhere) as heard:
            await anext(heard)
            processes["reporting"].terminate()
            async with asyncio.timeout(WITHIN_S):
                async for _ in heard:  # to its proper end: a stream that is cut off raises
                    continue
        assert await asyncio.to_thread(processes["reporting"].wait, WITHIN_S) == 0
