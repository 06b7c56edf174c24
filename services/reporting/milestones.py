"""What the events of one case add up to: its milestones, by rules in which order does not matter. Pure.

Definitions: domain 6.6, "Milestones, precisely"; docs/metrics.md.
"""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple, TypeVar

from services.reporting.family import Days, Family, Members
from services.reporting.intervals import Said, Stretch, between

ADMINISTRATIVE_ERROR = "administrative_error"
"""Reason of a discharge that an opening of the episode after it removes (domain 6.5, 6.6: a reopening)."""

FAMILY = "family"
"""Reason of a pause that the family asked for."""


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
    infants: Members
    caregivers: Members
    relationships: Members
    caregiver_days: Days
    """Of each entry of `caregivers`, when it counts; None: always. So too `relationship_days`."""
    relationship_days: Days
    born_on: tuple[date | None, ...]
    """Of each entry of `infants`. So too `due_on`."""
    due_on: tuple[date | None, ...]
    pregnancy_ended_on: date | None
    programme_completed_on: date | None
    tier_days: tuple[date, ...] | None
    """From each of these days on the tier is that of `tier_steps`, not `tier`; None: it never changed."""
    tier_steps: tuple[str, ...] | None
    complexity_days: tuple[date, ...] | None
    """From each of these days on so many complexities are flagged as `complexity_steps` says; None: never any."""
    complexity_steps: tuple[int, ...] | None
    pauses: tuple[Stretch, ...] | None
    family_pauses: tuple[Stretch, ...] | None
    """Those at the family's request: what a net wait leaves out."""
    abandoned: tuple[Stretch, ...] | None
    """When an abandoned assessment had not begun again."""


STRETCHES = ("caregiver_days", "relationship_days", "pauses", "family_pauses", "abandoned")
"""Columns that hold stretches of days."""


def earliest(one: date | None, other: date | None) -> date | None:
    """The earlier of two days; of one alone, that one."""
    if one is None or other is None:
        return one or other
    return min(one, other)


class Closing(IntEnum):
    """How a case closes. On one day the lower one names it: a withdrawal's discharge follows from it (P4)."""

    DECLINED = 0
    DUPLICATE = 1
    WITHDRAWN = 2
    DISCHARGED = 3


Closure = tuple[date, Closing]


class Discharge(NamedTuple):
    """A discharge that stands in the episode's stream."""

    version: int
    day: date
    reason: str


class Pause(NamedTuple):
    """The episode's work rests from `day` on."""

    version: int
    day: date
    reason: str


Step = TypeVar("Step")


def _steps(said: set[tuple[date, int, Step]]) -> tuple[tuple[date, ...] | None, tuple[Step, ...] | None]:
    """(day, version, step) as two columns in order of the day; None for none."""
    if not said:
        return None, None
    ordered = sorted(said, key=itemgetter(0, 1))
    return tuple(day for day, _, _ in ordered), tuple(step for _, _, step in ordered)


