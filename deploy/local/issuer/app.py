"""The local issuer over HTTP: its keys, and tokens for clinical systems (client_credentials with private_key_jwt).

With DYAD_DEMO_SIGN_IN it is an OpenID provider as well (`sign_in.py`).
"""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.local.issuer.assertions import Assertions, BadAssertion
from deploy.local.issuer.clients import Client, read_clients
from deploy.local.issuer.minting import JWKS, Issuer, issuer_of
from deploy.local.issuer.sign_in import BadGrant, DemoSignIn
from shared.settings import Settings
from shared.web.body import read_body
from shared.web.problems import Problem

TOKEN_S = 600
"""How long a token of a client lasts."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LARGEST = 32 * 1024
_NO_STORE = {"Cache-Control": "no-store"}


def create_app(settings: Settings, memory: Path, clock: Callable[[], float] = time.time) -> Starlette:
    """The issuer's application.

    Args:
        settings: where the secrets are, and the names of issuer and audience.
        memory: file that remembers the assertions that were taken.
        clock: seconds since 1970, by which codes of demo users grow old.
    """
    folder = settings.secrets_dir
    issuer = issuer_of(folder, name=settings.token_issuer, audience=settings.token_audience)
    address = f"http://{settings.host}:{settings.issuer_port}/token"
    assertions = Assertions(memory, frozenset({settings.token_issuer, address}))

    demo = DemoSignIn(settings, issuer, clock) if settings.demo_sign_in else None

    async def keys(_request: Request) -> Response:
        return Response((folder / JWKS).read_bytes(), media_type="application/jwk-set+json")

    async def live(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def token(request: Request) -> Response:
        try:
            form = parse_qs((await read_body(request, _LARGEST)).decode("ascii", "replace"))
            _require_once(form)
            if demo is not None and form.get("grant_type") == ["authorization_code"]:
                return JSONResponse(demo.redeem(form), headers=_NO_STORE)
            client = await run_in_threadpool(_client, form, assertions, folder)
        except BadAssertion as refusal:
            return _refused("invalid_client", str(refusal), 401)
        except (_BadRequest, BadGrant) as refusal:
            return _refused(refusal.args[0], refusal.args[1], 400)
        except Problem as problem:
            return _refused("invalid_request", problem.code, problem.status)
        scope = form.get("scope", [None])[0]
        return JSONResponse(_answer(issuer, client, scope), headers=_NO_STORE)

    return Starlette(
        routes=[
            Route("/.well-known/jwks.json", keys),
            Route("/token", token, methods=["POST"]),
            Route("/livez", live),
            Route("/readyz", live),
            *(demo.routes if demo else ()),
        ]
    )


class _BadRequest(Exception):
    """An OAuth error code and a rule."""


def _require_once(form: dict[str, list[str]]) -> None:
    if any(len(values) > 1 for values in form.values()):
        raise _BadRequest("invalid_request", "repeated-parameter")


def _client(form: dict[str, list[str]], assertions: Assertions, folder: Path) -> Client:
    if form.get("grant_type") != ["client_credentials"]:
        raise _BadRequest("unsupported_grant_type", "client-credentials-only")
    if form.get("client_assertion_type") != [ASSERTION_TYPE] or "client_assertion" not in form:
        raise _BadRequest("invalid_request", "private-key-jwt-only")
    return assertions.take(form["client_assertion"][0], read_clients(folder))


def _answer(issuer: Issuer, client: Client, scope: str | None) -> dict[str, object]:
    token = issuer.mint(client.role, client.teams, subject=client.id, seconds=TOKEN_S, scope=scope)
    return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_S}


def _refused(error: str, rule: str, status: int) -> Response:
    """RFC 6749 section 5.2; the description is the rule that is broken."""
    body = orjson.dumps({"error": error, "error_description": rule})
    return Response(body, status, headers=_NO_STORE, media_type="application/json")
