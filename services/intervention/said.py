"""What was said before in the place of an event: saying exactly that again records nothing. Pure."""

from collections.abc import Iterable
from typing import TypeVar, assert_never

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
from services.intervention.state import State

T = TypeVar("T")


def said_before(state: State, wanted: Event) -> Event | None:
    """The event that stands in the place of `wanted`, whatever it says; None if the place is free."""
    match wanted:
        case SessionScheduled(session_id=session):
            return _last(item for item in state.scheduled if item.session_id == session)
        case SessionHeld(session_id=session):
            return _last(item for item in state.held if item.session_id == session)
        case SessionNotHeld(session_id=session):
            return _last(item for item in state.not_held if item.session_id == session)
        case ProgrammeAssigned():
            return state.programme
        case Discharged():
            return state.discharge
        case ProgrammeCompleted():
            return _last(state.completions)
        case TaskDone(task_id=task):
            return _last(item for item in state.done if item.task_id == task)
        case ProgrammeRevised() | TierChanged() | LeadPractitionerChanged() | GoalRated():
            return _change_before(state, wanted)
        case EpisodeOpened() | TaskRaised() | TargetBreached() | SubjectErasureAcknowledged():
            return None  # only rules say these, and each looks for itself
        case _:
            return _course_before(state, wanted)


def _change_before(
    state: State, wanted: ProgrammeRevised | TierChanged | LeadPractitionerChanged | GoalRated
) -> Event | None:
    match wanted:
        case ProgrammeRevised(on=day, added=added, removed=removed, goals_added=goals):
            same = (day, added, removed, goals)
            return _last(
                item for item in state.revisions if (item.on, item.added, item.removed, item.goals_added) == same
            )
        case TierChanged(on=day, from_tier=former, to_tier=new):
            return _last(item for item in state.tiers if (item.on, item.from_tier, item.to_tier) == (day, former, new))
        case LeadPractitionerChanged(on=day, from_practitioner_id=former, to_practitioner_id=lead):
            same_hands = (day, former, lead)
            return _last(
                item
                for item in state.leads
                if (item.on, item.from_practitioner_id, item.to_practitioner_id) == same_hands
            )
        case GoalRated(goal_id=goal, on=day):
            return _last(item for item in state.ratings if (item.goal_id, item.on) == (goal, day))
    assert_never(wanted)


def _course_before(
    state: State,
    wanted: EpisodePaused
    | EpisodeResumed
    | ActiveMonitoringStarted
    | ActiveMonitoringEnded
    | TreatmentDeclined
    | EpisodeReopened
    | FollowUpRecorded,
) -> Event | None:
    match wanted:
        case EpisodePaused(from_on=day):
            return _last(item for item in state.pauses if item.from_on == day)
        case EpisodeResumed(on=day):
            return _last(item for item in state.resumptions if item.on == day)
        case ActiveMonitoringStarted(on=day):
            return _last(item for item in state.monitoring if item.on == day)
        case ActiveMonitoringEnded(on=day):
            return _last(item for item in state.monitoring_ended if item.on == day)
        case TreatmentDeclined(on=day):
            return _last(item for item in state.declined if item.on == day)
        case EpisodeReopened(on=day):
            # a case that was closed again can be opened again, be it on the same day
            return None if state.discharges else _last(item for item in state.reopenings if item.on == day)
        case FollowUpRecorded(on=day, kind=kind):
            return _last(item for item in state.follow_ups if (item.on, item.kind) == (day, kind))
    assert_never(wanted)


def _last(items: Iterable[T]) -> T | None:
    found = tuple(items)
    return found[-1] if found else None
