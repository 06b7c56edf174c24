"""What the assessment service says. Names and versions stand on the wire for ever."""

from datetime import date, datetime
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from services.assessment.codes import (
    AbandonReason,
    Complexity,
    FormulationConcern,
    InfantExperience,
    NeedLevel,
    ObservationMethod,
    OwnerRole,
    ReassessmentReason,
    Recommendation,
    SafetyAction,
    SafetyKind,
    Service,
    Strength,
    TargetCode,
    TaskKind,
)
from services.assessment.finding_events import (
    AssessmentCompleted,
    MeasureRecorded,
    ObservationRecorded,
    SafetyConcernRaised,
)
from services.assessment.measure_codes import Band, MeasureCode, Rater, SubjectKind, Timepoint
from services.assessment.record_events import SubjectErasureAcknowledged, TargetBreached, TaskDone, TaskRaised
from services.assessment.values import AssessmentNo, Practitioners, RatedRelationship, Relationship
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Version
from shared.kernel.values import event

__all__ = [
    "COMPUTED",
    "EXAMPLES",
    "REGISTRY",
    "AssessmentAbandoned",
    "AssessmentCompleted",
    "AssessmentOffered",
    "AssessmentRequested",
    "AssessmentStarted",
    "Event",
    "MeasureRecorded",
    "ObservationRecorded",
    "ReassessmentRequested",
    "SafetyConcernRaised",
    "SubjectErasureAcknowledged",
    "TargetBreached",
    "TaskDone",
    "TaskRaised",
    "occurred",
]


@event("AssessmentRequested", 1)
class AssessmentRequested:
    """The accepted family is to be offered an assessment by `due_on` (rule P2).

    Said again it reopens one abandoned, or moves `due_on` when the acceptance was corrected.
    """

    due_on: CivilDate
    targets_version: Version | None = None


@event("ReassessmentRequested", 1)
class ReassessmentRequested:
    """A family whose assessment was completed or abandoned is to be assessed again; what was found before stays."""

    assessment_no: AssessmentNo
    requested_on: CivilDate
    due_on: CivilDate
    reason: ReassessmentReason
    targets_version: Version


@event("AssessmentOffered", 1)
class AssessmentOffered:
    """An appointment was offered on `offer_on` for `appt_on`."""

    assessment_no: AssessmentNo = 1
    offer_on: CivilDate
    appt_on: CivilDate


@event("AssessmentStarted", 1)
class AssessmentStarted:
    """The assessment began: a contact with the family."""

    assessment_no: AssessmentNo = 1
    on: CivilDate
    practitioners: Practitioners = ()
    """Who assesses; empty: not said."""


@event("AssessmentAbandoned", 1)
class AssessmentAbandoned:
    """The assessment ended without a result."""

    assessment_no: AssessmentNo = 1
    on: CivilDate
    reason: AbandonReason


Requested = AssessmentRequested | ReassessmentRequested
Event = (
    Requested
    | AssessmentOffered
    | AssessmentStarted
    | MeasureRecorded
    | ObservationRecorded
    | SafetyConcernRaised
    | AssessmentCompleted
    | AssessmentAbandoned
    | TaskRaised
    | TaskDone
    | TargetBreached
    | SubjectErasureAcknowledged
)

COMPUTED: dict[str, frozenset[str]] = {
    "ReassessmentRequested": frozenset({"assessment_no", "due_on", "targets_version"}),
    "AssessmentOffered": frozenset({"assessment_no"}),
    "AssessmentStarted": frozenset({"assessment_no"}),
    "MeasureRecorded": frozenset({"measure_version", "band", "warnings"}),
    "AssessmentCompleted": frozenset({"assessment_no", "warnings"}),
    "AssessmentAbandoned": frozenset({"assessment_no"}),
}
"""Members of an event that only the service fills in; which assessment an act belongs to follows from its date."""

