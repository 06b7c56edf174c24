"""The local issuer as an OpenID provider, for trying out: who comes chooses whom to be, and no password is asked.

Authorisation code flow with PKCE for one public client, reporting's pages. Only with DYAD_DEMO_SIGN_IN, and only under
a name of this very machine: a page of another site that has its own name resolve to 127.0.0.1 is turned away.
"""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import parse_qs, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from deploy.local.issuer.demo import LASTS_S, OTHER_ROLES, DemoUser, demo_users, other_user
from deploy.local.issuer.minting import Issuer
from shared.settings import Settings
from shared.web.body import read_body

CODE_S = 60
"""How long a code can be redeemed."""
OTHER = "other"
"""Chosen, it means the role and the team that the form names beside it."""
_MOST_CODES = 1000
_LARGEST_BYTES = 32 * 1024
_Form = Mapping[str, list[str]]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
_NO_STORE = {"Cache-Control": "no-store"}
_CSS = (files("deploy.local.issuer") / "choose.css").read_bytes()
_TEMPLATES = Environment(
    loader=PackageLoader("deploy.local.issuer", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


class BadGrant(Exception):
    """The code is not taken: an OAuth error code, and the rule that is broken."""


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code stands for."""

    user: DemoUser
    challenge: str
    nonce: str | None
    ends_s: float


class DemoSignIn:
    """The routes, and the codes that were given out; a restart forgets them.

    Args:
        settings: names of provider and client, and where reporting's pages are.
        issuer: signs the tokens.
        clock: seconds since 1970.
    """

    def __init__(self, settings: Settings, issuer: Issuer, clock: Callable[[], float] = time.time) -> None:
        self._issuer = issuer
        self._clock = clock
        self._name = settings.oidc_issuer or f"http://127.0.0.1:{settings.issuer_port}"
        self._client = settings.oidc_client_id
        self._pages = settings.pages_url
        self._users = demo_users()
        self._codes: OrderedDict[str, _Grant] = OrderedDict()

    @property
    def routes(self) -> list[Route]:
        """What is served beside the issuer's own routes."""
        return [
            Route("/.well-known/openid-configuration", self._describe),
            Route("/authorize", self._choose),
            Route("/authorize", self._chosen, methods=["POST"]),
            Route("/end-session", self._end),
            Route("/choose.css", self._style),
        ]

    def redeem(self, form: _Form) -> dict[str, object]:
        """The tokens for a code, which is taken once.

        Raises:
            BadGrant: code, client, address or verifier is not the one that it was given for.
        """
        grant = self._codes.pop(_one(form, "code"), None)
        if grant is None or self._clock() >= grant.ends_s:
            raise BadGrant("invalid_grant", "code")
        if (_one(form, "client_id"), _one(form, "redirect_uri")) != (self._client, self._callback):
            raise BadGrant("invalid_grant", "client-or-redirect")
        made = urlsafe_b64encode(hashlib.sha256(_one(form, "code_verifier").encode()).digest()).rstrip(b"=").decode()
        if not hmac.compare_digest(made, grant.challenge):
            raise BadGrant("invalid_grant", "code-verifier")
        user = grant.user
        access_token = self._issuer.mint(
            user.role, user.teams, subject=user.subject, practitioner_id=user.practitioner_id, seconds=LASTS_S
        )
        id_token = self._issuer.id_token(
            self._name, self._client, subject=user.subject, nonce=grant.nonce, access_token=access_token
        )
        return {"access_token": access_token, "id_token": id_token, "token_type": "Bearer", "expires_in": LASTS_S}

    @property
    def _callback(self) -> str:
        return f"{self._pages}/sign-in/callback"

    async def _describe(self, request: Request) -> Response:
        """Browsers go to the address that we are known by; a service in another container asks where it found us."""
        asked = str(request.base_url).rstrip("/")
        document = {
            "issuer": self._name,
            "authorization_endpoint": f"{self._name}/authorize",
            "end_session_endpoint": f"{self._name}/end-session",
            "token_endpoint": f"{asked}/token",
            "jwks_uri": f"{asked}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["public"],
            "scopes_supported": ["openid"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(document, headers=_NO_STORE)

    async def _choose(self, request: Request) -> Response:
        asked = parse_qs(request.url.query)
        refused = self._refuses(request, asked)
        if refused is not None:
            return refused
        kept = {name: asked[name][0] for name in _KEPT if name in asked}
        page = _TEMPLATES.get_template("choose.jinja").render(
            teams=self._users, kept=kept, roles=OTHER_ROLES, other=OTHER
        )
        pages = urlsplit(self._pages)
        policy = (
            # where the form leads in the end counts too: browsers hold `form-action` against redirects
            f"default-src 'none'; style-src 'self'; form-action 'self' {pages.scheme}://{pages.netloc};"
            " base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(page, headers=_NO_STORE | headers)

    async def _chosen(self, request: Request) -> Response:
        asked = parse_qs((await read_body(request, _LARGEST_BYTES)).decode("ascii", "replace"))
        refused = self._refuses(request, asked)
        if refused is not None:
            return refused
        user = self._user(asked)
        if user is None:
            return self._sent_back(asked, error="access_denied")
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Grant(
            user=user,
            challenge=_one(asked, "code_challenge"),
            nonce=_one(asked, "nonce") or None,
            ends_s=self._clock() + CODE_S,
        )
        if len(self._codes) > _MOST_CODES:
            self._codes.popitem(last=False)
        return self._sent_back(asked, code=code)

    def _user(self, asked: _Form) -> DemoUser | None:
        if _one(asked, "user") == OTHER:
            return other_user(_one(asked, "role"), _one(asked, "team").strip())
        everybody = {user.subject: user for users in self._users.values() for user in users}
        return everybody.get(_one(asked, "user"))

    def _refuses(self, request: Request, asked: _Form) -> Response | None:
        """What is wrong with a request to sign in; where to send the browser is believed of our own client alone."""
        if request.url.hostname not in _LOOPBACK:
            return PlainTextResponse("This sign-in is for trying out on this machine alone.", 403)
        once = all(len(values) == 1 for values in asked.values())
        if not once or (_one(asked, "client_id"), _one(asked, "redirect_uri")) != (self._client, self._callback):
            return PlainTextResponse("This does not come from Dyad's own pages; open those and sign in there.", 400)
        if _one(asked, "response_type") != "code" or "openid" not in _one(asked, "scope").split():
            return self._sent_back(asked, error="invalid_request")
        if _one(asked, "code_challenge_method") != "S256" or len(_one(asked, "code_challenge")) != 43:
            return self._sent_back(asked, error="invalid_request")
        return None

    def _sent_back(self, asked: _Form, **words: str) -> Response:
        if "state" in asked:
            words["state"] = _one(asked, "state")
        place = f"{self._callback}?{urlencode({**words, 'iss': self._name})}"
        return RedirectResponse(place, 303, headers=_NO_STORE)

    async def _end(self, request: Request) -> Response:
        """There is no session here to be ended: whoever comes chooses anew."""
        wanted = request.query_params.get("post_logout_redirect_uri")
        if wanted == f"{self._pages}/sign-in":
            return RedirectResponse(wanted, 303, headers=_NO_STORE)
        return PlainTextResponse("You are signed out.")

    async def _style(self, _request: Request) -> Response:
        return Response(_CSS, media_type="text/css")


def _one(form: _Form, name: str) -> str:
    return form.get(name, [""])[0]
