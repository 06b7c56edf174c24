"""The clocks of a case over HTTP: side by side, by the team's configuration, of the whole spell, as at and as known."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
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
from tests.unit.reporting.histories import START, History, identity, stamp
from tests.unit.reporting.team_histories import TeamHistory


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(database) as opened:
        await opened.execute(EMPTY)
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


async def seen(pool: asyncpg.Pool, *histories: History | TeamHistory) -> None:
    async with pool.acquire() as conn:
        for history in histories:
            await deliver(conn, history.documents)


async def clocks(client: httpx.AsyncClient, history: History, **asked: str) -> dict[str, dict[str, Any]]:
    response = await client.get(f"/cases/{history.case_id}", params=asked)
    assert response.status_code == 200, response.text
    return {each["code"]: each for each in response.json()["clocks"]}


def referred(history: History, on: str, baby: str | None = None, *, at: datetime | None = None) -> None:
    subject = {"infant_id": baby or history.baby(), "unborn": False, "born_on": "2025-01-01"}
    data = {"received_on": on, "source": "health_visitor", "subjects": [subject], "caregivers": []}
    history.say("referral", "ReferralReceived", data, at=at)


def helped(measure: str) -> History:
    """The example of domain 6.7 with a measure of choice, and treated on 31 March."""
    history = History()
    referred(history, "2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-17", treatment=False, kind="initial_contact")
    data = {"measure_code": measure, "completed_on": "2025-03-24", "rater": "caregiver", "total": "8"}
    history.say("assessment", "MeasureRecorded", data)
    assigned = {"assigned_on": "2025-03-31", "tier": "TARGETED", "care_plan_agreed_on": "2025-03-31"}
    history.say("intervention", "ProgrammeAssigned", assigned)
    history.held("2025-03-31")
    return history


async def test_every_definition_stands_beside_the_others(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    history = helped("SDQ-2-4")
    await seen(pool, history)
    found = await clocks(client, history, at="2025-12-31")
    assert {code: (each["state"], each["days"], each["within"]) for code, each in found.items()} == {
        "local_first_treatment": ("stopped", 28, True),
        "team_targets": ("stopped", 28, True),
        "first_1001_days": ("stopped", 28, None),
        "england_cyp_4_weeks": ("stopped", 28, True),
        "england_cyp_4_weeks_dashboard": ("stopped", 28, False),
        "england_rtt_18_weeks": ("stopped", 28, True),
        "scotland_camhs_18_weeks": ("stopped", 28, True),
        "scotland_pt_18_weeks": ("stopped", 28, True),
    }
    assert found["first_1001_days"]["share"] == 0.0419
    assert found["england_cyp_4_weeks"]["parts"] == [
        {"title": "First attended contact", "on": "2025-03-17"},
        {"title": "First nationally listed measure", "on": "2025-03-24"},
        {"title": "First agreed care plan", "on": "2025-03-31"},
    ]


async def test_a_clock_that_has_not_stopped_says_why_and_what_would_stop_it(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    history = helped("PIIOS")
    await seen(pool, history)
    found = (await clocks(client, history, at="2025-12-31"))["england_cyp_4_weeks"]
    assert (found["state"], found["stop"]) == ("running", None)
    assert found["why_not_stopped"] == (
        "No nationally listed baseline measure yet (PIIOS is recorded, and is not on the national list)."
    )
    assert "goals that the family sets and scores" in found["nearest_stop"]


async def test_a_team_is_held_to_the_clocks_that_its_configuration_names(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    history, team = helped("PIIOS"), TeamHistory()
    await seen(pool, history)
    by_default = await clocks(client, history, at="2025-12-31")
    named = {
        "config_version": "2025-01", "effective_on": "2025-01-01", "targets": {"decide_days": 1, "assess_days": 1},
        "clocks": ["england_cyp_4_weeks"], "index_subject": "caregiver",
    }  # fmt: skip
    team.say("team", "TeamConfigured", named)
    await seen(pool, team)
    found = await clocks(client, history, at="2025-12-31")
    assert {code for code, each in by_default.items() if each["held_to"]} == {
        "local_first_treatment", "team_targets", "first_1001_days",
    }  # fmt: skip
    assert {code for code, each in found.items() if each["held_to"]} == {
        "first_1001_days", "england_cyp_4_weeks", "england_cyp_4_weeks_dashboard",
    }  # fmt: skip
    assert found["england_cyp_4_weeks"]["state"] == "not_applicable"
    assert found["team_targets"]["version"] == "1, targets 2025-01"


async def test_referrals_of_the_same_baby_within_five_days_are_one_spell(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    first, again, elsewhere = History("a"), History("b"), History("c", "team-south")
    baby = str(identity("the same baby"))
    referred(first, "2025-03-03", baby)
    first.declined("2025-03-06")
    referred(again, "2025-03-11", baby)
    referred(elsewhere, "2025-02-01", baby)
    await seen(pool, first, again, elsewhere)
    found = await clocks(client, again, at="2025-03-31")
    starts = {code: each["start"] for code, each in found.items()}
    assert starts["local_first_treatment"] == starts["england_cyp_4_weeks"] == starts["first_1001_days"] == "2025-03-03"
    assert starts["england_rtt_18_weeks"] == starts["scotland_camhs_18_weeks"] == "2025-03-11"
    alone = await clocks(client, elsewhere, at="2025-03-31")
    assert alone["local_first_treatment"]["start"] == "2025-02-01"


async def test_the_clocks_are_as_at_a_date_and_as_known_at_an_instant(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    history = helped("GBO")
    known_at = stamp(history.clock)
    then = START + timedelta(days=60)
    history.clock = then
    history.say("assessment", "MeasureRecorded", {"measure_code": "GBO", "completed_on": "2025-03-10", "total": "3"})
    other = History("b", clock=then)
    referred(other, "2025-02-20", history.baby())
    await seen(pool, history, other)
    code = "england_cyp_4_weeks"
    assert (await clocks(client, history, at="2025-03-30"))[code]["state"] == "running"
    now, before = await clocks(client, history), await clocks(client, history, known_at=known_at)
    assert (now[code]["start"], now[code]["parts"][1]["on"]) == ("2025-02-20", "2025-03-10")
    assert (before[code]["start"], before[code]["parts"][1]["on"]) == ("2025-03-03", "2025-03-24")
