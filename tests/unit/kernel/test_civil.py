"""Working days and the end of a civil day."""

from datetime import UTC, date, datetime

import pytest

from shared.kernel.civil import civil_date, end_of, is_working_day, working_days_after
from shared.kernel.holidays import BANK_HOLIDAYS


@pytest.mark.parametrize(
    ("day", "number", "wanted"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 29), 0, date(2026, 11, 29)),
    ],
)
def test_working_days_pass_over_weekends_and_bank_holidays(day: date, number: int, wanted: date) -> None:
    assert working_days_after(day, number) == wanted


def test_working_days_are_counted_forwards_only() -> None:
    with pytest.raises(ValueError, match="forwards"):
        working_days_after(date(2026, 11, 23), -1)


def test_every_year_of_the_table_has_eight_bank_holidays_none_of_them_on_a_weekend() -> None:
    years = sorted({day.year for day in BANK_HOLIDAYS})
    assert years == list(range(years[0], years[-1] + 1))
    assert [sum(day.year == year for day in BANK_HOLIDAYS) for year in years] == [8] * len(years)
    assert not any(day.weekday() >= 5 or is_working_day(day) for day in BANK_HOLIDAYS)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 11, 23), datetime(2026, 11, 24, tzinfo=UTC)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 23, tzinfo=UTC)),
    ],
)
def test_a_civil_day_ends_at_midnight_in_london(day: date, wanted: datetime) -> None:
    assert end_of(day) == wanted
    assert civil_date(end_of(day)) > day
