"""Made-up names for families that are posted, so that sealing, pages and letters have something to show.

Trees and waters, an address of the reserved domain, numbers of the test range: nobody's.
"""

from typing import Any

from shared.vault.identifiers import check_digit

GIVEN = ("Alder", "Ash", "Briar", "Clover", "Fern", "Hazel", "Heath", "Laurel", "Linden", "Moss", "Reed", "Rowan")
FAMILY = ("Beck", "Brook", "Burn", "Dale", "Firth", "Glen", "Lake", "Mere", "Pool", "Rivers", "Shore", "Wells")
"""Both follow from the id: the same person has the same name in every case."""
TEST_RANGE = "999"
"""NHS numbers that begin so are never issued to a person (domain 4.3)."""


def personal(referral: dict[str, Any]) -> list[dict[str, Any]]:
    """The personal part of a referral.

    Args:
        referral: what `ReferralReceived` is posted with.
    """
    surname = FAMILY[int(str(referral["subjects"][0]["infant_id"])[:4], 16) % len(FAMILY)]
    entries: list[dict[str, Any]] = []
    for subject in referral["subjects"]:
        if subject["unborn"]:
            continue
        infant = str(subject["infant_id"])
        entries.append(_name(infant, surname) | {"disclosable_to": ["referrer", "professional"]})
        entries.append({"about": [infant], "field": "nhs_number", "value": nhs_number(infant)})
    entries += [_name(str(caregiver["caregiver_id"]), surname) for caregiver in referral["caregivers"]]
    if referral["source"] not in {"self", "family_member"}:
        entries.append({"about": ["referrer"], "field": "full_name", "value": f"Team of {surname} Lane"})
        entries.append({"about": ["referrer"], "field": "email", "value": f"{surname.lower()}.lane@example.org"})
    return entries


def _name(person: str, surname: str) -> dict[str, Any]:
    given = GIVEN[int(person[:8], 16) % len(GIVEN)]
    return {"about": [person], "field": "full_name", "value": f"{given} {surname}"}


def nhs_number(person: str) -> str:
    """A number of the test range with a valid check digit (modulus 11)."""
    serial = int(person[-6:], 16) % 1_000_000
    while (check := check_digit(nine := f"{TEST_RANGE}{serial:06}")) is None:
        serial = (serial + 1) % 1_000_000
    return f"{nine}{check}"
