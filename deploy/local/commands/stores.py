"""dyad migrate."""

import typer

from deploy.local.installation import Installation


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(migrate)


def migrate() -> None:
    """Bring roles, databases and schemas to this version's state; the servers must run."""
    from deploy.local import startup  # noqa: PLC0415 - seconds of import that the other commands need not wait for

    startup.migrate(Installation.chosen())
