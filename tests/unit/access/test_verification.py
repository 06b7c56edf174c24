"""Verification of access tokens: what is taken, and each way in which a token can be wrong."""

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.web.access.keys import FileKeys, NoKeys
from shared.web.access.roles import SCOPES, Role, Scope
from shared.web.access.verify import LEEWAY_S, BadToken, Verifier

NOW = 1_770_000_000
KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
OTHER = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
RSA = RSAKey.generate_key(2048, {"kid": "k2", "use": "sig"})
ED = OKPKey.generate_key("Ed25519", {"kid": "k3", "use": "sig"})
CLAIMS: dict[str, Any] = {
    "iss": "urn:test:issuer",
    "aud": "dyad",
    "sub": "worker-7",
    "exp": NOW + 600,
    "role": "practitioner",
    "teams": ["team-north"],
    "practitioner_id": "0192f0c4-0000-7000-8000-0000000000a1",
}


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def write(path: Path, *keys: Any) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"keys": [key.as_dict(private=False) for key in keys]}))
    fresh.replace(path)


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    write(path, KEY, RSA, ED)
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(jwks: Path, clock: Clock) -> Verifier:
    return Verifier(FileKeys(jwks), issuer="urn:test:issuer", audience="dyad", clock=clock)


def signed(claims: dict[str, Any] | None = None, key: Any = KEY, algorithm: str = "ES256", **header: Any) -> str:
    wanted = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid, **header}
    whole = {name: value for name, value in (CLAIMS | (claims or {})).items() if value is not ...}
    return jwt.encode({name: value for name, value in wanted.items() if value is not None}, whole, key, [algorithm])


@pytest.mark.parametrize(("key", "algorithm"), [(KEY, "ES256"), (RSA, "RS256"), (ED, "EdDSA"), (ED, "Ed25519")])
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_a_good_token_says_who_asks(verifier: Verifier, key: Any, algorithm: str) -> None:
    actor = await verifier.actor(signed(key=key, algorithm=algorithm))
    assert (actor.id, actor.role, actor.teams) == ("worker-7", Role.PRACTITIONER, frozenset({"team-north"}))
    assert str(actor.practitioner_id) == CLAIMS["practitioner_id"]
    assert actor.scopes == SCOPES[Role.PRACTITIONER]


def unsigned(header: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(CLAIMS).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def confused() -> str:
    """HS256 with the public key, which everybody has, as its secret."""
    said = unsigned({"alg": "HS256", "typ": "at+jwt", "kid": "k1"}).rstrip(".")
    signature = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("token", "rule"),
    [
        (lambda: "", "token-form"),
        (lambda: "a.b", "token-form"),
        (lambda: "a.b.c", "token-form"),
        (lambda: "é.b.c", "token-form"),
        (lambda: "x" * 9000, "token-form"),
        (lambda: unsigned({"alg": "none", "typ": "at+jwt", "kid": "k1"}), "token-algorithm"),
        (confused, "token-algorithm"),
        (lambda: unsigned({"alg": "ES256", "typ": "at+jwt", "kid": "k1"}, b"x" * 64), "token-signature"),
        (lambda: signed(key=OTHER), "token-signature"),
        (lambda: signed(key=RSA, algorithm="RS256", kid="k1"), "token-algorithm"),
        (lambda: signed(key=RSA, algorithm="PS256"), "token-algorithm"),
        (lambda: signed(typ="JWT"), "token-type"),
        (lambda: signed(kid=None), "token-key-id"),
        (lambda: signed(kid="k9"), "token-key-id"),
        (lambda: signed({"iss": "urn:else"}), "token-issuer"),
        (lambda: signed({"iss": ...}), "token-issuer"),
        (lambda: signed({"aud": "else"}), "token-audience"),
        (lambda: signed({"aud": ["else", "more"]}), "token-audience"),
        (lambda: signed({"aud": ...}), "token-audience"),
        (lambda: signed({"exp": ...}), "token-expired"),
        (lambda: signed({"exp": NOW - LEEWAY_S}), "token-expired"),
        (lambda: signed({"exp": "tomorrow"}), "token-expired"),
        (lambda: signed({"nbf": NOW + LEEWAY_S + 1}), "token-not-yet-valid"),
        (lambda: signed({"nbf": "now"}), "token-not-yet-valid"),
        (lambda: signed({"sub": ...}), "token-subject"),
        (lambda: signed({"sub": "Anna Example"}), "token-subject"),
        (lambda: signed({"role": "superuser"}), "token-role"),
        (lambda: signed({"role": ...}), "token-role"),
        (lambda: signed({"teams": "*"}), "token-teams"),
        (lambda: signed({"teams": []}), "token-teams"),
        (lambda: signed({"teams": ["*"]}), "token-teams"),
        (lambda: signed({"teams": ["a,b"]}), "token-teams"),
        (lambda: signed({"teams": ...}), "token-teams"),
        (lambda: signed({"practitioner_id": "seven"}), "token-practitioner"),
        (lambda: signed({"scope": 7}), "token-scope"),
    ],
)
async def test_a_bad_token_is_refused_by_the_rule_that_it_breaks(verifier: Verifier, token: Any, rule: str) -> None:
    with pytest.raises(BadToken) as refusal:
        await verifier.actor(token())
    assert refusal.value.rule == rule


async def test_an_access_token_may_be_used_until_it_expires_and_not_after(verifier: Verifier, clock: Clock) -> None:
    token = signed()
    for later in (0, 1, 599):
        clock.now = NOW + later
        assert (await verifier.actor(token)).id == "worker-7"
    clock.now = NOW + 600 + LEEWAY_S
    with pytest.raises(BadToken, match="token-expired"):
        await verifier.actor(token)


async def test_a_key_that_is_taken_out_of_the_file_ends_its_tokens_at_once(verifier: Verifier, jwks: Path) -> None:
    token = signed()
    await verifier.actor(token)
    write(jwks, RSA)
    with pytest.raises(BadToken, match="token-key-id"):
        await verifier.actor(token)


def no_keys(path: Path) -> None:
    path.write_text("{}")


@pytest.mark.parametrize("spoil", [no_keys, Path.unlink])
async def test_without_readable_keys_nobody_is_let_in(verifier: Verifier, jwks: Path, spoil: Any) -> None:
    token = signed()
    await verifier.actor(token)
    spoil(jwks)
    with pytest.raises(NoKeys):
        await verifier.actor(token)


async def test_a_token_may_narrow_its_roles_scopes_and_never_widen_them(verifier: Verifier) -> None:
    actor = await verifier.actor(signed({"scope": "case:read reads:read nonsense"}))
    assert actor.scopes == frozenset({Scope.CASE_READ})


@pytest.mark.parametrize("role", ["system", "auditor", "analyst", "manager"])
async def test_every_team_is_for_the_roles_of_the_table_only(verifier: Verifier, role: str) -> None:
    actor = await verifier.actor(signed({"role": role, "teams": "*", "practitioner_id": ...}))
    assert actor.teams is None
    assert actor.of_team("any-team")
