"""The referral service on PostgreSQL: its resource routes, the team's own rules, what a discharge asks for."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from services.intervention.aggregate import aggregate as intervention
from services.intervention.team.aggregate import aggregate as team
from services.referral.aggregate import aggregate as referral
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

BORN, UNBORN, MOTHER, CARER, ADOPTED, LOST = (str(UUID(int=number)) for number in range(1, 7))
STREAM = "SELECT doc::text AS doc FROM events WHERE case_id = $1 ORDER BY version"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """The deciding services' own databases for this module."""
    with installed(platform, "referral", "assessment", "intervention") as made:
        yield made


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as client:
        yield client


def received(**changes: Any) -> dict[str, Any]:
    """A referral of a born, an unborn and a lost infant and their mother."""
    caregiver = {"caregiver_id": MOTHER, "role": "mother", "has_pr": "yes", "primary": True}
    subjects = [
        {"infant_id": BORN, "unborn": False, "born_on": "2024-11-20"},
        {"infant_id": UNBORN, "unborn": True, "edd": "2025-06-01"},
        {"infant_id": LOST, "unborn": True, "edd": "2025-06-01"},
    ]
    body = request_example(referral, "ReferralReceived") | {"subjects": subjects, "caregivers": [caregiver]}
    return body | {"team_id": "team-north"} | changes


async def opened(desk: httpx.AsyncClient, **changes: Any) -> str:
    answer = await desk.post("/cases", json=received(**changes))
    assert answer.status_code == 201, answer.text
    case_id: str = answer.json()["case_id"]
    return case_id


async def said(settings: Settings, case_id: str) -> list[dict[str, Any]]:
    """The stored events of the case, in order."""
    return [orjson.loads(row["doc"]) for row in await rows(settings, "referral", STREAM, UUID(case_id))]


ROUTES: list[tuple[str, str, dict[str, Any]]] = [
    ("acknowledgements", "ReferralAcknowledged", {}),
    ("information-requests", "ReferralInfoRequested", {}),
    ("information", "ReferralInfoProvided", {}),
    ("priority", "ReferralPriorityChanged", {}),
    ("references", "CaseReferenceLinked", {}),
    ("acceptance", "ReferralAccepted", {}),
    ("births", "InfantBorn", {"infant_id": UNBORN}),
    ("pregnancy-ends", "PregnancyEnded", {"infant_id": LOST}),
    ("links", "FamilyMemberLinked", {"infant_id": UNBORN, "caregiver_id": CARER}),
    ("link-ends", "LinkEnded", {"infant_id": UNBORN, "caregiver_id": MOTHER}),
    ("identities", "InfantIdentityReplaced", {"infant_id": BORN, "new_infant_id": ADOPTED}),
    ("consents", "ConsentRecorded", {"caregiver_id": MOTHER}),
    ("consent-withdrawals", "ConsentWithdrawn", {"caregiver_id": MOTHER}),
    ("flags", "SafeguardingFlagsChanged", {}),
    ("details", "PersonDetailsRecorded", {"subject_ref": MOTHER}),
    ("identifiers", "IdentifierRecorded", {"subject_ref": UNBORN}),
    ("denials", "AccessDenied", {"subject_ref": MOTHER}),
    ("denials-lifted", "AccessDenialLifted", {"subject_ref": MOTHER}),
    ("withdrawal", "ReferralWithdrawn", {}),
]


