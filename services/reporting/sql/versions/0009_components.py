"""What is planned of each component, and steps of the tier (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the columns; rows of cases that are there are made anew by the consumer."""
    execute_files([Path(__file__).with_suffix(".sql")])
