"""W8 and M12 by name, and as tables."""

from typing import Any

from services.reporting.metrics.clocks import FourWeekAnswer, Shares, WindowAnswer, four_weeks, window
from services.reporting.metrics.metric import Better, Metric, Period
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.waits import FOUR_WEEKS_DAYS, Summary
from services.reporting.tables import Cell, Column, Kind, Table
from shared.eventstore.store import Connection

_WAIT_COLUMNS = (
    Column("form", "Wait", Kind.TEXT),
    Column("n", "Spells", Kind.COUNT),
    Column("median", "Median, days", Kind.DAYS, of="n"),
    Column("p90", "90th percentile, days", Kind.DAYS, of="n"),
    Column("longest", "Longest, days", Kind.DAYS, of="n"),
    Column("in_target", f"Spells of {FOUR_WEEKS_DAYS} days or less", Kind.COUNT),
    Column("within", f"{FOUR_WEEKS_DAYS} days or less (MRS08a)", Kind.SHARE, of="in_target", out_of="n"),
    Column("under_28", f"Spells under {FOUR_WEEKS_DAYS} days", Kind.COUNT),
    Column("under", f"Under {FOUR_WEEKS_DAYS} days (dashboard)", Kind.SHARE, of="under_28", out_of="n"),
)
_SHARE_COLUMNS = (
    Column("form", "Babies", Kind.TEXT),
    Column("n", "Number", Kind.COUNT),
    Column("median", "Median share of the window used", Kind.SHARE, of="n"),
    Column("p25", "25th percentile", Kind.SHARE, of="n"),
    Column("p75", "75th percentile", Kind.SHARE, of="n"),
    Column("p90", "90th percentile", Kind.SHARE, of="n"),
    Column("largest", "Largest share", Kind.SHARE, of="n"),
)
_MISSING = {
    "contact": "No attended contact",
    "measure": "No nationally listed baseline measure",
    "plan": "No agreed care plan",
}


def of_four_weeks(found: FourWeekAnswer) -> tuple[Table, ...]:
    """Stopped and still open in tables of their own, what is missing, and what ended without a stop."""
    missing = tuple((_MISSING[name], number) for name, number in found.missing.items())
    return (
        Table("completed", "Stopped in the period", _WAIT_COLUMNS, (_wait("Stopped", found.completed),)),
        Table("incomplete", "Not stopped, open at the date", _WAIT_COLUMNS, (_wait("Open", found.incomplete),)),
        Table(
            "missing",
            "What the open ones lack (one may lack several)",
            (Column("what", "What", Kind.TEXT), Column("spells", "Spells", Kind.COUNT)),
            missing,
        ),
        Table(
            "long",
            "Long waits: of the open ones, for more than so many weeks (each in those before it)",
            (Column("weeks", "More than", Kind.TEXT), Column("spells", "Spells", Kind.COUNT)),
            tuple((f"{weeks} weeks", number) for weeks, number in found.long.items()),
        ),
        Table(
            "never_stopped",
            "Ended in the period and never stopped",
            (Column("spells", "Spells", Kind.COUNT),),
            ((found.never_stopped,),),
        ),
    )


def of_window(found: WindowAnswer) -> tuple[Table, ...]:
    """Babies whose treatment began, and those who still wait, in tables of their own."""
    return (
        Table("completed", "Treatment began in the period", _SHARE_COLUMNS, (_share("Treated", found.completed),)),
        Table("incomplete", "Still waiting at the date", _SHARE_COLUMNS, (_share("Waiting", found.incomplete),)),
    )


def _wait(form: str, each: Summary) -> tuple[Cell, ...]:
    of_28 = (each.in_target, each.within_target, each.under_28, each.under_four_weeks)
    return form, each.n, each.median, each.p90, each.max, *of_28


def _share(form: str, each: Shares) -> tuple[Cell, ...]:
    return form, each.n, each.median, each.p25, each.p75, each.p90, each.max


async def _four_weeks(conn: Connection, scope: Scope, period: Period) -> Any:
    return await four_weeks(conn, scope, first=period.first, last=period.last)


async def _window(conn: Connection, scope: Scope, period: Period) -> Any:
    return await window(conn, scope, first=period.first, last=period.last)


CLOCKS = (
    Metric(
        code="W8",
        name="four-weeks",
        title="England: four weeks to meaningful help",
        unit="days between civil dates, by spell",
        source="domain 3.4, 6.6 M4",
        better=Better.LOWER,
        measure=_four_weeks,
        tables=of_four_weeks,
    ),
    Metric(
        code="M12",
        name="window",
        title="Share of the 1001 days spent waiting",
        unit="share of the window that was left at the referral, by baby",
        source="domain 6.6 M12",
        better=Better.LOWER,
        measure=_window,
        tables=of_window,
    ),
)
"""The waits of the national and the baby's clock."""
