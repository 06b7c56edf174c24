"""effective(): what is left to believe after voids and corrections; and amend(), which lets them in."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.decider import amend
from shared.kernel.errors import Rejected
from shared.kernel.history import Corrected, EventVoided, Recorded, effective, in_force
from tests.unit.kernel.histories import (
    Any_,
    Filled,
    Opened,
    State,
    at,
    correct,
    facts,
    histories,
    history,
    vessel,
    void,
)


def stands(*items: Any_) -> list[object]:
    return [item.event for item in effective(history(*items))]


def test_without_voids_or_corrections_everything_stands() -> None:
    told = history(Opened(size=1), Filled(amount=1))
    assert effective(told) == tuple(told)


def test_a_void_takes_its_target_out() -> None:
    assert stands(Opened(size=1), Filled(amount=2), void(2)) == [Opened(size=1)]


def test_a_void_of_a_void_brings_the_target_back() -> None:
    assert stands(Opened(size=1), void(1), void(2)) == [Opened(size=1)]


def test_a_void_of_a_void_of_a_void_takes_it_out_again() -> None:
    assert stands(Opened(size=1), void(1), void(2), void(3)) == []


def test_a_correction_stands_in_its_targets_place_and_under_its_id() -> None:
    told = history(Opened(size=1), Filled(amount=2), correct(1, Opened(size=5)))
    assert [(item.event, item.event_id, item.version) for item in effective(told)] == [
        (Opened(size=5), UUID(int=1), 1),
        (Filled(amount=2), UUID(int=2), 2),
    ]


def test_the_last_correction_counts_whatever_it_points_at() -> None:
    assert stands(Opened(size=1), correct(1, Opened(size=2)), correct(2, Opened(size=3))) == [Opened(size=3)]
    assert stands(Opened(size=1), correct(1, Opened(size=2)), correct(1, Opened(size=3))) == [Opened(size=3)]


def test_a_void_of_a_correction_gives_back_what_stood_before() -> None:
    assert stands(Opened(size=1), correct(1, Opened(size=2)), void(2)) == [Opened(size=1)]


def test_a_void_of_the_corrected_event_takes_its_corrections_along() -> None:
    assert stands(Opened(size=1), correct(1, Opened(size=2)), void(1)) == []


def test_a_correction_of_a_voided_correction_has_no_effect() -> None:
    assert stands(Opened(size=1), correct(1, Opened(size=2)), correct(2, Opened(size=3)), void(2)) == [Opened(size=1)]


@pytest.mark.parametrize("item", [void(9), void(2), correct(9, Opened(size=2)), correct(2, Opened(size=2))])
def test_what_points_at_nothing_or_at_itself_has_no_effect(item: Any_) -> None:
    assert stands(Opened(size=1), item) == [Opened(size=1)]


@pytest.mark.parametrize("item", [void(2), correct(2, Opened(size=2))])
def test_what_points_at_a_later_event_has_no_effect(item: Any_) -> None:
    assert stands(item, Opened(size=1)) == [Opened(size=1)]


@given(histories(), st.randoms(use_true_random=False))
def test_any_sequence_gives_an_answer_and_the_order_of_arrival_does_not_matter(
    told: list[Recorded[Any_]], chance: random.Random
) -> None:
    arrived = list(told)
    chance.shuffle(arrived)
    assert effective(arrived) == effective(told)


@given(histories())
def test_what_stands_is_plain_events_in_order_under_their_own_ids(told: list[Recorded[Any_]]) -> None:
    left = effective(told)
    versions = [item.version for item in left]
    assert versions == sorted(set(versions))
    plain = {item.event_id: item.version for item in told if not isinstance(item.event, EventVoided | Corrected)}
    assert all(plain[item.event_id] == item.version for item in left)
    assert all(in_force(told, item.event_id) for item in left)
    assert {item.event_id for item in left} == {event_id for event_id in plain if in_force(told, event_id)}


@given(histories())
def test_voiding_the_last_event_gives_the_history_without_it(told: list[Recorded[Any_]]) -> None:
    for last in told[-1:]:
        assert effective([*told, at(last.version + 1, void(last.version))]) == effective(told[:-1])


@given(histories())
def test_voiding_and_voiding_that_void_changes_nothing(told: list[Recorded[Any_]]) -> None:
    size = len(told)
    for target in range(1, size + 1):
        back_again = [*told, at(size + 1, void(target)), at(size + 2, void(size + 1))]
        assert effective(back_again) == effective(told)


@given(histories(), facts)
def test_correcting_what_stands_changes_that_event_alone(told: list[Recorded[Any_]], data: Opened | Filled) -> None:
    before = effective(told)
    for number, item in enumerate(before):
        after = effective([*told, at(len(told) + 1, correct(item.version, data))])
        assert [each.event for each in after] == [
            data if place == number else each.event for place, each in enumerate(before)
        ]


def test_a_void_is_let_in_once() -> None:
    told = history(Opened(size=3), Filled(amount=2))
    assert amend(vessel, told, void(2)) == (void(2),)
    assert amend(vessel, [*told, at(3, void(2))], void(2)) == ()


def test_a_correction_is_let_in_once() -> None:
    told = history(Opened(size=3), Filled(amount=2))
    better = correct(2, Filled(amount=3))
    assert amend(vessel, told, better) == (better,)
    assert amend(vessel, [*told, at(3, better)], better) == ()


def test_a_correction_that_says_what_stands_already_is_nothing_new() -> None:
    assert amend(vessel, history(Opened(size=3)), correct(1, Opened(size=3))) == ()


def refused(told: list[Recorded[Any_]], amendment: EventVoided | Corrected[Opened | Filled]) -> str:
    with pytest.raises(Rejected) as caught:
        amend(vessel, told, amendment)
    return caught.value.code


def test_an_amendment_must_point_at_an_event_of_this_stream() -> None:
    assert refused(history(Opened(size=3)), void(7)) == "corrects-unknown-event"
    assert refused(history(), void(1)) == "corrects-unknown-event"
    assert refused(history(Opened(size=3)), correct(7, Opened(size=4))) == "corrects-unknown-event"


def test_a_correction_keeps_the_type_of_what_it_corrects() -> None:
    told = history(Opened(size=3), correct(1, Opened(size=4)), void(2))
    assert refused(told, correct(1, Filled(amount=1))) == "corrects-other-type"
    assert refused(told, correct(2, Filled(amount=1))) == "corrects-other-type"
    assert refused(told, correct(3, Filled(amount=1))) == "corrects-other-type"


def test_what_was_taken_back_cannot_be_corrected() -> None:
    assert refused(history(Opened(size=3), void(1)), correct(1, Opened(size=4))) == "already-voided"


def test_a_correction_of_a_correction_whose_event_was_taken_back_is_refused_too() -> None:
    told = history(Opened(size=3), correct(1, Opened(size=4)), void(1))
    assert refused(told, correct(2, Opened(size=5))) == "already-voided"


def test_an_amended_history_must_keep_the_invariants() -> None:
    told = history(Opened(size=3), Filled(amount=2), Filled(amount=1))
    assert refused(told, correct(1, Opened(size=2))) == "overfilled"
    assert refused(told, correct(3, Filled(amount=2))) == "overfilled"
    assert amend(vessel, told, void(2)) == (void(2),)


@given(histories(), st.integers(1, 10))
def test_an_amendment_that_is_let_in_has_its_effect_and_is_quiet_the_second_time(
    told: list[Recorded[Any_]], target: int
) -> None:
    for amendment in (void(target), correct(target, Filled(amount=0)), correct(target, Opened(size=9))):
        try:
            events = amend(vessel, told, amendment)
        except Rejected:
            continue
        after = [*told, *(at(len(told) + 1, item) for item in events)]
        assert (effective(after) == effective(told)) == (not events)
        assert amend(vessel, after, amendment) == ()


@given(histories())
def test_a_state_can_be_folded_from_any_history(told: list[Recorded[Any_]]) -> None:
    assert isinstance(vessel.state_of(told), State)
