"""Bars that come from the table beside them."""

from decimal import Decimal

import pytest

from services.reporting.charts.bars import Bar, Row, bars, finding
from services.reporting.charts.from_table import rows_of
from services.reporting.tables import Column, Kind, Table, suppressed
from tests.unit.reporting.charts.reading import wide_and_narrow

TABLE = Table(
    "waits",
    "Waits by source",
    (
        Column("source", "Source", Kind.TEXT),
        Column("n", "Waits", Kind.COUNT),
        Column("median", "Median, days", Kind.DAYS, of="n"),
    ),
    (
        ("Midwife", 22, Decimal("34.5")),
        ("Health visitor", 14, Decimal(20)),
        ("Self", 3, Decimal(7)),
        ("Nobody", 9, None),
        ("All", 48, Decimal(30)),
    ),
    total=True,
)


def test_a_bar_is_the_figure_of_the_table_and_tells_what_it_rests_on() -> None:
    assert rows_of(TABLE, "n", "median")[:2] == (
        Row("Midwife", (Bar(22), Bar(34.5, 22))),
        Row("Health visitor", (Bar(14), Bar(20, 14))),
    )
    assert [row.label for row in rows_of(TABLE, "n")] == ["Midwife", "Health visitor", "Self", "Nobody"]
    assert rows_of(TABLE, "median")[3].bars == (Bar(None, 9),)


def test_what_the_table_hides_no_bar_tells() -> None:
    rows = rows_of(suppressed(TABLE), "median")
    assert rows[2].bars == (Bar(None, None, hidden=True),)
    drawing, _ = wide_and_narrow(bars("b", "Median wait", rows))
    assert "*" in drawing.texts()
    assert "* hidden: it rests on fewer than 5, or would give such a number away." in " ".join(drawing.texts())
    assert "Self" not in finding(rows)


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not in"):
        rows_of(TABLE, "mean")
