"""What the intervention service hears: the referral with its family, and what the assessment found."""

from decimal import Decimal
from uuid import UUID

from services.intervention.team_settings import TEAM_HEARD, TeamHeard
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Instant
from shared.kernel.values import heard, heard_value


@heard_value
class Infant:
    """An infant of the case, born (`born_on`) or expected (`edd`)."""

    infant_id: UUID
    born_on: CivilDate | None = None
    edd: CivilDate | None = None


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID


@heard_value
class Relationship:
    """Whom a relationship measure is about."""

    infant_id: UUID
    caregiver_ids: tuple[UUID, ...]


@heard("ReferralReceived", 1)
class ReferralReceived:
    """The family, under opaque ids."""

    received_on: CivilDate
    subjects: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...] = ()


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


@heard("ReferralWithdrawn", 1)
class ReferralWithdrawn:
    """The referral was taken back."""

    on: CivilDate


@heard("ReferralLinkedDuplicate", 1)
class ReferralLinkedDuplicate:
    """The same family has another case; this one ends."""

    on: CivilDate


@heard("FamilyMemberLinked", 1)
class FamilyMemberLinked:
    """From a day on somebody cares for an infant of the case."""

    caregiver_id: UUID
    infant_id: UUID
    from_on: CivilDate


@heard("LinkEnded", 1)
class LinkEnded:
    """A day is the last on which somebody cares for an infant of the case."""

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
    """The pregnancy ended without a birth."""

    infant_id: UUID
    on: CivilDate


@heard("InfantIdentityReplaced", 1)
class InfantIdentityReplaced:
    """Adoption: from a day on the infant goes by another id (rule P10)."""

    infant_id: UUID
    new_infant_id: UUID
    on: CivilDate


@heard("AccessDenied", 1)
class AccessDenied:
    """Somebody may not read the case, because of one person of it."""

    subject_ref: UUID
    actor_id: str


@heard("AccessDenialLifted", 1)
class AccessDenialLifted:
    """They may, as far as that person is concerned."""

    subject_ref: UUID
    actor_id: str


@heard("BreakGlassOpened", 1)
class BreakGlassOpened:
    """Somebody who is not assigned to the case reads it for a reason, until an instant."""

    actor_id: str
    until: Instant


@heard("SubjectErased", 1)
class SubjectErased:
    """A person was erased: every service destroys its key for them."""

    subject_ref: UUID


@heard("AssessmentStarted", 1)
class AssessmentStarted:
    """The assessment began: a contact with the family."""

    on: CivilDate
    practitioners: tuple[UUID, ...] = ()
    """Who assesses."""


@heard("MeasureRecorded", 1)
class MeasureRecorded:
    """A measure's result."""

    measure_code: str
    subject_ref: UUID | None = None
    relationship_ref: Relationship | None = None
    rater: str
    completed_on: CivilDate
    total: Decimal


@heard("AssessmentCompleted", 1)
class AssessmentCompleted:
    """What the assessment recommends."""

    completed_on: CivilDate
    recommendation: str


Heard = (
    ReferralReceived
    | CaseReferenceLinked
    | ReferralAccepted
    | ReferralDeclined
    | ReferralWithdrawn
    | ReferralLinkedDuplicate
    | FamilyMemberLinked
    | LinkEnded
    | InfantBorn
    | PregnancyEnded
    | InfantIdentityReplaced
    | AccessDenied
    | AccessDenialLifted
    | BreakGlassOpened
    | SubjectErased
    | AssessmentStarted
    | MeasureRecorded
    | AssessmentCompleted
    | TeamHeard
)

HEARS: tuple[str, ...] = ("referral", "assessment")
HEARD: Registry[Heard] = Registry(
    [
        ReferralReceived,
        CaseReferenceLinked,
        ReferralAccepted,
        ReferralDeclined,
        ReferralWithdrawn,
        ReferralLinkedDuplicate,
        FamilyMemberLinked,
        LinkEnded,
        InfantBorn,
        PregnancyEnded,
        InfantIdentityReplaced,
        AccessDenied,
        AccessDenialLifted,
        BreakGlassOpened,
        SubjectErased,
        AssessmentStarted,
        MeasureRecorded,
        AssessmentCompleted,
        *TEAM_HEARD,
    ],
    ignore_others=True,
)