async def test_a_case_is_told_by_the_resource_routes_and_telling_it_again_records_nothing(
    desk: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await opened(desk, source="health_visitor")
    bodies = {name: request_example(referral, name) | changes for _, name, changes in ROUTES}
    bodies["CaseReferenceLinked"] = {"system": "north-records", "value": "NR-2025-00417"}
    for route, name, _ in ROUTES:
        answer = await desk.post(f"/cases/{case_id}/{route}", json=bodies[name])
        assert answer.status_code == 201, (name, answer.text)
        again = await desk.post(f"/cases/{case_id}/{route}", json=bodies[name])
        assert again.status_code == 200, (name, again.text)
    names = await event_names(settings, "referral", UUID(case_id))
    assert [name for name in names if not name.startswith("Task")] == [
        "ReferralReceived",
        *(name for _, name, _ in ROUTES),
    ]
    tasks = [each["data"] for each in await said(settings, case_id) if each["type"] == "dyad.TaskRaised.v1"]
    kinds = [task["kind"] for task in tasks]
    assert kinds == ["trace_nhs_number", "repoint_mhsds_subject", "review_disclosure"]
    finish = {"task_id": tasks[1]["task_id"], "on": "2025-06-30"}
    assert (await desk.post(f"/cases/{case_id}/tasks-done", json=finish)).status_code == 201


@pytest.mark.parametrize(("route", "name"), [("decline", "ReferralDeclined"), ("duplicate", "ReferralLinkedDuplicate")])
async def test_a_case_ends_by_a_resource_route(
    desk: httpx.AsyncClient, settings: Settings, route: str, name: str
) -> None:
    case_id = await opened(desk)
    answer = await desk.post(f"/cases/{case_id}/{route}", json=request_example(referral, name))
    assert answer.status_code == 201, answer.text
    late = await desk.post(f"/cases/{case_id}/acceptance", json=request_example(referral, "ReferralAccepted"))
    assert (late.status_code, late.json()["code"]) == (409, "conflicts-with-record")
    assert await event_names(settings, "referral", UUID(case_id)) == ["ReferralReceived", name]


async def test_a_team_that_works_from_birth_holds_and_its_version_is_stamped(
    desk: httpx.AsyncClient, settings: Settings
) -> None:
    example = request_example(team, "TeamConfigured")
    eligibility = example["eligibility"] | {"accepts_antenatal": False, "localities": [], "indicator_rules": []}
    configured = example | {"config_version": "birth-1", "eligibility": eligibility}
    async with client_of(settings, "intervention") as client:
        body = event("TeamConfigured", configured, teamid="team-birth")
        answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
        assert answer.status_code == 201, answer.text
    await hand_over(settings, "intervention", referral, "team-birth")
    unborn = [{"infant_id": UNBORN, "unborn": True, "edd": "2025-06-01"}]
    case_id = await opened(desk, team_id="team-birth", subjects=unborn)
    accept = request_example(referral, "ReferralAccepted") | {"decided_on": "2025-06-02"}
    early = await desk.post(f"/cases/{case_id}/acceptance", json=accept)
    assert (early.status_code, early.json()["code"]) == (409, "not-eligible")
    born = request_example(referral, "InfantBorn") | {"infant_id": UNBORN}
    for route, said_on in (("hold", {"on": "2025-03-05"}), ("births", born), ("acceptance", accept)):
        answer = await desk.post(f"/cases/{case_id}/{route}", json=said_on)
        assert answer.status_code == 201, answer.text
    stamped = [each["data"].get("eligibility_rule_version") for each in await said(settings, case_id)]
    assert [version for version in stamped if version] == ["birth-1"] * 3


async def test_a_heard_discharge_asks_for_a_summary_once_and_sending_it_does_the_task(
    desk: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await opened(desk)
    place = UUID(case_id)
    answer = await desk.post(f"/cases/{case_id}/acceptance", json=request_example(referral, "ReferralAccepted"))
    assert answer.status_code == 201, answer.text
    sent = request_example(referral, "DischargeSummarySent")
    early = await desk.post(f"/cases/{case_id}/discharge-summaries", json=sent)
    assert (early.status_code, early.json()["code"]) == (409, "not-known-yet")
    await hand_over(settings, "referral", intervention, place)
    await apply(settings, intervention, place)
    async with client_of(settings, "intervention") as client:
        body = event("Discharged", request_example(intervention, "Discharged"), subject=case_id, id=str(uuid4()))
        answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
        assert answer.status_code == 201, answer.text
    await hand_over(settings, "intervention", referral, place)
    for _ in range(2):
        await apply(settings, referral, place)
    names = await event_names(settings, "referral", place)
    assert names == ["ReferralReceived", "ReferralAccepted", "TaskRaised"]
    assert (await said(settings, case_id))[-1]["rule"] == "P11"
    answer = await desk.post(f"/cases/{case_id}/discharge-summaries", json=sent)
    assert answer.status_code == 201, answer.text
    names = await event_names(settings, "referral", place)
    assert names[3:] == ["DischargeSummarySent", "TaskDone"]
