"""Invariants of the family: births, losses, who cares for whom, identities."""

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from services.referral import family
from services.referral.events import (
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    ReferralReceived,
)
from services.referral.family import Ledger, Link
from services.referral.state import State
from services.referral.values import Subject
from shared.kernel.errors import Rejected

BORN_BEFORE_DUE_DAYS = 140
"""Birth at 20 weeks of gestation."""
BORN_AFTER_DUE_DAYS = 28
PREGNANCY_DAYS = 280


def check_births(received: ReferralReceived, births: tuple[InfantBorn, ...]) -> None:
    """Each infant that was referred unborn is born at most once, near its expected date.

    Raises:
        Rejected: `unknown-infant`, `already-born`, `birth-date-out-of-range`.
    """
    subjects = _subjects(received)
    seen: set[UUID] = set()
    for birth in births:
        subject = _unborn(subjects, birth.infant_id)
        if birth.infant_id in seen:
            raise Rejected("already-born", "the infant's birth is on record already", field="/infant_id")
        seen.add(birth.infant_id)
        if subject.edd is not None and not _between(birth.born_on, subject.edd, BORN_BEFORE_DUE_DAYS):
            raise Rejected("birth-date-out-of-range", "too far from the expected date", field="/born_on")


def check_losses(received: ReferralReceived, state: State) -> None:
    """A pregnancy ends at most once, within its time, and not after a birth.

    Raises:
        Rejected: `unknown-infant`, `already-born`, `already-ended`, `ended-out-of-range`.
    """
    subjects = _subjects(received)
    born = {birth.infant_id for birth in state.births}
    seen: set[UUID] = set()
    for loss in state.losses:
        subject = _unborn(subjects, loss.infant_id)
        if loss.infant_id in born:
            raise Rejected("already-born", "the infant's birth is on record already", field="/infant_id")
        if loss.infant_id in seen:
            raise Rejected("already-ended", "the end of this pregnancy is on record already", field="/infant_id")
        seen.add(loss.infant_id)
        if subject.edd is not None and not _between(loss.on, subject.edd, PREGNANCY_DAYS):
            raise Rejected("ended-out-of-range", "no day of this pregnancy", field="/on")


def check_ties(state: State) -> None:
    """Who cares for whom: in order, without gaps in the telling, with at most one primary caregiver at a time.

    Raises:
        Rejected: as the checks of each kind of change, and `several-primary`.
    """
    if not state.ties:
        return
    present = {infant.infant_id for received in state.received for infant in received.subjects}
    everybody = present | {carer.caregiver_id for received in state.received for carer in received.caregivers}
    for tie, ledger in family.walk(state):
        if tie.infant_id not in present:
            raise Rejected("unknown-infant", "no infant of this case", field="/infant_id")
        match tie:
            case FamilyMemberLinked():
                if tie.caregiver_id in present:
                    raise Rejected("caregiver-is-infant", "an infant of this case", field="/caregiver_id")
                _check_linked(tie, ledger.get((tie.infant_id, tie.caregiver_id), []))
                everybody.add(tie.caregiver_id)
            case LinkEnded():
                _check_ended(tie, ledger.get((tie.infant_id, tie.caregiver_id), []))
            case InfantIdentityReplaced():
                if tie.new_infant_id in everybody:
                    raise Rejected(
                        "identity-in-use", "somebody of this case has or had this id", field="/new_infant_id"
                    )
                _check_replaced(tie, ledger, _born_on(state, tie.infant_id))
                present = present - {tie.infant_id} | {tie.new_infant_id}
                everybody.add(tie.new_infant_id)
    _check_primaries(family.links(state))


def _check_linked(tie: FamilyMemberLinked, told: list[Link]) -> None:
    if not told:
        return
    last = told[-1]
    if tie.from_on < (last.from_on if last.to_on is None else last.to_on):
        raise Rejected("link-out-of-order", "the two were linked later than that already", field="/from_on")
    if last.to_on is None and (last.role, last.has_pr, last.primary) == (tie.role, tie.has_pr, tie.primary):
        raise Rejected("already-linked", "the two are linked so already")


def _check_ended(tie: LinkEnded, told: list[Link]) -> None:
    if not told or told[-1].to_on is not None:
        raise Rejected("not-linked", "the two are not linked", field="/caregiver_id")
    if tie.to_on < told[-1].from_on:
        raise Rejected("ended-before-linked", "earlier than the two were linked", field="/to_on")


def _check_replaced(tie: InfantIdentityReplaced, ledger: Ledger, born_on: date | None) -> None:
    if born_on is None:
        raise Rejected("not-born-yet", "the birth is not on record", field="/infant_id")
    going_on = [told[-1].from_on for (infant, _), told in ledger.items() if infant == tie.infant_id]
    if tie.on < max([born_on, *going_on]):
        raise Rejected("replaced-too-early", "earlier than the birth or the beginning of a link", field="/on")


def _check_primaries(links: tuple[Link, ...]) -> None:
    """Sorted by their first day, two that meet lie side by side; what holds on no day is left out."""
    primary = [link for link in links if link.primary and link.on(link.from_on)]
    for earlier, later in pairwise(sorted(primary, key=lambda link: (link.infant_id, link.from_on))):
        if earlier.infant_id == later.infant_id and earlier.on(later.from_on):
            raise Rejected("several-primary", "at most one primary caregiver at a time", field="/primary")


def _born_on(state: State, infant_id: UUID) -> date | None:
    """Birthday of an infant by any of its ids."""
    ids = {infant_id}
    for tie in reversed(state.ties):
        if isinstance(tie, InfantIdentityReplaced) and tie.new_infant_id in ids:
            ids.add(tie.infant_id)
    born = [birth.born_on for birth in state.births if birth.infant_id in ids]
    known = [
        infant.born_on
        for received in state.received
        for infant in received.subjects
        if infant.infant_id in ids and infant.born_on is not None
    ]
    return next(iter([*born, *known]), None)


def _subjects(received: ReferralReceived) -> dict[UUID, Subject]:
    return {subject.infant_id: subject for subject in received.subjects}


def _unborn(subjects: dict[UUID, Subject], infant_id: UUID) -> Subject:
    subject = subjects.get(infant_id)
    if subject is None:
        raise Rejected("unknown-infant", "no infant of this case", field="/infant_id")
    if not subject.unborn:
        raise Rejected("already-born", "the infant's birth is on record already", field="/infant_id")
    return subject


def _between(day: date, edd: date, before_days: int) -> bool:
    return timedelta(days=-before_days) <= day - edd <= timedelta(days=BORN_AFTER_DUE_DAYS)
