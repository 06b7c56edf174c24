"""M1 to M5 as tables. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from services.reporting.metrics.caseload import Caseload
from services.reporting.metrics.flow import Flow
from services.reporting.metrics.scope import STAGES
from services.reporting.metrics.waits import Summary, WaitAnswer
from services.reporting.tables import Balance, Column, Kind, Table
from services.reporting.words import STAGE_TITLES, UNIT_TITLES

_WAIT_COLUMNS = (
    Column("wait", "Wait", Kind.TEXT),
    Column("title", "From and to", Kind.TEXT),
    Column("n", "Cases", Kind.COUNT),
    Column("median", "Median, days", Kind.DAYS, of="n"),
    Column("p25", "25th percentile, days", Kind.DAYS, of="n"),
    Column("p75", "75th percentile, days", Kind.DAYS, of="n"),
    Column("p90", "90th percentile, days", Kind.DAYS, of="n"),
    Column("p92", "92nd percentile, days", Kind.DAYS, of="n"),
    Column("longest", "Longest, days", Kind.DAYS, of="n"),
    Column("target", "Target, days", Kind.NUMBER),
    Column("in_target", "Cases within target", Kind.COUNT),
    Column("within", "Within target", Kind.SHARE, of="in_target", out_of="n"),
    Column("under_28", "Cases under 28 days", Kind.COUNT),
    Column("under_four_weeks", "Under 28 days", Kind.SHARE, of="under_28", out_of="n"),
)


def of_caseload(found: Caseload) -> tuple[Table, ...]:
    """Stages of open referrals with their total, and the open caseload by unit."""
    stages = tuple((STAGE_TITLES[stage], found.by_stage[stage]) for stage in STAGES)
    units = {"cases": found.cases, "infants": found.infants, "caregivers": found.caregivers}
    units["relationships"] = found.relationships
    return (
        Table(
            "stages",
            "Open referrals by stage",
            (Column("stage", "Stage", Kind.TEXT), Column("cases", "Cases", Kind.COUNT)),
            (*stages, ("All open referrals", found.open_referrals)),
            total=True,
        ),
        Table(
            "units",
            "Open caseload: accepted, open, and seen at least once",
            (Column("unit", "Unit", Kind.TEXT), Column("number", "Number", Kind.COUNT)),
            tuple((UNIT_TITLES[unit], number) for unit, number in units.items()),
        ),
        Table(
            "weighted",
            "Open caseload, weighed",
            (
                Column("cases", "Cases", Kind.COUNT),
                Column("weighted", "Weighted caseload", Kind.NUMBER, of="cases"),
                Column("weights", "Version of the weights", Kind.TEXT),
            ),
            ((found.cases, found.weighted, found.weights_version),),
        ),
    )


def of_flow(found: Flow) -> tuple[Table, ...]:
    """Open before, new, closed, open after, in one row that adds up; and how the closed ones closed."""
    columns = (
        Column("open_at_start", "Open before", Kind.COUNT),
        Column("new", "Received", Kind.COUNT),
        Column("closed", "Closed", Kind.COUNT),
        Column("open_at_end", "Open after", Kind.COUNT),
    )
    closed = tuple((how.capitalize(), number) for how, number in found.closed_by.items())
    return (
        Table(
            "flow",
            "Referrals in and out",
            columns,
            ((found.open_at_start, found.new, found.closed, found.open_at_end),),
            balances=(Balance(("open_at_start", "new"), ("closed", "open_at_end")),),
        ),
        Table(
            "closed_by",
            "How they closed",
            (Column("how", "Closed by", Kind.TEXT), Column("cases", "Cases", Kind.COUNT)),
            (*closed, ("All closed", found.closed)),
            total=True,
        ),
    )


def of_waits(found: Mapping[str, WaitAnswer]) -> tuple[Table, ...]:
    """Completed and still waiting in tables of their own: they are never mixed."""
    return (
        Table("completed", "Waits that ended in the period", _WAIT_COLUMNS, _rows(found, completed=True)),
        Table("incomplete", "Still waiting at the date", _WAIT_COLUMNS, _rows(found, completed=False)),
    )


def _rows(found: Mapping[str, WaitAnswer], *, completed: bool) -> tuple[tuple[str | int | Decimal | None, ...], ...]:
    return tuple(
        (name, each.title, *_figures(each.completed if completed else each.incomplete, each.target_days))
        for name, each in found.items()
    )


def _figures(found: Summary, target: int | None) -> tuple[int | Decimal | None, ...]:
    return (
        found.n,
        found.median,
        found.p25,
        found.p75,
        found.p90,
        found.p92,
        found.max,
        target,
        found.in_target,
        found.within_target,
        found.under_28,
        found.under_four_weeks,
    )
