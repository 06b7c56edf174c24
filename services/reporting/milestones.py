"""What the events of one case add up to: its milestones, by rules in which order does not matter. Pure.

Definitions: domain 6.6, "Milestones, precisely"; docs/metrics.md.
"""

from collections.abc import Callable, Iterable
from datetime import date
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting import heard
from services.reporting.heard import Fact

SEEN = frozenset({"5", "6"})
"""Attended: on time, or late but seen (NHS attended-or-did-not-attend code)."""
SPOKEN = frozenset({"01", "02", "04", "11"})
"""Modalities that count as a contact: face to face, telephone, talk type, video."""


ADMINISTRATIVE_ERROR = "administrative_error"
"""Reason of a discharge that an opening of the episode after it removes (domain 6.5, 6.6: a reopening)."""


class CaseRow(NamedTuple):
    """What we believed about one case during one period of the known axis; dates are civil dates, Europe/London."""

    team_id: str
    tier: str | None
    received_on: date | None
    decided_on: date | None
    decision: str | None
    withdrawn_on: date | None
    first_contact_on: date | None
    first_attended_on: date | None
    assessment_started_on: date | None
    assessed_on: date | None
    assessed_programme_on: date | None
    programme_on: date | None
    first_treatment_on: date | None
    first_programme_treatment_on: date | None
    discharged_on: date | None
    discharge_reason: str | None
    closed_on: date | None
    closed_by: str | None
    infants: tuple[UUID, ...]
    caregivers: tuple[UUID, ...]
    relationships: tuple[UUID, ...]


@lru_cache(maxsize=10_000)
def relationship_key(infant: UUID, caregivers: tuple[UUID, ...]) -> UUID:
    """One id for a baby and the same parents or carers, in whatever order they are named."""
    parts = b"".join(caregiver.bytes for caregiver in sorted(caregivers))
    return UUID(bytes=blake2b(infant.bytes + parts, digest_size=16).digest())


def _earliest(one: date | None, other: date | None) -> date | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


class _Closing(IntEnum):
    """How a case closes. On one day the lower one names it: a withdrawal's discharge follows from it (P4)."""

    DECLINED = 0
    WITHDRAWN = 1
    DISCHARGED = 2


_Closure = tuple[date, _Closing]


class _Discharge(NamedTuple):
    version: int
    """Place in the episode's stream."""
    day: date
    reason: str


_Family = tuple[tuple[UUID, ...], tuple[UUID, ...], tuple[UUID, ...]]


class Case:
    """What the events of a case add up to. Every addition commutes with every other."""

    __slots__ = (
        "assessed_on",
        "assessed_programme_on",
        "assessment_started_on",
        "caregivers",
        "closure",
        "decision",
        "discharges",
        "family",
        "first_attended_on",
        "first_contact_on",
        "infants",
        "opening",
        "programme",
        "received",
        "relationships",
        "teams",
        "treatments",
        "withdrawn_on",
    )  # fmt: skip

    def __init__(self) -> None:
        self.teams: set[str] = set()
        self.received: tuple[date, str] | None = None
        self.decision: tuple[date, str, str | None] | None = None
        self.withdrawn_on: date | None = None
        self.assessment_started_on: date | None = None
        self.first_contact_on: date | None = None
        self.first_attended_on: date | None = None
        self.assessed_on: date | None = None
        self.assessed_programme_on: date | None = None
        self.programme: tuple[date, str] | None = None
        self.treatments: set[date] = set()
        self.discharges: set[_Discharge] = set()
        self.opening = 0
        self.infants: set[UUID] = set()
        self.caregivers: set[UUID] = set()
        self.relationships: set[UUID] = set()
        self.closure: _Closure | None = None
        self.family: _Family | None = None

    def add(self, fact: Any) -> bool:
        """Adds a fact that stands; whether it is of a type that milestones are made of."""
        self.teams.add(fact.team_id)
        add = _ADD.get(type(fact.event))
        if add is None:
            return False
        add(self, fact)
        return True

    def row(self) -> CaseRow:
        """The milestones of everything that was added."""
        received_on, team_id = self.received or (None, min(self.teams))
        decided_on, decision, offered = self.decision or (None, None, None)
        programme_on, tier = self.programme or (None, offered)
        discharged_on, discharge_reason = self._discharge() or (None, None)
        closed_on, closing = self._closure(discharged_on) or (None, None)
        infants, caregivers, relationships = self.family or self._family_now()
        return CaseRow(
            team_id=team_id,
            tier=tier,
            received_on=received_on,
            decided_on=decided_on,
            decision=decision,
            withdrawn_on=self.withdrawn_on,
            first_contact_on=_earliest(self.first_attended_on, self.first_contact_on),
            first_attended_on=self.first_attended_on,
            assessment_started_on=self.assessment_started_on,
            assessed_on=self.assessed_on,
            assessed_programme_on=self.assessed_programme_on,
            programme_on=programme_on,
            first_treatment_on=min(self.treatments, default=None),
            first_programme_treatment_on=self._first_treatment_from(programme_on),
            discharged_on=discharged_on,
            discharge_reason=discharge_reason,
            closed_on=closed_on,
            closed_by=None if closing is None else closing.name.lower(),
            infants=infants,
            caregivers=caregivers,
            relationships=relationships,
        )

    def _first_treatment_from(self, programme_on: date | None) -> date | None:
        if programme_on is None:
            return None
        return min((day for day in self.treatments if day >= programme_on), default=None)

    def close(self, day: date, closing: "_Closing") -> None:
        """Notes one way in which the referral ends, for good; the first of all, a discharge included, names it."""
        said = (day, closing)
        self.closure = min(self.closure or said, said)

    def _discharge(self) -> tuple[date, str] | None:
        """The first discharge that no reopening has removed. Versions decide, so no order of arrival matters."""
        standing = (
            (day, reason)
            for version, day, reason in self.discharges
            if reason != ADMINISTRATIVE_ERROR or version > self.opening
        )
        return min(standing, default=None)

    def _closure(self, discharged_on: date | None) -> "_Closure | None":
        if discharged_on is None:
            return self.closure
        said = (discharged_on, _Closing.DISCHARGED)
        return min(self.closure or said, said)

    def _family_now(self) -> "_Family":
        relationships = self.relationships or self._unstated_relationships()
        self.family = (
            tuple(sorted(self.infants)), tuple(sorted(self.caregivers)), tuple(sorted(relationships)),
        )  # fmt: skip
        return self.family

    def _unstated_relationships(self) -> set[UUID]:
        """Until somebody states the focus: each baby with all its parents or carers is one relationship."""
        if not self.caregivers:
            return set()
        return {relationship_key(infant, tuple(self.caregivers)) for infant in self.infants}

    def focus(self, relationships: Iterable[heard.FocusRelationship]) -> None:
        """Notes the relationships that the work is about."""
        self.family = None
        for each in relationships:
            self.relationships.add(relationship_key(each.infant_id, each.caregiver_ids))


