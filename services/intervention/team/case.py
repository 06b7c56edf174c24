"""A team: its configuration by version, and who works in it from when to when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, assert_never

from services.intervention.codes import OwnerRole, TaskKind
from services.intervention.task_events import TaskDone, TaskRaised
from services.intervention.team.commands import (
    ChangePractitioner,
    Command,
    ConfigureTeam,
    JoinTeam,
    LeaveTeam,
    NoteAbsence,
    NoteReturn,
)
from services.intervention.team.events import (
    Event,
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
    TeamConfigured,
)
from services.intervention.team.invariants import check
from services.intervention.team.rules import check_configuration, check_distinct
from services.intervention.team.state import State, day_of, evolve, place
from services.intervention.team.values import Targets
from shared.kernel.civil import Moment
from shared.kernel.decider import Decider, once
from shared.kernel.errors import Rejected
from shared.kernel.history import Recorded
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the team itself."""

    moment: Moment


def know(_heard: Mapping[str, tuple[Recorded[Any], ...]], moment: Moment) -> Known:
    """The moment only: nobody else says anything of a team."""
    return Known(moment=moment)


def decide(state: State, command: Command, known: Known) -> tuple[Event, ...]:
    """The events that a command causes; nothing if they were said already.

    Raises:
        Rejected: the command breaks a rule.
    """
    wanted = say(state, command, known)
    news = once(_said(state, wanted), wanted)
    if not news:
        return ()
    after = evolve(state, wanted)
    check(after)
    return news + _watch(after, wanted)


def say(_state: State, command: Command, known: Known) -> Event:
    """The event that a request or a correction asks for, its own fields checked."""
    match command:
        case ConfigureTeam():
            _not_in_future(command.effective_on, known, "/effective_on")
            check_configuration(command)
            return event_of(TeamConfigured, command)
        case JoinTeam():
            _not_in_future(command.joined_on, known, "/joined_on")
            check_distinct(command.competencies, "duplicate-competency", "/competencies")
            return event_of(PractitionerJoined, command)
        case ChangePractitioner():
            _not_in_future(command.on, known, "/on")
            check_distinct(command.competencies or (), "duplicate-competency", "/competencies")
            return event_of(PractitionerChanged, command)
        case NoteAbsence():
            if command.until_on is not None and command.until_on < command.from_on:
                raise Rejected("until-before-from", "the absence ends before it begins", field="/until_on")
            return event_of(PractitionerAbsent, command)
        case NoteReturn():
            _not_in_future(command.on, known, "/on")
            return event_of(PractitionerReturned, command)
        case LeaveTeam():
            _not_in_future(command.left_on, known, "/left_on")
            return event_of(PractitionerLeft, command)
    assert_never(command)


def _said(state: State, wanted: Event) -> Event | None:
    """What was said before in the place of `wanted`, if anything."""
    match wanted:
        case TeamConfigured(config_version=version):
            return next((item for item in state.configurations if item.config_version == version), None)
        case TaskRaised() | TaskDone():
            return None
    return next((item for item in state.said if place(item) == place(wanted)), None)


def _watch(after: State, wanted: Event) -> tuple[Event, ...]:
    """Statement S19: a team of whom nobody is a psychologist or psychotherapist is told so; care is never refused.

    Told once: the task stays open until one joins. A team in which nobody works yet is not told. What a void or a
    correction took away is noticed at the next event.
    """
    if isinstance(wanted, TaskRaised | TaskDone):
        return ()
    day = wanted.effective_on if isinstance(wanted, TeamConfigured) else day_of(wanted)
    if after.psychological:
        return tuple(TaskDone(task_id=task.task_id, on=day) for task in after.open_tasks)
    if after.open_tasks or not after.said:
        return ()
    return (_task(after, day),)


def _task(state: State, day: date) -> TaskRaised:
    targets = state.configuration.targets if state.configuration else Targets()
    kind, who = TaskKind.PSYCHOLOGIST_NEEDED, state.said[-1].practitioner_id
    return TaskRaised(
        task_id=derived_id("task", "team", kind, who, len(state.tasks)),
        kind=kind,
        due_on=day + timedelta(days=targets.task_days),
        owner_role=OwnerRole.TEAM_LEAD,
        about=who,
    )


def _not_in_future(day: date, known: Known, field: str) -> None:
    if day > known.moment.today:
        raise Rejected("in-the-future", "the date lies in the future", field=field)


decider: Decider[State, Command, Event, Known] = Decider("team", State(), evolve, decide, check)
