"""Signing in by an OpenID provider: authorisation code flow with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 9700).

The code is exchanged on our side. What lets somebody in is the access token, verified as every other one; the ID token
proves that it was made for this sign-in. authlib brings the protocol's own parts, joserfc the signatures.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc.errors import ClaimError, JoseError

from shared.settings import Settings
from shared.telemetry.logs import logger
from shared.web.access.attempt import Attempt
from shared.web.access.keys import NoKeys, UrlKeys, unencrypted_is_fine
from shared.web.access.verify import LEEWAY_S, BadToken, signed_claims

CALLBACK = "/sign-in/callback"
METADATA_S = 3600.0
"""How long the provider's discovery document is used."""
_TIMEOUT_S = 5.0
_log = logger(__name__)


class NoProvider(Exception):
    """The provider cannot be asked, or does not answer as the standard says: nobody can sign in until it does."""


class SignInRefused(Exception):
    """This sign-in is not taken; says the rule that it breaks, never what it holds."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What the provider gave for a code."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Metadata:
    authorization: str
    token: str
    end_session: str | None
    secret_in_body: bool
    keys: UrlKeys


class Provider:
    """The OpenID provider of an installation.

    Args:
        settings: DYAD_OIDC_*, and the address of the pages.
        transport: by which it is asked, httpx's own if not given.
        clock: seconds since 1970.

    Raises:
        ValueError: an address that says http, of another machine.
    """

    def __init__(
        self,
        settings: Settings,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._metadata: _Metadata | None = None
        self._read_s = 0.0
        if not all(map(_safe, (settings.oidc_issuer, settings.oidc_discovery_url))):
            raise ValueError("DYAD_OIDC_ISSUER, DYAD_OIDC_DISCOVERY: https, or http on this machine")

    @classmethod
    def of(cls, settings: Settings) -> "Provider | None":
        """The one that the settings name, if they do."""
        return cls(settings) if settings.oidc_issuer else None

    @property
    def issuer(self) -> str:
        """Its name: what `iss` is in what it says."""
        return self._settings.oidc_issuer

    @property
    def pages_url(self) -> str:
        """Where it sends browsers back to: the address of our pages."""
        return self._settings.pages_url

    async def address(self, attempt: Attempt) -> str:
        """Where a browser goes to sign in. Raises NoProvider."""
        metadata = await self._known()
        return str(
            prepare_grant_uri(
                metadata.authorization,
                self._settings.oidc_client_id,
                "code",
                redirect_uri=self._callback,
                scope=self._settings.oidc_scopes,
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
            )
        )

    async def redeem(self, code: str, attempt: Attempt) -> SignedIn:
        """The tokens for a code.

        Raises:
            SignInRefused: the code, or the ID token that came for it, is not taken.
            NoProvider: it cannot be asked.
        """
        metadata = await self._known()
        answer = await self._exchanged(metadata, code, attempt)
        access_token, id_token = answer.get("access_token"), answer.get("id_token")
        if not isinstance(access_token, str) or not isinstance(id_token, str):
            raise NoProvider("the provider gives no access token or no ID token")
        try:
            header, claims = await signed_claims(id_token, metadata.keys, frozenset({"", "jwt"}))
        except BadToken as refusal:
            raise SignInRefused(refusal.rule.replace("token", "id-token")) from None
        except NoKeys as trouble:
            raise NoProvider(str(trouble)) from None
        self._check(header, claims, attempt, access_token)
        return SignedIn(access_token=access_token, id_token=id_token)

    async def end_address(self, id_token: str) -> str | None:
        """Where one signs out at the provider too; None if it offers no such thing, or cannot be asked."""
        try:
            metadata = await self._known()
        except NoProvider:
            return None
        if metadata.end_session is None:
            return None
        words = [
            ("client_id", self._settings.oidc_client_id),
            ("id_token_hint", id_token),
            ("post_logout_redirect_uri", f"{self.pages_url}/sign-in"),
        ]
        return str(add_params_to_uri(metadata.end_session, words))

    @property
    def _callback(self) -> str:
        return self.pages_url + CALLBACK

    def _check(self, header: Mapping[str, Any], claims: Mapping[str, Any], attempt: Attempt, access_token: str) -> None:
        """OpenID Connect Core 3.1.3.7."""
        client = self._settings.oidc_client_id
        wanted = {"iss": {"essential": True, "value": self.issuer}, "aud": {"essential": True, "value": client}}
        given = {"nonce": attempt.nonce, "client_id": client, "access_token": access_token}
        try:
            CodeIDToken(claims, header, wanted, given).validate(now=int(self._clock()), leeway=LEEWAY_S)
        except ClaimError as refusal:
            raise SignInRefused(f"id-token-{refusal.claim}") from None
        except (JoseError, TypeError, ValueError):
            raise SignInRefused("id-token-claims") from None

    async def _exchanged(self, metadata: _Metadata, code: str, attempt: Attempt) -> dict[str, Any]:
        client, secret = self._settings.oidc_client_id, self._settings.oidc_client_secret
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": attempt.verifier,
            "client_id": client,
        }
        if secret is None:
            return await self._asked("POST", metadata.token, data=body)
        if metadata.secret_in_body:
            return await self._asked("POST", metadata.token, data=body | {"client_secret": secret})
        named = httpx.BasicAuth(quote_plus(client), quote_plus(secret))  # RFC 6749 section 2.3.1: form-encoded first
        return await self._asked("POST", metadata.token, data=body, auth=named)

    async def _known(self) -> _Metadata:
        """The discovery document (OpenID Connect Discovery 1.0, section 4), read again after METADATA_S."""
        now_s = self._clock()
        if self._metadata is None or not 0 <= now_s - self._read_s < METADATA_S:
            document = await self._asked("GET", self._settings.oidc_discovery_url)
            self._metadata, self._read_s = self._read(document), now_s
        return self._metadata

    def _read(self, document: Mapping[str, Any]) -> _Metadata:
        if document.get("issuer") != self.issuer:
            raise NoProvider("the discovery document is of another issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        end = document.get("end_session_endpoint")
        addresses = [document.get(name) for name in names] + ([end] if end is not None else [])
        if not all(isinstance(address, str) and _safe(address) for address in addresses):
            raise NoProvider("the discovery document lacks an address, or names an unencrypted one")
        if "S256" not in document.get("code_challenge_methods_supported", ["S256"]):
            raise NoProvider("the provider knows no PKCE with S256")
        ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return _Metadata(
            authorization=document["authorization_endpoint"],
            token=document["token_endpoint"],
            end_session=end,
            secret_in_body="client_secret_basic" not in ways,
            keys=UrlKeys(document["jwks_uri"], transport=self._transport),
        )

    async def _asked(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_S, transport=self._transport) as client:
                answer = await client.request(method, url, **request)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            _log.warning("provider_not_asked", error=type(error).__name__)
            raise NoProvider(f"the provider does not answer: {type(error).__name__}") from None
        if answer.status_code in {400, 401} and isinstance(body, dict) and body.get("error") == "invalid_grant":
            raise SignInRefused("code-not-taken")
        if not answer.is_success or not isinstance(body, dict):
            _log.warning("provider_refuses", status=answer.status_code)
            raise NoProvider("the provider refuses this service; see its settings for this client")
        return body


def _safe(url: str) -> bool:
    return url.startswith("https://") or unencrypted_is_fine(url)
