"""Outcomes (M9): of families discharged in the period, how many outcomes are known, and what they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.charts.words import count, percent
from services.reporting.pages.figures import Figure, Measured, barred, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.tables import Balance, Column, Kind, Table
from shared.eventstore.store import Connection


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    found = await measured(conn, asked, "outcomes")
    return await answer(conn, asked, [None if found is None else _outcomes(asked, found)])


def _outcomes(asked: Asked, found: Measured) -> Section:
    coverage = found.tables["coverage"]
    figures = [plain(coverage, cases_behind(asked, coverage, "discharged", ["discharged"])), _bands(found)]
    for name, columns in _JUDGED.items():
        if found.tables[name].rows:
            figures.append(_changes(one_name(found.tables[name]), columns))
    if found.tables["scores"].rows:
        figures.append(plain(one_name(found.tables["scores"])))  # no bars: each measure has a scale of its own
    return section(found, figures)


_JUDGED = {"measures": ("improved", "no_change", "deteriorated"), "levels": ("better", "same", "worse")}
"""Table of changes by measure to the columns that are drawn."""


def _bands(found: Measured) -> Figure:
    table = found.tables["outcomes"]
    drawn = barred("outcomes-bands", table, "cases", "national")
    cells = dict(zip((str(row[0]) for row in table.rows), table.column("cases"), strict=True))
    improved, unknown, every = cells["Improved"], cells["Not measured"], cells["All"]
    if not (isinstance(improved, int) and isinstance(unknown, int) and isinstance(every, int)) or not every:
        return drawn
    share = percent(improved / every)
    said = f"{improved:,} of {count(every, 'case', 'cases')} improved ({share}); of {unknown:,} no outcome is known."
    return replace(drawn, finding=said)


def _changes(table: Table, columns: tuple[str, ...]) -> Figure:
    """Bars of those measures alone of which some change could be judged; the table names all."""
    judged = [row for row in table.rows if any(row[table.index(name)] not in (0, None) for name in columns)]
    if not judged:
        said = "No change could be judged: nobody has said which change of these measures is reliable."
        return replace(plain(table), finding=said)
    drawn = barred(f"outcomes-{table.name}", replace(table, rows=tuple(judged)), *columns)
    return replace(drawn, table=table)


def one_name(table: Table) -> Table:
    """The table with measure and subject as one name of the row: a measure about two kinds of people is two rows."""
    name = Column("measure", "Measure, and whom it is about", Kind.TEXT)
    rows = tuple((f"{row[0]} ({str(row[1]).lower()})", *row[2:]) for row in table.rows)
    balances = tuple(Balance(each.left, each.right) for each in table.balances)
    return replace(table, columns=(name, *table.columns[2:]), rows=rows, balances=balances)


PAGE = Page(path="/pages/outcomes", title="Outcomes", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
