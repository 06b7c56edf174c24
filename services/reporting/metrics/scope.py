"""Which cases a number is about: one team or all, filtered by codes, as at a date, as known at an instant or now."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.reporting.metrics.ages import AGE_AT_REFERRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a case must be to be counted; None: anything. What is asked together must hold together."""

    source: str | None = None
    """Who referred, a code of domain 2.2."""
    concern: str | None = None
    """A concern that the referral names."""
    tier: str | None = None
    """At t: TARGETED, SPECIALIST or CONSULT."""
    priority: str | None = None
    """Clinical response priority, 1 to 4."""
    locality: str | None = None
    """ONS code."""
    practitioner: UUID | None = None
    """Who leads the work at t."""
    age_band: str | None = None
    """Of any of its babies when the referral was received, a code of `ages.AGE_BANDS`."""

    @property
    def any(self) -> bool:
        """Whether anything is asked."""
        return self != Filters()


class Parameters:
    """Values of a query's parameters, numbered as they come: nothing that was asked ever becomes part of the query."""

    def __init__(self, after: int) -> None:
        self._taken = after
        self.values: list[Any] = []

    def add(self, value: object, kind: str) -> str:
        """Takes one more value; gives what stands for it in the query, e.g. `$4::text`."""
        self.values.append(value)
        return f"${self._taken + len(self.values)}::{kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The question `(t, k)`, its team and its filters.

    In every query of the metrics $1 is `at` and $2 the team; further parameters come after those.
    """

    at: date
    """t, civil date Europe/London: milestones after it have not happened yet."""
    known_at: datetime | None = None
    """k, UTC instant: what was recorded after it is not known yet; None = everything that has arrived."""
    team: str | None = None
    """Team code; None = all teams."""
    filters: Filters = field(default_factory=Filters)

    def cases(self, after: int) -> tuple[str, tuple[Any, ...]]:
        """A query for the case rows that were believed at `known_at`, and its parameters but $1 and $2.

        Args:
            after: number of parameters of the caller's own, from $3 on.
        """
        given = Parameters(after + 2)
        return self._cases(given), tuple(given.values)

    def contacts(self, after: int) -> tuple[str, tuple[Any, ...]]:
        """As `cases`, for the rows of sessions of the cases asked about; sessions of orphans are not among them."""
        return self._beside("seen_contacts", after)

    def scores(self, after: int) -> tuple[str, tuple[Any, ...]]:
        """As `contacts`, for the rows of scores."""
        return self._beside("seen_scores", after)

    def work(self, after: int) -> tuple[str, tuple[Any, ...]]:
        """As `cases`, for the team's work with other professionals; no filter applies: it is about no one case."""
        given = Parameters(after + 2)
        return f"SELECT * FROM seen_work WHERE {self._believed(given)}", tuple(given.values)

    def _believed(self, given: Parameters) -> str:
        known = "upper_inf(known)" if self.known_at is None else f"known @> {given.add(self.known_at, 'timestamptz')}"
        team = "$2::text IS NULL" if self.team is None else "team_id = $2::text"
        return f"{known} AND {team}"

    def _cases(self, given: Parameters) -> str:
        conditions = [self._believed(given), *_conditions(self.filters, self.at, given)]
        return f"SELECT * FROM seen_history WHERE {' AND '.join(conditions)}"

    def _beside(self, view: str, after: int) -> tuple[str, tuple[Any, ...]]:
        given = Parameters(after + 2)
        believed = self._believed(given)
        if self.filters.any:
            asked = f"case_id IN (SELECT case_id FROM ({self._cases(given)}) AS c WHERE received_on IS NOT NULL)"
        else:  # orphans are few: to leave them out costs less than to look up every case
            orphans = f"SELECT case_id FROM ({self._cases(given)}) AS c WHERE received_on IS NULL"
            asked = f"case_id NOT IN ({orphans})"
        return f"SELECT * FROM {view} WHERE {believed} AND {asked}", tuple(given.values)


OPEN = "(received_on <= $1::date AND (closed_on IS NULL OR closed_on > $1::date))"
"""M1, open referral at t: received by then and not declined, withdrawn, linked as duplicate or discharged by then.
Closed on the day t itself is not open at t (NHSE month-end rule). Source: domain 6.6 M1, 3.5."""

