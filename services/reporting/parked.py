"""What reporting could not apply: shown, and retried or discarded by a person with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.reporting.api import CurrentViews, Views
from services.reporting.parameters import said_once
from services.reporting.projections import CONSUMER
from shared.bus import held
from shared.eventstore.teams import team_transaction
from shared.process.relationship import Right
from shared.web.actor import Actor, MayDecideParked, MayReadParked
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body
from shared.web.decision import DECISION, DECISION_BODY, ItemId
from shared.web.problems import Problem
from shared.web.recording import record_read, teams_of_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """One event that was heard and not applied; never its content."""

    id: int
    kind: str
    """`poison`, `undecodable`, `unknown`, `content-differs` or `unreadable`."""
    state: str
    """`held`, or `retry` when a retry was asked for and is not done yet."""
    store: str
    stream: str | None
    version: int | None
    case_id: UUID | None
    type: str | None
    recorded_at: datetime | None
    held_at: datetime
    error: str


router = APIRouter(prefix="/parked", tags=["parked"])


@router.get("", responses=READ_PROBLEMS, dependencies=[Depends(said_once)])
async def list_parked(actor: MayReadParked, views: CurrentViews) -> list[Parked]:
    """Every event that is held back and waits for a decision or an upgrade, oldest first."""
    async with team_transaction(views.reader, actor.teams) as conn:
        items = await held.list_held(conn, CONSUMER)
        named = {item.case_id for item in items if item.case_id is not None}
        teams = await teams_of_cases(conn, named, None)
        await record_read(conn, actor, "/parked", named, Right.ROLE, teams=set(teams.values()))
    names = Parked.__dataclass_fields__
    return [Parked(**{name: getattr(item, name) for name in names}) for item in items]


async def _decide(request: Request, views: Views, item_id: int, actor: Actor, decide: Any) -> Response:
    decision = await json_body(request, DECISION)
    async with team_transaction(views.writer, actor.teams) as conn:
        try:
            await decide(conn, item_id, actor.id, decision.reason)
        except held.NotHeld:
            raise Problem(
                409, "not-held", "nothing of this id waits for such a decision", field="/item_id", within="path"
            ) from None
    return Response(status_code=204)


@router.post("/{item_id}/retry", status_code=204, responses=WRITE_PROBLEMS, openapi_extra=DECISION_BODY)
async def retry_parked(item_id: ItemId, request: Request, actor: MayDecideParked, views: CurrentViews) -> Response:
    """Try a held event again; the consumer does it within a second."""
    return await _decide(request, views, item_id, actor, held.retry)


@router.post("/{item_id}/discard", status_code=204, responses=WRITE_PROBLEMS, openapi_extra=DECISION_BODY)
async def discard_parked(item_id: ItemId, request: Request, actor: MayDecideParked, views: CurrentViews) -> Response:
    """Decide that a held event counts as present and empty, for good."""
    return await _decide(request, views, item_id, actor, held.discard)
