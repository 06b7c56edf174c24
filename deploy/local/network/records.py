"""What the simulated services leave behind: events as their stores hold them, and what their rules decided."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.eventstore.envelope import NewEvent, StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One event of one store."""

    store: str
    new: NewEvent
    """As it went to `append`."""
    stored: StoredEvent
    """As it stands in the store, its position still 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one rule made of one cause: travels with the history, so that nothing acts on it twice."""

    store: str
    """Whose rule it is."""
    rule: str
    cause: UUID
    """Id of the event that it reacted to."""
    cause_recorded_at: datetime
    case_id: UUID
    outcome: str
    """acted, nothing or waiting."""
    code: str | None
    """Why it waits."""
    stream: str | None
    """The stream that it wrote to, if it did."""
    version: int | None
    """Version of the last event that it wrote."""
    at: datetime
