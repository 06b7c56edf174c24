"""The referral's way from receipt to decision."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayDecideReferral, MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def decisions(types: PostedTypes) -> APIRouter:
    """What is decided about a referral."""
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
        """Decline an open referral, signpost it or hand it on, with the reason."""
        return await desk.ask(call, "ReferralDeclined", case_id, actor)

    @router.post("/cases/{case_id}/duplicate", status_code=201, openapi_extra=docs.body("ReferralLinkedDuplicate"))
    async def link_duplicate(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """End this case for another one of the same family."""
        return await desk.ask(call, "ReferralLinkedDuplicate", case_id, actor)

    @router.post("/cases/{case_id}/hold", status_code=201, openapi_extra=docs.body("ReferralHeldUntilBirth"))
    async def hold_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Let an unborn infant's referral wait, in a team that works from birth on."""
        return await desk.ask(call, "ReferralHeldUntilBirth", case_id, actor)

    @router.post("/cases/{case_id}/withdrawal", status_code=201, openapi_extra=docs.body("ReferralWithdrawn"))
    async def withdraw_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Take a referral back, before or after it was accepted."""
        return await desk.ask(call, "ReferralWithdrawn", case_id, actor)

    return router


def exchange(types: PostedTypes) -> APIRouter:
    """What the referrer is asked and told."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/acknowledgements", status_code=201, openapi_extra=docs.body("ReferralAcknowledged"))
    async def acknowledge_referral(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that the referrer was told of the receipt, by somebody of the team."""
        return await desk.ask(call, "ReferralAcknowledged", case_id, actor)

    @router.post(
        "/cases/{case_id}/information-requests", status_code=201, openapi_extra=docs.body("ReferralInfoRequested")
    )
    async def request_information(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Ask for what is needed before a decision; due by the team's target if no day is said."""
        return await desk.ask(call, "ReferralInfoRequested", case_id, actor)

    @router.post("/cases/{case_id}/information", status_code=201, openapi_extra=docs.body("ReferralInfoProvided"))
    async def provide_information(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that what was asked for arrived, all or some of it."""
        return await desk.ask(call, "ReferralInfoProvided", case_id, actor)

    @router.post("/cases/{case_id}/priority", status_code=201, openapi_extra=docs.body("ReferralPriorityChanged"))
    async def change_priority(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Make the referral more or less urgent."""
        return await desk.ask(call, "ReferralPriorityChanged", case_id, actor)

    @router.post("/cases/{case_id}/references", status_code=201, openapi_extra=docs.body("CaseReferenceLinked"))
    async def link_reference(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Link a sending system's own reference; only its keyed hash is kept."""
        return await desk.ask(call, "CaseReferenceLinked", case_id, actor)

    @router.post(
        "/cases/{case_id}/discharge-summaries", status_code=201, openapi_extra=docs.body("DischargeSummarySent")
    )
    async def record_summary(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a summary of the discharge left for a reader."""
        return await desk.ask(call, "DischargeSummarySent", case_id, actor)

    return router
