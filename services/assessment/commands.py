"""What the assessment service may be asked; the last three only its own rules ask."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from services.assessment.codes import (
    Complexity,
    MeasureCode,
    NeedLevel,
    Rater,
    ReasonNotMeasured,
    Recommendation,
    SafetyAction,
    SafetyKind,
    Strength,
    SubjectKind,
    Timepoint,
)
from services.assessment.values import (
    ContactCount,
    DurationMonths,
    Relationship,
    RelationshipRating,
    Severity,
    SubscaleCode,
)
from shared.kernel.fields import CivilDate, Len, Score
from shared.kernel.values import value


@value
class OfferAssessment:
    """Note that an appointment was offered."""

    offer_on: CivilDate
    appt_on: CivilDate


@value
class StartAssessment:
    """Note that the assessment began."""

    on: CivilDate


@value
class RecordMeasure:
    """Record a measure's result; its version and band are computed from the registry.

    `safety_item_flag` (EPDS item 10, PHQ-9 item 9 above 0) must be said for a measure that has such an item.
    """

    measure_code: MeasureCode
    subject_kind: SubjectKind
    subject_ref: UUID | None = None
    relationship_ref: Relationship | None = None
    rater: Rater
    completed_on: CivilDate
    total: Score
    subscales: Annotated[Mapping[SubscaleCode, Score] | None, Len(0, 16)] = None
    safety_item_flag: bool | None = None
    timepoint: Timepoint


@value
class RaiseSafetyConcern:
    """Raise a safety concern, with what is done about it."""

    raised_on: CivilDate
    kind: SafetyKind
    action: SafetyAction
    by_when: CivilDate
    subject_ref: UUID | None = None


@value
class CompleteAssessment:
    """Complete the assessment; `assessment_id` is derived from the case unless given."""

    assessment_id: UUID | None = None
    completed_on: CivilDate
    focus_relationships: Annotated[tuple[Relationship, ...], Len(1, 12)]
    relationship_rating: RelationshipRating | None = None
    need_level: NeedLevel
    severity: Severity | None = None
    complexity: Annotated[tuple[Complexity, ...], Len(0, 13)] = ()
    duration_months: DurationMonths | None = None
    strengths: Annotated[tuple[Strength, ...], Len(0, 8)] = ()
    recommendation: Recommendation
    contacts_used: ContactCount
    measures_baseline: Annotated[tuple[MeasureCode, ...], Len(0, 24)] = ()
    reason_not_measured: ReasonNotMeasured | None = None


@value
class FinishTask:
    """Note that a task is done."""

    task_id: UUID
    on: CivilDate


@value
class RequestAssessment:
    """Rule P2: offer the accepted family an assessment by `due_on`."""

    due_on: CivilDate


@value
class CloseAfterVoidedAcceptance:
    """The acceptance behind this assessment was taken back on `on` by the event `cause` (domain 6.5)."""

    on: CivilDate
    cause: UUID


@value
class ReviewRestoredAcceptance:
    """Something of the referral was taken back on `on` by the event `cause`, and the acceptance stands."""

    on: CivilDate
    cause: UUID


Posted = OfferAssessment | StartAssessment | RecordMeasure | RaiseSafetyConcern | CompleteAssessment | FinishTask
Ruled = RequestAssessment | CloseAfterVoidedAcceptance | ReviewRestoredAcceptance
Command = Posted | Ruled

COMMANDS: dict[str, type] = {
    "AssessmentOffered": OfferAssessment,
    "AssessmentStarted": StartAssessment,
    "MeasureRecorded": RecordMeasure,
    "SafetyConcernRaised": RaiseSafetyConcern,
    "AssessmentCompleted": CompleteAssessment,
    "TaskDone": FinishTask,
}
"""The command that a posted event type asks for; what is not listed only the service itself says."""

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")

EXAMPLES: dict[str, Command] = {
    "AssessmentOffered": OfferAssessment(offer_on=date(2025, 3, 7), appt_on=date(2025, 3, 17)),
    "AssessmentStarted": StartAssessment(on=date(2025, 3, 17)),
    "MeasureRecorded": RecordMeasure(
        measure_code=MeasureCode.PHQ_9,
        subject_kind=SubjectKind.CAREGIVER,
        subject_ref=_CAREGIVER,
        rater=Rater.SELF,
        completed_on=date(2025, 3, 17),
        total=Decimal(14),
        safety_item_flag=False,
        timepoint=Timepoint.BASELINE,
    ),
    "SafetyConcernRaised": RaiseSafetyConcern(
        raised_on=date(2025, 3, 17),
        kind=SafetyKind.SELF_HARM_OR_SUICIDE,
        action=SafetyAction.SAFETY_PLAN,
        by_when=date(2025, 3, 18),
        subject_ref=_CAREGIVER,
    ),
    "AssessmentCompleted": CompleteAssessment(
        completed_on=date(2025, 4, 14),
        focus_relationships=(Relationship(infant_id=_INFANT, caregiver_ids=(_CAREGIVER,)),),
        need_level=NeedLevel.SPECIALIST,
        severity=3,
        complexity=(Complexity.CAREGIVER_TRAUMA,),
        duration_months=4,
        strengths=(Strength.MOTIVATION, Strength.SUPPORT_NETWORK),
        recommendation=Recommendation.PROGRAMME,
        contacts_used=3,
        measures_baseline=(MeasureCode.PHQ_9,),
    ),
    "TaskDone": FinishTask(task_id=UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f01"), on=date(2025, 4, 22)),
}
"""One synthetic request for each type that may be posted."""
