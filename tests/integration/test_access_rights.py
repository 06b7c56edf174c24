"""Promise 10, one case: who has to do with it may read it, others break the glass; every read stays on record."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.referral.aggregate import aggregate as referral
from shared.migrations import migrate_all
from shared.settings import SERVICES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.access_kit import Person, clients_of, instant, query, reads_of
from tests.integration.process_kit import event, hand_over, request_example, settings_of
from tests.integration.test_access_routes import aggregates_of
from tests.integration.test_access_teams import accepted_case

FLAGS = request_example(referral, "SafeguardingFlagsChanged")
BIRTHDAY = "2025-03-17"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    found = settings_of(platform, prefix)
    migrate_all(found)
    yield found
    servers.remove_namespace(platform, prefix)


@dataclass(frozen=True, slots=True)
class Team:
    """One team, a case of it, and the people around."""

    settings: Settings
    clients: dict[str, httpx.AsyncClient]
    code: str
    records: Person
    case_id: str
    assessor: Person
    assessor_id: UUID

    def person(self, role: str, subject: str, practitioner: UUID | None = None) -> Person:
        return Person(self.settings, self.clients, role, self.code, subject=subject, practitioner=practitioner)


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, *SERVICES) as found:
        yield found


@pytest.fixture
async def team(settings: Settings, clients: dict[str, httpx.AsyncClient]) -> Team:
    """A case that somebody assesses, known to every deciding service."""
    code = f"team-{uuid4().hex[:12]}"
    records = Person(settings, clients, "system", code, subject=f"{code}-records")
    case_id = await accepted_case(settings, records, code)
    assessor = uuid4()
    started = event("AssessmentStarted", {"on": BIRTHDAY, "practitioners": [str(assessor)]}, subject=case_id)
    answer = await records.event("assessment", started)
    assert answer.status_code == 201, answer.text
    for name in ("referral", "intervention"):
        await hand_over(settings, "assessment", aggregates_of(name)[0], UUID(case_id))
    who = Person(settings, clients, "practitioner", code, subject="assessor", practitioner=assessor)
    return Team(settings, clients, code, records, case_id, who, assessor)


async def join(team: Team, practitioner: UUID, **more: Any) -> None:
    """Somebody is in the team's register, which the intervention service holds."""
    data = {"practitioner_id": str(practitioner), "joined_on": "2025-01-06", "discipline": "health_visitor"}
    answer = await team.records.event(
        "intervention",
        event("PractitionerJoined", {**data, "role": "practitioner", "wte": "0.8", **more}, teamid=team.code),
    )
    assert answer.status_code == 201, answer.text


def refused(answer: httpx.Response, code: str) -> bool:
    return (answer.status_code, answer.json()["code"]) == (403, code)


@pytest.mark.parametrize("service", ["referral", "assessment", "intervention"])
async def test_who_is_assigned_reads_the_case_in_every_service(team: Team, service: str) -> None:
    answer = await team.assessor.get(service, f"/cases/{team.case_id}")
    assert answer.status_code == 200, answer.text
    assert (await reads_of(team.settings, service, team.case_id))[-1] == (
        "assessor", "assigned", "/cases/{case_id}", False,
    )  # fmt: skip


@pytest.mark.parametrize("role", ["practitioner", "lead"])
async def test_who_has_nothing_to_do_with_it_neither_reads_nor_writes_it(team: Team, role: str) -> None:
    stranger = team.person(role, "stranger", uuid4())
    for path in ("", "/events", "/people"):
        assert refused(await stranger.get("referral", f"/cases/{team.case_id}{path}"), "no-relationship")
    assert refused(
        await stranger.event("referral", event("SafeguardingFlagsChanged", FLAGS, subject=team.case_id)),
        "no-relationship",
    )
    withdrawal = {"on": "2025-03-12", "by": "family", "reason": "help_elsewhere"}
    assert refused(await stranger.post("referral", f"/cases/{team.case_id}/withdrawal", withdrawal), "no-relationship")
    named = await stranger.post("referral", "/people", {"cases": [team.case_id]})
    assert named.json() == {"people": []}
    assert "stranger" not in {who for who, *_ in await reads_of(team.settings, "referral", team.case_id)}


