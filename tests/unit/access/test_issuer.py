"""The local issuer: what it asks of a client before it gives a token, and that it takes nothing twice."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.local import secret_files
from deploy.local.issuer.app import ASSERTION_TYPE, create_app
from deploy.local.issuer.clients import FILE
from shared.settings import Settings
from shared.web.access.roles import Role
from shared.web.access.verify import Verifier

CLIENT_KEY = ECKey.generate_key("P-256", {"kid": "north-1", "use": "sig", "alg": "ES256"})
STRANGER = ECKey.generate_key("P-256", {"kid": "north-1", "use": "sig", "alg": "ES256"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "secrets"
    secret_files.make(folder)
    clients = [
        {
            "client_id": "north-records",
            "role": "system",
            "teams": ["team-north"],
            "jwk": CLIENT_KEY.as_dict(private=False),
        }
    ]
    (folder / FILE).write_text(json.dumps(clients))
    return Settings(database_url="postgresql://none", kafka_bootstrap="none", secrets_dir=folder)


@asynccontextmanager
async def running(settings: Settings, memory: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(settings, memory))
    async with httpx.AsyncClient(transport=transport, base_url="http://issuer") as client:
        yield client


@pytest.fixture
async def issuer(settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(settings, tmp_path / "memory") as client:
        yield client


def assertion(key: ECKey = CLIENT_KEY, **claims: Any) -> str:
    now = int(time.time())
    whole = {
        "iss": "north-records",
        "sub": "north-records",
        "aud": "urn:dyad:local-issuer",
        "jti": str(uuid4()),
        "iat": now,
        "exp": now + 240,
        **claims,
    }
    return jwt.encode({"alg": "ES256", "kid": key.kid}, whole, key, ["ES256"])


async def ask(issuer: httpx.AsyncClient, text: str, **form: str) -> httpx.Response:
    wanted = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": text,
        **form,
    }
    return await issuer.post("/token", data=wanted)


async def test_a_client_gets_a_token_for_its_role_and_teams_that_services_take(
    issuer: httpx.AsyncClient, settings: Settings
) -> None:
    answer = await ask(issuer, assertion())
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    actor = await Verifier.of(settings).actor(answer.json()["access_token"])
    assert (actor.id, actor.role, actor.teams) == ("north-records", Role.SYSTEM, frozenset({"team-north"}))


async def test_a_client_may_ask_for_less_than_its_role_has(issuer: httpx.AsyncClient, settings: Settings) -> None:
    answer = await ask(issuer, assertion(), scope="case:read nonsense")
    actor = await Verifier.of(settings).actor(answer.json()["access_token"])
    assert {scope.value for scope in actor.scopes} == {"case:read"}


async def test_an_assertion_is_taken_once_also_after_a_restart(
    issuer: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    text = assertion()
    assert (await ask(issuer, text)).status_code == 200
    again = await ask(issuer, text)
    assert (again.status_code, again.json()["error_description"]) == (401, "assertion-replayed")
    async with running(settings, tmp_path / "memory") as restarted:
        assert (await ask(restarted, text)).json()["error_description"] == "assertion-replayed"


@pytest.mark.parametrize(
    ("claims", "rule"),
    [
        ({"aud": "urn:else"}, "assertion-audience"),
        ({"iss": "south-records"}, "assertion-client"),
        ({"sub": "south-records"}, "assertion-client"),
        ({"exp": int(time.time()) - 60}, "assertion-expired"),
        ({"exp": int(time.time()) + 3600}, "assertion-too-long"),
        ({"nbf": int(time.time()) + 3600}, "assertion-not-yet-valid"),
        ({"jti": 7}, "assertion-jti"),
        ({"jti": ""}, "assertion-jti"),
    ],
)
async def test_a_wrong_assertion_is_refused_by_its_rule(
    issuer: httpx.AsyncClient, claims: dict[str, Any], rule: str
) -> None:
    answer = await ask(issuer, assertion(**claims))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client", "error_description": rule})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (lambda: assertion(STRANGER), "assertion-signature"),
        (lambda: "a.b.c", "assertion-form"),
        (lambda: assertion(ECKey.generate_key("P-256", {"kid": "nobody"})), "assertion-key"),
    ],
)
async def test_who_does_not_hold_the_clients_key_gets_no_token(issuer: httpx.AsyncClient, text: Any, rule: str) -> None:
    answer = await ask(issuer, text())
    assert (answer.status_code, answer.json()["error_description"]) == (401, rule)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "basic"}, "invalid_request"),
    ],
)
async def test_nothing_but_client_credentials_with_a_key_is_a_way_in(
    issuer: httpx.AsyncClient, form: dict[str, str], error: str
) -> None:
    answer = await ask(issuer, assertion(), **form)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_the_published_keys_are_public_ones(issuer: httpx.AsyncClient) -> None:
    [key] = (await issuer.get("/.well-known/jwks.json")).json()["keys"]
    assert "d" not in key
    assert (key["kty"], key["alg"], key["use"]) == ("EC", "ES256", "sig")
