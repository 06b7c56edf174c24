"""A reader's session as its own pages show it: until when it lasts, staying signed in, signing out."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from services.reporting.pages.frame import draw
from services.reporting.pages.templates import clock_time
from shared.web.access.browser import (
    CSRF_FIELD,
    SESSION_COOKIE,
    SIGN_IN,
    MayReadPages,
    PageForm,
    forget,
    form_fields,
    live_session,
    local_path,
    own_form,
    same_secret,
    session_of,
)
from shared.web.access.provider import Provider
from shared.web.access.sessions import Session, Sessions

SIGNED_IN = "/signed-in"
SIGN_OUT = "/sign-out"
_NO_STORE = {"Cache-Control": "no-store"}

session_pages = APIRouter(tags=["pages"], include_in_schema=False)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def _times(session: Session) -> Response:
    """For the script that warns: seconds, because a browser's clock may be wrong, and the end in words (London)."""
    body = {
        "warns_in_s": session.warns_in_s,
        "ends_in_s": session.ends_in_s,
        "ends": clock_time(session.idle_ends_at),
        "may_be_extended": session.may_be_extended,
    }
    return JSONResponse(body, headers=_NO_STORE)


@session_pages.get(SIGNED_IN)
async def until_when(request: Request, actor: MayReadPages) -> Response:
    """Until when the reader is signed in, and the button by which that is moved."""
    session = session_of(request)
    if session is None:
        return RedirectResponse("/", 303, headers=_NO_STORE)
    if _wants_json(request):
        return _times(session)
    going_on = local_path(request.query_params.get("next", "/"))
    return draw(request, "signed_in.jinja", actor=actor, next=going_on)


@session_pages.post(SIGNED_IN)
async def stay(request: Request, fields: PageForm) -> Response:
    """Stays signed in: asking for this is doing something, which is all that it takes."""
    session = session_of(request)
    if session is not None and _wants_json(request):
        return _times(session)
    return RedirectResponse(local_path(fields.get("next", "/")), 303, headers=_NO_STORE)


@session_pages.post(SIGN_OUT)
async def sign_out(request: Request) -> Response:
    """Ends the session here, whatever the provider does, and offers to sign out there too."""
    own_form(request)
    sessions: Sessions = request.app.state.sessions
    provider: Provider | None = request.app.state.provider
    session = await live_session(request, active=False)
    elsewhere = None
    if session is not None:
        same_secret((await form_fields(request)).get(CSRF_FIELD), session.csrf)
        await sessions.end(session.key)
        if provider is not None and session.id_token is not None:
            elsewhere = await provider.end_address(session.id_token)
    answer = draw(request, "signed_out.jinja", elsewhere=elsewhere, sign_in=SIGN_IN)
    forget(answer, SESSION_COOKIE)
    return answer