@pytest.mark.parametrize("role", ["administrator", "triage_clinician", "auditor"])
async def test_some_roles_work_for_the_whole_team(team: Team, role: str) -> None:
    answer = await team.person(role, f"the-{role}").get("referral", f"/cases/{team.case_id}")
    assert answer.status_code == 200
    assert (await reads_of(team.settings, "referral", team.case_id))[-1][:2] == (f"the-{role}", "role")


async def test_a_supervisor_of_who_is_assigned_reads_the_case(team: Team) -> None:
    supervisor = uuid4()
    await join(team, supervisor, role="supervisor")
    await join(team, team.assessor_id, supervisor_id=str(supervisor))
    await intervention_knows(team)
    answer = await team.person("lead", "supervisor", supervisor).get("intervention", f"/cases/{team.case_id}")
    assert answer.status_code == 200, answer.text
    assert (await reads_of(team.settings, "intervention", team.case_id))[-1][:2] == ("supervisor", "supervisor")


async def intervention_knows(team: Team) -> None:
    """The episode is open: the service has a stream of its own for the case."""
    rows = await query(
        team.settings, "intervention", "dyad_owner", None,
        "SELECT count(*) FROM events WHERE case_id = $1", UUID(team.case_id),
    )  # fmt: skip
    assert rows[0][0] > 0


async def test_the_triage_rota_reads_what_nobody_is_assigned_to_yet(team: Team) -> None:
    on_rota = uuid4()
    await join(team, on_rota, triage_rota=True)
    who = team.person("practitioner", "on-rota", on_rota)
    assert refused(await who.get("intervention", f"/cases/{team.case_id}"), "no-relationship")
    fresh = await accepted_case(team.settings, team.records, team.code)
    assert (await who.get("intervention", f"/cases/{fresh}")).status_code == 200
    assert (await reads_of(team.settings, "intervention", fresh))[-1][:2] == ("on-rota", "triage-rota")


def glass(actor: str, opened_at: datetime, hours: float) -> dict[str, Any]:
    return {
        "actor_id": actor,
        "reason": "safeguarding",
        "opened_at": instant(opened_at),
        "until": instant(opened_at + timedelta(hours=hours)),
    }


async def test_broken_glass_opens_the_case_is_flagged_and_stands_in_every_read_record(team: Team) -> None:
    who = team.person("practitioner", "night-duty", uuid4())
    assert refused(await who.get("referral", f"/cases/{team.case_id}"), "no-relationship")
    opened_at = datetime.now(UTC) - timedelta(minutes=1)
    path = f"/cases/{team.case_id}/break-glass"
    for_another = await who.post("referral", path, glass("somebody-else", opened_at, 2))
    assert (for_another.status_code, for_another.json()["code"]) == (422, "not-for-others")
    too_long = await who.post("referral", path, glass("night-duty", opened_at, 9))
    assert (too_long.status_code, too_long.json()["code"]) == (409, "opened-too-long")
    broken = await who.post("referral", path, glass("night-duty", opened_at, 2))
    assert broken.status_code == 201, broken.text
    answer = await who.get("referral", f"/cases/{team.case_id}/events")
    assert answer.status_code == 200
    raised = [said["data"]["kind"] for said in answer.json() if said["type"] == "dyad.TaskRaised.v1"]
    assert "review_break_glass" in raised
    assert (await reads_of(team.settings, "referral", team.case_id))[-1] == (
        "night-duty", "break-glass", "/cases/{case_id}/events", True,
    )  # fmt: skip


async def test_broken_glass_expires(team: Team) -> None:
    who = team.person("practitioner", "last-night", uuid4())
    ended = glass("last-night", datetime.now(UTC) - timedelta(hours=9), 8)
    assert (await who.post("referral", f"/cases/{team.case_id}/break-glass", ended)).status_code == 201
    assert refused(await who.get("referral", f"/cases/{team.case_id}"), "no-relationship")


async def test_whom_a_family_denies_never_reads_it_assigned_or_not_and_no_glass_helps(team: Team) -> None:
    lead = team.person("auditor", "dpo")
    denial = {"subject_ref": RECEIVER, "actor_id": "assessor", "on": "2025-03-05", "reason": "known_to_family"}
    answer = await lead.post("referral", f"/cases/{team.case_id}/denials", denial)
    assert answer.status_code == 201, answer.text
    assert refused(await team.assessor.get("referral", f"/cases/{team.case_id}"), "access-denied")
    broken = await team.assessor.post(
        "referral", f"/cases/{team.case_id}/break-glass", glass("assessor", datetime.now(UTC), 1)
    )
    assert refused(broken, "access-denied")
    named = await team.assessor.post("referral", "/people", {"cases": [team.case_id]})
    assert named.json() == {"people": []}


