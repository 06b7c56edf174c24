"""The resource API of a team itself: its configuration, its practitioners and its work with other professionals."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayConfigureTeam, MayRecordWork
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import WRITE_ANSWERS, Docs, TeamId
from shared.web.team_routes import team_amendment_routes, team_read_routes


def team_routes(types: PostedTypes) -> APIRouter:
    """All routes under `/teams`."""
    router = APIRouter()
    router.include_router(team_read_routes("team", "configuration"))
    router.include_router(team_read_routes("work", "work"))
    router.include_router(_configuration(types))
    router.include_router(_practitioners(types))
    router.include_router(_work(types))
    router.include_router(_plans(types))
    router.include_router(team_amendment_routes(types))
    return router


def _configuration(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["teams"], responses=WRITE_ANSWERS)
    docs = Docs(types, of_team=True)

    @router.post("/teams/{team_id}/configuration", status_code=201, openapi_extra=docs.body("TeamConfigured"))
    async def configure_team(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Set the whole configuration of a team, under a version that it has not used before."""
        return await desk.ask(call, "TeamConfigured", None, actor, team=team_id)

    return router


def _practitioners(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["teams"], responses=WRITE_ANSWERS)
    docs = Docs(types, of_team=True)
    path = "/teams/{team_id}/practitioners"

    @router.post(path, status_code=201, openapi_extra=docs.body("PractitionerJoined"))
    async def join_team(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Note that somebody works in the team."""
        return await desk.ask(call, "PractitionerJoined", None, actor, team=team_id)

    @router.post(f"{path}-changed", status_code=201, openapi_extra=docs.body("PractitionerChanged"))
    async def change_practitioner(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Note what is so of a practitioner from a day on."""
        return await desk.ask(call, "PractitionerChanged", None, actor, team=team_id)

    @router.post(f"{path}-absent", status_code=201, openapi_extra=docs.body("PractitionerAbsent"))
    async def note_absence(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Note that a practitioner is or will be away."""
        return await desk.ask(call, "PractitionerAbsent", None, actor, team=team_id)

    @router.post(f"{path}-returned", status_code=201, openapi_extra=docs.body("PractitionerReturned"))
    async def note_return(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Note that a practitioner is back."""
        return await desk.ask(call, "PractitionerReturned", None, actor, team=team_id)

    @router.post(f"{path}-left", status_code=201, openapi_extra=docs.body("PractitionerLeft"))
    async def leave_team(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Note that a practitioner has left the team."""
        return await desk.ask(call, "PractitionerLeft", None, actor, team=team_id)

    return router


def _work(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["teams"], responses=WRITE_ANSWERS)
    docs = Docs(types, of_team=True)

    @router.post("/teams/{team_id}/activities", status_code=201, openapi_extra=docs.body("SystemActivityRecorded"))
    async def record_activity(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayRecordWork) -> Response:
        """Note training, a consultation, supervision or advice; no patient record is needed."""
        return await desk.ask(call, "SystemActivityRecorded", None, actor, team=team_id)

    @router.post(
        "/teams/{team_id}/activities-referred", status_code=201, openapi_extra=docs.body("ConsultationBecameReferral")
    )
    async def link_referral(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayRecordWork) -> Response:
        """Note that a consultation became the referral of a case; the two stay linked."""
        return await desk.ask(call, "ConsultationBecameReferral", None, actor, team=team_id)

    return router


def _plans(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["teams"], responses=WRITE_ANSWERS)
    docs = Docs(types, of_team=True)

    @router.post("/teams/{team_id}/supervision", status_code=201, openapi_extra=docs.body("SupervisionPlanned"))
    async def plan_supervision(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Plan a series of supervision for a practitioner of the team."""
        return await desk.ask(call, "SupervisionPlanned", None, actor, team=team_id)

    @router.post("/teams/{team_id}/capacity", status_code=201, openapi_extra=docs.body("CapacityDeclared"))
    async def declare_capacity(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Say how many new cases can begin in a week."""
        return await desk.ask(call, "CapacityDeclared", None, actor, team=team_id)

    @router.post("/teams/{team_id}/reach", status_code=201, openapi_extra=docs.body("LocalityReachDeclared"))
    async def declare_reach(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Say how many babies are born in a locality in a year."""
        return await desk.ask(call, "LocalityReachDeclared", None, actor, team=team_id)

    return router
