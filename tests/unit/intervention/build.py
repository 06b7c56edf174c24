"""An open episode and its commands and events, to be changed one member at a time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.intervention import commands as asked
from services.intervention.case import decider
from services.intervention.codes import (
    ComponentKind,
    DischargeReason,
    Discipline,
    OutcomeBand,
    OwnerRole,
    Stage,
    TaskKind,
)
from services.intervention.commands import (
    AssignProgramme,
    ChangeLead,
    ChangeTier,
    CompleteProgramme,
    DeclineTreatment,
    Discharge,
    EndActiveMonitoring,
    HoldSession,
    MissSession,
    PauseEpisode,
    RateGoal,
    RecordFollowUp,
    ReopenEpisode,
    ResumeEpisode,
    ReviseProgramme,
    ScheduleSession,
    StartActiveMonitoring,
)
from services.intervention.events import (
    ActiveMonitoringEnded,
    ActiveMonitoringStarted,
    Discharged,
    EpisodeOpened,
    EpisodePaused,
    EpisodeReopened,
    EpisodeResumed,
    FollowUpRecorded,
    GoalRated,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    ProgrammeCompleted,
    ProgrammeRevised,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    TaskRaised,
    TierChanged,
    TreatmentDeclined,
)
from services.intervention.heard import (
    AssessmentCompleted,
    Caregiver,
    Infant,
    MeasureRecorded,
    ReferralAccepted,
    ReferralReceived,
)
from services.intervention.known import Known, know
from services.intervention.team.codes import Clock, Host, IndexSubject, Nation, TeamRole
from services.intervention.team.events import PractitionerJoined, TeamConfigured
from services.intervention.team.values import CatalogueItem, Eligibility, Targets, Weights
from services.intervention.values import Relationship
from shared.kernel.civil import Moment
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from shared.testing.spec import spec
from tests.unit.trial import recorded

TODAY = date(2025, 9, 1)
OPENED_ON = date(2025, 3, 5)
CASE = UUID(int=77)
INFANT, TWIN, MOTHER, FATHER, STRANGER = (UUID(int=number) for number in (1, 2, 3, 4, 99))
CAUSE = UUID(int=55)

received = ReferralReceived(
    received_on=date(2025, 3, 3),
    subjects=(Infant(infant_id=INFANT), Infant(infant_id=TWIN)),
    caregivers=(Caregiver(caregiver_id=MOTHER), Caregiver(caregiver_id=FATHER)),
)
acceptance = ReferralAccepted(decided_on=OPENED_ON)
completion = AssessmentCompleted(completed_on=date(2025, 4, 14), recommendation="PROGRAMME")
signposted = replace(completion, recommendation="SIGNPOST")


def heard(
    referral: tuple[Any, ...] = (received, acceptance),
    assessment: tuple[Any, ...] = (completion,),
    team: tuple[Any, ...] = (),
    today: date = TODAY,
) -> Known:
    """What is known after these events of the two streams and the team's."""
    streams = {"referral": referral, "assessment": assessment, "team": team}
    items = {
        store: tuple(
            recorded(event, version, store=store, stream=f"{store}-{CASE}") for version, event in enumerate(events, 1)
        )
        for store, events in streams.items()
    }
    return know(items, Moment.of(today))


known = heard()
given = spec(decider, known)

opened = EpisodeOpened(on=OPENED_ON)
dyad = Relationship(infant_id=INFANT, caregiver_ids=(MOTHER,))


def _example(name: str, **changes: Any) -> Any:
    return replace(asked.EXAMPLES[name], **changes)


assign: AssignProgramme = _example("ProgrammeAssigned", focus_relationships=(dyad,))
assigned = event_of(
    ProgrammeAssigned, assign, programme_id=derived_id("programme", CASE), catalogue_version="default-1"
)
schedule: ScheduleSession = _example("SessionScheduled")
scheduled = event_of(SessionScheduled, schedule)
hold: HoldSession = _example("SessionHeld", infants_present=(INFANT,), caregivers_present=(MOTHER,))
held = event_of(SessionHeld, hold)
miss: MissSession = _example("SessionNotHeld")
not_held = event_of(SessionNotHeld, miss)
discharge: Discharge = _example("Discharged")
discharged = event_of(
    Discharged, discharge, stage_at_discharge=Stage.SESSIONS, outcome_band=OutcomeBand.NOT_MEASURED, sessions_held=1
)
error = replace(
    discharged,
    reason=DischargeReason.ADMINISTRATIVE_ERROR,
    planned=False,
    destination=(),
    stage_at_discharge=Stage.ASSESSED,
    sessions_held=0,
)


