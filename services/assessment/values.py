"""Parts that the assessment's commands and events share."""

from typing import Annotated
from uuid import UUID

from services.assessment.codes import MeasureCode
from shared.kernel.fields import Interval, Len, Matching, Score
from shared.kernel.values import value

SubscaleCode = Annotated[
    str,
    Matching(
        r"^(anxiety|depression|warmth|invasion|wellbeing|problems|functioning|risk|emotional|conduct|hyperactivity"
        r"|peer|prosocial|impact|sensitivity|synchrony)$"
    ),
]
Severity = Annotated[int, Interval(ge=1, le=4)]
DurationMonths = Annotated[int, Interval(ge=0, le=120)]
ContactCount = Annotated[int, Interval(ge=0, le=100)]


@value
class Relationship:
    """A dyad or triad: one infant with one or two caregivers (statement S26)."""

    infant_id: UUID
    caregiver_ids: Annotated[tuple[UUID, ...], Len(1, 2)]


@value
class RelationshipRating:
    """The relationship's own rating at the end of the assessment."""

    measure: MeasureCode
    value: Score
