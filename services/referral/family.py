"""Who belongs to the case and who cares for whom, on which days (statements S2, S3): functions of the state. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from uuid import UUID

from services.referral.codes import CaregiverRole, Flag, ParentalResponsibility
from services.referral.events import FamilyMemberLinked, InfantIdentityReplaced, LinkEnded, Tie
from services.referral.family_codes import LinkEndReason
from services.referral.state import State
from shared.kernel.requests import event_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Somebody cares for an infant from `from_on` to the day before `to_on`; None: still."""

    caregiver_id: UUID
    infant_id: UUID
    role: CaregiverRole
    has_pr: ParentalResponsibility
    primary: bool
    from_on: date
    to_on: date | None = None
    ended: LinkEndReason | None = None
    """Why it ended; None where it goes on, or where a later link of the two replaced it."""

    def on(self, day: date) -> bool:
        """Whether it holds on a civil date."""
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


Pair = tuple[UUID, UUID]
"""(infant, caregiver)."""
Ledger = dict[Pair, list[Link]]
"""The links of each two in the order in which they were told; only the last can go on."""


def walk(state: State) -> Iterator[tuple[Tie, Ledger]]:
    """Each change of who cares for whom, with the links as they were before it (to be looked at, not kept)."""
    ledger = _received(state)
    for tie in state.ties:
        yield tie, ledger
        _apply(ledger, tie)


def links(state: State) -> tuple[Link, ...]:
    """All links that ever were, each with its days, as the record stands.

    The caregivers of the referral care for all its infants from the day of receipt. A new link of two who are linked
    replaces the former from its first day on. An infant's new identity ends all links to the former one (P10).
    """
    ledger = _received(state)
    for tie in state.ties:
        _apply(ledger, tie)
    return tuple(chain.from_iterable(ledger.values()))


def _received(state: State) -> Ledger:
    return {
        (infant.infant_id, caregiver.caregiver_id): [
            Link(
                caregiver_id=caregiver.caregiver_id,
                infant_id=infant.infant_id,
                role=caregiver.role,
                has_pr=caregiver.has_pr,
                primary=caregiver.primary,
                from_on=received.received_on,
            )
        ]
        for received in state.received[:1]
        for infant in received.subjects
        for caregiver in received.caregivers
    }


def _apply(ledger: Ledger, tie: Tie) -> None:
    match tie:
        case FamilyMemberLinked():
            told = ledger.setdefault((tie.infant_id, tie.caregiver_id), [])
            _end(told, tie.from_on, None)
            told.append(event_of(Link, tie))
        case LinkEnded():
            _end(ledger.get((tie.infant_id, tie.caregiver_id), []), tie.to_on, tie.reason)
        case InfantIdentityReplaced():
            for (infant, _), told in ledger.items():
                if infant == tie.infant_id:
                    _end(told, tie.on, LinkEndReason.ADOPTION)


def _end(told: list[Link], day: date, reason: LinkEndReason | None) -> None:
    """Ends the last link of two, if it goes on."""
    if told and told[-1].to_on is None:
        told[-1] = replace(told[-1], to_on=day, ended=reason)


def names(state: State) -> dict[UUID, UUID]:
    """Each infant's present id by the one under which it was referred."""
    now = {infant.infant_id: infant.infant_id for received in state.received[:1] for infant in received.subjects}
    for tie in state.ties:
        if isinstance(tie, InfantIdentityReplaced):
            now = {first: tie.new_infant_id if last == tie.infant_id else last for first, last in now.items()}
    return now


def infants(state: State) -> frozenset[UUID]:
    """The infants of the case under their present ids."""
    return frozenset(names(state).values())


def former_infants(state: State) -> frozenset[UUID]:
    """Ids that an adoption has replaced."""
    return frozenset(tie.infant_id for tie in state.ties if isinstance(tie, InfantIdentityReplaced))


def caregivers(state: State) -> frozenset[UUID]:
    """All who care or cared for an infant of the case."""
    named = {caregiver.caregiver_id for received in state.received[:1] for caregiver in received.caregivers}
    return frozenset(named | {tie.caregiver_id for tie in state.ties if isinstance(tie, FamilyMemberLinked)})


def everybody(state: State) -> frozenset[UUID]:
    """All whom the case ever knew, under former ids too."""
    return infants(state) | former_infants(state) | caregivers(state)


def people(state: State) -> frozenset[UUID]:
    """Those whose details may be shown and added now.

    Somebody who left stays one of them: the work was with them too. An adoption is the exception (P10): the former id
    and those who only ever cared for the infant under it are left out, so that nobody reads an adopted child's former
    name or the former family's address beside the present one. Export and erasure reach them as before.
    """
    if not former_infants(state):
        return infants(state) | caregivers(state)
    present = infants(state)
    return present | {link.caregiver_id for link in links(state) if link.infant_id in present}


def lost(state: State) -> frozenset[UUID]:
    """Infants whose pregnancy ended."""
    return frozenset(loss.infant_id for loss in state.losses)


def remaining(state: State) -> frozenset[UUID]:
    """Infants of the case whose pregnancy has not ended."""
    return infants(state) - lost(state)


def flags(state: State) -> frozenset[Flag]:
    """Circumstances that hold now: of the changes the one with the latest day, of those of one day the last."""
    changes = sorted(state.flags, key=lambda change: change.on)
    if changes:
        return frozenset(changes[-1].flags)
    return frozenset(flag for received in state.received[:1] for flag in received.flags)
