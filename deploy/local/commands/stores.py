"""dyad migrate."""

import typer

from deploy.local import lifecycle
from deploy.local.installation import Installation


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(migrate)


def migrate() -> None:
    """Bring roles, databases and schemas to this version's state; the servers must run."""
    lifecycle.migrate(Installation.chosen())
