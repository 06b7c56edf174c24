"""What a team says of itself, over HTTP: settings, people, work with other professionals."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import EMPTY, deliver, migrated, reporting_pool
from tests.unit.reporting.team_histories import TeamHistory


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(database) as opened:
        await opened.execute(EMPTY + "; DELETE FROM stream_heads")
        yield opened


@pytest.fixture
async def client(database: Settings, pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    application: FastAPI = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://reporting", headers=bearer(database)
        ) as opened:
            yield opened


async def answer(client: httpx.AsyncClient, path: str, **asked: str) -> dict[str, Any]:
    response = await client.get(path, params=asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_what_a_team_says_of_itself_is_told_with_the_settings_in_force(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    team = TeamHistory()
    team.configured("2025-a", "2025-04-01")
    team.joined("2025-04-07")
    team.activity("2025-05-05", "training", 180)
    async with pool.acquire() as conn:
        await deliver(conn, team.documents)
    found = await answer(client, "/teams/team-north/events", at="2025-06-01")
    assert (found["team"], found["version"]) == ("team-north", "2025-a")
    assert [(each["occurred_on"], each["text"]) for each in found["events"]] == [
        ("2025-04-01", "Team settings: version 2025-a"),
        ("2025-04-07", "A practitioner joined the team: clinical psychologist"),
        ("2025-05-05", "Training given: 180 minutes"),
    ]
    latest = await answer(client, "/teams/team-north/events", at="2025-03-31", limit="1")
    assert (latest["version"], [each["event"] for each in latest["events"]]) == (
        "default-1",
        ["SystemActivityRecorded"],
    )


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("known_at=2024-01-01T00:00:00Z", 404, "team-unknown"), ("team=team-south", 422, "other-team")],
)
async def test_a_team_of_which_nothing_is_known_or_another_one_is_refused(
    client: httpx.AsyncClient, pool: asyncpg.Pool, query: str, status: int, code: str
) -> None:
    team = TeamHistory()
    team.joined("2025-04-07")
    async with pool.acquire() as conn:
        await deliver(conn, team.documents)
    response = await client.get(f"/teams/team-north/events?{query}")
    assert (response.status_code, response.json()["code"]) == (status, code)
