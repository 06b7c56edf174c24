"""What reporting hears from the referral service; of each event only the fields used."""

from datetime import date, datetime
from uuid import UUID

from shared.kernel.values import heard, heard_value


@heard_value
class Infant:
    """A baby of the case."""

    infant_id: UUID
    born_on: date | None = None
    edd: date | None = None
    gestation_weeks_at_birth: int | None = None
    ethnic_group: str | None = None
    deprivation_decile: int | None = None
    interpreter_language: str | None = None


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID
    role: str = ""
    primary: bool = False
    ethnic_group: str | None = None
    deprivation_decile: int | None = None
    interpreter_language: str | None = None


@heard_value
class Concern:
    """One concern about a relationship."""

    code: str
    risk_status: str = ""
    """`CURRENT` or `POTENTIAL`."""


@heard("ReferralReceived")
class ReferralReceived:
    """A referral came in; the clocks start on `received_on`."""

    received_on: date
    source: str = ""
    channel: str = ""
    priority: str = ""
    locality: str | None = None
    subjects: tuple[Infant, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()
    concerns: tuple[Concern, ...] = ()
    flags: tuple[str, ...] = ()
    consultation_id: UUID | None = None
    prior_case_id: UUID | None = None


@heard("CaseReferenceLinked")
class CaseReferenceLinked:
    """A sender's own reference was linked; only the system's name is used."""

    system: str = ""


@heard("ReferralAcknowledged")
class ReferralAcknowledged:
    """The referrer was told that the referral has arrived."""

    on: date | None = None


@heard("ReferralInfoRequested")
class ReferralInfoRequested:
    """The team asked for more information before it decides."""

    due_on: date | None = None
    on: date | None = None


@heard("ReferralInfoProvided")
class ReferralInfoProvided:
    """What was asked for came."""

    on: date | None = None


@heard("ReferralHeldUntilBirth")
class ReferralHeldUntilBirth:
    """The team decides once the baby is born: still without a decision."""

    on: date | None = None


@heard("ReferralAccepted")
class ReferralAccepted:
    """The team took the referral on."""

    decided_on: date
    offer_tier: str
    priority: str = ""


@heard("ReferralDeclined")
class ReferralDeclined:
    """The team did not take the referral on."""

    decided_on: date
    reason: str = ""
    triage_decision: str = "declined"
    """`declined`, `signposted` or `redirected_transfer`."""
    signposted_to: tuple[str, ...] = ()


@heard("ReferralWithdrawn")
class ReferralWithdrawn:
    """The family or the referrer took the referral back."""

    on: date
    by: str = ""


@heard("ReferralLinkedDuplicate")
class ReferralLinkedDuplicate:
    """The same family was referred before: this referral ends, the other one goes on."""

    on: date


@heard("ReferralPriorityChanged")
class ReferralPriorityChanged:
    """The referral became more or less urgent."""

    priority: str = ""
    on: date | None = None


@heard("FamilyMemberLinked")
class FamilyMemberLinked:
    """From a day on somebody cares for a baby of the case."""

    infant_id: UUID
    caregiver_id: UUID
    role: str = ""
    primary: bool = False
    from_on: date
    ethnic_group: str | None = None
    deprivation_decile: int | None = None
    interpreter_language: str | None = None


@heard("LinkEnded")
class LinkEnded:
    """From a day on somebody no longer cares for a baby of the case."""

    infant_id: UUID
    caregiver_id: UUID
    to_on: date
    reason: str = ""


@heard("InfantBorn")
class InfantBorn:
    """A baby that was referred before birth is born."""

    infant_id: UUID
    born_on: date
    gestation_weeks: int | None = None


@heard("PregnancyEnded")
class PregnancyEnded:
    """The pregnancy ended without a birth; no message goes out any more."""

    infant_id: UUID
    on: date


@heard("InfantIdentityReplaced")
class InfantIdentityReplaced:
    """Adoption: the baby of the case goes by another id from here on."""

    infant_id: UUID
    new_infant_id: UUID
    on: date


@heard("ConsentRecorded")
class ConsentRecorded:
    """Somebody agreed to something."""

    scope: str = ""
    by: str = ""
    on: date | None = None


@heard("ConsentWithdrawn")
class ConsentWithdrawn:
    """Somebody no longer agrees to it."""

    scope: str = ""
    by: str = ""
    on: date | None = None


@heard("SafeguardingFlagsChanged")
class SafeguardingFlagsChanged:
    """The circumstances that the team must know of changed: all of them, as they are from here on."""

    on: date | None = None
    flags: tuple[str, ...] = ()


@heard("IdentifierRecorded")
class IdentifierRecorded:
    """A national number was recorded, or what its tracing found; never the number itself."""

    subject_ref: UUID | None = None
    kind: str = ""
    quality: str = ""


@heard("PersonDetailsRecorded")
class PersonDetailsRecorded:
    """Details of a person were added or put right; the details themselves are sealed."""

    on: date | None = None


@heard("DischargeSummarySent")
class DischargeSummarySent:
    """A summary went out at the end."""

    to: str = ""
    on: date | None = None


@heard("SubjectErased")
class SubjectErased:
    """A person's details were erased for good. The opaque id stays, and is counted as before."""


@heard("AccessDenied")
class AccessDenied:
    """Somebody may not see a person's record."""

    subject_ref: UUID
    actor_id: str
    on: date | None = None


@heard("AccessDenialLifted")
class AccessDenialLifted:
    """They may see it again."""

    subject_ref: UUID
    actor_id: str
    on: date | None = None


@heard("BreakGlassOpened")
class BreakGlassOpened:
    """Somebody without a part in this case opened its record for a stated reason, for some hours."""

    actor_id: str
    until: datetime
    reason: str = ""


CLASSES: tuple[type, ...] = (
    ReferralReceived,
    CaseReferenceLinked,
    ReferralAcknowledged,
    ReferralInfoRequested,
    ReferralInfoProvided,
    ReferralHeldUntilBirth,
    ReferralAccepted,
    ReferralDeclined,
    ReferralWithdrawn,
    ReferralLinkedDuplicate,
    ReferralPriorityChanged,
    FamilyMemberLinked,
    LinkEnded,
    InfantBorn,
    PregnancyEnded,
    InfantIdentityReplaced,
    ConsentRecorded,
    ConsentWithdrawn,
    SafeguardingFlagsChanged,
    IdentifierRecorded,
    PersonDetailsRecorded,
    DischargeSummarySent,
    SubjectErased,
    AccessDenied,
    AccessDenialLifted,
    BreakGlassOpened,
)
