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
from services.reporting.pages.now import now_shown
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.pages.waits import WAITED_FOR, in_short, targets_of
from services.reporting.tables import Kind, Table
from shared.eventstore.store import Connection

_WAITS = ("W2", "W5", "W6")
"""First contact, the hidden wait, first treatment."""
_COLUMNS = ("n", "median", "p90", "target", "within")
_PAGES = {"w2": "waits", "w5": "waits", "dna": "sessions", "caseload": "caseload"}
"""Page of a series; the flow page for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number with what it is, and where it leads; empty where it leads nowhere."""

    what: str
    shown: str
    says: str
    address: str
    unit: str = ""


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
        "tiles": [] if months is None else monthly.tiles(months, tuple(LINES), targets_of(waited)),
        "pages": _PAGES,
        "now": await now_shown(conn, asked),
    }


def _waits(asked: Asked, found: Measured) -> Section:
    figures = []
    for form, ending in (("incomplete", "waiting"), ("completed", "ended")):
        shorter = in_short(found.tables[form], _WAITS, _COLUMNS)
        figures.append(plain(shorter, cases_behind(asked, shorter, "n", [f"{name}-{ending}" for name in _WAITS])))
    return section(found, figures)


def _numbers(asked: Asked, counted: Measured | None, waited: Measured | None, window: Measured | None) -> list[Number]:
    numbers = []
    if counted is not None:
        stages, units = counted.tables["stages"], counted.tables["units"]
        last = len(stages.rows) - 1
        numbers.append(_of(asked, stages, (last, "cases"), "open referrals", code="open"))
        numbers.append(
            _of(
                asked,
                units,
                (0, "number"),
                "cases in the open caseload",
                says="Accepted, and seen at least once",
                code="caseload",
            )
        )
    if waited is not None:
        table = waited.tables["incomplete"]
        numbers += [_median(asked, table, place) for place, row in enumerate(table.rows) if row[0] in ("W2", "W6")]
    if window is not None:
        table = window.tables["completed"]
        what = "of a baby’s remaining first 1001 days went by before treatment began"
        n = cell(table.rows[0][table.index("n")], Kind.COUNT)
        numbers.append(_of(asked, table, (0, "median"), what, says=f"Median of {n} babies in the period (M12)"))
    return numbers


def _median(asked: Asked, table: Table, place: int) -> Number:
    """How long those still waiting have waited by now, for one wait."""
    row = table.rows[place]
    name, n, p90 = row[0], cell(row[table.index("n")], Kind.COUNT), cell(row[table.index("p90")], Kind.DAYS)
    what = f"median wait so far for {WAITED_FOR[str(name)]} ({name})"
    says = "Nobody waits" if n == "0" else f"{n} waiting; 90th percentile {p90} days"
    return _of(asked, table, (place, "median"), what, says=says, code=f"{name}-waiting", unit="days")


def _of(
    asked: Asked, table: Table, at: tuple[int, str], what: str, *, says: str = "", code: str = "", unit: str = ""
) -> Number:
    """One cell, with the cases behind it."""
    place, column = at
    found = table.rows[place][table.index(column)]
    links = cases_behind(asked, table, column, [*[""] * place, code])
    shown = cell(found, table.columns[table.index(column)].kind)
    return Number(what=what, shown=shown, says=says, address=links.get((place, column), ""), unit=unit)


def _attention(asked: Asked, waited: Measured | None, held: Measured | None, received: Measured | None) -> list[Number]:
    """What somebody should look at: only what is there, or is too small to be told."""
    found = []
    if held is not None:
        since = held.tables["since_last_contact"]
        what = "families of the open caseload not seen for 28 days or more"
        found.append(_of(asked, since, (len(since.rows) - 2, "number"), what, code="since-28-plus"))
        what = "sessions booked in the period without a word on whether they were held"
        found.append(_of(asked, held.tables["attendance"], (0, "without_word"), what, code="session-without_word"))
    if waited is not None:
        found += [each for place in range(len(_WAITS)) if (each := _late(asked, waited.tables["incomplete"], place))]
    if received is not None:
        what = "families declined in the period because the team was full"
        found.append(_of(asked, received.tables["unmet"], (0, "capacity_closed"), what, code="reason-capacity_closed"))
    return [each for each in found if each.shown not in ("0", "–")]


def _late(asked: Asked, table: Table, number: int) -> Number | None:
    """Those who wait longer than their target, of one wait; inside the team alone, as two counts would give it away."""
    [(place, row)] = [(place, row) for place, row in enumerate(table.rows) if row[0] == _WAITS[number]]
    n, within = row[table.index("n")], row[table.index("in_target")]
    if table.published or not isinstance(n, int) or not isinstance(within, int) or n == 0:
        return None
    target = cell(row[table.index("target")], Kind.NUMBER)
    own = f"; target {target} days" if row[table.index("target")] is not None else ", by each team’s target"
    links = cases_behind(asked, table, "n", [*[""] * place, f"{row[0]}-late"])
    return Number(
        what=f"waiting longer than the target for {WAITED_FOR[str(row[0])]} ({row[0]})",
        shown=cell(n - within, Kind.COUNT),
        says=f"{cell(Decimal(n - within) / n, Kind.SHARE)} of {cell(n, Kind.COUNT)} waiting{own}",
        address=links.get((place, "n"), ""),
    )


PAGE = Page(path="/pages/overview", title="Overview", template="overview.jinja", ask=_ask, fields=WITH_FILTERS)
