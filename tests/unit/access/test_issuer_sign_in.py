"""The local issuer as an OpenID provider: only where it is asked for, only on this machine, only for our own pages."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.local import secret_files
from deploy.local.issuer.app import create_app
from deploy.local.issuer.sign_in import CODE_S
from shared.settings import Settings
from shared.web.access.roles import Role
from shared.web.access.verify import Verifier

HERE = "http://127.0.0.1:8100"
CALLBACK = "http://127.0.0.1:8104/sign-in/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "dyad-reporting", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s",
    "nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}  # fmt: skip
ANNA = {"user": "demo-practitioner-1-team-north"}


def settings_of(folder: Path, **other: Any) -> Settings:
    secrets = folder / "secrets"
    secret_files.make(secrets)
    return Settings(database_url="postgresql://none", kafka_bootstrap="none", secrets_dir=secrets, **other)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(tmp_path, demo_sign_in=True)


@pytest.fixture
async def issuer(settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(settings, tmp_path / "memory"))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        yield client


async def code_of(issuer: httpx.AsyncClient, **asked: str) -> str:
    back = await issuer.post("/authorize", data={**ASKED, **ANNA, **asked})
    assert back.status_code == 303
    return parse_qs(urlsplit(back.headers["location"]).query)["code"][0]


async def redeem(issuer: httpx.AsyncClient, code: str, **other: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code", "code": code, "client_id": "dyad-reporting", "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }  # fmt: skip
    return await issuer.post("/token", data={**form, **other})


async def test_a_chosen_user_gets_the_token_of_his_role_team_and_place_on_the_register(
    issuer: httpx.AsyncClient, settings: Settings
) -> None:
    given = (await redeem(issuer, await code_of(issuer))).json()
    actor = await Verifier.of(settings).actor(given["access_token"])
    assert (actor.id, actor.role, actor.teams) == (ANNA["user"], Role.PRACTITIONER, frozenset({"team-north"}))
    assert actor.practitioner_id is not None
    assert given["expires_in"] == 8 * 3600


async def test_somebody_of_a_team_that_is_not_in_the_list_can_be_named(
    issuer: httpx.AsyncClient, settings: Settings
) -> None:
    code = await code_of(issuer, user="other", role="lead", team=" team-0007 ")
    actor = await Verifier.of(settings).actor((await redeem(issuer, code)).json()["access_token"])
    assert (actor.role, actor.teams) == (Role.LEAD, frozenset({"team-0007"}))


async def test_the_page_says_loudly_what_it_is_and_leads_to_our_pages_alone(issuer: httpx.AsyncClient) -> None:
    page = await issuer.get("/authorize", params=ASKED)
    assert "For trying out only" in page.text
    assert "No password is asked" in page.text
    for word in ("Team lead", "Triage clinician", "Service manager", "Auditor", "team-harbour"):
        assert word in page.text
    policy = page.headers["content-security-policy"]
    assert "form-action 'self' http://127.0.0.1:8104;" in policy
    assert "frame-ancestors 'none'" in policy
    assert (await issuer.get("/choose.css")).headers["content-type"].startswith("text/css")


async def test_without_being_asked_for_it_is_no_provider_at_all(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(create_app(settings_of(tmp_path), tmp_path / "memory"))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as issuer:
        for path in ("/.well-known/openid-configuration", "/authorize", "/end-session"):
            assert (await issuer.get(path, params=ASKED)).status_code == 404
        assert (await redeem(issuer, "code")).json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("host", ["evil.example", "192.0.2.7:8100", "issuer:8100", "127.0.0.1.evil.example"])
async def test_under_a_name_of_another_machine_nobody_is_let_in(issuer: httpx.AsyncClient, host: str) -> None:
    shown = await issuer.get("/authorize", params=ASKED, headers={"host": host})
    chosen = await issuer.post("/authorize", data={**ASKED, **ANNA}, headers={"host": host})
    assert (shown.status_code, chosen.status_code) == (403, 403)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/sign-in/callback"},
        {"redirect_uri": f"{CALLBACK}/.."},
        {"redirect_uri": [CALLBACK, CALLBACK]},
        {"client_id": ""},
    ],
)
async def test_no_browser_is_sent_to_an_address_that_is_not_our_pages(
    issuer: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    for answer in (
        await issuer.get("/authorize", params={**ASKED, **wrong}),
        await issuer.post("/authorize", data={**ASKED, **ANNA, **wrong}),
    ):
        assert (answer.status_code, "location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"user": "somebody-else"}, "access_denied"),
        ({"user": "other", "role": "system", "team": "team-north"}, "access_denied"),
    ],
)
async def test_a_wrong_request_of_our_own_pages_goes_back_to_them(
    issuer: httpx.AsyncClient, wrong: dict[str, str], error: str
) -> None:
    back = await issuer.post("/authorize", data={**ASKED, **ANNA, **wrong})
    words = parse_qs(urlsplit(back.headers["location"]).query)
    assert (words["error"], words["state"], words["iss"]) == ([error], ["s"], [HERE])


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"client_id": "another"},
        {"redirect_uri": "http://127.0.0.1:8104/"},
    ],
)
async def test_a_code_is_redeemed_by_whoever_asked_for_it_alone(
    issuer: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    code = await code_of(issuer)
    answer = await redeem(issuer, code, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_is_redeemed_once(issuer: httpx.AsyncClient) -> None:
    code = await code_of(issuer)
    assert (await redeem(issuer, code)).status_code == 200
    assert (await redeem(issuer, code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("later_s", "status"), [(CODE_S - 1, 200), (CODE_S, 400)])
async def test_a_code_is_redeemed_within_a_minute(
    settings: Settings, tmp_path: Path, later_s: float, status: int
) -> None:
    now = [1_000_000.0]
    transport = httpx.ASGITransport(create_app(settings, tmp_path / "memory", lambda: now[0]))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as issuer:
        code = await code_of(issuer)
        now[0] += later_s
        assert (await redeem(issuer, code)).status_code == status


async def test_browsers_and_services_are_told_the_addresses_by_which_they_reach_it(issuer: httpx.AsyncClient) -> None:
    told = (await issuer.get("http://issuer:8100/.well-known/openid-configuration")).json()
    assert told["issuer"] == HERE
    assert told["authorization_endpoint"] == f"{HERE}/authorize"
    assert told["token_endpoint"] == "http://issuer:8100/token"
    assert told["jwks_uri"] == "http://issuer:8100/.well-known/jwks.json"


async def test_after_signing_out_one_is_sent_to_our_sign_in_page_and_nowhere_else(issuer: httpx.AsyncClient) -> None:
    ours = "http://127.0.0.1:8104/sign-in"
    sent = await issuer.get("/end-session", params={"post_logout_redirect_uri": ours})
    assert sent.headers["location"] == ours
    stays = await issuer.get("/end-session", params={"post_logout_redirect_uri": "https://evil.example"})
    assert (stays.status_code, "location" in stays.headers) == (200, False)
