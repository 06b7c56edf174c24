"""Metrics as figures of a page: what leaves the team is suppressed first, and then drawn from what is left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from services.reporting.charts import bars, stages
from services.reporting.charts.from_table import rows_of
from services.reporting.charts.words import figure, percent
from services.reporting.metrics.catalogue import METRICS, Metric, Period
from services.reporting.pages.frame import Asked
from services.reporting.table_routes import inside
from services.reporting.tables import Cell, Kind, Table, suppressed
from shared.eventstore.store import Connection

Links = Mapping[tuple[int, str], str]
"""Addresses of the cases behind a table's numbers, by place of the row and name of the column."""
_NOTHING = Markup("")
_MOST_BARS = 24
_DRAWN: Mapping[Kind, Callable[[float], str]] = {Kind.COUNT: figure, Kind.SHARE: percent, Kind.DAYS: figure}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart, its finding, and the table behind it; the chart is empty where there is nothing to draw."""

    table: Table
    chart: Markup = _NOTHING
    finding: str = ""
    links: Links = field(default_factory=dict)
    open: bool = False
    """Whether the table is shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One metric's answer."""

    metric: Metric
    answer: Any
    """As the metric's module gives it, raw: for what a page computes, never for what it shows."""
    tables: Mapping[str, Table]
    """By name, as they may be shown to this reader."""
    raw: bool
    """Whether the reader is inside the team, so that nothing is hidden."""


async def measured(conn: Connection, asked: Asked, name: str) -> Measured | None:
    """A metric of the catalogue for the page's question; None where there is none of this name."""
    metric = METRICS.get(name)
    if metric is None:
        return None
    answer = await metric.measure(conn, asked.form.scope, Period(*asked.form.period))
    raw = inside(asked.actor, asked.form.scope.team)
    tables = [each if raw else suppressed(each) for each in metric.tables(answer)]
    return Measured(metric=metric, answer=answer, tables={each.name: each for each in tables}, raw=raw)


def plain(table: Table, links: Links | None = None) -> Figure:
    """A table as it stands, without a chart."""
    return Figure(table=table, links=links or {}, open=True)


def barred(name: str, table: Table, *values: str, links: Links | None = None) -> Figure:
    """A table with bars for some of its columns.

    Args:
        name: of the chart, unique in its page.
        table: as it may be shown.
        values: names of columns of one kind; left out: the first that is a count, a share or days.
        links: addresses of the cases behind its numbers.
    """
    columns = [column for column in table.columns if column.name in values] or [
        column for column in table.columns if column.kind in _DRAWN
    ][:1]
    rows = rows_of(table, *(column.name for column in columns))
    if not columns or not 1 < len(rows) <= _MOST_BARS:
        return plain(table, links)
    show = _DRAWN.get(columns[0].kind, figure)
    said = bars.finding(rows, show=show)
    series = [column.title for column in columns] if len(columns) > 1 else ()
    drawn = bars.bars(name, table.title, rows, series=series, show=show, said=said)
    return Figure(table=table, chart=drawn, finding=said, links=links or {}, open=bool(links))


def staged(name: str, table: Table, links: Links) -> Figure:
    """Open referrals by stage as one divided bar; as bars of their own where small numbers are hidden."""
    parts = [(str(stage), cases) for stage, cases in table.rows[:-1] if isinstance(cases, int)]
    if len(parts) < len(table.rows) - 1:
        return barred(name, table, links=links)
    said = stages.finding(parts)
    return Figure(table=table, chart=stages.stage_bar(name, table.title, parts), finding=said, links=links, open=True)


def every_table(found: Measured, *, but: Sequence[str] = (), links: Mapping[str, Links] | None = None) -> list[Figure]:
    """All tables of a metric with the bars that fit them; `but`: names of those that are shown elsewhere."""
    given = links or {}
    return [
        barred(f"{found.metric.name}-{table.name}".replace("_", "-"), table, links=given.get(table.name))
        for table in found.tables.values()
        if table.name not in but
    ]


def number(cell: Cell) -> float | None:
    """A cell as a chart draws it; None where there is none or it is hidden."""
    return float(cell) if isinstance(cell, int | float | Decimal) else None
