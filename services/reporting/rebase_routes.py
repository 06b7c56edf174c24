"""Rebases over HTTP: a person says from which month on the limits of a series are computed anew, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from services.reporting import rebases
from services.reporting.api import CurrentViews, Views
from services.reporting.metrics.series import LINES
from services.reporting.parameters import said_once
from services.reporting.reports.answers import RebaseItem, rebase_item
from shared.eventstore.teams import team_transaction
from shared.kernel.civil import civil_date
from shared.kernel.fields import CivilDate, Code, ReasonCode
from shared.kernel.ids import utc_now
from shared.kernel.values import value
from shared.web.access.acts import require_team
from shared.web.actor import Actor, MayReadViews, MayRebaseLimits
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body, request_body, shape
from shared.web.decision import DECISION, DECISION_BODY
from shared.web.problems import Problem

router = APIRouter(prefix="/rebases", tags=["rebases"], dependencies=[Depends(said_once)])
ActId = Annotated[UUID, Path(description="As `GET /rebases` gives it.")]


@value
class RebaseAsked:
    """From which month on which limits are computed anew; without a team: of all teams together."""

    team: Code | None = None
    series: Code
    month: CivilDate
    reason: ReasonCode


REBASE = shape(RebaseAsked, "body")
_EXAMPLE = {"team": "team-north", "series": "w2", "month": "2026-01-01", "reason": "second-clinic-opened"}


async def rebase_limits(views: Views, actor: Actor, asked: RebaseAsked) -> rebases.Rebase:
    """Records a rebase.

    Raises:
        Problem: 403 another team, or all teams for one who has not all; 422 `series-unknown` or `not-a-month`; 409
            `already-rebased`.
    """
    require_team(actor, asked.team, "body", "/team")
    if asked.team is None and actor.teams is not None:
        raise Problem(
            403, "not-your-team", "the series of all teams is for those who see all", field="/team", within="body"
        )
    if asked.series not in LINES:
        raise Problem(422, "series-unknown", "a series as metric M11 names it", field="/series", within="body")
    if asked.month.day != 1 or asked.month > civil_date(utc_now()):
        raise Problem(422, "not-a-month", "the first day of a month that has begun", field="/month", within="body")
    async with team_transaction(views.writer, actor.teams) as conn:
        try:
            return await rebases.rebase(
                conn, actor, team=asked.team, series=asked.series, month=asked.month, reason=asked.reason
            )
        except rebases.AlreadyStands:
            raise Problem(
                409, "already-rebased", "these limits begin in this month already", field="/month", within="body"
            ) from None


async def withdraw_rebase(views: Views, actor: Actor, act_id: UUID, reason: str) -> rebases.Rebase:
    """Takes a rebase back. Raises `Problem` 404 `rebase-unknown`, 409 `rebase-not-standing`."""
    async with team_transaction(views.writer, actor.teams) as conn:
        if await rebases.one(conn, act_id) is None:
            raise Problem(404, "rebase-unknown", "no such rebase was recorded", field="/act_id", within="path")
        try:
            return await rebases.withdraw(conn, actor, act_id, reason)
        except rebases.NotStanding:
            raise Problem(
                409, "rebase-not-standing", "it was taken back already", field="/act_id", within="path"
            ) from None


@router.post("", status_code=201, response_model=RebaseItem, responses=WRITE_PROBLEMS,
             openapi_extra=request_body(REBASE.schema, _EXAMPLE))  # fmt: skip
async def add_rebase(request: Request, actor: MayRebaseLimits, views: CurrentViews) -> RebaseItem:
    """Have the limits of a monthly series computed anew from a month on."""
    return rebase_item(await rebase_limits(views, actor, await json_body(request, REBASE)))


@router.post("/{act_id}/withdrawal", status_code=201, response_model=RebaseItem, responses=WRITE_PROBLEMS,
             openapi_extra=DECISION_BODY)  # fmt: skip
async def add_withdrawal(act_id: ActId, request: Request, actor: MayRebaseLimits, views: CurrentViews) -> RebaseItem:
    """Take a rebase back; both acts stay on record."""
    return rebase_item(await withdraw_rebase(views, actor, act_id, (await json_body(request, DECISION)).reason))


@router.get("", responses=READ_PROBLEMS)
async def get_rebases(actor: MayReadViews, views: CurrentViews, team: Code | None = None) -> list[RebaseItem]:
    """Every act about the limits of a team's series (left out: of all teams together), in the order of recording."""
    require_team(actor, team, "query", "/team")
    async with team_transaction(views.reader, actor.teams) as conn:
        return [rebase_item(each) for each in await rebases.acts(conn, team)]
