"""Installing: a package that is not the one of the lock is refused, and what was half made is made again."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.installation import PROJECT

INSTALL_WITHIN_S = 180


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose lock names one small package by a hash that nothing has."""
    program = tmp_path / "deploy" / "local" / "install.py"
    program.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "deploy" / "local" / "install.py", program)
    lines = (PROJECT / "requirements.lock").read_text().splitlines()
    pinned = next(line.split()[0] for line in lines if line.startswith("tzdata=="))
    (tmp_path / "requirements.lock").write_text(f"{pinned} --hash=sha256:{'0' * 64}\n")
    (tmp_path / "requirements-dev.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "deploy" / "web").mkdir()
    (tmp_path / "deploy" / "web" / "package-lock.json").write_text("{}")
    return tmp_path


def install(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "deploy/local/install.py"],
        cwd=project,
        env=os.environ | {"PIP_NO_CACHE_DIR": "1"},
        capture_output=True,
        text=True,
        timeout=INSTALL_WITHIN_S,
        check=False,
    )


def test_a_package_that_is_not_the_one_of_the_lock_is_refused(project: Path) -> None:
    refused = install(project)
    assert refused.returncode == 3
    assert "is not the file that the lock names" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (project / ".venv" / "installed").exists(), "the next one must not take it for finished"


def test_an_environment_that_does_not_work_is_made_again(project: Path) -> None:
    broken = project / ".venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.symlink_to(project / "a-python-that-was-removed")
    refused = install(project)
    assert "Virtual environment .venv" in refused.stderr
    assert "is not the file that the lock names" in refused.stderr
