"""Makes `.venv` and installs the locked, hash-checked packages and the project itself.

Runs before anything is installed, on any Python: standard library only, and no syntax newer than Python 3.6, so that
an old Python can say that it is too old.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST_PYTHON = (3, 11)
PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(PROJECT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
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
    (
        "No module named pip",
        "This Python has no pip.",
        "Install it (on Debian and Ubuntu: python3-venv), then try again.",
    ),
    (
        "No matching distribution",
        "A package of the lock cannot be had for this Python or cannot be reached.",
        "Use CPython 3.11 or newer on Linux, check the network, then say the same again.",
    ),
    (
        "Connection",
        "The package index cannot be reached.",
        "Check the network and pip's settings, then say the same again.",
    ),
)


def main():
    """Install what is missing; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="with the tools for tests and checks")
    lock = "requirements-dev.lock" if parser.parse_args().dev else "requirements.lock"
    if sys.version_info < OLDEST_PYTHON:
        return complain(
            "Dyad needs Python 3.11 or newer; %s is %d.%d." % ((sys.executable,) + tuple(sys.version_info[:2])),
            "Install one and name it: make up PYTHON=python3.11",
        )
    wanted = fingerprint(lock)
    if noted() in (wanted, fingerprint("requirements-dev.lock")):
        return 0
    try:
        return install(lock, wanted)
    except OSError as error:
        return complain("The packages could not be installed: %s." % error, "Mend that, then say the same again.")


def install(lock, wanted):
    """Make the virtual environment and fill it; return the exit code."""
    if subprocess.call([PYTHON, "-m", "pip", "--version"], **QUIET) != 0 if os.path.exists(PYTHON) else True:
        begin = time.monotonic()
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if made.returncode != 0 or subprocess.call([PYTHON, "-m", "pip", "--version"], **QUIET) != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            return complain(
                "This Python cannot make a virtual environment.",
                "Install its venv module (on Debian and Ubuntu: apt-get install python3-venv), then say the same again.",
            )
        say("Virtual environment .venv", begin)
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    steps = (
        ("Packages of %s, each compared with its hash" % lock, ["--require-hashes", "-r", os.path.join(PROJECT, lock)]),
        ("The project itself", ["--no-deps", "--no-build-isolation", "-e", PROJECT]),
    )
    for what, arguments in steps:
        begin = time.monotonic()
        if not run_shown(what, pip + arguments):
            return complain(*cause())
        say(what, begin)
    with open(os.path.join(VENV, "installed"), "w") as note:
        note.write(wanted)
    return 0


QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def run_shown(what, command):
    """Run a command into the log; at a terminal show that it is at work. True if it succeeded."""
    begin = time.monotonic()
    with open(LOG, "w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            while running.poll() is None:
                if sys.stderr.isatty():
                    sys.stderr.write("\r  %s ... %d s " % (what, time.monotonic() - begin))
                    sys.stderr.flush()
                time.sleep(0.2)
        except KeyboardInterrupt:
            running.terminate()
            running.wait()
            sys.exit(130)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    return running.returncode == 0


def cause():
    """The sentence and the way out for the failure in the log."""
    with open(LOG, errors="replace") as log:
        text = log.read()
    for sign, sentence, way_out in CAUSES:
        if sign in text:
            return sentence, "%s Details: %s" % (way_out, LOG)
    last = ([line for line in text.splitlines() if line.strip()] or ["no output"])[-1]
    return "The packages could not be installed: %s" % last, "Details: %s" % LOG


def fingerprint(lock):
    """What an up-to-date environment notes: the lock, the project's own settings and the Python that made it."""
    digest = hashlib.sha256(sys.version.encode())
    for name in (lock, "pyproject.toml"):
        with open(os.path.join(PROJECT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def noted():
    """What the environment says it was installed from; empty when it was never finished."""
    try:
        with open(os.path.join(VENV, "installed")) as note:
            return note.read().strip()
    except FileNotFoundError:
        return ""


def say(what, begin):
    """One finished step and how long it took."""
    sys.stderr.write("✓ %s (%.1f s)\n" % (what, time.monotonic() - begin))


def complain(sentence, way_out):
    """One sentence and the way out; the exit code."""
    sys.stderr.write("%s\n%s\n" % (sentence, way_out))
    return 3


if __name__ == "__main__":
    sys.exit(main())
