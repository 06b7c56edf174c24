"""Cells of a table as a person reads them."""

from datetime import date
from decimal import Decimal

from services.reporting.charts.words import long_date, plain
from services.reporting.tables import Cell, Kind

NONE = "–"
"""There is no such value."""


def cell(value: Cell, kind: Kind) -> str:
    """A cell in words: a date in full, a share as percent with one decimal (none if it has none), numbers with two.

    Numbers are rounded half up; a text, and the sign of what is hidden, stand as they are; None is a dash.
    """
    if value is None:
        return NONE
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return long_date(value)
    if kind is Kind.SHARE:
        return f"{plain(Decimal(str(value)) * 100, '0.1')}%"
    return plain(value, "0.01")
