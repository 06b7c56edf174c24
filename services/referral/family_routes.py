"""The family: who cares for whom, births and losses, consents and circumstances."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayDecideReferral, MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def members(types: PostedTypes) -> APIRouter:
    """Who cares for whom."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/links", status_code=201, openapi_extra=docs.body("FamilyMemberLinked"))
    async def link_member(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that somebody cares for an infant from a day on; may bring a caregiver into the case."""
        return await desk.ask(call, "FamilyMemberLinked", case_id, actor)

    @router.post("/cases/{case_id}/link-ends", status_code=201, openapi_extra=docs.body("LinkEnded"))
    async def end_link(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that somebody does not care for an infant any more."""
        return await desk.ask(call, "LinkEnded", case_id, actor)

    @router.post("/cases/{case_id}/births", status_code=201, openapi_extra=docs.body("InfantBorn"))
    async def record_birth(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that an infant who was referred unborn has been born."""
        return await desk.ask(call, "InfantBorn", case_id, actor)

    @router.post("/cases/{case_id}/pregnancy-ends", status_code=201, openapi_extra=docs.body("PregnancyEnded"))
    async def end_pregnancy(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a pregnancy ended without a birth; no automated message goes out any more."""
        return await desk.ask(call, "PregnancyEnded", case_id, actor)

    @router.post("/cases/{case_id}/identities", status_code=201, openapi_extra=docs.body("InfantIdentityReplaced"))
    async def replace_identity(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDecideReferral) -> Response:
        """Give an infant another id after an adoption; links to former caregivers end."""
        return await desk.ask(call, "InfantIdentityReplaced", case_id, actor)

    return router


def circumstances(types: PostedTypes) -> APIRouter:
    """Consents and safeguarding flags."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/consents", status_code=201, openapi_extra=docs.body("ConsentRecorded"))
    async def record_consent(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note what somebody agreed to."""
        return await desk.ask(call, "ConsentRecorded", case_id, actor)

    @router.post("/cases/{case_id}/consent-withdrawals", status_code=201, openapi_extra=docs.body("ConsentWithdrawn"))
    async def withdraw_consent(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note what somebody does not agree to (any more)."""
        return await desk.ask(call, "ConsentWithdrawn", case_id, actor)

    @router.post("/cases/{case_id}/flags", status_code=201, openapi_extra=docs.body("SafeguardingFlagsChanged"))
    async def change_flags(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Say all circumstances that hold from a day on."""
        return await desk.ask(call, "SafeguardingFlagsChanged", case_id, actor)

    return router
