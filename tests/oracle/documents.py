"""Stored documents as plain values: nothing is judged here, only read."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Event:
    """One event of the record."""

    stream: str
    version: int
    id: str
    name: str
    """Without `dyad.` and without its version, e.g. `SessionHeld`."""
    subject: str
    """The case, or the team for what belongs to no case."""
    team: str
    recorded_at: datetime
    data: dict[str, Any]

    def day(self, field: str) -> date:
        """A civil date of the event's own data."""
        return date.fromisoformat(self.data[field])

    def asked(self, field: str) -> Any:
        """A part of the data that may be absent: then None."""
        return self.data.get(field)

    @property
    def recorded_on(self) -> date:
        """The civil date in London on which it was recorded."""
        return self.recorded_at.astimezone(LONDON).date()


def read(documents: Iterable[str | bytes]) -> list[Event]:
    """Events in no order, each once however often it was delivered.

    Args:
        documents: JSON texts as they stand in a store, on Kafka or in an inbox.
    """
    found: dict[tuple[str, int], Event] = {}
    for text in documents:
        event = _event(json.loads(text))
        found[event.stream, event.version] = event
    return list(found.values())


def _event(document: dict[str, Any]) -> Event:
    return Event(
        stream=document["stream"],
        version=document["streamversion"],
        id=document["id"],
        name=document["type"].split(".")[1],
        subject=document["subject"],
        team=document["teamid"],
        recorded_at=datetime.fromisoformat(document["recordedat"]),
        data=document["data"],
    )


def london_date(instant: str) -> date:
    """The civil date in London of an instant written as ISO 8601."""
    return datetime.fromisoformat(instant).astimezone(LONDON).date()
