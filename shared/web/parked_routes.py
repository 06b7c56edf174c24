"""`/parked`: what a deciding service heard and could not apply, and what its rules have left undecided."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from shared.bus import held
from shared.eventstore.teams import team_transaction
from shared.kernel.codec import to_json
from shared.process import parked
from shared.process.relationship import Right
from shared.web.actor import MayDecideParked, MayReadParked
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body
from shared.web.decision import DECISION, DECISION_BODY, ItemId
from shared.web.desk import AtDesk
from shared.web.problems import Problem
from shared.web.recording import record_read, teams_of_cases

RuleName = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,40}$")]


def parked_routes() -> APIRouter:
    """The list, and the two decisions about an event and about a rule's cause."""
    router = APIRouter(tags=["parked"])
    router.include_router(_list_route())
    router.include_router(_event_routes())
    router.include_router(_rule_routes())
    return router


def _list_route() -> APIRouter:
    router = APIRouter(responses=READ_PROBLEMS)

    @router.get("/parked")
    async def list_parked(desk: AtDesk, actor: MayReadParked) -> Response:
        """Held events and undecided rules, oldest first; never their content."""
        async with team_transaction(desk.pool, actor.teams) as conn:
            events = await held.list_held(conn, desk.types.aggregate.store)
            rules = await parked.list_parked(conn)
            named = {item.case_id for item in rules}
            named.update(item.case_id for item in events if item.case_id is not None)
            teams = await teams_of_cases(conn, named, desk.types.aggregate.stream)
            await record_read(conn, actor, "/parked", named, Right.ROLE, teams=set(teams.values()))
        return Response(to_json({"events": events, "rules": rules}), media_type="application/json")

    return router


def _event_routes() -> APIRouter:
    router = APIRouter(responses=WRITE_PROBLEMS)

    @router.post("/parked/events/{item_id}/retry", status_code=202, openapi_extra=DECISION_BODY)
    async def retry_event(item_id: ItemId, request: Request, desk: AtDesk, actor: MayDecideParked) -> Response:
        """The running consumer tries a held event again, within a second."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await held.retry(conn, item_id, actor.id, decision.reason)
        except held.NotHeld:
            raise _nothing_held() from None
        return Response(to_json({"state": "retry"}), 202, media_type="application/json")

    @router.post("/parked/events/{item_id}/discard", openapi_extra=DECISION_BODY)
    async def discard_event(item_id: ItemId, request: Request, desk: AtDesk, actor: MayDecideParked) -> Response:
        """A held event counts as present and empty, for good."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await held.discard(conn, item_id, actor.id, decision.reason)
        except held.NotHeld:
            raise _nothing_held() from None
        return Response(to_json({"state": "discarded"}), media_type="application/json")

    return router


def _rule_routes() -> APIRouter:
    router = APIRouter(responses=WRITE_PROBLEMS)

    @router.post("/parked/rules/{rule}/{cause}/retry", openapi_extra=DECISION_BODY)
    async def retry_rule(
        rule: RuleName, cause: UUID, request: Request, desk: AtDesk, actor: MayDecideParked
    ) -> Response:
        """A rule judges its cause again, at once; answers what it decided."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                aggregate = desk.types.aggregate
                by, why, listed = actor.id, decision.reason, desk.vault.tombstones
                outcome = await parked.retry(conn, aggregate, rule, cause, by=by, reason=why, tombstones=listed)
        except parked.NotParked:
            raise _nothing_held() from None
        return Response(to_json({"outcome": outcome}), media_type="application/json")

    @router.post("/parked/rules/{rule}/{cause}/discard", openapi_extra=DECISION_BODY)
    async def discard_rule(
        rule: RuleName, cause: UUID, request: Request, desk: AtDesk, actor: MayDecideParked
    ) -> Response:
        """A rule does nothing about its cause, for good."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await parked.discard(conn, desk.types.aggregate, rule, cause, by=actor.id, reason=decision.reason)
        except parked.NotParked:
            raise _nothing_held() from None
        return Response(to_json({"outcome": "discarded"}), media_type="application/json")

    return router


def _nothing_held() -> Problem:
    return Problem(404, "nothing-parked", "nothing of this id waits for a decision here")
