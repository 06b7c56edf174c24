"""Scales, ticks and labels that have room."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.charts.scale import (
    Scale,
    age_ticks,
    apart,
    day_scale,
    month_after,
    month_ticks,
    nice_ticks,
)

finite = st.floats(-1e6, 1e6).filter(lambda each: each == 0 or abs(each) > 1e-3)
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 100, 6, (0, 20, 40, 60, 80, 100)),
        (0, 7, 6, (0, 2, 4, 6, 8)),
        (3, 97, 3, (0, 50, 100)),
        (0, 0.3, 5, (0, 0.1, 0.2, 0.3)),
        (-3.1, 6.9, 6, (-5, 0, 5, 10)),
        (12, 12, 6, (12, 12.2, 12.4, 12.6, 12.8, 13)),
        (18, 126, 7, (0, 50, 100, 150)),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, most: int, ticks: tuple[float, ...]) -> None:
    assert nice_ticks(low, high, most) == ticks


def test_ticks_of_a_count_are_whole() -> None:
    assert nice_ticks(0, 2, 6) == (0, 0.5, 1, 1.5, 2)
    assert nice_ticks(0, 2, 6, whole=True) == (0, 1, 2)


@pytest.mark.parametrize(("low", "high", "most"), [(2, 1, 6), (0, 1, 2)])
def test_ticks_that_cannot_be_are_refused(low: float, high: float, most: int) -> None:
    with pytest.raises(ValueError, match="ticks need"):
        nice_ticks(low, high, most)


@given(finite, finite, st.integers(3, 12), st.booleans())
def test_ticks_enclose_the_values_and_are_few(one: float, other: float, most: int, whole: bool) -> None:
    low, high = min(one, other), max(one, other)
    ticks = nice_ticks(low, high, most, whole=whole)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 2 <= len(ticks) <= most
    assert list(ticks) == sorted(set(ticks))
    assert not whole or all(tick == int(tick) for tick in ticks)


def test_a_scale_turns_values_into_places() -> None:
    down = Scale(0, 10, 200, 100)
    assert [down(value) for value in (0, 5, 10)] == [200, 150, 100]
    assert down.holds(10)
    assert not down.holds(10.1)


def test_a_scale_of_one_value_puts_it_in_the_middle() -> None:
    assert Scale(4, 4, 0, 100)(4) == 50


def test_one_day_alone_has_room_on_both_sides() -> None:
    day = date(2026, 3, 29)
    assert day_scale(day, day, 0, 100)(day.toordinal()) == 50


def test_a_day_keeps_its_place_over_both_clock_changes() -> None:
    across = day_scale(date(2026, 3, 1), date(2026, 11, 1), 0, 245)
    places = [across((date(2026, 3, 1) + timedelta(n)).toordinal()) for n in range(246)]
    assert places == pytest.approx(range(246))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2025, 12, 5), 1, date(2026, 1, 5)),
        (date(2026, 1, 5), -13, date(2024, 12, 5)),
    ],
)
def test_months_are_civil_months(day: date, months: int, then: date) -> None:
    assert month_after(day, months) == then


def test_ticks_of_dates_are_the_firsts_of_months() -> None:
    assert month_ticks(date(2026, 1, 12), date(2026, 4, 1), 9) == (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))


def test_many_months_have_a_tick_every_so_often_and_always_in_january() -> None:
    chosen = month_ticks(date(2024, 2, 1), date(2026, 12, 31), 6)
    assert chosen == tuple(date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 7))[1:]


@given(days, days, st.integers(1, 20))
def test_ticks_of_dates_lie_between_the_days_and_are_few(one: date, other: date, most: int) -> None:
    first, last = min(one, other), max(one, other)
    chosen = month_ticks(first, last, most)
    assert all(first <= day <= last and day.day == 1 for day in chosen)
    assert len(chosen) <= most


def test_ages_are_completed_months_before_and_after_birth() -> None:
    found = age_ticks(date(2026, 1, 31), date(2025, 12, 1), date(2026, 3, 31), 9)
    assert found == (
        (-1, date(2025, 12, 31)),
        (0, date(2026, 1, 31)),
        (1, date(2026, 2, 28)),
        (2, date(2026, 3, 31)),
    )


def test_ages_over_years_keep_birth() -> None:
    found = age_ticks(date(2026, 1, 31), date(2025, 12, 1), date(2028, 3, 31), 6)
    assert [months for months, _ in found] == [0, 6, 12, 18, 24]


def test_labels_that_would_touch_are_left_out() -> None:
    assert apart([0, 10, 30, 40], [12, 12, 12, 12], 2) == [0, 2]


@given(st.lists(st.floats(0, 500), max_size=30).map(sorted), st.floats(1, 80), st.floats(0, 10))
def test_labels_that_are_kept_never_touch(places: list[float], wide: float, gap: float) -> None:
    kept = apart(places, [wide] * len(places), gap)
    assert all(places[b] - places[a] >= wide + gap - 1e-9 for a, b in itertools.pairwise(kept))
    assert not places or kept[0] == 0
