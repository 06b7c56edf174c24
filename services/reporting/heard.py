"""What reporting hears from the deciding services: every event type it knows, and of each only the fields used."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.kernel.codec import Registry
from shared.kernel.history import Recorded
from shared.kernel.values import heard, heard_value


@heard_value
class Infant:
    """A baby of the case."""

    infant_id: UUID


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID


@heard_value
class FocusRelationship:
    """A dyad or triad: one baby and one or two parents or carers."""

    infant_id: UUID
    caregiver_ids: tuple[UUID, ...]


@heard("ReferralReceived")
class ReferralReceived:
    """A referral came in; the clocks start on `received_on`."""

    received_on: date
    source: str = ""
    subjects: tuple[Infant, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()


@heard("CaseReferenceLinked")
class CaseReferenceLinked:
    """A sender's own reference was linked; only the system's name is used."""

    system: str = ""


@heard("ReferralAccepted")
class ReferralAccepted:
    """The team took the referral on."""

    decided_on: date
    offer_tier: str


@heard("ReferralDeclined")
class ReferralDeclined:
    """The team did not take the referral on."""

    decided_on: date
    reason: str = ""


@heard("ReferralWithdrawn")
class ReferralWithdrawn:
    """The family or the referrer took the referral back."""

    on: date
    by: str = ""


@heard("InfantBorn")
class InfantBorn:
    """A baby that was referred before birth is born."""

    infant_id: UUID
    born_on: date


@heard("AssessmentRequested")
class AssessmentRequested:
    """An accepted referral waits for an offer of assessment."""

    due_on: date


@heard("AssessmentOffered")
class AssessmentOffered:
    """An assessment appointment was offered."""

    offer_on: date


@heard("AssessmentStarted")
class AssessmentStarted:
    """The assessment began."""

    on: date


@heard("MeasureRecorded")
class MeasureRecorded:
    """A measure was completed."""

    measure_code: str
    completed_on: date


@heard("SafetyConcernRaised")
class SafetyConcernRaised:
    """Somebody may not be safe; its kind is for the deciding service."""


@heard("AssessmentCompleted")
class AssessmentCompleted:
    """The assessment ended with a recommendation."""

    completed_on: date
    recommendation: str
    focus_relationships: tuple[FocusRelationship, ...] = ()


@heard("AssessmentAbandoned")
class AssessmentAbandoned:
    """The assessment ended without a result."""

    on: date


@heard("EpisodeOpened")
class EpisodeOpened:
    """The episode of care was opened."""

    on: date


@heard("ProgrammeAssigned")
class ProgrammeAssigned:
    """The family's programme was put together."""

    assigned_on: date
    tier: str
    focus_relationships: tuple[FocusRelationship, ...] = ()


@heard("SessionScheduled")
class SessionScheduled:
    """A session was booked."""

    at: datetime


@heard("SessionHeld")
class SessionHeld:
    """A session took place."""

    held_on: date
    kind: str
    modality: str
    attend_status: str
    is_treatment: bool


@heard("SessionNotHeld")
class SessionNotHeld:
    """A booked session did not take place."""

    on: date
    attend_status: str


@heard("Discharged")
class Discharged:
    """The case was closed by the intervention service."""

    discharged_on: date
    reason: str = ""


@heard("TaskRaised")
class TaskRaised:
    """Somebody has to do something."""

    kind: str = ""
    due_on: date | None = None


@heard("TaskDone")
class TaskDone:
    """It was done."""

    on: date


CLASSES: tuple[type, ...] = (
    ReferralReceived,
    CaseReferenceLinked,
    ReferralAccepted,
    ReferralDeclined,
    ReferralWithdrawn,
    InfantBorn,
    AssessmentRequested,
    AssessmentOffered,
    AssessmentStarted,
    MeasureRecorded,
    SafetyConcernRaised,
    AssessmentCompleted,
    AssessmentAbandoned,
    EpisodeOpened,
    ProgrammeAssigned,
    SessionScheduled,
    SessionHeld,
    SessionNotHeld,
    Discharged,
    TaskRaised,
    TaskDone,
)
HEARD: Registry[object] = Registry(CLASSES)
"""A type that is not here is unknown: kept as it is, and folded after the upgrade that knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Recorded[object]):
    """One heard event with what reporting needs of its envelope."""

    team_id: str
