"""Measurements and ratings of goals -> the rows of `score_history`. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.heard import Fact
from services.reporting.heard_assessment import MeasureRecorded
from services.reporting.heard_intervention import Goal, GoalRated, ProgrammeAssigned, ProgrammeRevised
from services.reporting.topics import Kind

GOAL_MEASURE = "GBO"
"""Code of the goal-based outcome: the family's ratings of its goals, 0 not met to 10 met."""

RANGES: Mapping[str, tuple[Decimal, Decimal]] = {
    code: (Decimal(lowest), Decimal(highest))
    for code, (lowest, highest) in {
        "EPDS": (0, 30), "PHQ-9": (0, 27), "GAD-7": (0, 21), "CORE-10": (0, 40), "CORE-OM": (0, 40),
        "HADS-A": (0, 21), "HADS-D": (0, 21), "MORS-SF-WARMTH": (0, 35), "MORS-SF-INVASION": (0, 35),
        "MORS-CHILD-WARMTH": (0, 35), "MORS-CHILD-INVASION": (0, 35), "ASQ-SE-2": (0, 600), "PIIOS": (0, 52),
        "CARE-INDEX-SYNCHRONY": (0, 14), "CARE-INDEX-SENSITIVITY": (0, 14), "CARE-INDEX-CONTROL": (0, 14),
        "CARE-INDEX-UNRESPONSIVENESS": (0, 14), "CARE-INDEX-COOPERATIVENESS": (0, 14),
        "CARE-INDEX-COMPULSIVENESS": (0, 14), "CARE-INDEX-DIFFICULTNESS": (0, 14), "CARE-INDEX-PASSIVITY": (0, 14),
        "KIPS": (1, 5), "PIR-GAS": (0, 100), "DC05-AXIS2-A": (1, 4), "DC05-AXIS2-B": (1, 4), "GBO": (0, 10),
        "SDQ-2-4": (0, 40), "BPSES": (5, 25), "SWEMWBS": (7, 35), "WEMWBS": (14, 70), "PRFQ-PM": (1, 7),
        "PRFQ-CMS": (1, 7), "PRFQ-IC": (1, 7), "PBQ": (0, 125), "KPCS": (0, 45), "PSI-SF": (36, 180),
        "BITSEA-PROBLEM": (0, 62), "BITSEA-COMPETENCE": (0, 22), "AQS": (-1, 1), "ADBB": (0, 32), "CHI-ESQ": (1, 3),
        "SRS": (0, 40), "PEM": (0, 100),
    }.items()
}  # fmt: skip
"""Lowest and highest total of each measure (domain 2.4). The registry itself is the assessment service's; a contract
test holds this copy against it."""


class ScoreRow(NamedTuple):
    """What we believed about one measurement during one period of the known axis."""

    team_id: str
    measure_code: str
    subject_kind: str
    """INFANT, CAREGIVER, RELATIONSHIP or GOAL."""
    subject_ref: str
    """Opaque id of the baby, parent or carer, or goal; of a relationship the baby's, then the others' in order."""
    rater: str
    completed_on: date
    """Civil date, Europe/London."""
    total: Decimal
    band: str | None
    timepoint: str | None
    """As recorded; of a goal's first rating `baseline`, of its later ones none is said."""
    in_range: bool
    """False: no total of this measure can be so, or the measure is not known; such a score makes no pair (3.5)."""


def in_range(measure_code: str, total: Decimal) -> bool:
    """Whether a measure can have this total. Example: EPDS, 31 -> False."""
    lowest, highest = RANGES.get(measure_code, (Decimal(1), Decimal(0)))
    return lowest <= total <= highest


def _measured(score_id: UUID, about: Sequence[Fact]) -> dict[UUID, ScoreRow]:
    rows = {}
    for fact in about:
        event: Any = fact.event
        rows[score_id] = ScoreRow(
            team_id=fact.team_id,
            measure_code=event.measure_code,
            subject_kind=event.subject_kind,
            subject_ref=_subject(event),
            rater=event.rater,
            completed_on=event.completed_on,
            total=event.total,
            band=event.band,
            timepoint=event.timepoint or None,
            in_range=in_range(event.measure_code, event.total),
        )
    return rows


def _subject(event: MeasureRecorded) -> str:
    relationship = event.relationship_ref
    if relationship is None:
        return "" if event.subject_ref is None else str(event.subject_ref)
    return " ".join(map(str, (relationship.infant_id, *sorted(relationship.caregiver_ids))))


def _goals_of(event: Any) -> tuple[Goal, ...]:
    """What an event of the programme brings."""
    return event.goals if isinstance(event, ProgrammeAssigned) else event.goals_added


def _set(fact: Fact) -> Iterable[UUID]:
    return [goal.goal_id for goal in _goals_of(fact.event)]


def _rated(fact: Fact) -> Iterable[UUID]:
    event: Any = fact.event
    return (event.goal_id,)


def _goal(goal_id: UUID, about: Sequence[Fact]) -> dict[UUID, ScoreRow]:
    """The first rating of a goal, with its programme, and every later one; its rater is whoever was named last."""
    rater, rows = "", {}
    for fact in about:
        event: Any = fact.event
        if not isinstance(event, GoalRated):
            rater = next(goal.rater for goal in _goals_of(event) if goal.goal_id == goal_id)
    for fact in about:
        event = fact.event
        if isinstance(event, GoalRated):
            rows[fact.event_id] = _rating(fact.team_id, (goal_id, rater), event.on, event.value, None)
            continue
        day = event.assigned_on if isinstance(event, ProgrammeAssigned) else event.on
        for goal in _goals_of(event):
            if goal.goal_id == goal_id and goal.baseline is not None and day is not None:
                first = _rating(fact.team_id, (goal_id, rater), day, goal.baseline, "baseline")
                rows[baseline_id(fact.event_id, goal_id)] = first
    return rows


def baseline_id(event_id: UUID, goal_id: UUID) -> UUID:
    """Id of the score with which an event of the programme brings a goal."""
    return UUID(bytes=blake2b(event_id.bytes + goal_id.bytes, digest_size=16).digest())


def _rating(team_id: str, by: tuple[UUID, str], day: date, value: int, timepoint: str | None) -> ScoreRow:
    goal_id, rater = by
    return ScoreRow(
        team_id=team_id,
        measure_code=GOAL_MEASURE,
        subject_kind="GOAL",
        subject_ref=str(goal_id),
        rater=rater,
        completed_on=day,
        total=Decimal(value),
        band=None,
        timepoint=timepoint,
        in_range=in_range(GOAL_MEASURE, Decimal(value)),
    )


MEASURES: Kind[ScoreRow] = Kind({MeasureRecorded: lambda fact: (fact.event_id,)}, _measured)
"""From the assessment's stream; one row per measurement, under the event's id."""
GOALS: Kind[ScoreRow] = Kind({ProgrammeAssigned: _set, ProgrammeRevised: _set, GoalRated: _rated}, _goal)
"""From the episode's stream; one row per rating."""
