"""Windows over the live events: each event once, as it now stands, for as long as its window is open."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.windows import Window, Windows, begin_of, horizon
from tests.unit.reporting.histories import Document, History

NOW = datetime(2026, 3, 31, 11, 30, 30, tzinfo=UTC)
"""A Tuesday, two days after the clocks went forward."""
TODAY, MONDAY = "2026-03-31", "2026-03-30"
MIDNIGHT = datetime(2026, 3, 30, 23, tzinfo=UTC)
WEEK = datetime(2026, 3, 29, 23, tzinfo=UTC)


def hear(windows: Windows, documents: Iterable[Document], now: datetime = NOW) -> list[bool]:
    return [windows.hear(each.fact, each.type.split(".")[1], now) for each in documents]


def numbers(windows: Windows, window: Window, now: datetime = NOW) -> list[tuple[datetime, str, int]]:
    return [(each.since, each.type, each.number) for each in windows.counts(now) if each.window is window]


def history(at: datetime = NOW - timedelta(minutes=5)) -> History:
    return History("a", clock=at)


def test_the_week_begins_with_monday_in_london_or_an_hour_ago_if_that_is_earlier() -> None:
    assert begin_of(date(2026, 3, 29)) == datetime(2026, 3, 29, tzinfo=UTC)  # winter time still
    assert horizon(NOW) == WEEK
    assert horizon(WEEK + timedelta(minutes=5)) == WEEK - timedelta(minutes=55)


def test_events_are_counted_by_the_minute_and_by_type() -> None:
    said, windows = history(), Windows()
    said.received(MONDAY)
    said.task(at=said.clock)
    said.task(store="referral", at=said.clock + timedelta(minutes=1))
    assert hear(windows, said.documents) == [True, True, True]
    first = said.documents[0].recorded_at.replace(second=0)
    assert numbers(windows, Window.EVENTS) == [
        (first, "ReferralReceived", 1),
        (first, "TaskRaised", 1),
        (first + timedelta(minutes=1), "TaskRaised", 1),
    ]
    assert numbers(windows, Window.EVENTS, NOW + timedelta(hours=1)) == []


def test_sessions_of_today_and_referrals_of_this_week_are_counted_as_they_now_stand() -> None:
    said, windows = history(), Windows()
    said.received(MONDAY)
    voided = said.held(TODAY, session=1)
    said.held(TODAY, session=2)
    said.held(MONDAY, session=3)
    hear(windows, said.documents)
    assert numbers(windows, Window.SESSIONS_TODAY) == [(MIDNIGHT, "", 2)]
    assert numbers(windows, Window.REFERRALS_WEEK) == [(WEEK, "", 1)]
    heard = len(said.documents)
    said.voided("intervention", voided)
    hear(windows, said.documents[heard:])
    assert numbers(windows, Window.SESSIONS_TODAY) == [(MIDNIGHT, "", 1)]
    assert numbers(windows, Window.SESSIONS_TODAY, NOW + timedelta(days=1)) == []


def test_what_is_older_than_the_horizon_changes_nothing() -> None:
    said, windows = history(horizon(NOW) - timedelta(hours=1)), Windows()
    said.received(MONDAY)
    assert hear(windows, said.documents) == [False]
    assert windows.counts(NOW) == []


def test_what_is_over_is_forgotten() -> None:
    said, windows = history(), Windows()
    said.received(MONDAY)
    hear(windows, said.documents)
    windows.forget(NOW)
    assert len(windows.counts(NOW)) == 2
    windows.forget(NOW + timedelta(days=14))
    assert windows.counts(NOW) == []


@given(st.randoms(use_true_random=False), st.integers(min_value=0, max_value=30))
def test_any_order_with_any_repetition_counts_the_same(random: Random, times: int) -> None:
    said = history(NOW - timedelta(minutes=50))
    said.received(MONDAY)
    sessions = [said.held(TODAY, session=number) for number in range(4)]
    said.voided("intervention", sessions[1])
    said.voided("intervention", said.voided("intervention", sessions[2]))
    once, often = Windows(), Windows()
    hear(once, said.documents)
    shuffled = said.documents + random.choices(said.documents, k=times)
    random.shuffle(shuffled)
    heard = hear(often, shuffled)
    assert sum(heard) == len(said.documents)
    assert often.counts(NOW) == once.counts(NOW)
