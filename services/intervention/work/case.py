"""A team's work with other professionals: no patient record is needed (statement S7). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, assert_never

from services.intervention.work.codes import ActivityKind
from services.intervention.work.commands import (
    Command,
    DeclareCapacity,
    DeclareReach,
    LinkReferral,
    PlanSupervision,
    RecordActivity,
)
from services.intervention.work.events import (
    CapacityDeclared,
    ConsultationBecameReferral,
    Event,
    LocalityReachDeclared,
    SupervisionPlanned,
    SystemActivityRecorded,
)
from services.intervention.work.invariants import check
from services.intervention.work.state import State, evolve, of_kind, place
from shared.kernel.civil import Moment
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.history import Recorded
from shared.kernel.requests import event_of

FURTHEST = timedelta(days=366)
"""How far ahead capacity and supervision may be planned: beyond it is a mistyped year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the record itself."""

    moment: Moment


def know(_heard: Mapping[str, tuple[Recorded[Any], ...]], moment: Moment) -> Known:
    """The moment only."""
    return Known(moment=moment)


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule.
    """
    wanted = say(state, command, known)
    said = next((item for item in of_kind(state, wanted) if place(item) == place(wanted)), None)
    news = once(said, wanted)
    if news:
        check(evolve(state, wanted))
    return news


def say(_state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, its own fields checked."""
    today = known.moment.today
    match command:
        case RecordActivity():
            _not_after(command.on, today, "/on")
            _check_activity(command)
            return event_of(SystemActivityRecorded, command)
        case LinkReferral():
            _not_after(command.on, today, "/on")
            return event_of(ConsultationBecameReferral, command)
        case PlanSupervision():
            _not_after(command.from_on, today + FURTHEST, "/from_on")
            if command.to_on is not None and command.to_on < command.from_on:
                raise Rejected("to-before-from", "the series ends before it begins", field="/to_on")
            return event_of(SupervisionPlanned, command)
        case DeclareCapacity():
            _not_after(command.week, today + FURTHEST, "/week")
            if command.week.weekday() != 0:
                raise Rejected("not-a-monday", "a week is named by its Monday", field="/week")
            return event_of(CapacityDeclared, command)
        case DeclareReach():
            if command.year > today.year:
                raise Rejected("in-the-future", "nobody has been born then", field="/year")
            return event_of(LocalityReachDeclared, command)
    assert_never(command)


def _check_activity(command: RecordActivity) -> None:
    """Refuses what contradicts the kind of the activity."""
    consultation = command.kind is ActivityKind.CONSULTATION
    if consultation and command.outcome is None:
        raise Rejected("outcome-needed", "say what came of the consultation", field="/outcome")
    for field in ("question", "outcome", "about_case_id"):
        if not consultation and getattr(command, field) is not None:
            raise Rejected("only-of-a-consultation", "another kind of activity has none", field=f"/{field}")
    if command.series_id is not None and command.kind is not ActivityKind.SUPERVISION:
        raise Rejected("only-of-supervision", "another kind of activity has no series", field="/series_id")
    for field in ("professions", "practitioners"):
        named = getattr(command, field)
        if len(set(named)) < len(named):
            raise Rejected("named-twice", "the same one is named twice", field=f"/{field}")


def _not_after(day: date, last: date, field: str) -> None:
    if day > last:
        raise Rejected("in-the-future", "the date lies too far ahead", field=field)


decider: Decider[State, Command, Event, Known] = Decider("work", State(), evolve, decide, check)