def at(day: date) -> datetime:
    """Ten in the morning of a civil date, UTC."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def session(number: int, day: date, **changes: Any) -> SessionHeld:
    """One more held session."""
    return replace(held, session_id=UUID(int=1000 + number), held_on=day, started_at=at(day), **changes)


def score(code: str, total: int, day: date, subject: UUID = MOTHER, rater: str = "self") -> MeasureRecorded:
    """A measure heard from the assessment."""
    return MeasureRecorded(measure_code=code, subject_ref=subject, rater=rater, completed_on=day, total=Decimal(total))


def task(
    kind: TaskKind, due_on: date, cause: UUID = CAUSE, owner: OwnerRole = OwnerRole.TEAM_LEAD, detail: str = ""
) -> TaskRaised:
    """A task of a rule."""
    parts = [detail] if detail else []
    return TaskRaised(
        task_id=derived_id("task", "intervention", kind, cause, *parts),
        kind=kind,
        due_on=due_on,
        owner_role=owner,
        about=cause,
    )


LEAD, COLLEAGUE = assign.lead_practitioner_id, UUID("0192f0c4-0000-7000-8000-000000000009")
GOAL = assign.goals[0].goal_id
revise: ReviseProgramme = _example("ProgrammeRevised")
revised = event_of(ProgrammeRevised, revise, catalogue_version="default-1", warnings=())
step_down: ChangeTier = _example("TierChanged")
stepped_down = event_of(TierChanged, step_down)
hand_over: ChangeLead = _example("LeadPractitionerChanged")
handed_over = event_of(LeadPractitionerChanged, hand_over)
rate: RateGoal = _example("GoalRated")
rated = event_of(GoalRated, rate)
pause: PauseEpisode = _example("EpisodePaused")
paused = event_of(EpisodePaused, pause)
resume: ResumeEpisode = _example("EpisodeResumed")
resumed = event_of(EpisodeResumed, resume)
watch: StartActiveMonitoring = _example("ActiveMonitoringStarted")
watched = event_of(ActiveMonitoringStarted, watch)
unwatch: EndActiveMonitoring = _example("ActiveMonitoringEnded")
unwatched = event_of(ActiveMonitoringEnded, unwatch)
decline: DeclineTreatment = _example("TreatmentDeclined")
declined = event_of(TreatmentDeclined, decline)
complete: CompleteProgramme = _example("ProgrammeCompleted")
completed = event_of(ProgrammeCompleted, complete)
reopen: ReopenEpisode = _example("EpisodeReopened")
reopened = event_of(EpisodeReopened, reopen)
follow_up: RecordFollowUp = replace(_example("FollowUpRecorded"), on=date(2025, 8, 26))
followed_up = event_of(FollowUpRecorded, follow_up)

joined = PractitionerJoined(
    practitioner_id=LEAD,
    joined_on=date(2024, 1, 8),
    discipline=Discipline.PARENT_INFANT_PSYCHOTHERAPIST,
    role=TeamRole.PRACTITIONER,
    wte=Decimal(1),
    competencies=("vig",),
)


def configured(*items: CatalogueItem, **changes: Any) -> TeamConfigured:
    """A team with its own catalogue, default targets and weights; `changes` as in the event."""
    plain = TeamConfigured(
        config_version="north-2",
        effective_on=date(2025, 1, 1),
        nation=Nation.ENGLAND,
        host=Host.CHARITY,
        commissioners=1,
        eligibility=Eligibility(),
        catalogue=items or None,
        targets=Targets(),
        weights=Weights(),
        clocks=(Clock.LOCAL,),
        index_subject=IndexSubject.INFANT,
    )
    return replace(plain, **changes)


def item(code: str = "VIG", **changes: Any) -> CatalogueItem:
    """One component of a team's catalogue."""
    plain = CatalogueItem(
        component_code=code,
        kind=ComponentKind.EVIDENCE_BASED,
        sessions_default=8,
        sessions_min=6,
        sessions_max=12,
    )
    return replace(plain, **changes)
