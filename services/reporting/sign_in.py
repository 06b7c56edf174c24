"""Signing in to the pages: at the organisation's OpenID provider, or with a pasted token where none is named."""

from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.reporting.pages.frame import draw
from services.reporting.parameters import said_once
from shared.kernel.ids import utc_now
from shared.telemetry.logs import logger
from shared.web.access.attempt import ATTEMPT_S, Attempt
from shared.web.access.browser import (
    ATTEMPT_COOKIE,
    CSRF_FIELD,
    SESSION_COOKIE,
    SIGN_IN,
    forget,
    form_fields,
    keep,
    local_path,
    own_form,
)
from shared.web.access.guard import unavailable
from shared.web.access.keys import NoKeys
from shared.web.access.provider import CALLBACK, NoProvider, Provider, SignInRefused
from shared.web.access.roles import Scope
from shared.web.access.sessions import LONGEST, Sessions
from shared.web.access.verify import BadToken, Verifier
from shared.web.problems import Problem

START = "/sign-in/start"
_NO_STORE = {"Cache-Control": "no-store"}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOT_TAKEN = "This token is not valid, or no longer: ask for a new one"
_NO_VIEWS = "Your account does not let you look at these pages: ask whoever looks after accounts for a role that may"
_ANEW = "This sign-in was not finished, or begun in another window: sign in again"
_NOT_LET_IN = "Your organisation's sign-in did not let you in: try again, or ask whoever looks after accounts"
_NOT_REACHED = "Your organisation's sign-in cannot be reached: try again in a few minutes"
_log = logger(__name__)

sign_in = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])

GoingOn = Annotated[str, Query(alias="next")]


class _Refused(Exception):
    """Nobody is signed in; the sentence is for the reader, the rule for the log."""

    def __init__(self, sentence: str, rule: str, status: int = 403) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.rule = rule
        self.status = status


def _provider(request: Request) -> Provider | None:
    provider: Provider | None = request.app.state.provider
    return provider


def _refused(request: Request, going_on: str, refused: _Refused) -> Response:
    _log.info("sign_in_refused", rule=refused.rule)
    return _page(request, going_on, refused=refused)


def _page(request: Request, going_on: str, *, ended: bool = False, refused: _Refused | None = None) -> Response:
    """The sign-in page; each begins an attempt of its own, whose secret its form carries."""
    attempt = Attempt.begin(local_path(going_on), utc_now().timestamp())
    answer = draw(
        request,
        "sign_in.jinja",
        status=200 if refused is None else refused.status,
        next=attempt.going_on,
        start=f"{START}?next={quote(attempt.going_on, safe='/')}" if _provider(request) else None,
        csrf=attempt.form,
        ended=ended,
        error=None if refused is None else refused.sentence,
    )
    keep(answer, ATTEMPT_COOKIE, attempt.cookie, seconds=ATTEMPT_S)
    return answer


@sign_in.get(SIGN_IN)
async def sign_in_page(request: Request, going_on: GoingOn = "/", ended: bool = False) -> Response:
    """Says how to sign in; open, because whoever comes here has no session yet."""
    return _page(request, going_on, ended=ended)


@sign_in.get(START)
async def start(request: Request, going_on: GoingOn = "/") -> Response:
    """On to the provider, with a secret in this browser's cookie to know it again by.

    A link and no form: the pages' `form-action` would hold for where a form leads in the end.
    """
    provider = _provider(request)
    if provider is None:
        return RedirectResponse(SIGN_IN, 303, headers=_NO_STORE)
    known = urlsplit(provider.pages_url)
    if request.url.netloc != known.netloc and {request.url.hostname, known.hostname} <= _LOOPBACK:
        # The provider will send the browser back to that name of this machine; a cookie of this one stays behind.
        place = f"{provider.pages_url}{START}?next={quote(local_path(going_on), safe='/')}"
        return RedirectResponse(place, 303, headers=_NO_STORE)
    attempt = Attempt.begin(local_path(going_on), utc_now().timestamp())
    try:
        answer = RedirectResponse(await provider.address(attempt), 303, headers=_NO_STORE)
    except NoProvider:
        return _refused(request, going_on, _Refused(_NOT_REACHED, "provider-unavailable", 503))
    keep(answer, ATTEMPT_COOKIE, attempt.cookie, seconds=ATTEMPT_S)
    return answer


@sign_in.get(CALLBACK)
async def come_back(
    request: Request, code: str = "", state: str = "", error: str = "", iss: str | None = None
) -> Response:
    """From the provider, with a code for the tokens of whoever signed in there."""
    attempt = _attempt(request)
    if attempt is None or not compare_digest(state.encode(), attempt.state.encode()):
        return _refused(request, "/", _Refused(_ANEW, "state"))
    try:
        return await _redeemed(request, attempt, "" if error else code, iss)
    except _Refused as refused:
        return _refused(request, attempt.going_on, refused)


async def _redeemed(request: Request, attempt: Attempt, code: str, issuer: str | None) -> Response:
    provider = _provider(request)
    if provider is None or not code or issuer not in {None, provider.issuer}:
        raise _Refused(_NOT_LET_IN, "provider-error")
    try:
        signed_in = await provider.redeem(code, attempt)
    except SignInRefused as refused:
        raise _Refused(_NOT_LET_IN, refused.rule) from None
    except NoProvider:
        raise _Refused(_NOT_REACHED, "provider-unavailable", 503) from None
    return await _let_in(request, signed_in.access_token, attempt.going_on, id_token=signed_in.id_token)


@sign_in.post(SIGN_IN)
async def take_token(request: Request) -> Response:
    """Takes a pasted token; only where no provider is named."""
    if _provider(request) is not None:
        raise Problem(404, "no-such-route")
    own_form(request)
    fields = await form_fields(request)
    attempt = _attempt(request)
    going_on = local_path(fields.get("next", "/"))
    # without an attempt the browser kept no cookie, or the page was open for long; with another it has a newer one
    if attempt is None or not compare_digest(fields.get(CSRF_FIELD, "").encode(), attempt.form.encode()):
        return _refused(request, going_on, _Refused(_ANEW, "csrf-token"))
    try:
        return await _let_in(request, fields.get("token", "").strip(), going_on)
    except _Refused as refused:
        return _refused(request, going_on, refused)


def _attempt(request: Request) -> Attempt | None:
    return Attempt.of_cookie(request.cookies.get(ATTEMPT_COOKIE), utc_now().timestamp())


async def _let_in(request: Request, token: str, going_on: str, *, id_token: str | None = None) -> Response:
    """Begins a session under a new key and goes on to where the reader wanted to. Raises _Refused."""
    verifier: Verifier = request.app.state.verifier
    sessions: Sessions = request.app.state.sessions
    try:
        actor, expires_s = await verifier.actor_until(token)
    except BadToken as refusal:
        raise _Refused(_NOT_TAKEN if id_token is None else _NOT_LET_IN, refusal.rule) from None
    except NoKeys:
        raise unavailable() from None
    if not actor.may(Scope.VIEWS_READ):
        raise _Refused(_NO_VIEWS, "not-permitted")
    ends_at = datetime.fromtimestamp(min(expires_s, (utc_now() + LONGEST).timestamp()), UTC)
    former = request.cookies.get(SESSION_COOKIE)
    session = await sessions.begin(token, ends_at, id_token=id_token, former=former)
    _log.info("signed_in", role=actor.role.value)
    answer = RedirectResponse(local_path(going_on), 303, headers=_NO_STORE)
    keep(answer, SESSION_COOKIE, session.key)
    forget(answer, ATTEMPT_COOKIE)
    return answer
