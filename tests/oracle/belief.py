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
    """From the last word to the first, so that a void of a void is known before the void that it undoes."""
    voided: set[str] = set()
    for event in reversed(stream):
        if event.name == "EventVoided" and event.id not in voided:
            voided.add(event.data["corrects_event_id"])

    named = {event.id: event.name.removesuffix("Corrected") for event in stream}
    corrected: dict[str, dict[str, Any]] = {}
    for event in reversed(stream):
        if not event.name.endswith("Corrected") or event.id in voided:
            continue
        target = event.data["corrects_event_id"]
        if target not in corrected and named.get(target) == named[event.id]:
            corrected[target] = corrected.get(event.id, event.data["data"])

    return [
        replace(event, data=corrected.get(event.id, event.data))
        for event in stream
        if event.id not in voided and event.name != "EventVoided" and not event.name.endswith("Corrected")
    ]
