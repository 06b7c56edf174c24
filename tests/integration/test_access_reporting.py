"""Reporting by role: pages behind a sign-in, lists on record, pseudonyms for analysts, no case for managers."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.access_kit import NORTH, SOUTH, Person, clients_of, query
from tests.integration.reporting_kit import deliver, migrated, reporting_pool
from tests.unit.reporting.histories import History, whole_way

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def cases(settings: Settings) -> list[History]:
    """Two cases in the north and one in the south, new for each test."""
    found = [whole_way(str(uuid4()), team) for team in (NORTH, NORTH, SOUTH)]
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        for history in found:
            await deliver(conn, history.documents)
    return found


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, "reporting") as found:
        yield found


async def latest_read(settings: Settings) -> tuple[str, str, set[UUID]]:
    sql = "SELECT actor_id, route, cases FROM reads ORDER BY id DESC LIMIT 1"
    [row] = await query(settings, "reporting", "dyad_owner", None, sql)
    return row[0], row[1], set(row[2])


async def test_a_list_leaves_one_record_that_names_its_cases(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    clinician = Person(settings, clients, "triage_clinician", NORTH, subject="duty")
    answer = await clinician.get("reporting", "/cases", at=DAY, limit="500")
    shown = {UUID(case["case_id"]) for case in answer.json()["cases"]}
    assert {cases[0].case_id, cases[1].case_id} <= shown
    assert cases[2].case_id not in shown
    assert await latest_read(settings) == ("duty", "/cases", shown)


async def test_views_count_the_callers_teams_and_no_others(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    manager = Person(settings, clients, "manager", SOUTH)
    teams = (await manager.get("reporting", "/teams", at=DAY)).json()["teams"]
    assert [item["team"] for item in teams] == [SOUTH]
    alone = (await manager.get("reporting", "/caseload", at=DAY)).json()["open_referrals"]
    assert alone == teams[0]["open_referrals"]
    both = Person(settings, clients, "manager", NORTH, SOUTH)
    assert {item["team"] for item in (await both.get("reporting", "/teams", at=DAY)).json()["teams"]} == {NORTH, SOUTH}


async def test_managers_see_no_case_and_analysts_no_timeline(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    manager, analyst = Person(settings, clients, "manager", NORTH), Person(settings, clients, "analyst", NORTH)
    for person, path in (
        (manager, "/cases"),
        (manager, f"/cases/{cases[0].case_id}"),
        (analyst, f"/cases/{cases[0].case_id}"),
    ):
        answer = await person.get("reporting", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


async def test_analysts_get_pseudonyms_that_stay_the_same_and_lead_nowhere(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    analyst = Person(settings, clients, "analyst", NORTH)
    clinician = Person(settings, clients, "triage_clinician", NORTH)
    named = (await clinician.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    whole = (await analyst.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    ids = [case["case_id"] for case in named]
    pseudonyms = [case["case_id"] for case in whole]
    assert len(set(pseudonyms)) == len(ids)
    assert not set(pseudonyms) & set(ids)
    assert {case["pseudonym"] for case in named} == {False}
    assert {case["pseudonym"] for case in whole} == {True}
    assert [without_id(case) for case in whole] == [without_id(case) for case in named]
    paged: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = (await analyst.get("reporting", "/cases", at=DAY, limit="1", **more)).json()
        paged += [case["case_id"] for case in page["cases"]]
        if page["next"] is None:
            break
        assert not any(UUID(case_id).hex in page["next"] for case_id in ids)
        more = {"after": page["next"]}
    assert paged == pseudonyms
    answer = await clinician.get("reporting", f"/cases/{pseudonyms[0]}")
    assert answer.status_code == 404


def without_id(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name not in {"case_id", "pseudonym"}}


async def test_one_case_is_read_by_who_has_to_do_with_it_only(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    stranger = Person(settings, clients, "practitioner", NORTH, subject="stranger", practitioner=uuid4())
    answer = await stranger.get("reporting", f"/cases/{cases[0].case_id}")
    assert (answer.status_code, answer.json()["code"]) == (403, "no-relationship")
    clinician = Person(settings, clients, "triage_clinician", NORTH, subject="duty-2")
    assert (await clinician.get("reporting", f"/cases/{cases[0].case_id}")).status_code == 200
    assert await latest_read(settings) == ("duty-2", "/cases/{case_id}", {cases[0].case_id})


@pytest.mark.parametrize("role", ["practitioner", "lead"])
async def test_a_list_names_the_cases_that_are_ones_own_and_gives_the_others_under_pseudonyms(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History], role: str
) -> None:
    mine, glass, _ = cases
    carer, other = uuid4(), uuid4()
    start = len(mine.documents)
    lead = {"from_practitioner_id": str(other), "to_practitioner_id": str(carer), "on": "2025-05-20", "reason": "leave"}
    mine.say("intervention", "LeadPractitionerChanged", lead)
    opened = {"actor_id": f"{role}-1", "reason": "duty_cover", "until": "2999-01-01T00:00:00Z"}
    glass.say("referral", "BreakGlassOpened", opened)
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        await deliver(conn, [*mine.documents[start:], glass.documents[-1]])
    clinician = Person(settings, clients, "triage_clinician", NORTH)
    person = Person(settings, clients, role, NORTH, subject=f"{role}-1", practitioner=carer)
    whole = (await clinician.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    shown = (await person.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    assert [without_id(case) for case in shown] == [without_id(case) for case in whole]
    ids = {case["case_id"] for case in whole}
    assert {case["case_id"] for case in shown} & ids == {str(mine.case_id), str(glass.case_id)}
    sql = "SELECT why, cases, break_glass FROM reads WHERE actor_id = $1 AND route = '/cases'"
    records = await query(settings, "reporting", "dyad_owner", None, sql, f"{role}-1")
    assert sorted((row[0], list(row[1]), row[2]) for row in records) == [
        ("assigned", [mine.case_id], False),
        ("break-glass", [glass.case_id], True),
    ]
    paged: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = (await person.get("reporting", "/cases", at=DAY, limit="1", **more)).json()
        paged += [case["case_id"] for case in page["cases"]]
        if page["next"] is None:
            break
        assert not any(UUID(case_id).hex in page["next"] for case_id in ids)
        more = {"after": page["next"]}
    assert paged == [case["case_id"] for case in shown]


async def test_a_list_of_nobodys_own_cases_names_none_and_leaves_no_record(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    stranger = Person(settings, clients, "lead", NORTH, subject="new-lead", practitioner=uuid4())
    shown = (await stranger.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    assert len(shown) >= 2
    assert not {case["case_id"] for case in shown} & {str(case.case_id) for case in cases}
    assert (
        await query(settings, "reporting", "dyad_owner", None, "SELECT 1 FROM reads WHERE actor_id = 'new-lead'") == []
    )


async def test_whom_a_family_denies_finds_its_case_in_no_list(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    first, second, _ = cases
    told = {"subject_ref": first.carer(), "actor_id": "neighbour", "on": "2025-05-01"}
    start = len(first.documents)
    first.say("referral", "AccessDenied", {**told, "reason": "known_to_family"})
    second.say("referral", "AccessDenied", {**told, "subject_ref": second.carer(), "reason": "known_to_family"})
    second.say("referral", "AccessDenialLifted", {**told, "subject_ref": second.carer()})
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        await deliver(conn, [*first.documents[start:], *second.documents[-2:]])
    for role in ("administrator", "analyst", "practitioner"):
        neighbour = Person(settings, clients, role, NORTH, subject="neighbour")
        other = Person(settings, clients, role, NORTH, subject="somebody-else")
        whole = (await other.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
        shown = (await neighbour.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
        assert len(shown) == len(whole) - 1
        paged: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = (await neighbour.get("reporting", "/cases", at=DAY, limit="1", **more)).json()
            paged += [case["case_id"] for case in page["cases"]]
            if page["next"] is None:
                break
            more = {"after": page["next"]}
        assert paged == [case["case_id"] for case in shown]
    office = Person(settings, clients, "administrator", NORTH, subject="neighbour")
    listed = {
        case["case_id"] for case in (await office.get("reporting", "/cases", at=DAY, limit="500")).json()["cases"]
    }
    assert (str(first.case_id) in listed, str(second.case_id) in listed) == (False, True)
    assert (await latest_read(settings))[2].isdisjoint({first.case_id})


async def test_a_lead_who_has_handed_the_case_on_reads_it_no_longer(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    former, present = uuid4(), uuid4()
    handed_on = {"from_practitioner_id": str(former), "reason": "leave"}
    start = len(cases[0].documents)
    for day, who in (("2025-05-20", present), ("2025-05-10", former)):  # the second is recorded late
        data = {**handed_on, "to_practitioner_id": str(who), "on": day}
        cases[0].say("intervention", "LeadPractitionerChanged", data)
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        await deliver(conn, cases[0].documents[start:])
    for who, status in ((present, 200), (former, 403)):
        person = Person(settings, clients, "practitioner", NORTH, subject=f"p-{who}", practitioner=who)
        assert (await person.get("reporting", f"/cases/{cases[0].case_id}")).status_code == status


async def test_a_referrer_is_told_the_status_of_his_own_referral_and_of_no_other(
    settings: Settings, clients: dict[str, httpx.AsyncClient], cases: list[History]
) -> None:
    mine = cases[0]
    received = next(document for document in mine.documents if "ReferralReceived" in document.type)
    subject = orjson.loads(received.text)["actor"]
    referrer = Person(settings, clients, "referrer", NORTH, subject=subject)
    answer = await referrer.get("reporting", f"/cases/{mine.case_id}/status", at=DAY)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["decision"]) == ("accepted", "accepted")
    assert await latest_read(settings) == (subject, "/cases/{case_id}/status", {mine.case_id})
    other = Person(settings, clients, "referrer", NORTH, subject="another-referrer")
    theirs = await other.get("reporting", f"/cases/{mine.case_id}/status")
    unknown = await other.get("reporting", f"/cases/{uuid4()}/status")
    assert (
        (theirs.status_code, theirs.json()["code"])
        == (unknown.status_code, unknown.json()["code"])
        == (404, "case-unknown")
    )
