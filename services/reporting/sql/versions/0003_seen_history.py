"""The view through which the caller's teams are seen (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the view."""
    execute_files([Path(__file__).with_suffix(".sql")])
