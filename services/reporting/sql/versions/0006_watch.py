"""What a case owes, and what the pathway watch says at the moment (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the columns, makes the tables; rows of cases that are there are made anew by the consumer."""
    execute_files([Path(__file__).with_suffix(".sql")])
