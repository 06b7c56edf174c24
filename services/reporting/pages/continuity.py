"""Continuity: changes of lead, gaps while somebody was away, babies who moved (M16); and supervision (M18)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.charts.cells import cell
from services.reporting.metrics.supervision_tables import ENOUGH
from services.reporting.pages.figures import Figure, Measured, barred, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, section
from services.reporting.tables import HIDDEN, Kind, Table
from shared.eventstore.store import Connection

_SHORT = 8
"""Letters of an opaque id that tell one practitioner from another."""


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    kept, helped = await measured(conn, asked, "continuity"), await measured(conn, asked, "supervision")
    sections = [None if kept is None else _continuity(kept), None if helped is None else _supervision(helped)]
    return await answer(conn, asked, sections)


def _continuity(found: Measured) -> Section:
    often = found.tables["changes_per_case"]
    often = replace(often, rows=tuple((_OFTEN.get(str(row[0]), row[0]), *row[1:]) for row in often.rows))
    bars = [_disturbed(found.tables["families"]), barred("lead-changes", found.tables["lead_changes"])]
    return section(found, [*bars, barred("changes-per-case", often), plain(found.tables["gaps"])])


_OFTEN = {"1": "Once", "2": "Twice", "3 or more": "Three times or more"}


def _disturbed(table: Table) -> Figure:
    """Bars of what disturbed the work; all families seen, the first row, are what they are held against."""
    drawn = barred("families", replace(table, rows=table.rows[1:]))
    (_, seen), (_, lead), (_, gap), *_ = table.rows
    if seen == HIDDEN:
        return replace(drawn, table=table)
    said = f"Of {cell(seen, Kind.COUNT)} families seen in the period, {cell(gap, Kind.COUNT)} had a gap since a"
    said += f" practitioner was away, and {cell(lead, Kind.COUNT)} were led by another one than before."
    return replace(drawn, table=table, finding=said)


def _supervision(found: Measured) -> Section:
    """Who was supervised how much is shown inside the team alone: a row is about one person."""
    figures = [_enough(found.tables["enough"]), plain(found.tables["teams"])]
    if found.raw:
        figures.append(plain(_shortened(found.tables["practitioners"])))
    return section(found, figures)


def _enough(table: Table) -> Figure:
    numbers = dict(zip((str(row[0]) for row in table.rows), table.column("practitioners"), strict=True))
    enough, fewer, every = (cell(numbers[name], Kind.COUNT) for name in (ENOUGH[True], ENOUGH[False], "All"))
    said = f"{enough} of {every} practitioners had the least supervision there should be; {fewer} had less."
    return replace(barred("enough", table), finding=said)


def _shortened(table: Table) -> Table:
    """Without the count of one in each row, by which an export is suppressed."""
    who, one = table.index("practitioner"), table.index("people")
    columns = tuple(replace(column, of=None) for place, column in enumerate(table.columns) if place != one)
    rows = tuple((*row[:who], str(row[who])[:_SHORT], *row[who + 1 : one], *row[one + 1 :]) for row in table.rows)
    return replace(table, columns=columns, rows=rows)


PAGE = Page(path="/pages/continuity", title="Continuity", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
