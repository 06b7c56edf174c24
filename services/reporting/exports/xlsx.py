"""A workbook: a first sheet that says where the numbers come from, then one sheet for each table."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.reporting.exports.provenance import SHEET, Provenance, exported, inert, lines
from services.reporting.tables import Cell, Kind, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDEST = 480  # pixels


def workbook(tables: Sequence[Table], provenance: Provenance, *, inside_team: bool = False) -> bytes:
    """The tables as an XLSX workbook.

    Args:
        tables: raw or published.
        provenance: of all of them.
        inside_team: keep small numbers; left out, they are suppressed.

    Returns:
        The file; the same arguments give the same bytes at any time. Its header rows are the first of each sheet, text
        is text whatever it begins with, shares and dates are numbers with a format.

    Raises:
        ValueError: tables without names of their own, or more than a workbook holds.
    """
    taken = exported(tables, inside_team=inside_team)
    file = BytesIO()
    book = Workbook(file, OPTIONS)
    book.set_properties({"title": inert(provenance.title), "created": provenance.instant.replace(tzinfo=None)})
    heading, plain = (_form(book, Kind.TEXT, bold=bold) for bold in (True, False))
    cover = [("Item", "Value"), *lines(provenance, taken)]
    _write(book, SHEET, cover, lambda row, _: heading if row == 0 else plain)
    for table in taken:
        _write(book, table.name, [[column.title for column in table.columns], *table.rows], _forms(book, table))
    book.close()
    return file.getvalue()


def _form(book: Workbook, kind: Kind, *, bold: bool, share: str = "0%") -> Format:
    forms = {Kind.COUNT: "#,##0", Kind.SHARE: share, Kind.DATE: "dd/mm/yyyy"}
    align = "left" if kind is Kind.TEXT else "right"
    return book.add_format({"bold": bold, "align": align, "num_format": forms.get(kind, "General")})


def _forms(book: Workbook, table: Table) -> Callable[[int, int], Format]:
    """The format of a cell, by its row in the sheet and its column: header and total are bold."""
    share = "0%" if table.published else "0.0%"
    plain = [_form(book, column.kind, bold=False, share=share) for column in table.columns]
    bold = [_form(book, column.kind, bold=True, share=share) for column in table.columns]
    strong = {0, len(table.rows)} if table.total else {0}
    return lambda row, place: (bold if row in strong else plain)[place]


def _write(book: Workbook, name: str, rows: Sequence[Sequence[Cell]], form: Callable[[int, int], Format]) -> None:
    """A sheet with its header kept in sight. Raises ValueError if it holds more than a workbook can."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for row, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if _write_cell(sheet, row, place, cell, form(row, place)) != 0:
                raise ValueError("a workbook does not hold so much")
    sheet.autofit(WIDEST)


def _write_cell(sheet: Worksheet, row: int, place: int, cell: Cell, form: Format) -> int:
    """Returns 0, or what the writer says when the cell lies outside a sheet or its text is too long."""
    outcome: int
    match cell:
        case None:
            outcome = sheet.write_blank(row, place, None, form)
        case str():
            outcome = sheet.write_string(row, place, inert(cell), form)
        case date():
            outcome = sheet.write_datetime(row, place, cell, form)
        case int() | float() | Decimal():
            outcome = sheet.write_number(row, place, cell, form)
    return outcome
