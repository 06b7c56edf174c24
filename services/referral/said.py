"""What was said before in the place of an event that is wanted: where exactly that was said, a request stays quiet."""

from collections.abc import Iterable
from typing import TypeVar

from services.referral.events import (
    AccessDenialLifted,
    AccessDenied,
    ConsentRecorded,
    ConsentWithdrawn,
    Event,
    FamilyEvent,
    FamilyMemberLinked,
    IdentifierRecorded,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PathwayEvent,
    PregnancyEnded,
    RecordEvent,
    ReferralAccepted,
    ReferralDeclined,
    ReferralHeldUntilBirth,
    ReferralLinkedDuplicate,
    ReferralPriorityChanged,
    ReferralReceived,
    ReferralWithdrawn,
    SafeguardingFlagsChanged,
    TaskDone,
)
from services.referral.state import State

T = TypeVar("T")


def said_before(state: State, wanted: Event) -> Event | None:
    """The event that stands where `wanted` would stand, if any.

    Of what can be said once only it is whatever was said there. Of what may change to and fro (a link, a consent, a
    denial) it is the last word, if that is exactly the same: so what was, was not, and is again can be told. Of all
    else it is the same event, whenever it was said.
    """
    if isinstance(wanted, PathwayEvent):
        return _pathway(state, wanted)
    if isinstance(wanted, FamilyEvent):
        return _family(state, wanted)
    return _record(state, wanted)


def _pathway(state: State, wanted: PathwayEvent) -> Event | None:
    match wanted:
        case ReferralReceived():
            return _first(state.received)
        case ReferralAccepted() | ReferralDeclined() | ReferralLinkedDuplicate():
            return state.decision
        case ReferralWithdrawn():
            return state.withdrawal
        case ReferralHeldUntilBirth():
            return _first(state.holds)
        case ReferralPriorityChanged():
            return _if_last(wanted, state.priorities)
    others: tuple[Event, ...] = (*state.references, *state.acknowledgements, *state.enquiries, *state.summaries)
    return wanted if wanted in others else None


def _family(state: State, wanted: FamilyEvent) -> Event | None:
    match wanted:
        case InfantBorn(infant_id=infant):
            return _first(birth for birth in state.births if birth.infant_id == infant)
        case PregnancyEnded(infant_id=infant):
            return _first(loss for loss in state.losses if loss.infant_id == infant)
        case InfantIdentityReplaced(infant_id=infant):
            return _first(
                tie for tie in state.ties if isinstance(tie, InfantIdentityReplaced) and tie.infant_id == infant
            )
        case FamilyMemberLinked(infant_id=infant, caregiver_id=carer) | LinkEnded(infant_id=infant, caregiver_id=carer):
            pair = [
                tie
                for tie in state.ties
                if not isinstance(tie, InfantIdentityReplaced) and (tie.infant_id, tie.caregiver_id) == (infant, carer)
            ]
            return _if_last(wanted, pair)
        case ConsentRecorded() | ConsentWithdrawn():
            same = (wanted.scope, wanted.caregiver_id)
            return _if_last(wanted, [item for item in state.consents if (item.scope, item.caregiver_id) == same])
        case SafeguardingFlagsChanged():
            return _if_last(wanted, state.flags)


def _record(state: State, wanted: RecordEvent) -> Event | None:
    match wanted:
        case IdentifierRecorded():
            about = (wanted.subject_ref, wanted.kind)
            return _if_last(wanted, [item for item in state.identifiers if (item.subject_ref, item.kind) == about])
        case AccessDenied() | AccessDenialLifted():
            of = (wanted.subject_ref, wanted.actor_id)
            said = [item for item in state.access if isinstance(item, AccessDenied | AccessDenialLifted)]
            return _if_last(wanted, [item for item in said if (item.subject_ref, item.actor_id) == of])
        case TaskDone(task_id=task):
            return _first(item for item in state.done if item.task_id == task)
    others: tuple[Event, ...] = (*state.details, *state.access, *state.erasures, *state.tasks, *state.breaches)
    return wanted if wanted in others else None


def _first(items: Iterable[T]) -> T | None:
    return next(iter(items), None)


def _if_last(wanted: T, items: Iterable[Event]) -> T | None:
    last = None
    for item in items:
        last = item
    return wanted if last == wanted else None
