"""What the assessment service hears: the referral with its family, the episode's people and end, and its team."""

from uuid import UUID

from services.assessment.team_settings import TEAM_HEARD, TeamHeard
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import heard, heard_value


@heard_value
class Infant:
    """An infant of the case."""

    infant_id: UUID
    born_on: CivilDate | None = None


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID


@heard("ReferralReceived", 1)
class ReferralReceived:
    """The family, under opaque ids."""

    received_on: CivilDate
    subjects: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...] = ()


@heard("FamilyMemberLinked", 1)
class FamilyMemberLinked:
    """Somebody cares for an infant from a day on."""

    caregiver_id: UUID
    infant_id: UUID
    from_on: CivilDate


@heard("LinkEnded", 1)
class LinkEnded:
    """Somebody does not care for an infant any more; the day itself no longer counts."""

    caregiver_id: UUID
    infant_id: UUID
    to_on: CivilDate


@heard("InfantBorn", 1)
class InfantBorn:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate


@heard("PregnancyEnded", 1)
class PregnancyEnded:
    """The pregnancy ended without a live birth."""

    infant_id: UUID


@heard("InfantIdentityReplaced", 1)
class InfantIdentityReplaced:
    """After an adoption the infant goes by another id; former links end."""

    infant_id: UUID
    new_infant_id: UUID
    on: CivilDate


@heard("CaseReferenceLinked", 1)
class CaseReferenceLinked:
    """A sending system's own reference of the case, as a keyed hash: posts may name the case by it."""

    system: str
    reference_hmac: str


@heard("ReferralAccepted", 1)
class ReferralAccepted:
    """The team took the family on."""

    decided_on: CivilDate


@heard("ReferralDeclined", 1)
class ReferralDeclined:
    """The team did not take the family on."""

    decided_on: CivilDate


@heard("ReferralLinkedDuplicate", 1)
class ReferralLinkedDuplicate:
    """The family was referred already: the other case goes on."""

    of_case_id: UUID


@heard("ReferralWithdrawn", 1)
class ReferralWithdrawn:
    """The referral was taken back."""

    on: CivilDate


@heard("AccessDenied", 1)
class AccessDenied:
    """Somebody may not read what is recorded of this person."""

    subject_ref: UUID
    actor_id: str


@heard("AccessDenialLifted", 1)
class AccessDenialLifted:
    """A denial no longer holds."""

    subject_ref: UUID
    actor_id: str


@heard("BreakGlassOpened", 1)
class BreakGlassOpened:
    """Somebody without a part in the case opened it for some hours."""

    actor_id: str
    until: Instant


@heard("SubjectErased", 1)
class SubjectErased:
    """Everything personal about this person is to be unreadable for good."""

    subject_ref: UUID


@heard_value
class Practitioner:
    """One who held a session."""

    id: UUID


@heard("ProgrammeAssigned", 1)
class ProgrammeAssigned:
    """The family has its own programme, and somebody who leads it."""

    lead_practitioner_id: UUID


@heard("LeadPractitionerChanged", 1)
class LeadPractitionerChanged:
    """Another practitioner leads the work."""

    on: CivilDate
    to_practitioner_id: UUID


@heard("SessionHeld", 1)
class SessionHeld:
    """A session took place, with these practitioners."""

    practitioners: tuple[Practitioner, ...] = ()


@heard("Discharged", 1)
class Discharged:
    """The case was closed."""

    discharged_on: CivilDate
    reason: str


@heard("EpisodeOpened", 1)
class EpisodeOpened:
    """The episode is open; said again it removes a discharge as administrative error before it."""

    on: CivilDate


@heard("EpisodeReopened", 1)
class EpisodeReopened:
    """The discharge was undone."""

    on: CivilDate


Tie = FamilyMemberLinked | LinkEnded | InfantIdentityReplaced
Decided = ReferralAccepted | ReferralDeclined | ReferralLinkedDuplicate | ReferralWithdrawn
AccessSaid = AccessDenied | AccessDenialLifted | BreakGlassOpened
Episode = ProgrammeAssigned | LeadPractitionerChanged | SessionHeld | Discharged | EpisodeOpened | EpisodeReopened
Heard = (
    ReferralReceived
    | Tie
    | InfantBorn
    | PregnancyEnded
    | CaseReferenceLinked
    | Decided
    | AccessSaid
    | SubjectErased
    | Episode
    | TeamHeard
)

HEARS: tuple[str, ...] = ("referral", "intervention")
HEARD: Registry[Heard] = Registry(
    [
        ReferralReceived,
        FamilyMemberLinked,
        LinkEnded,
        InfantBorn,
        PregnancyEnded,
        InfantIdentityReplaced,
        CaseReferenceLinked,
        ReferralAccepted,
        ReferralDeclined,
        ReferralLinkedDuplicate,
        ReferralWithdrawn,
        AccessDenied,
        AccessDenialLifted,
        BreakGlassOpened,
        SubjectErased,
        ProgrammeAssigned,
        LeadPractitionerChanged,
        SessionHeld,
        Discharged,
        EpisodeOpened,
        EpisodeReopened,
        *TEAM_HEARD,
    ],
    ignore_others=True,
)
