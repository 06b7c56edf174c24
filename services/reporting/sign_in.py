"""Signing in to the pages: a token is pasted, kept by the browser where no script reads it, and forgotten again."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from services.reporting.pages.frame import draw
from shared.web.access.browser import LARGEST_COOKIE, SIGN_IN, forget, keep, local_path, own_form
from shared.web.access.guard import actor_of_token
from shared.web.access.roles import Scope
from shared.web.body import read_body
from shared.web.problems import Problem

_LARGEST_FORM = 16 * 1024
_NOT_TAKEN = "This token is not valid, or no longer: ask for a new one"
_NO_VIEWS = "This token does not let you look at these pages"

sign_in = APIRouter(tags=["pages"], include_in_schema=False)


def _page(request: Request, going_on: str, error: str | None = None) -> Response:
    status = 200 if error is None else 403
    return draw(request, "sign_in.jinja", status=status, next=local_path(going_on), error=error)


@sign_in.get(SIGN_IN)
async def sign_in_page(
    request: Request, going_on: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> Response:
    """Asks for an access token; open, because whoever comes here has none yet."""
    return _page(request, going_on)


@sign_in.post(SIGN_IN)
async def take_token(request: Request) -> Response:
    """Keeps a token that is taken, and goes on to where the reader wanted to."""
    own_form(request)
    form = parse_qs((await read_body(request, _LARGEST_FORM)).decode("ascii", "replace"))
    token = form.get("token", [""])[0].strip()
    going_on = local_path(form.get("next", ["/"])[0])
    if not token or len(token) > LARGEST_COOKIE:
        return _page(request, going_on, _NOT_TAKEN)
    try:
        actor = await actor_of_token(request, token)
    except Problem as problem:
        if problem.status != 401:
            raise
        return _page(request, going_on, _NOT_TAKEN)
    if not actor.may(Scope.VIEWS_READ):
        return _page(request, going_on, _NO_VIEWS)
    answer = RedirectResponse(going_on, 303, headers={"Cache-Control": "no-store"})
    keep(answer, request, token)
    return answer


@sign_in.post("/sign-out")
async def forget_token(request: Request) -> Response:
    """Forgets the token in this browser; the token itself goes on until it expires."""
    own_form(request)
    answer = RedirectResponse(SIGN_IN, 303, headers={"Cache-Control": "no-store"})
    forget(answer, request)
    return answer
