"""Every metric as tables over HTTP: the same numbers as its own answer, raw inside the team and suppressed outside."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from services.reporting.main import app
from services.reporting.metrics.catalogue import METRICS
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import deliver, emptied, migrated
from tests.unit.reporting.histories import whole_way

NORTH = "team-north"
DAY = "2025-06-01"


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Two families of one team and six of another are in the views."""
    async with emptied(database) as record:
        for number in range(8):
            team = NORTH if number < 2 else "team-south"
            await deliver(record.projection, whole_way(f"case-{number}", team).documents)
    application = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as opened:
            yield opened


async def tables(
    client: httpx.AsyncClient, who: dict[str, str], name: str = "caseload", **asked: str
) -> dict[str, Any]:
    answer = await client.get(f"/tables/{name}", params={"at": DAY, **asked}, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def cells(found: dict[str, Any], table: str, row: str) -> list[Any]:
    """What stands in the row that begins with a text."""
    [wanted] = [each for each in found["tables"] if each["name"] == table]
    [cell] = [each[1:] for each in wanted["rows"] if each[0] == row]
    return list(cell)


async def test_who_works_in_the_team_sees_its_numbers_raw(client: httpx.AsyncClient, database: Settings) -> None:
    found = await tables(client, bearer(database, "manager", NORTH), team=NORTH)
    assert found["suppressed"] is False
    assert cells(found, "stages", "Active") == [2]
    assert cells(found, "units", "Babies") == [2]


@pytest.mark.parametrize("who", [("analyst", NORTH), ("auditor",)])
async def test_outside_the_team_small_numbers_are_hidden(
    client: httpx.AsyncClient, database: Settings, who: tuple[str, ...]
) -> None:
    found = await tables(client, bearer(database, *who), team=NORTH)
    assert found["suppressed"] is True
    assert cells(found, "stages", "Active") == ["*"]
    assert cells(found, "units", "Babies") == ["*"]
    answer = await client.get(
        "/tables/caseload", params={"team": NORTH, "suppressed": "false"}, headers=bearer(database, *who)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not-inside-the-team")


async def test_numbers_over_several_teams_leave_each_of_them(client: httpx.AsyncClient, database: Settings) -> None:
    found = await tables(client, bearer(database, "manager", NORTH, "team-south"))
    assert found["suppressed"] is True
    assert cells(found, "stages", "Active") == [10]  # eight, to the nearest five


async def test_the_team_itself_may_ask_for_what_it_may_publish(client: httpx.AsyncClient, database: Settings) -> None:
    found = await tables(client, bearer(database, "lead", "team-south"), team="team-south", suppressed="true")
    assert found["suppressed"] is True
    assert cells(found, "stages", "Active") == [5]


@pytest.mark.parametrize("name", METRICS)
async def test_every_metric_answers_for_a_team_and_for_none(
    client: httpx.AsyncClient, database: Settings, name: str
) -> None:
    lead = bearer(database, "lead", NORTH)
    found = await tables(client, lead, name, team=NORTH)
    assert found["name"] == name
    assert all(table["columns"] for table in found["tables"])
    empty = await tables(client, lead, name, team=NORTH, at="2020-01-01")
    assert [table["name"] for table in empty["tables"]] == [table["name"] for table in found["tables"]]


async def test_metrics_are_listed_and_others_are_unknown(client: httpx.AsyncClient, database: Settings) -> None:
    lead = bearer(database, "lead", NORTH)
    listed = (await client.get("/tables", headers=lead)).json()["metrics"]
    assert [each["name"] for each in listed] == list(METRICS)
    answer = await client.get("/tables/nonsense", headers=lead)
    assert (answer.status_code, answer.json()["code"]) == (404, "metric-unknown")
    assert "nonsense" not in answer.text


async def test_tables_say_what_the_metrics_own_answer_says(client: httpx.AsyncClient, database: Settings) -> None:
    lead = bearer(database, "lead", "team-south")
    asked = {"team": "team-south", "at": "2025-12-31"}
    found = await tables(client, lead, "waits", **asked)
    own = (await client.get("/waits", params=asked, headers=lead)).json()["waits"]["W5"]["completed"]
    columns = [each["name"] for each in found["tables"][0]["columns"]]
    row = dict(zip(columns[1:], cells(found, "completed", "W5"), strict=True))
    assert (row["n"], row["median"], row["within"]) == (own["n"], own["median"], own["share_within_target"])
