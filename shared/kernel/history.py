"""Recorded events, and the history as it now stands after voids and corrections.

Stored events never change. `EventVoided` and `<Type>Corrected` say that an earlier event of the same stream was wrong;
`effective` gives what is left to believe. Everything that folds a history folds this and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

from shared.kernel.errors import Rejected
from shared.kernel.values import event, value

E_co = TypeVar("E_co", covariant=True)
E = TypeVar("E")


class VoidReason(StrEnum):
    """Why an event is taken back (domain 6.2)."""

    ENTERED_IN_ERROR = "entered_in_error"
    WRONG_CASE = "wrong_case"


class CorrectionReason(StrEnum):
    """Why an event's data is replaced."""

    ENTERED_IN_ERROR = "entered_in_error"
    NEW_INFORMATION = "new_information"


@event("EventVoided", 1)
class EventVoided:
    """An earlier event of this stream is taken back, as if it had never been said."""

    corrects_event_id: UUID
    reason: VoidReason


@value
class Corrected(Generic[E]):
    """An earlier event of this stream said this instead; on the wire `<Type>Corrected`."""

    corrects_event_id: UUID
    reason: CorrectionReason
    data: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[E_co]):
    """One stored event with what the store knows of it."""

    event: E_co
    event_id: UUID
    store: str
    """Short name of the service whose store holds it, e.g. `referral`."""
    stream: str
    version: int
    """1..n, dense within the stream."""
    recorded_at: datetime
    """UTC instant: known axis."""
    occurred_at: datetime
    """UTC instant: when it was true in the world."""


Stored = Recorded[E | EventVoided | Corrected[E]]


def effective(history: Sequence[Recorded[E | EventVoided | Corrected[E]]]) -> tuple[Recorded[E], ...]:
    """The events of one stream as they now stand, in order of version.

    A void takes its target out; a void of a void brings it back. A correction replaces its target's data, in its
    target's place and under its target's id; a correction of a correction replaces that. What points at nothing, at
    itself or at a later event has no effect. Total: any sequence gives an answer.

    Args:
        history: all stored events of one stream, any order, without duplicates.
    """
    ordered = sorted(history, key=lambda item: item.version)
    if not any(isinstance(item.event, EventVoided | Corrected) for item in ordered):
        return tuple(ordered)  # type: ignore[arg-type]
    voided = _voided(ordered)
    stands: dict[UUID, Recorded[E]] = {}
    root: dict[UUID, UUID] = {}
    for item in ordered:
        if item.event_id in voided or isinstance(item.event, EventVoided):
            continue
        if isinstance(item.event, Corrected):
            target_root = root.get(item.event.corrects_event_id)
            if target_root is not None:
                root[item.event_id] = target_root
                stands[target_root] = replace(stands[target_root], event=item.event.data)
        else:
            root[item.event_id] = item.event_id
            stands[item.event_id] = item  # type: ignore[assignment]
    return tuple(stands.values())


def _voided(ordered: Sequence[Recorded[Any]]) -> set[UUID]:
    """Ids of the events that a standing void takes back; `ordered` by version."""
    by_id = {item.event_id: item for item in ordered}
    voided: set[UUID] = set()
    for item in reversed(ordered):  # whatever voids an event comes after it, so one pass backwards decides
        if isinstance(item.event, EventVoided) and item.event_id not in voided:
            target = by_id.get(item.event.corrects_event_id)
            if target is not None and target.version < item.version:
                voided.add(target.event_id)
    return voided


def in_force(history: Sequence[Recorded[Any]], event_id: UUID) -> bool:
    """Whether an event still has effect: not voided, and, for a correction, what it corrects has effect too."""
    ordered = sorted(history, key=lambda item: item.version)
    voided = _voided(ordered)
    by_id = {item.event_id: item for item in ordered}
    current = by_id.get(event_id)
    while current is not None and current.event_id not in voided:
        if not isinstance(current.event, Corrected):
            return True
        target = by_id.get(current.event.corrects_event_id)
        current = target if target is not None and target.version < current.version else None
    return False


def amendment_target(
    history: Sequence[Recorded[E | EventVoided | Corrected[E]]], corrects_event_id: UUID
) -> Recorded[E | EventVoided | Corrected[E]]:
    """The stored event that an amendment points at.

    Raises:
        Rejected: `corrects-unknown-event`, the stream holds no such event.
    """
    for item in history:
        if item.event_id == corrects_event_id:
            return item
    raise Rejected(
        "corrects-unknown-event", "this case's stream in this service holds no such event", field="/corrects_event_id"
    )