class Case:
    """What the events of a case add up to. Every addition commutes with every other."""

    __slots__ = (
        "abandonments",
        "assessed_on",
        "assessed_programme_on",
        "assessment_sessions",
        "assessment_started_on",
        "closure",
        "completions",
        "complexities",
        "decision",
        "discharges",
        "family",
        "first_attended_on",
        "first_contact_on",
        "opening",
        "pauses",
        "pregnancy_ended_on",
        "programme",
        "programme_version",
        "received",
        "reopening",
        "resumptions",
        "starts",
        "teams",
        "tiers",
        "treatments",
        "withdrawn_on",
    )  # fmt: skip

    def __init__(self) -> None:
        self.teams: set[str] = set()
        self.received: tuple[date, str] | None = None
        self.decision: tuple[date, str, str | None] | None = None
        self.withdrawn_on: date | None = None
        self.pregnancy_ended_on: date | None = None
        self.first_contact_on: date | None = None
        self.first_attended_on: date | None = None
        self.assessment_started_on: date | None = None
        self.starts: set[Said] = set()
        self.abandonments: set[Said] = set()
        self.assessment_sessions: set[date] = set()
        self.assessed_on: date | None = None
        self.assessed_programme_on: date | None = None
        self.complexities: set[tuple[date, int, int]] = set()
        self.programme: tuple[date, str] | None = None
        self.programme_version = 0
        self.tiers: set[tuple[date, int, str]] = set()
        self.treatments: set[date] = set()
        self.pauses: set[Pause] = set()
        self.resumptions: set[Said] = set()
        self.completions: set[Said] = set()
        self.discharges: set[Discharge] = set()
        self.opening = 0
        self.reopening = 0
        self.family = Family()
        self.closure: Closure | None = None

    def row(self) -> CaseRow:
        """The milestones of everything that was added."""
        received_on, team_id = self.received or (None, min(self.teams))
        decided_on, decision, offered = self.decision or (None, None, None)
        programme_on, tier = self.programme or (None, offered)
        discharged_on, discharge_reason = self._discharge() or (None, None)
        closed_on, closing = self._closure(discharged_on) or (None, None)
        tier_days, tier_steps = _steps(self.tiers)
        complexity_days, complexity_steps = _steps(self.complexities)
        family = self.family.view()
        return CaseRow(
            team_id=team_id,
            tier=tier,
            received_on=received_on,
            decided_on=decided_on,
            decision=decision,
            withdrawn_on=self.withdrawn_on,
            first_contact_on=earliest(self.first_attended_on, self.first_contact_on),
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
            infants=family.infants,
            caregivers=family.caregivers,
            relationships=family.relationships,
            caregiver_days=family.caregiver_days,
            relationship_days=family.relationship_days,
            born_on=family.born_on,
            due_on=family.due_on,
            pregnancy_ended_on=self.pregnancy_ended_on,
            programme_completed_on=self._completed(),
            tier_days=tier_days,
            tier_steps=tier_steps,
            complexity_days=complexity_days,
            complexity_steps=complexity_steps,
            pauses=self._paused(self.pauses),
            family_pauses=self._paused(each for each in self.pauses if each.reason == FAMILY),
            abandoned=self._abandoned(),
        )

    def close(self, day: date, closing: Closing) -> None:
        """Notes one way in which the referral ends, for good; the first of all, a discharge included, names it."""
        said = (day, closing)
        self.closure = min(self.closure or said, said)

    def decide(self, day: date, decision: str, tier: str | None = None) -> None:
        """Notes a decision on the referral; the first of all counts."""
        said = (day, decision, tier)
        if self.decision is None:
            self.decision = said
        else:
            self.decision = min(self.decision, said, key=lambda each: (each[0], each[1], each[2] or ""))

    def _first_treatment_from(self, programme_on: date | None) -> date | None:
        if programme_on is None:
            return None
        return min((day for day in self.treatments if day >= programme_on), default=None)

    def _discharge(self) -> tuple[date, str] | None:
        """The first discharge that no reopening has removed. Versions decide, so no order of arrival matters."""
        standing = (
            (each.day, each.reason)
            for each in self.discharges
            if each.version > self.reopening and (each.reason != ADMINISTRATIVE_ERROR or each.version > self.opening)
        )
        return min(standing, default=None)

    def _closure(self, discharged_on: date | None) -> Closure | None:
        if discharged_on is None:
            return self.closure
        said = (discharged_on, Closing.DISCHARGED)
        return min(self.closure or said, said)

    def _completed(self) -> date | None:
        """The first completion of the programme that was assigned last."""
        if not self.completions:
            return None
        return min((day for version, day in self.completions if version > self.programme_version), default=None)

    def _paused(self, pauses: Iterable[Pause]) -> tuple[Stretch, ...] | None:
        if not self.pauses:
            return None
        return between([(each.version, each.day) for each in pauses], self.resumptions) or None

    def _abandoned(self) -> tuple[Stretch, ...] | None:
        if not self.abandonments:
            return None
        return between(self.abandonments, self.starts, self.assessment_sessions) or None
