"""The pages' style and scripts: fetched once, and never anything else than what the lock names."""

import json
import shutil
from pathlib import Path

import pytest

from deploy.local.trouble import Trouble
from deploy.web.install import LOCK, PACKAGES, PAGES, install


def test_what_is_not_what_the_lock_names_is_refused_and_what_was_there_stays(tmp_path: Path) -> None:
    packages, folder = tmp_path / "packages", tmp_path / "fetched"
    shutil.copytree(PACKAGES, packages)
    folder.mkdir()
    (folder / "htmx.js").write_text("of before")
    lock = json.loads((packages / LOCK.name).read_text())
    lock["packages"]["node_modules/htmx.org"]["integrity"] = "sha512-" + "A" * 86 + "=="
    (packages / LOCK.name).write_text(json.dumps(lock))
    with pytest.raises(Trouble, match="could not fetch"):
        install(folder, packages=packages)
    assert [path.name for path in folder.iterdir()] == ["htmx.js"]
    assert (folder / "htmx.js").read_text() == "of before"


def test_it_is_fetched_once(tmp_path: Path) -> None:
    assert install(tmp_path) is True
    assert set(PAGES) <= {path.name for path in tmp_path.iterdir()}
    assert "axe.js" not in {path.name for path in tmp_path.iterdir()}, "a tool of the tests alone"
    assert install(tmp_path) is False
    (tmp_path / "htmx.js").unlink()
    assert install(tmp_path) is True, "what somebody removed is fetched again"


def test_the_lock_names_hashes_and_no_registry() -> None:
    packages = json.loads(LOCK.read_text())["packages"]
    wanted = {**packages[""]["dependencies"], **packages[""]["devDependencies"]}
    assert json.loads((PACKAGES / "package.json").read_text())["dependencies"].items() <= wanted.items()
    for name, version in wanted.items():
        found = packages[f"node_modules/{name}"]
        assert found["version"] == version, "exact versions alone"
        assert found["integrity"].startswith("sha512-")
        assert "resolved" not in found
