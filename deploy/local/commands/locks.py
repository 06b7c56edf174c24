"""dyad lock."""

import subprocess
import sys

import typer

from deploy.local.installation import PROJECT
from deploy.local.kafka import jar_folder
from deploy.local.output import messages, step
from deploy.local.trouble import EXIT_DIFFERENCE, Trouble

COMPILE = ("-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes")
FORM = ("--no-annotate", "--no-header", "--upgrade", "pyproject.toml")
# The services' own needs; with the embedded servers; with the tools for tests.
LOCKS = {
    "requirements-service.lock": ("build",),
    "requirements.lock": ("local", "build"),
    "requirements-dev.lock": ("local", "build", "dev"),
}


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(lock)


def lock() -> None:
    """Resolve Python's packages, Kafka's jars and the pages' scripts anew, and write the locks with their hashes."""
    from deploy.local import jars  # noqa: PLC0415 - imports that the other commands need not wait for
    from deploy.web import install  # noqa: PLC0415

    for file, extras in LOCKS.items():
        chosen = [word for extra in extras for word in ("--extra", extra)]
        with step(file):
            command = [sys.executable, *COMPILE, *FORM, *chosen, "-o", file]
            finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
            if finished.returncode != 0:
                raise Trouble(f"{file} could not be resolved: {finished.stderr.strip()}", "", EXIT_DIFFERENCE)
    with step(str(install.LOCK.relative_to(PROJECT))):
        install.write_lock()
    with step(str(jars.LOCK.relative_to(PROJECT))):
        count = len(jars.write_lock(jar_folder()))
    messages.print(f"{count} jars and {len(LOCKS)} files of Python packages locked; see what changed with `git diff`.")
