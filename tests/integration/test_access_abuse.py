"""Promise 10, abuse: nobody takes back what he may not say, and nobody widens or reviews his own access."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.referral.aggregate import aggregate as referral
from shared.migrations import migrate_all
from shared.settings import SERVICES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.access_kit import Person, clients_of, instant, query, reads_of
from tests.integration.process_kit import event, request_example, settings_of
from tests.integration.test_access_teams import accepted_case

RECEIVED = request_example(referral, "ReferralReceived")
MOTHER = RECEIVED["caregivers"][0]["caregiver_id"]
ASSESSOR = "assessor"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    found = settings_of(platform, prefix)
    migrate_all(found)
    yield found
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, *SERVICES) as found:
        yield found


@dataclass(frozen=True, slots=True)
class Case:
    """An accepted case of a team of its own."""

    settings: Settings
    clients: dict[str, httpx.AsyncClient]
    team: str
    case_id: str

    def person(self, role: str, subject: str, practitioner: UUID | None = None) -> Person:
        return Person(self.settings, self.clients, role, self.team, subject=subject, practitioner=practitioner)

    async def said(self, name: str) -> list[dict[str, Any]]:
        """The stored events of one name, oldest first."""
        answer = await self.person("auditor", "reader").get("referral", f"/cases/{self.case_id}/events")
        assert answer.status_code == 200, answer.text
        return [each for each in answer.json() if each["type"] == f"dyad.{name}.v1"]

    async def say(self, who: Person, path: str, data: dict[str, Any]) -> httpx.Response:
        return await who.post("referral", f"/cases/{self.case_id}/{path}", data)

    async def void(self, who: Person, event_id: str) -> httpx.Response:
        return await self.say(who, "voids", {"corrects_event_id": event_id, "reason": "entered_in_error"})


@pytest.fixture
async def case(settings: Settings, clients: dict[str, httpx.AsyncClient]) -> Case:
    team = f"team-{uuid4().hex[:12]}"
    records = Person(settings, clients, "system", team, subject=f"{team}-records")
    return Case(settings, clients, team, await accepted_case(settings, records, team))


def denial(actor: str, on: str = "2025-03-05") -> dict[str, Any]:
    return {"subject_ref": MOTHER, "actor_id": actor, "on": on, "reason": "known_to_family"}


def glass(actor: str, opened_at: datetime, hours: float) -> dict[str, Any]:
    until = opened_at + timedelta(hours=hours)
    return {"actor_id": actor, "reason": "safeguarding", "opened_at": instant(opened_at), "until": instant(until)}


def refused(answer: httpx.Response, status: int, code: str) -> bool:
    return (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_denial_is_taken_back_by_those_only_who_may_deny(case: Case) -> None:
    assert (await case.say(case.person("auditor", "dpo"), "denials", denial(ASSESSOR))).status_code == 201
    [said] = await case.said("AccessDenied")
    office = case.person("administrator", "office")
    assert refused(await case.void(office, said["id"]), 403, "not-permitted")
    posted = event("EventVoided", {"corrects_event_id": said["id"], "reason": "entered_in_error"}, subject=case.case_id)
    assert refused(await office.event("referral", posted), 403, "not-permitted")
    corrected = {"type": "AccessDenied", "corrects_event_id": said["id"], "reason": "entered_in_error"}
    answer = await case.say(office, "corrections", {**corrected, "data": denial("somebody-else")})
    assert refused(answer, 403, "not-permitted")
    assert (await case.void(case.person("system", "records"), said["id"])).status_code == 201


async def test_a_decision_is_taken_back_and_brought_back_by_those_only_who_may_decide(case: Case) -> None:
    [accepted] = await case.said("ReferralAccepted")
    office, duty = case.person("administrator", "office"), case.person("triage_clinician", "duty")
    assert refused(await case.void(office, accepted["id"]), 403, "not-permitted")
    assert (await case.void(duty, accepted["id"])).status_code == 201
    [void] = await case.said("EventVoided")
    assert refused(await case.void(office, void["id"]), 403, "not-permitted")
    assert (await case.void(duty, void["id"])).status_code == 201


async def test_broken_glass_is_neither_prolonged_nor_hidden_nor_handed_on(case: Case) -> None:
    who, now = case.person("practitioner", "night-duty", uuid4()), datetime.now(UTC)
    assert (await case.say(who, "break-glass", glass("night-duty", now, 1))).status_code == 201
    [said] = await case.said("BreakGlassOpened")
    corrected = {"type": "BreakGlassOpened", "corrects_event_id": said["id"], "reason": "new_information"}
    stranger = case.person("practitioner", "stranger", uuid4())
    for person, actor in ((who, "night-duty"), (who, "stranger"), (stranger, "stranger")):
        answer = await case.say(person, "corrections", {**corrected, "data": glass(actor, now, 8)})
        assert refused(answer, 409, "event-is-final")
    assert refused(await stranger.get("referral", f"/cases/{case.case_id}"), 403, "no-relationship")
    assert refused(await case.void(who, said["id"]), 409, "event-is-final")
    review = next(each for each in await case.said("TaskRaised") if each["data"]["kind"] == "review_break_glass")
    assert refused(await case.void(who, review["id"]), 409, "event-is-final")


async def test_nobody_reviews_how_he_himself_broke_the_glass(case: Case) -> None:
    who, now = case.person("lead", "night-lead", uuid4()), datetime.now(UTC)
    assert (await case.say(who, "break-glass", glass("night-lead", now, 1))).status_code == 201
    review = next(each for each in await case.said("TaskRaised") if each["data"]["kind"] == "review_break_glass")
    done = {"task_id": review["data"]["task_id"], "on": now.date().isoformat()}
    assert refused(await case.say(who, "tasks-done", done), 403, "not-permitted")
    assert refused(await who.event("referral", event("TaskDone", done, subject=case.case_id)), 403, "not-permitted")
    assert (await case.say(case.person("administrator", "office"), "tasks-done", done)).status_code == 201


async def test_safeguarding_flags_are_changed_by_those_only_who_may_see_them(case: Case) -> None:
    flags = request_example(referral, "SafeguardingFlagsChanged")
    office = case.person("administrator", "office")
    assert refused(await case.say(office, "flags", flags), 403, "not-permitted")
    assert (await case.say(case.person("triage_clinician", "duty"), "flags", flags)).status_code == 201


@pytest.mark.parametrize("on", ["2025-03-04", "2025-03-05", "2025-03-06"])
async def test_the_last_word_about_a_denial_counts_whatever_day_it_names(case: Case, on: str) -> None:
    dpo, office = case.person("auditor", "dpo"), case.person("administrator", ASSESSOR)
    lift = {"subject_ref": MOTHER, "actor_id": ASSESSOR, "on": on}
    assert (await case.say(dpo, "denials", denial(ASSESSOR))).status_code == 201
    assert refused(await office.get("referral", f"/cases/{case.case_id}"), 403, "access-denied")
    assert (await case.say(dpo, "denials-lifted", lift)).status_code == 201
    assert (await office.get("referral", f"/cases/{case.case_id}")).status_code == 200
    assert (await case.say(dpo, "denials", denial(ASSESSOR, "2025-03-03"))).status_code == 201
    assert refused(await office.get("referral", f"/cases/{case.case_id}"), 403, "access-denied")


async def test_a_list_of_erasures_leaves_a_record_that_names_the_cases(case: Case) -> None:
    dpo = case.person("auditor", "dpo")
    await dpo.post("referral", "/erasures", {"subject": MOTHER, "reason": "court_order"})
    assert (await dpo.get("referral", "/erasures")).status_code == 200
    assert (await dpo.get("referral", "/parked")).status_code == 200
    assert ("dpo", "role", "/erasures", False) in await reads_of(case.settings, "referral", case.case_id)
    rows = await query(case.settings, "referral", "dyad_owner", None, "SELECT route FROM reads WHERE actor_id = 'dpo'")
    assert "/parked" in {row[0] for row in rows}


async def test_an_idempotency_key_is_its_callers_own(case: Case) -> None:
    key = {"idempotency-key": "monday-1"}
    path, first, second = f"/cases/{case.case_id}/denials", case.person("auditor", "a-1"), case.person("auditor", "a-2")
    assert (await first.post("referral", path, denial("one"), **key)).status_code == 201
    again = await first.post("referral", path, denial("one"), **key)
    assert (again.status_code, again.headers["idempotent-replay"]) == (201, "true")
    assert (await second.post("referral", path, denial("two"), **key)).status_code == 201
    assert refused(await first.post("referral", path, denial("two"), **key), 409, "same-id-other-content")


async def test_whom_a_family_denies_neither_asks_for_an_erasure_nor_approves_one(case: Case) -> None:
    dpo, wanted = case.person("auditor", "dpo"), {"subject": MOTHER, "reason": "court_order"}
    assert (await case.say(dpo, "denials", denial("kept-out"))).status_code == 201
    kept_out = case.person("auditor", "kept-out")
    assert refused(await kept_out.post("referral", "/erasures", wanted), 403, "access-denied")
    asked = await dpo.post("referral", "/erasures", wanted)
    assert asked.status_code in {201, 409}, asked.text  # every case of this module is of the same mother
    [found] = (await dpo.get("referral", "/erasures")).json()["erasures"]
    path = f"/erasures/{found['request_id']}/approval"
    assert refused(await kept_out.post("referral", path, None), 403, "access-denied")
