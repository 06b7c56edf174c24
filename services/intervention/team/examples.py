"""One synthetic event and one request for each name: for the published documents."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.intervention.codes import ComponentKind, Discipline, OwnerRole, TaskKind
from services.intervention.task_events import TaskDone, TaskRaised
from services.intervention.team.codes import AgeLimit, Clock, Host, IndexSubject, Nation, TeamRole
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
from services.intervention.team.values import (
    BandRange,
    Capacity,
    CatalogueItem,
    Eligibility,
    IndicatorRule,
    MeasureSettings,
    Targets,
)
from shared.kernel.requests import event_of

_PRACTITIONER = UUID("0192f0c4-0000-7000-8000-000000000004")
_SUPERVISOR = UUID("0192f0c4-0000-7000-8000-000000000014")
_TASK = UUID("5d6e2c7a-9f10-5b57-8a55-0d3c3b1e6f12")

configure = ConfigureTeam(
    config_version="2025-04",
    effective_on=date(2025, 4, 1),
    nation=Nation.SCOTLAND,
    host=Host.NHS_TRUST,
    commissioners=1,
    eligibility=Eligibility(
        max_age_months_exclusive=AgeLimit.THIRD_BIRTHDAY,
        accepts_antenatal=False,
        localities=("S12000029",),
        indicator_rules=(
            IndicatorRule(indicators=5, domains=3),
            IndicatorRule(indicators=4, domains=4),
            IndicatorRule(indicators=3, domains=5),
        ),
    ),
    catalogue=(
        CatalogueItem(
            component_code="VIG",
            kind=ComponentKind.EVIDENCE_BASED,
            competency="vig-accredited",
            sessions_default=8,
            sessions_min=4,
            sessions_max=24,
        ),
    ),
    measures=(
        MeasureSettings(
            measure_code="MORS-SF-WARMTH",
            bands=(
                BandRange(code="concern", lowest=Decimal(0), highest=Decimal(20)),
                BandRange(code="no_concern", lowest=Decimal(21), highest=Decimal(35)),
            ),
            reliable_change=Decimal(4),
        ),
    ),
    targets=Targets(decide_days=10),
    clocks=(Clock.LOCAL, Clock.SCOTLAND_CAMHS_18_WEEKS),
    index_subject=IndexSubject.INFANT,
    capacity=Capacity(slots_per_week=2),
)
join = JoinTeam(
    practitioner_id=_PRACTITIONER,
    joined_on=date(2025, 1, 6),
    discipline=Discipline.PARENT_INFANT_PSYCHOTHERAPIST,
    role=TeamRole.PRACTITIONER,
    wte=Decimal("0.8"),
    competencies=("vig-accredited",),
    under_two_years=5,
    supervisor_id=_SUPERVISOR,
    triage_rota=True,
)
change = ChangePractitioner(practitioner_id=_PRACTITIONER, on=date(2025, 6, 2), wte=Decimal("0.6"), triage_rota=False)
be_absent = NoteAbsence(practitioner_id=_PRACTITIONER, from_on=date(2025, 7, 7), until_on=date(2025, 8, 3))
be_back = NoteReturn(practitioner_id=_PRACTITIONER, on=date(2025, 7, 28))
leave = LeaveTeam(practitioner_id=_PRACTITIONER, left_on=date(2025, 8, 29))

REQUESTS: dict[str, Command] = {
    "TeamConfigured": configure,
    "PractitionerJoined": join,
    "PractitionerChanged": change,
    "PractitionerAbsent": be_absent,
    "PractitionerReturned": be_back,
    "PractitionerLeft": leave,
}
"""For each type that may be posted."""

EXAMPLES: dict[str, Event] = {
    "TeamConfigured": event_of(TeamConfigured, configure),
    "PractitionerJoined": event_of(PractitionerJoined, join),
    "PractitionerChanged": event_of(PractitionerChanged, change),
    "PractitionerAbsent": event_of(PractitionerAbsent, be_absent),
    "PractitionerReturned": event_of(PractitionerReturned, be_back),
    "PractitionerLeft": event_of(PractitionerLeft, leave),
    "TaskRaised": TaskRaised(
        task_id=_TASK,
        kind=TaskKind.PSYCHOLOGIST_NEEDED,
        due_on=date(2025, 9, 5),
        owner_role=OwnerRole.TEAM_LEAD,
        about=_PRACTITIONER,
    ),
    "TaskDone": TaskDone(task_id=_TASK, on=date(2025, 9, 1)),
}
"""For each name."""
