"""Data quality, health, outcomes, equity and the network as pages: who sees what, and small numbers hidden.

Against real PostgreSQL.
"""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from services.reporting.pages.data_quality import MOST
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import Record, announce, deliver, emptied, migrated
from tests.unit.reporting.histories import History, identity, whole_way
from tests.unit.reporting.pathways import pathway
from tests.unit.reporting.team_histories import TeamHistory

NORTH, SOUTH = "team-north", "team-south"
QUALITY, HEALTH = "/pages/data-quality", "/pages/health"
AT = "2025-06-30"
HOLD = """
INSERT INTO held (consumer, kind, store, stream, version, case_id, leaf_hash, type, recorded_at, topic, partition,
                  kafka_offset, value, error)
VALUES ('reporting', 'poison', 'referral', $1, 1, gen_random_uuid(), sha256('x'), 'dyad.ReferralReceived.v1', now(),
        'dyad.referral', 0, 7, 'x', 'KeyError at fold:1')
"""


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    made: FastAPI = app(database, True, {})
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made, raise_app_exceptions=False)
        headers = {"accept": "text/html"}
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=headers) as opened:
            yield opened


async def late(record: Record, number: int) -> list[History]:
    """Referrals that were recorded eight days after they came."""
    histories = []
    for each in range(number):
        history = History(f"late-{each}", NORTH)
        history.received("2025-03-03", at=datetime(2025, 3, 11, 9, tzinfo=UTC))
        await deliver(record.projection, history.documents)
        histories.append(history)
    return histories


async def page(client: httpx.AsyncClient, settings: Settings, role: str, path: str, *teams: str) -> str:
    answer = await client.get(path, headers=bearer(settings, role, *(teams or (NORTH,))))
    assert answer.status_code == 200
    return answer.text


