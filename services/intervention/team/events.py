"""What the intervention service says of a team: its configuration and who works in it. Names stand for ever."""

from datetime import date, datetime
from typing import Annotated, assert_never
from uuid import UUID

from services.intervention.codes import Discipline
from services.intervention.task_events import TaskDone, TaskRaised
from services.intervention.team.codes import Clock, Host, IndexSubject, Nation, TeamRole
from services.intervention.team.values import (
    Capacity,
    Catalogue,
    Competencies,
    Eligibility,
    MeasureTable,
    Targets,
    Weights,
    Wte,
    YearsUnderTwo,
)
from shared.kernel.codec import Registry
from shared.kernel.fields import CivilDate, Interval, Len, Version
from shared.kernel.values import event

CommissionerCount = Annotated[int, Interval(ge=0, le=100)]
Clocks = Annotated[tuple[Clock, ...], Len(1, 5)]


@event("TeamConfigured", 1)
class TeamConfigured:
    """The whole configuration of a team from `effective_on`; the latest in the stream counts."""

    config_version: Version
    effective_on: CivilDate
    nation: Nation
    host: Host
    commissioners: CommissionerCount
    eligibility: Eligibility
    catalogue: Catalogue | None = None
    """What the team offers; None: the toolkit of domain 2.3."""
    measures: MeasureTable = ()
    targets: Targets
    weights: Weights
    clocks: Clocks
    index_subject: IndexSubject
    capacity: Capacity | None = None


@event("PractitionerJoined", 1)
class PractitionerJoined:
    """Somebody works in the team from `joined_on`, under an opaque id."""

    practitioner_id: UUID
    joined_on: CivilDate
    discipline: Discipline
    role: TeamRole
    wte: Wte
    competencies: Competencies = ()
    under_two_years: YearsUnderTwo | None = None
    supervisor_id: UUID | None = None
    triage_rota: bool = False


@event("PractitionerChanged", 1)
class PractitionerChanged:
    """What is given is so from `on`; what is not given stays as it was."""

    practitioner_id: UUID
    on: CivilDate
    discipline: Discipline | None = None
    role: TeamRole | None = None
    wte: Wte | None = None
    competencies: Competencies | None = None
    under_two_years: YearsUnderTwo | None = None
    supervisor_id: UUID | None = None
    triage_rota: bool | None = None


@event("PractitionerAbsent", 1)
class PractitionerAbsent:
    """A practitioner is away from `from_on`, to `until_on` (included) if that is known."""

    practitioner_id: UUID
    from_on: CivilDate
    until_on: CivilDate | None = None


@event("PractitionerReturned", 1)
class PractitionerReturned:
    """A practitioner is back; `on` is the first day at work."""

    practitioner_id: UUID
    on: CivilDate


@event("PractitionerLeft", 1)
class PractitionerLeft:
    """A practitioner no longer works in the team; `left_on` is the last day."""

    practitioner_id: UUID
    left_on: CivilDate


Event = (
    TeamConfigured
    | PractitionerJoined
    | PractitionerChanged
    | PractitionerAbsent
    | PractitionerReturned
    | PractitionerLeft
    | TaskRaised
    | TaskDone
)

REGISTRY: Registry[Event] = Registry(
    [
        TeamConfigured,
        PractitionerJoined,
        PractitionerChanged,
        PractitionerAbsent,
        PractitionerReturned,
        PractitionerLeft,
        TaskRaised,
        TaskDone,
    ]
)


def occurred(event: Event) -> date | datetime | None:
    """When an event was true in the world by its own account; None where only the envelope says."""
    match event:
        case TeamConfigured():
            return event.effective_on
        case PractitionerJoined():
            return event.joined_on
        case PractitionerChanged() | PractitionerReturned() | TaskDone():
            return event.on
        case PractitionerLeft():
            return event.left_on
        case PractitionerAbsent() | TaskRaised():  # either may lie ahead
            return None
    assert_never(event)
