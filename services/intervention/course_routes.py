"""Routes of an episode's course: pauses, monitoring, tasks."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayWriteCase
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, CaseId, Docs


def course_routes(types: PostedTypes) -> APIRouter:
    """Routes about how the work goes on."""
    router = APIRouter(responses=WRITE_ANSWERS)
    docs = Docs(types)

    @router.post("/cases/{case_id}/pauses", status_code=201, openapi_extra=docs.body("EpisodePaused"))
    async def pause_episode(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Let the work rest; the clocks keep running."""
        return await desk.ask(call, "EpisodePaused", case_id, actor)

    @router.post("/cases/{case_id}/resumptions", status_code=201, openapi_extra=docs.body("EpisodeResumed"))
    async def resume_episode(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Go on with the work."""
        return await desk.ask(call, "EpisodeResumed", case_id, actor)

    @router.post(
        "/cases/{case_id}/monitoring-starts", status_code=201, openapi_extra=docs.body("ActiveMonitoringStarted")
    )
    async def start_monitoring(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Watch instead of treating."""
        return await desk.ask(call, "ActiveMonitoringStarted", case_id, actor)

    @router.post("/cases/{case_id}/monitoring-ends", status_code=201, openapi_extra=docs.body("ActiveMonitoringEnded"))
    async def end_monitoring(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Stop watching."""
        return await desk.ask(call, "ActiveMonitoringEnded", case_id, actor)

    @router.post("/cases/{case_id}/treatment-declined", status_code=201, openapi_extra=docs.body("TreatmentDeclined"))
    async def decline_treatment(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that the treatment offered is not wanted."""
        return await desk.ask(call, "TreatmentDeclined", case_id, actor)

    @router.post("/cases/{case_id}/tasks-done", status_code=201, openapi_extra=docs.body("TaskDone"))
    async def finish_task(case_id: CaseId, call: WriteCall, desk: AtDesk, actor: MayWriteCase) -> Response:
        """Note that a task is done."""
        return await desk.ask(call, "TaskDone", case_id, actor)

    return router
