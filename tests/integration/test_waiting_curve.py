"""Bands of waits and waiting curves in real PostgreSQL: by hand, and against naive durations from raw documents."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waiting_curve import BANDS, CURVES, banded, wait_bands, waiting_curve
from services.reporting.metrics.waiting_tables import of_wait_bands, of_waiting_curve
from services.reporting.metrics.waits import waits
from services.reporting.statistics.kaplan_meier import kaplan_meier
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.activity_kit import Question, hold, questions, told
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.oracle.cases import Case, by_then, cases_of, referred
from tests.unit.reporting.histories import History

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
ENDS = {
    "W2": ("received_on", "first_contact_on"),
    "W5": ("programme_on", "first_programme_treatment_on"),
    "W6": ("received_on", "first_treatment_on"),
}


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


def waited(case: str, seen: str | None = None, declined: str | None = None) -> History:
    """Received on 1 March 2025, then seen, or declined, or neither."""
    history = History(case=case)
    history.received("2025-03-01")
    if seen is not None:
        history.accepted("2025-03-01")
        history.held(seen, treatment=False)
    if declined is not None:
        history.declined(declined)
    return history


def test_bands_hold_both_their_ends() -> None:
    days = {0: 1, 6: 1, 7: 1, 13: 1, 14: 1, 27: 1, 28: 1, 84: 1, 85: 1, 1000: 1}
    assert banded(days) == dict.fromkeys(BANDS, 2)


async def test_each_wait_stands_in_its_band_and_form(record: Record) -> None:
    for history in (waited("a", "2025-03-07"), waited("b", "2025-03-28"), waited("c")):
        await deliver(record.projection, history.documents)
    found = (await wait_bands(record.reader, Scope(at=date(2025, 5, 25)), first=FIRST, last=date(2025, 5, 25)))["W2"]
    assert found.completed == {"0-6": 1, "7-13": 0, "14-27": 1, "28-84": 0, "85-plus": 0}
    assert found.incomplete == {"0-6": 0, "7-13": 0, "14-27": 0, "28-84": 0, "85-plus": 1}


async def test_those_still_waiting_count_for_as_long_as_they_were_seen_to_wait(record: Record) -> None:
    """Seen after 10 and 30 days, declined on day 20, two still waiting on day 40."""
    histories = [
        waited("a", "2025-03-11"), waited("b", "2025-03-31"), waited("c", declined="2025-03-21"),
        waited("d"), waited("e"),
    ]  # fmt: skip
    for history in histories:
        await deliver(record.projection, history.documents)
    at = date(2025, 4, 10)
    found = (await waiting_curve(record.reader, Scope(at=at), first=FIRST, last=at))["W2"].curve
    assert found == kaplan_meier([10, 30, 20, 40, 40], [True, True, False, False, False])
    assert [step.share_still_waiting for step in found.steps] == pytest.approx([4 / 5, 4 / 5, 8 / 15, 8 / 15])
    [table] = of_waiting_curve(await waiting_curve(record.reader, Scope(at=at), first=FIRST, last=at))
    row = dict(zip((column.name for column in table.columns), table.rows[0], strict=True))
    assert (row["n"], row["started"], row["not_started"], row["median"]) == (5, 2, 3, None)
    assert (row["started_by_28"], row["share_28"]) == (1, Decimal("0.2"))
    assert (row["started_by_84"], row["share_84"]) == (2, None)


async def test_a_wait_that_began_outside_the_period_is_not_in_its_curve(record: Record) -> None:
    await deliver(record.projection, waited("a", "2025-03-11").documents)
    found = await waiting_curve(record.reader, Scope(at=LAST), first=date(2025, 3, 2), last=LAST)
    assert found["W2"].curve.n == 0


async def test_a_wait_that_ended_before_it_began_is_left_out(record: Record) -> None:
    await deliver(record.projection, waited("a", "2025-02-20").documents)
    found = (await waiting_curve(record.reader, Scope(at=LAST), first=FIRST, last=LAST))["W2"]
    assert (found.curve.n, found.left_out) == (0, 1)


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    for ask in (wait_bands, waiting_curve):
        with pytest.raises(ValueError, match="period"):
            await ask(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)


@pytest.mark.parametrize("seed", range(10))
async def test_sql_agrees_with_naive_durations(record: Record, seed: int) -> None:
    random = Random(seed)
    histories = told(random, 8)
    await hold(record, histories)
    for question in questions(random, histories):
        period = {"first": question.first, "last": question.last}
        found = await waiting_curve(record.reader, question.scope, **period)
        for name in CURVES:
            durations = naive(name, question)
            right = [each for each in durations if each[0] >= 0]
            assert found[name].curve == kaplan_meier([days for days, _ in right], [seen for _, seen in right])
            assert found[name].left_out == len(durations) - len(right)
        bands = await wait_bands(record.reader, question.scope, **period)
        for name, each in (await waits(record.reader, question.scope, **period)).items():
            assert sum(bands[name].completed.values()) == each.completed.n
            assert sum(bands[name].incomplete.values()) == each.incomplete.n
        assert all(suppressed(table).published for table in (*of_waiting_curve(found), *of_wait_bands(bands)))


def naive(name: str, question: Question) -> list[tuple[int, bool]]:
    """Days, and whether the clock has stopped, of each wait that began within the period."""
    begin, end = ENDS[name]
    cases = referred(cases_of(question.events, question.scope.team))
    began = [case for case in cases if by_then(getattr(case, begin), question.last)]
    return [
        seen(case, getattr(case, begin), getattr(case, end), question.scope.at)
        for case in began
        if getattr(case, begin) >= question.first
    ]


def seen(case: Case, start: date, stop: date | None, at: date) -> tuple[int, bool]:
    if stop is not None and stop <= at:
        return (stop - start).days, True
    until = at if case.closed_on is None else min(at, case.closed_on)
    return (until - start).days, False
