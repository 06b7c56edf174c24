"""Rows of `case_history` hold the whole pathway, and the number of their definition (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0002"
down_revision = "0001b"


def upgrade() -> None:
    """Adds the columns; rows that are there are of definition 1 and made anew by the consumer."""
    execute_files([Path(__file__).with_suffix(".sql")])
