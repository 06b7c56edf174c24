"""What was believed at an instant k: domain 6.6, "State rule"."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.oracle.documents import Event


def believed(events: Iterable[Event], known_at: datetime | None = None) -> list[Event]:
    """The events that stand, with the data that stands, by stream and version.

    Takes what was recorded at or before k, then strikes out what was voided and puts in what was corrected, by voids
    and corrections that were themselves recorded by then. Each stream by itself.

    Args:
        events: everything there is.
        known_at: k, an aware instant; None believes everything.
    """
    streams: dict[str, list[Event]] = {}
    for event in known(events, known_at):
        streams.setdefault(event.stream, []).append(event)
    standing: list[Event] = []
    for name in sorted(streams):
        standing += _standing(sorted(streams[name], key=lambda event: event.version))
    return standing


def known(events: Iterable[Event], known_at: datetime | None = None) -> list[Event]:
    """Everything recorded by k, what was taken back included."""
    return [event for event in events if known_at is None or event.recorded_at <= known_at]


def _standing(stream: list[Event]) -> list[Event]:
    """From the last word to the first, so that a void of a void is known before the void that it undoes.

    Of all that corrects an event, or a correction of it, what was said last holds.
    """
    voided: set[str] = set()
    for event in reversed(stream):
        if event.name == "EventVoided" and event.id not in voided:
            voided.add(event.data["corrects_event_id"])

    by_id = {event.id: event for event in stream}
    corrected: dict[str, dict[str, Any]] = {}
    for event in stream:
        root = _root(event, by_id, voided)
        if root is not None and root.id != event.id:
            corrected[root.id] = event.data["data"]

    return [
        replace(event, data=corrected.get(event.id, event.data))
        for event in stream
        if event.id not in voided and event.name != "EventVoided" and not event.name.endswith("Corrected")
    ]


def _root(event: Event, by_id: dict[str, Event], voided: set[str]) -> Event | None:
    """What a chain of corrections is about in the end; None when a link of it was voided or points at nothing."""
    name = event.name.removesuffix("Corrected")
    while event.id not in voided:
        if not event.name.endswith("Corrected"):
            return event if event.name == name else None
        target = by_id.get(event.data["corrects_event_id"])
        if target is None or target.version >= event.version:
            return None
        event = target
    return None
