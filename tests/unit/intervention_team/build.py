"""A team and its other work: commands and events, to be changed one member at a time."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.intervention.codes import Discipline, OwnerRole, TaskKind
from services.intervention.task_events import TaskRaised
from services.intervention.team import case as team_case
from services.intervention.team.codes import TeamRole
from services.intervention.team.commands import (
    ChangePractitioner,
    ConfigureTeam,
    JoinTeam,
    LeaveTeam,
    NoteAbsence,
    NoteReturn,
)
from services.intervention.team.events import (
    PractitionerAbsent,
    PractitionerChanged,
    PractitionerJoined,
    PractitionerLeft,
    PractitionerReturned,
    TeamConfigured,
)
from services.intervention.team.examples import REQUESTS
from services.intervention.work import case as work_case
from shared.kernel.civil import Moment
from shared.kernel.ids import derived_id
from shared.kernel.requests import event_of
from shared.testing.spec import spec
from tests.unit.trial import recorded

TODAY = date(2025, 9, 1)
DAY = timedelta(days=1)
TOMORROW = TODAY + DAY
ANNA, BEN, CARA, STRANGER = (UUID(int=number) for number in (1, 2, 3, 99))
JOINED_ON = date(2025, 1, 6)

team_known = team_case.Known(moment=Moment.of(TODAY))
work_known = work_case.Known(moment=Moment.of(TODAY))
team = spec(team_case.decider, team_known)
work = spec(work_case.decider, work_known)


def example(name: str, cls: type[Any], requests: Any = REQUESTS) -> Any:
    """A valid request, of its own class."""
    found = requests[name]
    assert isinstance(found, cls)
    return found


configure: ConfigureTeam = example("TeamConfigured", ConfigureTeam)
configured = event_of(TeamConfigured, configure)


def joining(who: UUID, discipline: Discipline = Discipline.HEALTH_VISITOR, **members: Any) -> JoinTeam:
    """A full-time practitioner who joined on the first day."""
    given: dict[str, Any] = {"joined_on": JOINED_ON, "role": TeamRole.PRACTITIONER, "wte": Decimal(1)} | members
    return JoinTeam(practitioner_id=who, discipline=discipline, **given)


def joined(who: UUID, discipline: Discipline = Discipline.HEALTH_VISITOR, **members: Any) -> PractitionerJoined:
    """The event of it."""
    return event_of(PractitionerJoined, joining(who, discipline, **members))


def said(command: Any) -> Any:
    """The event that a command about a practitioner asks for."""
    kinds = {
        ChangePractitioner: PractitionerChanged,
        NoteAbsence: PractitionerAbsent,
        NoteReturn: PractitionerReturned,
        LeaveTeam: PractitionerLeft,
    }
    return event_of(kinds[type(command)], command)


PSYCHOLOGIST = Discipline.CLINICAL_PSYCHOLOGIST
anna = joined(ANNA, PSYCHOLOGIST)
ben = joined(BEN)


def psychologist_needed(who: UUID, day: date, before: int = 0, task_days: int = 7) -> TaskRaised:
    """The task of statement S19, after so many others."""
    kind = TaskKind.PSYCHOLOGIST_NEEDED
    return TaskRaised(
        task_id=derived_id("task", "team", kind, who, before),
        kind=kind,
        due_on=day + timedelta(days=task_days),
        owner_role=OwnerRole.TEAM_LEAD,
        about=who,
    )


def stream(*events: Any) -> tuple[Any, ...]:
    """Events as a team's stream in the intervention store."""
    return tuple(
        recorded(event, version, store="intervention", stream="team-leeds") for version, event in enumerate(events, 1)
    )
