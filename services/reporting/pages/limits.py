"""Every monthly series with its limits, and the decisions from which month on these are computed anew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from services.reporting import rebases
from services.reporting.api import CurrentViews
from services.reporting.metrics.series import LINES
from services.reporting.pages import monthly
from services.reporting.pages.figures import measured
from services.reporting.pages.form import WITH_PERIOD
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import answer, section
from services.reporting.parameters import CivilDate, said_once
from services.reporting.rebase_routes import RebaseAsked, rebase_limits, withdraw_rebase
from services.reporting.saved_views import name_of
from shared.eventstore.store import Connection
from shared.web.access.browser import MayReadPages, PageForm
from shared.web.access.guard import forbidden
from shared.web.access.roles import Scope
from shared.web.actor import Actor
from shared.web.problems import Problem

PATH = "/pages/limits"
LEAST_REASON = 3
router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])
_DAY: TypeAdapter[Any] = TypeAdapter(CivilDate)


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found = await measured(conn, asked, "series")
    scope = asked.form.scope
    standing = await rebases.standing(conn, scope.team, scope.known_at)
    # what stood at k is shown as of then, but who may decide decides about now
    decides = _may(asked.actor, scope.team) and scope.known_at is None
    sections = [] if found is None else [section(found, monthly.charts(found, list(LINES)))]
    return {
        **await answer(conn, asked, sections),
        "standing": standing,
        "acts": await rebases.acts(conn, scope.team),
        "lines": LINES,
        "months": [] if found is None else [month.first for month in reversed(found.answer.months[1:])],
        "decides": decides,
    }


PAGE = Page(path=PATH, title="Month by month", template="limits.jinja", ask=_ask, fields=WITH_PERIOD)


def _may(actor: Actor, team: str | None) -> bool:
    return actor.may(Scope.LIMITS_REBASE) and (team is not None or actor.teams is None)


def _reason(fields: Mapping[str, str]) -> str:
    reason = name_of(fields.get("reason", ""))
    if len(reason) < LEAST_REASON:
        raise Problem(422, "reason-needed", "say in a few words why", field="/reason", within="body")
    return reason


def _back(team: str | None) -> Response:
    address = PATH if team is None else f"{PATH}?team={team}"
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


@router.post(PATH)
async def add(fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Has limits computed anew from a month on. Raises `Problem` 403, and what `rebase_limits` raises."""
    if not actor.may(Scope.LIMITS_REBASE):
        raise forbidden(Scope.LIMITS_REBASE)
    try:
        month = _DAY.validate_python(fields.get("month", ""))
    except ValidationError:
        raise Problem(422, "not-a-month", "choose a month from the list", field="/month", within="body") from None
    team = fields.get("team") or None
    asked = RebaseAsked(team=team, series=fields.get("series", ""), month=month, reason=_reason(fields))
    await rebase_limits(views, actor, asked)
    return _back(team)


@router.post(PATH + "/{act_id}/withdrawal")
async def withdraw(act_id: UUID, fields: PageForm, actor: MayReadPages, views: CurrentViews) -> Response:
    """Takes a rebase back. Raises `Problem` 403, and what `withdraw_rebase` raises."""
    if not actor.may(Scope.LIMITS_REBASE):
        raise forbidden(Scope.LIMITS_REBASE)
    act = await withdraw_rebase(views, actor, act_id, _reason(fields))
    return _back(act.team)
