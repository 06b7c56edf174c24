"""The routes for the streams of a team's own: reading one, and amending what is on record."""

from fastapi import APIRouter
from starlette.responses import Response

from shared.web.actor import MayConfigureTeam, MayReadTeam
from shared.web.app import READ_PROBLEMS
from shared.web.desk import AtDesk, WriteCall
from shared.web.posted import PostedTypes
from shared.web.resource import EVENTS_ANSWERS, TEAM_ANSWERS, WRITE_ANSWERS, Docs, TeamId
from shared.web.wait import WaitFor


def team_read_routes(category: str, path: str) -> APIRouter:
    """`GET /teams/{team_id}/<path>` and its events.

    Args:
        category: of the streams, e.g. `team`.
        path: what they are called in the address.
    """
    router = APIRouter(tags=["teams"], responses=READ_PROBLEMS)

    @router.get(f"/teams/{{team_id}}/{path}", responses=TEAM_ANSWERS)
    async def read_team(team_id: TeamId, desk: AtDesk, actor: MayReadTeam, wait_for: WaitFor) -> Response:
        """The stream as it now stands, with its ETag."""
        await desk.wait(wait_for, actor)
        return await desk.read_team(category, team_id, actor)

    @router.get(f"/teams/{{team_id}}/{path}/events", responses=EVENTS_ANSWERS)
    async def read_team_events(team_id: TeamId, desk: AtDesk, actor: MayReadTeam, wait_for: WaitFor) -> Response:
        """The stored events of the stream, byte for byte."""
        await desk.wait(wait_for, actor)
        return await desk.read_team_events(category, team_id, actor)

    return router


def team_amendment_routes(types: PostedTypes) -> APIRouter:
    """`POST /teams/{team_id}/voids` and `/corrections`: of any of a team's own streams."""
    router = APIRouter(tags=["teams"], responses=WRITE_ANSWERS)
    docs = Docs(types, of_team=True)

    @router.post("/teams/{team_id}/voids", status_code=201, openapi_extra=docs.body("EventVoided"))
    async def void_team_event(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Take an event of a team's own stream back, as if it had never been said."""
        return await desk.ask(call, "EventVoided", None, actor, team=team_id)

    @router.post("/teams/{team_id}/corrections", status_code=201, openapi_extra=docs.correction())
    async def correct_team_event(team_id: TeamId, call: WriteCall, desk: AtDesk, actor: MayConfigureTeam) -> Response:
        """Replace the data of an event of a team's own stream; the original stays on record."""
        return await desk.correct(call, None, actor, team=team_id)

    return router
