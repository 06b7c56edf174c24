"""Data quality in real PostgreSQL: each reason has the one case that shows it, and no other."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.reporting.metrics.data_quality import REASONS, data_quality, items
from services.reporting.metrics.scope import Scope
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History

NORTH = "team-north"
AT = date(2025, 6, 30)
FIRST = date(2025, 1, 1)
SCOPE = Scope(at=AT, team=NORTH)


def orphan(history: History) -> None:
    history.held("2025-03-10")


def negative_wait(history: History) -> None:
    history.received("2025-03-10")
    history.accepted("2025-03-03")


def seen_after_discharge(history: History) -> None:
    history.received("2025-03-03")
    history.accepted("2025-03-03")
    history.held("2025-03-17", treatment=False)
    history.discharged("2025-03-10")


def missing_baseline(history: History) -> None:
    history.received("2025-03-03")
    history.accepted("2025-03-03")
    history.started("2025-03-03")
    history.completed("2025-03-03")


def recorded_late(history: History) -> None:
    history.received("2025-03-03", at=datetime(2025, 3, 11, 9, tzinfo=UTC))


def never_closed(history: History) -> None:
    history.received("2023-06-30", at=datetime(2023, 6, 30, 9, tzinfo=UTC))


def failing_number(history: History) -> None:
    history.received("2025-03-03")
    number = {"subject_ref": history.baby(), "kind": "nhs_number", "quality": "check_digit_failed"}
    history.say("referral", "IdentifierRecorded", number)


def in_order(history: History) -> None:
    """Measured at the start, recorded on the eighth day at the latest, and seen on the day of the discharge."""
    history.received("2025-03-03", at=datetime(2025, 3, 10, 9, tzinfo=UTC))
    history.accepted("2025-03-03")
    history.started("2025-03-10")
    history.measured("2025-03-10", "EPDS", "12", timepoint="baseline")
    history.completed("2025-03-10")
    history.held("2025-03-17")
    history.discharged("2025-03-17")


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def told(record: Record, case: str, tell: Callable[[History], None], team: str = NORTH) -> UUID:
    history = History(case=case, team=team)
    tell(history)
    await deliver(record.projection, history.documents)
    return history.case_id


async def found(record: Record, scope: Scope = SCOPE) -> set[tuple[UUID, str]]:
    """The list, held against the counts."""
    listed = await items(record.reader, scope, first=FIRST, last=scope.at)
    counted = await data_quality(record.reader, scope, first=FIRST, last=scope.at)
    assert {reason: sum(item.reason == reason for item in listed) for reason in REASONS} == counted.reasons
    assert len({item.case_id for item in listed}) == counted.cases
    return {(item.case_id, item.reason) for item in listed}


@pytest.mark.parametrize(
    ("tell", "reason"),
    [
        (orphan, "orphan"),
        (negative_wait, "negative_wait"),
        (seen_after_discharge, "impossible_order"),
        (missing_baseline, "missing_baseline"),
        (recorded_late, "back_dated"),
        (never_closed, "open_too_long"),
        (failing_number, "identifier_failing"),
    ],
)
async def test_each_reason_names_the_case_that_shows_it(
    record: Record, tell: Callable[[History], None], reason: str
) -> None:
    case = await told(record, "a", tell)
    await told(record, "b", in_order)
    await told(record, "c", tell, team="team-south")
    assert await found(record) == {(case, reason)}


async def test_a_case_is_asked_about_until_it_is_put_right(record: Record) -> None:
    history = History(case="a")
    missing_baseline(history)
    before = history.clock
    history.measured("2025-03-10", "EPDS", "12", timepoint="baseline")
    await deliver(record.projection, history.documents)
    assert await found(record) == set()
    assert await found(record, Scope(at=AT, team=NORTH, known_at=before)) == {(history.case_id, "missing_baseline")}
    assert await found(record, Scope(at=date(2025, 3, 9), team=NORTH)) == {(history.case_id, "missing_baseline")}


@pytest.mark.parametrize("problem", [recorded_late, orphan])
async def test_the_list_goes_on_after_its_page(record: Record, problem: Callable[[History], None]) -> None:
    cases = {await told(record, name, problem) for name in "abc"}
    page = await items(record.reader, SCOPE, first=FIRST, last=AT, limit=2)
    after = (page[-1].received_on or date.min, page[-1].case_id)
    rest = await items(record.reader, SCOPE, first=FIRST, last=AT, after=after)
    assert [len(page), len(rest)] == [2, 1]
    assert {item.case_id for item in (*page, *rest)} == cases


async def test_a_list_may_be_of_one_reason_and_of_no_other(record: Record) -> None:
    await told(record, "a", recorded_late)
    case = await told(record, "b", never_closed)
    listed = await items(record.reader, SCOPE, first=FIRST, last=AT, reason="open_too_long")
    assert [(item.case_id, item.reason) for item in listed] == [(case, "open_too_long")]
    with pytest.raises(KeyError):
        await items(record.reader, SCOPE, first=FIRST, last=AT, reason="nonsense")


async def test_parked_events_are_counted_now_and_over_all_teams_only(record: Record) -> None:
    counted = await data_quality(record.reader, Scope(at=AT), first=FIRST, last=AT)
    assert counted.parked == 0
    for scope in (SCOPE, Scope(at=AT, known_at=datetime(2025, 7, 1, tzinfo=UTC))):
        assert (await data_quality(record.reader, scope, first=FIRST, last=AT)).parked is None
