"""Routes of the programme: assigned, revised, tier, lead, goals."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def programme_routes(types: PostedTypes) -> APIRouter:
    """Routes about what the family is given."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/programme", status_code=201, openapi_extra=docs.body("ProgrammeAssigned"))
    async def assign_programme(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Give the family its programme, once an assessment has recommended one."""
        return await desk.ask(call, "ProgrammeAssigned", case_id, actor)

    @router.post("/cases/{case_id}/programme-revisions", status_code=201, openapi_extra=docs.body("ProgrammeRevised"))
    async def revise_programme(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Add components or goals, take components out."""
        return await desk.ask(call, "ProgrammeRevised", case_id, actor)

    @router.post("/cases/{case_id}/tier-changes", status_code=201, openapi_extra=docs.body("TierChanged"))
    async def change_tier(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Step the family up or down."""
        return await desk.ask(call, "TierChanged", case_id, actor)

    @router.post("/cases/{case_id}/lead-changes", status_code=201, openapi_extra=docs.body("LeadPractitionerChanged"))
    async def change_lead(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Hand the case over to another practitioner."""
        return await desk.ask(call, "LeadPractitionerChanged", case_id, actor)

    @router.post("/cases/{case_id}/goal-ratings", status_code=201, openapi_extra=docs.body("GoalRated"))
    async def rate_goal(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note how near a goal is."""
        return await desk.ask(call, "GoalRated", case_id, actor)

    return router
