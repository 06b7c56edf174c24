"""Where exported numbers come from: enough to ask for them again, and nobody's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.reporting.tables import Table, suppressed

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")  # 31 characters is the longest name of a sheet
SHEET = "provenance"
STARTS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a number means: `code` such as M4, in words, with unit, and the source of the rule."""

    code: str
    title: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """A question and the state of the record that answered it.

    Attributes:
        title: what was asked for.
        filters: name and value of each filter, codes only.
        at: t, the civil date (Europe/London) as at whose end things are counted.
        known_at: k, the instant as known at which; None: everything that had arrived.
        complete_to: the watermark; everything recorded before this instant is in.
        definitions: of the numbers shown.
        definition_version: under which they stand.
        role: the role of whoever asked; never a name.
    """

    title: str
    filters: tuple[tuple[str, str], ...]
    at: date
    known_at: datetime | None
    complete_to: datetime
    definitions: tuple[Definition, ...]
    definition_version: str
    role: str

    @property
    def final(self) -> bool:
        """Whether the same question will always get this answer."""
        return self.known_at is not None and self.known_at <= self.complete_to

    @property
    def instant(self) -> datetime:
        """The instant that files are dated with, so that the same answer is the same bytes."""
        return self.known_at or self.complete_to


def exported(tables: Sequence[Table], *, inside_team: bool) -> tuple[Table, ...]:
    """The tables as they go into a file: suppressed, unless it stays inside the team.

    Raises:
        ValueError: a name cannot be a sheet's and a file's, or two tables share one.
    """
    names = [SHEET, *(table.name for table in tables)]
    if len(set(names)) != len(names) or not all(NAME.fullmatch(name) for name in names):
        raise ValueError("tables have names of their own, of at most 31 small letters, digits, - and _")
    return tuple(tables) if inside_team else tuple(suppressed(table) for table in tables)


def lines(provenance: Provenance, tables: Sequence[Table]) -> list[tuple[str, str]]:
    """What a file says about itself: an item and its value a line."""
    published = all(table.published for table in tables)
    return [
        ("Report", provenance.title),
        ("As at the end of (t)", provenance.at.isoformat()),
        ("As known at (k)", _instant(provenance.known_at) if provenance.known_at else "everything that had arrived"),
        ("Complete to", _instant(provenance.complete_to)),
        (
            "Final",
            "yes: asked again, the answer is the same" if provenance.final else "no: later records may change it",
        ),
        *((f"Filter: {name}", value) for name, value in provenance.filters),
        ("Asked for by role", provenance.role),
        ("Small numbers", PUBLISHED if published else RAW),
        ("Version of the definitions", provenance.definition_version),
        *((f"Table: {table.name}", f"{table.title}; {_rows(table)}") for table in tables),
        *(
            (f"Definition: {each.code}", f"{each.title}. Unit: {each.unit}. {each.source}")
            for each in provenance.definitions
        ),
    ]


PUBLISHED = (
    "counts under 5 (0 too) and what would give them away are *, others to the nearest 5; percentages are whole, and * "
    "with their numerator or denominator; days are * with the count they rest on"
)
RAW = "as they are, for use inside the team only"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _rows(table: Table) -> str:
    count = len(table.rows) - table.total
    return f"{count} {'row' if count == 1 else 'rows'}{' and a total' if table.total else ''}"


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also when the file is saved in another form and opened again.

    An apostrophe goes before `=`, `+`, `-`, `@`, tab, carriage return and line feed, and before the full-width forms,
    which some spreadsheets take for the others; leading blanks hide nothing. Source: OWASP, "CSV injection".
    """
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) or text.lstrip().startswith(STARTS_A_FORMULA) else text
