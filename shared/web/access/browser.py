"""Pages in a browser: the access token in a cookie, and the check that a form was sent from our own page.

API routes take the header alone: a cookie that a browser adds by itself must never be enough to change anything.
"""

from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from shared.web.access.actor import Actor
from shared.web.access.guard import actor_of_token, authenticated, forbidden
from shared.web.access.roles import Scope
from shared.web.problems import Problem

SIGN_IN = "/sign-in"
LARGEST_COOKIE = 3800
"""Characters of a token that browsers keep in a cookie."""


def _name(request: Request) -> str:
    """With https a name that browsers bind to this very host; they refuse it without."""
    return "__Host-dyad-token" if request.url.scheme == "https" else "dyad-token"


def keep(response: Response, request: Request, token: str) -> None:
    """Has the browser keep the token until it is closed; no script can read it, no other site's form brings it."""
    secure = request.url.scheme == "https"
    response.set_cookie(_name(request), token, path="/", secure=secure, httponly=True, samesite="lax")


def forget(response: Response, request: Request) -> None:
    """Has the browser forget the token."""
    secure = request.url.scheme == "https"
    response.delete_cookie(_name(request), path="/", secure=secure, httponly=True, samesite="lax")


def own_form(request: Request) -> None:
    """Refuses a form that another site's page sent; a browser says so itself, in either of two headers.

    Raises:
        Problem: 403 `cross-site-request`, also when neither header is there.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        trusted = site in {"same-origin", "none"}
    else:
        trusted = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not trusted:
        raise Problem(403, "cross-site-request", "this form is taken from our own pages only")


def local_path(text: str) -> str:
    """An address on this very site, to go back to after signing in; the front page for anything else."""
    parts = urlsplit(text)
    fine = text.startswith("/") and not text.startswith("//") and "\\" not in text and not parts.scheme
    return text if fine and not parts.netloc and text.isprintable() else "/"


async def page_reader(request: Request) -> Actor:
    """Whoever looks at a page: by cookie, or by header as everywhere else.

    Raises:
        Problem: 303 to the sign-in page without a token that is taken; 403 without the right to views.
    """
    if "authorization" in request.headers:
        actor = await authenticated(request)
    else:
        actor = await _of_cookie(request)
    if not actor.may(Scope.VIEWS_READ):
        raise forbidden(Scope.VIEWS_READ)
    return actor


async def _of_cookie(request: Request) -> Actor:
    token = request.cookies.get(_name(request))
    try:
        if token is not None:
            return await actor_of_token(request, token)
    except Problem as problem:
        if problem.status != 401:
            raise
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    place = f"{SIGN_IN}?next={quote(local_path(wanted), safe='/')}"
    raise Problem(303, "sign-in-needed", headers={"Location": place, "Cache-Control": "no-store"})


MayReadPages = Annotated[Actor, Depends(page_reader)]
