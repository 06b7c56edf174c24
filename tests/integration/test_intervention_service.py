"""The intervention service on PostgreSQL: its routes, its deadlines as time passes, its team, an erasure."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.assessment.aggregate import aggregate as assessment
from services.intervention.aggregate import aggregate as intervention
from services.intervention.team.aggregate import aggregate as team
from services.referral.aggregate import aggregate as referral
from shared.process.timers import Timers
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.process_kit import (
    STRUCTURED,
    apply,
    client_of,
    event,
    event_names,
    hand_over,
    installed,
    request_example,
    rows,
)

STREAM = "SELECT doc::text AS doc FROM events WHERE case_id = $1 ORDER BY version"
ROUTES = [
    ("programme", "ProgrammeAssigned"),
    ("treatment-declined", "TreatmentDeclined"),
    ("sessions-scheduled", "SessionScheduled"),
    ("sessions-held", "SessionHeld"),
    ("sessions-not-held", "SessionNotHeld"),
    ("pauses", "EpisodePaused"),
    ("resumptions", "EpisodeResumed"),
    ("programme-revisions", "ProgrammeRevised"),
    ("lead-changes", "LeadPractitionerChanged"),
    ("tier-changes", "TierChanged"),
    ("monitoring-starts", "ActiveMonitoringStarted"),
    ("monitoring-ends", "ActiveMonitoringEnded"),
    ("goal-ratings", "GoalRated"),
    ("programme-completion", "ProgrammeCompleted"),
    ("discharge", "Discharged"),
    ("reopening", "EpisodeReopened"),
]


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """The three deciding services' own databases for this module."""
    with installed(platform, "referral", "assessment", "intervention") as made:
        yield made


@pytest.fixture
async def clinic(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The intervention service."""
    async with client_of(settings, "intervention") as client:
        yield client


async def post(settings: Settings, aggregate: Any, case_id: UUID, name: str, **attributes: Any) -> None:
    """One event to the service that owns it, and its news to the other two."""
    body = event(name, request_example(aggregate, name), subject=str(case_id), **attributes)
    async with client_of(settings, aggregate.store) as client:
        answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
    assert answer.status_code == 201, answer.text
    for other in (assessment, intervention):
        if other.store != aggregate.store:
            await hand_over(settings, aggregate.store, other, case_id)
            await apply(settings, other, case_id)


async def assessed(settings: Settings, team_id: str) -> UUID:
    """A family with an assessment of 14 April 2025 that recommends a programme."""
    made = uuid4()
    await post(settings, referral, made, "ReferralReceived", teamid=team_id)
    await post(settings, referral, made, "ReferralAccepted")
    for name in ("AssessmentStarted", "AssessmentCompleted"):
        await post(settings, assessment, made, name)
    return made


async def look(settings: Settings, at: datetime) -> None:
    """The timers look once, at an instant."""
    conn = await asyncpg.connect(settings.dsn("intervention", "dyad_consumer"))
    try:
        await Timers(settings, [intervention], clock=lambda: at).look(conn)
    finally:
        await conn.close()


async def said(settings: Settings, case_id: UUID, name: str) -> list[dict[str, Any]]:
    """Data of the events of one name, in order."""
    found = [orjson.loads(row["doc"]) for row in await rows(settings, "intervention", STREAM, case_id)]
    return [each["data"] for each in found if each["type"] == f"dyad.{name}.v1"]


async def ask(clinic: httpx.AsyncClient, case_id: UUID, route: str, name: str, **changes: Any) -> httpx.Response:
    return await clinic.post(f"/cases/{case_id}/{route}", json=request_example(intervention, name) | changes)


async def test_a_family_goes_the_whole_way_by_the_routes(clinic: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await assessed(settings, "team-whole-way")
    for route, name in ROUTES:
        answer = await ask(clinic, case_id, route, name)
        assert answer.status_code == 201, (name, answer.text)
    assert (await ask(clinic, case_id, "discharge", "Discharged", discharged_on="2025-08-21")).status_code == 201
    assert (await ask(clinic, case_id, "follow-ups", "FollowUpRecorded")).status_code == 201
    state = (await clinic.get(f"/cases/{case_id}")).json()["state"]
    assert (state["phase"], len(state["held"]), len(state["undone"])) == ("DISCHARGED", 1, 1)
    names = await event_names(settings, "intervention", case_id)
    assert [name for name in names if not name.startswith("Task")] == [
        "EpisodeOpened",
        *(name for _, name in ROUTES),
        "Discharged",
        "FollowUpRecorded",
    ]
    [done] = [each["task_id"] for each in await said(settings, case_id, "TaskDone")]
    assert done == (await said(settings, case_id, "TaskRaised"))[0]["task_id"]


async def test_a_refusal_names_the_field_and_the_rule(clinic: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await assessed(settings, "team-refusal")
    components = [request_example(intervention, "ProgrammeAssigned")["components"][0] | {"planned_sessions": 3}]
    answer = await ask(clinic, case_id, "programme", "ProgrammeAssigned", components=components)
    assert answer.status_code == 409
    assert answer.json()["code"] == "sessions-outside-catalogue"


async def test_time_that_passes_breaches_targets_once_each(clinic: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await assessed(settings, "team-silent")
    for at in (datetime(2025, 4, 28, 12, tzinfo=UTC), datetime(2025, 4, 29, 12, tzinfo=UTC)):
        await look(settings, at)
    assert await said(settings, case_id, "TargetBreached") == [
        {"target_code": "programme", "due_on": "2025-04-28", "owner_role": "team_lead"}
    ]
    assert (await ask(clinic, case_id, "programme", "ProgrammeAssigned")).status_code == 201
    for _ in range(2):
        await look(settings, datetime(2027, 1, 1, 12, tzinfo=UTC))
    codes = [each["target_code"] for each in await said(settings, case_id, "TargetBreached")]
    assert codes == ["programme", "first_session"]


async def test_a_lead_who_has_left_their_team_is_a_task(clinic: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await assessed(settings, "team-leaving")
    lead = request_example(intervention, "ProgrammeAssigned")["lead_practitioner_id"]
    joined = request_example(team, "PractitionerJoined") | {"practitioner_id": lead, "joined_on": "2024-01-08"}
    joined.pop("supervisor_id")
    left = {"practitioner_id": lead, "left_on": "2025-06-30"}
    for name, data in (("PractitionerJoined", joined), ("PractitionerLeft", left)):
        body = event(name, data, teamid="team-leaving")
        answer = await clinic.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
        assert answer.status_code == 201, answer.text
    assert (await ask(clinic, case_id, "programme", "ProgrammeAssigned")).status_code == 201
    await look(settings, datetime(2025, 6, 30, 12, tzinfo=UTC))
    before = [each["kind"] for each in await said(settings, case_id, "TaskRaised")]
    await look(settings, datetime(2025, 7, 1, 12, tzinfo=UTC))
    kinds = [each["kind"] for each in await said(settings, case_id, "TaskRaised")]
    assert (before, kinds) == (["assign_programme"], ["assign_programme", "reassign_lead"])
