"""Routes of an episode's end: completion, discharge, reopening, follow-up."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def ending_routes(types: PostedTypes) -> APIRouter:
    """Routes about how the work ends, and what comes after."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post(
        "/cases/{case_id}/programme-completion", status_code=201, openapi_extra=docs.body("ProgrammeCompleted")
    )
    async def complete_programme(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that the programme is through: the ending begins."""
        return await desk.ask(call, "ProgrammeCompleted", case_id, actor)

    @router.post("/cases/{case_id}/discharge", status_code=201, openapi_extra=docs.body("Discharged"))
    async def discharge_case(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Close the case; stage, outcome and count of sessions are computed."""
        return await desk.ask(call, "Discharged", case_id, actor)

    @router.post("/cases/{case_id}/reopening", status_code=201, openapi_extra=docs.body("EpisodeReopened"))
    async def reopen_episode(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Undo a discharge that was an error, within five days of it."""
        return await desk.ask(call, "EpisodeReopened", case_id, actor)

    @router.post("/cases/{case_id}/follow-ups", status_code=201, openapi_extra=docs.body("FollowUpRecorded"))
    async def record_follow_up(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note how the family was doing after its discharge."""
        return await desk.ask(call, "FollowUpRecorded", case_id, actor)

    return router
