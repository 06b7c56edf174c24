"""What differs between two answers to one question, cell by cell. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from services.reporting.reports.canonical import Part
from services.reporting.tables import Cell, Column, Kind, Table

_LABELS = (Kind.TEXT, Kind.DATE)
Row = tuple[str, ...]


class Difference(NamedTuple):
    """One cell that is not what it was; None: there is no such row, or no value in it."""

    metric: str
    table: str
    table_title: str
    row: str
    """What stands at the beginning of the row."""
    column: Column
    then: Cell
    now: Cell


def differences(then: Sequence[Part], now: Sequence[Part]) -> tuple[Difference, ...]:
    """Every cell that differs, in the order of the report.

    Rows are known again by the texts and dates with which they begin, else by their place; columns by their name.
    """
    after = {(part.metric, table.name): table for part in now for table in part.tables}
    before = {(part.metric, table.name): table for part in then for table in part.tables}
    return tuple(
        each
        for metric, name in dict.fromkeys((*before, *after))
        for each in _of_table(metric, before.get((metric, name)), after.get((metric, name)))
    )


def _of_table(metric: str, then: Table | None, now: Table | None) -> Iterator[Difference]:
    known = [table for table in (then, now) if table is not None]
    columns = {column.name: column for table in known for column in table.columns}
    before, after = ({} if table is None else _cells(table) for table in (then, now))
    for row, name in dict.fromkeys((*before, *after)):
        one, other = before.get((row, name)), after.get((row, name))
        if one != other:
            yield Difference(metric, known[0].name, known[0].title, " ".join(row), columns[name], one, other)


def _cells(table: Table) -> dict[tuple[Row, str], Cell]:
    """Every cell by its row and column; of rows that begin alike, the second is another one than the first."""
    wide = len(list(takewhile(lambda column: column.kind in _LABELS, table.columns)))
    seen: Counter[Row] = Counter()
    found: dict[tuple[Row, str], Cell] = {}
    for place, cells in enumerate(table.rows):
        label = tuple(str(cell) for cell in cells[:wide]) or (f"Row {place + 1}",)
        seen[label] += 1
        key = label if seen[label] == 1 else (*label, f"({seen[label]})")
        found |= {(key, column.name): cell for column, cell in zip(table.columns[wide:], cells[wide:], strict=True)}
    return found
