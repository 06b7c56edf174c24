"""Months under statistical process control: an XmR chart and a tile for each series, from what may be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from services.reporting.charts.cells import cell
from services.reporting.charts.icons import assurance_icon, variation_icon
from services.reporting.charts.sparkline import sparkline
from services.reporting.charts.words import figure, percent
from services.reporting.charts.xmr import finding, xmr_chart
from services.reporting.metrics.series import LINES, Series
from services.reporting.pages.figures import Figure, Measured, number
from services.reporting.statistics.xmr import Xmr, xmr
from services.reporting.tables import HIDDEN, Kind, Table

_HIDDEN = "Too many months rest on fewer than 5, so no chart is drawn and no limits are given."
_LATER = "Drawn from the month after the last one that is hidden."
_LEAST = 12
"""Months that a chart needs once others before them are hidden: with fewer, limits are for trial alone."""
_NONE: Mapping[str, float] = {}
_AXES = {Kind.COUNT: "Number", Kind.DAYS: "Days", Kind.SHARE: "Share"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One series in a glance."""

    name: str
    title: str
    latest: str
    month: str
    says: str
    variation: Markup
    assurance: Markup
    line: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class _Months:
    """One series as it may be shown."""

    table: Table
    months: tuple[date, ...]
    """Those after the last hidden one: limits that look at a hidden month would give it away."""
    values: Sequence[float | None]
    """Theirs."""
    chart: Xmr | None
    """None: too few of them are left for a chart."""
    kind: Kind
    target: float | None
    from_: int
    """How many months of the table stand before them."""
    reasons: tuple[str, ...]
    """Why limits are computed anew, of each time that they are."""

    @property
    def show(self) -> Callable[[float], str]:
        return percent if self.kind is Kind.SHARE else figure


def _months(found: Measured, name: str, targets: Mapping[str, float]) -> _Months:
    line, whole = LINES[name], found.tables["months"]
    value = whole.columns[whole.index(line.value)]
    wanted = dict.fromkeys(("month", line.rests_on, *value.rests_on, line.value))
    places = [whole.index(each) for each in wanted]
    table = Table(
        f"months-{name}",
        line.title,
        tuple(whole.columns[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in whole.rows),
        published=whole.published,
    )
    cells = table.column(line.value)
    start = max((place + 1 for place, each in enumerate(cells) if each == HIDDEN), default=0)
    values = [number(each) for each in cells[start:]]
    drawn = start == 0 or len(values) >= _LEAST
    months = tuple(month for month in table.column("month")[start:] if isinstance(month, date))
    answer: Series = found.answer
    anew = answer.starts(name, months)
    chart = xmr(values, higher_is_better=line.higher_is_better, target=targets.get(name), rebase=anew)
    return _Months(
        table=table,
        months=months,
        values=values,
        chart=chart if drawn else None,
        kind=value.kind,
        target=targets.get(name),
        from_=start,
        reasons=tuple(answer.rebases[name][months[place]].replace("-", " ") for place in anew),
    )


def charts(found: Measured, names: Sequence[str], targets: Mapping[str, float] = _NONE) -> list[Figure]:
    """An XmR chart of each of these series of M11, with its months as a table; `targets` by name, where one has any."""
    return [_chart(_months(found, name, targets), name) for name in names]


def _chart(each: _Months, name: str) -> Figure:
    if each.chart is None:
        return Figure(table=each.table, finding=_HIDDEN)
    drawn = xmr_chart(
        f"xmr-{name}",
        each.table.title,
        each.months,
        each.chart,
        axis=_AXES[each.kind],
        show=each.show,
        target=each.target,
        reasons=each.reasons,
        floor=0,
    )
    said = finding(each.months, each.chart, show=each.show)
    return Figure(table=each.table, chart=drawn, finding=f"{said} {_LATER}" if each.from_ else said)


def tiles(found: Measured, names: Sequence[str], targets: Mapping[str, float] = _NONE) -> list[Tile]:
    """A tile for each of these series; one without a month that may be shown has no tile."""
    made = [_tile(_months(found, name, targets), name) for name in names]
    return [each for each in made if each is not None]


def _tile(each: _Months, name: str) -> Tile | None:
    line = LINES[name]
    if each.chart is None or each.chart.variation is None:
        return None
    place = max(at for at, value in enumerate(each.values) if value is not None)
    point = each.chart.points[place]
    return Tile(
        name=name,
        title=line.title,
        latest=cell(each.table.column(line.value)[each.from_ + place], each.kind),
        month=f"{each.months[place]:%B %Y}",
        says=finding(each.months, each.chart, show=each.show),
        variation=variation_icon(point.variation, upwards=point.upwards),
        assurance=Markup("") if each.chart.assurance is None else assurance_icon(each.chart.assurance),
        line=sparkline(line.title, each.values),
    )