STAGE = """
CASE WHEN pauses @> $1::date THEN 'paused'
     WHEN programme_completed_on <= $1::date THEN 'ending'
     WHEN first_programme_treatment_on <= $1::date THEN 'active'
     WHEN programme_on <= $1::date THEN 'waiting_first_session'
     WHEN assessed_programme_on <= $1::date THEN 'waiting_programme'
     WHEN assessed_on <= $1::date THEN 'ending'
     WHEN assessment_started_on <= $1::date AND (abandoned @> $1::date) IS NOT TRUE THEN 'in_assessment'
     WHEN decision = 'accepted' AND decided_on <= $1::date THEN 'waiting_assessment'
     ELSE 'awaiting_decision' END
"""
"""Sub-state of an open referral at t, from the milestones alone, the furthest one that was reached. Source: M1.

- `active`: treated since the programme was assigned (6.4: first held treatment session of the programme).
- `paused`: a side state (6.4), from EpisodePaused to before EpisodeResumed, wherever the case has come to.
- `ending`: the programme is completed; or assessed without one being recommended, not closed yet (P3 closes it).
- `in_assessment`: AssessmentStarted, or an attended session of kind assessment, whichever says it first; an assessment
  that was abandoned and has not begun again is waited for again.
"""

STAGES = (
    "awaiting_decision",
    "waiting_assessment",
    "in_assessment",
    "waiting_programme",
    "waiting_first_session",
    "active",
    "paused",
    "ending",
)
"""M1's sub-states, in the order of the pathway."""

CASELOAD = f"({OPEN} AND decision = 'accepted' AND decided_on <= $1::date AND first_attended_on <= $1::date)"
"""M2, open caseload at t: accepted, open, and at least one attended contact by then. Source: domain 6.6 M2, 3.5."""


def tier_on(day: str) -> str:
    """An expression for the tier on a day: of the offer, until a programme or a step gave another by then.

    Null before the referral was accepted, unless a programme came first.

    Args:
        day: a parameter with its type, e.g. `$1::date`.

    Source: S12, M8.
    """
    offered = f"CASE WHEN decision = 'accepted' AND decided_on <= {day} THEN tier END"
    return f"""
    CASE WHEN tier_days IS NULL THEN {offered}
         ELSE coalesce((SELECT step FROM unnest(tier_days, tier_steps) WITH ORDINALITY AS s(day, step, place)
                        WHERE day <= {day} ORDER BY place DESC LIMIT 1), {offered}) END
    """


TIER = tier_on("$1::date")
"""Tier at t."""


def lead_on(day: str) -> str:
    """An expression for the practitioner who leads the work on a day; null: nobody yet. As `tier_on`."""
    return f"""
    (SELECT step FROM unnest(lead_days, lead_steps) WITH ORDINALITY AS s(day, step, place)
     WHERE day <= {day} ORDER BY place DESC LIMIT 1)
    """


def _conditions(filters: Filters, at: date, given: Parameters) -> list[str]:
    """Filters as conditions on a row of `seen_history`; t is a parameter of its own, as not every query's $1 is t."""
    said = {"source": filters.source, "priority": filters.priority, "locality": filters.locality}
    found = [f"{column} = {given.add(code, 'text')}" for column, code in said.items() if code is not None]
    if filters.concern is not None:
        found.append(f"{given.add(filters.concern, 'text')} = ANY (concerns)")
    if filters.tier is not None:
        found.append(f"{tier_on(given.add(at, 'date'))} = {given.add(filters.tier, 'text')}")
    if filters.practitioner is not None:
        found.append(f"{lead_on(given.add(at, 'date'))} = {given.add(filters.practitioner, 'uuid')}")
    if filters.age_band is not None:
        band = given.add(filters.age_band, "text")
        found.append(f"{band} IN (SELECT {AGE_AT_REFERRAL} FROM unnest(born_on) AS b(born))")
    return found


COMPLEXITIES = """
coalesce((SELECT step FROM unnest(complexity_days, complexity_steps) WITH ORDINALITY AS s(day, step, place)
          WHERE day <= $1::date ORDER BY place DESC LIMIT 1), 0)
"""
"""How many complexities are flagged at t: those of the latest AssessmentCompleted by then. Source: domain 3.5."""


def people(members: str, days: str) -> str:
    """A query (its parameter $1 is t) for the distinct ids of a case in one column, as of t: `caregivers` and its days.

    Where `days` is null everybody counts on every day.
    """
    return f"SELECT DISTINCT id FROM unnest({members}, {days}) AS u(id, days) WHERE (days @> $1::date) IS NOT FALSE"
