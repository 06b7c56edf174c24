"""Tables of results: what a page, an export and the command line show, and what may leave the team."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from services.reporting.secondary import LEAST_SHOWN, Line, Place, protected, rounded

HIDDEN = "*"

Cell = str | int | float | Decimal | date | None
"""`HIDDEN` stands in for any value in a suppressed table; None is "there is no such value"."""


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    COUNT = "count"
    """Whole number of people, cases or events: the only kind that small numbers are hidden by."""
    DAYS = "days"
    SHARE = "share"
    """Ratio, 0.175 for 17.5 %: not rounded, so that it is rounded once, where it is shown."""
    NUMBER = "number"
    DATE = "date"


TAKES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.COUNT: (int,),
    Kind.DAYS: (int, Decimal),
    Kind.SHARE: (Decimal,),
    Kind.NUMBER: (int, float, Decimal),
    Kind.DATE: (date,),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: code, unique in its table.
        title: heading that a person reads, unit included.
        kind: what its cells are.
        of: name of the COUNT column that this figure rests on: a share's numerator, a median's n. Where that count is
            hidden, this figure is. A share and a figure in days always name one.
        out_of: name of the COUNT column that is a share's denominator, if the table has it. The published share is
            computed from both, and hidden with either.
        follows: this NUMBER is its count times something that anybody may know (a rate by births, a mean over weeks):
            the published one is that of the published count, or it would give the exact count back.
    """

    name: str
    title: str
    kind: Kind
    of: str | None = None
    out_of: str | None = None
    follows: bool = False

    def __post_init__(self) -> None:
        if self.kind in (Kind.DAYS, Kind.SHARE) and self.of is None:
            raise ValueError(f"column {self.name}: a share and a figure in days say which count they rest on")
        if self.out_of is not None and self.kind is not Kind.SHARE:
            raise ValueError(f"column {self.name}: only a share is out of something")
        if self.follows and (self.kind is not Kind.NUMBER or self.of is None):
            raise ValueError(f"column {self.name}: only a number that rests on a count follows it")

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Names of the counts with which this figure is hidden."""
        return tuple(name for name in (self.of, self.out_of) if name is not None)


@dataclass(frozen=True, slots=True)
class Balance:
    """COUNT columns that add up in every row: the sum of `left` is the sum of `right`.

    Example: `Balance(("accepted", "declined"), ("decided",))`; `Balance(("open_before", "new"), ("closed", "open"))`.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns.

    Attributes:
        name: code; becomes the name of a sheet or file.
        title: what a person reads above it.
        columns: at least one.
        rows: each as long as `columns`.
        total: the last row is the total of the others, in every COUNT column.
        balances: columns that add up; a column belongs to one of them at most.
        published: small numbers are hidden: this may leave the team. Only `suppressed` sets it.

    Raises:
        TypeError: a cell is not what its column holds.
        ValueError: a row is too long or too short, or a column that is referred to is missing or no count.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    balances: tuple[Balance, ...] = ()
    published: bool = False

    def __post_init__(self) -> None:
        kinds = {column.name: column.kind for column in self.columns}
        if len(kinds) != len(self.columns):
            raise ValueError(f"table {self.name}: two columns have one name")
        balanced = [name for balance in self.balances for name in (*balance.left, *balance.right)]
        if len(balanced) != len(set(balanced)):
            raise ValueError(f"table {self.name}: a column belongs to two balances")
        for name in (*balanced, *(name for column in self.columns for name in column.rests_on)):
            if kinds.get(name) is not Kind.COUNT:
                raise ValueError(f"table {self.name}: {name} is not a column of counts")
        if self.total and not self.rows:
            raise ValueError(f"table {self.name}: there is no row to be the total")
        for row in self.rows:
            _check(self, row)

    def index(self, name: str) -> int:
        """Place of a column among the columns. Raises ValueError when there is none."""
        return [column.name for column in self.columns].index(name)

    def column(self, name: str) -> tuple[Cell, ...]:
        """The cells of a column, from the top. Raises ValueError when there is none."""
        place = self.index(name)
        return tuple(row[place] for row in self.rows)


def _check(table: Table, row: tuple[Cell, ...]) -> None:
    if len(row) != len(table.columns):
        raise ValueError(f"table {table.name}: a row has {len(row)} cells for {len(table.columns)} columns")
    for column, cell in zip(table.columns, row, strict=True):
        if cell is None or (table.published and cell == HIDDEN):
            continue
        # bool is an int and datetime a date, and neither is meant
        if isinstance(cell, bool | datetime) or not isinstance(cell, TAKES[column.kind]):
            raise TypeError(f"table {table.name}: column {column.name} holds {column.kind}, not {type(cell).__name__}")


