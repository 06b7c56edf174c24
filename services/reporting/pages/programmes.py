"""Programmes: how intensive the work is, of what, how much of the plan was held (M8); how long it lasts (W7)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.pages.figures import Figure, Measured, barred, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.tables import Column, Kind, Table
from shared.eventstore.store import Connection


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found, stays = await measured(conn, asked, "programmes"), await measured(conn, asked, "length-of-stay")
    sections = [
        None if found is None else _programmes(asked, found),
        None if stays is None else section(stays, [each for form in _FORMS for each in _stay(stays.tables[form])]),
    ]
    return await answer(conn, asked, sections)


def _programmes(asked: Asked, found: Measured) -> Section:
    components = found.tables["components"]
    figures = [_tiers(asked, found), barred("steps", found.tables["steps"])]
    if components.rows:
        dose = replace(components, name="dose", title="Sessions held of those planned, in work that ended")
        figures += [barred("components", _in_use(components), "open_cases"), barred("dose", dose, "dose")]
    return section(found, figures)


def _tiers(asked: Asked, found: Measured) -> Figure:
    """The open caseload by tier, each number with its cases."""
    table = found.tables["tiers"]
    links: dict[tuple[int, str], str] = {}
    for place, tier in enumerate(found.answer.tiers):
        if asked.form.typed["tier"] in ("", tier):
            links |= cases_behind(asked, table, "number", [*[""] * place, "caseload"], tier=tier)
    return barred("tiers", table, links=links)


def _in_use(table: Table) -> Table:
    """The components without their dose, which another figure shows."""
    return replace(
        table,
        title="Components of programmes, in cases of the open caseload and in those that ended",
        columns=table.columns[:3],
        rows=tuple(row[:3] for row in table.rows),
    )


_FORMS = ("completed", "incomplete")


def _stay(whole: Table) -> list[Figure]:
    """One form: its figures one below the other, and its bands as bars; the table has all of it in one row."""
    [row] = whole.rows
    first = whole.index("longest") + 1
    figures = replace(whole, columns=whole.columns[1:first], rows=(row[1:first],), balances=())
    bands = tuple((column.title, row[first + place]) for place, column in enumerate(whole.columns[first:]))
    table = Table(
        f"{whole.name}-bands",
        f"{whole.title}, by days",
        (Column("band", "Days", Kind.TEXT), Column("n", "Cases", Kind.COUNT)),
        (*bands, ("All", row[whole.index("n")])),
        total=True,
        published=whole.published,
    )
    return [plain(figures), barred(f"stay-{table.name}", table)]


PAGE = Page(path="/pages/programmes", title="Programmes", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
