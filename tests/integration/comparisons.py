"""Every metric of the service twice: what the product answers, and what the oracle works out, in the same words."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from services.reporting.metrics.data_quality import data_quality, items
from services.reporting.metrics.figures import Figures
from services.reporting.metrics.flow import flow as sql_flow
from services.reporting.metrics.length_of_stay import length_of_stay
from services.reporting.metrics.net_waits import net_waits
from services.reporting.metrics.outcomes import outcomes as sql_outcomes
from services.reporting.metrics.programmes import programmes as sql_programmes
from services.reporting.metrics.referrals import referrals as sql_referrals
from services.reporting.metrics.sessions import sessions as sql_sessions
from services.reporting.metrics.waiting_curve import wait_bands, waiting_curve
from services.reporting.statistics.kaplan_meier import Curve
from tests.integration import comparisons_clocks as clocks
from tests.integration import test_continuity as continuity
from tests.integration import test_metrics_oracle as pathway
from tests.integration import test_outcomes as outcomes
from tests.integration import test_programmes as programmes
from tests.integration import test_reach as reach
from tests.integration import test_referrals as referrals
from tests.integration import test_service_metrics_oracle as service
from tests.integration import test_sessions as sessions
from tests.integration import test_supervision as supervision
from tests.integration.activity_kit import Question
from tests.integration.oracle_kit import Answer
from tests.integration.reporting_kit import Record
from tests.oracle.belief import known
from tests.oracle.contacts import around
from tests.oracle.data_quality import reasons
from tests.oracle.flow import flow
from tests.oracle.outcomes import by_measure
from tests.oracle.percentiles import percentile
from tests.oracle.referrals import by_decision
from tests.oracle.survival import STAYS, Step, banded, curve, durations
from tests.oracle.waits import net, waits

WAITED = ("W1", "W2", "W3", "W4", "W5", "W6")
CURVES = ("W2", "W5", "W6")


class Comparison(NamedTuple):
    """One family of numbers."""

    answered: Callable[[Record, Question], Awaitable[Answer]]
    worked_out: Callable[[Question], Answer]


def _period(question: Question) -> dict[str, date]:
    return {"first": question.first, "last": question.last}


class _Pathway:
    """M1 to M5; the oracle is told the targets that the product holds waits to."""

    def __init__(self) -> None:
        self._targets: pathway.Targets = {}

    async def answered(self, record: Record, question: Question) -> Answer:
        found, self._targets = await pathway.ask(record, question.scope, question.first, question.last)
        return found

    def worked_out(self, question: Question) -> Answer:
        return pathway.oracle(question.recorded, question.scope, question.first, question.last, self._targets)


async def _flow(record: Record, question: Question) -> Answer:
    """M3 of the period, and of its two parts: what was open when one ends is what is open when the other begins."""
    middle = question.first + (question.last - question.first) // 2
    parts = [(question.first, question.last), (question.first, middle), (middle, question.last)]
    found = [await sql_flow(record.reader, question.scope, first=first, last=last) for first, last in parts]
    for each in found:
        assert each.open_at_end == each.open_at_start + each.new - each.closed, question
        assert each.closed == sum(each.closed_by.values()), question
    return {str(part): vars_of(each) for part, each in zip(parts, found, strict=True)}


def vars_of(found: Any) -> Answer:
    return {"open_at_start": found.open_at_start, "new": found.new, "closed": found.closed} | {
        "open_at_end": found.open_at_end, **found.closed_by,
    }  # fmt: skip


def _flow_worked_out(question: Question) -> Answer:
    middle = question.first + (question.last - question.first) // 2
    parts = [(question.first, question.last), (question.first, middle), (middle, question.last)]
    return {str((first, last)): flow(question.events, first, last, question.scope.team) for first, last in parts}


async def _waiting(record: Record, question: Question) -> Answer:
    bands = await wait_bands(record.reader, question.scope, **_period(question))
    curves = await waiting_curve(record.reader, question.scope, **_period(question))
    return {
        "bands": {name: (dict(each.completed), dict(each.incomplete)) for name, each in bands.items()},
        "curves": {name: (steps_of(each.curve), each.left_out) for name, each in curves.items()},
    }


def steps_of(found: Curve) -> list[tuple[int, int, int, float]]:
    return [(step.day, step.at_risk, step.events, round(step.share_still_waiting, 9)) for step in found.steps]


def _waiting_worked_out(question: Question) -> Answer:
    waited = waits(*question.asked)
    found = {name: _durations(question, name) for name in CURVES}
    right = {name: [each for each in days if each[0] >= 0] for name, days in found.items()}
    return {
        "bands": {name: (banded(waited[name].completed), banded(waited[name].incomplete)) for name in WAITED},
        "curves": {name: (to_nine_places(curve(right[name])), len(found[name]) - len(right[name])) for name in CURVES},
    }


def _durations(question: Question, name: str) -> list[tuple[int, bool]]:
    period = (question.first, question.last)
    return durations(question.events, name, question.scope.at, period, question.scope.team)


def to_nine_places(steps: list[Step]) -> list[tuple[int, int, int, float]]:
    return [(day, at_risk, started, round(float(share), 9)) for day, at_risk, started, share in steps]


async def _stays(record: Record, question: Question) -> Answer:
    net = await net_waits(record.reader, question.scope, **_period(question))
    stays = await length_of_stay(record.reader, question.scope, **_period(question))
    return {
        "net": {
            name: {"completed": (_exact(each.completed), each.completed_rested)}
            | {"incomplete": (_exact(each.incomplete), each.incomplete_rested)}
            for name, each in net.items()
        },
        "W7": {
            "completed": (_exact(stays.completed.figures), dict(stays.completed.bands)),
            "incomplete": (_exact(stays.incomplete.figures), dict(stays.incomplete.bands)),
            "left_out": stays.left_out,
        },
    }


PERCENTS = {"median": 50, "p25": 25, "p75": 75, "p90": 90, "p92": 92}


def _exact(found: Figures) -> Answer:
    exact: Answer = {name: getattr(found, name) for name in PERCENTS}
    ranked = {name: value if value is None else Fraction(value) for name, value in exact.items()}
    return {"n": found.n, "max": found.max, **ranked}


def _figures(days: list[int]) -> Answer:
    ranked: Answer = {name: percentile(days, percent) for name, percent in PERCENTS.items()}
    return {"n": len(days), "max": max(days, default=None), **ranked}


def _stays_worked_out(question: Question) -> Answer:
    team = question.scope.team
    events = [event for event in question.events if team in (None, event.team)]
    rested = {name: net(events, name, question.scope.at, question.first, question.last) for name in WAITED}
    stay = waits(*question.asked)["W7"]
    return {
        "net": {
            name: {
                form: (_figures([days for days, _ in found]), sum(off > 0 for _, off in found))
                for form, found in both.items()
            }
            for name, both in rested.items()
        },
        "W7": {
            "completed": (_figures(stay.completed), banded(stay.completed, STAYS, "183-plus")),
            "incomplete": (_figures(stay.incomplete), banded(stay.incomplete, STAYS, "183-plus")),
            "left_out": stay.left_out,
        },
    }


async def _sessions(record: Record, question: Question) -> Answer:
    found = await sql_sessions(record.reader, question.scope, **_period(question))
    more = {name: getattr(found, name) for name in ("cancelled_by", "provider_reasons", "without_word")}
    return sessions.as_the_oracle_says(found) | more


def _sessions_worked_out(question: Question) -> Answer:
    return sessions.worked_out(question) | around(*question.asked)


async def _referrals(record: Record, question: Question) -> Answer:
    found = await sql_referrals(record.reader, question.scope, **_period(question))
    both: dict[str, Mapping[str, Mapping[str, int]]] = {"source": found.by_source, "concern": found.by_concern}
    crossed = {
        (what, code, decision): number
        for what, codes in both.items()
        for code, decisions in codes.items()
        for decision, number in decisions.items()
        if number
    }
    return referrals.as_the_oracle_says(found) | {"by_decision": crossed}


def _referrals_worked_out(question: Question) -> Answer:
    return referrals.worked_out(question) | {"by_decision": by_decision(*question.asked)}


async def _programmes(record: Record, question: Question) -> Answer:
    return programmes.as_the_oracle_says(await sql_programmes(record.reader, question.scope, **_period(question)))


async def _outcomes(record: Record, question: Question) -> Answer:
    found = await sql_outcomes(record.reader, question.scope, **_period(question))
    moved = {
        key: {name: getattr(each, name) for name in ("pairs", "not_judged", "better", "same", "worse")}
        for key, each in found.by_measure.items()
    }
    return outcomes.as_the_oracle_says(found) | {"moved": moved}


def _outcomes_worked_out(question: Question) -> Answer:
    return outcomes.worked_out(question) | {"moved": by_measure(*question.asked)}


async def _service(record: Record, question: Question) -> Answer:
    return await service.answered(record, question.scope, question.first, question.last)


def _service_worked_out(question: Question) -> Answer:
    return service.worked_out(question.events, question.scope, question.first, question.last)


async def _quality(record: Record, question: Question) -> Answer:
    """How many cases have each problem, and which: page by page, two at a time."""
    counted = await data_quality(record.reader, question.scope, **_period(question))
    listed: dict[str, list[str]] = {reason: [] for reason in counted.reasons}
    after: tuple[date, UUID] | None = None
    while page := await items(
        record.reader, question.scope, first=question.first, last=question.last, after=after, limit=2
    ):
        for item in page:
            listed[item.reason].append(str(item.case_id))
        after = (page[-1].received_on or date.min, page[-1].case_id)
    return {reason: (number, sorted(listed[reason])) for reason, number in counted.reasons.items()}


def _quality_worked_out(question: Question) -> Answer:
    team = question.scope.team
    heard = [each for each in known(question.recorded, question.scope.known_at) if team in (None, each.team)]
    found = reasons(heard, question.events, question.scope.at, question.first, question.last)
    return {reason: (len(cases), cases) for reason, cases in found.items()}


_pathway = _Pathway()
COMPARISONS: Mapping[str, Comparison] = {
    "M1 to M5": Comparison(_pathway.answered, _pathway.worked_out),
    "M3": Comparison(_flow, _flow_worked_out),
    "bands and curves": Comparison(_waiting, _waiting_worked_out),
    "net waits and W7": Comparison(_stays, _stays_worked_out),
    "M6": Comparison(_sessions, _sessions_worked_out),
    "M7": Comparison(_referrals, _referrals_worked_out),
    "M8": Comparison(_programmes, programmes.worked_out),
    "M9": Comparison(_outcomes, _outcomes_worked_out),
    "M10, M11, M13, M14, leads, network": Comparison(_service, _service_worked_out),
    "M15": Comparison(_quality, _quality_worked_out),
    "M16": Comparison(continuity.answered, continuity.worked_out),
    "M17": Comparison(reach.answered, reach.worked_out),
    "M18": Comparison(supervision.answered, supervision.worked_out),
    "W8 and M12": Comparison(clocks.of_team, clocks.of_team_worked_out),
    "clocks": Comparison(clocks.of_cases, clocks.of_cases_worked_out),
}
"""Every family of numbers by name."""
