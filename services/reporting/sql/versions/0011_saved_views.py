"""Saved views of the pages (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Makes the table."""
    execute_files([Path(__file__).with_suffix(".sql")])
