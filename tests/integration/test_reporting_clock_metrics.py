"""W8 and M12 in real PostgreSQL: worked by hand, and the same as the clocks of every single case."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.clock_facts import case_facts
from services.reporting.clocks.england_four_weeks import four_weeks as four_weeks_of
from services.reporting.clocks.facts import ClockFacts
from services.reporting.clocks.reading import ClockReading, State
from services.reporting.clocks.window import babys_clock
from services.reporting.metrics.catalogue_clocks import of_four_weeks, of_window
from services.reporting.metrics.clocks import FourWeekAnswer, WindowAnswer, four_weeks, window
from services.reporting.metrics.scope import Filters, Scope
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import START, History, identity
from tests.unit.reporting.team_histories import TeamHistory

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


async def told(record: Record, *histories: History | TeamHistory) -> None:
    for history in histories:
        await deliver(record.projection, history.documents)


async def w8(record: Record, at: date = LAST, first: date = FIRST, **scope: Any) -> FourWeekAnswer:
    return await four_weeks(record.reader, Scope(at=at, **scope), first=first, last=at)


async def m12(record: Record, at: date = LAST, first: date = FIRST, **scope: Any) -> WindowAnswer:
    return await window(record.reader, Scope(at=at, **scope), first=first, last=at)


def referred(history: History, on: str, *babies: dict[str, str]) -> None:
    subjects = [{"infant_id": history.baby(number), **baby} for number, baby in enumerate(babies, start=1)]
    data = {"received_on": on, "source": "midwife", "subjects": subjects, "caregivers": []}
    history.say("referral", "ReferralReceived", data)


def scored(history: History, code: str, on: str) -> None:
    history.say(
        "assessment", "MeasureRecorded", {"measure_code": code, "completed_on": on, "rater": "self", "total": "9"}
    )


def planned(history: History, on: str) -> None:
    data = {"assigned_on": on, "tier": "TARGETED", "care_plan_agreed_on": on}
    history.say("intervention", "ProgrammeAssigned", data)


def helped(case: str, *, contact: str = "2025-03-17", code: str = "SDQ-2-4", plan: str = "2025-03-31") -> History:
    history = History(case)
    referred(history, "2025-03-03", {"born_on": "2025-01-01"})
    history.held(contact, treatment=False, kind="initial_contact")
    scored(history, code, "2025-03-24")
    planned(history, plan)
    return history


async def test_the_four_week_waits_of_a_period_in_both_variants(record: Record) -> None:
    await told(record, helped("a"), helped("b", plan="2025-03-30"), helped("c", plan="2025-04-01"))
    completed = (await w8(record)).completed
    assert (completed.n, completed.median, completed.in_target, completed.under_28) == (3, Decimal(28), 2, 1)
    assert (await w8(record, first=date(2025, 3, 31))).completed.n == 2


async def test_a_team_that_uses_only_relationship_measures_never_stops_and_is_told_what_is_missing(
    record: Record,
) -> None:
    closed = helped("b", code="PIIOS")
    closed.discharged("2025-05-01")
    await told(record, helped("a", code="EPDS"), closed)
    found = await w8(record)
    assert (found.completed.n, found.incomplete.n, found.never_stopped) == (0, 1, 1)
    assert found.missing == {"contact": 0, "measure": 1, "plan": 0}
    assert found.incomplete.max == (LAST - date(2025, 3, 3)).days


@pytest.mark.parametrize(("days", "long"), [(364, (0, 0, 0)), (365, (1, 0, 0)), (547, (1, 1, 0)), (729, (1, 1, 1))])
async def test_a_wait_is_long_from_the_day_after_so_many_weeks(
    record: Record, days: int, long: tuple[int, int, int]
) -> None:
    await told(record, helped("a", code="EPDS"))
    found = await w8(record, date(2025, 3, 3) + timedelta(days=days))
    assert found.incomplete.max == days
    assert tuple(found.long.values()) == long


async def test_what_comes_after_the_end_of_a_spell_does_not_stop_it(record: Record) -> None:
    history = helped("a")
    history.discharged("2025-03-30")
    await told(record, history)
    found = await w8(record)
    assert (found.completed.n, found.never_stopped) == (0, 1)


@pytest.mark.parametrize(("again", "spells", "longest"), [("2025-03-11", 1, 20), ("2025-03-12", 1, 11)])
async def test_referrals_five_days_apart_are_one_spell_and_six_days_apart_two(
    record: Record, again: str, spells: int, longest: int
) -> None:
    first, second = History("a"), History("b")
    baby = {"infant_id": first.baby(), "born_on": "2025-01-01"}
    referred(first, "2025-03-03", baby)
    first.declined("2025-03-06")
    referred(second, again, baby)
    second.held("2025-03-17", treatment=False)
    scored(second, "GBO", "2025-03-18")
    planned(second, "2025-03-23")
    await told(record, first, second)
    found = await w8(record)
    assert (found.completed.n, found.completed.max) == (spells, longest)
    assert found.never_stopped == (0 if longest == 20 else 1)


async def test_a_spell_of_twins_counts_once_and_their_windows_twice(record: Record) -> None:
    history = helped("a")
    twins = History("t")
    referred(twins, "2025-03-03", {"born_on": "2025-01-01"}, {"born_on": "2025-01-02"})
    await told(record, history, twins)
    assert (await w8(record)).incomplete.n == 1
    assert (await m12(record)).incomplete.n == 3


async def test_only_children_on_their_own_record_are_in_the_four_week_wait(record: Record) -> None:
    unborn, team = History("u"), TeamHistory("team-south")
    referred(unborn, "2025-03-01", {"edd": "2025-06-01"})
    unborn.born("2025-05-20")
    elsewhere = helped("e")
    elsewhere.documents.clear()
    parents = History("p", "team-south")
    referred(parents, "2025-03-03", {"born_on": "2025-01-01"})
    data = {"config_version": "v1", "effective_on": "2025-01-01", "index_subject": "caregiver"}
    team.say("team", "TeamConfigured", data)
    await told(record, unborn, parents, team)
    assert (await w8(record)).incomplete.n == 0
    assert (await m12(record)).incomplete.n == 2


async def test_the_share_of_the_window_of_the_worked_example(record: Record) -> None:
    """Domain 6.7: received 1 March, due 1 June, born 20 May, treated 10 June: 12.5 %."""
    history = History("a")
    referred(history, "2025-03-01", {"edd": "2025-06-01"})
    history.born("2025-05-20")
    history.held("2025-06-10")
    await told(record, history)
    found = await m12(record)
    assert (found.completed.n, found.completed.median, found.completed.max) == (
        1, Decimal("0.1247"), Decimal("0.1247"),
    )  # fmt: skip
    before = await m12(record, at=date(2025, 5, 19))
    assert (before.completed.n, before.incomplete.n, before.incomplete.median) == (0, 1, Decimal("0.0961"))


async def test_a_baby_of_29_february_a_lost_pregnancy_and_a_mistake(record: Record) -> None:
    leap, lost, wrong, late = History("a"), History("b"), History("c"), History("d")
    referred(leap, "2026-02-27", {"born_on": "2024-02-29"})
    leap.held("2026-02-28")
    referred(lost, "2025-03-01", {"edd": "2025-06-01"})
    lost.lost("2025-04-01")
    referred(wrong, "2025-03-01", {"born_on": "2025-01-01"})
    wrong.held("2025-02-01")
    referred(late, "2027-03-01", {"born_on": "2025-01-01"})
    late.held("2027-03-02")
    await told(record, leap, lost, wrong, late)
    found = await m12(record, at=date(2027, 12, 31))
    assert (found.completed.n, found.completed.median, found.incomplete.n, found.left_out) == (1, Decimal("0.5"), 0, 2)


async def test_as_known_before_it_was_told_it_had_not_happened(record: Record) -> None:
    history = helped("a")
    before = history.clock
    history.clock = START + timedelta(days=60)
    history.held("2025-04-20")
    await told(record, history)
    assert ((await m12(record)).completed.n, (await m12(record, known_at=before)).completed.n) == (1, 0)
    assert (await w8(record, known_at=START)).incomplete.n == 0


async def test_a_filter_asks_about_the_referral_with_which_a_spell_begins(record: Record) -> None:
    first, again, other = helped("a"), History("b"), helped("c")
    referred(again, "2025-03-20", {"infant_id": first.baby(), "born_on": "2025-01-01"})
    again.say("referral", "ReferralPriorityChanged", {"priority": "2", "on": "2025-03-20"})
    other.say("referral", "ReferralPriorityChanged", {"priority": "1", "on": "2025-03-20"})
    await told(record, first, again, other)
    found = {priority: await w8(record, filters=Filters(priority=priority)) for priority in ("1", "2", None)}
    assert {priority: each.completed.n for priority, each in found.items()} == {"1": 1, "2": 0, None: 2}
    assert (await m12(record, filters=Filters(priority="1"))).incomplete.n == 1


async def test_both_are_shown_as_tables(record: Record) -> None:
    history = helped("a")
    history.held("2025-04-10")
    await told(record, history, helped("b", code="PIIOS"))
    weeks, windows = of_four_weeks(await w8(record)), of_window(await m12(record))
    assert [table.name for table in weeks] == ["completed", "incomplete", "missing", "long", "never_stopped"]
    assert weeks[0].rows[0][:3] == ("Stopped", 1, Decimal(28))
    assert weeks[2].rows == (
        ("No attended contact", 0), ("No nationally listed baseline measure", 1), ("No agreed care plan", 0),
    )  # fmt: skip
    assert [(table.rows[0][1], table.rows[0][2]) for table in windows] == [
        (1, Decimal("0.0568")), (1, Decimal("0.4529")),
    ]  # fmt: skip


async def test_a_period_that_ends_after_the_date_is_refused(record: Record) -> None:
    for ask in (four_weeks, window):
        with pytest.raises(ValueError, match="period"):
            await ask(record.reader, Scope(at=LAST), first=FIRST, last=LAST + timedelta(days=1))


DAYS = st.integers(0, 150).map(lambda number: (date(2025, 3, 1) + timedelta(days=number)).isoformat())


@st.composite
def networks(draw: st.DrawFn) -> list[History]:
    """A few cases in two teams of babies who may be referred again."""
    histories = []
    for number in range(draw(st.integers(1, 5))):
        history = History(f"case {number}", draw(st.sampled_from(["team-north", "team-south"])))
        who = draw(st.sampled_from(["x", "y", "z"]))
        birth = draw(st.sampled_from([{"born_on": "2025-01-01"}, {"edd": "2025-05-01"}]))
        referred(history, draw(DAYS), {"infant_id": str(identity("shared", who)), **birth})
        for _ in range(draw(st.integers(0, 7))):
            day = draw(DAYS)
            step = draw(st.sampled_from(["seen", "treated", "scored", "unlisted", "plan", "end", "decline", "lost"]))
            match step:
                case "seen" | "treated":
                    history.held(day, treatment=step == "treated", modality=draw(st.sampled_from(["01", "05"])))
                case "scored" | "unlisted":
                    scored(history, "GBO" if step == "scored" else "PIIOS", day)
                case "plan":
                    planned(history, day)
                case "end":
                    history.discharged(day)
                case "decline":
                    history.declined(day)
                case "lost":
                    history.lost(day)
        histories.append(history)
    return histories


def clock_facts(of: History, all_of_them: Sequence[History]) -> ClockFacts:
    own = case_facts(of.case_id, of.facts)
    babies = {each.infant_id for each in own.babies}
    others = [case_facts(each.case_id, each.facts) for each in all_of_them if each is not of and each.team == of.team]
    return ClockFacts(
        case=own, others=tuple(each for each in others if babies & {baby.infant_id for baby in each.babies})
    )


def distinct(readings: Iterable[tuple[str, Any, ClockReading]]) -> list[ClockReading]:
    """Each spell of each baby in each team once, whichever of its cases shows it."""
    return list({(team, key, found.start): found for team, key, found in readings if found.start}.values())


@settings(max_examples=40, deadline=None)
@given(networks(), DAYS)
def test_the_metrics_are_the_clocks_of_all_spells_counted(
    database: Settings, histories: list[History], day: str
) -> None:
    at = date.fromisoformat(day)

    async def asked() -> tuple[FourWeekAnswer, WindowAnswer]:
        async with emptied(database) as record:
            await told(record, *histories)
            return await w8(record, at), await m12(record, at)

    weeks, windows = run(asked)
    facts = [(each.team, clock_facts(each, histories)) for each in histories]
    by_week = distinct((team, each.case.babies[0].infant_id, four_weeks_of(each, at)[0]) for team, each in facts)
    by_baby = distinct((team, each.case.babies[0].infant_id, babys_clock(each, at)[0]) for team, each in facts)
    assert weeks.completed.n == sum(each.state is State.STOPPED for each in by_week)
    assert weeks.completed.in_target == sum(bool(each.within) for each in by_week if each.state is State.STOPPED)
    assert weeks.incomplete.n == sum(each.state is State.RUNNING for each in by_week)
    assert weeks.never_stopped == sum(each.state is State.ENDED for each in by_week)
    days = [each.days or 0 for each in by_week if each.state is State.RUNNING]
    assert weeks.incomplete.max == max(days, default=None)
    for shares, state in ((windows.completed, State.STOPPED), (windows.incomplete, State.RUNNING)):
        found = sorted(each.share for each in by_baby if each.state is state and each.share is not None)
        assert (shares.n, shares.max) == (len(found), found[-1] if found else None)


def run(asked: Callable[[], Awaitable[Result]]) -> Result:
    async def wrapped() -> Result:
        return await asked()

    return asyncio.run(wrapped())
