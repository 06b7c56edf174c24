"""Bars from the table that stands beside them, so that both say the same, what is hidden included."""

from decimal import Decimal

from services.reporting.charts.bars import Bar, Row
from services.reporting.charts.cells import cell
from services.reporting.tables import HIDDEN, Cell, Table


def rows_of(table: Table, *values: str) -> tuple[Row, ...]:
    """A row of bars for each of the table's rows, its total left out; the first column names it.

    Args:
        table: as it is shown: raw or suppressed.
        values: names of the columns that become bars, one a series. A figure that rests on a count tells it as its n.

    Raises:
        ValueError: there is no such column.
    """
    rows = table.rows[:-1] if table.total else table.rows
    return tuple(
        Row(cell(row[0], table.columns[0].kind), tuple(_bar(table, row, name) for name in values)) for row in rows
    )


def _bar(table: Table, row: tuple[Cell, ...], name: str) -> Bar:
    place = table.index(name)
    value, rests_on = row[place], table.columns[place].of
    n = None if rests_on is None else row[table.index(rests_on)]
    return Bar(
        float(value) if isinstance(value, int | float | Decimal) else None,
        n if isinstance(n, int) else None,
        hidden=value == HIDDEN,
    )
