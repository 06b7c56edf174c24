"""One case's events in plain words, in the order in which a person reads them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from services.reporting.heard import Fact
from services.reporting.sentences import describe
from shared.kernel.civil import civil_date
from shared.kernel.history import Corrected, in_force
from shared.kernel.values import event_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline."""

    occurred_on: date
    """When it was true in the world (civil date, Europe/London)."""
    recorded_at: datetime
    """When it was recorded (UTC)."""
    text: str
    standing: str
    """`stands`, `corrected` (a correction replaces what it says) or `voided` (taken back)."""
    event: str
    """The event's name."""
    event_id: UUID
    store: str
    stream: str
    version: int


def timeline(facts: Iterable[Fact]) -> list[Entry]:
    """The events of one case, each with both its times.

    Order (domain 6.6): running maximum of occurred_on within the stream, then recorded_at, then event_id: a
    back-dated event stands where it was said, never before what its stream had said earlier.
    """
    by_stream = sorted(facts, key=lambda fact: (fact.store, fact.stream, fact.version))
    placed: list[tuple[date, datetime, UUID, Entry]] = []
    for _, stream in groupby(by_stream, key=lambda fact: (fact.store, fact.stream)):
        history = list(stream)
        reached = date.min
        for fact in history:
            entry = _entry(fact, history)
            reached = max(reached, entry.occurred_on)
            placed.append((reached, entry.recorded_at, entry.event_id, entry))
    return [entry for *_, entry in sorted(placed, key=lambda each: each[:3])]


def _entry(fact: Fact, history: list[Fact]) -> Entry:
    return Entry(
        occurred_on=occurred_on(fact),
        recorded_at=fact.recorded_at,
        text=describe(fact.event),
        standing=_standing(fact, history),
        event=name_of(fact.event),
        event_id=fact.event_id,
        store=fact.store,
        stream=fact.stream,
        version=fact.version,
    )


def name_of(event: Any) -> str:
    """The name of an event; `<Name>Corrected` of one that corrects another."""
    return f"{event_name(event.data)}Corrected" if isinstance(event, Corrected) else event_name(event)


def _standing(fact: Fact, history: list[Fact]) -> str:
    if not in_force(history, fact.event_id):
        return "voided"
    corrections = (
        each for each in history if isinstance(each.event, Corrected) and each.event.corrects_event_id == fact.event_id
    )
    return "corrected" if any(in_force(history, each.event_id) for each in corrections) else "stands"


_DATES = (
    *("received_on", "decided_on", "completed_on", "assigned_on", "held_on", "discharged_on", "born_on", "offer_on"),
    *("raised_on", "requested_on", "from_on", "to_on", "joined_on", "left_on", "effective_on", "week", "on"),
)
"""The member that says when an event was true; of two that an event has, the one that stands first here."""


def occurred_on(fact: Fact) -> date:
    """The civil date on which a fact was true: its own date, otherwise that of its instant."""
    event: Any = fact.event.data if isinstance(fact.event, Corrected) else fact.event
    for name in _DATES:
        day = getattr(event, name, None)
        if isinstance(day, date):
            return day
    return civil_date(fact.occurred_at)
