"""Parts that the episode's commands and events share."""

from typing import Annotated
from uuid import UUID

from services.intervention.codes import ComponentKind, Discipline, GoalDomain, GoalRater, Partner
from shared.kernel.fields import Interval, Len, Matching
from shared.kernel.values import value

ComponentCode = Annotated[str, Matching(r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$")]
"""Code of a toolkit item; only those of the team's catalogue are ever recorded."""
DurationMin = Annotated[int, Interval(ge=1, le=480)]
SessionCount = Annotated[int, Interval(ge=1, le=100)]
FrequencyDays = Annotated[int, Interval(ge=1, le=90)]
GoalRating = Annotated[int, Interval(ge=0, le=10)]
"""Goal-based outcome, 0 not met to 10 met."""


@value
class Relationship:
    """A dyad or triad: one infant with one or two caregivers (statement S26)."""

    infant_id: UUID
    caregiver_ids: Annotated[tuple[UUID, ...], Len(1, 2)]


@value
class Component:
    """One part of a programme, from the team's catalogue."""

    component_code: ComponentCode
    kind: ComponentKind
    planned_sessions: SessionCount
    frequency_days: FrequencyDays
    group_id: UUID | None = None


@value
class Goal:
    """What the family wants to reach."""

    goal_id: UUID
    domain: GoalDomain
    rater: GoalRater
    baseline: GoalRating | None = None


@value
class Practitioner:
    """Who held the session, under an opaque id."""

    id: UUID
    discipline: Discipline


Components = Annotated[tuple[Component, ...], Len(1, 10)]
ComponentsAdded = Annotated[tuple[Component, ...], Len(0, 10)]
ComponentCodes = Annotated[tuple[ComponentCode, ...], Len(0, 10)]
Relationships = Annotated[tuple[Relationship, ...], Len(1, 12)]
Goals = Annotated[tuple[Goal, ...], Len(0, 10)]
Practitioners = Annotated[tuple[Practitioner, ...], Len(1, 8)]
Members = Annotated[tuple[UUID, ...], Len(0, 6)]
Partners = Annotated[tuple[Partner, ...], Len(0, 8)]
"""Others with whom something is done, or to whom a family goes on."""
