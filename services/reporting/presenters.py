"""Typed answers for the API and the pages: numbers as JSON numbers, and how far each answer can be relied on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.reporting.metrics.caseload import Caseload
from services.reporting.metrics.flow import Flow
from services.reporting.metrics.scope import STAGES, Scope
from services.reporting.metrics.waits import TARGETS_VERSION, WAITS, Summary, WaitAnswer
from services.reporting.parameters import write_cursor
from services.reporting.queries import Freshness
from services.reporting.timeline import Entry

STAGE_TITLES = {
    "awaiting_decision": "Awaiting decision",
    "waiting_assessment": "Accepted, waiting for assessment",
    "in_assessment": "In assessment",
    "waiting_programme": "Assessed, waiting for programme",
    "waiting_first_session": "Programme assigned, waiting for first treatment session",
    "active": "Active",
    "paused": "Paused",
    "ending": "Ending",
}
"""Plain words for M1's sub-states."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadAnswer(Answer):
    """M1 and M2."""

    mode: Literal["standard", "nhse"]
    open_referrals: int
    by_stage: dict[str, int]
    open_caseload: Units
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
    target_days: int
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
class CaseAnswer(Answer):
    """One case with its waits and its timeline."""

    case: CaseItem
    waits: dict[str, CaseWait]
    timeline: list[Entry]


def stamp(scope: Scope, fresh: Freshness) -> dict[str, Any]:
    """The members of `Answer`."""
    return {"team": scope.team, "at": scope.at, **asdict(fresh)}


def caseload_answer(scope: Scope, fresh: Freshness, found: Caseload, *, nhse: bool) -> CaseloadAnswer:
    """M1 and M2 as an answer."""
    return CaseloadAnswer(
        **stamp(scope, fresh),
        mode="nhse" if nhse else "standard",
        open_referrals=found.open_referrals,
        by_stage={stage: found.by_stage[stage] for stage in STAGES},
        open_caseload=Units(
            cases=found.cases,
            infants=found.infants,
            caregivers=found.caregivers,
            relationships=found.relationships,
        ),
        orphans=found.orphans,
    )


def waits_answer(
    scope: Scope, fresh: Freshness, period: tuple[date, date], found: Mapping[str, WaitAnswer]
) -> WaitsAnswer:
    """W1 to W6 as an answer."""
    return WaitsAnswer(
        **stamp(scope, fresh),
        first_day=period[0],
        last_day=period[1],
        targets_version=TARGETS_VERSION,
        waits={
            name: WaitFigures(
                title=each.title,
                target_days=each.target_days,
                completed=_figures(each.completed),
                incomplete=_figures(each.incomplete),
                left_out=each.left_out,
            )
            for name, each in found.items()
        },
    )


def flow_answer(scope: Scope, fresh: Freshness, period: tuple[date, date], found: Flow) -> FlowAnswer:
    """M3 as an answer."""
    return FlowAnswer(**stamp(scope, fresh), first_day=period[0], last_day=period[1], **asdict(found))


def cases_answer(scope: Scope, fresh: Freshness, rows: Sequence[Mapping[str, Any]], limit: int) -> CasesAnswer:
    """A page of cases. `rows` may hold one more than `limit`: then there is a next page."""
    page = [CaseItem(**row) for row in rows[:limit]]
    more = len(rows) > limit
    return CasesAnswer(
        **stamp(scope, fresh),
        cases=page,
        next=write_cursor(page[-1].received_on, page[-1].case_id) if more else None,
    )


def case_answer(scope: Scope, fresh: Freshness, row: Mapping[str, Any], entries: list[Entry]) -> CaseAnswer:
    """One case as an answer."""
    waits = {name: case_wait(row, scope.at, wait.title, wait.start, wait.stop) for name, wait in WAITS.items()}
    return CaseAnswer(**stamp(scope, fresh), case=CaseItem(**row), waits=waits, timeline=entries)


def case_wait(row: Mapping[str, Any], at: date, title: str, start_name: str, stop_name: str) -> CaseWait:
    """One wait of one case, by the definitions of `metrics.waits`."""
    start, stop, closed_on = row[start_name], row[stop_name], row["closed_on"]
    start = start if start is not None and start <= at else None
    stop = stop if stop is not None and stop <= at else None
    if start is None:
        return CaseWait(title=title, start=None, stop=stop, days=None, state="not_started")
    if stop is not None:
        late = stop < start
        days = None if late else (stop - start).days
        return CaseWait(title=title, start=start, stop=stop, days=days, state="left_out" if late else "completed")
    if closed_on is not None and closed_on <= at:
        return CaseWait(title=title, start=start, stop=None, days=None, state="ended")
    return CaseWait(title=title, start=start, stop=None, days=(at - start).days, state="waiting")


def _figures(found: Summary) -> Figures:
    return Figures(
        n=found.n,
        median=_number(found.median),
        p25=_number(found.p25),
        p75=_number(found.p75),
        p90=_number(found.p90),
        p92=_number(found.p92),
        max=found.max,
        share_within_target=_number(found.within_target),
        share_under_four_weeks=_number(found.under_four_weeks),
    )


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)
