"""M9, outcomes: the paired rule of domain 3.5, per measure and subject kind, and one band per case."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.documents import Event
from tests.oracle.stages import configuration

LOWER, HIGHER = -1, 1


@dataclass(frozen=True)
class Measure:
    """A row of the table in domain 2.4: range, which way is better, and the change that is reliable."""

    lowest: int
    highest: int | None
    better: int
    reliable: Decimal | None


MEASURES = {
    "PHQ-9": Measure(0, 27, LOWER, Decimal(6)),
    "GAD-7": Measure(0, 21, LOWER, Decimal(4)),
    "CORE-10": Measure(0, 40, LOWER, Decimal(5)),
    "GBO": Measure(0, 10, HIGHER, Decimal(3)),
    "SWEMWBS": Measure(7, 35, HIGHER, Decimal(3)),
    "WEMWBS": Measure(14, 70, HIGHER, Decimal(9)),
    "EPDS": Measure(0, 30, LOWER, None),
    "CORE-OM": Measure(0, 40, LOWER, None),
    "HADS-A": Measure(0, 21, LOWER, None),
    "HADS-D": Measure(0, 21, LOWER, None),
    "MORS-SF-WARMTH": Measure(0, 35, HIGHER, None),
    "MORS-SF-INVASION": Measure(0, 35, LOWER, None),
    "MORS-CHILD-WARMTH": Measure(0, 35, HIGHER, None),
    "MORS-CHILD-INVASION": Measure(0, 35, LOWER, None),
    "ASQ-SE-2": Measure(0, None, LOWER, None),
    "PIIOS": Measure(0, 52, LOWER, None),
    "CARE-INDEX-SYNCHRONY": Measure(0, 14, HIGHER, None),
    "CARE-INDEX-SENSITIVITY": Measure(0, 14, HIGHER, None),
    "KIPS": Measure(1, 5, HIGHER, None),
    "PIR-GAS": Measure(0, 100, HIGHER, None),
    "DC05-AXIS2-A": Measure(1, 4, LOWER, None),
    "DC05-AXIS2-B": Measure(1, 4, LOWER, None),
    "SDQ-2-4": Measure(0, 40, LOWER, None),
    "BPSES": Measure(5, 25, HIGHER, None),
    "ADBB": Measure(0, 32, LOWER, None),
}
"""Measures without a reliable change have none until their team sets it. Those not named here have no known range."""


@dataclass(frozen=True)
class Score:
    """One score: of which measure, of whom, by whom, when."""

    measure: str
    subject_kind: str
    subject: str
    rater: str
    day: date
    version: int
    total: Decimal


def scores(case: Case, at: date) -> list[Score]:
    """Scores taken by t and within the range of their measure; goals and their ratings are scores of GBO."""
    found = []
    for event in case.up_to(at, "MeasureRecorded", "completed_on"):
        subject = event.asked("subject_ref") or str(event.asked("relationship_ref"))
        about = (event.data["measure_code"], event.data["subject_kind"], subject, event.data["rater"])
        found.append((about, event, "completed_on", event.data["total"]))
    raters = {}
    for event in case.up_to(at, "ProgrammeAssigned", "assigned_on") + case.up_to(at, "ProgrammeRevised", "on"):
        field = "assigned_on" if event.name == "ProgrammeAssigned" else "on"
        for goal in event.asked("goals") or event.asked("goals_added") or []:
            raters[goal["goal_id"]] = goal["rater"]
            if goal.get("baseline") is not None:
                found.append((("GBO", "GOAL", goal["goal_id"], goal["rater"]), event, field, goal["baseline"]))
    for event in case.up_to(at, "GoalRated", "on"):
        goal_id = event.data["goal_id"]
        found.append((("GBO", "GOAL", goal_id, raters.get(goal_id, "")), event, "on", event.data["value"]))
    read = [Score(*about, event.day(dated), event.version, Decimal(str(total))) for about, event, dated, total in found]
    return [score for score in read if _in_range(score)]


def _in_range(score: Score) -> bool:
    known = MEASURES.get(score.measure)
    if known is None:
        return True
    return known.lowest <= score.total and (known.highest is None or score.total <= known.highest)


@dataclass(frozen=True)
class Pair:
    """A first and a last score that belong together, and what the change between them amounts to."""

    first: Score
    last: Score
    result: str | None
    """improved, deteriorated or no_change; None where nobody has said what change is reliable."""


def pairs(case: Case, at: date, thresholds: dict[str, Decimal]) -> list[Pair]:
    """First score on or after the first contact with the last one on or after the second contact.

    Of the same measure, subject and rater; two scores, never one with itself.
    """
    contacts = [day for day in case.contacts if day <= at]
    if len(contacts) < 2:
        return []
    series: dict[tuple[str, str, str, str], list[Score]] = {}
    for score in sorted(scores(case, at), key=lambda score: (score.day, score.version)):
        series.setdefault((score.measure, score.subject_kind, score.subject, score.rater), []).append(score)
    found = []
    for same in series.values():
        firsts = [score for score in same if score.day >= contacts[0]]
        lasts = [score for score in same if score.day >= contacts[1]]
        if firsts and lasts and firsts[0] is not lasts[-1]:
            found.append(Pair(firsts[0], lasts[-1], change(firsts[0], lasts[-1], thresholds)))
    return found


def change(first: Score, last: Score, thresholds: dict[str, Decimal]) -> str | None:
    """Reliable improvement or deterioration: at least the threshold, in the measure's better or worse direction."""
    known = MEASURES.get(first.measure)
    threshold = thresholds.get(first.measure, known.reliable if known else None)
    if known is None or threshold is None:
        return None
    gain = (last.total - first.total) * known.better
    if gain >= threshold:
        return "improved"
    return "deteriorated" if gain <= -threshold else "no_change"


