"""All events of one case -> what we believed about it, and when: the rows of `case_history`. Pure.

Each stream is taken by version with its voids and corrections applied; what comes from different streams is combined
only by rules in which order does not matter (earliest, union, count). Definitions: domain 6.6, "Milestones, precisely".
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting import heard
from services.reporting.heard import Fact
from shared.kernel.history import Corrected, EventVoided, effective

SEEN = frozenset({"5", "6"})
"""Attended: on time, or late but seen (NHS attended-or-did-not-attend code)."""
SPOKEN = frozenset({"01", "02", "04", "11"})
"""Modalities that count as a contact: face to face, telephone, talk type, video."""


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


class CaseVersion(NamedTuple):
    """A row from the instant on at which we came to believe it."""

    known_from: datetime
    events: int
    """How many events were known at `known_from`. Events are only ever added, so the same number at the same
    instant means the same events, and so the same row."""
    row: CaseRow


_RECORDED = attrgetter("recorded_at", "stream", "version")
_AMENDMENTS = frozenset({EventVoided, Corrected})


def fold(facts: Iterable[Fact]) -> list[CaseVersion]:
    """The rows of one case, oldest belief first; each holds until the next one's `known_from`.

    Args:
        facts: the events of the case from every store, in any order, with any duplicates.
    """
    folded = Fold()
    folded.add(facts)
    return folded.versions


class Fold:
    """The rows of one case, folded as far as its events are known; more may be added in any order."""

    __slots__ = ("_case", "_ordered", "versions")

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._ordered: list[Fact] = []
        self._case = _Case()
        self.versions: list[CaseVersion] = []
        """The rows, oldest belief first."""

    def add(self, facts: Iterable[Fact]) -> None:
        """Adds events. Those recorded after all others cost what they are; anything earlier folds the case again."""
        distinct = {(fact.stream, fact.version): fact for fact in facts}
        new = sorted(distinct.values(), key=_RECORDED)
        if self._ordered and new and new[0].recorded_at <= self._ordered[-1].recorded_at:
            distinct.update(((fact.stream, fact.version), fact) for fact in self._ordered)
            new = sorted(distinct.values(), key=_RECORDED)
            self._start()
        self._extend(new)

    def _extend(self, later: Sequence[Fact]) -> None:
        first = len(self._ordered)
        self._ordered.extend(later)
        amended = changed = False
        for number, fact in enumerate(later, start=1):
            amended = amended or type(fact.event) in _AMENDMENTS
            changed = (not amended and self._case.add(fact)) or changed
            if number < len(later) and later[number].recorded_at == fact.recorded_at:
                continue  # what one instant says is believed all at once
            if amended:
                self._case = _standing(self._ordered[: first + number])
            if amended or changed or not self.versions:
                self._believe(fact.recorded_at, first + number)
            amended = changed = False

    def _believe(self, instant: datetime, events: int) -> None:
        row = self._case.row()
        if not self.versions or row != self.versions[-1].row:
            self.versions.append(CaseVersion(instant, events, row))


def _standing(known: Sequence[Fact]) -> "_Case":
    """The case after `known`, with voids and corrections applied stream by stream."""
    case = _Case()
    by_stream = sorted(known, key=lambda fact: (fact.store, fact.stream, fact.version))
    for _, stream in groupby(by_stream, key=lambda fact: (fact.store, fact.stream)):
        history = list(stream)
        case.teams.update(fact.team_id for fact in history)
        for fact in effective(history):
            case.add(fact)
    return case


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


_Family = tuple[tuple[UUID, ...], tuple[UUID, ...], tuple[UUID, ...]]


class _Case:
    """What the events of a case add up to. Every addition commutes with every other."""

    __slots__ = (
        "assessed_on",
        "assessed_programme_on",
        "assessment_started_on",
        "caregivers",
        "closure",
        "decision",
        "discharge",
        "family",
        "first_attended_on",
        "first_contact_on",
        "infants",
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
        self.discharge: tuple[date, str] | None = None
        self.infants: set[UUID] = set()
        self.caregivers: set[UUID] = set()
        self.relationships: set[UUID] = set()
        self.closure: tuple[date, _Closing] | None = None
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
        received_on, team_id = self.received or (None, min(self.teams))
        decided_on, decision, offered = self.decision or (None, None, None)
        programme_on, tier = self.programme or (None, offered)
        discharged_on, discharge_reason = self.discharge or (None, None)
        closed_on, closing = self.closure or (None, None)
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
        said = (day, closing)
        self.closure = min(self.closure or said, said)

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
        self.family = None
        for each in relationships:
            self.relationships.add(relationship_key(each.infant_id, each.caregiver_ids))


def _received(case: _Case, fact: Fact) -> None:
    event: heard.ReferralReceived = fact.event  # type: ignore[assignment]
    said = (event.received_on, fact.team_id)
    case.received = min(case.received or said, said)
    case.family = None
    case.infants.update(infant.infant_id for infant in event.subjects)
    case.caregivers.update(caregiver.caregiver_id for caregiver in event.caregivers)


def _accepted(case: _Case, fact: Fact) -> None:
    event: heard.ReferralAccepted = fact.event  # type: ignore[assignment]
    said = (event.decided_on, "accepted", event.offer_tier)
    case.decision = min(case.decision or said, said)


def _declined(case: _Case, fact: Fact) -> None:
    event: heard.ReferralDeclined = fact.event  # type: ignore[assignment]
    said = (event.decided_on, "declined", None)
    case.decision = said if case.decision is None else min(case.decision, said, key=lambda each: each[:2])
    case.close(event.decided_on, _Closing.DECLINED)


def _withdrawn(case: _Case, fact: Fact) -> None:
    event: heard.ReferralWithdrawn = fact.event  # type: ignore[assignment]
    case.withdrawn_on = _earliest(case.withdrawn_on, event.on)
    case.close(event.on, _Closing.WITHDRAWN)


def _assessment_started(case: _Case, fact: Fact) -> None:
    event: heard.AssessmentStarted = fact.event  # type: ignore[assignment]
    case.assessment_started_on = _earliest(case.assessment_started_on, event.on)
    case.first_contact_on = _earliest(case.first_contact_on, event.on)


def _assessed(case: _Case, fact: Fact) -> None:
    event: heard.AssessmentCompleted = fact.event  # type: ignore[assignment]
    case.assessed_on = _earliest(case.assessed_on, event.completed_on)
    if event.recommendation == "PROGRAMME":
        case.assessed_programme_on = _earliest(case.assessed_programme_on, event.completed_on)
    case.focus(event.focus_relationships)


def _programme(case: _Case, fact: Fact) -> None:
    event: heard.ProgrammeAssigned = fact.event  # type: ignore[assignment]
    said = (event.assigned_on, event.tier)
    case.programme = min(case.programme or said, said)
    case.focus(event.focus_relationships)


def _session(case: _Case, fact: Fact) -> None:
    event: heard.SessionHeld = fact.event  # type: ignore[assignment]
    if event.attend_status in SEEN and event.modality in SPOKEN:
        case.first_attended_on = _earliest(case.first_attended_on, event.held_on)
        if event.kind == "assessment":
            case.assessment_started_on = _earliest(case.assessment_started_on, event.held_on)
    if event.is_treatment:
        case.treatments.add(event.held_on)


def _discharged(case: _Case, fact: Fact) -> None:
    event: heard.Discharged = fact.event  # type: ignore[assignment]
    said = (event.discharged_on, event.reason)
    case.discharge = min(case.discharge or said, said)
    case.close(event.discharged_on, _Closing.DISCHARGED)


_ADD: dict[type, Callable[[_Case, Fact], None]] = {
    heard.ReferralReceived: _received,
    heard.ReferralAccepted: _accepted,
    heard.ReferralDeclined: _declined,
    heard.ReferralWithdrawn: _withdrawn,
    heard.AssessmentStarted: _assessment_started,
    heard.AssessmentCompleted: _assessed,
    heard.ProgrammeAssigned: _programme,
    heard.SessionHeld: _session,
    heard.Discharged: _discharged,
}
"""Events without a place here (a task, a booking) change no milestone: they are in the timeline only."""
