"""One synthetic event for each name."""

from datetime import UTC, date, datetime
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
from services.intervention.course_codes import (
    DeclinedBy,
    FollowUpKind,
    FollowUpOutcome,
    LeadReason,
    MonitoringBy,
    PauseReason,
    ReopenReason,
    RevisionReason,
    Target,
    TierReason,
)
from services.intervention.course_events import (
    ActiveMonitoringEnded,
    ActiveMonitoringStarted,
    Discharged,
    EpisodeOpened,
    EpisodePaused,
    EpisodeReopened,
    EpisodeResumed,
    FollowUpRecorded,
    ProgrammeCompleted,
    TreatmentDeclined,
)
from services.intervention.programme_events import (
    GoalRated,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    ProgrammeRevised,
    TierChanged,
)
from services.intervention.session_events import SessionHeld, SessionNotHeld, SessionScheduled
from services.intervention.task_events import SubjectErasureAcknowledged, TargetBreached, TaskDone, TaskRaised
from services.intervention.values import Component, Goal, Practitioner, Relationship

_INFANT = UUID("0192f0c4-0000-7000-8000-000000000001")
_CAREGIVER = UUID("0192f0c4-0000-7000-8000-000000000002")
_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")
_COLLEAGUE = UUID("0192f0c4-0000-7000-8000-000000000009")
_SESSION = UUID("0192f0c4-0000-7000-8000-000000000005")
_GOAL = UUID("0192f0c4-0000-7000-8000-000000000006")
_TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f02")

ALL = (
    EpisodeOpened(on=date(2025, 3, 5)),
    ProgrammeAssigned(
        programme_id=UUID("0192f0c4-0000-7000-8000-000000000008"),
        assigned_on=date(2025, 4, 22),
        tier=Tier.SPECIALIST,
        components=(
            Component(component_code="VIG", kind=ComponentKind.EVIDENCE_BASED, planned_sessions=8, frequency_days=7),
        ),
        focus_relationships=(Relationship(infant_id=_INFANT, caregiver_ids=(_CAREGIVER,)),),
        goals=(
            Goal(
                goal_id=_GOAL,
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
    SessionScheduled(
        session_id=_SESSION,
        at=datetime(2025, 4, 29, 9, 0, tzinfo=UTC),
        duration_min=60,
        kind=SessionKind.THERAPY_DYADIC,
        modality=Modality.FACE_TO_FACE,
        setting=Setting.HOME,
    ),
    SessionHeld(
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
    SessionNotHeld(
        session_id=UUID("0192f0c4-0000-7000-8000-000000000007"),
        on=date(2025, 5, 6),
        attend_status=NotAttended.CANCELLED_BY_FAMILY,
        cancelled_on=date(2025, 5, 5),
        by=NotHeldBy.FAMILY,
        reason=NotHeldReason.INFANT_ILL,
        rebook=True,
    ),
    Discharged(
        discharged_on=date(2025, 8, 19),
        reason=DischargeReason.PLANNED_COMPLETED,
        planned=True,
        stage_at_discharge=Stage.SESSIONS,
        destination=(Partner.HEALTH_VISITING,),
        outcome_band=OutcomeBand.IMPROVED,
        sessions_held=12,
    ),
    TaskRaised(
        task_id=_TASK,
        kind=TaskKind.ASSIGN_PROGRAMME,
        due_on=date(2025, 4, 28),
        owner_role=OwnerRole.TEAM_LEAD,
        about=UUID("0192f0c4-0000-7000-8000-00000000000b"),
    ),
    TaskDone(task_id=_TASK, on=date(2025, 4, 22)),
    ProgrammeRevised(
        on=date(2025, 6, 3),
        added=(
            Component(
                component_code="INFANT-MASSAGE",
                kind=ComponentKind.PROFESSIONAL_PRACTICE,
                planned_sessions=5,
                frequency_days=7,
            ),
        ),
        removed=(),
        reason=RevisionReason.FAMILY_PREFERENCE,
        catalogue_version="default-1",
    ),
    TierChanged(from_tier=Tier.SPECIALIST, to_tier=Tier.TARGETED, on=date(2025, 7, 1), reason=TierReason.IMPROVED),
    LeadPractitionerChanged(
        from_practitioner_id=_PRACTITIONER,
        to_practitioner_id=_COLLEAGUE,
        on=date(2025, 6, 16),
        reason=LeadReason.LEAVE,
    ),
    GoalRated(goal_id=_GOAL, on=date(2025, 8, 12), value=7),
    EpisodePaused(from_on=date(2025, 5, 12), reason=PauseReason.INFANT_HOSPITAL),
    EpisodeResumed(on=date(2025, 5, 26)),
    ActiveMonitoringStarted(on=date(2025, 7, 8), by=MonitoringBy.CLINICIAN),
    ActiveMonitoringEnded(on=date(2025, 7, 29), by=MonitoringBy.PATIENT),
    TreatmentDeclined(on=date(2025, 4, 24), by=DeclinedBy.CAREGIVER),
    ProgrammeCompleted(on=date(2025, 8, 12)),
    EpisodeReopened(on=date(2025, 8, 21), reason=ReopenReason.ENTERED_IN_ERROR),
    FollowUpRecorded(on=date(2025, 11, 18), kind=FollowUpKind.TELEPHONE, outcomes=(FollowUpOutcome.GAINS_KEPT,)),
    TargetBreached(target_code=Target.FIRST_SESSION, due_on=date(2025, 5, 20), owner_role=OwnerRole.LEAD_PRACTITIONER),
    SubjectErasureAcknowledged(subject_ref=_CAREGIVER, service="intervention"),
)
"""The service's module `events` has them by name."""
