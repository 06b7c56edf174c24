"""Which pages there are, in the order of the menu, and every route of them."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.reporting.pages import (
    assets,
    case_list,
    caseload,
    continuity,
    data_quality,
    downloads,
    equity,
    flow,
    health,
    limits,
    live,
    network,
    one_case,
    outcomes,
    overview,
    programmes,
    reports,
    saved,
    sessions,
    system_tier,
    waits,
    worklist,
    worklist_file,
)
from services.reporting.pages.frame import Group, Page, page_router

MENU = (
    Group("Today", (overview.PAGE, worklist.PAGE, case_list.PAGE)),
    Group(
        "The service",
        (
            waits.PAGE,
            caseload.PAGE,
            flow.PAGE,
            sessions.PAGE,
            programmes.PAGE,
            outcomes.PAGE,
            equity.PAGE,
            continuity.PAGE,
            system_tier.PAGE,
        ),
    ),
    Group("Compare", (network.PAGE, limits.PAGE, reports.PAGE)),
    Group("The system", (data_quality.PAGE, health.PAGE)),
)
"""A page that is added here is served and listed in the menu; the first is the front page."""
PAGES: tuple[Page, ...] = tuple(page for group in MENU for page in group.pages)

_front = APIRouter(tags=["pages"], include_in_schema=False)


@_front.get("/")
async def front_page() -> Response:
    """Leads to the first page, which asks who is there; what stands behind the address is not passed on unread."""
    return RedirectResponse(PAGES[0].path, 307)


ROUTERS: tuple[APIRouter, ...] = (
    _front,
    assets.router,
    live.router,
    one_case.router,
    worklist_file.router,
    downloads.router,
    saved.router,
    reports.router,
    limits.router,
    *(page_router(page) for page in PAGES),
)
