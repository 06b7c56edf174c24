"""Erasure: two persons and a delay before it, nothing readable after it in any service, every proof still verifies."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from services.assessment.aggregate import aggregate as assessment
from shared.eventstore.envelope import leaf_hash
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from shared.vault import tombstones
from tests.integration.erasure_kit import (
    HEARERS,
    LATER,
    NAME,
    Office,
    ask,
    erased,
    has_key,
    known_family,
    opened,
    run_executor,
    spread,
    state,
)
from tests.integration.process_kit import client_of, event_names, request_example
from tests.integration.vault_kit import (
    TEAM,
    Family,
    as_owner,
    entry,
    eventually,
    installed_apart,
    new_family,
    note,
    people,
    post,
    refer,
    values,
)


@pytest.fixture(scope="module")
def settings(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The three deciding services' own databases and secrets for this module."""
    with installed_apart(platform, tmp_path_factory.mktemp("vault"), *STORES) as made:
        yield made


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    """The services, as different people see them."""
    async with opened(settings) as made:
        yield made


async def test_nobody_is_erased_without_a_second_person_and_before_the_delay(
    settings: Settings, office: Office
) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.infant)
    own = await office.first.post(f"/erasures/{request_id}/approval")
    assert (own.status_code, own.json()["code"]) == (409, "second-person-needed")
    again = await office.second.post("/erasures", json={"subject": str(family.infant), "reason": "court_order"})
    assert (again.status_code, again.json()["code"]) == (409, "erasure-already-asked")
    approval = (await office.second.post(f"/erasures/{request_id}/approval")).json()
    due = datetime.fromisoformat(approval["not_before"])
    assert timedelta(hours=335) < due - utc_now() < timedelta(hours=337)
    looks: list[datetime] = []

    def clock() -> datetime:
        looks.append(due - timedelta(seconds=1))
        return looks[-1]

    async def looked_often() -> bool:
        return len(looks) > 3

    await run_executor(settings, looked_often, clock=clock)
    assert (await state(office, request_id))["state"] == "approved"
    assert values(await people(office.system, family))["full_name", str(family.infant)] == [NAME]


async def test_an_erasure_can_be_cancelled_until_it_is_executed_and_never_after(
    settings: Settings, office: Office
) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.mother)
    assert (await office.second.post(f"/erasures/{request_id}/approval")).status_code == 200
    assert (await office.first.post(f"/erasures/{request_id}/cancellation")).status_code == 200
    for step in ("approval", "cancellation"):
        late = await office.second.post(f"/erasures/{request_id}/{step}")
        assert (late.status_code, late.json()["code"]) == (409, "erasure-already-decided")
    done = await erased(settings, office, family, family.infant)
    assert (await state(office, request_id))["state"] == "cancelled"
    assert values(await people(office.system, family)) == {("full_name", str(family.mother)): ["the mother's"]}
    late = await office.second.post(f"/erasures/{done}/cancellation")
    assert late.json()["code"] == "erasure-already-decided"


async def test_only_who_may_erase_sees_erasures_and_only_those_of_own_teams(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.infant)
    assert (await office.system.get("/erasures")).status_code == 403
    async with client_of(settings, "referral", bearer(settings, "lead", "team-south", subject="other")) as stranger:
        assert request_id not in (await stranger.get("/erasures")).text
        assert (await stranger.post(f"/erasures/{request_id}/approval")).status_code == 404
        wanted = {"subject": str(family.mother), "reason": "court_order"}
        assert (await stranger.post("/erasures", json=wanted)).status_code == 404
    async with client_of(settings, "referral", bearer(settings, "lead", TEAM, subject="own")) as lead:
        assert (await lead.post(f"/erasures/{request_id}/approval")).status_code == 200


async def test_after_it_nothing_is_readable_in_any_service_and_every_leaf_still_verifies(
    settings: Settings, office: Office
) -> None:
    family = await known_family(settings, office)
    request_id = await erased(settings, office, family, family.infant)
    for service in STORES:
        names = await event_names(settings, service, family.case_id)
        assert names.count("SubjectErasureAcknowledged") == 1
        assert not await has_key(settings, service, family.infant)
        assert await as_owner(settings, service, "SELECT FROM tombstones WHERE subject = $1", family.infant)
        for doc, leaf in await as_owner(settings, service, "SELECT doc::text, leaf_hash FROM events"):
            assert leaf_hash(doc.encode()) == leaf
    assert (await event_names(settings, "referral", family.case_id)).count("SubjectErased") == 1
    assert (await state(office, request_id))["awaited"] == []
    assert family.infant in tombstones.read(settings.tombstones)
    shown = await people(office.system, family)
    assert values(shown) == {("full_name", str(family.mother)): ["the mother's"]}
    assert shown["erased"] == 2  # the name, and the note about both
    assert values(await people(office.assessment, family)) == {}
    exported = await office.first.get(f"/subjects/{family.infant}/export")
    assert NAME not in exported.text
    assert {item["redacted"] for item in exported.json()["cases"][0]["entries"]} == {"erased", "third-party"}


async def test_until_the_others_have_heard_the_list_says_whom_it_waits_for(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.infant)
    await office.second.post(f"/erasures/{request_id}/approval")

    async def executed() -> bool:
        return bool((await state(office, request_id))["state"] == "executed")

    await run_executor(settings, executed, now=utc_now() + LATER)
    awaited = (await state(office, request_id))["awaited"]
    assert {item["service"] for item in awaited} == set(HEARERS)
    await spread(settings, family)
    assert (await state(office, request_id))["awaited"] == []


