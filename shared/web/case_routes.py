"""The routes that every deciding service has for its cases: reading one, and amending what is on record."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web import reading
from shared.web.actor import MayReadCase, MayWriteCase
from shared.web.app import READ_PROBLEMS
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import CASE_ANSWERS, EVENTS_ANSWERS, WRITE_ANSWERS, CaseId, Docs
from shared.web.wait import WaitFor


def read_routes() -> APIRouter:
    """`GET /cases/{case_id}` and its events."""
    router = APIRouter(responses=READ_PROBLEMS)

    @router.get("/cases/{case_id}", responses=CASE_ANSWERS)
    async def read_case(case_id: CaseId, desk: AtDesk, actor: MayReadCase, wait_for: WaitFor) -> Response:
        """The case as this service's own events have it, with its ETag."""
        await desk.wait(wait_for, actor)
        return await reading.read_case(desk, case_id, actor)

    @router.get("/cases/{case_id}/events", responses=EVENTS_ANSWERS)
    async def read_events(case_id: CaseId, desk: AtDesk, actor: MayReadCase, wait_for: WaitFor) -> Response:
        """The stored events of the case in this service, byte for byte."""
        await desk.wait(wait_for, actor)
        return await reading.read_events(desk, case_id, actor)

    return router


def amendment_routes(types: PostedTypes) -> APIRouter:
    """`POST /cases/{case_id}/voids` and `/corrections`."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/voids", status_code=201, openapi_extra=docs.body("EventVoided"))
    async def void_event(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Take an event back, as if it had never been said."""
        return await desk.ask(call, "EventVoided", case_id, actor)

    @router.post("/cases/{case_id}/corrections", status_code=201, openapi_extra=docs.correction())
    async def correct_event(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Replace an event's data; the original stays on record."""
        return await desk.correct(call, case_id, actor)

    return router
