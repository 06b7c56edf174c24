"""Invariants between the referral's events: what `decide` must keep and an amended history must still satisfy."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.referral.events import InfantBorn, Outcome, ReferralAccepted, ReferralDeclined, ReferralReceived
from shared.kernel.civil import civil_date
from shared.kernel.errors import Rejected

BORN_BEFORE_DUE_DAYS = 140
"""Birth at 20 weeks of gestation."""
BORN_AFTER_DUE_DAYS = 28


def check_received(receipts: tuple[ReferralReceived, ...], *, empty: bool) -> ReferralReceived | None:
    """The one receipt of the case, its own members consistent; None for a case of which nothing is said.

    Raises:
        Rejected: `case-unknown`, `received-twice`, `received-at-differs`, `caregiver-needed`,
            `caregiver-known-and-unknown`, `duplicate-infant`, `duplicate-caregiver`, `duplicate-concern`.
    """
    if not receipts:
        if empty:
            return None
        raise Rejected("case-unknown", "no referral was received for this case")
    if len(receipts) > 1:
        raise Rejected("received-twice", "a case begins with one referral")
    received = receipts[0]
    if received.received_at is not None and civil_date(received.received_at) != received.received_on:
        raise Rejected("received-at-differs", "not on the civil date of receipt", field="/received_at")
    if received.caregivers and received.caregiver_unknown:
        raise Rejected("caregiver-known-and-unknown", "either caregivers or unknown", field="/caregiver_unknown")
    if not received.caregivers and not received.caregiver_unknown:
        raise Rejected("caregiver-needed", "at least one, or caregiver_unknown", field="/caregivers")
    _distinct([item.infant_id for item in received.subjects], "duplicate-infant", "/subjects")
    _distinct([item.caregiver_id for item in received.caregivers], "duplicate-caregiver", "/caregivers")
    _distinct([item.code for item in received.concerns], "duplicate-concern", "/concerns")
    return received


def check_outcomes(received: ReferralReceived, outcomes: tuple[Outcome, ...]) -> None:
    """At most one decision, then at most one withdrawal; a decline is the end (domain 6.4).

    Raises:
        Rejected: `already-decided`, `already-withdrawn`, `decided-before-received`, `withdrawn-before-received`.
    """
    for earlier, later in pairwise(outcomes):
        if not isinstance(earlier, ReferralAccepted | ReferralDeclined):
            raise Rejected("already-withdrawn", "the referral was withdrawn; only a correction reverses that")
        if isinstance(earlier, ReferralDeclined) or isinstance(later, ReferralAccepted | ReferralDeclined):
            raise Rejected("already-decided", "another decision is on record; only a correction reverses that")
    for outcome in outcomes:
        if isinstance(outcome, ReferralAccepted | ReferralDeclined):
            _not_before(received, outcome.decided_on, "decided-before-received", "/decided_on")
        else:
            _not_before(received, outcome.on, "withdrawn-before-received", "/on")


def check_births(received: ReferralReceived, births: tuple[InfantBorn, ...]) -> None:
    """Each infant that was referred unborn is born at most once, near its expected date.

    Raises:
        Rejected: `unknown-infant`, `already-born`, `birth-date-out-of-range`.
    """
    subjects = {subject.infant_id: subject for subject in received.subjects}
    seen: set[UUID] = set()
    for birth in births:
        subject = subjects.get(birth.infant_id)
        if subject is None:
            raise Rejected("unknown-infant", "no infant of this case", field="/infant_id")
        if not subject.unborn or birth.infant_id in seen:
            raise Rejected("already-born", "the infant's birth is on record already", field="/infant_id")
        seen.add(birth.infant_id)
        if subject.edd is not None and not _plausible(birth.born_on, subject.edd):
            raise Rejected("birth-date-out-of-range", "too far from the expected date", field="/born_on")


def _plausible(born_on: date, edd: date) -> bool:
    return timedelta(days=-BORN_BEFORE_DUE_DAYS) <= born_on - edd <= timedelta(days=BORN_AFTER_DUE_DAYS)


def _not_before(received: ReferralReceived, day: date, code: str, field: str) -> None:
    if day < received.received_on:
        raise Rejected(code, "earlier than the referral was received", field=field)


def _distinct(items: list[Any], code: str, field: str) -> None:
    if len(set(items)) != len(items):
        raise Rejected(code, "the same one is named twice", field=field)
