"""Parts that the assessment's commands and events share."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from services.assessment.codes import Complexity, FormulationConcern, InfantExperience, Strength
from services.assessment.measure_codes import MeasureCode, Subscale
from shared.kernel.fields import Interval, Len, Matching, Number
from shared.kernel.values import value

SubscaleCode = Annotated[str, Matching(rf"^({'|'.join(Subscale)})$")]
Total = Annotated[Decimal, Number(-1, 1000)]
"""A measure's total or subscale, at most two decimals; its own range is in the registry."""
BandCode = Annotated[str, Matching(r"^[a-z][a-z0-9_-]{0,39}$")]
"""A band of the registry, or one of the team's own."""
Severity = Annotated[int, Interval(ge=1, le=4)]
DurationMonths = Annotated[int, Interval(ge=0, le=120)]
ContactCount = Annotated[int, Interval(ge=0, le=100)]
AssessmentNo = Annotated[int, Interval(ge=1, le=50)]
"""1 for the first assessment of a case, then one more with each re-assessment."""
Practitioners = Annotated[tuple[UUID, ...], Len(0, 6)]
Strengths = Annotated[tuple[Strength, ...], Len(0, 8)]
Concerns = Annotated[tuple[FormulationConcern, ...], Len(0, 19)]
Complexities = Annotated[tuple[Complexity, ...], Len(0, 13)]
Baseline = Annotated[tuple[MeasureCode, ...], Len(0, 48)]
Experiences = Annotated[tuple[InfantExperience, ...], Len(0, 10)]
Caregivers = Annotated[tuple[UUID, ...], Len(1, 2)]


@value
class Relationship:
    """A dyad or triad: one infant with one or two caregivers (statement S26)."""

    infant_id: UUID
    caregiver_ids: Caregivers


@value
class RelationshipRating:
    """One rating for all focus relationships together; `RatedRelationship` rates each apart."""

    measure: MeasureCode
    value: Total


@value
class RatedRelationship:
    """The rating of one dyad or triad at the end of the assessment (statements S22, S26)."""

    infant_id: UUID
    caregiver_ids: Caregivers
    measure: MeasureCode
    value: Total


FocusRelationships = Annotated[tuple[Relationship, ...], Len(1, 12)]
RelationshipRatings = Annotated[tuple[RatedRelationship, ...], Len(0, 48)]