def band(results: Iterable[str | None]) -> str:
    """The case's outcome_band (M9). Ours; in NHS England's, `mixed` is `deteriorated` (see `national_band`).

    M9's own sentences overlap: "mixed if both" is read before "deteriorated if any".
    """
    said = set(results) - {None}
    if {"improved", "deteriorated"} <= said:
        return "mixed"
    if "deteriorated" in said:
        return "deteriorated"
    if "improved" in said:
        return "improved"
    return "maintained" if said else "not_measured"


def national_band(results: Iterable[str | None]) -> str:
    ours = band(results)
    return "deteriorated" if ours == "mixed" else ours


def closed_in(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> list[Case]:
    """Cases discharged in the period and by t, with at least two contacts: those whose outcome is asked for."""
    end = min(last, at)
    return [
        case
        for case in referred(cases_of(events, team))
        if case.discharged_on is not None
        and case.discharged_on == case.closed_on
        and first <= case.discharged_on <= end
        and len([day for day in case.contacts if day <= at]) >= 2
    ]


def outcomes(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> dict[str, object]:
    """By (measure, subject kind): pairs by result; by case: both bands; and the coverage."""
    by_measure: dict[tuple[str, str], Counter[str]] = {}
    ours: Counter[str] = Counter()
    national: Counter[str] = Counter()
    cases = closed_in(events, at, first, last, team)
    for case in cases:
        found = pairs(case, at, thresholds_of(events, case.team, at))
        for pair in found:
            if pair.result is not None:
                by_measure.setdefault((pair.first.measure, pair.first.subject_kind), Counter())[pair.result] += 1
        ours[band(pair.result for pair in found)] += 1
        national[national_band(pair.result for pair in found)] += 1
    paired = len(cases) - ours["not_measured"]
    return {
        "by_measure": {key: dict(counts) for key, counts in by_measure.items()},
        "band": dict(ours),
        "national_band": dict(national),
        "eligible": len(cases),
        "paired": paired,
    }


def by_measure(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[tuple[str, str], dict[str, int]]:
    """Of each measure and subject kind: its pairs, those that nobody can judge, and which way each moved at all."""
    answer: dict[tuple[str, str], dict[str, int]] = {}
    for case in closed_in(events, at, first, last, team):
        for pair in pairs(case, at, thresholds_of(events, case.team, at)):
            known = MEASURES.get(pair.first.measure)
            if known is None:
                continue
            row = answer.setdefault(
                (pair.first.measure, pair.first.subject_kind),
                {"pairs": 0, "not_judged": 0, "better": 0, "same": 0, "worse": 0},
            )
            gain = (pair.last.total - pair.first.total) * known.better
            row["pairs"] += 1
            row["not_judged"] += pair.result is None
            row["better" if gain > 0 else "worse" if gain < 0 else "same"] += 1
    return answer


def thresholds_of(events: list[Event], team: str, at: date) -> dict[str, Decimal]:
    """Reliable changes that the team itself has set, in force at t."""
    found = configuration(events, team, at)
    settings = [] if found is None else found.asked("measures") or []
    return {
        each["measure_code"]: Decimal(str(each["reliable_change"]))
        for each in settings
        if each.get("reliable_change") is not None
    }
