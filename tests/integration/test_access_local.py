"""`dyad token` and the local issuer as processes, as a person starts them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local import ports, secret_files
from shared.settings import Settings
from shared.web.access.roles import Role
from shared.web.access.verify import Verifier

WITHIN_S = 60.0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "secrets"
    secret_files.make(folder)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DYAD_")}
    return inherited | {
        "DYAD_SECRETS_DIR": str(folder),
        "DYAD_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "DYAD_KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "DYAD_STATE_DIR": str(tmp_path / "state"),
        "DYAD_ISSUER_PORT": str(ports.free_port()),
    }


def settings_of(environment: dict[str, str]) -> Settings:
    return Settings(
        database_url="postgresql://none", kafka_bootstrap="none", secrets_dir=Path(environment["DYAD_SECRETS_DIR"])
    )


def dyad_token(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local.cli", "token", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=WITHIN_S)


async def test_dyad_token_prints_a_token_that_services_take_and_nothing_else(environment: dict[str, str]) -> None:
    practitioner = "0192f0c4-0000-7000-8000-0000000000a1"
    made = dyad_token(
        environment, "--role", "practitioner", "--team", "team-a", "--team", "team-b",
        "--practitioner", practitioner, "--subject", "anna-7", "--hours", "2",
    )  # fmt: skip
    assert (made.returncode, made.stderr) == (0, "")
    [line] = made.stdout.splitlines()
    actor = await Verifier.of(settings_of(environment)).actor(line)
    assert (actor.id, actor.role, actor.teams) == ("anna-7", Role.PRACTITIONER, frozenset({"team-a", "team-b"}))
    assert str(actor.practitioner_id) == practitioner


@pytest.mark.parametrize(
    "arguments",
    [("--role", "superuser"), ("--role", "practitioner"), ("--role", "lead", "--team", "Team North"), ()],
)
def test_dyad_token_refuses_what_no_service_would_take(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    made = dyad_token(environment, *arguments)
    assert (made.returncode, made.stdout) == (2, "")


def test_where_another_issuer_signs_there_is_no_token_to_be_made(environment: dict[str, str]) -> None:
    (Path(environment["DYAD_SECRETS_DIR"]) / "token-signing.jwk").unlink()
    made = dyad_token(environment, "--role", "auditor")
    assert (made.returncode, made.stdout) == (1, "")
    assert "no signing key" in made.stderr


@pytest.fixture
def issuer(environment: dict[str, str]) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-m", "deploy.local.issuer"], env=environment)
    address = f"http://127.0.0.1:{environment['DYAD_ISSUER_PORT']}"
    try:
        ends = time.monotonic() + WITHIN_S
        while not _answers(address):
            assert time.monotonic() < ends, "the issuer does not answer"
            assert process.poll() is None
        yield address
    finally:
        process.terminate()
        process.wait(WITHIN_S)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def test_services_may_take_the_issuers_keys_from_its_address(issuer: str, environment: dict[str, str]) -> None:
    made = dyad_token(environment, "--role", "auditor").stdout.strip()
    keys = f"{issuer}/.well-known/jwks.json"
    elsewhere = settings_of(environment).model_copy(update={"jwks": keys, "secrets_dir": Path("/nowhere")})
    actor = await Verifier.of(elsewhere).actor(made)
    assert (actor.role, actor.teams) == (Role.AUDITOR, None)
