"""Parameters: the one form of each that is taken."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

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
