"""Frozen reports: the list, one report computed again and to be printed, and what has changed since."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from services.reporting.api import CurrentViews
from services.reporting.metrics.catalogue import METRICS
from services.reporting.pages.case_list import PATH as CASES
from services.reporting.pages.figures import Figure, barred, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.form import WITH_PERIOD, read_form
from services.reporting.pages.frame import Asked, Page, draw
from services.reporting.parameters import said_once
from services.reporting.reports import frozen
from services.reporting.reports.answering import again, redefined
from services.reporting.reports.asked import EVIDENCE, AskedFilters, Freeze
from services.reporting.reports.canonical import Part
from services.reporting.reports.files import TITLES, ReportFile, report_file, versions_said
from services.reporting.reports.freezing import freeze
from services.reporting.reports.question import ReportKind, said_of
from services.reporting.reports.routes import diff_of, report_of
from services.reporting.saved_views import name_of
from shared.eventstore.store import Connection
from shared.kernel.ids import utc_now
from shared.web.access.browser import MayReadPages, PageForm
from shared.web.problems import Problem

PATH = "/pages/reports"
MOST = 100
"""So many reports are listed, the latest."""
LEAST_NAME = 3
router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found = await frozen.latest(conn, asked.actor, team=asked.form.scope.team, limit=MOST)
    return {"reports": found, "kinds": TITLES, "most": MOST, "evidence": [METRICS[name] for name in EVIDENCE]}


PAGE = Page(path=PATH, title="Frozen reports", template="reports.jinja", ask=_ask, fields=WITH_PERIOD)


@router.post(PATH)
async def freeze_view(fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Freezes what the reader looks at: the metrics that the form names, asked as the address of its page asks them.

    Raises:
        Problem: 422 `wrong-filter`, `name-needed`, and what `freeze` raises.
    """
    form = read_form(QueryParams(fields.get("query", "")), WITH_FILTERS, teams=actor.teams)
    if form.errors:
        raise Problem(422, "wrong-filter", "; ".join(sorted(form.errors.values())), field="/query", within="body")
    name = name_of(fields.get("name", ""))
    if len(name) < LEAST_NAME:
        raise Problem(422, "name-needed", "a name has three letters or digits", field="/name", within="body")
    pack = fields.get("kind") == ReportKind.EVIDENCE_PACK
    scope, (first, last) = form.scope, form.period
    asked = Freeze(
        name=name,
        kind=ReportKind.EVIDENCE_PACK if pack else ReportKind.VIEW,
        metrics=() if pack else tuple(fields.get("metrics", "").split()),
        team=scope.team,
        at=scope.at,
        known_at=scope.known_at,
        first_day=first,
        last_day=last,
        filters=AskedFilters(**{each: getattr(scope.filters, each) for each in AskedFilters.__dataclass_fields__}),
    )
    report = await freeze(views, actor, asked)
    return RedirectResponse(f"{PATH}/{report.report_id}", 303, headers={"Cache-Control": "no-store"})


@router.get(PATH + "/{report_id}.{kind}")
async def get_file(report_id: UUID, kind: ReportFile, actor: MayReadPages, views: CurrentViews) -> Response:
    """The report as a file. Raises `Problem` 404 `report-unknown`."""
    return report_file(await again(views.reader, await report_of(views, actor, report_id)), kind)


@router.get(PATH + "/{report_id}")
async def show(report_id: UUID, request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """The report, computed again, with its definitions beside its numbers. Raises `Problem` 404 `report-unknown`."""
    report = await report_of(views, actor, report_id)
    computed = await again(views.reader, report)
    return draw(
        request,
        "report.jinja",
        actor=actor,
        report=report,
        asked=report.question,
        filters=said_of(report.question.filters),
        title=TITLES[report.kind],
        computed=computed,
        redefined=redefined(report),
        versions=versions_said(report),
        sections=[(METRICS[part.metric], _figures(part)) for part in computed.parts],
        printed_at=utc_now(),
    )


def _figures(part: Part) -> list[Figure]:
    """Every table of a metric, opened: what is printed must not be folded away. Bars of months say nothing."""
    if part.metric == "series":
        return [plain(table) for table in part.tables]
    drawn = (barred(f"{part.metric}-{table.name}".replace("_", "-"), table) for table in part.tables)
    return [replace(each, open=True) for each in drawn]


@router.get(PATH + "/{report_id}/diff")
async def show_diff(report_id: UUID, request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
    """What has changed since. Raises `Problem` 404 `report-unknown`."""
    report = await report_of(views, actor, report_id)
    return draw(
        request,
        "report_diff.jinja",
        actor=actor,
        report=report,
        found=await diff_of(views, actor, report),
        redefined=redefined(report),
        metrics=METRICS,
        cases=CASES,
    )
