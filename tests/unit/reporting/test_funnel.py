"""Funnel limits against scipy's binomial distribution."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from services.reporting.statistics.funnel import Standing, funnel, funnel_limits


@given(st.integers(1, 999), st.integers(1, 20_000))
def test_limits_are_the_quantiles_of_the_binomial_distribution(per_mille: int, whole: int) -> None:
    found = funnel_limits(per_mille / 1000, whole)
    expected = stats.binom.ppf([0.001, 0.025, 0.975, 0.999], whole, per_mille / 1000) / whole
    assert [found.lower_998, found.lower_95, found.upper_95, found.upper_998] == pytest.approx(
        expected.tolist(), abs=1e-9
    )


def test_limits_of_a_large_team_do_not_run_out_of_floats() -> None:
    found = funnel_limits(0.5, 20_000)
    assert [found.lower_95, found.upper_95] == pytest.approx([0.4931, 0.5069], abs=1e-4)


def test_the_mean_is_that_of_the_network_and_not_of_its_teams() -> None:
    assert funnel([("small", 0, 10), ("large", 90, 90)]).mean == 0.9


def test_teams_stand_within_or_beyond_the_limits() -> None:
    found = funnel([("w", 500, 1000), ("a", 62, 100), ("b", 38, 100), ("aa", 70, 100), ("bb", 30, 100)])
    assert found.mean == 0.5
    assert [team.standing for team in found.teams] == [
        Standing.WITHIN,
        Standing.ABOVE_95,
        Standing.BELOW_95,
        Standing.ABOVE_998,
        Standing.BELOW_998,
    ]


def test_a_share_on_a_limit_is_within() -> None:
    upper = funnel_limits(0.5, 100).upper_95
    found = funnel([("on", round(upper * 100), 100), ("other", 100 - round(upper * 100), 100)])
    assert [team.standing for team in found.teams] == [Standing.WITHIN, Standing.WITHIN]


@given(st.integers(0, 40), st.integers(1, 40))
def test_a_team_beyond_a_limit_would_come_by_chance_more_rarely_than_the_limit_says(part: int, whole: int) -> None:
    part = min(part, whole)
    found = funnel([("t", part, whole), ("rest", 4 * 1000, 3 * 4 * 1000)])
    mean, team = found.mean, found.teams[0]
    assert mean is not None
    above = float(stats.binom.sf(part - 1, whole, mean))
    below = float(stats.binom.cdf(part, whole, mean))
    assert (team.standing in (Standing.ABOVE_95, Standing.ABOVE_998)) == (above < 0.025)
    assert (team.standing is Standing.BELOW_998) == (below < 0.001)


def test_one_of_one_is_no_outlier() -> None:
    found = funnel([("one", 1, 1), ("rest", 300, 600)])
    assert found.teams[0].standing is Standing.WITHIN


def test_a_team_of_nobody_has_no_place() -> None:
    found = funnel([("none", 0, 0), ("rest", 300, 600)]).teams[0]
    assert (found.share, found.limits, found.standing) == (None, None, None)
    assert funnel([("none", 0, 0)]).mean is None
    assert funnel([]).teams == ()


@pytest.mark.parametrize("part", [0, 12])
def test_where_none_or_all_do_nothing_can_differ(part: int) -> None:
    found = funnel([("a", part, 12), ("b", part // 2, 12 - (12 - part // 2) if part else 12)])
    assert {team.standing for team in found.teams} == {Standing.WITHIN}


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3)])
def test_a_numerator_lies_between_nought_and_its_denominator(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="numerator"):
        funnel([("t", part, whole)])


@pytest.mark.parametrize(("mean", "whole"), [(-0.1, 5), (1.1, 5), (0.5, 0)])
def test_limits_outside_their_range_are_refused(mean: float, whole: int) -> None:
    with pytest.raises(ValueError, match="denominator"):
        funnel_limits(mean, whole)