REGISTRY: Registry[Event] = Registry(
    [
        AssessmentRequested,
        ReassessmentRequested,
        AssessmentOffered,
        AssessmentStarted,
        MeasureRecorded,
        ObservationRecorded,
        SafetyConcernRaised,
        AssessmentCompleted,
        AssessmentAbandoned,
        TaskRaised,
        TaskDone,
        TargetBreached,
        SubjectErasureAcknowledged,
    ]
)


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case AssessmentRequested() | TaskRaised() | TargetBreached() | SubjectErasureAcknowledged():
            return None
        case ReassessmentRequested():
            return event.requested_on
        case AssessmentOffered():
            return event.offer_on
        case AssessmentStarted() | AssessmentAbandoned() | TaskDone() | ObservationRecorded():
            return event.on
        case MeasureRecorded() | AssessmentCompleted():
            return event.completed_on
        case SafetyConcernRaised():
            return event.raised_on
    assert_never(event)


_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")
_TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f01")

EXAMPLES: dict[str, Event] = {
    "AssessmentRequested": AssessmentRequested(due_on=date(2025, 4, 2), targets_version="default-1"),
    "ReassessmentRequested": ReassessmentRequested(
        assessment_no=2,
        requested_on=date(2025, 9, 8),
        due_on=date(2025, 10, 6),
        reason=ReassessmentReason.PLACEMENT_CHANGE,
        targets_version="default-1",
    ),
    "AssessmentOffered": AssessmentOffered(offer_on=date(2025, 3, 7), appt_on=date(2025, 3, 17)),
    "AssessmentStarted": AssessmentStarted(on=date(2025, 3, 17), practitioners=(_PRACTITIONER,)),
    "MeasureRecorded": MeasureRecorded(
        measure_code=MeasureCode.PHQ_9,
        measure_version="registry-1",
        subject_kind=SubjectKind.CAREGIVER,
        subject_ref=_CAREGIVER,
        rater=Rater.SELF,
        completed_on=date(2025, 3, 17),
        total=Decimal(14),
        subscales={},
        band=Band.MODERATE,
        safety_item_flag=False,
        timepoint=Timepoint.BASELINE,
    ),
    "ObservationRecorded": ObservationRecorded(
        observation_id=UUID("0192f0c4-0000-7000-8000-00000000000b"),
        method=ObservationMethod.FREE_PLAY,
        infant_id=_INFANT,
        on=date(2025, 3, 24),
        practitioners=(_PRACTITIONER,),
        experience=(InfantExperience.WATCHFUL, InfantExperience.TURNS_AWAY),
    ),
    "SafetyConcernRaised": SafetyConcernRaised(
        raised_on=date(2025, 3, 17),
        kind=SafetyKind.SELF_HARM_OR_SUICIDE,
        action=SafetyAction.SAFETY_PLAN,
        by_when=date(2025, 3, 18),
        subject_ref=_CAREGIVER,
    ),
    "AssessmentCompleted": AssessmentCompleted(
        assessment_id=UUID("0192f0c4-0000-7000-8000-000000000009"),
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
    "AssessmentAbandoned": AssessmentAbandoned(on=date(2025, 3, 20), reason=AbandonReason.FAMILY_WITHDREW),
    "TaskRaised": TaskRaised(
        task_id=_TASK,
        kind=TaskKind.REVIEW_VOIDED_ACCEPTANCE,
        due_on=date(2025, 4, 22),
        owner_role=OwnerRole.TEAM_LEAD,
        about=UUID("0192f0c4-0000-7000-8000-00000000000a"),
    ),
    "TaskDone": TaskDone(task_id=_TASK, on=date(2025, 4, 22)),
    "TargetBreached": TargetBreached(
        target_code=TargetCode.OFFER_ASSESSMENT, due_on=date(2025, 4, 2), owner_role=OwnerRole.TEAM_LEAD
    ),
    "SubjectErasureAcknowledged": SubjectErasureAcknowledged(subject_ref=_CAREGIVER, service=Service.ASSESSMENT),
}
"""One synthetic event for each name."""