RECEIVER = request_example(referral, "ReferralReceived")["caregivers"][0]["caregiver_id"]


async def test_safeguarding_flags_are_left_out_for_roles_without_the_scope(team: Team) -> None:
    answer = await team.records.event("referral", event("SafeguardingFlagsChanged", FLAGS, subject=team.case_id))
    assert answer.status_code == 201, answer.text
    office, clinician = team.person("administrator", "office"), team.person("triage_clinician", "duty")
    for path in ("", "/events"):
        seen = (await clinician.get("referral", f"/cases/{team.case_id}{path}")).text
        hidden = (await office.get("referral", f"/cases/{team.case_id}{path}")).text
        assert "perinatal_mh_open" in seen
        assert "perinatal_mh_open" not in hidden
        assert '"flags"' not in hidden
    types = [said["type"] for said in (await office.get("referral", f"/cases/{team.case_id}/events")).json()]
    assert "dyad.SafeguardingFlagsChanged.v1" not in types
    assert "dyad.ReferralReceived.v1" in types


async def test_the_stored_bytes_are_given_to_whoever_may_see_all(team: Team) -> None:
    rows = await query(
        team.settings, "referral", "dyad_owner", None,
        "SELECT doc::text FROM events WHERE case_id = $1 ORDER BY version", UUID(team.case_id),
    )  # fmt: skip
    given = await team.records.get("referral", f"/cases/{team.case_id}/events")
    assert given.text == "[" + ",".join(row[0] for row in rows) + "]"
    assert orjson.loads(given.content)


async def test_every_route_that_shows_a_case_leaves_a_record(team: Team) -> None:
    office = team.person("administrator", "office")
    shown = {
        "/cases/{case_id}": await office.get("referral", f"/cases/{team.case_id}"),
        "/cases/{case_id}/events": await office.get("referral", f"/cases/{team.case_id}/events"),
        "/cases/{case_id}/people": await office.get("referral", f"/cases/{team.case_id}/people"),
        "/people": await office.post("referral", "/people", {"cases": [team.case_id]}),
    }
    assert {path: answer.status_code for path, answer in shown.items()} == dict.fromkeys(shown, 200)
    routes = [route for who, _, route, _ in await reads_of(team.settings, "referral", team.case_id) if who == "office"]
    assert routes == list(shown)


async def test_auditors_see_who_read_what_and_that_they_looked(team: Team) -> None:
    await team.person("administrator", "office").get("referral", f"/cases/{team.case_id}")
    auditor = team.person("auditor", "dpo")
    answer = await auditor.get("referral", "/reads", case_id=team.case_id)
    assert answer.status_code == 200
    [record] = [item for item in answer.json()["reads"] if item["actor_id"] == "office"]
    assert (record["role"], record["why"], record["cases"]) == ("administrator", "role", [team.case_id])
    again = await auditor.get("referral", "/reads", actor_id="dpo")
    assert [item["route"] for item in again.json()["reads"]] == ["/reads"]
    elsewhere = Person(team.settings, team.clients, "auditor", "team-elsewhere", subject="other-dpo")
    assert (await elsewhere.get("referral", "/reads", case_id=team.case_id)).json() == {"reads": []}


async def test_an_auditor_of_one_team_is_told_of_no_other_teams_cases_in_a_record_over_both(team: Team) -> None:
    other = f"team-{uuid4().hex[:12]}"
    records = Person(team.settings, team.clients, "system", team.code, other, subject="both-records")
    theirs = await accepted_case(team.settings, records, other)
    office = Person(team.settings, team.clients, "administrator", team.code, other, subject=f"office-{other}")
    await office.post("referral", "/people", {"cases": [team.case_id, theirs]})
    whole = Person(team.settings, team.clients, "auditor", subject="dpo-of-all")
    for case_id, code, hidden in ((team.case_id, team.code, theirs), (theirs, other, team.case_id)):
        auditor = Person(team.settings, team.clients, "auditor", code, subject=f"dpo-{code}")
        page = (await auditor.get("referral", "/reads", actor_id=f"office-{other}")).json()["reads"]
        assert [record["cases"] for record in page] == [[case_id]]
        assert (await auditor.get("referral", "/reads", case_id=hidden)).json() == {"reads": []}
        assert hidden not in (await auditor.get("referral", "/reads")).text
    [record] = (await whole.get("referral", "/reads", actor_id=f"office-{other}")).json()["reads"]
    assert set(record["cases"]) == {team.case_id, theirs}


