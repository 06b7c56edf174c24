"""once(), civil dates, ids, refusals: the small parts that every rule uses."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.civil import Moment, civil_date
from shared.kernel.decider import once
from shared.kernel.errors import Rejected
from shared.kernel.ids import derived_id, new_id
from shared.testing.spec import spec
from tests.unit.kernel.histories import Filled, Open, Opened, vessel


def test_what_was_never_said_is_said() -> None:
    spec(vessel, None)().when(Open(size=3)).then(Opened(size=3))


def test_what_was_said_so_stays_quiet() -> None:
    spec(vessel, None)(Opened(size=3)).when(Open(size=3)).then_nothing()


def test_something_else_than_was_said_is_refused() -> None:
    spec(vessel, None)(Opened(size=3)).when(Open(size=4)).then_refused("conflicts-with-record")


def test_the_refusal_of_something_else_can_have_a_code_of_its_own() -> None:
    with pytest.raises(Rejected) as caught:
        once(Filled(amount=1), Filled(amount=2), code="already-filled")
    assert caught.value.code == "already-filled"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 1, 31, 23, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 23, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), date(2025, 12, 31)),
    ],
)
def test_a_civil_date_is_londons(instant: datetime, day: date) -> None:
    assert civil_date(instant) == day
    assert Moment(instant).today == day


def test_an_instant_without_a_zone_has_no_civil_date() -> None:
    with pytest.raises(ValueError, match="time zone"):
        civil_date(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_the_moment_of_a_day_is_on_that_day(day: date) -> None:
    assert Moment.of(day).today == day


def test_fresh_ids_differ_and_are_in_order_of_time() -> None:
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(set(ids))
    assert {item.version for item in ids} == {7}
    assert {item.variant for item in ids} == {RFC_4122}


def test_a_derived_id_is_the_same_for_ever_and_another_for_other_parts() -> None:
    assert derived_id("task", UUID(int=1), 2) == UUID("b072c84e-f10e-57fd-a9c5-ffa1cdd649e4")
    assert len({derived_id("task", 1), derived_id("task", 2), derived_id("task1"), derived_id("task")}) == 4


def test_a_refusal_says_its_code_and_its_sentence() -> None:
    assert str(Rejected("too-late")) == "too-late"
    assert str(Rejected("too-late", "it was yesterday", field="/on")) == "too-late: it was yesterday"
