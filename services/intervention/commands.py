"""What the intervention service may be asked; the last group only its own rules ask."""

from datetime import UTC, date, datetime
from typing import Annotated
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
    Partner,
    SessionKind,
    Setting,
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
from shared.kernel.fields import CivilDate, Instant, Len
from shared.kernel.values import value


@value
class AssignProgramme:
    """Give the family its programme; `programme_id` is derived from the case unless given."""

    programme_id: UUID | None = None
    assigned_on: CivilDate
    tier: Tier
    components: Components
    focus_relationships: Relationships
    goals: Goals = ()
    lead_practitioner_id: UUID
    care_plan_agreed_on: CivilDate | None = None
    agreed_by: Annotated[tuple[AgreedBy, ...], Len(0, 4)] = ()


@value
class ScheduleSession:
    """Plan a session."""

    session_id: UUID
    at: Instant
    duration_min: DurationMin
    kind: SessionKind
    modality: Modality
    setting: Setting


@value
class HoldSession:
    """Note that a session took place."""

    session_id: UUID
    held_on: CivilDate
    started_at: Instant | None = None
    duration_min: DurationMin
    kind: SessionKind
    component_code: ComponentCode | None = None
    modality: Modality
    setting: Setting
    attend_status: Attended
    infants_present: Members = ()
    caregivers_present: Members = ()
    practitioners: Practitioners
    interpreter: bool = False
    joint_with: Annotated[tuple[Partner, ...], Len(0, 8)] = ()
    is_treatment: bool


@value
class MissSession:
    """Note that a session did not take place."""

    session_id: UUID
    on: CivilDate
    attend_status: NotAttended
    cancelled_on: CivilDate | None = None
    by: NotHeldBy
    reason: NotHeldReason
    rebook: bool


@value
class Discharge:
    """Close the case."""

    discharged_on: CivilDate
    reason: DischargeReason
    planned: bool
    destination: Annotated[tuple[Partner, ...], Len(0, 8)] = ()


@value
class FinishTask:
    """Note that a task is done."""

    task_id: UUID
    on: CivilDate


@value
class OpenEpisode:
    """Rule P2: the referral was accepted on `on`."""

    on: CivilDate


@value
class MoveOpening:
    """The acceptance was corrected to `on`: an earlier date opens the episode earlier."""

    on: CivilDate


@value
class RaiseProgrammeTask:
    """Rule P3: the assessment completed on `on` recommends a programme; `cause` said so."""

    on: CivilDate
    cause: UUID


@value
class DischargeAfterAssessment:
    """Rule P3: the assessment completed on `on` recommends no programme; `cause` said so."""

    on: CivilDate
    cause: UUID


@value
class FollowReopening:
    """Rule P3 again, for what the assessment said while the episode was closed in error; `cause` reopened it."""

    on: CivilDate
    cause: UUID
    programme: bool


@value
class CloseAfterWithdrawal:
    """Rule P4: the accepted referral was withdrawn on `on`."""

    on: CivilDate


@value
class CloseAfterVoidedAcceptance:
    """The acceptance behind this episode was taken back on `on` by the event `cause` (domain 6.5)."""

    on: CivilDate
    cause: UUID


@value
class ReviewReferralVoid:
    """Something of the referral was taken back on `on` by the event `cause`, and the acceptance stands."""

    on: CivilDate
    cause: UUID
    withdrawn: bool
    """Whether a withdrawal still stands."""


@value
class ReviewAssessment:
    """What the assessment says was taken back or changed on `on` by the event `cause`."""

    on: CivilDate
    cause: UUID
    programme: bool | None
    """Whether what stands now recommends a programme; None if no completion stands."""


Posted = AssignProgramme | ScheduleSession | HoldSession | MissSession | Discharge | FinishTask
Ruled = (
    OpenEpisode
    | MoveOpening
    | RaiseProgrammeTask
    | DischargeAfterAssessment
    | FollowReopening
    | CloseAfterWithdrawal
    | CloseAfterVoidedAcceptance
    | ReviewReferralVoid
    | ReviewAssessment
)
Command = Posted | Ruled

COMMANDS: dict[str, type] = {
    "ProgrammeAssigned": AssignProgramme,
    "SessionScheduled": ScheduleSession,
    "SessionHeld": HoldSession,
    "SessionNotHeld": MissSession,
    "Discharged": Discharge,
    "TaskDone": FinishTask,
}
"""The command that a posted event type asks for; what is not listed only the service itself says."""

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")
_SESSION = UUID("0192f0c4-0000-7000-8000-000000000005")

EXAMPLES: dict[str, Command] = {
    "ProgrammeAssigned": AssignProgramme(
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
    ),
    "SessionScheduled": ScheduleSession(
        session_id=_SESSION,
        at=datetime(2025, 4, 29, 9, 0, tzinfo=UTC),
        duration_min=60,
        kind=SessionKind.THERAPY_DYADIC,
        modality=Modality.FACE_TO_FACE,
        setting=Setting.HOME,
    ),
    "SessionHeld": HoldSession(
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
    "SessionNotHeld": MissSession(
        session_id=UUID("0192f0c4-0000-7000-8000-000000000007"),
        on=date(2025, 5, 6),
        attend_status=NotAttended.CANCELLED_BY_FAMILY,
        cancelled_on=date(2025, 5, 5),
        by=NotHeldBy.FAMILY,
        reason=NotHeldReason.INFANT_ILL,
        rebook=True,
    ),
    "Discharged": Discharge(
        discharged_on=date(2025, 8, 19),
        reason=DischargeReason.PLANNED_COMPLETED,
        planned=True,
        destination=(Partner.HEALTH_VISITING,),
    ),
    "TaskDone": FinishTask(task_id=UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f02"), on=date(2025, 4, 22)),
}
"""One synthetic request for each type that may be posted."""
