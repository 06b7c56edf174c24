"""Frozen reports, and months from which limits are computed anew (pre: the code needs them)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the tables and an index of what was heard by when it was recorded."""
    execute_files([Path(__file__).with_suffix(".sql")])
