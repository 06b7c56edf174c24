"""Figures as files, by header and from a page: the page's question, its hidden numbers, and where they come from."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import EMPTY, announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import whole_way

NORTH = "team-north"
ASKED = {"team": NORTH, "at": "2025-06-01", "source": "GP"}
ADDRESSES = ("/tables/caseload", "/pages/tables/caseload")


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with reporting_pool(database) as pool, pool.acquire() as conn:
        await conn.execute(EMPTY)
        await deliver(conn, whole_way("a", NORTH).documents)
        await announce(conn, datetime(2026, 1, 1, tzinfo=UTC), STORES)
    made: FastAPI = app(database, True, {})
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made, raise_app_exceptions=False)
        headers = bearer(database, "lead", NORTH) | {"accept": "application/json"}
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=headers) as opened:
            yield opened


def sheets(answer: httpx.Response) -> dict[str, list[list[str]]]:
    """Rows of each CSV file of a zip."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        read = {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist()}
    return {name: list(csv.reader(io.StringIO(text))) for name, text in read.items()}


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_file_has_the_numbers_of_the_question_and_says_which_it_was(
    client: httpx.AsyncClient, address: str
) -> None:
    answer = await client.get(f"{address}.csv", params=ASKED)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="caseload-team-north-2025-06-01.csv.zip"'
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    found = sheets(answer)
    stages = next(rows for name, rows in found.items() if "stages" in name)
    assert stages[-1] == ["All open referrals", "0"], "it did not come from a GP"
    said = {tuple(row) for rows in found.values() for row in rows}
    assert {("Filter: team", NORTH), ("Filter: source", "GP"), ("Filter: last day", "2025-06-01")} <= said


@pytest.mark.parametrize("address", ADDRESSES)
async def test_who_is_outside_the_team_gets_a_file_in_which_small_numbers_are_hidden(
    database: Settings, client: httpx.AsyncClient, address: str
) -> None:
    asked = {"team": NORTH, "at": "2025-06-01"}
    inside = sheets(await client.get(f"{address}.csv", params=asked))
    outside = sheets(await client.get(f"{address}.csv", params=asked, headers=bearer(database, "analyst")))
    [name] = [name for name in inside if "stages" in name]
    assert inside[name][-1] == ["All open referrals", "1"]
    assert outside[name][-1] == ["All open referrals", "*"]


@pytest.mark.parametrize("address", ADDRESSES)
async def test_a_workbook_is_one(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(f"{address}.xlsx", params=ASKED)
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert zipfile.is_zipfile(io.BytesIO(answer.content))


@pytest.mark.parametrize(
    ("address", "asked", "status", "code"),
    [
        ("/pages/tables/nonsense.csv", {}, 404, "metric-unknown"),
        ("/tables/nonsense.csv", {}, 404, "metric-unknown"),
        ("/pages/tables/caseload.pdf", {}, 422, "invalid-parameter"),
        ("/pages/tables/caseload.csv", {"at": "yesterday"}, 422, "wrong-filter"),
        ("/pages/tables/caseload.csv", {"team": "team-south"}, 422, "wrong-filter"),
        ("/pages/tables/caseload.csv", {"surname": "x"}, 422, "wrong-filter"),
    ],
)
async def test_what_is_no_question_is_no_file(
    client: httpx.AsyncClient, address: str, asked: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get(address, params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
