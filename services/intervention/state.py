"""The facts about one episode that later rules need, and how each event adds to them. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.intervention.codes import DischargeReason, TaskKind, Tier
from services.intervention.course_codes import Phase
from services.intervention.events import (
    ActiveMonitoringEnded,
    ActiveMonitoringStarted,
    Discharged,
    EpisodeOpened,
    EpisodePaused,
    EpisodeReopened,
    EpisodeResumed,
    Event,
    FollowUpRecorded,
    GoalRated,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    ProgrammeCompleted,
    ProgrammeRevised,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    SubjectErasureAcknowledged,
    TargetBreached,
    TaskDone,
    TaskRaised,
    TierChanged,
    TreatmentDeclined,
)


@dataclass(frozen=True, slots=True)
class State:
    """Each kind in the order of the stream.

    One programme, one discharge and one answer a session is what `decide` allows; an amended history may hold more for
    a moment, which `check` then refuses.
    """

    phase: Phase = Phase.NOT_OPEN
    opened_on: date | None = None
    """Civil date from which the episode is open; the earliest that was said."""
    programmes: tuple[ProgrammeAssigned, ...] = ()
    revisions: tuple[ProgrammeRevised, ...] = ()
    tiers: tuple[TierChanged, ...] = ()
    leads: tuple[LeadPractitionerChanged, ...] = ()
    ratings: tuple[GoalRated, ...] = ()
    scheduled: tuple[SessionScheduled, ...] = ()
    held: tuple[SessionHeld, ...] = ()
    not_held: tuple[SessionNotHeld, ...] = ()
    pauses: tuple[EpisodePaused, ...] = ()
    resumptions: tuple[EpisodeResumed, ...] = ()
    monitoring: tuple[ActiveMonitoringStarted, ...] = ()
    monitoring_ended: tuple[ActiveMonitoringEnded, ...] = ()
    declined: tuple[TreatmentDeclined, ...] = ()
    completions: tuple[ProgrammeCompleted, ...] = ()
    discharges: tuple[Discharged, ...] = ()
    reopened: bool = False
    """Opened again after it was closed as an administrative error."""
    reopenings: tuple[EpisodeReopened, ...] = ()
    undone: tuple[Discharged, ...] = ()
    """The discharges that they undid."""
    follow_ups: tuple[FollowUpRecorded, ...] = ()
    breaches: tuple[TargetBreached, ...] = ()
    tasks: tuple[TaskRaised, ...] = ()
    done: tuple[TaskDone, ...] = ()
    erased: tuple[SubjectErasureAcknowledged, ...] = ()

    @property
    def programme(self) -> ProgrammeAssigned | None:
        """The programme that stands."""
        return self.programmes[0] if self.programmes else None

    @property
    def discharge(self) -> Discharged | None:
        """The discharge that stands."""
        return self.discharges[0] if self.discharges else None

    @property
    def completed_on(self) -> date | None:
        """Civil date on which the programme was through."""
        return self.completions[0].on if self.completions else None

    @property
    def last_held_on(self) -> date | None:
        """Civil date of the latest session held."""
        return max((session.held_on for session in self.held), default=None)

    @property
    def paused(self) -> bool:
        """Whether the work rests."""
        return len(self.pauses) > len(self.resumptions)

    @property
    def monitored(self) -> bool:
        """Whether the family is watched instead of treated."""
        return len(self.monitoring) > len(self.monitoring_ended)

    @property
    def lead(self) -> UUID | None:
        """Who leads the work now."""
        if self.programme is None:
            return None
        changes = sorted(self.leads, key=lambda item: item.on)
        return changes[-1].to_practitioner_id if changes else self.programme.lead_practitioner_id

    @property
    def tier(self) -> Tier | None:
        """The tier that the family is at now."""
        if self.programme is None:
            return None
        changes = sorted(self.tiers, key=lambda item: item.on)
        return changes[-1].to_tier if changes else self.programme.tier

    @property
    def change_days(self) -> list[date]:
        """Civil dates of whatever changed the programme or the course, sessions left out."""
        days = [item.on for item in self.revisions]
        days += [item.on for item in self.tiers]
        days += [item.on for item in self.leads]
        days += [item.on for item in self.ratings]
        days += [item.on for item in self.completions]
        return days + self.rest_days

    @property
    def rest_days(self) -> list[date]:
        """Civil dates on which the work rested, was watched or declined, or went on."""
        days = [item.from_on for item in self.pauses]
        days += [item.on for item in self.resumptions]
        days += [item.on for item in self.monitoring]
        days += [item.on for item in self.monitoring_ended]
        return days + [item.on for item in self.declined]

    @property
    def components(self) -> frozenset[str]:
        """Codes of all components that the programme has ever had."""
        planned = [] if self.programme is None else list(self.programme.components)
        planned += [component for revision in self.revisions for component in revision.added]
        return frozenset(component.component_code for component in planned)

    @property
    def goals(self) -> frozenset[UUID]:
        """Ids of the family's goals."""
        goals = [] if self.programme is None else list(self.programme.goals)
        goals += [goal for revision in self.revisions for goal in revision.goals_added]
        return frozenset(goal.goal_id for goal in goals)

    @property
    def treatment(self) -> tuple[SessionHeld, ...]:
        """Treatment sessions of the programme: those on or after its day."""
        if self.programme is None:
            return ()
        since = self.programme.assigned_on
        return tuple(session for session in self.held if session.is_treatment and session.held_on >= since)

    def open_tasks(self, *kinds: TaskKind) -> tuple[TaskRaised, ...]:
        """Tasks of some kinds that nobody has done."""
        done = {item.task_id for item in self.done}
        return tuple(task for task in self.tasks if task.kind in kinds and task.task_id not in done)