async def test_a_teams_auditor_sees_that_somebody_of_every_team_read_her_teams_cases(team: Team) -> None:
    stored = (await team.records.get("referral", f"/cases/{team.case_id}/events")).json()
    subject = stored[0]["data"]["caregivers"][0]["caregiver_id"]
    lead = team.person("lead", "lead-who-asks")
    asked = await lead.post("referral", "/erasures", {"subject": subject, "reason": "retention_expired"})
    assert asked.status_code == 201, asked.text
    whole = Person(team.settings, team.clients, "auditor", subject=f"dpo-of-all-{team.code}")
    assert (await whole.get("referral", "/erasures")).status_code == 200
    auditor = team.person("auditor", "dpo")
    [record] = (await auditor.get("referral", "/reads", actor_id=f"dpo-of-all-{team.code}")).json()["reads"]
    assert (record["route"], record["cases"]) == ("/erasures", [team.case_id])


async def test_a_lead_neither_makes_herself_supervisor_nor_puts_herself_on_the_rota(
    team: Team,
) -> None:
    me = uuid4()
    lead = team.person("lead", "lead", me)
    register = f"/teams/{team.code}/practitioners"
    joined = {"joined_on": "2025-01-06", "discipline": "health_visitor", "role": "practitioner", "wte": "0.8"}
    mine, theirs = {**joined, "practitioner_id": str(me)}, {**joined, "practitioner_id": str(team.assessor_id)}
    for body in (
        {**mine, "triage_rota": True},  # nothing is on record of the team yet: that must not let her in either
        {**mine, "supervisor_id": str(me)},
        {**theirs, "supervisor_id": str(me)},
    ):
        assert refused(await lead.post("intervention", register, body), "not-for-oneself")
    assert (await lead.post("intervention", register, mine)).status_code == 201
    taken = await lead.post("intervention", register, {**theirs, "triage_rota": True})
    assert taken.status_code == 201, taken.text
    change = {"practitioner_id": str(me), "on": "2025-02-03"}
    assert refused(
        await lead.post("intervention", f"{register}-changed", {**change, "triage_rota": True}), "not-for-oneself"
    )
    posted = event("PractitionerChanged", {**change, "triage_rota": True}, teamid=team.code)
    assert refused(await lead.event("intervention", posted), "not-for-oneself")
    correction = {
        "corrects_event_id": taken.json()["event_ids"][0],
        "reason": "entered_in_error",
        "type": "PractitionerJoined",
        "data": {**theirs, "supervisor_id": str(me)},
    }
    assert refused(await lead.post("intervention", f"/teams/{team.code}/corrections", correction), "not-for-oneself")
    off = await team.records.post("intervention", f"{register}-changed", {**change, "triage_rota": False})
    assert off.status_code == 201, off.text
    void = {"corrects_event_id": off.json()["event_ids"][0], "reason": "entered_in_error"}
    assert refused(await lead.post("intervention", f"/teams/{team.code}/voids", void), "not-for-oneself")
    on = await team.records.post(
        "intervention", f"{register}-changed", {**change, "on": "2025-02-04", "triage_rota": True}
    )
    assert on.status_code == 201, on.text


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("statement", ["UPDATE reads SET why = 'x'", "DELETE FROM reads", "TRUNCATE reads"])
@pytest.mark.parametrize("role", ["dyad_writer", "dyad_reader", "dyad_consumer", "dyad_owner"])
async def test_nobody_changes_the_record_of_reads(settings: Settings, service: str, role: str, statement: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await query(settings, service, role, "*", statement)
    assert refusal.value.sqlstate == ("DY022" if role == "dyad_owner" else "42501")


async def test_a_case_that_is_not_there_leaves_no_record(team: Team) -> None:
    unknown = str(uuid4())
    assert (await team.records.get("referral", f"/cases/{unknown}")).status_code == 404
    assert await reads_of(team.settings, "referral", unknown) == []
