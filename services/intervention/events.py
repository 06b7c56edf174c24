"""What the intervention service says. Names and versions stand on the wire for ever."""

from datetime import UTC, date, datetime
from typing import Annotated, assert_never
from uuid import UUID

from services.intervention.codes import (
    AgreedBy,
    Attended,
    ComponentKind,
    DischargeReason,
    Discipline,
    GoalDomain,
    GoalRater,
    Modality,
    NotAttended,
    NotHeldBy,
    NotHeldReason,
    OutcomeBand,
    OwnerRole,
    Partner,
    SessionKind,
    Setting,
    Stage,
    TaskKind,
    Tier,
)
from services.intervention.values import (
    Component,
    ComponentCode,
    Components,
    DurationMin,
    Goal,
    Goals,
    Members,
    Practitioner,
    Practitioners,
    Relationship,
    Relationships,
)
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Instant, Interval, Len, Version
from shared.kernel.values import event

HeldCount = Annotated[int, Interval(ge=0, le=1000)]


@event("EpisodeOpened", 1)
class EpisodeOpened:
    """The accepted family's episode is open from `on` (rule P2).

    Said again it removes a discharge as administrative error before it (the referral was accepted anew); the earliest
    `on` holds.
    """

    on: CivilDate


@event("ProgrammeAssigned", 1)
class ProgrammeAssigned:
    """The family has its own programme: components from the team's catalogue, goals, a lead practitioner."""

    programme_id: UUID
    assigned_on: CivilDate
    tier: Tier
    components: Components
    focus_relationships: Relationships
    goals: Goals = ()
    lead_practitioner_id: UUID
    care_plan_agreed_on: CivilDate | None = None
    agreed_by: Annotated[tuple[AgreedBy, ...], Len(0, 4)] = ()
    catalogue_version: Version


@event("SessionScheduled", 1)
class SessionScheduled:
    """A session is planned for `at`."""

    session_id: UUID
    at: Instant
    duration_min: DurationMin
    kind: SessionKind
    modality: Modality
    setting: Setting


@event("SessionHeld", 1)
class SessionHeld:
    """A session took place. Whether it was treatment is the practitioner's word, not the kind's."""

    session_id: UUID
    held_on: CivilDate
    started_at: Instant | None = None
    duration_min: DurationMin
    kind: SessionKind
    component_code: ComponentCode | None = None
    modality: Modality
    setting: Setting
    attend_status: Attended
    infants_present: Members
    caregivers_present: Members
    practitioners: Practitioners
    interpreter: bool = False
    joint_with: Annotated[tuple[Partner, ...], Len(0, 8)] = ()
    is_treatment: bool


@event("SessionNotHeld", 1)
class SessionNotHeld:
    """A session did not take place; a baby is not brought rather than does not attend."""

    session_id: UUID
    on: CivilDate
    attend_status: NotAttended
    cancelled_on: CivilDate | None = None
    by: NotHeldBy
    reason: NotHeldReason
    rebook: bool


@event("Discharged", 1)
class Discharged:
    """The case is closed. Stage, outcome and the count of sessions are computed."""

    discharged_on: CivilDate
    reason: DischargeReason
    planned: bool
    stage_at_discharge: Stage
    destination: Annotated[tuple[Partner, ...], Len(0, 8)] = ()
    outcome_band: OutcomeBand
    sessions_held: HeldCount


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
    """A person has looked at it, or what it asked for is done."""

    task_id: UUID
    on: CivilDate


Event = (
    EpisodeOpened
    | ProgrammeAssigned
    | SessionScheduled
    | SessionHeld
    | SessionNotHeld
    | Discharged
    | TaskRaised
    | TaskDone
)

COMPUTED: dict[str, frozenset[str]] = {
    "ProgrammeAssigned": frozenset({"catalogue_version"}),
    "Discharged": frozenset({"stage_at_discharge", "outcome_band", "sessions_held"}),
}
"""Members of an event that only the service fills in."""

