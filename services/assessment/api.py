"""The assessment service's resource API: the same commands as `POST /events`, for people and scripts."""

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
    router.include_router(_steps(types))
    router.include_router(_ends(types))
    router.include_router(_findings(types))
    router.include_router(amendment_routes(types))
    return router


def _steps(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/offers", status_code=201, openapi_extra=docs.body("AssessmentOffered"))
    async def offer_assessment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that an appointment was offered."""
        return await desk.ask(call, "AssessmentOffered", case_id, actor)

    @router.post("/cases/{case_id}/start", status_code=201, openapi_extra=docs.body("AssessmentStarted"))
    async def start_assessment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that the assessment began, and who assesses."""
        return await desk.ask(call, "AssessmentStarted", case_id, actor)

    @router.post("/cases/{case_id}/reassessments", status_code=201, openapi_extra=docs.body("ReassessmentRequested"))
    async def request_reassessment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Ask for another assessment of a family whose last one is over."""
        return await desk.ask(call, "ReassessmentRequested", case_id, actor)

    @router.post("/cases/{case_id}/tasks-done", status_code=201, openapi_extra=docs.body("TaskDone"))
    async def finish_task(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a task is done."""
        return await desk.ask(call, "TaskDone", case_id, actor)

    return router


def _ends(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/completion", status_code=201, openapi_extra=docs.body("AssessmentCompleted"))
    async def complete_assessment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Complete the assessment with its recommendation; refused while a safety item has no safety concern."""
        return await desk.ask(call, "AssessmentCompleted", case_id, actor)

    @router.post("/cases/{case_id}/abandonment", status_code=201, openapi_extra=docs.body("AssessmentAbandoned"))
    async def abandon_assessment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """End the assessment without a result, with the reason."""
        return await desk.ask(call, "AssessmentAbandoned", case_id, actor)

    return router


def _findings(types: PostedTypes) -> APIRouter:
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/measures", status_code=201, openapi_extra=docs.body("MeasureRecorded"))
    async def record_measure(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Record the result of a measure; its band is computed."""
        return await desk.ask(call, "MeasureRecorded", case_id, actor)

    @router.post("/cases/{case_id}/observations", status_code=201, openapi_extra=docs.body("ObservationRecorded"))
    async def record_observation(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that an infant was observed."""
        return await desk.ask(call, "ObservationRecorded", case_id, actor)

    @router.post("/cases/{case_id}/safety-concerns", status_code=201, openapi_extra=docs.body("SafetyConcernRaised"))
    async def raise_safety_concern(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Raise a safety concern, with what is done about it by when."""
        return await desk.ask(call, "SafetyConcernRaised", case_id, actor)

    return router
