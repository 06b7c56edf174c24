"""Makes `.venv` and installs the locked, hash-checked packages and the project itself.

Runs before anything is installed, on whatever Python there is: standard library only, and no syntax newer than
Python 3.7, so that an old Python can say that it is too old.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
EXIT_FAILED = 3
EXIT_INTERRUPTED = 130
PROJECT = Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
NOTE = VENV / "installed"
# What pip says, what that means, and the way out.
CAUSES = (
    (
        "DO NOT MATCH THE HASHES",
        "A downloaded package is not the file that the lock names; nothing of it was installed.",
        "Say the same again; if it happens twice, do not trust where the packages come from.",
    ),
    (
        "No space left on device",
        "The disk that holds the project is full.",
        "Free some space, then say the same again.",
    ),
    ("Connection", "The package index cannot be reached.", "Check the network and pip's settings, then try again."),
    (
        "No matching distribution",
        "A package of the lock cannot be had for this Python on this machine.",
        "Use CPython 3.11 or newer on Linux, then say the same again.",
    ),
)


def main() -> int:
    """Install what is missing; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    dev = parser.parse_args().dev
    lock = "requirements-dev.lock" if dev else "requirements.lock"
    if sys.version_info < OLDEST_PYTHON:
        return complain(
            f"Dyad needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.",
            "Install one and name it: make up PYTHON=python3.11",
        )
    if NOTE.exists() and NOTE.read_text() in (fingerprint(lock), fingerprint("requirements-dev.lock")):
        return 0
    try:
        return install(lock, dev)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except OSError as error:
        return complain(f"The packages could not be installed: {error}.", "Mend that, then say the same again.")


def install(lock: str, dev: bool) -> int:
    """Make the virtual environment if it does not work, fill it; the exit code."""
    if not works():
        begin = time.monotonic()
        shutil.rmtree(VENV, ignore_errors=True)
        quietly([sys.executable, "-m", "venv", str(VENV)])
        if not works():
            shutil.rmtree(VENV, ignore_errors=True)
            return complain(
                "This Python cannot make a virtual environment.",
                "Install its venv module (on Debian and Ubuntu: apt-get install python3-venv), then try again.",
            )
        say("Virtual environment .venv", begin)
    pip = ["pip", "install", "--disable-pip-version-check", "--no-input"]
    steps = (
        (f"Packages of {lock}, each compared with its hash", [*pip, "--require-hashes", "-r", str(PROJECT / lock)]),
        ("The project itself", [*pip, "--no-deps", "--no-build-isolation", "-e", str(PROJECT)]),
        ("The pages' style and scripts, the same way", ["deploy.web.install", *(["--dev"] if dev else [])]),
    )
    for what, arguments in steps:
        begin = time.monotonic()
        if not shown(what, [str(PYTHON), "-m", *arguments]):
            return complain(*cause())
        say(what, begin)
    NOTE.write_text(fingerprint(lock))
    return 0


def works() -> bool:
    """Whether the virtual environment has a Python and a pip that run."""
    return PYTHON.exists() and quietly([str(PYTHON), "-m", "pip", "--version"])


def quietly(command: list[str]) -> bool:
    """Run a command without a word; whether it succeeded."""
    finished = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return finished.returncode == 0


def shown(what: str, command: list[str]) -> bool:
    """Run a command with its output in the log; at a terminal show that it is at work. Whether it succeeded."""
    begin = time.monotonic()
    with LOG.open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            while running.poll() is None:
                if sys.stderr.isatty():
                    sys.stderr.write(f"\r  {what} ... {time.monotonic() - begin:.0f} s ")
                    sys.stderr.flush()
                time.sleep(0.2)
        except KeyboardInterrupt:
            running.terminate()
            running.wait()
            raise
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    return running.returncode == 0


def cause() -> tuple[str, str]:
    """The sentence and the way out for the failure in the log."""
    text = LOG.read_text(errors="replace")
    for sign, sentence, way_out in CAUSES:
        if sign in text:
            return sentence, f"{way_out} Details: {LOG}"
    last = ([line for line in text.splitlines() if line.strip()] or ["no output"])[-1]
    return f"The packages could not be installed: {last}", f"Details: {LOG}"


def fingerprint(lock: str) -> str:
    """What a finished environment notes: the locks, the project's own settings and the Python that made it."""
    digest = hashlib.sha256(f"{sys.version} {PROJECT}".encode())
    for name in (lock, "pyproject.toml", "deploy/web/package-lock.json"):
        digest.update((PROJECT / name).read_bytes())
    return digest.hexdigest()


def say(what: str, begin: float) -> None:
    """One finished step and how long it took."""
    sys.stderr.write(f"✓ {what} ({time.monotonic() - begin:.1f} s)\n")


def complain(sentence: str, way_out: str) -> int:
    """One sentence and the way out; the exit code."""
    sys.stderr.write(f"{sentence}\n{way_out}\n")
    return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