def _received(case: Case, fact: Fact) -> None:
    event: heard.ReferralReceived = fact.event  # type: ignore[assignment]
    said = (event.received_on, fact.team_id)
    case.received = min(case.received or said, said)
    case.family = None
    case.infants.update(infant.infant_id for infant in event.subjects)
    case.caregivers.update(caregiver.caregiver_id for caregiver in event.caregivers)


def _accepted(case: Case, fact: Fact) -> None:
    event: heard.ReferralAccepted = fact.event  # type: ignore[assignment]
    said = (event.decided_on, "accepted", event.offer_tier)
    case.decision = min(case.decision or said, said)


def _declined(case: Case, fact: Fact) -> None:
    event: heard.ReferralDeclined = fact.event  # type: ignore[assignment]
    said = (event.decided_on, "declined", None)
    case.decision = said if case.decision is None else min(case.decision, said, key=lambda each: each[:2])
    case.close(event.decided_on, _Closing.DECLINED)


def _withdrawn(case: Case, fact: Fact) -> None:
    event: heard.ReferralWithdrawn = fact.event  # type: ignore[assignment]
    case.withdrawn_on = _earliest(case.withdrawn_on, event.on)
    case.close(event.on, _Closing.WITHDRAWN)


def _assessment_started(case: Case, fact: Fact) -> None:
    event: heard.AssessmentStarted = fact.event  # type: ignore[assignment]
    case.assessment_started_on = _earliest(case.assessment_started_on, event.on)
    case.first_contact_on = _earliest(case.first_contact_on, event.on)


def _assessed(case: Case, fact: Fact) -> None:
    event: heard.AssessmentCompleted = fact.event  # type: ignore[assignment]
    case.assessed_on = _earliest(case.assessed_on, event.completed_on)
    if event.recommendation == "PROGRAMME":
        case.assessed_programme_on = _earliest(case.assessed_programme_on, event.completed_on)
    case.focus(event.focus_relationships)


def _programme(case: Case, fact: Fact) -> None:
    event: heard.ProgrammeAssigned = fact.event  # type: ignore[assignment]
    said = (event.assigned_on, event.tier)
    case.programme = min(case.programme or said, said)
    case.focus(event.focus_relationships)


def _session(case: Case, fact: Fact) -> None:
    event: heard.SessionHeld = fact.event  # type: ignore[assignment]
    if event.attend_status in SEEN and event.modality in SPOKEN:
        case.first_attended_on = _earliest(case.first_attended_on, event.held_on)
        if event.kind == "assessment":
            case.assessment_started_on = _earliest(case.assessment_started_on, event.held_on)
    if event.is_treatment:
        case.treatments.add(event.held_on)


def _opened(case: Case, fact: Fact) -> None:
    case.opening = max(case.opening, fact.version)


def _discharged(case: Case, fact: Fact) -> None:
    event: heard.Discharged = fact.event  # type: ignore[assignment]
    case.discharges.add(_Discharge(fact.version, event.discharged_on, event.reason))


_ADD: dict[type, Callable[[Case, Fact], None]] = {
    heard.ReferralReceived: _received,
    heard.ReferralAccepted: _accepted,
    heard.ReferralDeclined: _declined,
    heard.ReferralWithdrawn: _withdrawn,
    heard.AssessmentStarted: _assessment_started,
    heard.AssessmentCompleted: _assessed,
    heard.ProgrammeAssigned: _programme,
    heard.SessionHeld: _session,
    heard.EpisodeOpened: _opened,
    heard.Discharged: _discharged,
}
"""Events without a place here (a task, a booking) change no milestone: they are in the timeline only."""
