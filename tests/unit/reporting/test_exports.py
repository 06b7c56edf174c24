"""Exports, read back by readers of other authors."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.exports.csv import csv_files
from services.reporting.exports.provenance import Definition, Provenance, inert
from services.reporting.exports.xlsx import workbook
from services.reporting.tables import Column, Kind, Table

PROVENANCE = Provenance(
    title="Waits",
    filters=(("team", "river"), ("source", "A2")),
    at=date(2025, 3, 31),
    known_at=datetime(2025, 5, 1, 8, tzinfo=UTC),
    complete_to=datetime(2025, 5, 2, 9, 30, tzinfo=UTC),
    definitions=(Definition(code="M4", title="Waits", unit="days", source="domain 6.6"),),
    definition_version="2025-05",
    role="service_manager",
)
COLUMNS = (
    Column("group", "Group", Kind.TEXT),
    Column("n", "Families", Kind.COUNT),
    Column("all", "Of", Kind.COUNT),
    Column("share", "In time", Kind.SHARE, of="n", out_of="all"),
    Column("median", "Median, days", Kind.DAYS, of="n"),
    Column("weight", "Weight", Kind.NUMBER),
    Column("first", "First", Kind.DATE),
)
WAITS = Table(
    "waits",
    "Waits to first contact",
    COLUMNS,
    (
        ("Antenatal", 3, 40, Decimal(3) / 40, 17, 1.25, date(2025, 3, 1)),
        ("Under 6 months", 7, 40, Decimal(7) / 40, Decimal("21.5"), Decimal("2.5"), None),
        ("All", 10, 80, Decimal(10) / 80, Decimal(20), 3.75, None),
    ),
    total=True,
)


def _csv(file: bytes) -> dict[str, list[list[str]]]:
    with ZipFile(BytesIO(file)) as files:
        return {name: list(csv.reader(StringIO(files.read(name).decode("utf-8-sig")))) for name in files.namelist()}


def _xlsx(file: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(BytesIO(file))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_a_csv_file_begins_with_its_header_and_holds_raw_numbers_inside_the_team() -> None:
    assert _csv(csv_files([WAITS], PROVENANCE, inside_team=True))["waits.csv"] == [
        ["Group", "Families", "Of", "In time (%)", "Median, days", "Weight", "First"],
        ["Antenatal", "3", "40", "7.5", "17", "1.25", "2025-03-01"],
        ["Under 6 months", "7", "40", "17.5", "21.5", "2.5", ""],
        ["All", "10", "80", "12.5", "20", "3.75", ""],
    ]


def test_a_csv_file_that_leaves_the_team_is_suppressed_without_asking() -> None:
    assert _csv(csv_files([WAITS], PROVENANCE))["waits.csv"][1:] == [
        ["Antenatal", "*", "40", "*", "*", "1.25", "2025-03-01"],
        ["Under 6 months", "*", "40", "*", "*", "2.5", ""],
        ["All", "10", "80", "13", "20", "3.75", ""],
    ]


def test_a_workbook_holds_numbers_as_numbers_and_days_as_dates() -> None:
    found = _xlsx(workbook([WAITS], PROVENANCE, inside_team=True))
    assert list(found) == ["provenance", "waits"]
    assert found["waits"] == [
        ("Group", "Families", "Of", "In time", "Median, days", "Weight", "First"),
        ("Antenatal", 3, 40, 0.075, 17, 1.25, datetime(2025, 3, 1)),  # noqa: DTZ001 - a workbook knows no zones
        ("Under 6 months", 7, 40, 0.175, 21.5, 2.5, None),
        ("All", 10, 80, 0.125, 20, 3.75, None),
    ]


def test_a_workbook_that_leaves_the_team_is_suppressed_without_asking() -> None:
    found = _xlsx(workbook([WAITS], PROVENANCE))["waits"]
    assert [row[1:5] for row in found[1:]] == [("*", 40, "*", "*"), ("*", 40, "*", "*"), (10, 80, 0.13, 20)]


def test_shares_are_shown_as_percentages_and_header_and_total_in_bold() -> None:
    raw = openpyxl.load_workbook(BytesIO(workbook([WAITS], PROVENANCE, inside_team=True)))["waits"]
    assert (raw["D2"].number_format, raw["G2"].number_format) == ("0.0%", "dd/mm/yyyy")
    assert [raw.cell(row, 2).font.b for row in (1, 2, 4)] == [True, False, True]
    assert raw.freeze_panes == "A2"
    published = openpyxl.load_workbook(BytesIO(workbook([WAITS], PROVENANCE)))["waits"]
    assert published["D4"].number_format == "0%"


@pytest.mark.parametrize("read", ["csv", "xlsx"])
def test_a_file_says_where_its_numbers_come_from(read: str) -> None:
    lines = (
        _csv(csv_files([WAITS], PROVENANCE))["provenance.csv"]
        if read == "csv"
        else [list(row) for row in _xlsx(workbook([WAITS], PROVENANCE))["provenance"]]
    )
    said = {str(item): str(value) for item, value in lines}
    assert said.pop("Small numbers").startswith("counts under 5")
    assert said == {
        "Item": "Value",
        "Report": "Waits",
        "As at the end of (t)": "2025-03-31",
        "As known at (k)": "2025-05-01T08:00:00Z",
        "Complete to": "2025-05-02T09:30:00Z",
        "Final": "yes: asked again, the answer is the same",
        "Filter: team": "river",
        "Filter: source": "A2",
        "Asked for by role": "service_manager",
        "Version of the definitions": "2025-05",
        "Table: waits": "Waits to first contact; 2 rows and a total",
        "Definition: M4": "Waits. Unit: days. domain 6.6",
    }


def test_a_file_for_the_team_says_that_it_stays_there() -> None:
    said = dict(_csv(csv_files([WAITS], PROVENANCE, inside_team=True))["provenance.csv"])
    assert said["Small numbers"] == "as they are, for use inside the team only"


@pytest.mark.parametrize("known_at", [None, datetime(2025, 5, 2, 9, 31, tzinfo=UTC)])
def test_an_answer_that_later_records_may_change_says_so(known_at: datetime | None) -> None:
    said = dict(_csv(csv_files([WAITS], replace(PROVENANCE, known_at=known_at)))["provenance.csv"])
    assert said["Final"].startswith("no")


def test_the_same_answer_is_the_same_bytes_at_any_time() -> None:
    files = []
    for day in ("2025-05-03", "2031-12-24"):
        with time_machine.travel(day, tick=False):
            files.append((csv_files([WAITS], PROVENANCE), workbook([WAITS], PROVENANCE)))
    assert files[0] == files[1]


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1", "＝1+1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_a_formula(text: str) -> None:
    table = Table("t", text, (Column("c", text, Kind.TEXT),), ((text,),))
    asked = replace(PROVENANCE, title=text, filters=((text, text),))
    rows = [*_csv(csv_files([table], asked))["t.csv"], *_csv(csv_files([table], asked))["provenance.csv"]]
    assert not [cell for row in rows for cell in row if cell.lstrip(" ")[0] in "=+-@\t\r\n＝"]
    book = openpyxl.load_workbook(BytesIO(workbook([table], asked)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if str(cell.value).lstrip(" ")[0] in "=+-@\t\r\n＝"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00")))
def test_text_comes_back_from_csv_as_it_was_but_for_an_apostrophe(text: str) -> None:
    table = Table("t", "T", (Column("c", "C", Kind.TEXT), Column("d", "D", Kind.TEXT)), ((text, "end"),))
    assert _csv(csv_files([table], PROVENANCE))["t.csv"][1] == [inert(text), "end"]
    assert inert(text) in (text, f"'{text}")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")))
def test_text_comes_back_from_a_workbook_as_it_was_but_for_an_apostrophe(text: str) -> None:
    table = Table("t", "T", (Column("c", "C", Kind.TEXT),), ((text,),))
    assert _xlsx(workbook([table], PROVENANCE))["t"][1:] == [(inert(text),)]


def test_figures_below_nought_are_numbers_and_no_formulas() -> None:
    table = Table("t", "T", (Column("c", "C", Kind.NUMBER),), ((-3,), (Decimal("-0.5"),)))
    assert _csv(csv_files([table], PROVENANCE))["t.csv"][1:] == [["-3"], ["-0.5"]]
    assert _xlsx(workbook([table], PROVENANCE))["t"][1:] == [(-3,), (-0.5,)]


def test_percentages_keep_two_decimals_and_no_trailing_noughts() -> None:
    columns = (Column("n", "N", Kind.COUNT), Column("share", "Share, %", Kind.SHARE, of="n"))
    shares = [Decimal(1) / 3, Decimal(1), Decimal(0), Decimal("0.10005")]
    table = Table("t", "T", columns, tuple((9, share) for share in shares))
    found = _csv(csv_files([table], PROVENANCE, inside_team=True))["t.csv"]
    assert [row[1] for row in found] == ["Share, %", "33.33", "100", "0", "10.01"]


def test_an_export_without_tables_still_says_what_was_asked() -> None:
    assert list(_csv(csv_files([], PROVENANCE))) == ["provenance.csv"]
    assert list(_xlsx(workbook([], PROVENANCE))) == ["provenance"]


@pytest.mark.parametrize("names", [("provenance",), ("a", "a"), ("Waits",), ("a/b",), ("x" * 32,), ("",)])
def test_tables_have_names_of_their_own(names: tuple[str, ...]) -> None:
    tables = [replace(WAITS, name=name) for name in names]
    for export in (csv_files, workbook):
        with pytest.raises(ValueError, match="names of their own"):
            export(tables, PROVENANCE)


def test_a_workbook_refuses_what_it_cannot_hold() -> None:
    table = Table("t", "T", (Column("c", "C", Kind.TEXT),), (("x" * 32_768,),))
    with pytest.raises(ValueError, match="does not hold"):
        workbook([table], PROVENANCE)
