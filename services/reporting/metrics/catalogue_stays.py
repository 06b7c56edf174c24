"""Net waits and the length of stay by name, and as tables."""

from collections.abc import Mapping
from typing import Any

from services.reporting.metrics.figures import Figures
from services.reporting.metrics.length_of_stay import BANDS, LengthOfStay, Stay, length_of_stay
from services.reporting.metrics.metric import Better, Metric, Period
from services.reporting.metrics.net_waits import NetWait, net_waits
from services.reporting.metrics.scope import Scope
from services.reporting.tables import Balance, Cell, Column, Kind, Table
from shared.eventstore.store import Connection

_BAND_TITLES = {
    "0-6": "0 to 6 days", "7-13": "7 to 13 days", "14-27": "14 to 27 days", "28-182": "28 to 182 days",
    "183-plus": "More than 182 days",
}  # fmt: skip
_FIGURES = (
    Column("n", "Cases", Kind.COUNT),
    Column("median", "Median, days", Kind.DAYS, of="n"),
    Column("p25", "25th percentile, days", Kind.DAYS, of="n"),
    Column("p75", "75th percentile, days", Kind.DAYS, of="n"),
    Column("p90", "90th percentile, days", Kind.DAYS, of="n"),
    Column("p92", "92nd percentile, days", Kind.DAYS, of="n"),
    Column("longest", "Longest, days", Kind.DAYS, of="n"),
)
_NET_COLUMNS = (
    Column("wait", "Wait", Kind.TEXT),
    Column("title", "From and to, net of pauses at the family's request", Kind.TEXT),
    *_FIGURES,
    Column("rested", "Cases with any day taken off", Kind.COUNT),
)
_STAY_COLUMNS = (
    Column("form", "Cases", Kind.TEXT),
    *_FIGURES,
    *(Column(band, _BAND_TITLES[band], Kind.COUNT) for band in BANDS),
)


def of_net_waits(found: Mapping[str, NetWait]) -> tuple[Table, ...]:
    """Completed and still waiting in tables of their own: they are never mixed."""
    completed = tuple(
        (name, each.title, *_figures(each.completed), each.completed_rested) for name, each in found.items()
    )
    incomplete = tuple(
        (name, each.title, *_figures(each.incomplete), each.incomplete_rested) for name, each in found.items()
    )
    return (
        Table("completed", "Net waits that ended in the period", _NET_COLUMNS, completed),
        Table("incomplete", "Net waits still going on at the date", _NET_COLUMNS, incomplete),
    )


def of_length_of_stay(found: LengthOfStay) -> tuple[Table, ...]:
    """Ended and going on in tables of their own: they are never mixed."""
    adds_up = (Balance(tuple(BANDS), ("n",)),)
    return (
        Table(
            "completed", "Acceptance to discharge, discharged in the period", _STAY_COLUMNS,
            (_stay("Discharged", found.completed),), balances=adds_up,
        ),
        Table(
            "incomplete", "Since acceptance, open at the date", _STAY_COLUMNS, (_stay("Open", found.incomplete),),
            balances=adds_up,
        ),
    )  # fmt: skip


def _figures(found: Figures) -> tuple[Cell, ...]:
    return found.n, found.median, found.p25, found.p75, found.p90, found.p92, found.max


def _stay(form: str, found: Stay) -> tuple[Cell, ...]:
    return form, *_figures(found.figures), *(found.bands[band] for band in BANDS)


async def _net_waits(conn: Connection, scope: Scope, period: Period) -> Any:
    return await net_waits(conn, scope, first=period.first, last=period.last)


async def _length_of_stay(conn: Connection, scope: Scope, period: Period) -> Any:
    return await length_of_stay(conn, scope, first=period.first, last=period.last)


STAYS = (
    Metric(
        code="M4 net",
        name="net-waits",
        title="Waits net of pauses at the family's request",
        unit="days between civil dates, less days of rest at the family's request",
        source="domain 6.6 M4",
        better=Better.LOWER,
        measure=_net_waits,
        tables=of_net_waits,
    ),
    Metric(
        code="W7",
        name="length-of-stay",
        title="Length of stay",
        unit="days between civil dates",
        source="domain 6.6 M4, 3.5",
        better=Better.NEITHER,
        measure=_length_of_stay,
        tables=of_length_of_stay,
    ),
)
"""Beside the waits of the families' pathway."""
