"""What we ask of an OpenID provider, and what of its answers we take: each rule broken once by a hostile one."""

import base64
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from shared.settings import Settings
from shared.web.access.attempt import ATTEMPT_S, Attempt
from shared.web.access.provider import NoProvider, Provider, SignInRefused

ISSUER = "https://login.example.org"
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
STRANGER = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
SYMMETRIC = OctKey.import_key(b"0123456789abcdef0123456789abcdef", {"kid": "one"})
ATTEMPT = Attempt.begin("/", time.time())
ACCESS = "an-access-token"


def settings_of(**other: Any) -> Settings:
    return Settings(
        database_url="postgresql://none",
        kafka_bootstrap="none",
        secrets_dir=Path("/nowhere"),
        oidc_issuer=ISSUER,
        oidc_client_id="the pages",
        pages_address="https://dyad.example.org/",
        **other,
    )


def at_hash(access_token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


def claims(**other: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": ISSUER, "aud": "the pages", "sub": "somebody", "iat": now, "exp": now + 300, "nonce": ATTEMPT.nonce,
        "at_hash": at_hash(ACCESS),
    }  # fmt: skip
    return {name: value for name, value in {**whole, **other}.items() if value is not None}


def signed(key: Any = KEY, *, header: dict[str, Any] | None = None, **other: Any) -> str:
    head = {"alg": "ES256", "kid": "one", **(header or {})}
    return jwt.encode(head, claims(**other), key, algorithms=[head["alg"]])


def unsigned() -> str:
    def part(of: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(of).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(claims())}."


@dataclass
class Hostile:
    """A provider that says what a test wants it to say."""

    id_token: Callable[[], Any] = signed
    described: dict[str, Any] = field(default_factory=dict)
    tokens: Callable[[httpx.Request], httpx.Response] | None = None
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        if request.method == "GET":
            document = {
                "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/authorize?tenant=1",
                "jwks_uri": f"{ISSUER}/keys",
                "token_endpoint": f"{ISSUER}/token", "end_session_endpoint": f"{ISSUER}/end", **self.described,
            }  # fmt: skip
            return httpx.Response(200, json={key: value for key, value in document.items() if value is not None})
        if self.tokens is not None:
            return self.tokens(request)
        return httpx.Response(200, json={"access_token": ACCESS, "id_token": self.id_token(), "token_type": "Bearer"})

    def provider(self, **settings: Any) -> Provider:
        return Provider(settings_of(**settings), httpx.MockTransport(self.answer))


async def test_tokens_come_for_a_code_with_the_verifier_of_the_challenge() -> None:
    hostile = Hostile()
    provider = hostile.provider()
    asked = parse_qs(urlsplit(await provider.address(ATTEMPT)).query)
    assert (await provider.redeem("the-code", ATTEMPT)).access_token == ACCESS
    form = {name: values[0] for name, values in parse_qs(hostile.asked[1].content.decode()).items()}
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"][0]
    assert (form["code"], form["redirect_uri"]) == ("the-code", "https://dyad.example.org/sign-in/callback")
    assert (asked["tenant"], asked["scope"]) == (["1"], ["openid"])
    assert ATTEMPT.secret not in str(asked)


@pytest.mark.parametrize(
    ("rule", "id_token"),
    [
        ("id-token-nonce", lambda: signed(nonce="another")),
        ("id-token-nonce", lambda: signed(nonce=None)),
        ("id-token-aud", lambda: signed(aud="another")),
        ("id-token-azp", lambda: signed(aud=["the pages", "another"])),
        ("id-token-azp", lambda: signed(aud=["the pages", "another"], azp="another")),
        ("id-token-iss", lambda: signed(iss="https://evil.example")),
        ("id-token-exp", lambda: signed(exp=int(time.time()) - 60)),
        ("id-token-exp", lambda: signed(exp=None)),
        ("id-token-sub", lambda: signed(sub=None)),
        ("id-token-at_hash", lambda: signed(at_hash=at_hash("another"))),
        ("id-token-signature", lambda: signed(STRANGER)),
        ("id-token-algorithm", lambda: signed(SYMMETRIC, header={"alg": "HS256"})),
        ("id-token-algorithm", unsigned),
        ("id-token-key-id", lambda: signed(header={"kid": "two"})),
        ("id-token-key-id", lambda: signed(header={"kid": ""})),
        ("id-token-type", lambda: signed(header={"typ": "at+jwt"})),
        ("id-token-form", lambda: "a.b.c"),
    ],
)
async def test_an_id_token_that_breaks_a_rule_lets_nobody_in(rule: str, id_token: Callable[[], str]) -> None:
    with pytest.raises(SignInRefused) as refused:
        await Hostile(id_token).provider().redeem("code", ATTEMPT)
    assert refused.value.rule == rule


async def test_a_code_that_the_provider_does_not_know_lets_nobody_in() -> None:
    hostile = Hostile(tokens=lambda _request: httpx.Response(400, json={"error": "invalid_grant"}))
    with pytest.raises(SignInRefused, match="code-not-taken"):
        await hostile.provider().redeem("code", ATTEMPT)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={}),
        httpx.Response(401, json={"error": "invalid_client"}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"access_token": ACCESS}),
        httpx.Response(200, json={"access_token": 7, "id_token": 7}),
        httpx.Response(302, headers={"location": "https://evil.example"}, json={}),
    ],
)
async def test_an_answer_that_is_none_is_the_providers_trouble_and_not_the_readers(answer: httpx.Response) -> None:
    with pytest.raises(NoProvider):
        await Hostile(tokens=lambda _request: answer).provider().redeem("code", ATTEMPT)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.example.org/token"},
        {"jwks_uri": "http://login.example.org/keys"},
        {"authorization_endpoint": None},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
)
async def test_a_description_that_is_unsafe_is_not_used(described: dict[str, Any]) -> None:
    with pytest.raises(NoProvider):
        await Hostile(described=described).provider().address(ATTEMPT)


