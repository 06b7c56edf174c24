"""The referral service's resource API: the same commands as `POST /events`, for people and scripts."""

from fastapi import APIRouter

from services.referral import family_routes, pathway_routes, record_routes
from services.referral.erasure_routes import erasure_routes
from services.referral.outbox.routes import letter_routes
from shared.web.case_routes import amendment_routes, read_routes
from shared.web.posted import PostedTypes


def routes(types: PostedTypes) -> APIRouter:
    """All routes under `/cases`, and those of erasure and of letters."""
    router = APIRouter(tags=["cases"])
    router.include_router(read_routes())
    router.include_router(pathway_routes.decisions(types))
    router.include_router(pathway_routes.exchange(types))
    router.include_router(family_routes.members(types))
    router.include_router(family_routes.circumstances(types))
    router.include_router(record_routes.details(types))
    router.include_router(record_routes.access(types))
    router.include_router(amendment_routes(types))
    router.include_router(erasure_routes())
    router.include_router(letter_routes())
    return router