async def test_the_number_of_a_reason_leads_to_its_cases_and_those_to_each(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    [history] = await late(record, 1)
    fine = History("fine", NORTH)
    fine.received("2025-03-03")
    await deliver(record.projection, fine.documents)
    text = await page(client, database, "administrator", f"{QUALITY}?team={NORTH}&at={AT}")
    assert "1 of 2 cases has one or more of these." in text
    found = re.search(rf'href="({QUALITY}\?[^"]*reason=back_dated)#list"', text)
    assert found is not None
    text = await page(client, database, "administrator", found[1].replace("&amp;", "&"))
    assert f'href="/pages/cases/{history.case_id}?at={AT}"' in text
    assert str(fine.case_id)[-8:] not in text
    assert "Recorded late" in text
    named = await record.reader.fetch("SELECT cases FROM reads WHERE route = $1", QUALITY)
    assert [history.case_id] in [row["cases"] for row in named]


async def test_a_case_of_which_only_a_session_is_known_stands_on_the_list(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    history = History("a", NORTH)
    history.held("2025-03-10")
    await deliver(record.projection, history.documents)
    text = await page(client, database, "administrator", f"{QUALITY}?team={NORTH}&at={AT}&reason=orphan")
    assert f'href="/pages/cases/{history.case_id}?at={AT}"' in text
    assert "<td>not known</td>" in text


@pytest.mark.parametrize("role", ["lead", "analyst"])
async def test_the_list_shows_cases_of_others_under_pseudonyms(
    database: Settings, record: Record, client: httpx.AsyncClient, role: str
) -> None:
    [history] = await late(record, 1)
    text = await page(client, database, role, f"{QUALITY}?team={NORTH}&at={AT}")
    assert "(pseudonym)" in text
    assert str(history.case_id)[-8:] not in text


async def test_a_long_list_goes_on_and_shows_each_case_once(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    await late(record, MOST + 3)
    address, found = f"{QUALITY}?at={AT}", []
    while address:
        text = await page(client, database, "administrator", address)
        found += re.findall(r"<code>(\w{8})</code>", text)
        following = re.search(r'href="([^"]*after=[^"]*)#list"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(found) == len(set(found)) == MOST + 3


async def test_a_manager_reads_the_numbers_and_no_case(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    [history] = await late(record, 1)
    text = await page(client, database, "manager", f"{QUALITY}?team={NORTH}&at={AT}")
    assert "1 of 1 case has one or more of these." in text
    assert str(history.case_id)[-8:] not in text
    assert "#list" not in text
    assert "shown to those who may see cases one by one" in text


async def test_outside_the_team_small_numbers_of_data_quality_are_hidden(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    await late(record, 3)
    text = await page(client, database, "analyst", f"{QUALITY}?team={NORTH}&at={AT}")
    assert "one or more of these" not in text
    assert "* hidden" in text


async def test_parked_events_are_named_by_kind_and_lead_to_what_to_do(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    every, of_a_team = bearer(database, "auditor"), bearer(database, "lead", NORTH)
    await late(record, 1)
    assert "There is none." in (await client.get(QUALITY, headers=every)).text
    await record.projection.execute(HOLD, "referral-x")
    assert '<a href="/pages/health#section-parked">' in (await client.get(QUALITY, headers=every)).text
    assert "Events that could not be applied" not in (await client.get(QUALITY, headers=of_a_team)).text
    then = (await client.get(f"{QUALITY}?known_at=2025-06-01T12:00", headers=every)).text
    assert "Events that could not be applied" not in then, "what is parked now says nothing of what was known then"
    text = (await client.get(HEALTH, headers=every)).text
    assert "One event is parked" in text
    assert "KeyError at fold:1" in text
    assert 'id="section-parked"' in text
    assert "referral-x" not in text, "the stream names the case"
    text = (await client.get(HEALTH, headers=bearer(database, "manager"))).text
    assert ("One event is parked" in text, "KeyError" in text) == (True, False)
    text = (await client.get(HEALTH, headers=of_a_team)).text
    assert "parked" not in text, "whose a parked event is cannot be told, so a team is told of none"


async def test_health_says_how_far_the_data_reaches_and_whether_that_is_far_enough(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    assert "not announced yet" in await page(client, database, "manager", HEALTH)
    now = datetime.now(UTC)
    await announce(record.projection, now, STORES)
    text = await page(client, database, "manager", HEALTH)
    assert ("<strong>Up to date.</strong>" in text, "<strong>Behind.</strong>" in text) == (True, False)
    await announce(record.projection, now - timedelta(hours=1), STORES[:1])
    text = await page(client, database, "manager", HEALTH)
    assert ("<strong>Up to date.</strong>" in text, "<strong>Behind.</strong>" in text) == (False, True)


async def test_health_tells_of_one_s_own_teams_alone(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    for team in (NORTH, SOUTH):
        await deliver(record.projection, whole_way("a" + team, team).documents)
    text = await page(client, database, "lead", HEALTH)
    assert f">{NORTH}</th>" in text
    assert SOUTH not in text


async def test_health_says_that_the_watch_is_not_at_work(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    await record.projection.execute("DELETE FROM watch_seen")
    assert "<td>Not at work</td>" in await page(client, database, "lead", HEALTH)
    await record.projection.execute("INSERT INTO watch_seen (at) VALUES (now())")
    text = await page(client, database, "lead", f"{HEALTH}?team={NORTH}")
    assert "<td>At work</td>" in text
    assert "What it says now" in text
    await record.projection.execute("DELETE FROM watch_seen")


async def test_outcomes_and_equity_show_what_the_metrics_say(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    for number in range(3):
        await deliver(record.projection, whole_way(str(number), NORTH).documents)
    asked = f"?team={NORTH}&at=2026-03-31"
    text = await page(client, database, "manager", f"/pages/outcomes{asked}")
    assert "0 of 3 cases improved (0%); of 3 no outcome is known." in text
    assert "which=discharged" not in text, "a manager lists no cases"
    text = await page(client, database, "administrator", f"/pages/outcomes{asked}")
    found = re.search(r'href="(/pages/cases[^"]*which=discharged[^"]*)"', text)
    assert found is not None
    text = await page(client, database, "administrator", found[1].replace("&amp;", "&"))
    assert len(re.findall(r"<code>\w{8}</code>", text)) == 3
    text = await page(client, database, "manager", f"/pages/equity{asked}&number=w2_median")
    assert "Median days from referral to first contact (W2), by group of families" in text
    assert "/pages/tables/equity.csv?team=team-north&amp;at=2026-03-31" in text, "the number is the page's own choice"
    wrong = await client.get(f"/pages/equity{asked}&number=w9", headers=bearer(database, "manager", NORTH))
    assert (wrong.status_code, "Choose from the list: number shown" in wrong.text) == (422, True)


async def test_teams_stand_side_by_side_in_published_numbers_even_for_their_own_people(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    random = Random(4)
    for number in range(90):
        team = NORTH if number % 2 else SOUTH
        await deliver(record.projection, pathway(random, str(number), team).documents)
    asked = f"/pages/network?team={NORTH}&at=2025-09-30"
    text = await page(client, database, "lead", asked, NORTH, SOUTH)
    assert "small numbers are hidden and others are rounded" in text
    assert "Counts are rounded to 5." in text
    assert text.count(f">{SOUTH}</th>") == text.count(f">{NORTH}</th>") > 0, (
        "the team of the filter is marked, not alone"
    )
    assert "/pages/tables/network.csv?at=2025-09-30" in text
    alone = await page(client, database, "lead", asked)
    assert "One team only is known to you" in alone
    assert SOUTH not in alone


async def test_what_a_practitioner_was_supervised_stays_in_the_team(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    who = identity("practitioner", 1)
    team = TeamHistory(NORTH)
    team.joined("2024-01-01")
    await deliver(record.projection, team.documents)
    await deliver(record.projection, whole_way("a", NORTH).documents)
    asked = f"/pages/continuity?team={NORTH}&at={AT}"
    assert f"<td>{str(who)[:8]}</td>" in await page(client, database, "lead", asked)
    outside = await page(client, database, "analyst", asked)
    assert "Psychologists and psychotherapists in each team" in outside
    assert str(who)[:8] not in outside


async def test_the_number_of_a_tier_leads_to_as_many_cases(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    random = Random(5)
    for number in range(40):
        await deliver(record.projection, pathway(random, str(number), NORTH).documents)
    text = await page(client, database, "administrator", f"/pages/programmes?team={NORTH}&at=2025-09-30")
    found = re.findall(r'href="(/pages/cases[^"]*tier=[^"]*)">(\d+)<', text)
    assert found
    for address, number in found:
        listed = await page(client, database, "administrator", address.replace("&amp;", "&"))
        assert len(re.findall(r"<code>\w{8}</code>", listed)) == int(number)
