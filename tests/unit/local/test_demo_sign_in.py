"""Where anybody may choose whom to be: where nothing beyond this machine reaches it, or where that is asked for."""

from pathlib import Path

import pytest

from deploy.local.installation import Installation

ISSUER = "http://127.0.0.1:8100"


def offered(monkeypatch: pytest.MonkeyPatch, folder: Path, **environment: str) -> tuple[str | None, str | None]:
    """What the services are told: whether there are demo users, and at whom one signs in."""
    names = ("JWKS", "OIDC_ISSUER", "DEMO_SIGN_IN", "HOST", "ISSUER_PORT", "SECRETS_DIR")
    for name in names:
        monkeypatch.delenv(f"DYAD_{name}", raising=False)
    servers = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    for name, value in {**servers, **environment}.items():
        monkeypatch.setenv(f"DYAD_{name}", value)
    told = Installation(folder).service_environment()
    return told.get("DYAD_DEMO_SIGN_IN"), told.get("DYAD_OIDC_ISSUER")


def test_make_up_offers_demo_users_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert offered(monkeypatch, tmp_path) == ("true", ISSUER)
    assert offered(monkeypatch, tmp_path, ISSUER_PORT="9100") == ("true", "http://127.0.0.1:9100")


@pytest.mark.parametrize(
    ("environment", "issuer"),
    [
        ({"DEMO_SIGN_IN": "false"}, None),
        ({"HOST": "0.0.0.0"}, None),  # noqa: S104 - what somebody might say
        ({"HOST": "192.0.2.7"}, None),
        ({"JWKS": "https://login.example.org/keys"}, None),
        ({"OIDC_ISSUER": "https://login.example.org"}, "https://login.example.org"),
    ],
)
def test_make_up_offers_none_where_others_reach_it_or_a_real_provider_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], issuer: str | None
) -> None:
    told, named = offered(monkeypatch, tmp_path, **environment)
    assert told in {None, "false"}
    assert named == issuer


def test_where_others_reach_it_there_are_demo_users_only_if_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = offered(monkeypatch, tmp_path, HOST="0.0.0.0", DEMO_SIGN_IN="true")  # noqa: S104
    assert asked == ("true", ISSUER)
