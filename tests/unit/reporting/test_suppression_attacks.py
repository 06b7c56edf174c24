"""Suppression against someone who knows how it works: every raw table that would be published the same is tried.

A hidden count is safe if at least two raw tables with different values there look alike once published. Small tables
are enumerated whole, so that every way of rounding and of hiding comes up.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import pytest

from services.reporting.tables import HIDDEN, Balance, Cell, Column, Kind, Table, suppressed

Raw = tuple[tuple[Cell, ...], ...]


def column_with_total(parts: tuple[int, ...]) -> Table:
    columns = (Column("group", "Group", Kind.TEXT), Column("cases", "Cases", Kind.COUNT))
    rows = [(str(place), part) for place, part in enumerate(parts)]
    return Table("t", "T", columns, (*rows, ("all", sum(parts))), total=True)


def row_that_adds_up(parts: tuple[int, ...]) -> Table:
    names = [f"part {place}" for place in range(len(parts))]
    columns = tuple(Column(name, name, Kind.COUNT) for name in (*names, "sum"))
    balance = Balance(tuple(names), ("sum",))
    return Table("t", "T", columns, ((*parts, sum(parts)),), balances=(balance,))


def square(parts: tuple[int, ...]) -> Table:
    """Two by two, with totals along both sides."""
    a, b, c, d = parts
    columns = tuple(Column(name, name, Kind.COUNT) for name in ("left", "right", "both"))
    rows = ((a, b, a + b), (c, d, c + d), (a + c, b + d, a + b + c + d))
    return Table("t", "T", columns, rows, total=True, balances=(Balance(("left", "right"), ("both",)),))


def counts_of(table: Table) -> Raw:
    return tuple(
        tuple(cell for cell, column in zip(row, table.columns, strict=True) if column.kind is Kind.COUNT)
        for row in table.rows
    )


def alike(tables: Iterable[Table]) -> Iterator[tuple[Raw, list[Raw]]]:
    """What is published, with every raw table that is published so."""
    found: defaultdict[Raw, list[Raw]] = defaultdict(list)
    for table in tables:
        found[counts_of(suppressed(table))].append(counts_of(table))
    yield from found.items()


@pytest.mark.parametrize(
    ("shape", "parts", "most"),
    [(column_with_total, 2, 14), (column_with_total, 3, 14), (row_that_adds_up, 3, 14), (square, 4, 8)],
)
def test_what_is_hidden_in_a_small_table_may_be_more_than_one_number(
    shape: Callable[[tuple[int, ...]], Table], parts: int, most: int
) -> None:
    tried = [shape(each) for each in product(range(most + 1), repeat=parts)]
    assert exposed(tried, most) == []


def exposed(tables: Iterable[Table], most: int) -> list[tuple[Raw, int, int, set[Cell]]]:
    """Hidden places that have one possible value only, with what is published around them.

    Tables with a count of `most` are left out: others, not tried, with more would look the same.
    """
    found = []
    for published, raws in alike(tables):
        if any(most in cells for raw in raws for cells in raw):
            continue
        for row, cells in enumerate(published):
            for place, cell in enumerate(cells):
                values = {raw[row][place] for raw in raws}
                if cell == HIDDEN and len(values) < 2:
                    found.append((published, row, place, values))
    return found
