"""A team configures itself in the intervention service; the others hear it over Kafka and decide by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from services.referral.aggregate import aggregate as referral
from services.referral.main import service as referral_service
from shared.settings import Settings
from shared.testing.bus import migrated, settings_of
from shared.testing.tokens import bearer
from tests.integration.bus_kit import relays, running
from tests.integration.process_kit import STRUCTURED, client_of, event, request_example

STORES = ("referral", "intervention")
TODDLER_BORN_ON = "2022-09-03"
RECEIVED_ON = "2025-03-03"


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, *STORES)
    return made


@asynccontextmanager
async def both(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Clients of referral and intervention, and between them what carries the intervention's events to referral."""
    consumer = referral_service.runners["consumer"](settings)
    async with (
        relays(settings, "intervention"),
        running(consumer),
        client_of(settings, "referral") as to_referral,
        client_of(settings, "intervention") as to_intervention,
    ):
        yield to_referral, to_intervention


def configuration(version: str, months: int, **eligibility: Any) -> dict[str, Any]:
    """A configuration that leaves most of it at the defaults."""
    return {
        "config_version": version,
        "effective_on": "2025-01-06",
        "nation": "england",
        "host": "nhs_trust",
        "commissioners": 2,
        "eligibility": {"max_age_months_exclusive": months, **eligibility},
    }


async def configured(client: httpx.AsyncClient, team_id: str, body: dict[str, Any]) -> str:
    """The token of the team's new configuration."""
    answer = await client.post(f"/teams/{team_id}/configuration", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["stream"] == f"team-{team_id}"
    return str(answer.json()["wait_for"])


async def referred(client: httpx.AsyncClient, team_id: str, wait_for: str, **members: Any) -> str:
    """The case of a toddler of 30 months who is referred to a team, once its configuration has arrived."""
    data = request_example(referral, "ReferralReceived") | members
    data["subjects"] = [{"infant_id": str(uuid4()), "unborn": False, "born_on": TODDLER_BORN_ON}]
    data["received_on"] = RECEIVED_ON
    posted = event("ReferralReceived", data, teamid=team_id)
    answer = await client.post("/events", content=orjson.dumps(posted), headers=STRUCTURED | {"wait-for": wait_for})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["case_id"])


async def accept(client: httpx.AsyncClient, case_id: str, wait_for: str) -> httpx.Response:
    data = {**request_example(referral, "ReferralAccepted"), "decided_on": RECEIVED_ON}
    data.pop("override", None)
    headers = {"wait-for": wait_for}
    return await client.post(f"/cases/{case_id}/acceptance", json=data, headers=headers)


async def stamps(client: httpx.AsyncClient, case_id: str) -> list[str]:
    """The versions of the rules that a case's decisions were made by, in order."""
    events = (await client.get(f"/cases/{case_id}/events")).json()
    named = [item["data"].get("eligibility_rule_version") for item in events]
    return [version for version in named if version is not None]


async def test_referral_decides_by_the_window_that_the_team_has_set_and_stamps_its_version(settings: Settings) -> None:
    async with both(settings) as (to_referral, to_intervention):
        young = await configured(to_intervention, "north", configuration("2025-01", 24))
        case_id = await referred(to_referral, "north", young)
        refused = await accept(to_referral, case_id, young)
        assert (refused.status_code, refused.json()["code"]) == (409, "not-eligible")
        elder = await configured(to_intervention, "north", configuration("2025-02", 36))
        taken = await accept(to_referral, case_id, elder)
        assert taken.status_code == 201, taken.text
        assert await stamps(to_referral, case_id) == ["2025-01", "2025-02"]


async def test_a_team_that_configured_nothing_decides_by_the_defaults_whatever_its_neighbour_does(
    settings: Settings,
) -> None:
    async with both(settings) as (to_referral, to_intervention):
        neighbour = await configured(to_intervention, "north", configuration("2025-01", 24))
        case_id = await referred(to_referral, "south", neighbour)
        assert (await accept(to_referral, case_id, neighbour)).status_code == 201
        assert await stamps(to_referral, case_id) == ["default-1", "default-1"]


