"""By when something is due, and whether it is late: the same day whichever of the two ways asks."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.civil import Moment, end_of
from shared.kernel.deadlines import breached, due_on, will_breach

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


def test_the_day_from_which_the_days_count_is_day_nought() -> None:
    assert due_on(date(2026, 2, 1), 28) == date(2026, 3, 1)
    assert due_on(date(2026, 2, 1), 0) == date(2026, 2, 1)


def test_what_is_due_today_is_not_late_until_tomorrow() -> None:
    day = date(2026, 3, 29)  # the clocks change
    assert not breached(day, day)
    assert breached(day, day + timedelta(days=1))


@given(DAYS, DAYS)
def test_late_by_the_calendar_is_late_by_the_clock(due: date, today: date) -> None:
    assert breached(due, today) == (end_of(due) <= Moment.of(today).now)


@given(DAYS, DAYS, st.integers(min_value=0, max_value=60))
def test_nothing_is_both_late_and_about_to_be(due: date, today: date, within: int) -> None:
    assert not (breached(due, today) and will_breach(due, today, within))
    assert will_breach(due, today, within) == (0 <= (due - today).days <= within)
