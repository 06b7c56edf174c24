"""W8, M12 and the clocks of every case: what the product answers, and what the oracle works out."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.reporting.case_clocks import clocks_of
from services.reporting.clocks.reading import ClockReading
from services.reporting.metrics.clocks import four_weeks, window
from services.reporting.metrics.waits import Summary
from services.reporting.queries import facts
from tests.integration.activity_kit import Question
from tests.integration.oracle_kit import Answer
from tests.integration.reporting_kit import Record
from tests.oracle.cases import cases_of
from tests.oracle.clocks import readings
from tests.oracle.four_weeks import waits_of_spells
from tests.oracle.percentiles import percentile
from tests.oracle.window import shares, windows

CODES = {
    "local_first_treatment": "local",
    "team_targets": "team",
    "england_cyp_4_weeks": "weeks",
    "england_cyp_4_weeks_dashboard": "dashboard",
    "england_rtt_18_weeks": "rtt",
    "scotland_camhs_18_weeks": "camhs",
    "scotland_pt_18_weeks": "therapies",
}
BABY = "first_1001_days"
SHOWN = ("state", "start", "stop", "days", "within")
FIGURES = {"median": 50, "p25": 25, "p75": 75, "p90": 90}


async def of_team(record: Record, question: Question) -> Answer:
    """W8 and M12."""
    weeks = await four_weeks(record.reader, question.scope, first=question.first, last=question.last)
    babies = await window(record.reader, question.scope, first=question.first, last=question.last)
    return {
        "W8": {
            "completed": _days(weeks.completed), "incomplete": _days(weeks.incomplete),
            "missing": dict(weeks.missing), "long": dict(weeks.long),
            "never_stopped": weeks.never_stopped, "left_out": weeks.left_out,
        },
        "M12": {"left_out": babies.left_out} | {
            name: {"n": each.n, "max": _fraction(each.max)} | {
                figure: _fraction(getattr(each, figure)) for figure in FIGURES
            }
            for name, each in (("completed", babies.completed), ("incomplete", babies.incomplete))
        },
    }  # fmt: skip


def _days(found: Summary) -> Answer:
    figures = {name: _fraction(getattr(found, name)) for name in FIGURES}
    return {"n": found.n, "max": found.max, "28": found.in_target, "27": found.under_28, **figures}


def _fraction(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def of_team_worked_out(question: Question) -> Answer:
    """Filters ask about the case with which a spell begins, so spells are joined first."""
    asked = {event.subject for event in question.events}
    weeks: dict[str, Any] = waits_of_spells(*question.unfiltered, heads=asked)
    babies: dict[str, Any] = shares(*question.unfiltered, heads=asked)
    return {
        "W8": weeks | {name: _of_days(weeks[name]) for name in ("completed", "incomplete")},
        "M12": babies | {name: _of_shares(babies[name]) for name in ("completed", "incomplete")},
    }


def _of_days(days: list[int]) -> Answer:
    found: Answer = {name: percentile(days, percent) for name, percent in FIGURES.items()}
    counted = {"28": sum(each <= 28 for each in days), "27": sum(each < 28 for each in days)}
    return {"n": len(days), "max": max(days, default=None), **counted, **found}


def _of_shares(found: list[Fraction]) -> Answer:
    """Each share to four decimals, half up, as it is stored; figures over those."""
    stored = [Fraction(int(each * 10_000 + Fraction(1, 2)), 10_000) for each in found]
    figures: Answer = {name: percentile(stored, percent) for name, percent in FIGURES.items()}
    return {"n": len(stored), "max": max(stored, default=None), **figures}


async def of_cases(record: Record, question: Question) -> Answer:
    """Every clock of every case that is known at all."""
    answer: Answer = {}
    for case in cases_of(question.believed, question.scope.team):
        known = await facts(record.reader, UUID(case.id), question.scope.known_at)
        found = await clocks_of(record.reader, UUID(case.id), case.team, known, question.scope)
        read = [each.reading for each in found]
        answer[case.id] = {CODES[each.code]: _shown(each) for each in read if each.code in CODES}
        answer[case.id]["babies"] = _counted([_baby(each) for each in read if each.code == BABY])
    return answer


def _shown(reading: ClockReading) -> Answer:
    found = {name: getattr(reading, name) for name in SHOWN}
    return {name: value for name, value in found.items() if value is not None}


def _baby(reading: ClockReading) -> Answer:
    found = _shown(reading)
    return found if reading.share is None else found | {"share": Fraction(reading.share)}


def _counted(readings_: list[Answer]) -> dict[str, int]:
    """Readings of one case's babies, whose order says nothing."""
    return dict(Counter(str(sorted((name, str(value)) for name, value in each.items())) for each in readings_))


def of_cases_worked_out(question: Question) -> Answer:
    answer: Answer = {}
    for case in cases_of(question.believed, question.scope.team):
        found: Answer = dict(readings(question.believed, case.id, question.scope.at))
        babies = [_rounded(each) for each in windows(question.believed, case.id, question.scope.at)]
        answer[case.id] = found | {"babies": _counted(babies)}
    return answer


def _rounded(reading: Answer) -> Answer:
    share = reading.get("share")
    return reading if share is None else reading | {"share": Fraction(int(share * 10_000 + Fraction(1, 2)), 10_000)}
