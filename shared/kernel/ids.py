"""Identifiers: random ones are minted at the edge, derived ones follow from what they belong to."""

from datetime import UTC, datetime
from functools import lru_cache
from uuid import UUID, uuid5

import uuid_utils

_DYAD = UUID("6f0f0c5e-5a0b-5c58-9a3e-1d1b9f0d4a11")


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562): for event ids and new cases. Never call it in a rule."""
    return UUID(int=uuid_utils.uuid7().int)


def derived_id(*parts: str | UUID | int) -> UUID:
    """The same UUIDv5 for the same parts, for ever: the id of a task, an assessment, a programme."""
    return uuid5(_DYAD, "/".join(str(part) for part in parts))


@lru_cache(maxsize=1024)
def team_key(team_id: str) -> UUID:
    """The id under which the shell handles a team's own streams where it handles a case: its locks, inbox and rules."""
    return derived_id("team", team_id)


def utc_now() -> datetime:
    """The service's clock: aware, UTC. Never call it in a rule."""
    return datetime.now(UTC)
