"""Net waits and the length of stay (M4) in real PostgreSQL, worked by hand."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from decimal import Decimal

import pytest

from services.reporting.metrics.catalogue_stays import of_length_of_stay, of_net_waits
from services.reporting.metrics.length_of_stay import LengthOfStay, length_of_stay
from services.reporting.metrics.net_waits import NetWait, net_waits
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import waits
from services.reporting.tables import suppressed
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
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


def rested(reason: str, case: str = "a") -> History:
    """Received on 1 March and accepted on 3 March 2025; at rest from 10 to 19 March."""
    history = History(case=case)
    history.received("2025-03-01")
    history.accepted("2025-03-03")
    history.paused("2025-03-10", reason)
    history.resumed("2025-03-20")
    return history


async def net(record: Record, at: date = LAST) -> dict[str, NetWait]:
    return await net_waits(record.reader, Scope(at=at), first=FIRST, last=at)


async def stays(record: Record, at: date = LAST) -> LengthOfStay:
    return await length_of_stay(record.reader, Scope(at=at), first=FIRST, last=at)


@pytest.mark.parametrize(
    ("reason", "days", "number"), [("family", 20, 1), ("service", 30, 0), ("infant_hospital", 30, 0)]
)
async def test_only_rest_at_the_familys_request_is_taken_off(
    record: Record, reason: str, days: int, number: int
) -> None:
    history = rested(reason)
    history.held("2025-03-31", treatment=False)
    await deliver(record.projection, history.documents)
    found = (await net(record))["W2"]
    assert (found.completed.n, found.completed.median, found.completed_rested) == (1, Decimal(days), number)
    whole = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert whole["W2"].completed.median == 30


@pytest.mark.parametrize(("at", "days"), [("2025-03-10", 9), ("2025-03-15", 9), ("2025-03-20", 9), ("2025-03-21", 10)])
async def test_while_the_family_rests_a_net_wait_does_not_grow(record: Record, at: str, days: int) -> None:
    await deliver(record.projection, rested("family").documents)
    found = (await net(record, date.fromisoformat(at)))["W2"]
    assert (found.completed.n, found.incomplete.n, found.incomplete.max) == (0, 1, days)


async def test_rest_before_the_start_and_after_the_stop_of_a_wait_takes_nothing_off(record: Record) -> None:
    history = rested("family")
    history.programme("2025-03-25")
    history.held("2025-03-31")
    history.paused("2025-04-01", "family")
    await deliver(record.projection, history.documents)
    found = await net(record)
    assert (found["W5"].completed.median, found["W5"].completed_rested) == (Decimal(6), 0)
    assert (found["W6"].completed.median, found["W6"].completed_rested) == (Decimal(20), 1)


async def test_a_net_wait_that_stops_before_it_starts_is_left_out(record: Record) -> None:
    history = rested("family")
    history.held("2025-02-20", treatment=False)
    await deliver(record.projection, history.documents)
    assert (await net(record))["W2"].completed.n == 0


async def test_a_stay_is_from_acceptance_to_discharge_and_so_far_while_it_is_open(record: Record) -> None:
    ended, going_on, declined = rested("service", "a"), rested("service", "b"), History(case="c")
    ended.discharged("2025-09-01")
    declined.received("2025-03-01")
    declined.declined("2025-03-05")
    for history in (ended, going_on, declined):
        await deliver(record.projection, history.documents)
    found = await stays(record, date(2025, 9, 2))
    assert (found.completed.figures.n, found.completed.figures.median) == (1, Decimal(182))
    assert found.completed.bands == {"0-6": 0, "7-13": 0, "14-27": 0, "28-182": 1, "183-plus": 0}
    assert (found.incomplete.figures.n, found.incomplete.figures.max) == (1, 183)
    assert found.incomplete.bands["183-plus"] == 1


async def test_a_discharge_before_the_acceptance_is_left_out(record: Record) -> None:
    history = rested("service")
    history.discharged("2025-03-02")
    await deliver(record.projection, history.documents)
    found = await stays(record)
    assert (found.completed.figures.n, found.left_out) == (0, 1)


async def test_both_are_shown_as_tables_that_may_be_published(record: Record) -> None:
    history = rested("family")
    history.held("2025-03-31")
    await deliver(record.projection, history.documents)
    for table in (*of_net_waits(await net(record)), *of_length_of_stay(await stays(record))):
        assert suppressed(table).published


async def test_a_period_does_not_end_after_the_date(record: Record) -> None:
    for ask in (net_waits, length_of_stay):
        with pytest.raises(ValueError, match="period"):
            await ask(record.reader, Scope(at=FIRST), first=FIRST, last=LAST)
