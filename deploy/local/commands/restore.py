"""dyad restore."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.local.installation import Installation


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(restore)


def restore(
    input_file: Annotated[
        Path, typer.Option("--input-file", exists=True, dir_okay=False, help="As `dyad simulate` wrote it.")
    ],
) -> None:
    """Restore a history from a file into an installation that holds nothing else, and start everything."""
    from deploy.local import restoring  # noqa: PLC0415 - seconds of import that other commands need not wait for

    restoring.restore(Installation.chosen(), input_file)
