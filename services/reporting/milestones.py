"""What the events of one case add up to: its milestones, by rules in which order does not matter. Pure.

Definitions: domain 6.6, "Milestones, precisely"; docs/metrics.md.
"""

from collections.abc import Iterable
from datetime import date
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple, TypeVar

from services.reporting.case_row import CaseRow
from services.reporting.circumstances import Circumstances
from services.reporting.clocks.listed import LISTED
from services.reporting.course import Course
from services.reporting.family import Family
from services.reporting.intervals import Said, Stretch, between
from services.reporting.owed import Owed

ADMINISTRATIVE_ERROR = "administrative_error"
"""Reason of a discharge that an opening of the episode after it removes (domain 6.5, 6.6: a reopening)."""

FAMILY = "family"
"""Reason of a pause that the family asked for."""


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
    planned: bool | None
    stage: str | None
    outcome_band: str | None


class Decision(NamedTuple):
    """What was decided on the referral."""

    day: date
    decision: str
    tier: str
    """Of the offer; empty: none."""
    version: int
    triage: str
    reason: str | None
    """Of a decline."""
    signposted_to: tuple[str, ...]


UNDECIDED = Decision(date.max, "", "", 0, "", None, ())


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
        "active_monitoring_on",
        "assessed_on",
        "assessed_programme_on",
        "assessment_sessions",
        "assessment_started_on",
        "care_plan_agreed_on",
        "circumstances",
        "closure",
        "completions",
        "complexities",
        "course",
        "decision",
        "discharges",
        "family",
        "first_attended_on",
        "first_contact_on",
        "indirect_on",
        "listed_measure_on",
        "needs",
        "opening",
        "owed",
        "pauses",
        "pregnancy_ended_on",
        "programme",
        "programme_version",
        "reopening",
        "resumptions",
        "starts",
        "teams",
        "tiers",
        "treatment_declined_on",
        "treatments",
        "withdrawal",
    )  # fmt: skip

    def __init__(self) -> None:
        self.teams: set[str] = set()
        self.circumstances = Circumstances()
        self.course = Course()
        self.owed = Owed()
        self.decision: Decision | None = None
        self.withdrawal: tuple[date, int, str] | None = None
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
        self.needs: tuple[date, int, str | None] | None = None
        self.programme: tuple[date, str] | None = None
        self.programme_version = 0
        self.care_plan_agreed_on: date | None = None
        self.active_monitoring_on: date | None = None
        self.treatment_declined_on: date | None = None
        self.listed_measure_on: date | None = None
        self.indirect_on: date | None = None
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
        receipt = self.circumstances.receipt
        decision = self.decision or UNDECIDED
        programme_on, given = self.programme or (None, None)
        discharge = self._discharge()
        discharged_on = None if discharge is None else discharge.day
        closed_on, closing = self._closure(discharged_on) or (None, None)
        tier_days, tier_steps = _steps(self.tiers)
        complexity_days, complexity_steps = _steps(self.complexities)
        family = self.family.view()
        return CaseRow(
            team_id=min(self.teams) if receipt is None else receipt.team_id,
            tier=decision.tier or given,
            received_on=None if receipt is None else receipt.received_on,
            decided_on=None if self.decision is None else decision.day,
            decision=decision.decision or None,
            withdrawn_on=None if self.withdrawal is None else self.withdrawal[0],
            first_contact_on=earliest(self.first_attended_on, self.first_contact_on),
            first_attended_on=self.first_attended_on,
            assessment_started_on=self.assessment_started_on,
            assessed_on=self.assessed_on,
            assessed_programme_on=self.assessed_programme_on,
            programme_on=programme_on,
            first_treatment_on=min(self.treatments, default=None),
            first_programme_treatment_on=self._first_treatment_from(programme_on),
            discharged_on=discharged_on,
            discharge_reason=None if discharge is None else discharge.reason,
            closed_on=closed_on,
            closed_by=None if closing is None else closing.name.lower(),
            infants=family.infants,
            caregivers=family.caregivers,
            relationships=family.relationships,
            caregiver_days=family.caregiver_days,
            relationship_days=family.relationship_days,
            moves=family.moves,
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
            decline_reason=decision.reason,
            triage_decision=decision.triage or None,
            signposted_to=decision.signposted_to,
            withdrawn_by=None if self.withdrawal is None else self.withdrawal[2] or None,
            care_plan_agreed_on=self.care_plan_agreed_on,
            active_monitoring_on=self.active_monitoring_on,
            treatment_declined_on=self.treatment_declined_on,
            outcome_band=None if discharge is None else discharge.outcome_band,
            stage_at_discharge=None if discharge is None else discharge.stage,
            discharge_planned=None if discharge is None else discharge.planned,
            gestation_weeks=family.gestation_weeks,
            need_level=None if self.needs is None else self.needs[2],
            listed_measure_on=self.listed_measure_on,
            indirect_on=self.indirect_on,
            **self.circumstances.view()._asdict(),
            **self.course.view()._asdict(),
            **self.owed.view()._asdict(),
        )

    def close(self, day: date, closing: Closing) -> None:
        """Notes one way in which the referral ends, for good; the first of all, a discharge included, names it."""
        said = (day, closing)
        self.closure = min(self.closure or said, said)

    def decide(self, said: Decision) -> None:
        """Notes a decision on the referral; the first of all counts."""
        self.decision = min(self.decision or said, said, key=itemgetter(0, 1, 2, 3))

    def scored(self, measure_code: str, day: date | None) -> bool:
        """Notes a score; only the first of a nationally listed measure is a milestone."""
        before = self.listed_measure_on
        if measure_code in LISTED:
            self.listed_measure_on = earliest(before, day)
        return before != self.listed_measure_on

    def withdrew(self, day: date, version: int, by: str) -> None:
        """Notes that family or referrer took the referral back; the first time counts."""
        said = (day, version, by)
        self.withdrawal = min(self.withdrawal or said, said)

    def _first_treatment_from(self, programme_on: date | None) -> date | None:
        if programme_on is None:
            return None
        return min((day for day in self.treatments if day >= programme_on), default=None)

    def _discharge(self) -> Discharge | None:
        """The first discharge that no reopening has removed. Versions decide, so no order of arrival matters."""
        standing = (
            each
            for each in self.discharges
            if each.version > self.reopening and (each.reason != ADMINISTRATIVE_ERROR or each.version > self.opening)
        )
        return min(standing, key=lambda each: (each.day, each.reason, each.version), default=None)

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
