"""What is said of the family: who cares for whom, births and losses, consents, circumstances."""

from typing import Annotated
from uuid import UUID

from services.referral.codes import BirthSource, CaregiverRole, EthnicGroup, Flag, ParentalResponsibility
from services.referral.family_codes import ConsentBy, ConsentScope, LinkEndReason
from services.referral.values import Decile, GestationWeeks
from shared.kernel.fields import CivilDate, LanguageCode, Len
from shared.kernel.values import event


@event("FamilyMemberLinked", 1)
class FamilyMemberLinked:
    """From a day on somebody cares for an infant, in this role; may bring a caregiver into the case.

    Said again of two who are linked, with another role, responsibility or place, it replaces what was from that day on.
    """

    caregiver_id: UUID
    infant_id: UUID
    role: CaregiverRole
    has_pr: ParentalResponsibility
    primary: bool
    from_on: CivilDate
    ethnic_group: EthnicGroup | None = None
    deprivation_decile: Decile | None = None
    interpreter_language: LanguageCode | None = None


@event("LinkEnded", 1)
class LinkEnded:
    """From a day on (which no longer counts) somebody does not care for an infant any more."""

    caregiver_id: UUID
    infant_id: UUID
    to_on: CivilDate
    reason: LinkEndReason


@event("InfantBorn", 1)
class InfantBorn:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate
    gestation_weeks: GestationWeeks | None = None
    source: BirthSource


@event("PregnancyEnded", 1)
class PregnancyEnded:
    """The pregnancy ended without a live birth: no automated message goes out about the case any more (P7)."""

    infant_id: UUID
    on: CivilDate


@event("InfantIdentityReplaced", 1)
class InfantIdentityReplaced:
    """After an adoption the infant goes by another id; the case goes on, links to former caregivers end (P10)."""

    infant_id: UUID
    new_infant_id: UUID
    on: CivilDate


@event("ConsentRecorded", 1)
class ConsentRecorded:
    """Somebody agreed to one thing."""

    scope: ConsentScope
    by: ConsentBy
    caregiver_id: UUID | None = None
    on: CivilDate


@event("ConsentWithdrawn", 1)
class ConsentWithdrawn:
    """Somebody does not agree (any more) to one thing; legal without a consent on record."""

    scope: ConsentScope
    by: ConsentBy
    caregiver_id: UUID | None = None
    on: CivilDate


@event("SafeguardingFlagsChanged", 1)
class SafeguardingFlagsChanged:
    """All circumstances that the team must know of, as they are from a day on; restricted in what is shown."""

    on: CivilDate
    flags: Annotated[tuple[Flag, ...], Len(0, 6)]


Tie = FamilyMemberLinked | LinkEnded | InfantIdentityReplaced
"""What changes who cares for whom."""
ConsentSaid = ConsentRecorded | ConsentWithdrawn
FamilyEvent = Tie | InfantBorn | PregnancyEnded | ConsentSaid | SafeguardingFlagsChanged
