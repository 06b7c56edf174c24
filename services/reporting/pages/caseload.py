"""Caseload: open referrals by stage, the open caseload by unit, raw and weighted, and who carries it."""

from collections.abc import Mapping
from typing import Any

from services.reporting.metrics.scope import STAGES
from services.reporting.pages import monthly
from services.reporting.pages.figures import Figure, Measured, every_table, measured, plain, staged
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import answer, cases_behind, section
from shared.eventstore.store import Connection


def stages_of(asked: Asked, found: Measured) -> Figure:
    """Open referrals by stage, each number with its cases."""
    table = found.tables["stages"]
    codes = [*(f"stage-{stage}" for stage in STAGES), "open"]
    return staged("stages", table, cases_behind(asked, table, "cases", codes))


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    sections = []
    counted = await measured(conn, asked, "caseload")
    if counted is not None:
        units, weighted = counted.tables["units"], counted.tables["weighted"]
        figures = [
            stages_of(asked, counted),
            plain(units, cases_behind(asked, units, "number", ["caseload"])),
            plain(weighted, cases_behind(asked, weighted, "cases", ["caseload"])),
        ]
        sections.append(section(counted, figures))
    for name in ("caseload-by-practitioner", "capacity"):
        found = await measured(conn, asked, name)
        if found is not None:
            sections.append(section(found, every_table(found)))
    months = await measured(conn, asked, "series")
    if months is not None:
        sections.append(section(months, monthly.charts(months, ["caseload"]), title="Caseload by month"))
    return await answer(conn, asked, sections)


PAGE = Page(path="/pages/caseload", title="Caseload", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
