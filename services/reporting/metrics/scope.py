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
        return f"SELECT * FROM case_history WHERE {known} AND {team}", instant


OPEN = "(received_on <= $1::date AND (closed_on IS NULL OR closed_on > $1::date))"
"""M1, open referral at t: received by then and not declined, withdrawn, linked as duplicate or discharged by then.
Closed on the day t itself is not open at t (NHSE month-end rule). Source: domain 6.6 M1, 3.5."""

STAGE = """
CASE WHEN first_programme_treatment_on <= $1::date THEN 'active'
     WHEN programme_on <= $1::date THEN 'waiting_first_session'
     WHEN assessed_programme_on <= $1::date THEN 'waiting_programme'
     WHEN assessed_on <= $1::date THEN 'ending'
     WHEN assessment_started_on <= $1::date THEN 'in_assessment'
     WHEN decision = 'accepted' AND decided_on <= $1::date THEN 'waiting_assessment'
     ELSE 'awaiting_decision' END
"""
"""Sub-state of an open referral at t, from the milestones alone, the furthest one that was reached. Source: M1.

- `active`: treated since the programme was assigned (6.4: first held treatment session of the programme).
- `ending`: assessed without a programme being recommended, not closed yet (P3 closes it).
- `in_assessment`: AssessmentStarted, or an attended session of kind assessment, whichever says it first.
- `paused` comes with the events that pause an episode.
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
