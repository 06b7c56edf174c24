"""The bank holidays of England and Wales: data, as published on gov.uk/bank-holidays (substitute days included)."""

from datetime import date

_BY_YEAR: dict[int, tuple[tuple[int, int], ...]] = {
    2024: ((1, 1), (3, 29), (4, 1), (5, 6), (5, 27), (8, 26), (12, 25), (12, 26)),
    2025: ((1, 1), (4, 18), (4, 21), (5, 5), (5, 26), (8, 25), (12, 25), (12, 26)),
    2026: ((1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)),
    2027: ((1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)),
    2028: ((1, 3), (4, 14), (4, 17), (5, 1), (5, 29), (8, 28), (12, 25), (12, 26)),
}
"""Year to (month, day). To be lengthened each year; a year that is not here has weekends only."""

BANK_HOLIDAYS = frozenset(date(year, month, day) for year, days in _BY_YEAR.items() for month, day in days)
"""Civil dates on which no answer is expected of anybody."""
