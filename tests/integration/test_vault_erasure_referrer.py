"""Erasure of whom no document names, the referrer; and one that a rule had left undecided."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.assessment.aggregate import aggregate as assessment
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from shared.vault import tombstones
from shared.vault.personal import referrer_of
from tests.integration.erasure_kit import (
    LATER,
    NAME,
    Office,
    ask,
    erased,
    has_key,
    known_family,
    opened,
    run_executor,
    state,
)
from tests.integration.process_kit import client_of, event_names, hand_over
from tests.integration.vault_kit import TEAM, as_owner, entry, installed_apart, new_family, note, people, refer, values


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


async def test_who_referred_a_family_is_exported_and_erased_like_one_of_it(settings: Settings, office: Office) -> None:
    family, other = new_family(), await known_family(settings, office)
    sender = referrer_of(family.case_id)
    own, joint = entry("referrer", "phone", "0113 496 0000"), entry(family.infant, "full_name", NAME)
    assert (await refer(office.system, family, own, joint)).status_code == 201
    assert (await refer(office.system, new_family(), own)).status_code == 201
    exported = (await office.first.get(f"/subjects/{sender}/export")).json()
    [case] = exported["cases"]
    assert (case["case_id"], [item["value"] for item in case["entries"]]) == (str(family.case_id), ["0113 496 0000"])
    assert str(family.infant) not in str(exported)
    request_id = await erased(settings, office, family, sender)
    assert (await state(office, request_id))["awaited"] == []
    assert (await event_names(settings, "referral", family.case_id)).count("SubjectErased") == 1
    assert "SubjectErased" not in await event_names(settings, "referral", other.case_id)
    assert not await has_key(settings, "referral", sender)
    shown = await people(office.system, family)
    assert (values(shown), shown["erased"]) == ({("full_name", str(family.infant)): [NAME]}, 1)
    refused = await note(office.system, family, own)
    assert (refused.status_code, refused.json()["code"]) == (409, "subject-erased")


async def test_an_erasure_that_a_rule_left_undecided_is_on_the_list_before_its_retry_destroys_the_key(
    settings: Settings, office: Office, tmp_path: Path
) -> None:
    family = await known_family(settings, office)
    request_id = await ask(office, family.infant)
    await office.second.post(f"/erasures/{request_id}/approval")

    async def executed() -> bool:
        return bool((await state(office, request_id))["state"] == "executed")

    await run_executor(settings, executed, now=utc_now() + LATER)
    await hand_over(settings, "referral", assessment, family.case_id)
    [[cause]] = await as_owner(
        settings,
        "assessment",
        "INSERT INTO rule_outcomes (rule, cause, case_id, team_id, outcome, cause_recorded_at)"
        " SELECT 'erasure', event_id, case_id, $2, 'parked', recorded_at FROM inbox"
        " WHERE case_id = $1 AND type = 'dyad.SubjectErased.v1' RETURNING cause",
        family.case_id,
        TEAM,
    )
    assert await has_key(settings, "assessment", family.infant)
    listing = settings.model_copy(update={"tombstones_file": tmp_path / "list"})
    async with client_of(listing, "assessment", bearer(settings)) as system:
        retried = f"/parked/rules/erasure/{cause}/retry"
        listing.tombstones.symlink_to(tmp_path / "gone" / "list")  # cannot be written: the key must stay
        assert (await system.post(retried, json={"reason": "mended"})).status_code == 503
        assert await has_key(settings, "assessment", family.infant)
        listing.tombstones.unlink()
        answer = await system.post(retried, json={"reason": "mended"})
    assert (answer.status_code, answer.json()) == (200, {"outcome": "acted"})
    assert family.infant in tombstones.read(tmp_path / "list")
    assert not await has_key(settings, "assessment", family.infant)
