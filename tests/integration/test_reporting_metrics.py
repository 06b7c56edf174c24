"""M1 to M5 in real PostgreSQL, against values worked by hand and against identities that must hold for any record."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.decoding import Decoder
from services.reporting.metrics.caseload import Caseload, caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.scope import STAGES, Scope
from services.reporting.metrics.waits import WAITS, waits
from services.reporting.presenters import case_wait
from services.reporting.projections import CaseHistory
from services.reporting.queries import list_cases
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History, whole_way
from tests.unit.reporting.oracle import believed_at
from tests.unit.reporting.strategies import generated_histories

Result = TypeVar("Result")
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


async def counted(record: Record, at: str, *, nhse: bool = False, **scope: object) -> Caseload:
    return await caseload(record.reader, Scope(at=date.fromisoformat(at), **scope), nhse=nhse)  # type: ignore[arg-type]


async def stage_on(record: Record, at: str) -> str | None:
    stages = [stage for stage, number in (await counted(record, at)).by_stage.items() if number]
    return stages[0] if stages else None


async def test_a_whole_way_walks_through_the_stages(record: Record) -> None:
    await deliver(record.projection, whole_way().documents)
    walked = {
        "2025-03-09": None,
        "2025-03-10": "awaiting_decision",
        "2025-03-17": "waiting_assessment",
        "2025-04-07": "in_assessment",
        "2025-04-21": "waiting_programme",
        "2025-05-05": "waiting_first_session",
        "2025-05-19": "active",
        "2025-08-31": "active",
        "2025-09-01": None,
    }
    assert {day: await stage_on(record, day) for day in walked} == walked


async def test_a_family_whose_assessment_recommends_no_programme_is_ending(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.completed("2025-04-21", "SIGNPOST")
    await deliver(record.projection, history.documents)
    assert await stage_on(record, "2025-04-21") == "ending"


async def test_a_brief_treatment_during_assessment_does_not_make_a_case_active(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.held("2025-04-01")
    history.completed("2025-04-21")
    history.programme("2025-05-05")
    await deliver(record.projection, history.documents)
    assert await stage_on(record, "2025-06-01") == "waiting_first_session"


async def test_month_end_a_case_discharged_on_the_last_day_is_not_open_that_day(record: Record) -> None:
    """Domain 6.7: not open at 31 March, counted closed in March."""
    history = History()
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-12")
    history.discharged("2025-03-31")
    await deliver(record.projection, history.documents)
    assert (await counted(record, "2025-03-30")).cases == 1
    assert (await counted(record, "2025-03-31")).cases == 0
    march = await flow(record.reader, Scope(at=LAST), first=date(2025, 3, 1), last=date(2025, 3, 31))
    assert (march.new, march.closed, march.closed_by["discharged"]) == (1, 1, 1)
    assert (march.open_at_start, march.open_at_end) == (0, 0)


async def test_as_of_a_late_recording_changes_now_and_never_then(record: Record) -> None:
    """Domain 6.7: discharged 28 March, recorded 4 April: at 31 March 1 as known 1 April, 0 as known 5 April."""
    history = History(clock=datetime(2025, 3, 3, 9, tzinfo=UTC))
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-12")
    history.discharged("2025-03-28", at=datetime(2025, 4, 4, 10, tzinfo=UTC))
    await deliver(record.projection, history.documents)

    async def cases(known_at: datetime | None) -> int:
        return (await counted(record, "2025-03-31", known_at=known_at)).cases

    assert await cases(datetime(2025, 4, 1, tzinfo=UTC)) == 1
    assert await cases(datetime(2025, 4, 5, tzinfo=UTC)) == 0
    assert await cases(datetime(2025, 4, 4, 10, tzinfo=UTC)) == 0
    assert await cases(datetime(2025, 4, 4, 10, tzinfo=UTC) - timedelta(microseconds=1)) == 1
    assert await cases(None) == 0


async def test_twins_count_one_case_two_babies_two_relationships(record: Record) -> None:
    history = History()
    history.received("2025-03-03", infants=2, caregivers=2)
    history.accepted("2025-03-05")
    history.held("2025-03-12")
    await deliver(record.projection, history.documents)
    found = await counted(record, "2025-03-31")
    assert (found.cases, found.infants, found.caregivers, found.relationships) == (1, 2, 2, 2)


async def test_a_parent_with_two_open_cases_is_one_parent(record: Record) -> None:
    for case in "ab":
        history = History(case=case)
        data = {
            "received_on": "2025-03-03", "source": "GP",
            "subjects": [{"infant_id": history.baby()}],
            "caregivers": [{"caregiver_id": "00000000-0000-4000-8000-000000000001"}],
        }  # fmt: skip
        history.say("referral", "ReferralReceived", data)
        history.accepted("2025-03-05")
        history.held("2025-03-12")
        await deliver(record.projection, history.documents)
    found = await counted(record, "2025-03-31")
    assert (found.cases, found.infants, found.caregivers) == (2, 2, 1)


async def test_the_two_ways_to_count_a_declined_referral(record: Record) -> None:
    history = History()
    history.received("2025-03-03")
    history.declined("2025-03-20")
    await deliver(record.projection, history.documents)
    assert (await counted(record, "2025-03-10")).by_stage["awaiting_decision"] == 1
    assert (await counted(record, "2025-03-10", nhse=True)).by_stage["awaiting_decision"] == 0


async def test_accepted_and_not_seen_is_open_and_not_caseload(record: Record) -> None:
    history = History()
    history.received("2025-03-03")
    history.accepted("2025-03-05")
    history.held("2025-03-12", modality="05")
    await deliver(record.projection, history.documents)
    found = await counted(record, "2025-03-31")
    assert (found.open_referrals, found.cases) == (1, 0)


async def test_an_orphan_is_in_no_number_but_its_own(record: Record) -> None:
    history = History()
    history.programme("2025-03-05")
    history.held("2025-03-12")
    await deliver(record.projection, history.documents)
    found = await counted(record, "2025-03-31")
    assert (found.orphans, found.open_referrals, found.cases) == (1, 0, 0)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert {each.completed.n + each.incomplete.n + each.left_out for each in answered.values()} == {0}
    [listed] = await list_cases(record.reader, Scope(at=LAST), stage="orphan", after=None, limit=5)
    assert listed["case_id"] == history.case_id


async def test_every_wait_of_a_whole_way(record: Record) -> None:
    await deliver(record.projection, whole_way().documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert {name: each.completed.median for name, each in answered.items()} == {
        "W1": 7, "W2": 28, "W3": 42, "W4": 14, "W5": 14, "W6": 70,
    }  # fmt: skip
    assert all(each.incomplete.n == 0 for each in answered.values())


async def test_days_are_differences_of_civil_dates_across_the_clock_change(record: Record) -> None:
    """Domain 6.7: 29 to 31 March 2025 is 2 days though 47 hours."""
    history = History()
    history.received("2025-03-29")
    history.accepted("2025-03-31")
    await deliver(record.projection, history.documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert answered["W1"].completed.median == 2


async def test_still_waiting_and_ended_are_never_mixed(record: Record) -> None:
    for case, days in {"a": 3, "b": 10, "c": 14, "d": 28, "e": 29, "f": 90}.items():
        history = History(case=case)
        history.received("2025-03-01")
        history.accepted((date(2025, 3, 1) + timedelta(days=days)).isoformat())
        await deliver(record.projection, history.documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    w1 = answered["W1"].completed
    assert (w1.n, w1.median, w1.p90, w1.p92, w1.max) == (6, Decimal(21), Decimal("59.5"), Decimal("65.6"), 90)
    assert answered["W2"].incomplete.n == 6
    assert answered["W2"].completed.n == 0
    then = await waits(record.reader, Scope(at=date(2025, 3, 15)), first=FIRST, last=date(2025, 3, 15))
    assert (then["W1"].completed.n, then["W1"].incomplete.n, then["W1"].incomplete.median) == (3, 3, Decimal(14))


async def test_only_what_stops_within_the_period_is_completed_in_it(record: Record) -> None:
    await deliver(record.projection, whole_way().documents)
    for first, last, n in [
        ("2025-03-17", "2025-03-17", 1),
        ("2025-03-18", "2025-12-31", 0),
        ("2025-01-01", "2025-03-16", 0),
    ]:
        answered = await waits(
            record.reader, Scope(at=LAST), first=date.fromisoformat(first), last=date.fromisoformat(last)
        )
        assert answered["W1"].completed.n == n


async def test_a_stop_before_its_start_is_left_out_and_counted(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.accepted("2025-03-17")
    history.held("2025-03-01")
    history.completed("2025-05-10")
    history.programme("2025-05-05")
    await deliver(record.projection, history.documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert {name: each.left_out for name, each in answered.items()} == {
        "W1": 0, "W2": 1, "W3": 0, "W4": 1, "W5": 0, "W6": 1,
    }  # fmt: skip
    assert answered["W4"].completed.n == answered["W4"].incomplete.n == 0


async def test_w4_starts_at_the_first_assessment_that_recommends_a_programme(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.completed("2025-04-01", "SIGNPOST")
    history.completed("2025-04-21", "PROGRAMME")
    history.programme("2025-05-05")
    await deliver(record.projection, history.documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert (answered["W3"].completed.median, answered["W4"].completed.median) == (Decimal(22), Decimal(14))


async def test_a_closed_case_waits_no_more(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.withdrawn("2025-03-12")
    await deliver(record.projection, history.documents)
    answered = await waits(record.reader, Scope(at=LAST), first=FIRST, last=LAST)
    assert all(each.incomplete.n == 0 for each in answered.values())
    before = await waits(record.reader, Scope(at=date(2025, 3, 11)), first=FIRST, last=date(2025, 3, 11))
    assert before["W1"].incomplete.median == 1


async def test_a_case_closed_before_it_was_received_still_balances(record: Record) -> None:
    history = History()
    history.received("2025-03-10")
    history.discharged("2025-03-01")
    await deliver(record.projection, history.documents)
    found = await flow(record.reader, Scope(at=LAST), first=date(2025, 3, 1), last=date(2025, 3, 31))
    assert (found.new, found.closed, found.open_at_end) == (1, 1, 0)


async def test_a_team_sees_its_own_numbers(record: Record) -> None:
    for case, team in {"a": "team-north", "b": "team-south", "c": "team-south"}.items():
        await deliver(record.projection, whole_way(case, team).documents)
    assert (await counted(record, "2025-06-01", team="team-south")).cases == 2
    assert (await counted(record, "2025-06-01", team="team-east")).cases == 0
    assert (await counted(record, "2025-06-01")).cases == 3


def in_database(settings_: Settings, work: Callable[[Record], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with emptied(settings_) as record:
            return await work(record)

    return asyncio.run(run())


CASES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True).flatmap(
    lambda cases: st.tuples(*(generated_histories(case=case) for case in cases))
)
DAYS = st.integers(-10, 220).map(lambda number: date(2025, 3, 1) + timedelta(days=number))


@settings(max_examples=25, deadline=None)
@given(CASES, DAYS, DAYS, st.none() | st.integers(0, 30))
def test_flow_identity_and_stages_hold_for_any_record(
    database: Settings, histories: tuple[History, ...], one: date, other: date, minutes: int | None
) -> None:
    """M3: open(t1) = open(t0) + new - closed. M1: the stages add up; all against the cases taken one by one."""
    first, last = sorted((one, other))
    known_at = None if minutes is None else histories[0].documents[0].recorded_at + timedelta(minutes=minutes)
    scope = Scope(at=last, known_at=known_at)

    async def check(record: Record) -> None:
        handler = CaseHistory(Decoder())
        for history in histories:
            await deliver(record.projection, history.documents, handler)
        found = await flow(record.reader, scope, first=first, last=last)
        assert found.open_at_end == found.open_at_start + found.new - found.closed
        assert found.closed == sum(found.closed_by.values())
        at_end = await caseload(record.reader, scope)
        at_start = await caseload(record.reader, Scope(at=first - timedelta(days=1), known_at=known_at))
        assert (at_start.open_referrals, at_end.open_referrals) == (found.open_at_start, found.open_at_end)
        assert tuple(at_end.by_stage) == STAGES
        await _waits_agree(record, histories, scope, first, last)

    in_database(database, check)


async def _waits_agree(record: Record, histories: tuple[History, ...], scope: Scope, first: date, last: date) -> None:
    """Counts by SQL against the waits of each case by the pure rule of the case's own page."""
    answered = await waits(record.reader, scope, first=first, last=last)
    forever = datetime.max.replace(tzinfo=UTC)
    rows = [believed_at(history.facts, scope.known_at or forever) for history in histories]
    for name, wait in WAITS.items():
        singles = [
            case_wait(row, scope.at, wait.title, wait.start, wait.stop)
            for row in rows
            if row is not None and row["received_on"] is not None
        ]
        within = [each for each in singles if each.stop is not None and first <= each.stop <= last]
        received = [row["received_on"] for row in rows if row is not None and row["received_on"] is not None]
        waiting = [
            each for each, since in zip(singles, received, strict=True) if each.state == "waiting" and since <= scope.at
        ]
        assert answered[name].completed.n == sum(each.state == "completed" for each in within)
        assert answered[name].incomplete.n == len(waiting)
        assert answered[name].incomplete.max == max(
            (each.days for each in waiting if each.days is not None), default=None
        )
