"""From a bearer token to an actor: RFC 9068 access tokens, verified by RFC 8725's rules.

Checked: signature by a key of the issuer that is named by `kid`, an algorithm of the allow-list that fits that key,
`typ` at+jwt, `iss`, `aud`, `exp`, `nbf`, and claims of our own. An access token may be used until it expires; it is
verified once and remembered by its hash.
"""

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from shared.eventstore.teams import EVERY_TEAM as ALL_TEAMS
from shared.kernel.fields import CODE_FORM
from shared.settings import Settings
from shared.web.access.actor import Actor
from shared.web.access.keys import Keys, keys_from
from shared.web.access.roles import EVERY_TEAM, SCOPES, Role, Scope

ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"),
    "RS256": ("RSA", None),
    "EdDSA": ("OKP", "Ed25519"),  # its name before RFC 9864
    "Ed25519": ("OKP", "Ed25519"),
}
"""Algorithms that are taken, with the kind of key each needs; `none` and everything symmetric is no algorithm here."""
LEEWAY_S = 30
"""How far the issuer's clock may differ from ours."""
LARGEST_TOKEN = 8192
_REMEMBERED = 10_000
_SUBJECT = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_TEAM = re.compile(CODE_FORM)
_MOST_TEAMS = 200
_TYPES = frozenset({"at+jwt", "application/at+jwt"})


class BadToken(Exception):
    """The token is not taken; says the rule that it breaks, never what it holds."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Verifier:
    """Verifies the tokens of one issuer.

    Args:
        keys: of the issuer.
        issuer: exactly what `iss` must be.
        audience: what `aud` must be or contain.
        clock: seconds since 1970.
    """

    def __init__(self, keys: Keys, *, issuer: str, audience: str, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[float, object, Actor]] = OrderedDict()

    @classmethod
    def of(cls, settings: Settings) -> "Verifier":
        """The verifier of an installation."""
        keys = keys_from(settings.jwks, settings.secrets_dir)
        return cls(keys, issuer=settings.token_issuer, audience=settings.token_audience)

    async def actor(self, token: str) -> Actor:
        """Whoever a token stands for.

        Raises:
            BadToken: it is not taken.
            NoKeys: the issuer's keys cannot be read.
        """
        return (await self.actor_until(token))[0]

    async def actor_until(self, token: str) -> tuple[Actor, float]:
        """Whoever a token stands for, and when it expires (seconds since 1970); raises as `actor` does."""
        if len(token) > LARGEST_TOKEN or not token.isascii():
            raise BadToken("token-form")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None:
            expires_s, generation, actor = known
            if self._clock() < expires_s and generation == self._keys.generation:
                return actor, expires_s
            del self._known[digest]
        expires_s, actor = await self._verified(token)
        self._known[digest] = (expires_s, self._keys.generation, actor)
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return actor, expires_s

    async def _verified(self, token: str) -> tuple[float, Actor]:
        _, claims = await signed_claims(token, self._keys, _TYPES)
        expires_s = self._check(claims)
        return expires_s, actor_of(claims)

    def _check(self, claims: Mapping[str, Any]) -> float:
        """Issuer, audience and times; gives when it expires."""
        if claims.get("iss") != self._issuer:
            raise BadToken("token-issuer")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise BadToken("token-audience")
        now = self._clock()
        expires_s = _seconds(claims, "exp")
        if expires_s is None or now >= expires_s + LEEWAY_S:
            raise BadToken("token-expired")
        not_before_s = _seconds(claims, "nbf")
        if ("nbf" in claims and not_before_s is None) or (not_before_s or 0) > now + LEEWAY_S:
            raise BadToken("token-not-yet-valid")
        return expires_s


async def signed_claims(token: str, keys: Keys, types: frozenset[str]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Header and claims of a JWT whose signature holds; what the claims say is for the caller to judge.

    Args:
        token: compact serialisation.
        keys: of the issuer.
        types: what `typ` may be, lower case; the empty string where it may be missing.

    Raises:
        BadToken: its form, algorithm, type, key or signature.
        NoKeys: the issuer's keys cannot be read.
    """
    try:
        header = extract_compact(token.encode()).headers()
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadToken("token-form") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadToken("token-algorithm")
    if str(header.get("typ", "")).lower() not in types:
        raise BadToken("token-type")
    if not isinstance(kid, str) or not kid or "crit" in header:
        raise BadToken("token-key-id")
    key = await keys.find(kid)
    if key is None:
        raise BadToken("token-key-id")
    kind, curve = ALGORITHMS[algorithm]
    fits = key.key_type == kind and curve in {None, key.get("crv")} and key.get("alg") in {None, algorithm}
    if not fits:
        raise BadToken("token-algorithm")
    try:
        return header, jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError):
        raise BadToken("token-signature") from None


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def actor_of(claims: Mapping[str, Any]) -> Actor:
    """The actor of verified claims.

    Raises:
        BadToken: `sub`, `role`, `teams`, `practitioner_id` or `scope` is not as docs/access.md says.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise BadToken("token-subject")
    try:
        role = Role(claims.get("role", ""))
    except ValueError:
        raise BadToken("token-role") from None
    return Actor(
        id=subject,
        role=role,
        teams=_teams(claims.get("teams"), role),
        practitioner_id=_practitioner(claims.get("practitioner_id")),
        scopes=_scopes(claims.get("scope"), role),
    )


def _teams(given: Any, role: Role) -> frozenset[str] | None:
    if given == ALL_TEAMS:
        if role not in EVERY_TEAM:
            raise BadToken("token-teams")
        return None
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_TEAMS:
        raise BadToken("token-teams")
    if not all(isinstance(team, str) and _TEAM.fullmatch(team) for team in given):
        raise BadToken("token-teams")
    return frozenset(given)


def _practitioner(given: Any) -> UUID | None:
    if given is None:
        return None
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise BadToken("token-practitioner") from None


def _scopes(given: Any, role: Role) -> frozenset[Scope]:
    if given is None:
        return SCOPES[role]
    if not isinstance(given, str):
        raise BadToken("token-scope")
    asked = set(given.split())
    return frozenset(scope for scope in SCOPES[role] if scope.value in asked)
