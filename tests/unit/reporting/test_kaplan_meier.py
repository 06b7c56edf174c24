"""Kaplan-Meier curves against lifelines."""

import lifelines
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines.utils import median_survival_times

from services.reporting.statistics.kaplan_meier import MILESTONES, Share, curve, kaplan_meier

WAITS = st.lists(st.tuples(st.integers(0, 200), st.booleans()), min_size=1, max_size=60)


@given(WAITS)
def test_the_curve_and_its_limits_are_those_of_another_implementation(waits: list[tuple[int, bool]]) -> None:
    durations, observed = [days for days, _ in waits], [stopped for _, stopped in waits]
    found = kaplan_meier(durations, observed)
    peer = lifelines.KaplanMeierFitter().fit(durations, observed)
    limits = peer.confidence_interval_.loc[[step.day for step in found.steps]].to_numpy()
    table = peer.event_table.loc[[step.day for step in found.steps]]
    assert [step.share_still_waiting for step in found.steps] == pytest.approx(
        peer.survival_function_at_times([step.day for step in found.steps]).to_list(), abs=1e-9
    )
    assert [step.lower for step in found.steps] == pytest.approx(limits[:, 0].tolist(), abs=1e-9)
    assert [step.upper for step in found.steps] == pytest.approx(limits[:, 1].tolist(), abs=1e-9)
    assert [(step.at_risk, step.events, step.censored) for step in found.steps] == [
        (int(row.at_risk), int(row.observed), int(row.censored)) for row in table.itertuples()
    ]


def _day(peer: float) -> int | None:
    return None if peer == float("inf") else int(peer)


# Neither a share nor a limit may be a half by chance, which floats would miss by one part in 10^16: see the test below.
@given(st.lists(st.tuples(st.integers(0, 90), st.booleans()), min_size=1, max_size=40))
def test_the_median_and_its_limits_are_those_of_another_implementation(waits: list[tuple[int, bool]]) -> None:
    durations, observed = [days for days, _ in waits], [stopped for _, stopped in waits]
    found = kaplan_meier(durations, observed)
    if any(abs(step.share_still_waiting - 0.5) < 1e-9 for step in found.steps):
        return
    peer = lifelines.KaplanMeierFitter().fit(durations, observed)
    assert found.median == _day(peer.median_survival_time_)
    limits = median_survival_times(peer.confidence_interval_)
    assert [found.median_lower, found.median_upper] == [_day(limit) for limit in limits.to_numpy()[0]]


def test_half_of_the_families_started_is_the_median_to_the_last_bit() -> None:
    """A product of floats is not always a half where it should be."""
    for n in range(2, 200, 2):
        assert kaplan_meier(range(n), [True] * n).median == n // 2 - 1


def test_those_still_waiting_lengthen_the_wait() -> None:
    started = [5, 10, 15, 20]
    assert kaplan_meier(started, [True] * 4).median == 10
    assert kaplan_meier([*started, 30, 30, 30, 30], [True] * 4 + [False] * 4).median == 20
    assert kaplan_meier([*started, 30, 30, 30, 30, 30], [True] * 4 + [False] * 5).median is None


def test_a_family_last_seen_on_a_day_counts_as_waiting_on_it() -> None:
    (step,) = kaplan_meier([7, 7], [True, False]).steps
    assert (step.at_risk, step.events, step.censored, step.share_still_waiting) == (2, 1, 1, 0.5)


def test_the_share_that_has_started_by_a_day() -> None:
    found = kaplan_meier([10, 20, 30, 40], [True, True, False, True])
    at_28 = found.share_started(28)
    assert at_28 is not None
    assert at_28.share == 0.5
    assert 0 < at_28.lower < 0.5 < at_28.upper < 1
    assert found.share_started(9) == Share(share=0.0, lower=0.0, upper=0.0)
    assert found.share_started(10) == found.share_started(19)


def test_everybody_has_started_and_no_later_day_changes_it() -> None:
    found = kaplan_meier([10, 20], [True, True])
    assert {found.share_started(day) for day in (20, *MILESTONES)} == {Share(share=1.0, lower=1.0, upper=1.0)}


def test_nothing_is_said_of_a_day_that_nobody_has_been_followed_to() -> None:
    found = kaplan_meier([10, 40], [True, False])
    assert found.share_started(40) is not None
    assert found.share_started(41) is None


def test_nobody_waits() -> None:
    found = kaplan_meier([], [])
    assert (found.n, found.events, found.steps, found.median, found.share_started(28)) == (0, 0, (), None, None)


def test_nobody_has_started() -> None:
    found = kaplan_meier([10, 12], [False, False])
    assert found.median is None
    assert found.share_started(12) == Share(share=0.0, lower=0.0, upper=0.0)


@given(WAITS)
def test_counted_waits_give_the_same_curve_as_single_ones(waits: list[tuple[int, bool]]) -> None:
    started: dict[int, int] = {}
    waiting: dict[int, int] = {5: 0}
    for days, stopped in waits:
        counts = started if stopped else waiting
        counts[days] = counts.get(days, 0) + 1
    durations, observed = [days for days, _ in waits], [stopped for _, stopped in waits]
    assert curve(started, waiting) == kaplan_meier(durations, observed)


@pytest.mark.parametrize(("started", "waiting"), [({-1: 1}, {}), ({1: 1}, {2: -1})])
def test_negative_waits_are_a_fault_of_the_data_and_refused(started: dict[int, int], waiting: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        curve(started, waiting)


def test_every_wait_says_whether_it_is_over() -> None:
    with pytest.raises(ValueError, match="shorter"):
        kaplan_meier([1, 2], [True])


def test_a_network_of_ten_years_does_not_run_out_of_floats() -> None:
    found = curve(dict.fromkeys(range(800), 180), dict.fromkeys(range(800), 7))
    assert found.n == 149_600
    assert 0 < found.steps[-1].share_still_waiting < found.steps[0].share_still_waiting < 1
