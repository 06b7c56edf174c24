"""What may be asked about the family; each in the shape of its event."""

from typing import Annotated
from uuid import UUID

from services.referral.codes import BirthSource, CaregiverRole, EthnicGroup, Flag, ParentalResponsibility
from services.referral.family_codes import ConsentBy, ConsentScope, LinkEndReason
from services.referral.values import Decile, GestationWeeks
from shared.kernel.fields import CivilDate, LanguageCode, Len
from shared.kernel.values import value


@value
class LinkMember:
    """Note that somebody cares for an infant from a day on."""

    caregiver_id: UUID
    infant_id: UUID
    role: CaregiverRole
    has_pr: ParentalResponsibility
    primary: bool
    from_on: CivilDate
    ethnic_group: EthnicGroup | None = None
    deprivation_decile: Decile | None = None
    interpreter_language: LanguageCode | None = None


@value
class EndLink:
    """Note that somebody does not care for an infant any more."""

    caregiver_id: UUID
    infant_id: UUID
    to_on: CivilDate
    reason: LinkEndReason


@value
class RecordBirth:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate
    gestation_weeks: GestationWeeks | None = None
    source: BirthSource


@value
class EndPregnancy:
    """A pregnancy ended without a live birth."""

    infant_id: UUID
    on: CivilDate


@value
class ReplaceIdentity:
    """Give the infant another id after an adoption."""

    infant_id: UUID
    new_infant_id: UUID
    on: CivilDate


@value
class RecordConsent:
    """Note what somebody agreed to."""

    scope: ConsentScope
    by: ConsentBy
    caregiver_id: UUID | None = None
    on: CivilDate


@value
class WithdrawConsent:
    """Note what somebody does not agree to (any more)."""

    scope: ConsentScope
    by: ConsentBy
    caregiver_id: UUID | None = None
    on: CivilDate


@value
class ChangeFlags:
    """Say all circumstances that hold from a day on."""

    on: CivilDate
    flags: Annotated[tuple[Flag, ...], Len(0, 6)]


FamilyCommand = (
    LinkMember | EndLink | RecordBirth | EndPregnancy | ReplaceIdentity | RecordConsent | WithdrawConsent | ChangeFlags
)
