"""Invariants between the referral's events: what `decide` must keep and an amended history must still satisfy."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from services.referral.codes import ReferralSource
from services.referral.events import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralInfoProvided,
    ReferralInfoRequested,
    ReferralLinkedDuplicate,
    ReferralReceived,
    ReferralWithdrawn,
)
from services.referral.family_invariants import check_births, check_losses, check_ties
from services.referral.state import State
from shared.kernel.civil import civil_date
from shared.kernel.errors import Rejected


def check(state: State) -> None:
    """Refuses a state that breaks an invariant between events (domain 6.4)."""
    check_tasks(state)
    received = check_received(state)
    if received is None:
        return
    check_outcomes(received, state)
    check_enquiries(received, state)
    check_dates(received, state)
    check_births(received, state.births)
    check_losses(received, state)
    check_ties(state)


def check_received(state: State) -> ReferralReceived | None:
    """The one receipt of the case, its own members consistent; None for a case that none was received for.

    What the service said by itself does not keep a receipt from being taken back: tasks, missed targets, letters that
    left, erasures.

    Raises:
        Rejected: `case-unknown`, `received-twice`, `received-at-differs`, `caregiver-needed`,
            `caregiver-known-and-unknown`, `duplicate-infant`, `duplicate-caregiver`, `duplicate-concern`,
            `duplicate-indicator`, `several-primary`, `consultation-id-needs-source`.
    """
    if not state.received:
        if replace(state, erasures=(), tasks=(), done=(), breaches=(), acknowledgements=()) == State():
            return None
        raise Rejected("case-unknown", "no referral was received for this case")
    if len(state.received) > 1:
        raise Rejected("received-twice", "a case begins with one referral")
    received = state.received[0]
    if received.received_at is not None and civil_date(received.received_at) != received.received_on:
        raise Rejected("received-at-differs", "not on the civil date of receipt", field="/received_at")
    if received.caregivers and received.caregiver_unknown:
        raise Rejected("caregiver-known-and-unknown", "either caregivers or unknown", field="/caregiver_unknown")
    if not received.caregivers and not received.caregiver_unknown:
        raise Rejected("caregiver-needed", "at least one, or caregiver_unknown", field="/caregivers")
    infants = [item.infant_id for item in received.subjects]
    carers = [item.caregiver_id for item in received.caregivers]
    _distinct(infants, "duplicate-infant", "/subjects")
    _distinct([*infants, *carers], "duplicate-caregiver", "/caregivers")
    _distinct([item.code for item in received.concerns], "duplicate-concern", "/concerns")
    _distinct([item.domain for item in received.indicators], "duplicate-indicator", "/indicators")
    if sum(item.primary for item in received.caregivers) > 1:
        raise Rejected("several-primary", "at most one primary caregiver at a time", field="/caregivers")
    if received.consultation_id is not None and received.source is not ReferralSource.INTERNAL_CONSULTATION:
        raise Rejected(
            "consultation-id-needs-source", "only a referral from internal_consultation", field="/consultation_id"
        )
    return received


def check_outcomes(received: ReferralReceived, state: State) -> None:
    """At most one decision, then at most one withdrawal; a decline or duplicate is the end (domain 6.4).

    Raises:
        Rejected: `already-decided`, `already-withdrawn`, `decided-before-received`, `withdrawn-before-received`.
    """
    for earlier, later in pairwise(state.outcomes):
        if isinstance(earlier, ReferralWithdrawn):
            raise Rejected("already-withdrawn", "the referral was withdrawn; only a correction reverses that")
        if not isinstance(earlier, ReferralAccepted) or not isinstance(later, ReferralWithdrawn):
            raise Rejected("already-decided", "another decision is on record; only a correction reverses that")
    for outcome in state.outcomes:
        match outcome:
            case ReferralAccepted() | ReferralDeclined():
                _not_before(received, outcome.decided_on, "decided-before-received", "/decided_on")
            case ReferralLinkedDuplicate():
                _not_before(received, outcome.on, "decided-before-received", "/on")
            case ReferralWithdrawn():
                _not_before(received, outcome.on, "withdrawn-before-received", "/on")


def check_enquiries(received: ReferralReceived, state: State) -> None:
    """Information is asked for and then provided, in turn (RECEIVED <-> INFO_REQUESTED).

    Raises:
        Rejected: `info-already-requested`, `no-info-requested`, `provided-before-requested`, `due-before-requested`,
            `requested-before-received`, `duplicate-information`.
    """
    asked: ReferralInfoRequested | None = None
    for enquiry in state.enquiries:
        _distinct(list(enquiry.what), "duplicate-information", "/what")
        match enquiry:
            case ReferralInfoRequested():
                if asked is not None:
                    raise Rejected("info-already-requested", "what was asked for has not arrived yet")
                _not_before(received, enquiry.on, "requested-before-received", "/on")
                if enquiry.due_on < enquiry.on:
                    raise Rejected("due-before-requested", "earlier than it was asked for", field="/due_on")
                asked = enquiry
            case ReferralInfoProvided():
                if asked is None:
                    raise Rejected("no-info-requested", "nothing was asked for that has not arrived")
                if enquiry.on < asked.on:
                    raise Rejected("provided-before-requested", "earlier than it was asked for", field="/on")
                asked = None


def check_dates(received: ReferralReceived, state: State) -> None:
    """What follows a receipt is not earlier than it; a referral is held at most once, and for somebody unborn.

    Raises:
        Rejected: `acknowledged-before-received`, `changed-before-received`, `held-before-received`, `held-twice`,
            `nobody-unborn`.
    """
    for acknowledgement in state.acknowledgements:
        _not_before(received, acknowledgement.on, "acknowledged-before-received", "/on")
    for change in state.priorities:
        _not_before(received, change.on, "changed-before-received", "/on")
    for hold in state.holds:
        _not_before(received, hold.on, "held-before-received", "/on")
    if len(state.holds) > 1:
        raise Rejected("held-twice", "the referral waits for the birth already")
    if state.holds and not any(infant.unborn for infant in received.subjects):
        raise Rejected("nobody-unborn", "no infant of the case was referred unborn")


def check_tasks(state: State) -> None:
    """Only what was raised is done, and once.

    Raises:
        Rejected: `unknown-task`, `done-twice`.
    """
    done = [item.task_id for item in state.done]
    if not set(done) <= {task.task_id for task in state.tasks}:
        raise Rejected("unknown-task", "no task of this case", field="/task_id")
    if len(set(done)) < len(done):
        raise Rejected("done-twice", "the task is done already", field="/task_id")


def _not_before(received: ReferralReceived, day: date, code: str, field: str) -> None:
    if day < received.received_on:
        raise Rejected(code, "earlier than the referral was received", field=field)


def _distinct(items: list[Any], code: str, field: str) -> None:
    if len(set(items)) != len(items):
        raise Rejected(code, "the same one is named twice", field=field)
