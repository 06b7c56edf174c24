"""What the intervention service hears: the referral with its family, and what the assessment found."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from shared.kernel.civil import Moment
from shared.kernel.codec import Registry
from shared.kernel.errors import NotYetKnown, Rejected
from shared.kernel.fields import CivilDate
from shared.kernel.history import Recorded
from shared.kernel.values import heard, heard_value

T = TypeVar("T")


@heard_value
class Infant:
    """An infant of the case."""

    infant_id: UUID


@heard_value
class Caregiver:
    """A parent or carer of the case."""

    caregiver_id: UUID


@heard_value
class Relationship:
    """Whom a relationship measure is about."""

    infant_id: UUID
    caregiver_ids: tuple[UUID, ...]


@heard("ReferralReceived", 1)
class ReferralReceived:
    """The family, under opaque ids."""

    received_on: CivilDate
    subjects: tuple[Infant, ...]
    caregivers: tuple[Caregiver, ...] = ()


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


@heard("AssessmentStarted", 1)
class AssessmentStarted:
    """The assessment began: a contact with the family."""

    on: CivilDate


@heard("MeasureRecorded", 1)
class MeasureRecorded:
    """A measure's result."""

    measure_code: str
    subject_ref: UUID | None = None
    relationship_ref: Relationship | None = None
    rater: str
    completed_on: CivilDate
    total: Decimal


@heard("AssessmentCompleted", 1)
class AssessmentCompleted:
    """What the assessment recommends."""

    completed_on: CivilDate
    recommendation: str


Heard = (
    ReferralReceived
    | CaseReferenceLinked
    | ReferralAccepted
    | ReferralDeclined
    | ReferralWithdrawn
    | AssessmentStarted
    | MeasureRecorded
    | AssessmentCompleted
)

HEARS: tuple[str, ...] = ("referral", "assessment")
HEARD: Registry[Heard] = Registry(
    [
        ReferralReceived,
        CaseReferenceLinked,
        ReferralAccepted,
        ReferralDeclined,
        ReferralWithdrawn,
        AssessmentStarted,
        MeasureRecorded,
        AssessmentCompleted,
    ],
    ignore_others=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a decision may rest on beyond the episode itself; what was voided is not in it."""

    moment: Moment
    received: ReferralReceived | None = None
    acceptance: Recorded[ReferralAccepted] | None = None
    declined: ReferralDeclined | None = None
    withdrawal: Recorded[ReferralWithdrawn] | None = None
    assessment_started: AssessmentStarted | None = None
    completion: AssessmentCompleted | None = None
    measures: tuple[MeasureRecorded, ...] = ()
    """In the order of the assessment's stream."""

    @property
    def infants(self) -> frozenset[UUID]:
        """Ids of the infants of the case."""
        return frozenset(item.infant_id for item in self.received.subjects) if self.received else frozenset()

    @property
    def caregivers(self) -> frozenset[UUID]:
        """Ids of the caregivers of the case."""
        return frozenset(item.caregiver_id for item in self.received.caregivers) if self.received else frozenset()

    @property
    def case_id(self) -> str:
        """The case id, from the name of the referral's stream; empty while no acceptance stands."""
        return self.acceptance.stream.partition("-")[2] if self.acceptance is not None else ""

    def not_open(self) -> Rejected | NotYetKnown:
        """Why there is no episode (yet)."""
        if self.declined is not None:
            return Rejected("referral-declined", "the referral was declined")
        if self.acceptance is None and self.withdrawal is not None:
            return Rejected("referral-withdrawn", "the referral was withdrawn before it was accepted")
        return NotYetKnown("not-known-yet", "no acceptance of this case has arrived here")


def _first(items: tuple[Recorded[Heard], ...], kind: type[T]) -> Recorded[T] | None:
    """The first event of a kind by version."""
    found = [item for item in items if isinstance(item.event, kind)]
    return min(found, key=lambda item: item.version) if found else None  # type: ignore[return-value]


def _event(item: Recorded[T] | None) -> T | None:
    return item.event if item is not None else None


def know(heard: Mapping[str, tuple[Recorded[Heard], ...]], moment: Moment) -> Known:
    """What the referral's and the assessment's streams say as they now stand, each read alone."""
    referral, assessment = heard.get("referral", ()), heard.get("assessment", ())
    measures = [item for item in assessment if isinstance(item.event, MeasureRecorded)]
    return Known(
        moment=moment,
        received=_event(_first(referral, ReferralReceived)),
        acceptance=_first(referral, ReferralAccepted),
        declined=_event(_first(referral, ReferralDeclined)),
        withdrawal=_first(referral, ReferralWithdrawn),
        assessment_started=_event(_first(assessment, AssessmentStarted)),
        completion=_event(_first(assessment, AssessmentCompleted)),
        measures=tuple(
            item.event
            for item in sorted(measures, key=lambda item: item.version)
            if isinstance(item.event, MeasureRecorded)
        ),
    )