async def test_nothing_about_an_erased_person_is_taken_again(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    await erased(settings, office, family, family.infant)
    refused = await note(office.system, family, entry(family.infant, "full_name", NAME))
    assert (refused.status_code, refused.json()["code"]) == (409, "subject-erased")
    offer = {**request_example(assessment, "AssessmentStarted"), "personal": [entry(family.infant, "note", NAME)]}
    elsewhere = await post(office.assessment, "AssessmentStarted", family, offer)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "subject-erased")
    again = Family(new_family().case_id, family.infant, new_family().mother)
    new_case = await refer(office.system, again)
    assert (new_case.status_code, new_case.json()["code"]) == (409, "subject-erased")
    for answer in (refused, elsewhere, new_case):
        assert NAME not in answer.text
    for service in STORES:
        assert not await has_key(settings, service, family.infant)


async def test_an_erasure_cannot_be_taken_back(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    await erased(settings, office, family, family.infant)
    for client in (office.system, office.assessment):
        stored = (await client.get(f"/cases/{family.case_id}/events")).json()
        said = [item for item in stored if item["type"].startswith("dyad.SubjectEras")]
        assert said
        for item in said:
            void = {"corrects_event_id": item["id"], "reason": "entered_in_error"}
            answer = await client.post(f"/cases/{family.case_id}/voids", json=void)
            assert (answer.status_code, answer.json()["code"]) == (409, "event-is-final")


async def test_an_older_backup_is_told_again_at_the_next_start(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    kept = {
        service: await as_owner(
            settings, service, "SELECT kek, wrapped FROM subject_keys WHERE subject = $1", family.infant
        )
        for service in ("referral", "assessment")
    }
    await erased(settings, office, family, family.infant)
    for service, [row] in kept.items():  # what a backup from before would bring
        await as_owner(settings, service, "DELETE FROM tombstones WHERE subject = $1", family.infant)
        await as_owner(
            settings,
            service,
            "INSERT INTO subject_keys (subject, kek, wrapped) VALUES ($1, $2, $3)",
            family.infant,
            *row,
        )
    assert ("full_name", str(family.infant)) in values(await people(office.system, family))
    for service in kept:
        async with client_of(settings, service) as started:
            assert str(family.infant) not in str(values(await people(started, family)))
        assert not await has_key(settings, service, family.infant)


async def test_events_of_an_erasure_that_a_backup_has_lost_are_said_again(
    settings: Settings, office: Office, tmp_path: Path
) -> None:
    family = await known_family(settings, office)
    after = settings.model_copy(update={"tombstones_file": tmp_path / "list"})
    tombstones.append(after.tombstones, family.infant, datetime(2026, 1, 1, tzinfo=UTC))

    async def said() -> bool:
        return "SubjectErasureAcknowledged" in await event_names(settings, "referral", family.case_id)

    await run_executor(after, said)
    await run_executor(after, said)
    assert (await event_names(settings, "referral", family.case_id)).count("SubjectErased") == 1
    assert not await has_key(settings, "referral", family.infant)


async def test_an_erasure_cut_off_before_its_commit_is_done_at_the_next_attempt(
    settings: Settings, office: Office
) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.infant)
    await office.second.post(f"/erasures/{request_id}/approval")
    await as_owner(
        settings,
        "referral",
        "CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$",
    )
    await as_owner(
        settings,
        "referral",
        "CREATE TRIGGER cut_off BEFORE DELETE ON subject_keys FOR EACH ROW EXECUTE FUNCTION cut_off()",
    )

    async def on_the_list() -> bool:
        return family.infant in tombstones.read(settings.tombstones)

    await run_executor(settings, on_the_list, now=utc_now() + LATER)
    assert (await state(office, request_id))["state"] == "approved"
    assert "SubjectErased" not in await event_names(settings, "referral", family.case_id)
    assert await has_key(settings, "referral", family.infant)
    late = await office.first.post(f"/erasures/{request_id}/cancellation")
    assert (late.status_code, late.json()["code"]) == (409, "erasure-begun")
    assert (await state(office, request_id))["state"] == "approved"
    await as_owner(settings, "referral", "DROP TRIGGER cut_off ON subject_keys")

    async def executed() -> bool:
        return bool((await state(office, request_id))["state"] == "executed")

    await run_executor(settings, executed, now=utc_now() + LATER)
    assert (await event_names(settings, "referral", family.case_id)).count("SubjectErased") == 1
    assert not await has_key(settings, "referral", family.infant)


async def test_a_post_that_meets_an_erasure_waits_for_it_and_is_refused(settings: Settings, office: Office) -> None:
    family = await known_family(settings, office)
    eraser = await asyncpg.connect(settings.dsn("referral", "dyad_consumer"))
    watcher = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    try:
        erasing = eraser.transaction()
        await erasing.start()
        await eraser.execute("SELECT erase_subject($1)", family.infant)
        posting = asyncio.create_task(note(office.system, family, entry(family.infant, "phone", "0113")))

        async def waits() -> bool:
            return bool(await watcher.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"))

        await eventually(waits)
        await erasing.commit()
        answer = await posting
    finally:
        await eraser.close()
        await watcher.close()
    assert (answer.status_code, answer.json()["code"]) == (409, "subject-erased")
    assert not await has_key(settings, "referral", family.infant)
