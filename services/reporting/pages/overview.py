"""Overview: how many are open and where they wait, how long, what needs attention, and the months at a glance."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.reporting.charts.cells import cell
from services.reporting.metrics.series import LINES
from services.reporting.pages import monthly
from services.reporting.pages.caseload import stages_of
from services.reporting.pages.figures import Measured, measured, plain
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.tables import Cell, Kind, Table
from shared.eventstore.store import Connection

_WAITS = ("W2", "W5", "W6")
"""First contact, the hidden wait, first treatment."""
_PAGES = {"w2": "waits", "w5": "waits", "dna": "sessions", "caseload": "caseload"}
"""Page of a series; the flow page for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number with what it is, and where it leads; empty where it leads nowhere."""

    what: str
    shown: str
    says: str
    address: str


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    counted = await measured(conn, asked, "caseload")
    waited = await measured(conn, asked, "waits")
    window = await measured(conn, asked, "window")
    held = await measured(conn, asked, "sessions")
    received = await measured(conn, asked, "referrals")
    months = await measured(conn, asked, "series")
    return {
        **await answer(
            conn,
            asked,
            [
                None if counted is None else section(counted, [stages_of(asked, counted)], title="Where they stand"),
                None if waited is None else _waits(asked, waited),
                None if window is None else section(window, [plain(table) for table in window.tables.values()]),
            ],
        ),
        "numbers": [*_numbers(asked, counted, waited, window)],
        "attention": [*_attention(asked, waited, held, received)],
        "tiles": [] if months is None else monthly.tiles(months, tuple(LINES)),
        "pages": _PAGES,
    }


def _waits(asked: Asked, found: Measured) -> Section:
    figures = []
    for form, ending in (("incomplete", "waiting"), ("completed", "ended")):
        table = found.tables[form]
        rows = tuple(row for row in table.rows if row[0] in _WAITS)
        shorter = Table(table.name, table.title, table.columns, rows, published=table.published)
        figures.append(plain(shorter, cases_behind(asked, shorter, "n", [f"{name}-{ending}" for name in _WAITS])))
    return section(found, figures)


def _numbers(asked: Asked, counted: Measured | None, waited: Measured | None, window: Measured | None) -> list[Number]:
    numbers = []
    if counted is not None:
        stages, units = counted.tables["stages"], counted.tables["units"]
        last = len(stages.rows) - 1
        numbers.append(_of(asked, stages, (last, "cases"), "Open referrals", code="open"))
        numbers.append(
            _of(asked, units, (0, "number"), "Open caseload", says="Accepted, and seen at least once", code="caseload")
        )
    if waited is not None:
        table = waited.tables["incomplete"]
        for place, row in enumerate(table.rows):
            if row[0] in ("W2", "W6"):
                said = f"90th percentile {cell(row[table.index('p90')], Kind.DAYS)}; {_count(row[table.index('n')])}"
                what = f"Median days still waiting, {row[0]} {row[1]}"
                numbers.append(_of(asked, table, (place, "median"), what, says=said, code=f"{row[0]}-waiting"))
    if window is not None:
        table = window.tables["completed"]
        what = "Median share of a baby's first 1001 days that was left and went by before treatment (M12)"
        numbers.append(_of(asked, table, (0, "median"), what, says=_count(table.rows[0][table.index("n")])))
    return numbers


def _count(number: Cell) -> str:
    return f"n {cell(number, Kind.COUNT)}"


def _of(asked: Asked, table: Table, at: tuple[int, str], what: str, *, says: str = "", code: str = "") -> Number:
    """One cell, with the cases behind it."""
    place, column = at
    found = table.rows[place][table.index(column)]
    links = cases_behind(asked, table, column, [*[""] * place, code])
    shown = cell(found, table.columns[table.index(column)].kind)
    return Number(what=what, shown=shown, says=says, address=links.get((place, column), ""))


def _attention(asked: Asked, waited: Measured | None, held: Measured | None, received: Measured | None) -> list[Number]:
    """What somebody should look at: only what is there, or is too small to be told."""
    found = []
    if held is not None:
        since = held.tables["since_last_contact"]
        what = "Families of the open caseload not seen for 28 days or more"
        found.append(_of(asked, since, (len(since.rows) - 2, "number"), what, code="since-28-plus"))
        what = "Sessions booked in the period without a word on whether they were held"
        found.append(_of(asked, held.tables["attendance"], (0, "without_word"), what, code="session-without_word"))
    if waited is not None:
        found += [each for place in range(len(_WAITS)) if (each := _late(asked, waited.tables["incomplete"], place))]
    if received is not None:
        what = "Families declined in the period because the team was full"
        found.append(_of(asked, received.tables["unmet"], (0, "capacity_closed"), what, code="reason-capacity_closed"))
    return [each for each in found if each.shown not in ("0", "–")]


def _late(asked: Asked, table: Table, number: int) -> Number | None:
    """Those who wait longer than their target, of one wait; inside the team alone, as two counts would give it away."""
    [(place, row)] = [(place, row) for place, row in enumerate(table.rows) if row[0] == _WAITS[number]]
    n, within = row[table.index("n")], row[table.index("in_target")]
    if table.published or not isinstance(n, int) or not isinstance(within, int) or n == 0:
        return None
    links = cases_behind(asked, table, "n", [*[""] * place, f"{row[0]}-late"])
    return Number(
        what=f"Waiting longer than the target, {row[0]} {row[1]}",
        shown=cell(n - within, Kind.COUNT),
        says=f"{cell(Decimal(n - within) / n, Kind.SHARE)} of {cell(n, Kind.COUNT)} waiting",
        address=links.get((place, "n"), ""),
    )


PAGE = Page(path="/pages/overview", title="Overview", template="overview.jinja", ask=_ask, fields=WITH_FILTERS)
