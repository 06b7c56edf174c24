"""What reporting hears from the assessment service; of each event only the fields used."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.reporting.heard_common import FocusRelationship
from shared.kernel.values import heard


@heard("AssessmentRequested")
class AssessmentRequested:
    """An accepted referral waits for an offer of assessment."""

    due_on: date


@heard("AssessmentOffered")
class AssessmentOffered:
    """An assessment appointment was offered."""

    offer_on: date
    appt_on: date | None = None
    assessment_no: int = 1


@heard("AssessmentStarted")
class AssessmentStarted:
    """The assessment began."""

    on: date
    practitioners: tuple[UUID, ...] = ()
    assessment_no: int = 1


@heard("MeasureRecorded")
class MeasureRecorded:
    """A measure was completed."""

    measure_code: str
    subject_kind: str = ""
    subject_ref: UUID | None = None
    relationship_ref: FocusRelationship | None = None
    rater: str = ""
    completed_on: date
    total: Decimal
    band: str | None = None
    timepoint: str = ""
    safety_item_flag: bool = False


@heard("SafetyConcernRaised")
class SafetyConcernRaised:
    """Somebody may not be safe; its kind is for the deciding service."""

    raised_on: date | None = None
    subject_ref: UUID | None = None


@heard("ObservationRecorded")
class ObservationRecorded:
    """How the baby was seen; what was seen is sealed."""

    on: date | None = None


@heard("ReassessmentRequested")
class ReassessmentRequested:
    """The family is to be assessed once more."""

    requested_on: date
    due_on: date
    assessment_no: int


@heard("AssessmentCompleted")
class AssessmentCompleted:
    """The assessment ended with a recommendation."""

    completed_on: date
    recommendation: str
    need_level: str | None = None
    focus_relationships: tuple[FocusRelationship, ...] = ()
    complexity: tuple[str, ...] = ()
    assessment_no: int = 1


@heard("AssessmentAbandoned")
class AssessmentAbandoned:
    """The assessment ended without a result."""

    on: date
    assessment_no: int = 1


CLASSES: tuple[type, ...] = (
    AssessmentRequested,
    AssessmentOffered,
    AssessmentStarted,
    MeasureRecorded,
    ObservationRecorded,
    SafetyConcernRaised,
    ReassessmentRequested,
    AssessmentCompleted,
    AssessmentAbandoned,
)
