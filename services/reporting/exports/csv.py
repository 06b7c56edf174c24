"""CSV for spreadsheets and scripts: a zip with one file for each table and one that says where they come from.

A table's file begins with its header and holds nothing but its rows, so that every tool reads it; lines of provenance
above the header would have to be cut off first. A zip, because a table without its provenance is a rumour. UTF-8 with a
byte order mark (without it Excel reads other letters), comma, CRLF (RFC 4180). Shares are percentages, as the header
says.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from services.reporting.exports.provenance import SHEET, Provenance, exported, inert, lines
from services.reporting.tables import Cell, Column, Kind, Table

MEDIA_TYPE = "application/zip"


def csv_files(tables: Sequence[Table], provenance: Provenance, *, inside_team: bool = False) -> bytes:
    """The tables as CSV files in a zip, beside `provenance.csv`.

    Args:
        tables: raw or published.
        provenance: of all of them.
        inside_team: keep small numbers; left out, they are suppressed.

    Returns:
        The zip; the same arguments give the same bytes at any time.

    Raises:
        ValueError: tables without names of their own.
    """
    taken = exported(tables, inside_team=inside_team)
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as files:
        for name, rows in [(table.name, _rows(table)) for table in taken] + [(SHEET, _provenance(provenance, taken))]:
            entry = ZipInfo(f"{name}.csv")  # dated 1980 always: the same answer is the same bytes
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            files.writestr(entry, _written(rows))
    return archive.getvalue()


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _provenance(provenance: Provenance, tables: Sequence[Table]) -> list[tuple[str, str]]:
    return [("Item", "Value"), *((inert(item), inert(value)) for item, value in lines(provenance, tables))]


def _rows(table: Table) -> list[list[str]]:
    header = [inert(_heading(column)) for column in table.columns]
    return [
        header,
        *([_text(column, cell) for column, cell in zip(table.columns, row, strict=True)] for row in table.rows),
    ]


def _heading(column: Column) -> str:
    return column.title if column.kind is not Kind.SHARE or "%" in column.title else f"{column.title} (%)"


def _text(column: Column, cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return inert(cell)
        case Decimal() if column.kind is Kind.SHARE:
            return f"{_percent(cell):f}"
        case Decimal():
            return f"{cell:f}"
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _percent(share: Decimal) -> Decimal:
    """To two decimals, half up, without trailing noughts; the counts beside it are exact."""
    percent = (share * 100).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()
    return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent
