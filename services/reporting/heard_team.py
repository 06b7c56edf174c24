"""What reporting hears of a team: its configuration, its people, and its work with other professionals."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.kernel.values import heard, heard_value

WORK_STREAM = "work-"
"""What the stream of a team's work with other professionals begins with; the team's code follows."""
TEAM_STREAMS = ("team-", WORK_STREAM)
"""What the streams of a team begin with; every other stream belongs to a case."""


@heard_value
class MeasureSetting:
    """The team's own threshold of one measure."""

    measure_code: str
    reliable_change: Decimal | None = None
    """Points by which a total must move to count; None: as shipped."""


@heard("TeamConfigured")
class TeamConfigured:
    """How the team works from now on: the whole configuration, each time. The latest in the stream counts."""

    config_version: str
    effective_on: date
    targets: Mapping[str, int] = field(default_factory=dict)
    """Days by target code."""
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    """Weight of a case in the weighted caseload."""
    clocks: tuple[str, ...] = ()
    """Named waiting-time definitions that the team is held to."""
    capacity: Mapping[str, int] | None = None
    """How many new cases a week can be begun where nothing else is declared: `slots_per_week`."""
    index_subject: str = ""
    """On whose record national returns open a referral: `infant` or `caregiver`."""
    measures: tuple[MeasureSetting, ...] = ()


@heard("PractitionerJoined")
class PractitionerJoined:
    """Somebody works in the team."""

    practitioner_id: UUID
    joined_on: date
    discipline: str = ""
    role: str = ""
    wte: Decimal | None = None
    under_two_years: int | None = None
    """Years of work with under-twos: says how often supervision is due (M18)."""
    supervisor_id: UUID | None = None
    triage_rota: bool | None = None


@heard("PractitionerChanged")
class PractitionerChanged:
    """What a practitioner does, or for how much of the week, is another from a day on."""

    practitioner_id: UUID
    on: date
    discipline: str | None = None
    role: str | None = None
    wte: Decimal | None = None
    under_two_years: int | None = None
    """Years of work with under-twos: says how often supervision is due (M18)."""
    supervisor_id: UUID | None = None
    triage_rota: bool | None = None


@heard("PractitionerAbsent")
class PractitionerAbsent:
    """A practitioner is away."""

    practitioner_id: UUID
    from_on: date
    until_on: date | None = None


@heard("PractitionerReturned")
class PractitionerReturned:
    """A practitioner is back."""

    practitioner_id: UUID
    on: date


@heard("PractitionerLeft")
class PractitionerLeft:
    """A practitioner has left the team."""

    practitioner_id: UUID
    left_on: date


@heard("SystemActivityRecorded")
class SystemActivityRecorded:
    """Training, consultation, supervision or advice for other professionals."""

    activity_id: UUID
    kind: str
    on: date
    minutes: int = 0
    audience_count: int = 0
    professions: tuple[str, ...] = ()
    sector: str = ""
    outcome: str | None = None
    practitioners: tuple[UUID, ...] = ()
    series_id: UUID | None = None
    """The planned series of supervision that it belongs to."""


@heard("ConsultationBecameReferral")
class ConsultationBecameReferral:
    """A family that others were advised about was referred."""

    activity_id: UUID
    case_id: UUID
    on: date


@heard("SupervisionPlanned")
class SupervisionPlanned:
    """Supervision was planned as a series."""

    series_id: UUID
    practitioner_id: UUID
    minutes: int
    every_days: int
    from_on: date
    to_on: date | None = None


@heard("CapacityDeclared")
class CapacityDeclared:
    """How many new families the team can take on in a week."""

    week: date
    new_case_slots: int


@heard("LocalityReachDeclared")
class LocalityReachDeclared:
    """How many babies are born in a locality in a year."""

    locality: str
    year: int
    births: int


CLASSES: tuple[type, ...] = (
    TeamConfigured,
    PractitionerJoined,
    PractitionerChanged,
    PractitionerAbsent,
    PractitionerReturned,
    PractitionerLeft,
    SystemActivityRecorded,
    ConsultationBecameReferral,
    SupervisionPlanned,
    CapacityDeclared,
    LocalityReachDeclared,
)
