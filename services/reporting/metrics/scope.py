"""Which cases a number is about: one team or all, as at a date, as known at an instant or now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The question `(t, k)` and its team.

    In every query of the metrics $1 is `at` and $2 the team; further parameters come after those.
    """

    at: date
    """t, civil date Europe/London: milestones after it have not happened yet."""
    known_at: datetime | None = None
    """k, UTC instant: what was recorded after it is not known yet; None = everything that has arrived."""
    team: str | None = None
    """Team code; None = all teams."""

    def cases(self, after: int) -> tuple[str, tuple[Any, ...]]:
        """A query for the case rows that were believed at `known_at`, and its parameters but $1.

        Args:
            after: number of parameters of the caller's own, from $3 on.
        """
        known = "upper_inf(known)" if self.known_at is None else f"known @> ${after + 3}::timestamptz"
        team = "$2::text IS NULL" if self.team is None else "team_id = $2::text"
        instant = () if self.known_at is None else (self.known_at,)
        return f"SELECT * FROM seen_history WHERE {known} AND {team}", instant


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

TIER = """
CASE WHEN tier_days IS NULL THEN tier
     ELSE coalesce((SELECT step FROM unnest(tier_days, tier_steps) WITH ORDINALITY AS s(day, step, place)
                    WHERE day <= $1::date ORDER BY place DESC LIMIT 1), tier) END
"""
"""Tier at t: of the offer, until a programme or a step up or down gave another by then. Source: S12, M8."""

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
