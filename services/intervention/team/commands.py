"""What may be asked of a team's configuration and register; what is left out is as in the defaults."""

from uuid import UUID

from services.intervention.codes import Discipline
from services.intervention.team.codes import Clock, Host, IndexSubject, Nation, TeamRole
from services.intervention.team.events import Clocks, CommissionerCount
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
from shared.kernel.fields import CivilDate, Version
from shared.kernel.values import value


@value
class ConfigureTeam:
    """Set the whole configuration of a team, under a version that the team has not used before."""

    config_version: Version
    effective_on: CivilDate
    nation: Nation
    host: Host
    commissioners: CommissionerCount
    eligibility: Eligibility = Eligibility()
    catalogue: Catalogue | None = None
    measures: MeasureTable = ()
    targets: Targets = Targets()
    weights: Weights = Weights()
    clocks: Clocks = (Clock.LOCAL,)
    index_subject: IndexSubject = IndexSubject.INFANT
    capacity: Capacity | None = None


@value
class JoinTeam:
    """Note that somebody works in the team."""

    practitioner_id: UUID
    joined_on: CivilDate
    discipline: Discipline
    role: TeamRole
    wte: Wte
    competencies: Competencies = ()
    under_two_years: YearsUnderTwo | None = None
    supervisor_id: UUID | None = None
    triage_rota: bool = False


@value
class ChangePractitioner:
    """Note what is so of a practitioner from a day on."""

    practitioner_id: UUID
    on: CivilDate
    discipline: Discipline | None = None
    role: TeamRole | None = None
    wte: Wte | None = None
    competencies: Competencies | None = None
    under_two_years: YearsUnderTwo | None = None
    supervisor_id: UUID | None = None
    triage_rota: bool | None = None


@value
class NoteAbsence:
    """Note that a practitioner is or will be away."""

    practitioner_id: UUID
    from_on: CivilDate
    until_on: CivilDate | None = None


@value
class NoteReturn:
    """Note that a practitioner is back."""

    practitioner_id: UUID
    on: CivilDate


@value
class LeaveTeam:
    """Note that a practitioner has left the team."""

    practitioner_id: UUID
    left_on: CivilDate


Command = ConfigureTeam | JoinTeam | ChangePractitioner | NoteAbsence | NoteReturn | LeaveTeam

COMMANDS: dict[str, type] = {
    "TeamConfigured": ConfigureTeam,
    "PractitionerJoined": JoinTeam,
    "PractitionerChanged": ChangePractitioner,
    "PractitionerAbsent": NoteAbsence,
    "PractitionerReturned": NoteReturn,
    "PractitionerLeft": LeaveTeam,
}
"""The command that a posted event type asks for; tasks only the service itself raises."""
