"""The referral service's resource API: the same commands as `POST /events`, for people and scripts."""

from fastapi import APIRouter
from starlette.responses import Response

from services.referral.erasure_routes import erasure_routes
from shared.web.actor import MayDecideReferral, MayWriteCase
from shared.web.case_routes import amendment_routes, read_routes
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def routes(types: PostedTypes) -> APIRouter:
    """All routes under `/cases`."""
    router = APIRouter(tags=["cases"])
    router.include_router(read_routes())
    router.include_router(_decisions(types))
    router.include_router(_family(types))
    router.include_router(amendment_routes(types))
    router.include_router(erasure_routes())
    return router


def _decisions(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases", status_code=201, openapi_extra=docs.new_case("ReferralReceived"))
    async def receive_referral(call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Open a case with a referral; the answer's `Location` is the case."""
        return await desk.ask(call, "ReferralReceived", None, actor)

    @router.post("/cases/{case_id}/acceptance", status_code=201, openapi_extra=docs.body("ReferralAccepted"))
    async def accept_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Accept an open referral; repeating the call records nothing new."""
        return await desk.ask(call, "ReferralAccepted", case_id, actor)

    @router.post("/cases/{case_id}/decline", status_code=201, openapi_extra=docs.body("ReferralDeclined"))
    async def decline_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Decline an open referral, with the reason."""
        return await desk.ask(call, "ReferralDeclined", case_id, actor)

    @router.post("/cases/{case_id}/withdrawal", status_code=201, openapi_extra=docs.body("ReferralWithdrawn"))
    async def withdraw_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Take a referral back, before or after it was accepted."""
        return await desk.ask(call, "ReferralWithdrawn", case_id, actor)

    return router


def _family(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/births", status_code=201, openapi_extra=docs.body("InfantBorn"))
    async def record_birth(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that an infant who was referred unborn has been born."""
        return await desk.ask(call, "InfantBorn", case_id, actor)

    @router.post("/cases/{case_id}/references", status_code=201, openapi_extra=docs.body("CaseReferenceLinked"))
    async def link_reference(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Link a sending system's own reference; only its keyed hash is kept."""
        return await desk.ask(call, "CaseReferenceLinked", case_id, actor)

    return router
