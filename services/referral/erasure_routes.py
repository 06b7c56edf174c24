"""`/erasures`: asking for the erasure of a person, the second person's approval, cancelling, and how far it is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from services.referral import erasure
from services.referral.erasure import ErasureReason, NoSuchErasure
from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.codec import to_json
from shared.kernel.ids import utc_now
from shared.kernel.values import value
from shared.process.relationship import AccessDenied, Right
from shared.settings import Settings
from shared.web.actor import Actor, MayErase
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body, request_body, shape
from shared.web.desk import AtDesk, Desk
from shared.web.problems import Problem
from shared.web.reading import looks
from shared.web.recording import record_read, teams_of_cases

RequestId = Annotated[UUID, Path(description="The request for an erasure.")]


@value
class ErasureWanted:
    """Who is to be erased, and why."""

    subject: UUID
    reason: ErasureReason


_WANTED = shape(ErasureWanted, "body")
_WANTED_BODY = request_body(
    _WANTED.schema, {"subject": "01936d2e-4a00-7000-8000-0000000000a1", "reason": "retention_expired"}
)


def erasure_routes() -> APIRouter:
    """The four routes."""
    router = APIRouter(tags=["erasures"])
    router.include_router(_deciding())

    @router.get("/erasures", responses=READ_PROBLEMS)
    async def list_erasures(desk: AtDesk, actor: MayErase) -> Response:
        """Every request, oldest first; for an executed one who has not acknowledged it yet."""
        async with team_transaction(desk.pool, actor.teams) as conn:
            rows, named = [], set[UUID]()
            for request in await erasure.listed(conn):
                missing = await erasure.awaited(conn, request.subject) if request.state == "executed" else []
                rows.append({**_members(request), "awaited": _awaited(missing)})
                named.update(await erasure.visible_cases(conn, request.subject))
            teams = await teams_of_cases(conn, named, desk.types.aggregate.stream)
            await record_read(conn, actor, "/erasures", named, Right.ROLE, teams=set(teams.values()))
        return _json({"erasures": rows})

    return router


def _deciding() -> APIRouter:
    router = APIRouter(responses=WRITE_PROBLEMS)

    @router.post("/erasures", status_code=201, openapi_extra=_WANTED_BODY)
    async def ask_for_erasure(request: Request, desk: AtDesk, actor: MayErase) -> Response:
        """Ask for the erasure of a person; nothing happens before somebody else approves it.

        Whom the family keeps from reading its record does neither.
        """
        wanted = await json_body(request, _WANTED)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await _refuse_denied(conn, desk, actor, await erasure.visible_cases(conn, wanted.subject))
                request_id = await erasure.ask(conn, wanted.subject, wanted.reason, actor.id)
        except NoSuchErasure:
            raise Problem(
                404, "no-such-subject", "no case of yours knows this person", field="/subject", within="body"
            ) from None
        return _json({"request_id": request_id}, 201)

    @router.post("/erasures/{request_id}/approval")
    async def approve_erasure(request_id: RequestId, request: Request, desk: AtDesk, actor: MayErase) -> Response:
        """Approve it as the second person; it is executed when its time has come, unless it is cancelled before."""
        settings: Settings = request.app.state.settings
        delay = timedelta(hours=settings.erasure_delay_hours)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await _refuse_denied(conn, desk, actor, await erasure.cases_of_request(conn, request_id))
                not_before = await erasure.approve(conn, request_id, actor.id, now=utc_now(), delay=delay)
        except NoSuchErasure:
            raise _no_such_request() from None
        return _json({"request_id": request_id, "not_before": not_before})

    @router.post("/erasures/{request_id}/cancellation")
    async def cancel_erasure(request_id: RequestId, desk: AtDesk, actor: MayErase) -> Response:
        """Take it back before its execution begins."""
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await erasure.cancel(conn, request_id, actor.id, erased=desk.vault.tombstones)
        except NoSuchErasure:
            raise _no_such_request() from None
        return _json({"request_id": request_id, "state": "cancelled"})

    return router


async def _refuse_denied(conn: Connection, desk: Desk, actor: Actor, cases: Sequence[UUID]) -> None:
    for look in (await looks(conn, desk.types.aggregate, actor, cases)).values():
        if isinstance(look, AccessDenied):
            raise look


def _members(request: erasure.Erasure) -> dict[str, Any]:
    return {
        "request_id": request.request_id,
        "subject": request.subject,
        "state": request.state,
        "reason": request.reason,
        "asked_by": request.asked_by,
        "asked_at": request.asked_at,
        "approved_by": request.approved_by,
        "not_before": request.not_before,
        "cancelled_by": request.cancelled_by,
        "executed_at": request.executed_at,
    }


def _awaited(missing: list[tuple[UUID, str]]) -> list[dict[str, Any]]:
    return [{"case_id": case_id, "service": service} for case_id, service in missing]


def _no_such_request() -> Problem:
    return Problem(404, "no-such-erasure", "nobody has asked for it", field="/request_id", within="path")


def _json(content: object, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")
