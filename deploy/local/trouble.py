"""What can go wrong on this machine, said in one sentence together with the way out."""

import errno
import shutil
from pathlib import Path

EXIT_DIFFERENCE = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_PARTIAL = 4
EXIT_INTERRUPTED = 130

# Measured: 75 MB after the first start; the rest is room for PostgreSQL's write-ahead log between two checkpoints.
NEEDED_FREE_BYTES = 500_000_000


class Trouble(Exception):
    """Something on this machine stands in the way; the message is for the person at the keyboard.

    Args:
        sentence: what is wrong, one sentence.
        way_out: what to do about it, one sentence.
        exit_code: of the whole command (see the constants of this module).
    """

    def __init__(self, sentence: str, way_out: str, exit_code: int = EXIT_UNREACHABLE) -> None:
        super().__init__(f"{sentence} {way_out}")
        self.sentence = sentence
        self.way_out = way_out
        self.exit_code = exit_code


def disk_full(folder: Path) -> Trouble:
    """The trouble of a full disk under this folder."""
    return Trouble(
        f"The disk that holds {folder} is full.",
        "Free some space there, or set DYAD_STATE_DIR to a folder on another disk, then say `make up` again.",
    )


def require_free_space(folder: Path, needed_bytes: int = NEEDED_FREE_BYTES) -> None:
    """Raise Trouble when the disk that holds this folder has less than the needed bytes free."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise Trouble(
            f"The disk that holds {folder} has {free_bytes // 1_000_000} MB free; "
            f"{needed_bytes // 1_000_000} MB are needed.",
            "Free some space there, or set DYAD_STATE_DIR to a folder on another disk, then say `make up` again.",
        )


def from_error(error: Exception) -> Trouble | None:
    """The trouble behind an error of the system or of a server that a person can mend; None for any other."""
    # A second of import that is only worth waiting for once something has failed.
    import asyncpg  # noqa: PLC0415
    import httpx  # noqa: PLC0415
    import psycopg  # noqa: PLC0415
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from shared.migrations import UnreleasedVersion  # noqa: PLC0415

    if isinstance(error, UnreleasedVersion):
        return Trouble(
            "What is installed here was made by a version of Dyad that was never released.",
            "Its data cannot be carried over: say `make clean`, then `make up`.",
        )
    if isinstance(error, (psycopg.errors.DiskFull, asyncpg.DiskFullError)):
        return Trouble("PostgreSQL's disk is full.", "Free some space there, then say the same again.")
    if isinstance(error, (psycopg.OperationalError, asyncpg.PostgresConnectionError, httpx.TransportError, KafkaError)):
        return Trouble(
            f"A server or service did not answer, or broke off ({type(error).__name__}).",
            "Look with `make status` and `make logs`, then say `make up` again.",
        )
    if not isinstance(error, OSError):
        return None
    place = Path(error.filename) if isinstance(error.filename, str) else Path.cwd()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble(
            f"This user may not use {place}.",
            "Run as the user who ran `make up` first, or set DYAD_STATE_DIR to a folder of your own.",
        )
    return None
