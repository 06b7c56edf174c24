"""The whole schema of the referral service as it is first released (pre: the code needs it)."""

from shared.migrations import execute_files, first_files

revision = "0001b"
down_revision = None


def upgrade() -> None:
    """Makes everything from nothing; what comes later is a revision of its own."""
    execute_files(first_files("referral"))
