"""Rows of contacts, scores and the team's other work; cases tell more (pre: the code needs it)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds columns, tables and views; the consumer fills them by making every row anew, of definition 3."""
    execute_files([Path(__file__).with_suffix(".sql")])
