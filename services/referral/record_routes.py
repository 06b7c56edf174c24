"""The record itself: details of people, who may read it, tasks."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayBreakGlass, MayDeny, MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def details(types: PostedTypes) -> APIRouter:
    """Details and tasks."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/details", status_code=201, openapi_extra=docs.body("PersonDetailsRecorded"))
    async def record_details(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Add or put right the sealed details of a person; they come in `personal`."""
        return await desk.ask(call, "PersonDetailsRecorded", case_id, actor)

    @router.post("/cases/{case_id}/identifiers", status_code=201, openapi_extra=docs.body("IdentifierRecorded"))
    async def record_identifier(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note what tracing a national number found."""
        return await desk.ask(call, "IdentifierRecorded", case_id, actor)

    @router.post("/cases/{case_id}/tasks-done", status_code=201, openapi_extra=docs.body("TaskDone"))
    async def finish_task(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a task is done."""
        return await desk.ask(call, "TaskDone", case_id, actor)

    return router


def access(types: PostedTypes) -> APIRouter:
    """Who may read the case."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/denials", status_code=201, openapi_extra=docs.body("AccessDenied"))
    async def deny_access(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDeny) -> Response:
        """Keep somebody from reading what is recorded of a person."""
        return await desk.ask(call, "AccessDenied", case_id, actor)

    @router.post("/cases/{case_id}/denials-lifted", status_code=201, openapi_extra=docs.body("AccessDenialLifted"))
    async def lift_denial(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayDeny) -> Response:
        """Let somebody read it again."""
        return await desk.ask(call, "AccessDenialLifted", case_id, actor)

    @router.post("/cases/{case_id}/break-glass", status_code=201, openapi_extra=docs.body("BreakGlassOpened"))
    async def break_glass(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayBreakGlass) -> Response:
        """Open the case to somebody without a part in it, with a reason and for at most eight hours."""
        return await desk.ask(call, "BreakGlassOpened", case_id, actor)

    return router
