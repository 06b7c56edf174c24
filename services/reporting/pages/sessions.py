"""Sessions: held and not held, by why not, who was present, and who was not seen for long."""

from collections.abc import Mapping
from typing import Any

from services.reporting.metrics.sessions import SINCE_LAST_CONTACT
from services.reporting.pages import monthly
from services.reporting.pages.figures import Measured, every_table, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from shared.eventstore.store import Connection


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    held = await measured(conn, asked, "sessions")
    months = await measured(conn, asked, "series")
    return await answer(
        conn,
        asked,
        [
            None if held is None else _sessions(asked, held),
            None
            if months is None
            else section(months, monthly.charts(months, ["dna"]), title="Not attended, by month"),
        ],
    )


def _sessions(asked: Asked, held: Measured) -> Section:
    attendance, since = held.tables["attendance"], held.tables["since_last_contact"]
    groups = ("attended", "dna", "cancelled_by_family", "cancelled_by_provider", "without_word")
    behind: dict[tuple[int, str], str] = {}
    for group in groups:
        behind |= cases_behind(asked, attendance, group, [f"session-{group}"])
    seen = cases_behind(asked, since, "number", [*(f"since-{band}" for band in SINCE_LAST_CONTACT), "caseload"])
    rest = every_table(held, but=("attendance", "rates"), links={"since_last_contact": seen})
    return section(held, [plain(attendance, behind), plain(held.tables["rates"]), *rest])


PAGE = Page(path="/pages/sessions", title="Sessions", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
