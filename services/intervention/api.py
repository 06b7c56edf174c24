"""The intervention service's resource API: the same commands as `POST /events`, for people and scripts."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayWriteCase
from shared.web.case_routes import amendment_routes, read_routes
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def routes(types: PostedTypes) -> APIRouter:
    """All routes under `/cases`."""
    router = APIRouter(tags=["cases"])
    router.include_router(read_routes())
    router.include_router(_programme(types))
    router.include_router(_sessions(types))
    router.include_router(amendment_routes(types))
    return router


def _programme(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/programme", status_code=201, openapi_extra=docs.body("ProgrammeAssigned"))
    async def assign_programme(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Give the family its programme, once an assessment has recommended one."""
        return await desk.ask(call, "ProgrammeAssigned", case_id, actor)

    @router.post("/cases/{case_id}/discharge", status_code=201, openapi_extra=docs.body("Discharged"))
    async def discharge_case(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Close the case; stage, outcome and count of sessions are computed."""
        return await desk.ask(call, "Discharged", case_id, actor)

    @router.post("/cases/{case_id}/tasks-done", status_code=201, openapi_extra=docs.body("TaskDone"))
    async def finish_task(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a task is done."""
        return await desk.ask(call, "TaskDone", case_id, actor)

    return router


def _sessions(types: PostedTypes) -> APIRouter:
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
