"""System tier: work with other professionals beside work with families (M14), and how far both reach (M17)."""

from collections.abc import Mapping
from typing import Any

from services.reporting.pages.figures import Measured, barred, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, section
from shared.eventstore.store import Connection


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    work, reach = await measured(conn, asked, "system-tier"), await measured(conn, asked, "reach")
    sections = [None if work is None else _work(work), None if reach is None else _reach(reach)]
    return await answer(conn, asked, sections)


def _work(found: Measured) -> Section:
    work, hours = found.tables["work"], found.tables["hours"]
    return section(found, [barred("work", work, "activities"), plain(hours)])


def _reach(found: Measured) -> Section:
    """Births last: a network has many localities."""
    reach, spread, births = (found.tables[name] for name in ("reach", "spread", "births"))
    return section(found, [barred("reach", reach, "per_1000"), plain(spread), plain(births)])


PAGE = Page(path="/pages/system-tier", title="System tier", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
