"""Tables: what may be in them, and what may leave the team."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import numpy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.reporting.tables import HIDDEN, Balance, Cell, Column, Kind, Table, suppressed, whole_percent

GROUP = Column("group", "Group", Kind.TEXT)
CASES = Column("cases", "Cases", Kind.COUNT)


def counts(*values: int, total: bool = True) -> Table:
    """One column of counts, with its total below."""
    rows = [(f"g{place}", value) for place, value in enumerate(values)]
    last = (("total", sum(values)),) if total else ()
    return Table("t", "T", (GROUP, CASES), (*rows, *last), total=total)


def shown(table: Table, name: str = "cases") -> list[Cell]:
    return list(suppressed(table).column(name))


def grid(values: list[list[int]]) -> Table:
    """Counts with totals below and to the right."""
    names = [f"c{place}" for place in range(len(values[0]))]
    rows: list[tuple[int, ...]] = [(*row, sum(row)) for row in values]
    rows.append(tuple(sum(row[place] for row in rows) for place in range(len(names) + 1)))
    columns = tuple(Column(name, name, Kind.COUNT) for name in (*names, "all"))
    return Table("t", "T", columns, tuple(rows), total=True, balances=(Balance(tuple(names), ("all",)),))


@pytest.mark.parametrize(
    ("count", "published"), [(0, HIDDEN), (4, HIDDEN), (5, 5), (7, 5), (8, 10), (12, 10), (13, 15)]
)
def test_small_counts_are_hidden_and_others_are_rounded_to_five(count: int, published: Cell) -> None:
    assert shown(counts(count, total=False)) == [published]


SHARE = (
    GROUP,
    CASES,
    Column("all", "All", Kind.COUNT),
    Column("share", "Share", Kind.SHARE, of="cases", out_of="all"),
)


@pytest.mark.parametrize(("part", "published"), [(3, HIDDEN), (7, Decimal("0.18")), (5, Decimal("0.13"))])
def test_a_share_is_hidden_with_its_numerator_and_else_a_whole_percent(part: int, published: Cell) -> None:
    row = ("g", part, 40, Decimal(part) / 40)
    assert shown(Table("t", "T", SHARE, (row,)), "share") == [published]


def test_a_share_is_rounded_once() -> None:
    """12.496 % by way of the four decimals that a metric may give would be 13 %."""
    row = ("g", 12_496, 100_000, Decimal("0.1250"))
    assert shown(Table("t", "T", SHARE, (row,)), "share") == [Decimal("0.12")]


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_whole_percents_round_half_up(part: int, whole: int) -> None:
    percent = (2 * 100 * part + whole) // (2 * whole)  # half up, in whole numbers
    assert whole_percent(Decimal(part) / whole) == Decimal(percent) / 100


def test_a_median_is_hidden_where_too_few_waited_even_if_nobody_did() -> None:
    columns = (GROUP, Column("n", "Waits", Kind.COUNT), Column("median", "Median, days", Kind.DAYS, of="n"))
    table = Table("t", "T", columns, (("a", 4, 12), ("b", 5, Decimal("12.5")), ("c", 0, None)))
    assert shown(table, "median") == [HIDDEN, Decimal("12.5"), HIDDEN]


def test_a_rate_by_something_public_follows_the_published_count() -> None:
    rate = Column("rate", "Per 1,000", Kind.NUMBER, of="cases", follows=True)
    table = Table("t", "T", (GROUP, CASES, rate), (("a", 47, Decimal("39.2")), ("b", 3, Decimal("2.5"))))
    assert shown(table, "rate") == [Decimal("37.5"), HIDDEN]
    with pytest.raises(ValueError, match="follows"):
        Column("rate", "Per 1,000", Kind.NUMBER, follows=True)


def test_a_single_hidden_count_takes_the_next_smallest_with_it() -> None:
    assert shown(counts(3, 30, 6, 12)) == [HIDDEN, 30, HIDDEN, 10, 50]


def test_two_hidden_counts_need_no_third() -> None:
    assert shown(counts(0, 2, 6, 12)) == [HIDDEN, HIDDEN, 5, 10, 20]


def test_without_a_total_nothing_else_is_hidden() -> None:
    assert shown(counts(3, 30, 6, total=False)) == [HIDDEN, 30, 5]


def test_the_next_smallest_of_two_equal_ones_is_the_first() -> None:
    assert shown(counts(9, 3, 9)) == [HIDDEN, HIDDEN, 10, 20]


def test_what_rests_on_a_count_hidden_for_the_sake_of_others_is_hidden_too() -> None:
    columns = (CASES, Column("median", "Median, days", Kind.DAYS, of="cases"))
    table = Table("t", "T", columns, ((3, 10), (8, 20), (20, 30), (31, 28)), total=True)
    assert suppressed(table).rows == ((HIDDEN, HIDDEN), (HIDDEN, HIDDEN), (20, 30), (30, 28))


def test_rows_that_add_up_are_protected_like_columns() -> None:
    columns = tuple(Column(name, name, Kind.COUNT) for name in ("decided", "accepted", "declined"))
    table = Table("t", "T", columns, ((20, 17, 3),), balances=(Balance(("accepted", "declined"), ("decided",)),))
    assert suppressed(table).rows == ((20, HIDDEN, HIDDEN),)


def test_a_hidden_cell_between_two_hidden_squares_takes_others_with_it() -> None:
    """Every line of this table hides none or at least two cells, and the cell at (2, 1) would follow from its half."""
    small = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3)]
    values = [[1 if (row, place) in small else 50 for place in range(4)] for row in range(4)]
    published = suppressed(grid(values))
    hidden = {(row, place) for row in range(5) for place in range(5) if published.rows[row][place] == HIDDEN}
    assert hidden > set(small)
    assert _determined(grid(values), published) == set()


def test_hidden_noughts_do_not_follow_from_the_rounding_of_the_others() -> None:
    """8 is the least that is shown as 10, 5 that is shown as 5, and 32 and 37 the most that are shown as 30 and 35."""
    assert shown(counts(8, 8, 8, 8, 0, 0)) == [HIDDEN, 10, 10, 10, HIDDEN, HIDDEN, 30]
    assert shown(counts(8, 8, 8, 8, 5, 0, 0)) == [10, 10, 10, 10, HIDDEN, HIDDEN, HIDDEN, 35]


def test_hidden_noughts_that_may_be_ones_need_no_more() -> None:
    """21 is shown as 20, as 22 is."""
    assert shown(counts(8, 8, 5, 0, 0)) == [10, 10, 5, HIDDEN, HIDDEN, 20]


def test_what_is_published_stays_as_it_is() -> None:
    once = suppressed(counts(3, 30, 6, 12))
    assert suppressed(once) is once


def test_a_published_count_of_its_own_is_no_raw_one() -> None:
    assert suppressed(counts(30)).published
    assert not counts(30).published


def _equations(table: Table) -> list[set[tuple[int, int]]]:
    """Sets of cells that add up: columns with their total, rows with their balance. Signs do not matter here."""
    found = [
        {(row, place) for row in range(len(table.rows))}
        for place, column in enumerate(table.columns)
        if column.kind is Kind.COUNT and table.total
    ]
    for balance in table.balances:
        places = [table.index(name) for name in (*balance.left, *balance.right)]
        found += [{(row, place) for place in places} for row in range(len(table.rows))]
    return found


def _determined(table: Table, published: Table) -> set[tuple[int, int]]:
    """Hidden cells that someone who knew every shown count exactly could work out by solving the equations."""
    hidden = [
        (row, place)
        for row, cells in enumerate(published.rows)
        for place, cell in enumerate(cells)
        if cell == HIDDEN and table.columns[place].kind is Kind.COUNT
    ]
    if not hidden:
        return set()
    last = len(table.rows) - 1
    single = {table.index(balance.right[0]) for balance in table.balances}
    matrix = numpy.array(
        [
            [
                0
                if cell not in equation
                else (-1 if cell[0] == last and table.total else 1) * (-1) ** (cell[1] in single)
                for cell in hidden
            ]
            for equation in _equations(table)
        ],
        dtype=float,
    ).reshape(-1, len(hidden))
    rank = numpy.linalg.matrix_rank(matrix)
    return {
        cell
        for place, cell in enumerate(hidden)
        if numpy.linalg.matrix_rank(numpy.vstack([matrix, numpy.eye(len(hidden))[place]])) == rank
    }


SMALL = st.integers(0, 12)
GRIDS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(SMALL, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(GRIDS)
def test_no_hidden_count_of_a_table_with_totals_can_be_solved_for(values: list[list[int]]) -> None:
    if len(values[0]) == 1 or len(values) == 1:
        values = [[*row, 7] for row in [*values, [9] * len(values[0])]]
    table = grid(values)
    assert _determined(table, suppressed(table)) == set()


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8))
@example([0, 8, 8, 8, 8, 0])
def test_every_hidden_count_of_a_column_has_more_than_one_possible_value(values: list[int]) -> None:
    """Someone who knows the rounding: each shown count is within 2 of what is printed and at least 5."""
    column = shown(counts(*values))
    ranges = [(max(5, cell - 2), cell + 2) for cell in column if isinstance(cell, int)]
    if column[-1] == HIDDEN:
        return  # what the total is, nobody knows: up to 4 in any of the hidden cells
    *parts, total = ranges
    most = total[1] - sum(low for low, _ in parts)
    how_many = column.count(HIDDEN)
    assert how_many == 0 or (how_many >= 2 and most >= 1)


@given(GRIDS)
def test_nothing_small_is_ever_shown_and_nothing_shown_is_exact(values: list[list[int]]) -> None:
    table = grid(values)
    for raw, published in zip(table.rows, suppressed(table).rows, strict=True):
        for count, cell in zip(raw, published, strict=True):
            assert isinstance(count, int)
            if count < 5:
                assert cell == HIDDEN
            else:
                assert cell == HIDDEN or (isinstance(cell, int) and cell % 5 == 0 and abs(cell - count) <= 2)


def test_a_table_of_families_all_small_shows_nothing() -> None:
    assert {cell for row in suppressed(grid([[1, 0], [0, 2]])).rows for cell in row} == {HIDDEN}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (CASES, "12"),
        (CASES, True),
        (CASES, Decimal(12)),
        (CASES, HIDDEN),
        (Column("day", "Day", Kind.DATE), datetime(2025, 3, 1, tzinfo=UTC)),
        (GROUP, date(2025, 3, 1)),
    ],
)
def test_a_cell_that_is_not_what_its_column_holds_is_refused(column: Column, cell: Cell) -> None:
    with pytest.raises(TypeError, match=f"column {column.name} holds"):
        Table("t", "T", (column,), ((cell,),))


def test_every_kind_of_cell_is_taken_where_it_belongs() -> None:
    columns = (
        GROUP,
        CASES,
        Column("days", "Days", Kind.DAYS, of="cases"),
        Column("share", "Share", Kind.SHARE, of="cases"),
        Column("weight", "Weight", Kind.NUMBER),
        Column("day", "Day", Kind.DATE),
    )
    row = ("g", 5, Decimal("2.5"), Decimal("0.125"), 1.5, date(2025, 3, 1))
    assert suppressed(Table("t", "T", columns, (row, (None,) * 6))).rows[0] == (*row[:3], Decimal("0.13"), *row[4:])


@pytest.mark.parametrize(("kind"), [Kind.SHARE, Kind.DAYS])
def test_a_figure_that_rests_on_a_count_says_on_which(kind: Kind) -> None:
    with pytest.raises(ValueError, match="which count"):
        Column("figure", "Figure", kind)


def test_only_a_share_is_out_of_something() -> None:
    with pytest.raises(ValueError, match="only a share"):
        Column("days", "Days", Kind.DAYS, of="cases", out_of="all")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": (GROUP, replace(CASES, name="group"))}, "one name"),
        ({"columns": (GROUP, CASES, CASES)}, "one name"),
        ({"rows": (("a",),)}, "1 cells for 2 columns"),
        ({"rows": ()}, "no row to be the total"),
        ({"balances": (Balance(("cases",), ("others",)),)}, "others is not a column of counts"),
        ({"balances": (Balance(("group",), ("cases",)),)}, "group is not a column of counts"),
        ({"balances": (Balance(("cases",), ("cases",)),)}, "two balances"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(counts(5), **changes)


def test_a_balance_may_have_several_columns_on_both_sides() -> None:
    names = ("open_before", "new", "closed", "open_after")
    columns = tuple(Column(name, name, Kind.COUNT) for name in names)
    flow = Balance(names[:2], names[2:])
    table = Table("t", "T", columns, ((40, 12, 2, 50), (20, 11, 10, 21)), balances=(flow,))
    assert suppressed(table).rows == ((40, HIDDEN, HIDDEN, 50), (20, 10, 10, 20))


def test_a_row_that_lacks_a_count_of_a_balance_is_no_equation() -> None:
    columns = tuple(Column(name, name, Kind.COUNT) for name in ("a", "b", "sum"))
    table = Table("t", "T", columns, ((3, None, 20),), balances=(Balance(("a", "b"), ("sum",)),))
    assert suppressed(table).rows == ((HIDDEN, None, 20),)


def test_a_total_of_nothing_is_hidden_as_the_nought_it_is() -> None:
    assert shown(counts()) == [HIDDEN]


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(1, 3))
def test_every_table_of_noughts_and_ones_ends(width: int, height: int) -> None:
    for cells in product((0, 1, 9), repeat=width * height if width * height <= 6 else 0):
        values = [list(cells[row * width : (row + 1) * width]) for row in range(height)]
        if all(values):
            assert suppressed(grid(values)).published
