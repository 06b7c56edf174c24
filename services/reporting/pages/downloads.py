"""Files of a page's figures, for who is signed in: the same question as the page, the same numbers hidden."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.reporting.api import CurrentViews
from services.reporting.downloads import FileKind, file_of
from services.reporting.metrics.metric import Period
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.form import read_form
from services.reporting.parameters import said_once
from services.reporting.table_routes import MetricName, inside, metric_named
from shared.web.access.browser import MayReadPages
from shared.web.access.guard import forbidden
from shared.web.access.roles import Scope
from shared.web.problems import Problem

router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])


@router.get("/pages/tables/{name}.{kind}")
async def get_file(
    name: MetricName, kind: FileKind, request: Request, actor: MayReadPages, views: CurrentViews
) -> Response:
    """A metric as a file.

    Raises:
        Problem: 404 `metric-unknown`; 422 `wrong-filter`; 403, 503.
    """
    if not actor.may(Scope.VIEWS_READ):
        raise forbidden(Scope.VIEWS_READ)
    metric = metric_named(name)
    form = read_form(request.query_params, WITH_FILTERS, teams=actor.teams)
    if form.errors:
        raise Problem(422, "wrong-filter", "; ".join(sorted(form.errors.values())))
    async with views.snapshot(actor) as conn:
        return await file_of(
            conn,
            metric,
            kind,
            form.scope,
            Period(*form.period),
            actor=actor,
            inside_team=inside(actor, form.scope.team),
        )
