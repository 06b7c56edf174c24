"""The note of an installation: how far its first start came, and on which servers."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from deploy.local.trouble import Trouble

OWN = "its own"
"""Stands for a server whose files lie in the installation's folder, whatever its port is today."""


class FirstStart(StrEnum):
    """How far the first start came. Only BEGUN means that what is there is half done and must be begun again."""

    NOT_YET = "not-yet"
    BEGUN = "begun"
    RESTORED = "restored"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Where an installation keeps its stores: two addresses without names and passwords, and the namespace there."""

    postgres: str
    kafka: str
    namespace: str

    def __str__(self) -> str:
        named = f"PostgreSQL {self.postgres}, Kafka {self.kafka}"
        return f"{named}, namespace {self.namespace}" if self.namespace else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is written down."""

    first_start: FirstStart
    servers: Servers


def address_of(database_url: str) -> str:
    """Host and port of a connection string, without user, password and database."""
    parts = conninfo_to_dict(database_url)
    return ":".join(str(parts[name]) for name in ("service", "host", "hostaddr", "port") if parts.get(name))


def read(path: Path) -> Note | None:
    """The note in this file; None if there is none.

    Raises:
        Trouble: it cannot be understood. What it stood for is unknown then, so nothing may be removed.
    """
    if not path.exists():
        return None
    try:
        members = json.loads(path.read_text())
        servers = Servers(**{name: str(value) for name, value in members["servers"].items()})
        return Note(first_start=FirstStart(members["first_start"]), servers=servers)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Trouble(
            f"{path} cannot be read: how far the first start came is not known.",
            "Say `make clean` and `make up` to begin anew, or remove that file to keep the stores as they are.",
        ) from None


def write(path: Path, note: Note) -> None:
    """Write the note whole or not at all, also when the power fails."""
    fresh = path.with_suffix(".new")
    with fresh.open("w") as file:
        json.dump(asdict(note), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
