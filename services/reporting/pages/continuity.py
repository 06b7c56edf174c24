"""Continuity: changes of lead, gaps while somebody was away, babies who moved (M16); and supervision (M18)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.pages.figures import Measured, barred, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, section
from services.reporting.tables import Table
from shared.eventstore.store import Connection

_SHORT = 8
"""Letters of an opaque id that tell one practitioner from another."""


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    kept, helped = await measured(conn, asked, "continuity"), await measured(conn, asked, "supervision")
    sections = [None if kept is None else _continuity(kept), None if helped is None else _supervision(helped)]
    return await answer(conn, asked, sections)


def _continuity(found: Measured) -> Section:
    names = ("families", "lead_changes", "changes_per_case")
    bars = [barred(name.replace("_", "-"), found.tables[name]) for name in names]
    return section(found, [*bars, plain(found.tables["gaps"])])


def _supervision(found: Measured) -> Section:
    """Who was supervised how much is shown inside the team alone: a row is about one person."""
    figures = [barred("enough", found.tables["enough"]), plain(found.tables["teams"])]
    if found.raw:
        figures.append(plain(_shortened(found.tables["practitioners"])))
    return section(found, figures)


def _shortened(table: Table) -> Table:
    """Without the count of one in each row, by which an export is suppressed."""
    who, one = table.index("practitioner"), table.index("people")
    columns = tuple(replace(column, of=None) for place, column in enumerate(table.columns) if place != one)
    rows = tuple((*row[:who], str(row[who])[:_SHORT], *row[who + 1 : one], *row[one + 1 :]) for row in table.rows)
    return replace(table, columns=columns, rows=rows)


PAGE = Page(path="/pages/continuity", title="Continuity", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
