"""The outcome of a case from its paired measures (M9, by the rule of domain 3.5). Pure functions of values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.intervention.codes import OutcomeBand
from services.intervention.heard import MeasureRecorded
from services.intervention.state import State


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """How much a total must move to count, and which way is better."""

    threshold: Decimal
    higher_is_better: bool


RELIABLE_CHANGE: Mapping[str, ReliableChange] = {
    "PHQ-9": ReliableChange(Decimal(6), higher_is_better=False),
    "GAD-7": ReliableChange(Decimal(4), higher_is_better=False),
    "CORE-10": ReliableChange(Decimal(5), higher_is_better=False),
    "GBO": ReliableChange(Decimal(3), higher_is_better=True),
    "SWEMWBS": ReliableChange(Decimal(3), higher_is_better=True),
    "WEMWBS": ReliableChange(Decimal(9), higher_is_better=True),
}
"""Thresholds in points, those that NHS England publishes (domain 2.4); a measure without one makes no pair."""
HIGHER_IS_BETTER: Mapping[str, bool] = {
    "EPDS": False,
    "CORE-OM": False,
    "HADS-A": False,
    "HADS-D": False,
    "MORS-SF-WARMTH": True,
    "MORS-SF-INVASION": False,
    "MORS-CHILD-WARMTH": True,
    "MORS-CHILD-INVASION": False,
    "ASQ-SE-2": False,
    "PIIOS": False,
    "CARE-INDEX-SYNCHRONY": True,
    "CARE-INDEX-SENSITIVITY": True,
    "KIPS": True,
    "PIR-GAS": True,
    "SDQ-2-4": False,
    "BPSES": True,
    "ADBB": False,
}
"""Direction of measures for which a team may set its own threshold (domain 2.4).

The ordinal levels of DC:0-5 are in neither table: they are not equidistant. BPSES is scored by its own manual, higher
better; NHS England's table looks inverted.
"""


def reliable_changes(own: Mapping[str, Decimal]) -> Mapping[str, ReliableChange]:
    """Thresholds of a team: its own in points by measure code, the published ones for the rest."""
    changes = dict(RELIABLE_CHANGE)
    for code, threshold in own.items():
        published = RELIABLE_CHANGE.get(code)
        higher = published.higher_is_better if published is not None else HIGHER_IS_BETTER.get(code)
        if higher is not None:
            changes[code] = ReliableChange(threshold, higher_is_better=higher)
    return changes


def goal_scores(state: State) -> tuple[MeasureRecorded, ...]:
    """The family's ratings of its goals as GBO scores: the baseline on the goal's first day, then each rating."""
    programme = state.programme
    if programme is None:
        return ()
    goals = [(programme.assigned_on, goal) for goal in programme.goals]
    goals += [(revision.on, goal) for revision in state.revisions for goal in revision.goals_added]
    raters = {goal.goal_id: goal.rater for _, goal in goals}
    rated = [(day, goal.goal_id, goal.baseline) for day, goal in goals if goal.baseline is not None]
    rated += [(rating.on, rating.goal_id, rating.value) for rating in state.ratings]
    return tuple(
        MeasureRecorded(
            measure_code="GBO",
            subject_ref=goal_id,
            rater=raters.get(goal_id, ""),
            completed_on=day,
            total=Decimal(points),
        )
        for day, goal_id, points in rated
    )


def outcome_band(
    measures: Sequence[MeasureRecorded],
    contacts: Iterable[date],
    until: date,
    thresholds: Mapping[str, ReliableChange] = RELIABLE_CHANGE,
) -> OutcomeBand:
    """What the paired measures of a case say at its end.

    A pair is the first score on or after the first contact and the last one on or after the second, of one measure,
    one subject and one rater; scores after `until` do not count.

    Args:
        measures: in the order of recording.
        contacts: civil dates of attended contacts; a date counts once.
        until: civil date of the discharge.
        thresholds: by measure code.

    Source: domain 3.5 (R17 `cyp_outcomes_prep.py`) and M9. "Mixed" is this project's own; NHS England calls such a
    case deteriorated.
    """
    days = sorted({day for day in contacts if day <= until})
    if len(days) < 2:
        return OutcomeBand.NOT_MEASURED
    series = _series([item for item in measures if item.measure_code in thresholds], until)
    changes = {_change(scores, days[0], days[1], thresholds) for scores in series.values()} - {None}
    if not changes:
        return OutcomeBand.NOT_MEASURED
    if {1, -1} <= changes:
        return OutcomeBand.MIXED
    if -1 in changes:
        return OutcomeBand.DETERIORATED
    return OutcomeBand.IMPROVED if 1 in changes else OutcomeBand.MAINTAINED


def _series(measures: Sequence[MeasureRecorded], until: date) -> dict[Any, list[MeasureRecorded]]:
    """Scores by measure, subject and rater, by date and then by order of recording."""
    series: dict[Any, list[MeasureRecorded]] = {}
    for measure in sorted(measures, key=lambda item: item.completed_on):
        if measure.completed_on <= until:
            key = (measure.measure_code, measure.subject_ref, measure.relationship_ref, measure.rater)
            series.setdefault(key, []).append(measure)
    return series


def _change(
    scores: list[MeasureRecorded], first_contact: date, second_contact: date, thresholds: Mapping[str, ReliableChange]
) -> int | None:
    """1 reliably better, -1 reliably worse, 0 neither, None without a pair."""
    eligible = [score for score in scores if score.completed_on >= first_contact]
    if len(eligible) < 2 or eligible[-1].completed_on < second_contact:
        return None
    rule = thresholds[scores[0].measure_code]
    gained = eligible[-1].total - eligible[0].total
    better = gained if rule.higher_is_better else -gained
    if abs(better) < rule.threshold:
        return 0
    return 1 if better > 0 else -1