REGISTRY: Registry[Event] = Registry(
    [
        EpisodeOpened,
        ProgrammeAssigned,
        SessionScheduled,
        SessionHeld,
        SessionNotHeld,
        Discharged,
        TaskRaised,
        TaskDone,
    ]
)


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case EpisodeOpened() | TaskDone():
            return event.on
        case ProgrammeAssigned():
            return event.assigned_on
        case SessionHeld():
            return event.started_at or event.held_on
        case Discharged():
            return event.discharged_on
        case SessionNotHeld():
            return event.cancelled_on or event.on
        case SessionScheduled() | TaskRaised():
            return None
    assert_never(event)


_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")
_SESSION = UUID("0192f0c4-0000-7000-8000-000000000005")
_TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f02")

EXAMPLES: dict[str, Event] = {
    "EpisodeOpened": EpisodeOpened(on=date(2025, 3, 5)),
    "ProgrammeAssigned": ProgrammeAssigned(
        programme_id=UUID("0192f0c4-0000-7000-8000-000000000008"),
        assigned_on=date(2025, 4, 22),
        tier=Tier.SPECIALIST,
        components=(
            Component(component_code="VIG", kind=ComponentKind.EVIDENCE_BASED, planned_sessions=8, frequency_days=7),
        ),
        focus_relationships=(Relationship(infant_id=_INFANT, caregiver_ids=(_CAREGIVER,)),),
        goals=(
            Goal(
                goal_id=UUID("0192f0c4-0000-7000-8000-000000000006"),
                domain=GoalDomain.CAPACITY,
                rater=GoalRater.CAREGIVER,
                baseline=3,
            ),
        ),
        lead_practitioner_id=_PRACTITIONER,
        care_plan_agreed_on=date(2025, 4, 22),
        agreed_by=(AgreedBy.CAREGIVER, AgreedBy.PRACTITIONER),
        catalogue_version="default-1",
    ),
    "SessionScheduled": SessionScheduled(
        session_id=_SESSION,
        at=datetime(2025, 4, 29, 9, 0, tzinfo=UTC),
        duration_min=60,
        kind=SessionKind.THERAPY_DYADIC,
        modality=Modality.FACE_TO_FACE,
        setting=Setting.HOME,
    ),
    "SessionHeld": SessionHeld(
        session_id=_SESSION,
        held_on=date(2025, 4, 29),
        started_at=datetime(2025, 4, 29, 9, 5, tzinfo=UTC),
        duration_min=55,
        kind=SessionKind.THERAPY_DYADIC,
        component_code="VIG",
        modality=Modality.FACE_TO_FACE,
        setting=Setting.HOME,
        attend_status=Attended.ON_TIME,
        infants_present=(_INFANT,),
        caregivers_present=(_CAREGIVER,),
        practitioners=(Practitioner(id=_PRACTITIONER, discipline=Discipline.PARENT_INFANT_PSYCHOTHERAPIST),),
        is_treatment=True,
    ),
    "SessionNotHeld": SessionNotHeld(
        session_id=UUID("0192f0c4-0000-7000-8000-000000000007"),
        on=date(2025, 5, 6),
        attend_status=NotAttended.CANCELLED_BY_FAMILY,
        cancelled_on=date(2025, 5, 5),
        by=NotHeldBy.FAMILY,
        reason=NotHeldReason.INFANT_ILL,
        rebook=True,
    ),
    "Discharged": Discharged(
        discharged_on=date(2025, 8, 19),
        reason=DischargeReason.PLANNED_COMPLETED,
        planned=True,
        stage_at_discharge=Stage.SESSIONS,
        destination=(Partner.HEALTH_VISITING,),
        outcome_band=OutcomeBand.IMPROVED,
        sessions_held=12,
    ),
    "TaskRaised": TaskRaised(
        task_id=_TASK,
        kind=TaskKind.ASSIGN_PROGRAMME,
        due_on=date(2025, 4, 28),
        owner_role=OwnerRole.TEAM_LEAD,
        about=UUID("0192f0c4-0000-7000-8000-00000000000b"),
    ),
    "TaskDone": TaskDone(task_id=_TASK, on=date(2025, 4, 22)),
}
"""One synthetic event for each name."""
