"""Typed answers for the API and the pages: numbers as JSON numbers, no person in them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.reporting.timeline import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What every answer carries."""

    team: str | None
    """null: all teams."""
    at: date
    known_at: datetime
    complete_to: datetime | None
    """Everything recorded up to here is in the views (the watermark); null: not announced yet."""
    final: bool
    """The same question gives this answer for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The open caseload (M2) by unit."""

    cases: int
    infants: int
    caregivers: int
    relationships: int
    weighted: float
    """The cases weighed by tier, phase and complexities; always beside their count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadAnswer(Answer):
    """M1 and M2."""

    mode: Literal["standard", "nhse"]
    open_referrals: int
    by_stage: dict[str, int]
    open_caseload: Units
    weights_version: str
    """Version of the team's settings that the weights are of; `of-each-team` where teams differ."""
    orphans: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A set of waits in days; null where nobody waited. Shares are ratios in [0, 1]."""

    n: int
    median: float | None
    p25: float | None
    p75: float | None
    p90: float | None
    p92: float | None
    max: int | None
    share_within_target: float | None
    share_under_four_weeks: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFigures:
    """One wait, completed and incomplete apart."""

    title: str
    target_days: int | None
    """null: the teams have different ones, and each case is held to its own team's."""
    completed: Figures
    incomplete: Figures
    left_out: int
    """Stopped before they started: mistakes in the record, in no other number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsAnswer(Answer):
    """W1 to W6."""

    first_day: date
    last_day: date
    targets_version: str
    """Version of the team's settings that the targets are of; `of-each-team` where teams differ."""
    waits: dict[str, WaitFigures]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAnswer(Answer):
    """M3; `open_at_end` = `open_at_start` + `new` - `closed`."""

    first_day: date
    last_day: date
    open_at_start: int
    new: int
    closed: int
    closed_by: dict[str, int]
    open_at_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCount:
    """One team."""

    team: str
    open_referrals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsAnswer(Answer):
    """Every team that has a case."""

    teams: list[TeamCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseItem:
    """One case: its milestones (civil dates) and counts, no person."""

    case_id: UUID
    pseudonym: bool = False
    """Whether `case_id` is one, under which nothing more can be asked: the caller has nothing to do with the case."""
    team_id: str
    stage: str
    tier: str | None
    received_on: date | None
    decided_on: date | None
    decision: str | None
    withdrawn_on: date | None
    first_contact_on: date | None
    first_attended_on: date | None
    assessment_started_on: date | None
    assessed_on: date | None
    assessed_programme_on: date | None
    programme_on: date | None
    first_treatment_on: date | None
    first_programme_treatment_on: date | None
    discharged_on: date | None
    discharge_reason: str | None
    closed_on: date | None
    closed_by: str | None
    pregnancy_ended_on: date | None
    programme_completed_on: date | None
    infants: int
    caregivers: int
    relationships: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesAnswer(Answer):
    """A page of cases, oldest referral first."""

    cases: list[CaseItem]
    next: str | None
    """`after` of the next page; null: this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWait:
    """One wait of one case as at the date."""

    title: str
    start: date | None
    stop: date | None
    days: int | None
    """To the stop, or to the date if it has not stopped by then; null: not started, or stopped before it started."""
    state: Literal["not_started", "waiting", "completed", "ended", "left_out"]
    """`ended`: the case closed before the wait did; `left_out`: the stop lies before the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPart:
    """One thing that a clock rests on, and when it happened; null: not yet."""

    title: str
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """One named, versioned clock of a case as at the date (docs/metrics.md, "Clocks")."""

    code: str
    version: str
    title: str
    held_to: bool
    """The team's configuration names it, or it is every team's."""
    start: date | None
    stop: date | None
    days: int | None
    """As this definition counts them; null: it has neither stopped nor does it run."""
    state: Literal["running", "stopped", "nullified", "not_applicable", "ended"]
    within: bool | None
    """Within the standard so far; null: it has none, or there are no days."""
    share: float | None
    """Of the baby's clock: share of the time left in the 1001-day window, a ratio in [0, 1]."""
    parts: list[ClockPart]
    why_not_stopped: str | None
    nearest_stop: str | None
    """What would stop it next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswer(Answer):
    """One case with its waits, its clocks and its timeline."""

    case: CaseItem
    waits: dict[str, CaseWait]
    clocks: list[CaseClock]
    """Every definition, side by side; the baby's clock once for each baby."""
    timeline: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamEventsAnswer(Answer):
    """What was recorded of a team itself: settings, people, work with other professionals."""

    version: str
    """Of its settings in force at the date; `default-1`: it has set none."""
    events: list[Entry]
    """The latest, in the order in which a person reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricItem:
    """One metric that can be asked for."""

    code: str
    name: str
    title: str
    unit: str
    source: str
    better: str
    """`higher`, `lower` or `neither`: in which direction it improves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsAnswer:
    """All metrics, in the order of their definitions."""

    metrics: list[MetricItem]


CellValue = str | int | float | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnItem:
    """What stands in a column."""

    name: str
    title: str
    kind: str
    """`text`, `count`, `days`, `share` (a ratio), `number` or `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableItem:
    """One table, rows in its order."""

    name: str
    title: str
    columns: list[ColumnItem]
    rows: list[list[CellValue]]
    total: bool
    """Whether the last row is the total of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TablesAnswer(Answer):
    """One metric as tables."""

    code: str
    name: str
    title: str
    first_day: date
    last_day: date
    suppressed: bool
    """Whether small numbers are hidden: counts under 5 as `*`, others to the nearest 5."""
    tables: list[TableItem]
