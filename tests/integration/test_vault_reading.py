"""What of the vault is shown: to whom, about whom, and what an export gives."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import orjson
import pytest

from shared.kernel.ids import new_id
from shared.settings import Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.process_kit import client_of, installed
from tests.integration.vault_kit import (
    TEAM,
    Family,
    auditor,
    entry,
    new_family,
    people,
    post,
    refer,
    values,
)

NAME = "Wilhelmina Quackenbush"
SAFEGUARDING = "a worry that only those with the right may read"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    """A referral service's own database for this module."""
    with installed(platform, "referral") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The referral service."""
    async with client_of(settings, "referral") as made:
        yield made


@pytest.fixture
def family() -> Family:
    return new_family()


async def test_a_senders_own_reference_is_sealed_and_names_come_in_one_call(
    client: httpx.AsyncClient, family: Family
) -> None:
    reference = {"system": "north-records", "value": f"NR-{uuid4().hex[:12]}"}
    await refer(client, family, entry(family.infant, "full_name", NAME), case_reference=reference)
    answer = await client.post("/people", json={"cases": [str(family.case_id), str(new_id())]})
    [named] = answer.json()["people"]
    assert named["reference"] == reference["value"]
    assert named["names"] == [{"subject": str(family.infant), "kind": "infant", "name": NAME}]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_safeguarding_note_is_only_for_those_who_may_read_such(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(client, family, entry(family.infant, "safeguarding_note", SAFEGUARDING))
    assert values(await people(client, family)) == {("safeguarding_note", str(family.infant)): [SAFEGUARDING]}
    async with client_of(settings, "referral", bearer(settings, "administrator", TEAM)) as administrator:
        shown = await people(administrator, family)
    assert (shown["entries"], shown["withheld"]) == ([], 1)


async def test_an_export_gives_a_person_what_is_hers_and_marks_what_is_others(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(
        client,
        family,
        entry(family.mother, "full_name", NAME),
        entry(family.infant, "full_name", "of the child"),
        entry([family.infant, family.mother], "formulation", "of both"),
        entry(family.mother, "note", "for the team only"),
        entry(family.mother, "voice_of_infant", "for her to read", "caregiver"),
    )
    async with client_of(settings, "referral", auditor(settings)) as office:
        exported = (await office.get(f"/subjects/{family.mother}/export")).json()
        unknown = (await office.get(f"/subjects/{uuid4()}/export")).json()
    assert unknown["cases"] == []
    [case] = exported["cases"]
    told = {item["field"]: item.get("value", item.get("redacted")) for item in case["entries"]}
    assert told == {
        "full_name": NAME,
        "formulation": "third-party",
        "note": "withheld",
        "voice_of_infant": "for her to read",
    }
    text = orjson.dumps(exported).decode()
    assert str(family.infant) not in text
    assert "of the child" not in text
    assert str(family.mother) in orjson.dumps(case["events"]).decode()


async def test_an_adopted_childs_former_name_is_shown_to_nobody_and_links_to_nothing(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(
        client, family, entry(family.infant, "full_name", NAME), entry(family.mother, "address", "the former home")
    )
    adopted = uuid4()
    replaced = {"infant_id": str(family.infant), "new_infant_id": str(adopted), "on": "2025-06-02"}
    assert (await post(client, "InfantIdentityReplaced", family, replaced)).status_code == 201
    details = {"subject_ref": str(adopted), "entry_id": str(uuid4()), "on": "2025-06-03"}
    named = {**details, "personal": [entry(adopted, "full_name", "the new name")]}
    assert (await post(client, "PersonDetailsRecorded", family, named)).status_code == 201
    shown = await people(client, family)
    assert values(shown) == {("full_name", str(adopted)): ["the new name"]}
    assert shown["withheld"] == 2
    async with client_of(settings, "referral", auditor(settings)) as office:
        former = (await office.get(f"/subjects/{family.infant}/export")).text
        present = (await office.get(f"/subjects/{adopted}/export")).text
        left = (await office.get(f"/subjects/{family.mother}/export")).json()
    assert NAME in former
    assert str(adopted) not in former
    assert {item["type"] for item in left["cases"][0]["events"]} == {"dyad.ReferralReceived.v1"}
    assert "the former home" in orjson.dumps(left).decode()
    assert "the new name" in present
    assert str(family.infant) not in present


async def test_an_export_asks_for_a_right_to_each_case_of_the_person(
    client: httpx.AsyncClient, settings: Settings, family: Family
) -> None:
    await refer(client, family, entry(family.mother, "full_name", NAME))
    denial = {"subject_ref": str(family.mother), "actor_id": "auditor-2", "on": "2025-03-05", "reason": "relative"}
    assert (await post(client, "AccessDenied", family, denial)).status_code == 201
    path = f"/subjects/{family.mother}/export"
    async with client_of(settings, "referral", auditor(settings)) as office:
        assert (await office.get(path)).status_code == 200
        refused = await office.get(path, headers=auditor(settings, "auditor-2"))
        assert (refused.status_code, refused.json()["code"]) == (403, "access-denied")
        refused = await office.get(path, headers=bearer(settings, "lead", TEAM))
        assert (refused.status_code, refused.json()["code"]) == (403, "no-relationship")


async def test_nobody_else_may_export_or_read_names(
    settings: Settings, client: httpx.AsyncClient, family: Family
) -> None:
    await refer(client, family, entry(family.infant, "full_name", NAME))
    async with client_of(settings, "referral", bearer(settings, "manager")) as manager:
        assert (await manager.get(f"/subjects/{family.infant}/export")).status_code == 403
        assert (await manager.get(f"/cases/{family.case_id}/people")).status_code == 403
    async with client_of(settings, "referral", bearer(settings, "administrator", "team-south")) as stranger:
        assert (await stranger.get(f"/cases/{family.case_id}/people")).status_code == 404
        assert (await stranger.post("/people", json={"cases": [str(family.case_id)]})).json() == {"people": []}
