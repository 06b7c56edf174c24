"""Parameters: the one form of each that is taken."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

from services.reporting.pages import read_form
from services.reporting.parameters import CURSOR, CivilDate, Instant, read_cursor, write_cursor, year_to


@given(st.dates(), st.uuids())
def test_a_cursor_gives_back_its_key(day: date, case_id: UUID) -> None:
    assert read_cursor(write_cursor(day, case_id)) == (day, case_id)


@given(st.from_regex(CURSOR.removesuffix("$"), fullmatch=True))
def test_every_text_of_the_right_form_is_a_cursor(text: str) -> None:
    day, case_id = read_cursor(text)
    assert date.min <= day <= date.max
    assert case_id.hex == text[6:]


@pytest.mark.parametrize(
    "text",
    ["0", "20250301", "2025-3-1", "2025-02-30", " 2025-03-01", "2025-03-01\n", "2025-03-01T00:00", "٢٠٢٥-٠٣-٠١"],
)
def test_a_loose_date_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(CivilDate).validate_python(text)


@pytest.mark.parametrize("text", ["2025-03-01", "2025-03-01T10:00:00", "1740787200", "2025-03-01T10:00:00+1:00"])
def test_a_loose_instant_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(text)


def test_an_instant_is_the_same_whatever_its_offset() -> None:
    assert TypeAdapter(Instant).validate_python("2025-07-01T12:00:00+01:00") == datetime(2025, 7, 1, 11, tzinfo=UTC)


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
    form = read_form(QueryParams({"known_at": typed}))
    assert (form.asked.known_at, form.errors) == (instant, {})


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2024-03-31", "2023-04-01"),
        ("2024-02-29", "2023-03-01"),
        ("2025-02-28", "2024-02-29"),
        ("2025-01-01", "2024-01-02"),
    ],
)
def test_the_year_that_ends_on_a_day(last: str, first: str) -> None:
    assert year_to(date.fromisoformat(last)) == date.fromisoformat(first)


def test_an_empty_form_asks_for_everything_now() -> None:
    form = read_form(QueryParams({"team": "", "at": " ", "known_at": ""}))
    assert (form.asked.team, form.asked.at, form.asked.known_at, form.errors) == (None, None, None, {})


def test_the_page_shows_a_known_instant_as_london_time() -> None:
    assert read_form(QueryParams({"known_at": "2025-07-01T12:00:00Z"})).typed["known_at"] == "2025-07-01T13:00:00"


@pytest.mark.parametrize("team", ["_", "Team-North", "-north", "north south", "n" * 41])
def test_a_loose_team_code_is_refused(team: str) -> None:
    assert "team" in read_form(QueryParams({"team": team})).errors
