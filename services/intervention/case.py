"""The episode: programme, sessions, course and ending of one family's work. Pure."""

from datetime import date

from services.intervention import course, programme, sessions
from services.intervention.commands import (
    AssignProgramme,
    ChangeLead,
    ChangeTier,
    Command,
    HoldSession,
    MissSession,
    Posted,
    RateGoal,
    ReviseProgramme,
    Ruled,
    ScheduleSession,
)
from services.intervention.events import (
    COMPUTED,
    Discharged,
    Event,
    FollowUpRecorded,
    ProgrammeCompleted,
    SessionHeld,
    SessionNotHeld,
    SessionScheduled,
)
from services.intervention.invariants import check
from services.intervention.known import Known
from services.intervention.ruled import ruled
from services.intervention.said import said_before
from services.intervention.state import State, evolve
from services.intervention.tasks import settled
from shared.kernel.civil import civil_date
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.requests import as_said
from shared.kernel.values import event_name


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
        NotYetKnown: what it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        return ruled(state, command, known)
    wanted = say(state, command, known)
    said = said_before(state, wanted)
    code = "already-discharged" if isinstance(wanted, Discharged) else "conflicts-with-record"
    news = once(said, as_said(said, wanted, COMPUTED.get(event_name(wanted), ())), code=code)
    if not news:
        return ()
    _allow(state, wanted)
    after = evolve(state, wanted)
    check(after)
    return (*news, *settled(state, wanted), *_follow(after, wanted, known))


def say(state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, with its computed members, its own fields checked."""
    if isinstance(command, Ruled):
        raise Rejected("not-postable", "only a rule of this service says this")
    if state.opened_on is None:
        raise known.not_open()
    return _say(state, command, known)


def _say(state: State, command: Posted, known: Known) -> Event:
    match command:
        case AssignProgramme() | ReviseProgramme() | ChangeTier() | ChangeLead() | RateGoal():
            return programme.say(state, command, known)
        case ScheduleSession() | HoldSession() | MissSession():
            return sessions.say(state, command, known)
        case _:
            return course.say(state, command, known)


def _allow(state: State, wanted: Event) -> None:
    """What may be on record but not be said now, or is said better here than as a broken invariant."""
    discharge = state.discharge
    match wanted:
        case Discharged(discharged_on=day):
            _check_discharge(state, day)
        case SessionScheduled(at=at):
            if discharge is not None and civil_date(at) > discharge.discharged_on:
                raise Rejected("session-after-discharge", "later than the case was discharged", field="/at")
        case SessionNotHeld(on=day, cancelled_on=None):
            if discharge is not None and day > discharge.discharged_on:
                raise Rejected("session-after-discharge", "later than the case was discharged", field="/on")
        case FollowUpRecorded(on=day):
            if discharge is None:
                raise Rejected("not-discharged", "a follow-up comes after the discharge")
            if day < discharge.discharged_on:
                raise Rejected("follow-up-before-discharge", "earlier than the case was discharged", field="/on")
        case _:
            pass


def _check_discharge(state: State, day: date) -> None:
    if state.last_held_on is not None and day < state.last_held_on:
        raise Rejected("discharged-before-last-session", "a session was held later", field="/discharged_on")
    if state.programme is not None and day < state.programme.assigned_on:
        raise Rejected("discharged-before-programme", "the programme was assigned later", field="/discharged_on")


def _follow(after: State, wanted: Event, known: Known) -> tuple[Event, ...]:
    """What a person is asked to look at because of it; never a discharge (rule P5, statement S27)."""
    match wanted:
        case SessionNotHeld():
            return sessions.was_not_brought(after, wanted, known)
        case SessionHeld() | ProgrammeCompleted() | Discharged():
            return sessions.infant_absent(after, wanted, known)
        case _:
            return ()


decider: Decider[State, Command, Event, Known] = Decider("episode", State(), evolve, decide, check)
