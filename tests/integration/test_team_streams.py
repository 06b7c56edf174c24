"""Streams of a team's own: posted with `teamid` alone, keyed by team, and known to every decision about its cases."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from services.intervention.team.aggregate import aggregate as team
from services.intervention.work.aggregate import aggregate as work
from services.referral.aggregate import aggregate as referral
from shared.kernel.ids import team_key
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.process_kit import (
    BATCH,
    STRUCTURED,
    apply,
    client_of,
    event,
    hand_over,
    installed,
    request_example,
    rows,
)

CONFIGURED = request_example(team, "TeamConfigured")
CONFIGURED["eligibility"] |= {"localities": [], "indicator_rules": [], "accepts_antenatal": True}
JOINED = request_example(team, "PractitionerJoined")
RECEIVED = request_example(referral, "ReferralReceived")
ACCEPTED = request_example(referral, "ReferralAccepted")
STORED = "SELECT stream, version, key, case_id, team_id, doc::text AS doc FROM events WHERE key = $1 ORDER BY position"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """Databases of the services that these tests need."""
    with installed(platform, "referral", "intervention") as made:
        yield made


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The services by name."""
    async with client_of(settings, "referral") as one, client_of(settings, "intervention") as two:
        yield {"referral": one, "intervention": two}


async def post(client: httpx.AsyncClient, body: Any) -> httpx.Response:
    return await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)


def configured(team_id: str, version: str) -> dict[str, Any]:
    return event("TeamConfigured", {**CONFIGURED, "config_version": version}, teamid=team_id)


async def test_what_a_team_says_of_itself_is_keyed_by_team(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    team_id = f"team-{uuid4().hex[:8]}"
    answer = await post(clients["intervention"], configured(team_id, "v1"))
    assert answer.status_code == 201
    assert (answer.json()["team_id"], answer.json()["stream"]) == (team_id, f"team-{team_id}")
    assert "case_id" not in answer.json()
    [row] = await rows(settings, "intervention", STORED, team_id)
    assert (row["stream"], row["version"], row["case_id"], row["team_id"]) == (f"team-{team_id}", 1, None, team_id)
    said = orjson.loads(row["doc"])
    assert (said["subject"], said["partitionkey"], said["teamid"]) == (team_id, team_id, team_id)


async def test_a_posts_identity_and_the_expected_version_hold_for_a_team_as_for_a_case(
    clients: dict[str, httpx.AsyncClient],
) -> None:
    client, team_id = clients["intervention"], f"team-{uuid4().hex[:8]}"
    first = configured(team_id, "v1")
    answers = [await post(client, first), await post(client, first)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert (await post(client, {**first, "data": {**first["data"], "commissioners": 3}})).status_code == 409
    stale = {**configured(team_id, "v2"), "expectedversion": 0}
    assert (await post(client, stale)).status_code == 412
    assert (await post(client, {**stale, "expectedversion": 1})).json()["version"] == 2


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"subject": str(uuid4()), "teamid": "team-north"}, "/subject"),
        ({}, "/teamid"),
        ({"teamid": str(uuid4())}, "/teamid"),
    ],
)
async def test_an_event_of_a_team_names_a_team_and_no_case(
    clients: dict[str, httpx.AsyncClient], attributes: dict[str, str], field: str
) -> None:
    answer = await post(clients["intervention"], event("TeamConfigured", CONFIGURED, **attributes))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_void_finds_the_stream_of_its_event(clients: dict[str, httpx.AsyncClient], settings: Settings) -> None:
    client, team_id = clients["intervention"], f"team-{uuid4().hex[:8]}"
    await post(client, configured(team_id, "v1"))
    activity = event("SystemActivityRecorded", request_example(work, "SystemActivityRecorded"), teamid=team_id)
    recorded = (await post(client, activity)).json()
    assert recorded["stream"] == f"work-{team_id}"
    void = {"corrects_event_id": recorded["event_ids"][0], "reason": "entered_in_error"}
    answer = await post(client, event("EventVoided", void, teamid=team_id))
    assert (answer.status_code, answer.json()["stream"]) == (201, f"work-{team_id}")
    nowhere = {"corrects_event_id": str(uuid4()), "reason": "entered_in_error"}
    refused = await post(client, event("EventVoided", nowhere, teamid=team_id))
    assert (refused.status_code, refused.json()["code"]) == (409, "corrects-unknown-event")


