"""Other versions of the projection beside the one that is read (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes the two tables and the function with which every writer begins."""
    execute_files([Path(__file__).with_suffix(".sql")])
