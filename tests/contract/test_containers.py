"""The composed system's files: valid by their schema and linter, and the promises they make stand in them."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from shared.settings import SERVICES, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
TOOLS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def test_the_compose_file_fits_the_compose_schema() -> None:
    done = _run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert done.returncode == 0, done.stdout


def test_the_compose_schema_catches_a_misspelt_key(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:"))
    assert _run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", wrong).returncode != 0


def test_the_dockerfile_pleases_its_linter() -> None:
    done = _run(TOOLS / "hadolint", DOCKERFILE)
    assert done.returncode == 0, done.stdout


def test_the_image_does_not_run_as_root() -> None:
    users = [line.split()[1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


def test_every_service_is_composed_and_published_on_this_machine_only(services: dict[str, Any]) -> None:
    for name in SERVICES:
        port = Settings.model_fields[f"{name}_port"].default
        assert services[name]["ports"] == [f"127.0.0.1:{port}:{port}"]
    published = {name: each["ports"] for name, each in services.items() if name not in SERVICES and "ports" in each}
    assert published == {"issuer": ["127.0.0.1:8100:8100"]}


def test_what_stays_up_is_watched_and_restarted(services: dict[str, Any]) -> None:
    for name, each in services.items():
        if name != "migrate":
            assert each["restart"] == "unless-stopped", name
            assert "healthcheck" in each, name


def test_servers_are_the_official_ones_and_keep_their_data(services: dict[str, Any]) -> None:
    assert services["postgres"]["image"] == "postgres:18"
    assert services["kafka"]["image"] == "apache/kafka:4.1.0"
    for name in ("postgres", "kafka"):
        assert [volume for volume in services[name]["volumes"] if volume.startswith(f"{name}:")]


def test_only_the_migration_knows_the_administrators_password(services: dict[str, Any]) -> None:
    knowing = {name for name, each in services.items() if "postgres-password" in each.get("secrets", ())}
    assert knowing == {"postgres", "migrate"}


def test_nobody_signs_in_without_a_password_unless_that_is_asked_for(services: dict[str, Any]) -> None:
    for name, each in services.items():
        assert "DYAD_DEMO_SIGN_IN" not in each.get("environment", {}), name


def test_asked_for_demo_users_are_offered_by_the_issuer_and_known_to_the_pages(services: dict[str, Any]) -> None:
    demo = ROOT / "docker-compose.demo.yml"
    done = _run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", demo)
    assert done.returncode == 0, done.stdout
    found = yaml.safe_load(demo.read_text())["services"]
    assert found["issuer"]["environment"] == found["reporting"]["environment"]
    told = Settings.model_validate(
        {
            "database_url": "postgresql://none",
            "kafka_bootstrap": "none",
            "secrets_dir": "/nowhere",
            **{name.removeprefix("DYAD_").lower(): value for name, value in found["issuer"]["environment"].items()},
        }
    )
    assert told.demo_sign_in
    assert [f"{urlsplit(told.oidc_issuer).netloc}:{told.issuer_port}"] == services["issuer"]["ports"]
    assert urlsplit(told.oidc_discovery_url).hostname in services
    assert told.pages_url == "http://127.0.0.1:8104"
