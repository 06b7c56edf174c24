"""Which pages there are, in the order of the menu, and every route of them."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from services.reporting.pages import assets, case_list, caseload, downloads, flow, live, overview, sessions, waits
from services.reporting.pages.frame import Page, page_router

PAGES: tuple[Page, ...] = (overview.PAGE, waits.PAGE, caseload.PAGE, flow.PAGE, sessions.PAGE, case_list.PAGE)
"""A page that is added here is served and listed in the menu; the first is the front page."""

_front = APIRouter(tags=["pages"], include_in_schema=False)


@_front.get("/")
async def front_page() -> Response:
    """Leads to the first page, which asks who is there; what stands behind the address is not passed on unread."""
    return RedirectResponse(PAGES[0].path, 307)


ROUTERS: tuple[APIRouter, ...] = (
    _front,
    assets.router,
    live.router,
    downloads.router,
    *(page_router(page) for page in PAGES),
)
