"""Why a letter must not, or need not, leave by itself, asked at every attempt of the case as it then stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.referral import access
from services.referral.events import ReferralLinkedDuplicate, ReferralWithdrawn, TaskRaised
from services.referral.heard import Known
from services.referral.outbox.reader import Standing, standing
from services.referral.outbox.wording import DISCHARGED
from services.referral.state import State
from services.referral.task_codes import TaskKind
from shared.kernel.history import Recorded, in_force

CONFIDENTIAL = "confidential"
_RESTRICTED = frozenset({"dva", "identity_replaced"})
"""Reasons that not everybody may see who may see the list of letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of a case, beside its state."""

    known: Known
    history: Sequence[Recorded[Any]]
    """Of the referral's stream."""
    heard: Sequence[Recorded[Any]]
    """Of the intervention service."""
    restored_to: datetime | None
    """UTC instant: what was recorded until then was restored, and calls for no letter."""


def held_back(kind: str, event_id: UUID, state: State, background: Background) -> str | None:
    """Why not, as a code that anybody of the team may read; None if it may leave.

    Args:
        kind: of the letter.
        event_id: what calls for it.
        state: of the referral now.
        background: see there.
    """
    reason = access.suppressed(state)
    if reason is not None:
        return CONFIDENTIAL if reason in _RESTRICTED else reason
    if not in_force(background.history, event_id):
        return "taken_back"
    if kind == "acknowledgement":
        return _acknowledgement(state)
    if kind == "discharge_summary":
        return _summary(event_id, state, background)
    return "withdrawn" if state.withdrawal is not None else None


def _acknowledgement(state: State) -> str | None:
    if state.acknowledgements:
        return "already_acknowledged"
    if any(isinstance(item, ReferralWithdrawn) for item in state.outcomes):
        return "withdrawn"
    return "duplicate" if any(isinstance(item, ReferralLinkedDuplicate) for item in state.outcomes) else None


def _summary(event_id: UUID, state: State, background: Background) -> str | None:
    asked = next(item.event for item in background.history if item.event_id == event_id)
    discharged = background.known.discharged
    if not isinstance(asked, TaskRaised) or asked not in state.open_tasks(TaskKind.SEND_DISCHARGE_SUMMARY):
        return "already_sent"
    if discharged is None:
        return "taken_back"
    if discharged.reason not in DISCHARGED:
        return "needs_a_person"
    if standing(state.received[0].source) is Standing.OTHER:
        return "not_disclosable"
    floor = background.restored_to
    causes = [item for item in background.heard if item.event_id == asked.about]
    return "restored" if floor is not None and any(item.recorded_at <= floor for item in causes) else None
