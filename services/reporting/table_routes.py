"""Every metric under one address, as tables: raw inside the team, small numbers hidden in whatever leaves it."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field
from starlette.responses import Response

from services.reporting import answers, presenters, queries
from services.reporting.api import CurrentViews, WaitHeader, ready
from services.reporting.downloads import FileKind, file_of
from services.reporting.metrics.catalogue import METRICS, Metric, Period
from services.reporting.parameters import AskedPeriod, said_once
from services.reporting.tables import Cell, Table, suppressed
from shared.web.access.roles import Role
from shared.web.actor import Actor, MayReadViews
from shared.web.app import READ_PROBLEMS
from shared.web.problems import Problem

router = APIRouter(tags=["tables"], dependencies=[Depends(said_once)], responses=READ_PROBLEMS)


class AskedTables(AskedPeriod):
    """A metric as tables."""

    suppressed: bool | None = Field(
        None,
        description="Whether small numbers are hidden. Left out: unless they are your own team's. They cannot be had"
        " raw outside the team.",
    )


MetricName = Annotated[str, Path(pattern=r"^[a-z-]{1,40}$", description="As `GET /tables` lists them.")]


def inside(actor: Actor, team: str | None) -> bool:
    """Whether an answer about a team stays inside it: he works there, and sees more of it than numbers.

    Who works for every team, or only analyses, is outside. Source: domain 3.5, design 6 (inside its team a number is
    shown raw; whatever leaves the team is suppressed).
    """
    return team is not None and actor.teams is not None and team in actor.teams and actor.role != Role.ANALYST


def hides(actor: Actor, asked: AskedTables) -> bool:
    """Whether small numbers are to be hidden in what this caller gets.

    Raises:
        Problem: 403 `not-inside-the-team`, raw numbers were asked for from outside.
    """
    own = inside(actor, asked.team)
    if asked.suppressed is False and not own:
        raise Problem(403, "not-inside-the-team", "raw numbers stay in their team", field="/suppressed", within="query")
    return not own if asked.suppressed is None else asked.suppressed


def metric_named(name: str) -> Metric:
    """The metric of a name. Raises `Problem` 404 `metric-unknown`."""
    if name not in METRICS:
        raise Problem(404, "metric-unknown", "GET /tables lists the metrics", field="/name", within="path")
    return METRICS[name]


@router.get("/tables")
async def get_metrics(_: MayReadViews) -> answers.MetricsAnswer:
    """What can be asked for, with the source of each definition."""
    return answers.MetricsAnswer(
        metrics=[
            answers.MetricItem(
                code=each.code, name=each.name, title=each.title, unit=each.unit, source=each.source, better=each.better
            )
            for each in METRICS.values()
        ]
    )


@router.get("/tables/{name}.{kind}", response_class=Response)
async def get_file(
    *,
    name: MetricName,
    kind: FileKind,
    actor: MayReadViews,
    views: CurrentViews,
    asked: Annotated[AskedTables, Query()],
    wait_for: WaitHeader = None,
) -> Response:
    """One metric as a file: a workbook (`xlsx`), or a zip of CSV files (`csv`); each says where it comes from."""
    metric, hide = metric_named(name), hides(actor, asked)
    await ready(views, asked, wait_for, actor)
    period = Period(*asked.period(asked.scope.at))
    async with views.snapshot(actor) as conn:
        return await file_of(conn, metric, kind, asked.scope, period, actor=actor, inside_team=not hide)


@router.get("/tables/{name}")
async def get_tables(
    name: MetricName,
    actor: MayReadViews,
    views: CurrentViews,
    asked: Annotated[AskedTables, Query()],
    wait_for: WaitHeader = None,
) -> answers.TablesAnswer:
    """One metric as tables. A hidden cell is `*`; null: there is no such value."""
    metric, hide = metric_named(name), hides(actor, asked)
    await ready(views, asked, wait_for, actor)
    scope = asked.scope
    period = Period(*asked.period(scope.at))
    async with views.snapshot(actor) as conn:
        found = metric.tables(await metric.measure(conn, scope, period))
        fresh = await queries.freshness(conn, scope.known_at)
    shown = [suppressed(each) for each in found] if hide else found
    return answers.TablesAnswer(
        **presenters.stamp(scope, fresh),
        code=metric.code,
        name=metric.name,
        title=metric.title,
        first_day=period.first,
        last_day=period.last,
        suppressed=hide,
        tables=[table_item(each) for each in shown],
    )


def table_item(table: Table) -> answers.TableItem:
    """A table as JSON answers show it."""
    columns = [answers.ColumnItem(name=each.name, title=each.title, kind=each.kind) for each in table.columns]
    rows = [[cell_value(each) for each in row] for row in table.rows]
    return answers.TableItem(name=table.name, title=table.title, columns=columns, rows=rows, total=table.total)


def cell_value(cell: Cell) -> answers.CellValue:
    """A cell as JSON answers show it."""
    return float(cell) if isinstance(cell, Decimal) else cell
