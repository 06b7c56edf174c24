"""M8 in real PostgreSQL: tiers, steps and doses worked by hand, and against the oracle on records told late."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.reporting.course import direction
from services.reporting.metrics.programme_tables import of_programmes
from services.reporting.metrics.programmes import Programmes, programmes
from services.reporting.metrics.scope import Scope
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import tiers as oracle
from tests.oracle.caseload import in_caseload
from tests.oracle.cases import by_then, cases_of, referred
from tests.unit.reporting.histories import History

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def answer(record: Record, at: date = LAST) -> Programmes:
    return await programmes(record.reader, Scope(at=at), first=FIRST, last=at)


def assigned(case: str = "a", **planned: int) -> History:
    """Seen on 10 March; the programme of 17 March is targeted and has so many sessions of each component."""
    history = History(case=case)
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-10", session="assessment")
    components = [{"component_code": code, "planned_sessions": sessions} for code, sessions in planned.items()]
    programme = {"assigned_on": "2025-03-17", "tier": "TARGETED", "components": components}
    history.say("intervention", "ProgrammeAssigned", programme)
    return history


def used(history: History, code: str, *days: str) -> None:
    for day in days:
        history.say("intervention", "SessionHeld", {
            "session_id": history.session((code, day)), "held_on": day, "kind": "therapy_dyadic", "modality": "01",
            "attend_status": "5", "is_treatment": True, "component_code": code,
        })  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ("TARGETED", "SPECIALIST", "up"), ("CONSULT", "TARGETED", "up"), ("SPECIALIST", "TARGETED", "down"),
        ("TARGETED", "CONSULT", "down"), ("TARGETED", "TARGETED", None), ("", "SPECIALIST", None),
    ],
)  # fmt: skip
def test_up_is_more_intensive(before: str, after: str, way: str | None) -> None:
    assert direction(before, after) == way


async def test_dose_is_of_work_that_ended(record: Record) -> None:
    ended, running = assigned("a", VIG=8, NBO=2), assigned("b", VIG=6)
    used(ended, "VIG", "2025-04-01", "2025-04-08")
    used(ended, "PIP", "2025-04-15")
    ended.discharged("2025-06-01")
    used(running, "VIG", "2025-04-01")
    for history in (ended, running):
        await deliver(record.projection, history.documents)
    found = (await answer(record)).components
    vig = found["VIG"]
    assert (vig.open_cases, vig.ended_cases, vig.planned, vig.held, vig.dose) == (1, 1, 8, 2, Decimal("0.25"))
    assert (found["NBO"].planned, found["NBO"].held, found["NBO"].dose) == (2, 0, Decimal(0))
    assert (found["PIP"].planned, found["PIP"].held) == (0, 1)
    assert found["PIP"].dose is None
    before = (await answer(record, date(2025, 5, 31))).components
    assert (before["VIG"].open_cases, before["VIG"].ended_cases, before["VIG"].held) == (2, 0, 0)


async def test_a_component_counts_from_the_day_on_which_it_came_to_the_day_on_which_it_was_taken_out(
    record: Record,
) -> None:
    history = assigned("a", VIG=8)
    revised = {
        "on": "2025-05-01", "reason": "clinical_review", "removed": ["VIG"],
        "added": [{"component_code": "NBO", "planned_sessions": 3}],
    }  # fmt: skip
    history.say("intervention", "ProgrammeRevised", revised)
    await deliver(record.projection, history.documents)

    async def in_use(day: date) -> dict[str, int]:
        return {code: each.open_cases for code, each in (await answer(record, day)).components.items()}

    assert await in_use(date(2025, 3, 16)) == {}
    assert await in_use(date(2025, 4, 30)) == {"VIG": 1}
    assert await in_use(date(2025, 5, 1)) == {"NBO": 1}


async def test_tiers_are_those_of_the_day_and_steps_those_of_the_period(record: Record) -> None:
    history = assigned("a")
    history.tier("2025-07-01")
    await deliver(record.projection, history.documents)
    before, after = await answer(record, date(2025, 6, 30)), await answer(record)
    assert (before.tiers["TARGETED"], before.steps_up) == (1, 0)
    assert (after.tiers["SPECIALIST"], after.steps_up, after.steps_down) == (1, 1, 0)


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await programmes(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(12))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 10)
    await hold(record, histories)
    for question in questions(random, histories):
        found = await programmes(record.reader, question.scope, first=question.first, last=question.last)
        assert as_the_oracle_says(found) == worked_out(question), question.scope
        assert all(suppressed(table).published for table in of_programmes(found))


def as_the_oracle_says(found: Programmes) -> dict[str, Any]:
    return {
        "tiers": {tier: number for tier, number in found.tiers.items() if number},
        "steps": {"up": found.steps_up, "down": found.steps_down},
        "components": {
            code: (each.open_cases, each.ended_cases, each.planned, each.held)
            for code, each in found.components.items()
        },
    }


def worked_out(question: Question) -> dict[str, Any]:
    events, at, team = question.events, question.scope.at, question.scope.team
    cases = referred(cases_of(events, team))
    in_use = Counter(code for case in cases if in_caseload(case, at) for code in oracle.planned(case, at))
    ended = [
        case
        for case in cases
        if case.discharged_on == case.closed_on
        and by_then(case.discharged_on, question.last)
        and question.first <= (case.discharged_on or date.min)
    ]
    plans: list[Mapping[str, int]] = [oracle.planned(case, at) for case in ended]
    held = Counter(
        event.data["component_code"]
        for case in ended
        for event in case.up_to(at, "SessionHeld", "held_on")
        if event.asked("component_code")
    )
    with_it = Counter(code for plan in plans for code in plan)
    sessions = Counter[str]()
    for plan in plans:
        sessions.update(plan)
    return {
        "tiers": oracle.tier_mix(events, at, team),
        "steps": oracle.steps(*question.asked),
        "components": {
            code: (in_use[code], with_it[code], sessions[code], held[code]) for code in in_use | with_it | held
        },
    }
