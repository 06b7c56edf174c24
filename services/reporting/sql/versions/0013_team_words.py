"""What teams say of themselves is found without reading all of their work (pre: nothing needs it but speed)."""

from pathlib import Path

from shared.migrations import execute_files

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the index."""
    execute_files([Path(__file__).with_suffix(".sql")])
