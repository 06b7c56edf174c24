"""M9 in real PostgreSQL: outcomes worked by hand, and against the oracle on records told late and amended."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from services.reporting.metrics.outcome_tables import of_outcomes
from services.reporting.metrics.outcomes import BANDS, Outcomes, outcomes
from services.reporting.metrics.scope import Scope
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle import outcomes as oracle
from tests.unit.reporting.histories import History
from tests.unit.reporting.team_histories import TeamHistory

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


async def answer(record: Record, **scope: Any) -> Outcomes:
    return await outcomes(record.reader, Scope(**{"at": LAST} | scope), first=FIRST, last=LAST)


def ended(case: str, *scores: tuple[str, str, str], **goals: tuple[int, int]) -> History:
    """Seen on 10 and 17 March, discharged on 1 September; (day, measure, total) between, goals from first to last."""
    history = History(case=case)
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.programme("2025-03-10", goals={name: first for name, (first, _) in goals.items()})
    history.held("2025-03-10", session="one")
    history.held("2025-03-17", session="two")
    for day, code, total in scores:
        history.measured(day, code, total)
    for name, (_, last) in goals.items():
        history.rated("2025-08-25", name, last)
    history.discharged("2025-09-01")
    return history


def both(code: str, first: str, last: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    return ("2025-03-10", code, first), ("2025-08-20", code, last)


async def told_of(record: Record, *histories: History | TeamHistory) -> Outcomes:
    for history in histories:
        await deliver(record.projection, history.documents)
    return await answer(record)


def of(found: Mapping[str, int]) -> dict[str, int]:
    return {band: number for band, number in found.items() if number}


@pytest.mark.parametrize(
    ("last", "band"), [("12", "improved"), ("13", "maintained"), ("23", "maintained"), ("24", "deteriorated")]
)
async def test_a_change_is_reliable_from_the_threshold_on(record: Record, last: str, band: str) -> None:
    """PHQ-9, less is better, reliable from 6 points."""
    found = await told_of(record, ended("a", *both("PHQ-9", "18", last)))
    assert of(found.bands) == {band: 1}
    assert (found.eligible, found.paired, found.coverage) == (1, 1, Decimal(1))


async def test_better_and_worse_is_mixed_here_and_a_deterioration_for_nhs_england(record: Record) -> None:
    found = await told_of(record, ended("a", *both("PHQ-9", "18", "25"), sleep=(2, 8)))
    assert (of(found.bands), of(found.national_bands)) == ({"mixed": 1}, {"deteriorated": 1})
    assert found.by_measure["GBO", "GOAL"].improved == 1
    assert found.by_measure["PHQ-9", "CAREGIVER"].deteriorated == 1


async def test_each_goal_is_a_pair_of_its_own(record: Record) -> None:
    goals = (await told_of(record, ended("a", sleep=(2, 5), play=(2, 4)))).by_measure["GBO", "GOAL"]
    assert (goals.pairs, goals.improved, goals.no_change) == (2, 1, 1)
    assert (goals.mean_first, goals.mean_last) == (Decimal(2), Decimal("4.5"))


@pytest.mark.parametrize(
    "scores",
    [
        [("2025-03-09", "PHQ-9", "18"), ("2025-08-20", "PHQ-9", "2")],  # the first before the first contact
        [("2025-03-10", "PHQ-9", "18"), ("2025-03-16", "PHQ-9", "2")],  # the last before the second contact
        [("2025-03-20", "PHQ-9", "18")],
        [("2025-03-10", "PHQ-9", "28"), ("2025-08-20", "PHQ-9", "2")],  # one that cannot be
        [("2025-03-10", "PHQ-9", "18"), ("2025-08-20", "GAD-7", "2")],
        [("2025-03-10", "PEM", "10"), ("2025-08-20", "PEM", "90")],  # experience is no outcome
    ],
)
async def test_what_makes_no_pair_is_not_measured(record: Record, scores: list[tuple[str, str, str]]) -> None:
    found = await told_of(record, ended("a", *scores))
    assert of(found.bands) == {"not_measured": 1}
    assert (found.eligible, found.paired, found.coverage) == (1, 0, Decimal(0))
    assert found.by_measure == {}


async def test_without_a_threshold_a_pair_is_not_judged_until_the_team_sets_one(record: Record) -> None:
    family, team = ended("a", *both("EPDS", "18", "9")), TeamHistory()
    found = await told_of(record, family)
    assert (found.by_measure["EPDS", "CAREGIVER"].not_judged, of(found.bands)) == (1, {"not_measured": 1})
    own = {"measures": [{"measure_code": "EPDS", "reliable_change": "4"}]}
    team.say("team", "TeamConfigured", {"config_version": "v1", "effective_on": "2025-01-01"} | own)
    assert of((await told_of(record, team)).bands) == {"improved": 1}


async def test_levels_are_compared_and_never_averaged_or_subtracted(record: Record) -> None:
    team = TeamHistory()
    own = {"measures": [{"measure_code": "DC05-AXIS2-A", "reliable_change": "1"}]}
    team.say("team", "TeamConfigured", {"config_version": "v1", "effective_on": "2025-01-01"} | own)
    levels = (await told_of(record, team, ended("a", *both("DC05-AXIS2-A", "3", "1")))).by_measure
    found = levels["DC05-AXIS2-A", "CAREGIVER"]
    assert (found.pairs, found.better, found.not_judged, found.improved) == (1, 1, 1, 0)
    assert (found.mean_first, found.mean_last) == (None, None)


async def test_who_was_seen_on_one_day_only_is_not_asked_for_an_outcome(record: Record) -> None:
    history = History()
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-10", session="one")
    history.held("2025-03-10", session="two")
    history.discharged("2025-09-01")
    found = await told_of(record, history)
    assert (found.discharged, found.eligible, found.coverage) == (1, 0, None)


async def test_open_work_and_other_periods_have_no_outcome(record: Record) -> None:
    await deliver(record.projection, ended("a", *both("PHQ-9", "18", "2")).documents)
    early = await outcomes(record.reader, Scope(at=date(2025, 8, 31)), first=FIRST, last=date(2025, 8, 31))
    late = await outcomes(record.reader, Scope(at=LAST), first=date(2025, 9, 2), last=LAST)
    assert (early.discharged, early.eligible, late.discharged, late.eligible) == (0, 0, 0, 0)


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    with pytest.raises(ValueError, match="period"):
        await answer(record, at=date(2025, 6, 29))


@pytest.mark.parametrize("seed", range(12))
async def test_sql_agrees_with_the_oracle(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 10)
    await hold(record, histories)
    for question in questions(random, histories):
        found = await outcomes(record.reader, question.scope, first=question.first, last=question.last)
        assert as_the_oracle_says(found) == worked_out(question), question.scope
        assert sum(found.national_bands.values()) == found.eligible
        assert all(suppressed(table).published for table in of_outcomes(found))


def as_the_oracle_says(found: Outcomes) -> dict[str, Any]:
    judged = {
        key: of({name: getattr(each, name) for name in ("improved", "no_change", "deteriorated")})
        for key, each in found.by_measure.items()
    }
    return {
        "by_measure": {key: results for key, results in judged.items() if results},
        "band": of(found.bands),
        "national_band": of(found.national_bands),
        "eligible": found.eligible,
        "paired": found.paired,
    }


def worked_out(question: Question) -> dict[str, object]:
    found = oracle.outcomes(*question.asked)
    assert set(found["band"]) <= set(BANDS)  # type: ignore[call-overload]
    return found