async def test_a_voided_configuration_gives_way_to_the_one_before(settings: Settings) -> None:
    async with both(settings) as (to_referral, to_intervention):
        await configured(to_intervention, "north", configuration("2025-01", 36))
        body = configuration("2025-02", 24)
        wrong = await to_intervention.post("/teams/north/configuration", json=body)
        void = {"corrects_event_id": wrong.json()["event_ids"][0], "reason": "entered_in_error"}
        answer = await to_intervention.post("/teams/north/voids", json=void)
        assert answer.status_code == 201, answer.text
        case_id = await referred(to_referral, "north", answer.json()["wait_for"])
        assert (await accept(to_referral, case_id, answer.json()["wait_for"])).status_code == 201
        assert await stamps(to_referral, case_id) == ["2025-01", "2025-01"]


async def test_a_consultation_becomes_a_referral_and_stays_linked(settings: Settings) -> None:
    async with both(settings) as (to_referral, to_intervention):
        consultation = request_example(work, "SystemActivityRecorded")
        answer = await to_intervention.post("/teams/north/activities", json=consultation)
        assert answer.status_code == 201, answer.text
        source = {"source": "internal_consultation", "consultation_id": consultation["activity_id"]}
        case_id = await referred(to_referral, "north", answer.json()["wait_for"], **source)
        link = {"activity_id": consultation["activity_id"], "case_id": case_id, "on": RECEIVED_ON}
        linked = await to_intervention.post("/teams/north/activities-referred", json=link)
        assert linked.status_code == 201, linked.text
        again = await to_intervention.post("/teams/north/activities-referred", json=link)
        assert (again.status_code, again.json()["event_ids"]) == (200, [])
        other = await to_intervention.post("/teams/north/activities-referred", json={**link, "case_id": str(uuid4())})
        assert other.json()["code"] == "conflicts-with-record"
        state = (await to_intervention.get("/teams/north/work")).json()["state"]
        assert state["referrals"] == [link]
        assert state["activities"][0]["outcome"] == "held_by_referrer_with_our_support"
        received = (await to_referral.get(f"/cases/{case_id}/events")).json()[0]["data"]
        assert received["consultation_id"] == consultation["activity_id"]


@pytest.mark.parametrize("aggregate", [team, work], ids=["team", "work"])
async def test_every_event_of_a_team_can_be_posted_and_said_again_quietly(settings: Settings, aggregate: Any) -> None:
    supervisor = {**request_example(team, "PractitionerJoined"), "practitioner_id": str(uuid4()), "supervisor_id": None}
    joined = {**request_example(team, "PractitionerJoined"), "supervisor_id": supervisor["practitioner_id"]}
    async with client_of(settings, "intervention") as client:
        if aggregate is team:
            assert (await client.post("/teams/north/practitioners", json=supervisor)).status_code == 201
        for name in aggregate.commands:
            data = joined if name == "PractitionerJoined" else request_example(aggregate, name)
            posted = orjson.dumps(event(name, data, teamid="north"))
            first = await client.post("/events", content=posted, headers=STRUCTURED)
            assert first.status_code == 201, (name, first.text)
            assert first.json()["team_id"] == "north"
            again = await client.post("/events", content=posted, headers=STRUCTURED)
            assert again.json()["event_ids"] == first.json()["event_ids"]
        path = "configuration" if aggregate is team else "work"
        stored = (await client.get(f"/teams/north/{path}/events")).json()
        assert {item["subject"] for item in stored} == {"north"}
        assert {item["partitionkey"] for item in stored} == {"north"}


async def test_a_practitioner_records_work_and_does_not_configure(settings: Settings) -> None:
    who = bearer(settings, "practitioner", "north", practitioner=uuid4())
    async with client_of(settings, "intervention", who) as client:
        done = await client.post("/teams/north/activities", json=request_example(work, "SystemActivityRecorded"))
        assert done.status_code == 201, done.text
        refused = await client.post("/teams/north/configuration", json=configuration("1", 24))
        assert refused.status_code == 403
        elsewhere = await client.post("/teams/south/activities", json=request_example(work, "SystemActivityRecorded"))
        assert elsewhere.status_code == 403
        assert (await client.get("/teams/south/work")).status_code == 404
