"""The outcome of a case from its paired measures (M9, by the rule of domain 3.5). Pure functions of values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.intervention.codes import OutcomeBand
from services.intervention.heard import MeasureRecorded


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """How much a total must move to count, and which way is better."""

    threshold: Decimal
    higher_is_better: bool


RELIABLE_CHANGE: dict[str, ReliableChange] = {
    "PHQ-9": ReliableChange(Decimal(6), higher_is_better=False),
    "GAD-7": ReliableChange(Decimal(4), higher_is_better=False),
    "CORE-10": ReliableChange(Decimal(5), higher_is_better=False),
    "GBO": ReliableChange(Decimal(3), higher_is_better=True),
    "SWEMWBS": ReliableChange(Decimal(3), higher_is_better=True),
    "WEMWBS": ReliableChange(Decimal(9), higher_is_better=True),
}
"""Thresholds in points, those that NHS England publishes (domain 2.4); a measure without one makes no pair."""


def outcome_band(measures: Sequence[MeasureRecorded], contacts: Iterable[date], until: date) -> OutcomeBand:
    """What the paired measures of a case say at its end.

    A pair is the first score on or after the first contact and the last one on or after the second, of one measure,
    one subject and one rater; scores after `until` do not count.

    Args:
        measures: in the order of recording.
        contacts: civil dates of attended contacts; a date counts once.
        until: civil date of the discharge.

    Source: domain 3.5 (R17 `cyp_outcomes_prep.py`) and M9. "Mixed" is this project's own; NHS England calls such a
    case deteriorated.
    """
    days = sorted({day for day in contacts if day <= until})
    if len(days) < 2:
        return OutcomeBand.NOT_MEASURED
    changes = {_change(scores, days[0], days[1]) for scores in _series(measures, until).values()} - {None}
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
        if measure.measure_code in RELIABLE_CHANGE and measure.completed_on <= until:
            key = (measure.measure_code, measure.subject_ref, measure.relationship_ref, measure.rater)
            series.setdefault(key, []).append(measure)
    return series


def _change(scores: list[MeasureRecorded], first_contact: date, second_contact: date) -> int | None:
    """1 reliably better, -1 reliably worse, 0 neither, None without a pair."""
    eligible = [score for score in scores if score.completed_on >= first_contact]
    if len(eligible) < 2 or eligible[-1].completed_on < second_contact:
        return None
    rule = RELIABLE_CHANGE[scores[0].measure_code]
    gained = eligible[-1].total - eligible[0].total
    better = gained if rule.higher_is_better else -gained
    if abs(better) < rule.threshold:
        return 0
    return 1 if better > 0 else -1
