"""Typed answers about frozen reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.reporting.answers import CellValue, TableItem
from services.reporting.rebases import Rebase
from services.reporting.reports.answering import Again, redefined
from services.reporting.reports.differences import Difference
from services.reporting.reports.files import own_names
from services.reporting.reports.frozen import Frozen
from services.reporting.reports.question import said_of
from services.reporting.table_routes import cell_value, table_item
from services.reporting.tables import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportItem:
    """One frozen report."""

    report_id: UUID
    name: str
    kind: str
    """`view` or `evidence-pack`."""
    frozen_at: datetime
    frozen_by: str
    """Opaque id of who froze it."""
    role: str
    team: str | None
    """null: all teams of who froze it."""
    at: date
    known_at: datetime
    complete_to: datetime
    first_day: date
    last_day: date
    filters: dict[str, str]
    suppressed: bool
    metrics: dict[str, int]
    """Version of each metric's definition, by its name."""
    facts: int
    """Version of what is made of events before anything is counted."""
    tables: list[str]
    """metric/table."""
    result_hash: str
    """SHA-256 of the result's canonical JSON, in hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsAnswer:
    """A page of reports, the latest first."""

    reports: list[ReportItem]
    next: UUID | None
    """To be given as `after` for the next page; null: this is the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionItem:
    """A definition that is not the one of then."""

    name: str
    """Of a metric, or `facts`."""
    then: int
    now: int | None
    """null: there is no such metric any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswer:
    """A report, computed again."""

    report: ReportItem
    verified: bool
    """Whether the result is, byte for byte, what was frozen."""
    result_hash_now: str
    redefined: list[DefinitionItem]
    """Definitions that have changed since: why a result may differ."""
    tables: list[TableItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem:
    """One event that came after k and changed what is believed."""

    event_id: UUID | None
    """null: the case is named by a pseudonym, and an event's id would lead to it."""
    case_id: UUID | None
    """null: about a team, not about a case."""
    pseudonym: bool
    team: str
    type: str
    occurred_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceItem:
    """One cell that is not what it was; null: there is no such row, or no value."""

    metric: str
    table: str
    row: str
    column: str
    kind: str
    then: CellValue
    now: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class RebaseItem:
    """A person's decision from which month on limits are computed anew, or that they are not."""

    act_id: UUID
    recorded_at: datetime
    recorded_by: str
    role: str
    team: str | None
    """null: all teams together."""
    series: str
    month: date
    reason: str
    withdraws: UUID | None
    """The act that this one takes back; null: this is a rebase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffAnswer:
    """Today's answer to the same question against the frozen one."""

    report: ReportItem
    verified: bool
    """Of the frozen answer as it is computed again; what differs, differs from that one."""
    redefined: list[DefinitionItem]
    differences: list[DifferenceItem]
    by_type: dict[str, CellValue]
    """How many of the events there are, by type; `*`: too few to leave the team."""
    events: list[ChangeItem]
    """For who may list cases; empty for others."""
    more: bool
    """There are more events than are looked at: these are the first."""
    rebases: list[RebaseItem]
    """Decisions about limits since then."""


def report_item(report: Frozen) -> ReportItem:
    """A report as it was frozen."""
    asked = report.question
    return ReportItem(
        report_id=report.report_id,
        name=report.name,
        kind=report.kind.value,
        frozen_at=report.frozen_at,
        frozen_by=report.actor_id,
        role=report.role,
        team=asked.team,
        at=asked.at,
        known_at=asked.known_at,
        complete_to=report.complete_to,
        first_day=asked.first_day,
        last_day=asked.last_day,
        filters=said_of(asked.filters),
        suppressed=asked.suppressed,
        metrics=dict(zip(asked.metrics, report.versions, strict=True)),
        facts=report.definition,
        tables=list(report.tables),
        result_hash=report.result_hash.hex(),
    )


def report_answer(computed: Again) -> ReportAnswer:
    """A report and what it is now."""
    return ReportAnswer(
        report=report_item(computed.report),
        verified=computed.verified,
        result_hash_now=computed.result_hash.hex(),
        redefined=_redefined(computed.report),
        tables=[table_item(table) for table in own_names(computed.parts)],
    )


def diff_answer(
    computed: Again,
    found: Sequence[Difference],
    events: Sequence[ChangeItem],
    by_type: Mapping[str, Cell],
    rebases: Sequence[Rebase],
    *,
    more: bool,
) -> DiffAnswer:
    """What has changed."""
    return DiffAnswer(
        report=report_item(computed.report),
        verified=computed.verified,
        redefined=_redefined(computed.report),
        differences=[difference_item(each) for each in found],
        by_type={name: cell_value(number) for name, number in by_type.items()},
        events=list(events),
        more=more,
        rebases=[rebase_item(each) for each in rebases],
    )


def difference_item(each: Difference) -> DifferenceItem:
    """One cell."""
    return DifferenceItem(
        metric=each.metric,
        table=each.table,
        row=each.row,
        column=each.column.name,
        kind=each.column.kind.value,
        then=cell_value(each.then),
        now=cell_value(each.now),
    )


def rebase_item(each: Rebase) -> RebaseItem:
    """One act."""
    return RebaseItem(
        act_id=each.act_id,
        recorded_at=each.recorded_at,
        recorded_by=each.actor_id,
        role=each.role,
        team=each.team,
        series=each.series,
        month=each.month,
        reason=each.reason,
        withdraws=each.withdraws,
    )


def _redefined(report: Frozen) -> list[DefinitionItem]:
    return [DefinitionItem(name=each.what, then=each.then, now=each.now) for each in redefined(report)]
