"""What the assessment service hears: the referral, its decision and its family."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.kernel.civil import Moment
from shared.kernel.codec import Registry
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.fields import CivilDate
from shared.kernel.history import Recorded
from shared.kernel.values import heard, heard_value


@heard_value
class Infant:
    """An infant of the case."""

    infant_id: UUID
    born_on: CivilDate | None = None


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID


@heard("ReferralReceived", 1)
class ReferralReceived:
    """The family, under opaque ids."""

    received_on: CivilDate
    subjects: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...] = ()


@heard("InfantBorn", 1)
class InfantBorn:
    """An infant who was referred unborn has been born."""

    infant_id: UUID
    born_on: CivilDate


@heard("CaseReferenceLinked", 1)
class CaseReferenceLinked:
    """A sending system's own reference of the case, as a keyed hash: posts may name the case by it."""

    system: str
    reference_hmac: str


@heard("ReferralAccepted", 1)
class ReferralAccepted:
    """The team took the family on."""

    decided_on: CivilDate


@heard("ReferralDeclined", 1)
class ReferralDeclined:
    """The team did not take the family on."""

    decided_on: CivilDate


@heard("ReferralWithdrawn", 1)
class ReferralWithdrawn:
    """The referral was taken back."""

    on: CivilDate


Heard = ReferralReceived | InfantBorn | CaseReferenceLinked | ReferralAccepted | ReferralDeclined | ReferralWithdrawn

HEARS: tuple[str, ...] = ("referral",)
HEARD: Registry[Heard] = Registry(
    [ReferralReceived, InfantBorn, CaseReferenceLinked, ReferralAccepted, ReferralDeclined, ReferralWithdrawn],
    ignore_others=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the assessment itself; what was voided is not in it."""

    moment: Moment
    received: ReferralReceived | None = None
    acceptance: Recorded[ReferralAccepted] | None = None
    declined: ReferralDeclined | None = None
    withdrawn: ReferralWithdrawn | None = None
    births: tuple[InfantBorn, ...] = ()

    @property
    def infants(self) -> frozenset[UUID]:
        """Ids of the infants of the case."""
        return frozenset(item.infant_id for item in self.received.subjects) if self.received else frozenset()

    @property
    def born_on(self) -> dict[UUID, date]:
        """The civil date of birth of each infant of whom it is known."""
        referred = self.received.subjects if self.received else ()
        dates = {item.infant_id: item.born_on for item in referred if item.born_on is not None}
        return dates | {birth.infant_id: birth.born_on for birth in self.births}

    @property
    def caregivers(self) -> frozenset[UUID]:
        """Ids of the caregivers of the case."""
        return frozenset(item.caregiver_id for item in self.received.caregivers) if self.received else frozenset()

    def accepted(self) -> Recorded[ReferralAccepted]:
        """The acceptance that stands.

        Raises:
            Rejected: the referral was declined or withdrawn instead.
            NotYetKnown: no acceptance has arrived.
        """
        if self.acceptance is not None and self.received is not None:
            return self.acceptance
        if self.declined is not None:
            raise Rejected("referral-declined", "the referral was declined")
        if self.withdrawn is not None:
            raise Rejected("referral-withdrawn", "the referral was withdrawn before it was accepted")
        raise NotYetKnown("not-known-yet", "no acceptance of this case has arrived here")


def case_id_of(item: Recorded[Heard]) -> str:
    """The case id in a stream's name, `<category>-<case_id>`."""
    return item.stream.partition("-")[2]


def know(heard: Mapping[str, tuple[Recorded[Heard], ...]], moment: Moment) -> Known:
    """What the referral's stream says as it now stands; the first of each kind by version."""
    received: ReferralReceived | None = None
    acceptance: Recorded[ReferralAccepted] | None = None
    declined: ReferralDeclined | None = None
    withdrawn: ReferralWithdrawn | None = None
    births: tuple[InfantBorn, ...] = ()
    for item in sorted(heard.get("referral", ()), key=lambda item: item.version, reverse=True):
        match item.event:
            case ReferralReceived():
                received = item.event
            case InfantBorn():
                births = (*births, item.event)
            case ReferralAccepted():
                acceptance = item  # type: ignore[assignment]
            case ReferralDeclined():
                declined = item.event
            case ReferralWithdrawn():
                withdrawn = item.event
    return Known(
        moment=moment, received=received, acceptance=acceptance, declined=declined, withdrawn=withdrawn, births=births
    )
