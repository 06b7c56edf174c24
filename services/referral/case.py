"""The referral: received, decided, and the family that it is about. Pure."""

from typing import assert_never

from services.referral import deadlines, pathway, summary
from services.referral.allowed import allow
from services.referral.commands import (
    COMMANDS,
    AcceptReferral,
    AskForCorrection,
    AskForSummary,
    BreachTarget,
    BreakGlass,
    ChangeFlags,
    Command,
    DeclineReferral,
    EraseSubject,
    HoldUntilBirth,
    ReceiveReferral,
    ReportLetter,
    RequestInfo,
    Ruled,
    TakeBackSummary,
)
from services.referral.events import COMPUTED, REGISTRY, Event, SubjectErased, SubjectErasureAcknowledged
from services.referral.follow import follow
from services.referral.heard import Known
from services.referral.invariants import check
from services.referral.said import said_before
from services.referral.state import State, evolve
from services.referral.task_codes import Service
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.requests import as_said, event_of

_HOURS_OF_GLASS = 8
_DAYS = ("received_on", "decided_on", "born_on", "from_on", "to_on", "on")
"""Members of commands that name a civil date on which something was so."""
_SAYS = {command: REGISTRY.classes[name] for name, command in COMMANDS.items()}


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule of domain 6.4.
        NotYetKnown: what it rests on has not arrived.
    """
    if isinstance(command, Ruled):
        return _ruled(state, command, known)
    wanted = say(state, command, known)
    said = said_before(state, wanted)
    news = once(said, as_said(said, wanted, COMPUTED.get(type(wanted).__name__, ())))
    if not news:
        return ()
    after = evolve(state, wanted)
    allow(state, wanted, known)
    check(after)
    return news + follow(after, wanted, known)


def say(state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, with its computed members, its own fields checked."""
    if isinstance(command, Ruled):
        raise Rejected("not-postable", "only the service itself says this")
    _check_days(command, known)
    match command:
        case ReceiveReferral():
            return pathway.received(state, command, known)
        case AcceptReferral():
            return pathway.accepted(state, command, known)
        case DeclineReferral():
            return pathway.declined(command, known)
        case HoldUntilBirth():
            return pathway.held(command, known)
        case RequestInfo():
            return pathway.info_requested(state, command, known)
        case ChangeFlags() if len(set(command.flags)) < len(command.flags):
            raise Rejected("duplicate-flag", "the same one is named twice", field="/flags")
        case BreakGlass():
            _check_glass(command, known)
    event: Event = event_of(_SAYS[type(command)], command)
    return event


def _ruled(state: State, command: Ruled, known: Known) -> tuple[Event, ...]:
    match command:
        case EraseSubject(subject_ref=person):
            wanted = (
                SubjectErased(subject_ref=person),
                SubjectErasureAcknowledged(subject_ref=person, service=Service.REFERRAL),
            )
            return tuple(event for event in wanted if event not in state.erasures)
        case BreachTarget():
            return deadlines.breach(state, command, known)
        case AskForSummary():
            return summary.ask(state, command, known)
        case AskForCorrection():
            return summary.correct(state, command, known)
        case TakeBackSummary():
            return summary.take_back(state, command, known)
        case ReportLetter():
            return summary.report(state, command, known)
    assert_never(command)


def _check_days(command: Command, known: Known) -> None:
    for name in _DAYS:
        day = getattr(command, name, None)
        if day is not None and day > known.moment.today:
            raise Rejected("in-the-future", "the date lies in the future", field=f"/{name}")


def _check_glass(command: BreakGlass, known: Known) -> None:
    if command.opened_at > known.moment.now:
        raise Rejected("in-the-future", "the date lies in the future", field="/opened_at")
    if command.until <= command.opened_at:
        raise Rejected("until-before-opened", "not later than it was opened", field="/until")
    if (command.until - command.opened_at).total_seconds() > _HOURS_OF_GLASS * 3600:
        raise Rejected("opened-too-long", "at most eight hours", field="/until")


decider: Decider[State, Command, Event, Known] = Decider("referral", State(), evolve, decide, check)