def phase_of(state: State) -> Phase:
    """Where the episode stands by what is on record (domain 6.4)."""
    if state.opened_on is None:
        return Phase.NOT_OPEN
    if state.discharges:
        return Phase.DISCHARGED
    if state.paused:
        return Phase.PAUSED
    if state.completions:
        return Phase.ENDING
    if not state.programmes:
        return Phase.OPEN
    since = state.programmes[0].assigned_on
    treated = any(session.is_treatment and session.held_on >= since for session in state.held)
    return Phase.ACTIVE if treated else Phase.PROGRAMME_ASSIGNED


def evolve(state: State, event: Event) -> State:
    """The state after one more event; never refuses."""
    after = _added(state, event)
    phase = phase_of(after)
    return after if phase is after.phase else replace(after, phase=phase)


def _added(state: State, event: Event) -> State:
    match event:
        case SessionScheduled() | SessionHeld() | SessionNotHeld():
            return _session(state, event)
        case ProgrammeAssigned() | ProgrammeRevised() | TierChanged() | LeadPractitionerChanged() | GoalRated():
            return _programme(state, event)
        case TaskRaised() | TaskDone() | TargetBreached() | SubjectErasureAcknowledged():
            return _told(state, event)
        case EpisodeOpened() | ProgrammeCompleted() | Discharged() | EpisodeReopened() | FollowUpRecorded():
            return _stage(state, event)
        case (
            EpisodePaused()
            | EpisodeResumed()
            | ActiveMonitoringStarted()
            | ActiveMonitoringEnded()
            | TreatmentDeclined()
        ):
            return _rest(state, event)
    assert_never(event)


def _session(state: State, event: SessionScheduled | SessionHeld | SessionNotHeld) -> State:
    match event:
        case SessionScheduled():
            return replace(state, scheduled=(*state.scheduled, event))
        case SessionHeld():
            return replace(state, held=(*state.held, event))
        case SessionNotHeld():
            return replace(state, not_held=(*state.not_held, event))
    assert_never(event)


def _programme(
    state: State, event: ProgrammeAssigned | ProgrammeRevised | TierChanged | LeadPractitionerChanged | GoalRated
) -> State:
    match event:
        case ProgrammeAssigned():
            return replace(state, programmes=(*state.programmes, event))
        case ProgrammeRevised():
            return replace(state, revisions=(*state.revisions, event))
        case TierChanged():
            return replace(state, tiers=(*state.tiers, event))
        case LeadPractitionerChanged():
            return replace(state, leads=(*state.leads, event))
        case GoalRated():
            return replace(state, ratings=(*state.ratings, event))
    assert_never(event)


def _stage(
    state: State, event: EpisodeOpened | ProgrammeCompleted | Discharged | EpisodeReopened | FollowUpRecorded
) -> State:
    match event:
        case EpisodeOpened():
            opened_on = event.on if state.opened_on is None else min(event.on, state.opened_on)
            kept = tuple(item for item in state.discharges if item.reason is not DischargeReason.ADMINISTRATIVE_ERROR)
            reopened = state.reopened or kept != state.discharges
            return replace(state, opened_on=opened_on, discharges=kept, reopened=reopened)
        case ProgrammeCompleted():
            return replace(state, completions=(*state.completions, event))
        case Discharged():
            return replace(state, discharges=(*state.discharges, event))
        case EpisodeReopened():
            undone = (*state.undone, *state.discharges[:1])
            return replace(state, reopenings=(*state.reopenings, event), undone=undone, discharges=state.discharges[1:])
        case FollowUpRecorded():
            return replace(state, follow_ups=(*state.follow_ups, event))
    assert_never(event)


def _rest(
    state: State,
    event: EpisodePaused | EpisodeResumed | ActiveMonitoringStarted | ActiveMonitoringEnded | TreatmentDeclined,
) -> State:
    match event:
        case EpisodePaused():
            return replace(state, pauses=(*state.pauses, event))
        case EpisodeResumed():
            return replace(state, resumptions=(*state.resumptions, event))
        case ActiveMonitoringStarted():
            return replace(state, monitoring=(*state.monitoring, event))
        case ActiveMonitoringEnded():
            return replace(state, monitoring_ended=(*state.monitoring_ended, event))
        case TreatmentDeclined():
            return replace(state, declined=(*state.declined, event))
    assert_never(event)


def _told(state: State, event: TargetBreached | TaskRaised | TaskDone | SubjectErasureAcknowledged) -> State:
    match event:
        case TaskRaised():
            return replace(state, tasks=(*state.tasks, event))
        case TaskDone():
            return replace(state, done=(*state.done, event))
        case TargetBreached():
            return replace(state, breaches=(*state.breaches, event))
        case SubjectErasureAcknowledged():
            return replace(state, erased=(*state.erased, event))
    assert_never(event)
