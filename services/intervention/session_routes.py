"""Routes of sessions: planned, held, not held."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def session_routes(types: PostedTypes) -> APIRouter:
    """Routes about meeting the family."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/sessions-scheduled", status_code=201, openapi_extra=docs.body("SessionScheduled"))
    async def schedule_session(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Plan a session."""
        return await desk.ask(call, "SessionScheduled", case_id, actor)

    @router.post("/cases/{case_id}/sessions-held", status_code=201, openapi_extra=docs.body("SessionHeld"))
    async def hold_session(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a session took place."""
        return await desk.ask(call, "SessionHeld", case_id, actor)

    @router.post("/cases/{case_id}/sessions-not-held", status_code=201, openapi_extra=docs.body("SessionNotHeld"))
    async def miss_session(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a session did not take place."""
        return await desk.ask(call, "SessionNotHeld", case_id, actor)

    return router
