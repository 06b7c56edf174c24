"""dyad metrics list, show: the numbers of pages and files at the terminal, from the same functions."""

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, Row, messages, show
from deploy.local.trouble import EXIT_USAGE, Trouble

if TYPE_CHECKING:
    from services.reporting.metrics.metric import Metric, Period
    from services.reporting.metrics.scope import Scope
    from services.reporting.tables import Cell, Table
    from shared.settings import Settings

LISTED = ("name", "code", "title", "unit", "source", "version")
Name = Annotated[str, typer.Argument(help="As `dyad metrics list` shows it.")]
Team = Annotated[str | None, typer.Option("--team", help="Team code; left out: all teams.")]
At = Annotated[str | None, typer.Option("--at", help="As at the end of this day, YYYY-MM-DD; left out: today.")]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", help="As known at this instant, with its offset; left out: now.")
]
FirstDay = Annotated[str | None, typer.Option("--first-day", help="Of the period; left out: a year before its last.")]
LastDay = Annotated[str | None, typer.Option("--last-day", help="Of the period; left out: --at.")]
OnlyTable = Annotated[str | None, typer.Option("--table", help="Only this table.")]
Raw = Annotated[bool, typer.Option("--raw", help="Small numbers too: for use inside the team only.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="The numbers of pages and files, from the same functions.", no_args_is_help=True)
    group.command("list")(list_metrics)
    group.command("show")(show_metric)
    app.add_typer(group, name="metrics")


def list_metrics(output: OutputOption = Output.TABLE) -> None:
    """Show which metrics there are, with the source and version of each definition."""
    from services.reporting.metrics.catalogue import METRICS  # noqa: PLC0415 - others need not wait for it

    rows: list[Row] = [{name: getattr(metric, name) for name in LISTED} for metric in METRICS.values()]
    show(rows, LISTED, output)


def show_metric(
    *,
    name: Name,
    team: Team = None,
    at: At = None,
    known_at: KnownAt = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    table: OnlyTable = None,
    raw: Raw = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show a metric's tables, small numbers hidden unless --raw says that they stay inside the team."""
    from services.reporting.metrics.catalogue import METRICS, Period  # noqa: PLC0415
    from services.reporting.metrics.scope import Scope  # noqa: PLC0415
    from services.reporting.parameters import year_to  # noqa: PLC0415
    from services.reporting.tables import suppressed  # noqa: PLC0415
    from shared.kernel.civil import civil_date  # noqa: PLC0415
    from shared.kernel.ids import utc_now  # noqa: PLC0415

    if name not in METRICS:
        raise Trouble(f"There is no metric {name}.", "See `dyad metrics list`.", EXIT_USAGE)
    day = _day(at, "--at") or civil_date(utc_now())
    last = _day(last_day, "--last-day") or day
    period = Period(_day(first_day, "--first-day") or year_to(last), last)
    if not period.first <= period.last <= day:
        raise Trouble("The period must end by --at, and not before it begins.", "See --help.", EXIT_USAGE)
    scope = Scope(at=day, known_at=_instant(known_at), team=team)
    found = asyncio.run(_measured(Installation.chosen().settings, METRICS[name], scope, period))
    shown = [each if raw else suppressed(each) for each in found if table in (None, each.name)]
    if not shown:
        raise Trouble(f"{name} has no table {table}.", f"Leave --table out to see all of {name}.", EXIT_USAGE)
    for each in shown:
        messages.print(f"{each.name}: {each.title}")
        show(_rows(each), [column.name for column in each.columns], output)


async def _measured(settings: "Settings", metric: "Metric", scope: "Scope", period: "Period") -> tuple["Table", ...]:
    from services.reporting import queries  # noqa: PLC0415
    from shared.eventstore.pool import open_pool  # noqa: PLC0415

    pool = await open_pool(settings, "reporting", "dyad_reader", min_size=1, max_size=1)
    try:
        teams = None if scope.team is None else frozenset({scope.team})
        async with queries.snapshot(pool, teams) as conn:
            return metric.tables(await metric.measure(conn, scope, period))
    finally:
        await pool.close()


def _rows(table: "Table") -> list[Row]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, (_shown(cell) for cell in row), strict=True)) for row in table.rows]


def _shown(cell: "Cell") -> Any:
    return cell if cell is None or isinstance(cell, str | int | float) else str(cell)


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Trouble(f"{option} is no day.", "Write it as 2026-03-31.", EXIT_USAGE) from None


def _instant(text: str | None) -> datetime | None:
    try:
        found = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise _no_instant() from None
    if found is not None and found.tzinfo is None:
        raise _no_instant()
    return found


def _no_instant() -> Trouble:
    return Trouble(
        "--known-at is no instant with its offset.", "Write it as 2026-03-31T17:00:00+01:00 or with Z.", EXIT_USAGE
    )
