"""Flow: what came in, what was decided, what went out, and who was turned away because the team was full."""

from collections.abc import Mapping
from typing import Any

from services.reporting.metrics.funnel import STEPS
from services.reporting.metrics.referrals import DECISIONS
from services.reporting.pages import monthly
from services.reporting.pages.figures import Figure, Measured, barred, every_table, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.pages.selections import CLOSURES, DECLINE_REASONS
from services.reporting.words import worded
from shared.eventstore.store import Connection

_REASONS = {worded(code): f"reason-{code}" for code in DECLINE_REASONS}


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    moved = await measured(conn, asked, "flow")
    steps = await measured(conn, asked, "funnel")
    received = await measured(conn, asked, "referrals")
    months = await measured(conn, asked, "series")
    series = ["referrals", "accepted", "discharges"]
    return await answer(
        conn,
        asked,
        [
            None if moved is None else _flow(asked, moved),
            None if steps is None else section(steps, [_steps(asked, steps)]),
            None if received is None else _referrals(asked, received),
            None if months is None else section(months, monthly.charts(months, series)),
        ],
    )


def _flow(asked: Asked, found: Measured) -> Section:
    moved, closed = found.tables["flow"], found.tables["closed_by"]
    behind = {**cases_behind(asked, moved, "new", ["received"]), **cases_behind(asked, moved, "closed", ["closed"])}
    left = cases_behind(asked, closed, "cases", [*(f"closed-{how}" for how in CLOSURES), "closed"])
    return section(found, [plain(moved, behind), barred("closed-by", closed, links=left)])


def _steps(asked: Asked, found: Measured) -> Figure:
    table = found.tables["steps"]
    codes = ["received", "received-accepted", *(f"reached-{step}" for step in list(STEPS)[2:])]
    return barred("steps", table, "cases", links=cases_behind(asked, table, "cases", codes))


def _referrals(asked: Asked, found: Measured) -> Section:
    unmet, sources, reasons = (found.tables[name] for name in ("unmet", "sources", "decline_reasons"))
    full = {
        **cases_behind(asked, unmet, "received", ["received"]),
        **cases_behind(asked, unmet, "capacity_closed", ["reason-capacity_closed"]),
    }
    why = [_REASONS.get(str(row[0]), "") for row in reasons.rows]
    by_source: dict[tuple[int, str], str] = {}
    for place, source in enumerate(found.answer.by_source):
        by_source |= _of_source(asked, found, place, source)
    links = {"decline_reasons": cases_behind(asked, reasons, "number", why)}
    rest = every_table(found, but=("unmet", "sources"), links=links)
    return section(found, [plain(unmet, full), barred("sources", sources, "received", links=by_source), *rest])


def _of_source(asked: Asked, found: Measured, place: int, source: str) -> Mapping[tuple[int, str], str]:
    """Links of one row: all of a source, and those of it that were decided in one way."""
    if source == "not_stated" or asked.form.typed["source"] not in ("", source):
        return {}
    before = [""] * place
    behind = dict(cases_behind(asked, found.tables["sources"], "received", [*before, "received"], source=source))
    for decision in DECISIONS:
        codes = [*before, f"received-{decision}"]
        behind |= cases_behind(asked, found.tables["sources"], decision, codes, source=source)
    return behind


PAGE = Page(path="/pages/flow", title="Flow", template="sections.jinja", ask=_ask, fields=WITH_FILTERS)
