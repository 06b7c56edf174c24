"""The list of erased people outside the databases: an older backup is told again at the next start.

One line of JSON for each, `{"subject": uuid, "erased_at": instant}`, in DYAD_TOMBSTONES_FILE. It is only ever appended
to, on disk before a key goes, and holds nothing but opaque ids.
"""

import os
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson

from shared.eventstore.store import Connection
from shared.telemetry.logs import logger

_log = logger(__name__)
_REAPPLY = """
SELECT given, erase_subject(given) FROM unnest($1::uuid[]) AS given
WHERE NOT EXISTS (SELECT FROM tombstones t WHERE t.subject = given)
   OR EXISTS (SELECT FROM subject_keys k WHERE k.subject = given)
"""


def read(path: Path) -> tuple[UUID, ...]:
    """The erased subjects, oldest first; a line that a crash cut off counts for nothing: its keys were still there."""
    if not path.exists():
        return ()
    found: dict[UUID, None] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found[UUID(orjson.loads(line)["subject"])] = None
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("tombstone_line_unreadable", line=number)
    return tuple(found)


def append(path: Path, subject: UUID, erased_at: datetime) -> None:
    """Adds a subject, on disk when this returns; nothing happens when it is there already.

    Raises:
        OSError: it could not be written; then no key may be destroyed.
    """
    if subject in read(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = not path.exists()
    line = orjson.dumps({"subject": str(subject), "erased_at": erased_at}, option=orjson.OPT_UTC_Z)
    with path.open("ab") as file:
        # What a crash cut off must not run into this line.
        os.write(file.fileno(), (b"\n" if not fresh and not _ends_in_newline(path) else b"") + line + b"\n")
        os.fsync(file.fileno())
    if fresh:
        _sync_folder(path.parent)


def append_all(path: Path, subjects: Collection[UUID], erased_at: datetime) -> None:
    """Adds some subjects, each as `append` does."""
    for subject in sorted(subjects):
        append(path, subject, erased_at)


def _ends_in_newline(path: Path) -> bool:
    return path.stat().st_size == 0 or path.read_bytes().endswith(b"\n")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def reapply(conn: Connection, path: Path) -> int:
    """Erases again whoever this database does not know as erased, as after the restore of an older backup; how many.

    Args:
        conn: as `dyad_writer` or `dyad_consumer`, of a service that decides.
        path: the list.
    """
    subjects = read(path)
    if not subjects:
        return 0
    again = await conn.fetch(_REAPPLY, list(subjects))
    if again:
        _log.warning("erased_again", subjects=len(again))
    return len(again)
