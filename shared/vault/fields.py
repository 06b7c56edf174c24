"""Which personal fields there are, who may be meant by them, and which of them replace an earlier value. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Reader(StrEnum):
    """Whom a personal entry may be shown to, beside the team itself (domain 5, `disclosable_to`)."""

    REFERRER = "referrer"
    CAREGIVER = "caregiver"
    INFANT = "infant"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of personal data."""

    code: str
    replaces: bool = True
    """The latest value stands alone (a name, an address); otherwise every one stands beside the others (a note)."""
    longest: int = 4000
    """Characters."""
    restricted: bool = False
    """Shown only to who may read safeguarding content."""
    identifies: str | None = None
    """For a national number: `nhs`, `chi` or `health_and_care`; posted at the referral service only."""
    posted: bool = True
    """False: only the service itself seals it."""


NAMES = ("preferred_name", "full_name")
"""What a page shows of a person, best first."""
CASE_REFERENCE = "case_reference"
"""A sending system's own reference of the case: its keyed hash is public, the plain value is sealed."""

FIELDS = {
    field.code: field
    for field in (
        Field("full_name", longest=200),
        Field("preferred_name", longest=200),
        Field("address", longest=500),
        Field("postcode", longest=16),
        Field("phone", longest=40),
        Field("email", longest=254),
        Field("nhs_number", longest=32, identifies="nhs"),
        Field("chi_number", longest=32, identifies="chi"),
        Field("health_and_care_number", longest=32, identifies="health_and_care"),
        Field("referrer_reference", longest=200),
        Field("registered_practice", longest=200),
        Field(CASE_REFERENCE, longest=64, posted=False),
        Field("note", replaces=False),
        Field("formulation", replaces=False),
        Field("voice_of_infant", replaces=False),
        Field("safeguarding_note", replaces=False, restricted=True),
        Field("media_reference", replaces=False, longest=200),
    )
}
POSTED = frozenset(code for code, field in FIELDS.items() if field.posted)
