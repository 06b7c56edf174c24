"""XmR charts: limits against numpy, signals against the rules read out window by window."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.statistics.signals import Signal, Spread, signals
from services.reporting.statistics.xmr import Assurance, Point, Variation, xmr

WORKED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
CALM = [10, 12, 9, 11, 8, 12, 10, 9, 11, 10, 12, 8]
SERIES = st.lists(st.integers(-20, 60), min_size=1, max_size=40)


def marked(points: tuple[Point, ...], signal: Signal) -> list[int]:
    return [place for place, point in enumerate(points) if signal in point.signals]


def test_the_worked_example_with_every_moving_range() -> None:
    found = xmr(WORKED, higher_is_better=False)
    (segment,) = found.segments
    assert [segment.mean, segment.mean_range] == pytest.approx([35 / 18, 32 / 17])
    assert (round(segment.lower or 0, 3), round(segment.upper or 0, 3)) == (-3.063, 6.952)
    assert marked(found.points, Signal.OUTSIDE) == [4]
    assert found.points[4].variation is Variation.CONCERN
    assert "every moving range" in found.method


def test_the_worked_example_with_screened_moving_ranges() -> None:
    found = xmr(WORKED, higher_is_better=True, screened=True)
    (segment,) = found.segments
    assert [segment.mean, segment.mean_range] == pytest.approx([35 / 18, 1.0])
    assert (round(segment.lower or 0, 3), round(segment.upper or 0, 3)) == (-0.716, 4.604)
    assert marked(found.points, Signal.OUTSIDE) == [4]
    assert found.points[4].variation is Variation.IMPROVEMENT
    assert "leave out" in found.method


@given(SERIES, st.booleans())
def test_limits_are_those_of_another_implementation(values: list[int], screened: bool) -> None:
    (segment,) = xmr(values, higher_is_better=None, screened=screened).segments
    assert segment.mean == pytest.approx(numpy.mean(values), abs=1e-9)
    if len(values) == 1:
        assert (segment.lower, segment.upper, segment.near_lower, segment.range_limit) == (None,) * 4
        return
    ranges = numpy.abs(numpy.diff(values))
    if screened and ranges.any():
        ranges = ranges[ranges < 3.267 * ranges.mean()]
    mean, width = numpy.mean(values), 2.66 * ranges.mean()
    assert [segment.lower, segment.upper] == pytest.approx([mean - width, mean + width], abs=1e-9)
    near = [segment.near_lower, segment.near_upper]
    assert near == pytest.approx([mean - width * 2 / 3, mean + width * 2 / 3], abs=1e-9)
    assert segment.range_limit == pytest.approx(3.267 * ranges.mean(), abs=1e-9)


def _by_windows(values: list[int]) -> list[set[Signal]]:
    """The rules read out: every window is looked at by itself."""
    n, total = len(values), sum(values)
    ranges = [abs(other - one) for one, other in pairwise(values)]
    # all times n * len(ranges) * 100, so that nothing is rounded
    scale = n * max(len(ranges), 1) * 100
    distance = [(value * n - total) * scale // n for value in values]
    limit = 266 * sum(ranges) * n
    found: list[set[Signal]] = [set() for _ in values]
    near = [3 * abs(each) > 2 * limit and abs(each) <= limit and n > 1 for each in distance]
    for start in range(n):
        if n > 1 and abs(distance[start]) > limit:
            found[start].add(Signal.OUTSIDE)
        seven, three = range(start, start + 7), range(start, start + 3)
        if seven.stop <= n:
            steps = [values[place + 1] - values[place] for place in seven[:-1]]
            if all(step > 0 for step in steps) or all(step < 0 for step in steps):
                for place in seven:
                    found[place].add(Signal.TREND)
            if all(distance[place] > 0 for place in seven) or all(distance[place] < 0 for place in seven):
                for place in seven:
                    found[place].add(Signal.SHIFT)
        if three.stop <= n and (
            all(distance[place] > 0 for place in three) or all(distance[place] < 0 for place in three)
        ):
            close = [place for place in three if near[place]]
            for place in close if len(close) >= 2 else ():
                found[place].add(Signal.TWO_OF_THREE)
    return found


@given(
    st.one_of(SERIES, st.lists(st.integers(0, 4), max_size=40), st.lists(st.integers(-1, 3), min_size=9, max_size=30))
)
def test_signals_are_those_of_the_rules_read_window_by_window(values: list[int]) -> None:
    if values and min(values) == -1:  # steps: trends are long enough to be found
        values = list(numpy.cumsum(values).tolist())
    found = xmr(values, higher_is_better=None).points
    assert [set(point.signals) for point in found] == _by_windows(values)


def test_seven_on_one_side_of_the_mean_are_a_shift_and_the_whole_run_is_marked() -> None:
    found = xmr([1, 3, 1, 2, 3, 1, 2, 6, 5, 7, 6, 5, 7, 6], higher_is_better=True).points
    assert marked(found, Signal.SHIFT) == list(range(14))
    assert [point.upwards for point in found] == [False] * 7 + [True] * 7
    assert [point.variation for point in found] == [Variation.CONCERN] * 7 + [Variation.IMPROVEMENT] * 7


def test_six_on_one_side_are_chance() -> None:
    found = xmr([10, 0] * 5 + [6, 7, 6, 7, 6, 7] + [0, 10], higher_is_better=True).points
    assert {point.variation for point in found} == {Variation.COMMON_CAUSE}


def test_a_value_exactly_on_the_mean_ends_a_shift() -> None:
    broken = [0.1, 0.3] * 4 + [0.3, 0.25, 0.3, 0.2, 0.3, 0.25, 0.3] + [0.1, 0.1, 0.1, 0.0]
    found = xmr(broken, higher_is_better=None)
    assert (found.segments[0].mean, broken[11]) == (0.2, 0.2)
    assert marked(found.points, Signal.SHIFT) == []


def test_seven_rising_values_are_a_trend_and_equal_neighbours_end_it() -> None:
    noise = [9, 1, 8, 2, 9, 1]
    assert marked(xmr([*noise, 2, 3, 4, 5, 6, 7, *noise[:2]], higher_is_better=True).points, Signal.TREND) == [
        5, 6, 7, 8, 9, 10, 11, 12,
    ]  # fmt: skip
    assert marked(xmr([*noise, 2, 3, 3, 4, 5, 6, *noise[4:]], higher_is_better=True).points, Signal.TREND) == []


def test_a_peak_between_two_trends_belongs_to_the_later_one() -> None:
    values = [Fraction(value) for value in (1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1)]
    found = signals(values, Spread(Fraction(4), Fraction(9)))
    assert [directions[Signal.TREND] for directions in found] == [True] * 6 + [False] * 7


def test_two_of_three_near_a_limit_are_marked_and_the_third_is_not() -> None:
    values = [10, 12] * 20 + [15.5, 11.5, 15.5, 10]
    found = xmr(values, higher_is_better=False)
    (segment,) = found.segments
    assert (segment.near_upper or 0) < 15.5 < (segment.upper or 0)
    assert marked(found.points, Signal.TWO_OF_THREE) == [40, 42]
    assert found.points[40].variation is Variation.CONCERN


def test_two_near_a_limit_with_one_on_the_other_side_between_are_chance() -> None:
    found = xmr([10, 12] * 20 + [15.5, 10.5, 15.5, 10], higher_is_better=False)
    assert marked(found.points, Signal.TWO_OF_THREE) == []


def test_a_value_that_breaks_several_rules_is_labelled_by_precedence() -> None:
    assert list(Signal) == [Signal.OUTSIDE, Signal.TREND, Signal.TWO_OF_THREE, Signal.SHIFT]
    found = xmr([5, 6] * 6 + [7, 8, 9, 10, 11, 12, 40], higher_is_better=True).points
    assert (found[-1].signal, found[-2].signal) == (Signal.OUTSIDE, Signal.TREND)
    assert found[-1].signals >= {Signal.OUTSIDE, Signal.TREND}
    assert found[0].signal is Signal.SHIFT


@pytest.mark.parametrize(("spike", "expected"), [(60, Variation.NEUTRAL_HIGH), (-60, Variation.NEUTRAL_LOW)])
def test_a_measure_without_a_better_direction_is_neutral_high_or_low(spike: int, expected: Variation) -> None:
    found = xmr([*CALM, spike], higher_is_better=None)
    assert found.variation is expected
    assert found.assurance is None


@pytest.mark.parametrize(
    ("target", "higher_is_better", "expected"),
    [
        (40, True, Assurance.FAILS),
        (40, False, Assurance.PASSES),
        (-40, True, Assurance.PASSES),
        (-40, False, Assurance.FAILS),
        (10, True, Assurance.INCONSISTENT),
        (None, True, None),
        (10, None, None),
    ],
)
def test_assurance_compares_the_target_with_the_limits(
    target: float | None, higher_is_better: bool | None, expected: Assurance | None
) -> None:
    assert xmr(CALM, higher_is_better=higher_is_better, target=target).assurance is expected


@pytest.mark.parametrize("limit", [1 - Decimal("2.66") * 2, 1 + Decimal("2.66") * 2])
def test_a_target_on_a_limit_is_inconsistent(limit: Decimal) -> None:
    assert xmr([0, 2, 0, 2], higher_is_better=True, target=limit).assurance is Assurance.INCONSISTENT


def test_a_moving_range_of_exactly_the_bound_is_screened_out() -> None:
    """Ranges of 1.733 four times and 13.068 once: their mean is 4, and 3.267 times 4 is 13.068."""
    values = [0, 1.733, 0, 1.733, 0, 13.068]
    (segment,) = xmr(values, higher_is_better=None, screened=True).segments
    assert segment.mean_range == 1.733


def test_limits_of_fewer_than_twelve_values_are_trial_limits() -> None:
    assert xmr(CALM[:11], higher_is_better=None).trial
    assert not xmr(CALM, higher_is_better=None).trial


def test_a_rebase_starts_a_mean_limits_and_runs_of_its_own() -> None:
    low, high = [1, 2, 3, 2, 1, 3], [20, 22, 20, 24, 21, 23, 20, 22, 21, 23, 20, 24]
    found = xmr([*low, *high], higher_is_better=True, rebase=[6])
    assert [(each.first, each.last, each.n) for each in found.segments] == [(0, 5, 6), (6, 17, 12)]
    assert found.points[:6] == xmr(low, higher_is_better=True).points
    assert found.points[6:] == xmr(high, higher_is_better=True).points
    assert found.points[6].moving_range is None
    assert [each.trial for each in found.segments] == [True, False]
    assert not found.trial


@pytest.mark.parametrize("rebase", [[0], [12], [-1], [5, 5], [6, 3], [13]])
def test_segments_start_at_ascending_places_within_the_series(rebase: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        xmr(CALM, higher_is_better=None, rebase=rebase)


def test_a_month_without_a_value_is_a_gap_and_not_a_nought() -> None:
    found = xmr([*CALM[:5], None, *CALM[5:]], higher_is_better=True)
    without = xmr(CALM, higher_is_better=True)
    assert found.segments[0].mean == without.segments[0].mean
    assert (found.points[5].value, found.points[5].signal) == (None, None)
    assert [point for point in found.points if point.value is not None] == list(without.points)


def test_values_with_decimals_are_taken_exactly() -> None:
    found = xmr([Decimal("0.1"), 0.2, Decimal("0.3")], higher_is_better=None)
    assert (found.segments[0].mean, found.segments[0].upper) == (0.2, 0.466)


def test_nothing_varies() -> None:
    for screened in (False, True):
        (segment,) = xmr([7] * 20, higher_is_better=True, screened=screened).segments
        assert (segment.lower, segment.mean, segment.upper) == (7, 7, 7)


def test_a_series_of_nothing() -> None:
    found = xmr([], higher_is_better=True, target=1)
    assert (found.segments, found.points, found.assurance, found.variation, found.trial) == ((), (), None, None, True)
    gaps = xmr([None, None], higher_is_better=True, target=1)
    assert (gaps.segments[0].n, gaps.segments[0].mean, gaps.variation, gaps.assurance) == (0, None, None, None)


def test_one_value_has_no_limits_and_no_assurance() -> None:
    found = xmr([3], higher_is_better=True, target=1)
    assert (found.assurance, found.points[0].signal, found.points[0].mean) == (None, None, 3)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_value_that_is_not_finite_is_refused(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match="not finite"):
        xmr([1, value], higher_is_better=None)


def test_series_in_the_other_direction_gives_the_mirrored_labels() -> None:
    up = xmr(WORKED, higher_is_better=True).points
    down = xmr([-value for value in WORKED], higher_is_better=False).points
    assert [point.variation for point in up] == [point.variation for point in down]
