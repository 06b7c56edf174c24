"""Caseload: open referrals by stage, the open caseload by unit, raw and weighted, and who carries it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.metrics.scope import STAGES
from services.reporting.metrics.service_tables import NOBODY
from services.reporting.pages import monthly
from services.reporting.pages.figures import Figure, Links, Measured, barred, measured, plain, staged
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import answer, cases_behind, section
from services.reporting.tables import Cell, Table
from shared.eventstore.store import Connection

_WEEKS = 13
_SHORT = 8


def stages_of(asked: Asked, found: Measured) -> Figure:
    """Open referrals by stage, each number with its cases."""
    table = found.tables["stages"]
    codes = [*(f"stage-{stage}" for stage in STAGES), "open"]
    return staged("stages", table, cases_behind(asked, table, "cases", codes))


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    counted = await measured(conn, asked, "caseload")
    carried = await measured(conn, asked, "caseload-by-practitioner")
    queue = await measured(conn, asked, "capacity")
    months = await measured(conn, asked, "series")
    by_month = None if months is None else section(months, monthly.charts(months, ["caseload"]), title="Month by month")
    return await answer(
        conn,
        asked,
        [
            None if counted is None else section(counted, _counted(asked, counted)),
            None if carried is None else section(carried, [_carried(asked, carried)]),
            None if queue is None else section(queue, [_weeks(queue), plain(queue.tables["forecast"])]),
            by_month,
        ],
    )


def _counted(asked: Asked, found: Measured) -> list[Figure]:
    units, weighted = found.tables["units"], found.tables["weighted"]
    return [
        stages_of(asked, found),
        plain(units, cases_behind(asked, units, "number", ["caseload"])),
        plain(weighted, cases_behind(asked, weighted, "cases", ["caseload"])),
    ]


def _carried(asked: Asked, found: Measured) -> Figure:
    """Who leads how many, each with his cases; the team stands there only where there are several."""
    [whole] = found.tables.values()
    several = asked.form.scope.team is None
    rows = tuple((_led_by(row[0], row[1], several=several), *row[2:]) for row in whole.rows)
    table = Table(whole.name, whole.title, whole.columns[1:], rows, total=True, published=whole.published)
    links: dict[tuple[int, str], str] = {}
    for place, row in enumerate(whole.rows[:-1]):
        if row[1] != NOBODY and not asked.form.typed["practitioner"]:
            codes = [*[""] * place, "caseload"]
            links |= cases_behind(asked, table, "cases", codes, practitioner=str(row[1]), team=str(row[0]))
    return barred("carried", table, "cases", links={**links, **_all(asked, table)})


def _all(asked: Asked, table: Table) -> Links:
    return cases_behind(asked, table, "cases", [*[""] * (len(table.rows) - 1), "caseload"])


def _led_by(team: Cell, practitioner: Cell, *, several: bool) -> str:
    """Enough of an opaque id to tell colleagues apart: ids that were made at one time begin alike."""
    if practitioner == "":
        return str(team)  # the row of all
    who = NOBODY if practitioner == NOBODY else str(practitioner)[-_SHORT:]
    return f"{team}: {who}" if several else who


def _weeks(found: Measured) -> Figure:
    """Every week as a table, the latest as bars."""
    weeks = found.tables["weeks"]
    latest = replace(weeks, rows=weeks.rows[-_WEEKS:])
    drawn = barred("weeks", latest, "accepted", "slots")
    return Figure(table=weeks, chart=drawn.chart, finding=f"The last {len(latest.rows)} weeks are drawn.")


PAGE = Page(path="/pages/caseload", title="Caseload", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
