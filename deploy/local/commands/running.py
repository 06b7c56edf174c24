"""dyad up, down, status, logs, clean."""

import sys
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from deploy.local import lifecycle, supervisor
from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, messages, show
from deploy.local.supervisor import Health
from deploy.local.trouble import EXIT_PARTIAL, EXIT_UNREACHABLE, EXIT_USAGE, Trouble

STATUS_COLUMNS = ("name", "address", "pid", "health")
FOLLOW_POLL_S = 0.2


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (up, down, status, logs, clean):
        app.command()(command)


def up(output: OutputOption = Output.TABLE) -> None:
    """Start everything that does not run, and print the addresses."""
    begin = time.monotonic()
    installation = Installation.chosen()
    if lifecycle.everything_runs(installation):
        messages.print("Everything runs already.")
    else:
        from deploy.local import startup  # noqa: PLC0415 - seconds of import that nothing else here needs

        startup.bring_up(installation)
    if not all(_show_status(installation, output)):
        raise typer.Exit(EXIT_PARTIAL)
    messages.print(
        f"Up after {time.monotonic() - begin:.1f} s. The pages: {installation.settings.pages_url}/\n"
        f"{_how_to_sign_in(installation)}\n"
        "Stop with `make down`; look with `make status` and `make logs`."
    )


def _how_to_sign_in(installation: Installation) -> str:
    if installation.demo_sign_in:
        return "Sign in there as one of the demo users, without a password: for trying out, on this machine only."
    if installation.settings.oidc_issuer:
        return f"Sign in there at {installation.settings.oidc_issuer}."
    return "Sign in there with what `.venv/bin/dyad token --role lead --team team-north` prints."


def down() -> None:
    """Stop everything that was started here; the data stays."""
    stopped = lifecycle.bring_down(Installation.chosen())
    messages.print(f"{stopped} processes stopped; the data is kept." if stopped else "Nothing was running.")


def status(output: OutputOption = Output.TABLE) -> None:
    """Every address, process id and health. Exit 0 if all is healthy, 4 if a part is, 3 if nothing is."""
    healthy = _show_status(Installation.chosen(), output)
    if not all(healthy):
        raise typer.Exit(EXIT_PARTIAL if any(healthy) else EXIT_UNREACHABLE)


def logs(
    parts: Annotated[
        list[str] | None, typer.Argument(help="postgres, kafka or a service; all if none is named.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="How many of the last lines of each.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until interrupted.")] = False,
) -> None:
    """Show the end of the logs."""
    installation = Installation.chosen()
    files = {
        "postgres": installation.folder / "postgres" / "postgres.log",
        "kafka": installation.folder / "kafka" / "kafka.log",
        **{service: supervisor.log_file(installation, service) for service in supervisor.EVERY},
    }
    unknown = sorted(set(parts or ()) - set(files))
    if unknown:
        raise Trouble(f"There is no part {', '.join(unknown)}.", f"The parts are {', '.join(files)}.", EXIT_USAGE)
    chosen = {name: file for name, file in files.items() if name in (parts or files)}
    ends = {name: _print_end(name, file, lines) for name, file in chosen.items()}
    while follow:
        time.sleep(FOLLOW_POLL_S)
        ends = {name: _print_from(name, file, ends[name]) for name, file in chosen.items()}


def clean(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and delete all data of this installation, after asking."""
    installation = Installation.chosen()
    if not installation.folder.exists():
        messages.print(f"There is nothing to remove: {installation.folder} does not exist.")
        return
    if not yes and not typer.confirm(f"Delete {installation.folder} with all databases, topics and keys?", err=True):
        messages.print("Nothing was removed.")
        return
    lifecycle.remove(installation)


def _show_status(installation: Installation, output: Output) -> list[bool]:
    parts = lifecycle.status(installation)
    show([asdict(part) for part in parts], STATUS_COLUMNS, output)
    return [part.health is Health.HEALTHY for part in parts]


def _print_end(name: str, file: Path, lines: int) -> int:
    if not file.exists():
        return 0
    with file.open(errors="replace") as log:
        for line in deque(log, maxlen=lines):
            _print_line(name, line)
        return log.tell()


def _print_from(name: str, file: Path, position: int) -> int:
    if not file.exists():
        return 0
    with file.open(errors="replace") as log:
        # A shorter file is another one: the log was put aside at a start.
        log.seek(position if position <= file.stat().st_size else 0)
        for line in iter(log.readline, ""):
            _print_line(name, line)
        return log.tell()


def _print_line(name: str, line: str) -> None:
    sys.stdout.write(f"{name}: {line.rstrip()}\n")
    sys.stdout.flush()
