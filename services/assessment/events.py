"""What the assessment service says. Names and versions stand on the wire for ever."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, assert_never
from uuid import UUID

from services.assessment.codes import (
    AbandonReason,
    Band,
    Complexity,
    MeasureCode,
    MeasureWarning,
    NeedLevel,
    OwnerRole,
    Rater,
    ReasonNotMeasured,
    Recommendation,
    SafetyAction,
    SafetyKind,
    Strength,
    SubjectKind,
    TaskKind,
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
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Len, Score, Version
from shared.kernel.values import event


@event("AssessmentRequested", 1)
class AssessmentRequested:
    """The accepted family is to be offered an assessment by `due_on` (rule P2); said again it reopens one abandoned."""

    due_on: CivilDate


@event("AssessmentOffered", 1)
class AssessmentOffered:
    """An appointment was offered on `offer_on` for `appt_on`."""

    offer_on: CivilDate
    appt_on: CivilDate


@event("AssessmentStarted", 1)
class AssessmentStarted:
    """The assessment began: a contact with the family."""

    on: CivilDate


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
    total: Score
    subscales: Annotated[Mapping[SubscaleCode, Score], Len(0, 16)]
    band: Band | None = None
    safety_item_flag: bool
    timepoint: Timepoint
    warnings: Annotated[tuple[MeasureWarning, ...], Len(0, 1)] = ()


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
    """The family was assessed, with at least one focus relationship and a recommendation."""

    assessment_id: UUID
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


@event("AssessmentAbandoned", 1)
class AssessmentAbandoned:
    """The assessment ended without a result."""

    on: CivilDate
    reason: AbandonReason


@event("TaskRaised", 1)
class TaskRaised:
    """A person must look at something; `about` is the event that caused it."""

    task_id: UUID
    kind: TaskKind
    due_on: CivilDate
    owner_role: OwnerRole
    about: UUID


@event("TaskDone", 1)
class TaskDone:
    """A person has looked at it."""

    task_id: UUID
    on: CivilDate


Event = (
    AssessmentRequested
    | AssessmentOffered
    | AssessmentStarted
    | MeasureRecorded
    | SafetyConcernRaised
    | AssessmentCompleted
    | AssessmentAbandoned
    | TaskRaised
    | TaskDone
)

COMPUTED: dict[str, frozenset[str]] = {"MeasureRecorded": frozenset({"measure_version", "band", "warnings"})}
"""Members of an event that only the service fills in."""

REGISTRY: Registry[Event] = Registry(
    [
        AssessmentRequested,
        AssessmentOffered,
        AssessmentStarted,
        MeasureRecorded,
        SafetyConcernRaised,
        AssessmentCompleted,
        AssessmentAbandoned,
        TaskRaised,
        TaskDone,
    ]
)


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case AssessmentRequested() | TaskRaised():
            return None
        case AssessmentOffered():
            return event.offer_on
        case AssessmentStarted() | AssessmentAbandoned() | TaskDone():
            return event.on
        case MeasureRecorded() | AssessmentCompleted():
            return event.completed_on
        case SafetyConcernRaised():
            return event.raised_on
    assert_never(event)


_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f01")

EXAMPLES: dict[str, Event] = {
    "AssessmentRequested": AssessmentRequested(due_on=date(2025, 4, 2)),
    "AssessmentOffered": AssessmentOffered(offer_on=date(2025, 3, 7), appt_on=date(2025, 3, 17)),
    "AssessmentStarted": AssessmentStarted(on=date(2025, 3, 17)),
    "MeasureRecorded": MeasureRecorded(
        measure_code=MeasureCode.PHQ_9,
        measure_version="default-1",
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
        need_level=NeedLevel.SPECIALIST,
        severity=3,
        complexity=(Complexity.CAREGIVER_TRAUMA,),
        duration_months=4,
        strengths=(Strength.MOTIVATION, Strength.SUPPORT_NETWORK),
        recommendation=Recommendation.PROGRAMME,
        contacts_used=3,
        measures_baseline=(MeasureCode.PHQ_9,),
    ),
    "AssessmentAbandoned": AssessmentAbandoned(on=date(2025, 3, 20), reason=AbandonReason.ADMINISTRATIVE_ERROR),
    "TaskRaised": TaskRaised(
        task_id=_TASK,
        kind=TaskKind.REVIEW_VOIDED_ACCEPTANCE,
        due_on=date(2025, 4, 22),
        owner_role=OwnerRole.TEAM_LEAD,
        about=UUID("0192f0c4-0000-7000-8000-00000000000a"),
    ),
    "TaskDone": TaskDone(task_id=_TASK, on=date(2025, 4, 22)),
}
"""One synthetic event for each name."""