@pytest.mark.parametrize("name", ["oidc_issuer", "oidc_discovery"])
def test_a_provider_of_another_machine_is_named_by_https(name: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Provider(settings_of().model_copy(update={name: "http://login.example.org"}))


async def test_the_description_is_read_once_where_a_setting_says_and_must_still_be_the_issuers() -> None:
    hostile = Hostile()
    provider = hostile.provider(oidc_discovery="http://issuer:8100/.well-known/openid-configuration")
    await provider.address(ATTEMPT)
    await provider.address(ATTEMPT)
    assert [str(request.url) for request in hostile.asked] == ["http://issuer:8100/.well-known/openid-configuration"]
    hostile.described["issuer"] = "http://issuer:8100"
    with pytest.raises(NoProvider):
        await hostile.provider(oidc_discovery="http://issuer:8100/another").address(ATTEMPT)


async def test_the_clients_secret_goes_in_the_header_form_encoded_or_in_the_body_where_nothing_else_is_known(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secret"
    file.write_text("s:cret ü\n")
    hostile = Hostile()
    await hostile.provider(oidc_client_secret_file=file).redeem("code", ATTEMPT)
    scheme, _, given = hostile.asked[1].headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(given)) == ("Basic", b"the+pages:s%3Acret+%C3%BC")
    hostile = Hostile(described={"token_endpoint_auth_methods_supported": ["client_secret_post"]})
    await hostile.provider(oidc_client_secret_file=file).redeem("code", ATTEMPT)
    assert parse_qs(hostile.asked[1].content.decode())["client_secret"] == ["s:cret ü"]
    assert "authorization" not in hostile.asked[1].headers


async def test_one_signs_out_at_the_provider_where_it_offers_that() -> None:
    address = await Hostile().provider().end_address("the-id-token")
    assert address is not None
    words = parse_qs(urlsplit(address).query)
    assert words["id_token_hint"] == ["the-id-token"]
    assert words["post_logout_redirect_uri"] == ["https://dyad.example.org/sign-in"]
    assert await Hostile(described={"end_session_endpoint": None}).provider().end_address("the-id-token") is None
    assert await Hostile(described={"issuer": "another"}).provider().end_address("the-id-token") is None


def test_an_attempt_is_known_again_by_its_cookie_for_ten_minutes() -> None:
    begun = Attempt.begin("/pages/caseload?team=team-north&at=2026-03-31", 1000.0)
    assert Attempt.of_cookie(begun.cookie, 1000.0 + ATTEMPT_S - 1) == begun
    assert Attempt.of_cookie(begun.cookie, 1000.0 + ATTEMPT_S) is None
    assert Attempt.of_cookie(begun.cookie, 900.0) is None


@pytest.mark.parametrize(
    "cookie", [None, "", "secret", "secret.", "secret.x.", ".1000.", "secret.².", "secret.99999999999999."]
)
def test_a_cookie_of_another_form_is_no_attempt(cookie: str | None) -> None:
    assert Attempt.of_cookie(cookie, 1000.0) is None


def test_what_follows_from_an_attempt_differs_by_purpose_and_fits_a_cookie() -> None:
    long = Attempt.begin("/" + "ä" * 2000, 1000.0)
    assert len({long.state, long.nonce, long.verifier, long.form, long.secret}) == 5
    assert len(long.cookie) < 4000
    assert Attempt.of_cookie(long.cookie, 1000.0) == Attempt(long.secret, 1000, "/")
