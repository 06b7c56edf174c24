"""The filter form: what an address asks, what is wrong with it, and the address that asks the same."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from services.reporting.pages.form import STANDARD, UNKNOWN_FIELD, WITH_PERIOD, Form, read_form, select

TODAY = date(2025, 6, 30)
TIER = select("tier", "Tier", [("", "All tiers"), ("specialist", "Specialist")])


def read(fields: tuple[object, ...] = STANDARD, **given: str) -> Form:
    return read_form(QueryParams(given), fields, today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2025-07-01T12:00", datetime(2025, 7, 1, 11, tzinfo=UTC)),
        ("2025-01-01T12:00:30", datetime(2025, 1, 1, 12, 0, 30, tzinfo=UTC)),
        ("2025-10-26T01:30", datetime(2025, 10, 26, 0, 30, tzinfo=UTC)),
        ("2025-07-01T12:00:00Z", datetime(2025, 7, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_time_on_the_page_is_london_time_unless_it_says_otherwise(typed: str, instant: datetime) -> None:
    form = read(known_at=typed)
    assert (form.scope.known_at, form.errors) == (instant, {})


def test_an_empty_form_asks_for_everything_now() -> None:
    form = read(team="", at=" ", known_at="")
    assert (form.scope.team, form.scope.at, form.scope.known_at, form.errors) == (None, TODAY, None, {})


def test_the_page_shows_a_known_instant_as_london_time() -> None:
    assert read(known_at="2025-07-01T12:00:00Z").typed["known_at"] == "2025-07-01T13:00:00"


@pytest.mark.parametrize("team", ["_", "Team-North", "-north", "north south", "n" * 41])
def test_a_loose_team_code_is_refused(team: str) -> None:
    assert "team" in read(team=team).errors


def test_a_team_of_others_is_an_error_and_is_not_asked_for() -> None:
    form = read_form(QueryParams({"team": "team-south"}), teams=frozenset({"team-north"}), today=TODAY)
    assert (list(form.errors), form.scope.team) == (["team"], None)


def test_a_filter_that_the_page_does_not_have_is_an_error_that_does_not_repeat_it() -> None:
    form = read(canary="canary-1")
    assert list(form.errors) == [UNKNOWN_FIELD]
    assert "canary" not in form.errors[UNKNOWN_FIELD]


def test_a_list_takes_its_own_codes_alone() -> None:
    assert read((TIER,), tier="specialist").values == {"tier": "specialist"}
    assert read((TIER,), tier="").values == {}
    assert list(read((TIER,), tier="gold").errors) == ["tier"]


def test_a_period_is_the_year_that_ends_as_at_unless_said_otherwise() -> None:
    assert read(WITH_PERIOD).period == (date(2024, 7, 1), TODAY)
    assert read(WITH_PERIOD, at="2024-03-31").period == (date(2023, 4, 1), date(2024, 3, 31))
    said = read(WITH_PERIOD, first_day="2025-01-01", last_day="2025-03-31")
    assert (said.period, said.errors) == ((date(2025, 1, 1), date(2025, 3, 31)), {})


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"last_day": "2025-07-01"}, "last_day"),
        ({"at": "2025-01-31", "last_day": "2025-02-01"}, "last_day"),
        ({"first_day": "2025-07-01"}, "first_day"),
        ({"first_day": "2025-03-02", "last_day": "2025-03-01"}, "first_day"),
    ],
)
def test_an_impossible_period_is_an_error_of_one_field(asked: dict[str, str], field: str) -> None:
    assert list(read(WITH_PERIOD, **asked).errors) == [field]


def test_an_address_asks_the_same_in_one_order_and_changes_what_is_said() -> None:
    form = read((*WITH_PERIOD, TIER), tier="specialist", team="team-north", first_day="")
    assert form.query() == "team=team-north&tier=specialist"
    assert form.query(tier="", at="2025-01-01") == "team=team-north&at=2025-01-01"


@given(st.dictionaries(st.sampled_from([field.name for field in WITH_PERIOD]), st.text(max_size=30)))
def test_whatever_is_typed_is_either_an_error_or_asks_the_same_again(typed: dict[str, str]) -> None:
    form = read(WITH_PERIOD, **typed)
    if not form.errors:
        again = read_form(QueryParams(form.query()), WITH_PERIOD, today=TODAY)
        assert (again.values, again.errors, again.query()) == (form.values, {}, form.query())
