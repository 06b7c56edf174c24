"""Pages that show one or two metrics whole, every table with the bars that fit it."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.pages.figures import every_table, measured
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Ask, Asked, Page
from services.reporting.pages.sections import answer, section
from shared.eventstore.store import Connection


def _ask(names: Sequence[str]) -> Ask:
    async def ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
        found = [await measured(conn, asked, name) for name in names]
        return await answer(conn, asked, [None if each is None else section(each, every_table(each)) for each in found])

    return ask


def _page(path: str, title: str, *names: str) -> Page:
    return Page(path=f"/pages/{path}", title=title, template="sections.jinja", ask=_ask(names), fields=WITH_FILTERS)


SYSTEM_TIER = _page("system-tier", "System tier", "system-tier", "reach")
