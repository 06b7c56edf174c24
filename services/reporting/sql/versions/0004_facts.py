"""Rows of contacts, scores and the team's other work (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Makes the tables and the views through which they are seen."""
    execute_files([Path(__file__).with_suffix(".sql")])
