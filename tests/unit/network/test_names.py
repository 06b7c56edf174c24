"""Made-up names of families that are posted: taken by the vault as they are, and nobody's."""

from typing import Any
from uuid import UUID

import pytest

from deploy.local.network.names import nhs_number, personal
from shared.vault.identifiers import NumberKind, NumberQuality, quality
from shared.vault.personal import parse_personal

BABY, UNBORN, MOTHER = (UUID(int=number) for number in (0xAB12 << 112, 2 << 112, 3 << 112))
REFERRAL: dict[str, Any] = {
    "source": "health_visitor",
    "subjects": [{"infant_id": str(BABY), "unborn": False}, {"infant_id": str(UNBORN), "unborn": True}],
    "caregivers": [{"caregiver_id": str(MOTHER)}],
}


@pytest.mark.parametrize("number", range(0, 4_000, 37))
def test_every_number_is_of_the_test_range(number: int) -> None:
    assert quality(NumberKind.NHS, nhs_number(str(UUID(int=number)))) is NumberQuality.TEST_RANGE


def test_the_vault_takes_them_as_they_are() -> None:
    entries = parse_personal(personal(REFERRAL))
    assert {(entry.about, entry.field) for entry in entries} == {
        ((BABY,), "full_name"),
        ((BABY,), "nhs_number"),
        ((MOTHER,), "full_name"),
        (("referrer",), "full_name"),
        (("referrer",), "email"),
    }


def test_a_baby_who_is_not_born_has_no_name_yet() -> None:
    assert not [entry for entry in parse_personal(personal(REFERRAL)) if UNBORN in entry.about]


def test_whoever_refers_themselves_gets_no_address_of_a_service() -> None:
    entries = parse_personal(personal({**REFERRAL, "source": "self"}))
    assert not [entry for entry in entries if "referrer" in entry.about]


def test_nobody_could_get_the_mail() -> None:
    [address] = [entry.value for entry in parse_personal(personal(REFERRAL)) if entry.field == "email"]
    assert address.endswith("@example.org")
