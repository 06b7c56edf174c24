"""The result of a report as bytes: the same result is the same bytes, whoever asks and whenever. Pure.

JSON with its members in the order of their names, without blanks, in UTF-8. Decimal numbers are texts without trailing
noughts, dates as YYYY-MM-DD, hidden cells `*`. Titles are left out: they may be worded better, the numbers may not.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from services.reporting.reports.question import Question, said_of
from services.reporting.tables import Cell, Table

FORM = "dyad-report-1"
"""Name of this form of result."""


class Part(NamedTuple):
    """One metric's share of a result."""

    metric: str
    tables: tuple[Table, ...]


def result_bytes(question: Question, parts: Sequence[Part]) -> bytes:
    """The canonical JSON of a question with its answer."""
    document = {
        "form": FORM,
        "question": {
            "teams": None if question.teams is None else sorted(question.teams),
            "team": question.team,
            "at": question.at.isoformat(),
            "known_at": instant(question.known_at),
            "first_day": question.first_day.isoformat(),
            "last_day": question.last_day.isoformat(),
            "filters": said_of(question.filters),
            "suppressed": question.suppressed,
        },
        "metrics": [{"name": part.metric, "tables": [_table(table) for table in part.tables]} for part in parts],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def result_hash(result: bytes) -> bytes:
    """SHA-256 of a result: `sha256sum` of its JSON file says the same."""
    return sha256(result).digest()


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "total": table.total,
    }


def _cell(cell: Cell) -> str | int | float | None:
    match cell:
        case Decimal():
            return "0" if cell == 0 else f"{cell.normalize():f}"
        case date():
            return cell.isoformat()
        case _:
            return cell


def instant(moment: datetime) -> str:
    """A UTC instant to the microsecond, as PostgreSQL keeps it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
