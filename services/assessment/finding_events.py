"""What is found in an assessment: measures, observations, safety concerns, the result."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from services.assessment.codes import (
    CompletionWarning,
    NeedLevel,
    ObservationMethod,
    ReasonNotMeasured,
    Recommendation,
    SafetyAction,
    SafetyKind,
)
from services.assessment.measure_codes import MeasureCode, MeasureWarning, Rater, SubjectKind, Timepoint
from services.assessment.values import (
    AssessmentNo,
    BandCode,
    Baseline,
    Complexities,
    Concerns,
    ContactCount,
    DurationMonths,
    Experiences,
    FocusRelationships,
    Practitioners,
    Relationship,
    RelationshipRating,
    RelationshipRatings,
    Severity,
    Strengths,
    SubscaleCode,
    Total,
)
from shared.kernel.fields import CivilDate, Len, Version
from shared.kernel.values import event


@event("MeasureRecorded", 1)
class MeasureRecorded:
    """A measure was taken. `subject_ref` is an infant, caregiver or goal; a relationship has `relationship_ref`.

    `warnings` says what was odd by what was known when it was recorded; a birth heard of later adds none.
    """

    measure_code: MeasureCode
    measure_version: Version
    subject_kind: SubjectKind
    subject_ref: UUID | None = None
    relationship_ref: Relationship | None = None
    rater: Rater
    completed_on: CivilDate
    total: Total
    subscales: Annotated[Mapping[SubscaleCode, Total], Len(0, 16)]
    band: BandCode | None = None
    safety_item_flag: bool
    timepoint: Timepoint
    warnings: Annotated[tuple[MeasureWarning, ...], Len(0, 1)] = ()


@event("ObservationRecorded", 1)
class ObservationRecorded:
    """An infant was observed (NBO, NBAS, play, a feed): no score; the note itself is sealed (statement S44)."""

    observation_id: UUID
    method: ObservationMethod
    infant_id: UUID
    on: CivilDate
    practitioners: Practitioners = ()
    experience: Experiences = ()


@event("SafetyConcernRaised", 1)
class SafetyConcernRaised:
    """Somebody may be unsafe, and what is done about it by when; without `subject_ref` it is about the whole family."""

    raised_on: CivilDate
    kind: SafetyKind
    action: SafetyAction
    by_when: CivilDate
    subject_ref: UUID | None = None


@event("AssessmentCompleted", 1)
class AssessmentCompleted:
    """The family was assessed, with at least one focus relationship and a recommendation.

    Severity, complexity and duration are the reason for the tier (statement S12).
    """

    assessment_id: UUID
    assessment_no: AssessmentNo = 1
    completed_on: CivilDate
    focus_relationships: FocusRelationships
    relationship_rating: RelationshipRating | None = None
    relationship_ratings: RelationshipRatings = ()
    need_level: NeedLevel
    severity: Severity | None = None
    complexity: Complexities = ()
    duration_months: DurationMonths | None = None
    strengths: Strengths = ()
    concerns: Concerns = ()
    recommendation: Recommendation
    contacts_used: ContactCount
    measures_baseline: Baseline = ()
    reason_not_measured: ReasonNotMeasured | None = None
    warnings: Annotated[tuple[CompletionWarning, ...], Len(0, 1)] = ()
