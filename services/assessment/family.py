"""The family of a case as the referral's stream tells it: who is in it, and who cared for whom on a day. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.assessment.heard import (
    FamilyMemberLinked,
    InfantBorn,
    InfantIdentityReplaced,
    LinkEnded,
    PregnancyEnded,
    ReferralReceived,
    Tie,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Opaque ids only. Of what was taken back or corrected, only what now stands."""

    received: ReferralReceived | None = None
    ties: tuple[Tie, ...] = ()
    """In the order of the stream."""
    births: tuple[InfantBorn, ...] = ()
    ended: tuple[PregnancyEnded, ...] = ()

    @property
    def infants(self) -> frozenset[UUID]:
        """Every id under which an infant of the case is or was known."""
        referred = {item.infant_id for item in self.received.subjects} if self.received else set()
        return frozenset(referred | {tie.new_infant_id for tie in self._replaced})

    @property
    def caregivers(self) -> frozenset[UUID]:
        """Every parent or carer of the case, now or once."""
        return self._referred_caregivers | {
            tie.caregiver_id for tie in self.ties if isinstance(tie, FamilyMemberLinked)
        }

    @property
    def everybody(self) -> frozenset[UUID]:
        """Infants and caregivers, under former ids too."""
        return self.infants | self.caregivers

    @property
    def people(self) -> frozenset[UUID]:
        """Those whose details may be shown and added now; as in the referral service.

        Somebody who left stays one of them. An adoption is the exception (P10): the former id, and those who only ever
        cared for the infant under it, are left out.
        """
        if not self._replaced:
            return self.everybody
        present = self.infants - {tie.infant_id for tie in self._replaced}
        linked = {
            tie.caregiver_id for tie in self.ties if isinstance(tie, FamilyMemberLinked) and tie.infant_id in present
        }
        return present | linked | (self._referred_caregivers if present & self._referred_infants else frozenset())

    @property
    def born_on(self) -> dict[UUID, date]:
        """The civil date of birth of each infant of whom it is known, under each of its ids."""
        referred = self.received.subjects if self.received else ()
        dates = {item.infant_id: item.born_on for item in referred if item.born_on is not None}
        dates |= {birth.infant_id: birth.born_on for birth in self.births}
        for tie in self._replaced:
            if tie.infant_id in dates:
                dates.setdefault(tie.new_infant_id, dates[tie.infant_id])
        return dates

    @property
    def bereaved(self) -> bool:
        """Whether every pregnancy or infant that the case is about has ended in a loss."""
        lost = {item.infant_id for item in self.ended}
        return bool(lost) and lost >= self.infants - {tie.infant_id for tie in self._replaced}

    def replaced(self, infant: UUID, day: date) -> bool:
        """Whether an infant went by another id on a civil date: the old one is for what was before."""
        return any(tie.infant_id == infant and tie.on <= day for tie in self._replaced)

    def is_caregiver(self, caregiver: UUID, day: date) -> bool:
        """Whether somebody had been a parent or carer of the case by a civil date; they may have left it since."""
        return caregiver in self._referred_caregivers or any(
            isinstance(tie, FamilyMemberLinked) and tie.caregiver_id == caregiver and tie.from_on <= day
            for tie in self.ties
        )

    def cares(self, infant: UUID, caregiver: UUID, day: date) -> bool:
        """Whether somebody cared for an infant on a civil date.

        Those referred together belong together; later links and their ends hold from their day on, and of two of one
        day the later in the stream.
        """
        linked = caregiver in self._referred_caregivers and infant in self._referred_infants
        dated = [
            (tie.from_on if isinstance(tie, FamilyMemberLinked) else tie.to_on, isinstance(tie, FamilyMemberLinked))
            for tie in self.ties
            if isinstance(tie, FamilyMemberLinked | LinkEnded)
            and (tie.infant_id, tie.caregiver_id) == (infant, caregiver)
        ]
        for from_on, begins in sorted(dated, key=lambda item: item[0]):
            if from_on <= day:
                linked = begins
        return linked

    @property
    def _replaced(self) -> tuple[InfantIdentityReplaced, ...]:
        return tuple(tie for tie in self.ties if isinstance(tie, InfantIdentityReplaced))

    @property
    def _referred_infants(self) -> frozenset[UUID]:
        return frozenset(item.infant_id for item in self.received.subjects) if self.received else frozenset()

    @property
    def _referred_caregivers(self) -> frozenset[UUID]:
        return frozenset(item.caregiver_id for item in self.received.caregivers) if self.received else frozenset()
