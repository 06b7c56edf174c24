"""Personal data goes in by every way a post may come, and comes out only where it is asked for by who may."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from services.assessment.aggregate import aggregate as assessment
from services.referral.aggregate import aggregate as referral
from shared.eventstore.envelope import leaf_hash
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.vault.personal import referrer_of
from tests.integration.process_kit import (
    BATCH,
    apply,
    client_of,
    event,
    event_names,
    hand_over,
    installed,
    request_example,
)
from tests.integration.vault_kit import (
    TEAM,
    Family,
    as_owner,
    entry,
    new_family,
    note,
    people,
    post,
    received,
    refer,
    values,
)

NAME = "Wilhelmina Quackenbush"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """Two services' own databases for this module."""
    with installed(platform, "referral", "assessment") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as made:
        yield made


@pytest.fixture
def family() -> Family:
    return new_family()


async def test_what_was_sealed_is_shown_to_who_asks_for_it_and_stands_in_no_document(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    answer = await refer(
        client,
        family,
        entry(family.infant, "full_name", NAME),
        entry([family.infant, family.mother], "note", "of both", "caregiver"),
        entry("referrer", "phone", "0113 496 0000"),
    )
    assert answer.status_code == 201
    shown = await people(client, family)
    both = sorted([str(family.infant), str(family.mother)])
    assert values(shown) == {
        ("full_name", str(family.infant)): [NAME],
        ("note", *both): ["of both"],
        ("phone", str(referrer_of(family.case_id))): ["0113 496 0000"],
    }
    assert [item["disclosable_to"] for item in shown["entries"] if item["field"] == "note"] == [["caregiver"]]
    [row] = await as_owner(
        settings, "referral", "SELECT doc::text, sealed, leaf_hash FROM events WHERE case_id = $1", family.case_id
    )
    doc, sealed, leaf = row
    assert NAME not in doc
    assert NAME.encode() not in sealed
    assert orjson.loads(doc)["sealedhash"] == hashlib.sha256(sealed).hexdigest()
    assert leaf_hash(doc.encode()) == leaf


async def test_the_latest_value_counts_and_notes_stand_beside_each_other(
    client: httpx.AsyncClient, family: Family
) -> None:
    await refer(client, family, entry(family.infant, "full_name", "Wilma"), entry(family.infant, "note", "one"))
    assert (await note(client, family, entry(family.infant, "full_name", NAME))).status_code == 201
    assert (await note(client, family, entry(family.infant, "note", "two"))).status_code == 201
    shown = values(await people(client, family))
    assert shown["full_name", str(family.infant)] == [NAME]
    assert shown["note", str(family.infant)] == ["one", "two"]


async def test_a_voided_event_takes_its_personal_data_with_it(client: httpx.AsyncClient, family: Family) -> None:
    await refer(client, family, entry(family.infant, "full_name", NAME))
    wrong = await note(client, family, entry(family.infant, "full_name", "of another child"))
    void = {"corrects_event_id": wrong.json()["event_ids"][0], "reason": "wrong_case"}
    assert (await client.post(f"/cases/{family.case_id}/voids", json=void)).status_code == 201
    assert values(await people(client, family)) == {("full_name", str(family.infant)): [NAME]}


async def test_a_note_is_put_right_by_a_correction_of_its_event_though_the_event_stays_as_it_is(
    client: httpx.AsyncClient, family: Family
) -> None:
    first = await refer(client, family, entry(family.infant, "note", "wrong"))
    correction = {
        "type": "ReferralReceived",
        "corrects_event_id": first.json()["event_ids"][0],
        "reason": "entered_in_error",
        "data": received(family),
        "personal": [entry(family.infant, "note", "right")],
    }
    answer = await client.post(f"/cases/{family.case_id}/corrections", json=correction)
    assert answer.status_code == 201, answer.text
    assert values(await people(client, family)) == {("note", str(family.infant)): ["right"]}


async def test_each_item_of_a_batch_and_each_resource_route_may_bring_personal_data(
    client: httpx.AsyncClient, family: Family
) -> None:
    other = new_family()
    batch = [
        event(
            "ReferralReceived",
            received(one, entry(one.infant, "full_name", f"{NAME} {n}")),
            subject=str(one.case_id),
            teamid=TEAM,
        )
        for n, one in enumerate((family, other))
    ]
    answers = (await client.post("/events", content=orjson.dumps(batch), headers=BATCH)).json()
    assert [item["status"] for item in answers] == [201, 201]
    acceptance = {
        **request_example(referral, "ReferralAccepted"),
        "personal": [entry(other.mother, "note", "by route")],
    }
    assert (await client.post(f"/cases/{other.case_id}/acceptance", json=acceptance)).status_code == 201
    assert values(await people(client, family)) == {("full_name", str(family.infant)): [f"{NAME} 0"]}
    assert values(await people(client, other))["note", str(other.mother)] == ["by route"]


@pytest.mark.parametrize(
    ("number", "quality"),
    [
        ("943 476 5919", "valid"),
        ("9912003890", "check_digit_failed"),
        ("1111111111", "repeated_digits"),
        ("none", "malformed"),
    ],
)
async def test_a_number_is_sealed_whatever_it_is_worth_and_its_quality_is_said(
    client: httpx.AsyncClient, settings: Settings, family: Family, number: str, quality: str
) -> None:
    await refer(client, family, entry(family.infant, "nhs_number", number))
    assert (await event_names(settings, "referral", family.case_id))[:2] == ["ReferralReceived", "IdentifierRecorded"]
    stored = (await client.get(f"/cases/{family.case_id}/events")).json()
    assert stored[1]["data"]["quality"] == quality
    [shown] = (await people(client, family))["entries"]
    assert (shown["value"], shown["quality"]) == (number, quality)


@pytest.mark.parametrize(
    ("about", "refusal"),
    [
        (lambda _: [str(uuid4())], (409, "unknown-subject", "/personal/0/about")),
        (lambda _: [NAME], (422, "invalid-data", "/personal/0/about/0")),
        (lambda family: [str(family.infant)] * 2, (422, "invalid-data", "/personal/0/about")),
    ],
)
async def test_personal_data_about_nobody_of_the_case_is_refused_and_makes_no_key(
    client: httpx.AsyncClient, settings: Settings, family: Family, about: Any, refusal: tuple[int, str, str]
) -> None:
    before = await as_owner(settings, "referral", "SELECT count(*) FROM subject_keys")
    answer = await refer(client, family, {"about": about(family), "field": "full_name", "value": NAME})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == refusal
    assert NAME not in answer.text
    assert await event_names(settings, "referral", family.case_id) == []
    assert await as_owner(settings, "referral", "SELECT count(*) FROM subject_keys") == before


async def test_personal_data_needs_an_event_to_be_sealed_onto(client: httpx.AsyncClient, family: Family) -> None:
    await refer(client, family)
    again = await refer(client, family, entry(family.infant, "full_name", NAME))
    assert (again.status_code, again.json()["code"]) == (409, "personal-needs-event")


async def test_the_same_post_said_again_gets_the_first_answer_and_seals_nothing_twice(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    body = event(
        "ReferralReceived",
        received(family, entry(family.infant, "full_name", NAME)),
        subject=str(family.case_id),
        teamid=TEAM,
    )
    first, again = [
        await client.post("/events", json=body, headers={"content-type": "application/cloudevents+json"}) for _ in "12"
    ]
    assert again.content == first.content
    assert again.headers["idempotent-replay"] == "true"
    assert values(await people(client, family)) == {("full_name", str(family.infant)): [NAME]}


async def test_another_service_takes_notes_about_a_family_that_it_has_heard_of_and_no_numbers(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(client, family)
    acceptance = request_example(referral, "ReferralAccepted")
    assert (await post(client, "ReferralAccepted", family, acceptance)).status_code == 201
    offer = request_example(assessment, "AssessmentOffered")
    async with client_of(settings, "assessment") as other:
        early = await post(
            other, "AssessmentOffered", family, {**offer, "personal": [entry(family.mother, "note", NAME)]}, teamid=TEAM
        )
        assert (early.status_code, early.json()["code"]) == (409, "not-known-yet")
        await hand_over(settings, "referral", assessment, family.case_id)
        await apply(settings, assessment, family.case_id)
        number = {**offer, "personal": [entry(family.infant, "nhs_number", "9434765919")]}
        refused = await post(other, "AssessmentOffered", family, number)
        assert (refused.status_code, refused.json()["rule"]) == (422, "identifier-at-referral-only")
        taken = await post(
            other, "AssessmentOffered", family, {**offer, "personal": [entry(family.mother, "note", NAME)]}
        )
        assert taken.status_code == 201, taken.text
        assert values(await people(other, family)) == {("note", str(family.mother)): [NAME]}


async def test_a_key_serves_one_subject_in_one_service(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(client, family, entry([family.infant, family.mother], "note", NAME))
    rows = await as_owner(
        settings,
        "referral",
        "SELECT subject, wrapped FROM subject_keys WHERE subject = ANY ($1)",
        [family.infant, family.mother],
    )
    assert {UUID(int=row[0].int) for row in rows} == {family.infant, family.mother}
    assert len({row[1] for row in rows}) == 2
