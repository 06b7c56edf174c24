"""Moves of babies, and the series that supervision belongs to (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds the columns; rows that are there are made anew by the consumer."""
    execute_files([Path(__file__).with_suffix(".sql")])
