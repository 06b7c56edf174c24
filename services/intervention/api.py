"""The intervention service's resource API: the same commands as `POST /events`, for people and scripts."""

from fastapi import APIRouter

from services.intervention.course_routes import course_routes
from services.intervention.ending_routes import ending_routes
from services.intervention.programme_routes import programme_routes
from services.intervention.session_routes import session_routes
from services.intervention.team_api import team_routes
from shared.web.case_routes import amendment_routes, read_routes
from shared.web.posted import PostedTypes


def routes(types: PostedTypes) -> APIRouter:
    """All routes under `/cases` and `/teams`."""
    router = APIRouter()
    router.include_router(_cases(types))
    router.include_router(team_routes(types))
    return router


def _cases(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["cases"])
    router.include_router(read_routes())
    router.include_router(programme_routes(types))
    router.include_router(session_routes(types))
    router.include_router(course_routes(types))
    router.include_router(ending_routes(types))
    router.include_router(amendment_routes(types))
    return router