def whole_percent(share: Decimal) -> Decimal:
    """A ratio to the whole percent, half up, still as a ratio: 0.125 -> 0.13."""
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def suppressed(table: Table) -> Table:
    """The table as it may leave its team.

    Counts under 5 (0 too) become `*`, others are rounded to 5. A share becomes `*` if its numerator or denominator is
    hidden, else a whole percent, half up. Days, and whatever else rests on a count, become `*` where that count is
    hidden. If one cell of a total is hidden the next smallest is hidden too, along rows and columns, until no hidden
    count follows from what is shown (see `secondary`).

    Returns:
        The table with `published` set; a table that is published already comes back as it is.

    Source: domain 3.5 (the NHS England measures code, with secondary suppression added). Examples: 0 -> `*`, 4 -> `*`,
    5 -> 5, 7 -> 5, 8 -> 10; 3/40 -> `*`, 7/40 -> 18 %, 5/40 -> 13 %.
    """
    if table.published:
        return table
    hidden = _hidden(table)
    rows = tuple(
        tuple(HIDDEN if (row, place) in hidden else _shown(table, row, place) for place in range(len(table.columns)))
        for row in range(len(table.rows))
    )
    return replace(table, rows=rows, published=True)


def _shown(table: Table, row: int, place: int) -> Cell:
    column, cell = table.columns[place], table.rows[row][place]
    match column.kind, cell:
        case Kind.COUNT, int():
            return rounded(cell)
        case Kind.SHARE, Decimal():
            return whole_percent(_exact_share(table, row, column) or cell)
        case Kind.NUMBER, Decimal() if column.follows:
            return _following(table, row, column, cell)
        case _:
            return cell


def _following(table: Table, row: int, column: Column, cell: Decimal) -> Decimal:
    """The figure of the rounded count, to as many decimals as it had."""
    count = table.rows[row][table.index(column.of)] if column.of else None
    if not isinstance(count, int) or not count:
        return cell
    return (cell * rounded(count) / count).quantize(cell, ROUND_HALF_UP)


def _exact_share(table: Table, row: int, column: Column) -> Decimal | None:
    """The share from its counts, so that it is rounded once; None if the table has not both."""
    if column.of is None or column.out_of is None:
        return None
    part, whole = (table.rows[row][table.index(name)] for name in (column.of, column.out_of))
    return Decimal(part) / whole if isinstance(part, int) and isinstance(whole, int) and whole else None


def _hidden(table: Table) -> frozenset[Place]:
    """Places of the cells that are hidden: the small, what rests on them, and what would give them away."""
    counts: dict[Place, int] = {
        (row, place): cell
        for row, cells in enumerate(table.rows)
        for place, cell in enumerate(cells)
        if table.columns[place].kind is Kind.COUNT and isinstance(cell, int)
    }
    lines = (*_down(table, counts), *_across(table, counts))
    hidden = frozenset(place for place, count in counts.items() if count < LEAST_SHOWN)
    while True:
        more = protected(counts, lines, _with_dependents(table, hidden))
        if more == hidden:
            return hidden
        hidden = more


def _with_dependents(table: Table, hidden: frozenset[Place]) -> frozenset[Place]:
    dependents = {
        (row, place)
        for place, column in enumerate(table.columns)
        for name in column.rests_on
        for row in range(len(table.rows))
        if (row, table.index(name)) in hidden
    }
    return hidden | dependents


def _down(table: Table, counts: dict[Place, int]) -> Iterator[Line]:
    """Each column of counts with its total."""
    if not table.total:
        return
    last = len(table.rows) - 1
    for place in range(len(table.columns)):
        if (last, place) in counts:
            yield Line(tuple((row, place) for row in range(last) if (row, place) in counts), ((last, place),))


def _across(table: Table, counts: dict[Place, int]) -> Iterator[Line]:
    """Each row's counts that add up."""
    for balance in table.balances:
        left, right = ([table.index(name) for name in side] for side in (balance.left, balance.right))
        for row in range(len(table.rows)):
            if all((row, place) in counts for place in (*left, *right)):
                yield Line(tuple((row, place) for place in left), tuple((row, place) for place in right))
