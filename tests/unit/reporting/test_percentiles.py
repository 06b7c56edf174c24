"""Percentiles of type 7, exact."""

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.metrics.percentiles import percentile, share_of
from services.reporting.metrics.waits import summary


def test_the_worked_example() -> None:
    waits = [3, 10, 14, 28, 29, 90]
    assert percentile(waits, Decimal("0.5")) == Decimal("21.0")
    assert percentile(waits, Decimal("0.9")) == Decimal("59.5")
    assert percentile(waits, Decimal("0.92")) == Decimal("65.6")


def test_one_wait_is_every_percentile() -> None:
    assert {percentile([17], Decimal(share) / 100) for share in (0, 25, 50, 75, 90, 92, 100)} == {Decimal(17)}


def test_nobody_waited() -> None:
    assert percentile([], Decimal("0.5")) is None
    assert share_of(0, 0) is None


@pytest.mark.parametrize("share", ["-0.01", "1.01"])
def test_a_share_outside_the_unit_interval_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="lies in"):
        percentile([1], Decimal(share))


@given(st.lists(st.integers(0, 800), min_size=2))
def test_quartiles_are_those_of_another_implementation(waits: list[int]) -> None:
    q1, q2, q3 = statistics.quantiles(waits, n=4, method="inclusive")  # type 7
    ordered = sorted(waits)
    found = [percentile(ordered, Decimal(share)) for share in ("0.25", "0.5", "0.75")]
    assert [float(each or 0) for each in found] == pytest.approx([q1, q2, q3], abs=1e-9)


def test_the_two_ways_to_be_in_time() -> None:
    found = summary({27: 1, 28: 2, 29: 1}, within=3)
    assert found.n == 4
    assert found.within_target == Decimal("0.75")
    assert found.under_four_weeks == Decimal("0.25")
    assert found.max == 29
