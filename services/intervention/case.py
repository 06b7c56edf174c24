"""The episode: a programme, sessions held or not held, a discharge. Pure."""

from datetime import date
from typing import assert_never

from services.intervention import rules
from services.intervention.closing import discharged, ruled
from services.intervention.codes import TaskKind
from services.intervention.commands import (
    AssignProgramme,
    Command,
    Discharge,
    FinishTask,
    HoldSession,
    MissSession,
    Posted,
    Ruled,
    ScheduleSession,
)
from services.intervention.events import (
    COMPUTED,
    Discharged,
    EpisodeOpened,
    Event,
    ProgrammeAssigned,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
    TaskDone,
    TaskRaised,
)
from services.intervention.heard import Known
from services.intervention.invariants import check
from services.intervention.state import State, evolve
from shared.kernel.civil import civil_date
from shared.kernel.decider import Decider, once
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.ids import derived_id
from shared.kernel.requests import as_said, event_of

_PROGRAMME = "PROGRAMME"


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
        NotYetKnown: what it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        return ruled(state, command, known)
    wanted = say(state, command, known)
    said = _said(state, wanted)
    code = "already-discharged" if isinstance(wanted, Discharged) else "conflicts-with-record"
    news = once(said, as_said(said, wanted, COMPUTED.get(type(wanted).__name__, ())), code=code)
    if not news:
        return ()
    _allow(state, wanted)
    check(evolve(state, wanted))
    return news + _follow(state, wanted)


def say(state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, with its computed members, its own fields checked."""
    if isinstance(command, Ruled):
        raise Rejected("not-postable", "only a rule of this service says this")
    if state.opened_on is None:
        raise known.not_open()
    return _say(state, command, known)


def _say(state: State, command: Posted, known: Known) -> Event:
    match command:
        case AssignProgramme():
            return _assigned(state, command, known)
        case ScheduleSession():
            return event_of(SessionScheduled, command)
        case HoldSession():
            return _held(command, known)
        case MissSession():
            rules.check_not_held(command, known.moment.today)
            return event_of(SessionNotHeld, command)
        case Discharge():
            _not_in_future(command.discharged_on, known, "/discharged_on")
            return discharged(
                state,
                known,
                discharged_on=command.discharged_on,
                reason=command.reason,
                planned=command.planned,
                destination=command.destination,
            )
        case FinishTask():
            _not_in_future(command.on, known, "/on")
            return event_of(TaskDone, command)
    assert_never(command)


def _assigned(state: State, command: AssignProgramme, known: Known) -> ProgrammeAssigned:
    _not_in_future(command.assigned_on, known, "/assigned_on")
    if known.acceptance is None:
        raise known.not_open()
    if known.completion is None:
        raise NotYetKnown("not-known-yet", "no completed assessment of this case has arrived here")
    if known.completion.recommendation != _PROGRAMME:
        raise Rejected("programme-not-recommended", "the assessment recommends something else")
    if command.assigned_on < known.completion.completed_on:
        raise Rejected("assigned-before-assessed", "earlier than the assessment was completed", field="/assigned_on")
    agreed_on = command.care_plan_agreed_on
    if agreed_on is not None:
        _not_in_future(agreed_on, known, "/care_plan_agreed_on")
    rules.check_components(command.components)
    rules.check_relationships(command.focus_relationships, known)
    rules.check_distinct([goal.goal_id for goal in command.goals], "duplicate-goal", "/goals")
    said = state.programme
    programme_id = command.programme_id or (said.programme_id if said else derived_id("programme", known.case_id))
    return event_of(ProgrammeAssigned, command, programme_id=programme_id, catalogue_version=rules.DEFAULTS.version)


def _held(command: HoldSession, known: Known) -> SessionHeld:
    _not_in_future(command.held_on, known, "/held_on")
    if command.started_at is not None:
        if civil_date(command.started_at) != command.held_on:
            raise Rejected("started-at-differs", "not on the civil date of the session", field="/started_at")
        if command.started_at > known.moment.now:
            raise Rejected("in-the-future", "the session has not begun", field="/started_at")
    if command.component_code is not None:
        rules.check_component(command.component_code, "/component_code")
    rules.check_members(command.infants_present, known.infants, "unknown-infant", "/infants_present")
    rules.check_members(command.caregivers_present, known.caregivers, "unknown-caregiver", "/caregivers_present")
    rules.check_distinct(list(command.infants_present), "duplicate-infant", "/infants_present")
    rules.check_distinct(list(command.caregivers_present), "duplicate-caregiver", "/caregivers_present")
    return event_of(SessionHeld, command)


def _allow(state: State, wanted: Event) -> None:
    """What may be on record but not be said now, or is said better here than as a broken invariant."""
    discharge, last = state.discharge, state.last_held_on
    if isinstance(wanted, Discharged) and last is not None and wanted.discharged_on < last:
        raise Rejected("discharged-before-last-session", "a session was held later", field="/discharged_on")
    if isinstance(wanted, Discharged) and state.programme and wanted.discharged_on < state.programme.assigned_on:
        raise Rejected("discharged-before-programme", "the programme was assigned later", field="/discharged_on")
    if isinstance(wanted, SessionScheduled) and discharge and civil_date(wanted.at) > discharge.discharged_on:
        raise Rejected("session-after-discharge", "later than the case was discharged", field="/at")


def _follow(state: State, wanted: Event) -> tuple[Event, ...]:
    """A programme does what the task of rule P3 asked for."""
    if not isinstance(wanted, ProgrammeAssigned):
        return ()
    return tuple(
        TaskDone(task_id=task.task_id, on=wanted.assigned_on) for task in state.open_tasks(TaskKind.ASSIGN_PROGRAMME)
    )


def _said(state: State, wanted: Event) -> Event | None:
    """What was said before in the place of `wanted`, if anything."""
    match wanted:
        case ProgrammeAssigned():
            return state.programme
        case SessionScheduled(session_id=session):
            return next((item for item in state.scheduled if item.session_id == session), None)
        case SessionHeld(session_id=session):
            return next((item for item in state.held if item.session_id == session), None)
        case SessionNotHeld(session_id=session):
            return next((item for item in state.not_held if item.session_id == session), None)
        case Discharged():
            return state.discharge
        case TaskDone(task_id=task):
            return next((item for item in state.done if item.task_id == task), None)
        case EpisodeOpened() | TaskRaised():
            return None
    assert_never(wanted)


def _not_in_future(day: date, known: Known, field: str) -> None:
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)


decider: Decider[State, Command, Event, Known] = Decider("episode", State(), evolve, decide, check)
