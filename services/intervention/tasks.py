"""Tasks for a person: raised once for a cause, done by what they ask for. Pure."""

from datetime import date, timedelta
from uuid import UUID

from services.intervention.codes import OwnerRole, TaskKind
from services.intervention.events import (
    Discharged,
    Event,
    LeadPractitionerChanged,
    ProgrammeAssigned,
    TaskDone,
    TaskRaised,
)
from services.intervention.state import State
from services.intervention.team_settings import TeamSettings
from shared.kernel.ids import derived_id

SETTLED_BY_DISCHARGE = (
    TaskKind.ASSIGN_PROGRAMME,
    TaskKind.DECIDE_CLOSING,
    TaskKind.REASSIGN_LEAD,
    TaskKind.AGED_PAST_WINDOW,
)
"""What a discharge leaves nothing to do about; a review of what happened stays."""


def task(
    state: State,
    kind: TaskKind,
    about: UUID,
    on: date,
    team: TeamSettings,
    *,
    due_on: date | None = None,
    owner_role: OwnerRole = OwnerRole.TEAM_LEAD,
    cause: str = "",
) -> tuple[TaskRaised, ...]:
    """A task, unless one of the kind is open or this one was raised before.

    Args:
        state: what was raised before.
        kind: what is to be done.
        about: the event, session, programme or infant that gave the cause.
        on: civil date from which the team's days for a task count.
        team: whose days they are.
        due_on: another day instead.
        owner_role: whose it is to do.
        cause: tells several causes about one thing apart.
    """
    task_id = task_id_of(kind, about, cause)
    if state.open_tasks(kind) or any(item.task_id == task_id for item in state.tasks):
        return ()
    due_on = due_on or on + timedelta(days=team.targets.task_days)
    return (TaskRaised(task_id=task_id, kind=kind, due_on=due_on, owner_role=owner_role, about=about),)


def task_id_of(kind: TaskKind, about: UUID, cause: str = "") -> UUID:
    """The id of a task; the same cause gives the same."""
    return derived_id("task", "intervention", kind, about, *([cause] if cause else []))


def clinician_of(state: State) -> OwnerRole:
    """Whose a clinical question is: the lead practitioner's, the team lead's while there is none."""
    return OwnerRole.TEAM_LEAD if state.lead is None else OwnerRole.LEAD_PRACTITIONER


def settled(state: State, news: Event) -> tuple[TaskDone, ...]:
    """The tasks that an event has done what they ask for."""
    kinds: tuple[TaskKind, ...]
    match news:
        case ProgrammeAssigned():
            kinds, on = (TaskKind.ASSIGN_PROGRAMME,), news.assigned_on
        case LeadPractitionerChanged():
            kinds, on = (TaskKind.REASSIGN_LEAD,), news.on
        case Discharged():
            kinds, on = SETTLED_BY_DISCHARGE, news.discharged_on
        case _:
            return ()
    return tuple(TaskDone(task_id=item.task_id, on=on) for item in state.open_tasks(*kinds))
