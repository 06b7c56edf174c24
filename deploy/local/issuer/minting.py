"""The local issuer's signing key, and the access tokens that it signs: for trying out, tests and tools on one machine.

A real installation has an issuer of its own and names it by DYAD_JWKS and DYAD_TOKEN_ISSUER.
"""

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local import secret_files
from shared.eventstore.teams import EVERY_TEAM as ALL_TEAMS
from shared.kernel.ids import new_id
from shared.settings import Settings
from shared.web.access.roles import EVERY_TEAM, Role

SIGNING_KEY = "token-signing.jwk"
JWKS = "jwks.json"
ALGORITHM = "ES256"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs access tokens.

    Args:
        key: the private key.
        name: the tokens' `iss`.
        audience: the tokens' `aud`.
    """

    key: ECKey
    name: str
    audience: str

    def mint(
        self,
        role: Role,
        teams: Collection[str] | None,
        *,
        subject: str | None = None,
        practitioner_id: UUID | None = None,
        seconds: int = 3600,
        scope: str | None = None,
    ) -> str:
        """An access token (RFC 9068).

        Args:
            role: of whom it stands for.
            teams: codes; None = every team, for the roles that may have that.
            subject: opaque id; the role's name otherwise, e.g. `local-practitioner`.
            practitioner_id: by which cases know who carries them.
            seconds: until it expires.
            scope: narrows the role's scopes.

        Raises:
            ValueError: every team for a role that may not have that, or no team at all.
        """
        if teams is None and role not in EVERY_TEAM:
            raise ValueError(f"{role.value} needs its teams named")
        if teams is not None and not teams:
            raise ValueError("name at least one team")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.name,
            "aud": self.audience,
            "sub": subject or f"local-{role.value}",
            "iat": now,
            "exp": now + seconds,
            "jti": str(new_id()),
            "client_id": subject or "dyad-token",
            "role": role.value,
            "teams": ALL_TEAMS if teams is None else sorted(teams),
        }
        if practitioner_id is not None:
            claims["practitioner_id"] = str(practitioner_id)
        if scope is not None:
            claims["scope"] = scope
        return self._signed("at+jwt", claims)

    def id_token(
        self, provider: str, client: str, *, subject: str, nonce: str | None, access_token: str, seconds: int = 300
    ) -> str:
        """An ID token (OpenID Connect Core 2), which says who signed in and lets nobody in.

        Args:
            provider: URL of the OpenID provider: its `iss`.
            client: at whose asking one signed in: its `aud`.
            subject: opaque id, that of the access token.
            nonce: of the request, if it had one.
            access_token: that goes with it.
            seconds: until it expires.
        """
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, Any] = {
            "iss": provider,
            "aud": client,
            "sub": subject,
            "iat": now,
            "exp": now + seconds,
            "at_hash": urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self._signed("JWT", claims)

    def _signed(self, kind: str, claims: dict[str, Any]) -> str:
        header = {"alg": ALGORITHM, "typ": kind, "kid": str(self.key.kid)}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])


def make_keys(folder: Path) -> None:
    """Writes the signing key, and the JWKS that belongs to it, where they are missing.

    Neither is ever replaced: who brings keys of his own keeps them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / SIGNING_KEY
    if not path.exists():
        if (folder / JWKS).exists():
            return  # another issuer's keys stand there: this installation trusts that one
        key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
        secret_files.write(path, json.dumps(key.as_dict(private=True)))
    if not (folder / JWKS).exists():
        public = read_key(folder).as_dict(private=False)
        secret_files.write(folder / JWKS, json.dumps({"keys": [public]}))


def read_key(folder: Path) -> ECKey:
    """The signing key of an installation.

    Raises:
        FileNotFoundError: it has none.
    """
    return ECKey.import_key(json.loads((folder / SIGNING_KEY).read_text()))


def issuer_of(folder: Path, *, name: str, audience: str) -> Issuer:
    """The local issuer of an installation whose secrets are in `folder`; errors as for `read_key`."""
    return Issuer(read_key(folder), name, audience)


def clinical_system(settings: Settings, *, seconds: int = 3600) -> dict[str, str]:
    """The header with which this machine's own tools speak to its services: a clinical system of every team.

    Raises:
        FileNotFoundError: the installation has no local issuer; tools need a token of its real one then.
    """
    issuer = issuer_of(settings.secrets_dir, name=settings.token_issuer, audience=settings.token_audience)
    return {"authorization": f"Bearer {issuer.mint(Role.SYSTEM, None, subject='dyad-tools', seconds=seconds)}"}
