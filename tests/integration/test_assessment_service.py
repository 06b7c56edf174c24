"""The assessment service on PostgreSQL: its routes, its deadlines as time passes, the bands of the team's own."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.assessment.aggregate import aggregate as assessment
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


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """The three deciding services' own databases for this module."""
    with installed(platform, "referral", "assessment", "intervention") as made:
        yield made


@pytest.fixture
async def clinic(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The assessment service."""
    async with client_of(settings, "assessment") as client:
        yield client


async def accepted(settings: Settings, team_id: str) -> UUID:
    """A family that the assessment service knows as accepted on 5 March 2025."""
    made = uuid4()
    async with client_of(settings, "referral") as client:
        for name, attributes in (("ReferralReceived", {"teamid": team_id}), ("ReferralAccepted", {})):
            body = event(name, request_example(referral, name), subject=str(made), **attributes)
            answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
            assert answer.status_code == 201, answer.text
    await hand_over(settings, "referral", assessment, made)
    await apply(settings, assessment, made)
    return made


@pytest.fixture
async def case_id(settings: Settings) -> UUID:
    """A family of a team that configured nothing."""
    return await accepted(settings, "team-north")


async def said(settings: Settings, case_id: UUID) -> list[dict[str, Any]]:
    """Data of the events of the case, in order."""
    return [orjson.loads(row["doc"])["data"] for row in await rows(settings, "assessment", STREAM, case_id)]


async def look(settings: Settings, at: datetime) -> None:
    """The timers look once, at an instant."""
    conn = await asyncpg.connect(settings.dsn("assessment", "dyad_consumer"))
    try:
        await Timers(settings, [assessment], clock=lambda: at).look(conn)
    finally:
        await conn.close()


ROUTES = [
    ("offers", "AssessmentOffered"),
    ("start", "AssessmentStarted"),
    ("measures", "MeasureRecorded"),
    ("observations", "ObservationRecorded"),
    ("safety-concerns", "SafetyConcernRaised"),
    ("completion", "AssessmentCompleted"),
    ("reassessments", "ReassessmentRequested"),
]


async def test_a_family_is_assessed_and_assessed_again_by_the_resource_routes(
    clinic: httpx.AsyncClient, settings: Settings, case_id: UUID
) -> None:
    for route, name in ROUTES:
        answer = await clinic.post(f"/cases/{case_id}/{route}", json=request_example(assessment, name))
        assert answer.status_code == 201, answer.text
    gone = request_example(assessment, "AssessmentAbandoned") | {"on": "2025-09-10"}
    assert (await clinic.post(f"/cases/{case_id}/abandonment", json=gone)).status_code == 201
    names = await event_names(settings, "assessment", case_id)
    assert names == ["AssessmentRequested", *(name for _, name in ROUTES), "AssessmentAbandoned"]
    data = await said(settings, case_id)
    assert [each["assessment_no"] for each in data if "assessment_no" in each] == [1, 1, 1, 2, 2]
    assert data[names.index("AssessmentCompleted")]["relationship_ratings"][0]["value"] == "55"


async def test_a_refusal_names_the_field_and_the_rule(clinic: httpx.AsyncClient, case_id: UUID) -> None:
    body = request_example(assessment, "AssessmentCompleted") | {"severity": None}
    answer = await clinic.post(f"/cases/{case_id}/completion", json=body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "severity-needed"
    assert answer.json()["field"] == "/severity"


async def test_an_offer_that_is_overdue_is_recorded_once_when_its_day_is_over(
    settings: Settings, case_id: UUID
) -> None:
    due_on = (await said(settings, case_id))[0]["due_on"]
    assert due_on == "2025-04-02"
    await look(settings, datetime(2025, 4, 2, 22, 59, 59, tzinfo=UTC))
    assert await event_names(settings, "assessment", case_id) == ["AssessmentRequested"]
    for _ in range(2):
        await look(settings, datetime(2025, 4, 2, 23, 0, 0, tzinfo=UTC))
        assert await event_names(settings, "assessment", case_id) == ["AssessmentRequested", "TargetBreached"]
    assert (await said(settings, case_id))[1] == {
        "target_code": "offer_assessment", "due_on": "2025-04-02", "owner_role": "team_lead",
    }  # fmt: skip


async def test_an_offer_in_time_is_never_recorded_as_overdue_and_the_end_has_its_own_day(
    clinic: httpx.AsyncClient, settings: Settings, case_id: UUID
) -> None:
    offer = request_example(assessment, "AssessmentOffered")
    assert (await clinic.post(f"/cases/{case_id}/offers", json=offer)).status_code == 201
    await look(settings, datetime(2025, 4, 10, tzinfo=UTC))
    assert await event_names(settings, "assessment", case_id) == ["AssessmentRequested", "AssessmentOffered"]
    await look(settings, datetime(2025, 4, 16, 23, tzinfo=UTC))
    assert (await said(settings, case_id))[-1]["target_code"] == "complete_assessment"


async def test_the_teams_own_cut_offs_give_the_band_and_the_version(
    clinic: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await accepted(settings, "team-south")
    bands = [{"code": "in_range", "lowest": 0, "highest": 7}, {"code": "case", "lowest": 8, "highest": 21}]
    configured = request_example(team, "TeamConfigured") | {
        "config_version": "north-7",
        "measures": [{"measure_code": "HADS-A", "bands": bands}],
    }
    async with client_of(settings, "intervention") as intervention:
        body = event("TeamConfigured", configured, teamid="team-south")
        answer = await intervention.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
        assert answer.status_code == 201, answer.text
    await hand_over(settings, "intervention", assessment, "team-south")
    measure = request_example(assessment, "MeasureRecorded") | {
        "measure_code": "HADS-A", "total": 9, "safety_item_flag": None,
    }  # fmt: skip
    assert (await clinic.post(f"/cases/{case_id}/measures", json=measure)).status_code == 201
    recorded = (await said(settings, case_id))[-1]
    assert (recorded["band"], recorded["measure_version"]) == ("case", "north-7")