async def test_a_batch_may_mix_a_teams_events_with_those_of_cases(clients: dict[str, httpx.AsyncClient]) -> None:
    client, team_id = clients["intervention"], f"team-{uuid4().hex[:8]}"
    task = {"task_id": str(uuid4()), "on": "2025-06-02"}
    batch = [
        event("TaskDone", task, subject=str(uuid4())),
        configured(team_id, "v1"),
        {**configured(team_id, "v2"), "time": "not a time"},
        event("PractitionerJoined", JOINED, teamid=team_id),
    ]
    answer = await client.post("/events", content=orjson.dumps(batch), headers=BATCH)
    found = [(item["status"], item.get("problem", {}).get("code")) for item in answer.json()]
    assert found[1] == (201, None)
    assert found[2] == (422, "invalid-cloudevent")
    assert found[3] == (409, "earlier-item-refused")
    assert found[0][0] == 409  # the case is unknown here


async def test_a_decision_knows_how_its_team_is_configured_and_says_which_version(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    team_id = f"team-{uuid4().hex[:8]}"
    assert await _eligibility_version(clients["referral"], team_id) == "default-1"
    for version in ("v1", "v2"):
        assert (await post(clients["intervention"], configured(team_id, version))).status_code == 201
        assert await hand_over(settings, "intervention", referral, team_id) == 1
        await apply(settings, referral, team_key(team_id))
        assert await _eligibility_version(clients["referral"], team_id) == version


async def _eligibility_version(client: httpx.AsyncClient, team_id: str) -> str:
    """Of the acceptance of a new case."""
    case_id = uuid4()
    received = event("ReferralReceived", RECEIVED, subject=str(case_id), teamid=team_id)
    assert (await post(client, received)).status_code == 201
    answer = await post(client, event("ReferralAccepted", ACCEPTED, subject=str(case_id)))
    assert answer.status_code == 201, answer.text
    return await _said_version(client, case_id)


async def _said_version(client: httpx.AsyncClient, case_id: UUID) -> str:
    stored = (await client.get(f"/cases/{case_id}/events")).json()
    [accepted] = [item for item in stored if item["type"].startswith("dyad.ReferralAccepted.")]
    return str(accepted["data"]["eligibility_rule_version"])


async def test_news_of_a_team_runs_no_rule_and_changes_no_case(
    clients: dict[str, httpx.AsyncClient], settings: Settings
) -> None:
    team_id = f"team-{uuid4().hex[:8]}"
    await post(clients["intervention"], configured(team_id, "v1"))
    await hand_over(settings, "intervention", referral, team_id)
    await apply(settings, referral, team_key(team_id))
    outcomes = "SELECT count(*) FROM rule_outcomes WHERE case_id = $1"
    assert (await rows(settings, "referral", outcomes, team_key(team_id)))[0][0] == 0
    assert await rows(settings, "referral", STORED, team_id) == []


async def test_a_teams_streams_are_read_with_their_version(clients: dict[str, httpx.AsyncClient]) -> None:
    client, team_id = clients["intervention"], f"team-{uuid4().hex[:8]}"
    assert (await client.get(f"/teams/{team_id}/configuration")).status_code == 404
    token = (await post(client, configured(team_id, "v1"))).json()["wait_for"]
    answer = await client.get(f"/teams/{team_id}/configuration", params={"wait_for": token})
    assert (answer.status_code, answer.headers["etag"], answer.json()["team_id"]) == (200, '"1"', team_id)
    events = (await client.get(f"/teams/{team_id}/configuration/events")).json()
    assert [item["streamversion"] for item in events] == [1]
