"""Percentiles from weekly bands, as published."""

from decimal import Decimal

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.statistics.weekly_bands import published_percentile, weekly_bands


def test_the_first_band_holds_eight_days_and_each_later_one_seven() -> None:
    assert weekly_bands([0, 7]) == (2,)
    assert weekly_bands([8, 14, 15, 21, 22]) == (0, 2, 2, 1)
    assert weekly_bands([126, 127])[17:] == (1, 1)
    assert weekly_bands([]) == ()


def test_a_median_lies_at_half_of_one_more_and_other_percentiles_at_their_share() -> None:
    bands = (30, 20, 10)
    assert published_percentile(bands, Decimal("0.5")) == Decimal("1.025")
    assert published_percentile(bands, Decimal("0.92")) == Decimal("2.52")
    assert published_percentile(bands, Decimal(1)) == Decimal(3)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.integers(1, 100))
def test_percentiles_are_those_of_another_implementation(counts: list[int], percent: int) -> None:
    n = sum(counts)
    found = published_percentile(counts, Decimal(percent) / 100)
    if n < 50:
        assert found is None
        return
    position = (n + 1) / 2 if percent == 50 else n * percent / 100
    weeks = [week for week, count in enumerate(counts) if count]
    reached = numpy.cumsum([counts[week] for week in weeks])
    place = int(numpy.searchsorted(reached, position - 1e-9))
    before = reached[place - 1] if place else 0
    expected = numpy.interp(position, [before, reached[place]], [weeks[place], weeks[place] + 1])
    assert float(found or 0) == pytest.approx(float(expected), abs=1e-9)


def test_fewer_than_fifty_pathways_are_not_published() -> None:
    assert published_percentile((49,), Decimal("0.5")) is None
    assert published_percentile((50,), Decimal("0.5")) == Decimal("0.51")


def test_nothing_is_read_off_a_band_without_an_end() -> None:
    assert published_percentile((40, 60), Decimal("0.5"), open_ended=True) is None
    assert published_percentile((40, 60), Decimal("0.4"), open_ended=True) == 1


@pytest.mark.parametrize("share", ["0", "-0.1", "1.01"])
def test_a_share_outside_the_unit_interval_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="lies in"):
        published_percentile((60,), Decimal(share))


def test_a_negative_wait_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        weekly_bands([3, -7])
