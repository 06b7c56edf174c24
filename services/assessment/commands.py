"""What the assessment service may be asked; the `Ruled` ones only its own rules and deadlines ask."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from services.assessment.codes import (
    AbandonReason,
    Complexity,
    FormulationConcern,
    InfantExperience,
    NeedLevel,
    ObservationMethod,
    OwnerRole,
    ReasonNotMeasured,
    ReassessmentReason,
    Recommendation,
    SafetyAction,
    SafetyKind,
    Strength,
    TargetCode,
)
from services.assessment.measure_codes import MeasureCode, Rater, SubjectKind, Timepoint
from services.assessment.values import (
    Baseline,
    Complexities,
    Concerns,
    ContactCount,
    DurationMonths,
    Experiences,
    FocusRelationships,
    Practitioners,
    RatedRelationship,
    Relationship,
    RelationshipRating,
    RelationshipRatings,
    Severity,
    Strengths,
    SubscaleCode,
    Total,
)
from shared.kernel.fields import CivilDate, Len, Version
from shared.kernel.values import value


@value
class OfferAssessment:
    """Note that an appointment was offered."""

    offer_on: CivilDate
    appt_on: CivilDate


@value
class StartAssessment:
    """Note that the assessment began, and who assesses."""

    on: CivilDate
    practitioners: Practitioners = ()


@value
class RecordMeasure:
    """Record a measure's result; version, band and warnings are computed.

    `safety_item_flag` (EPDS item 10, PHQ-9 item 9 above 0) must be said for a measure that has such an item.
    """

    measure_code: MeasureCode
    subject_kind: SubjectKind
    subject_ref: UUID | None = None
    relationship_ref: Relationship | None = None
    rater: Rater
    completed_on: CivilDate
    total: Total
    subscales: Annotated[Mapping[SubscaleCode, Total] | None, Len(0, 16)] = None
    safety_item_flag: bool | None = None
    timepoint: Timepoint


@value
class RecordObservation:
    """Note that an infant was observed; `observation_id` tells two on one day apart."""

    observation_id: UUID
    method: ObservationMethod
    infant_id: UUID
    on: CivilDate
    practitioners: Practitioners = ()
    experience: Experiences = ()


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


@value
class AbandonAssessment:
    """End the assessment without a result."""

    on: CivilDate
    reason: AbandonReason


@value
class RequestReassessment:
    """Ask for another assessment of a family whose last one was completed or abandoned before `requested_on`."""

    requested_on: CivilDate
    reason: ReassessmentReason


@value
class FinishTask:
    """Note that a task is done."""

    task_id: UUID
    on: CivilDate


@value
class RequestAssessment:
    """Rule P2: offer the accepted family an assessment by `due_on`, the target of the team's version."""

    due_on: CivilDate
    targets_version: Version


@value
class MoveRequest:
    """The acceptance was corrected: the offer is due on another day, if none was made yet."""

    due_on: CivilDate
    targets_version: Version


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


@value
class RecordBreach:
    """A deadline rang: record it, if it still stands."""

    target_code: TargetCode
    due_on: CivilDate
    owner_role: OwnerRole


@value
class AcknowledgeErasure:
    """The person was erased in the referral service: destroy this service's keys too."""

    subject_ref: UUID


Posted = (
    OfferAssessment
    | StartAssessment
    | RecordMeasure
    | RecordObservation
    | RaiseSafetyConcern
    | CompleteAssessment
    | AbandonAssessment
    | RequestReassessment
    | FinishTask
)
Ruled = (
    RequestAssessment
    | MoveRequest
    | CloseAfterVoidedAcceptance
    | ReviewRestoredAcceptance
    | RecordBreach
    | AcknowledgeErasure
)
Command = Posted | Ruled

COMMANDS: dict[str, type] = {
    "AssessmentOffered": OfferAssessment,
    "AssessmentStarted": StartAssessment,
    "MeasureRecorded": RecordMeasure,
    "ObservationRecorded": RecordObservation,
    "SafetyConcernRaised": RaiseSafetyConcern,
    "AssessmentCompleted": CompleteAssessment,
    "AssessmentAbandoned": AbandonAssessment,
    "ReassessmentRequested": RequestReassessment,
    "TaskDone": FinishTask,
}
"""The command that a posted event type asks for; what is not listed only the service itself says."""

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")

EXAMPLES: dict[str, Command] = {
    "AssessmentOffered": OfferAssessment(offer_on=date(2025, 3, 7), appt_on=date(2025, 3, 17)),
    "AssessmentStarted": StartAssessment(on=date(2025, 3, 17), practitioners=(_PRACTITIONER,)),
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
    "ObservationRecorded": RecordObservation(
        observation_id=UUID("0192f0c4-0000-7000-8000-00000000000b"),
        method=ObservationMethod.FREE_PLAY,
        infant_id=_INFANT,
        on=date(2025, 3, 24),
        practitioners=(_PRACTITIONER,),
        experience=(InfantExperience.WATCHFUL, InfantExperience.TURNS_AWAY),
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
        relationship_ratings=(
            RatedRelationship(
                infant_id=_INFANT, caregiver_ids=(_CAREGIVER,), measure=MeasureCode.PIR_GAS, value=Decimal(55)
            ),
        ),
        need_level=NeedLevel.SPECIALIST,
        severity=3,
        complexity=(Complexity.CAREGIVER_TRAUMA,),
        duration_months=4,
        strengths=(Strength.MOTIVATION, Strength.SUPPORT_NETWORK),
        concerns=(FormulationConcern.BONDING_DIFFICULTY,),
        recommendation=Recommendation.PROGRAMME,
        contacts_used=3,
        measures_baseline=(MeasureCode.PHQ_9,),
    ),
    "AssessmentAbandoned": AbandonAssessment(on=date(2025, 3, 20), reason=AbandonReason.FAMILY_WITHDREW),
    "ReassessmentRequested": RequestReassessment(
        requested_on=date(2025, 9, 8), reason=ReassessmentReason.PLACEMENT_CHANGE
    ),
    "TaskDone": FinishTask(task_id=UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f01"), on=date(2025, 4, 22)),
}
"""One synthetic request for each type that may be posted."""
