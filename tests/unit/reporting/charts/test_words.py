"""Numbers, dates and lines of text as they are read in charts and tables."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.charts.cells import cell
from services.reporting.charts.words import count, figure, long_date, percent, width, wrap
from services.reporting.tables import HIDDEN, Cell, Kind


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (3, "", "3"),
        (3.04, "", "3"),
        (3.05, "days", "3.1 days"),
        (-0.01, "", "0"),
        (100, "", "100"),
        (1234.5, "", "1,234.5"),
        (-2, "", "−2"),
        (7, "%", "7%"),
    ],
)
def test_a_figure_has_one_decimal_at_most(value: float, unit: str, text: str) -> None:
    assert figure(value, unit) == text


def test_words_of_dates_shares_and_counts() -> None:
    assert long_date(date(2026, 3, 1)) == "1 March 2026"
    assert [percent(share) for share in (0.125, 0.175, 1, 0.004)] == ["13%", "18%", "100%", "0%"]
    assert [count(n, "case", "cases") for n in (0, 1, 1200)] == ["0 cases", "1 case", "1,200 cases"]


def test_a_long_label_is_broken_between_words() -> None:
    assert wrap("Health visitor, school nurse", 14, 110) == ("Health visitor,", "school nurse")


def test_a_word_without_room_is_broken_where_it_must_be() -> None:
    lines = wrap("Llanfairpwllgwyngyll", 14, 60)
    assert "".join(lines) == "Llanfairpwllgwyngyll"
    assert all(width(each, 14) <= 60 for each in lines)


def test_no_text_is_no_line() -> None:
    assert wrap("  ", 14, 100) == ()


@given(st.text(st.characters(codec="latin-1", exclude_categories=("Cc", "Zs", "Zl", "Zp")) | st.just(" "), max_size=60))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str) -> None:
    lines = wrap(text, 14, 80)
    assert all(width(each, 14) <= 80 for each in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, Kind.DAYS, "–"),
        (HIDDEN, Kind.COUNT, "*"),
        (1234, Kind.COUNT, "1,234"),
        (100, Kind.COUNT, "100"),
        (0, Kind.COUNT, "0"),
        (Decimal("59.50"), Kind.DAYS, "59.5"),
        (Decimal("0.175"), Kind.SHARE, "17.5%"),
        (Decimal("0.0005"), Kind.SHARE, "0.1%"),
        (Decimal("0.1"), Kind.SHARE, "10%"),
        (1.005, Kind.NUMBER, "1.01"),
        (-3, Kind.NUMBER, "−3"),
        (date(2026, 3, 1), Kind.DATE, "1 March 2026"),
        ("Midwife", Kind.TEXT, "Midwife"),
    ],
)
def test_a_cell_is_read(value: Cell, kind: Kind, text: str) -> None:
    assert cell(value, kind) == text
