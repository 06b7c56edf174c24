"""Frozen reports over HTTP: freeze a question, ask for it again, see what has changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.reporting import queries, rebases
from services.reporting.api import CurrentViews, Views
from services.reporting.parameters import said_once
from services.reporting.reports import frozen
from services.reporting.reports.answering import Again, again, today
from services.reporting.reports.answers import (
    ChangeItem,
    DiffAnswer,
    ReportAnswer,
    ReportItem,
    ReportsAnswer,
    diff_answer,
    report_answer,
    report_item,
)
from services.reporting.reports.asked import FREEZE, FREEZE_BODY
from services.reporting.reports.differences import Difference, differences
from services.reporting.reports.files import ReportFile, report_file
from services.reporting.reports.freezing import freeze
from services.reporting.reports.frozen import Frozen
from services.reporting.reports.since import Change, changes, counted
from services.reporting.rights import rights_to_cases
from services.reporting.table_routes import inside
from services.reporting.tables import Cell, Column, Kind, Table, suppressed
from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.fields import Code
from shared.kernel.ids import utc_now
from shared.process.relationship import Right
from shared.web.access.acts import require_team
from shared.web.access.roles import Scope
from shared.web.actor import Actor, MayReadViews
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body
from shared.web.problems import Problem
from shared.web.recording import record_read

router = APIRouter(prefix="/reports", tags=["reports"], dependencies=[Depends(said_once)])
ReportId = Annotated[UUID, Path(description="As `POST /reports` and `GET /reports` give it.")]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many.")]
DIFF_ROUTE = "/reports/{report_id}/diff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Today's answer against the frozen one, as somebody may see it."""

    computed: Again
    differences: Sequence[Difference]
    by_type: Mapping[str, Cell]
    events: Sequence[ChangeItem]
    more: bool
    rebases: Sequence[rebases.Rebase]


async def report_of(views: Views, actor: Actor, report_id: UUID) -> Frozen:
    """A report that the actor may see. Raises `Problem` 404 `report-unknown`."""
    async with team_transaction(views.reader, actor.teams) as conn:
        found = await frozen.find(conn, report_id, actor)
    if found is None:
        raise Problem(404, "report-unknown", "no such report was frozen", field="/report_id", within="path")
    return found


async def diff_of(views: Views, actor: Actor, report: Frozen) -> Diff:
    """What has changed since; the cases that it names are on record."""
    asked = report.question
    computed = await again(views.reader, report)
    async with queries.snapshot(views.reader, asked.teams, on_record=True) as conn:
        now = await today(conn, asked)
        found, more = await changes(conn, asked)
        events = await _named(conn, views, actor, found)
        later = await rebases.acts(conn, asked.team, after=asked.known_at) if "series" in asked.metrics else ()
    return Diff(
        computed=computed,
        differences=differences(computed.parts, now),
        by_type=_by_type(found, raw=inside(actor, asked.team)),
        events=events,
        more=more,
        rebases=later,
    )


def _by_type(found: Sequence[Change], *, raw: bool) -> Mapping[str, Cell]:
    columns = (Column("type", "Event", Kind.TEXT), Column("events", "Events", Kind.COUNT))
    table = Table("events", "Events since", columns, tuple(counted(found).items()))
    shown = table if raw else suppressed(table)
    return {str(name): number for name, number in shown.rows}


async def _named(conn: Connection, views: Views, actor: Actor, found: Sequence[Change]) -> list[ChangeItem]:
    """The events one by one, as the list of cases names them: under a pseudonym where there is no right to the case."""
    named = actor.may(Scope.CASES_LIST)
    if not named and not actor.may(Scope.CASES_PSEUDONYMISED):
        return []
    cases = {each.case_id: each.team for each in found if each.case_id is not None}
    rights = await rights_to_cases(conn, cases, actor.seeker, utc_now())
    if named:
        for right in sorted({right for right in rights.values() if right is not None}):
            mine = [case_id for case_id, held in rights.items() if held == right]
            await record_read(conn, actor, DIFF_ROUTE, mine, right, teams={cases[case_id] for case_id in mine})
    return [
        _item(views, each, rights.get(each.case_id) if named and each.case_id is not None else None)
        for each in found
        if each.case_id is None or each.case_id in rights
    ]


def _item(views: Views, each: Change, right: Right | None) -> ChangeItem:
    hidden = each.case_id is not None and right is None
    return ChangeItem(
        event_id=None if hidden else each.event_id,
        case_id=views.pseudonyms.of(each.case_id) if hidden and each.case_id is not None else each.case_id,
        pseudonym=hidden,
        team=each.team,
        type=each.type,
        occurred_on=each.occurred_on,
        recorded_at=each.recorded_at,
    )


@router.post("", status_code=201, response_model=ReportItem, responses=WRITE_PROBLEMS, openapi_extra=FREEZE_BODY)
async def freeze_report(request: Request, actor: MayReadViews, views: CurrentViews) -> ReportItem:
    """Freeze a question: its answer's hash and definitions are kept; the same one again is the report that there is."""
    return report_item(await freeze(views, actor, await json_body(request, FREEZE)))


@router.get("", responses=READ_PROBLEMS)
async def get_reports(
    actor: MayReadViews, views: CurrentViews, team: Code | None = None, after: UUID | None = None, limit: Limit = 100
) -> ReportsAnswer:
    """Frozen reports, the latest first. Those with raw numbers are seen inside their team alone."""
    require_team(actor, team, "query", "/team")
    async with team_transaction(views.reader, actor.teams) as conn:
        found = await frozen.latest(conn, actor, team=team, after=after, limit=limit + 1)
    page = found[:limit]
    return ReportsAnswer(
        reports=[report_item(each) for each in page], next=page[-1].report_id if len(found) > limit else None
    )


@router.get("/{report_id}.{kind}", response_class=Response, responses=READ_PROBLEMS)
async def get_report_file(report_id: ReportId, kind: ReportFile, actor: MayReadViews, views: CurrentViews) -> Response:
    """A report, computed again, as a file. Of `json`, `sha256sum` is the result's hash."""
    return report_file(await again(views.reader, await report_of(views, actor, report_id)), kind)


@router.get("/{report_id}", responses=READ_PROBLEMS)
async def get_report(report_id: ReportId, actor: MayReadViews, views: CurrentViews) -> ReportAnswer:
    """A report, computed again from (t, k), and whether the result is byte for byte what was frozen."""
    return report_answer(await again(views.reader, await report_of(views, actor, report_id)))


@router.get("/{report_id}/diff", responses=READ_PROBLEMS)
async def get_diff(report_id: ReportId, actor: MayReadViews, views: CurrentViews) -> DiffAnswer:
    """Today's answer to the same question: every number that differs, and the events that came since and changed it."""
    found = await diff_of(views, actor, await report_of(views, actor, report_id))
    return diff_answer(found.computed, found.differences, found.events, found.by_type, found.rebases, more=found.more)
