"""Waits: still going on and ended apart, by bands of days, as curves in which those still waiting count, by group."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.reporting.charts import survival
from services.reporting.metrics.catalogue import METRICS, Period
from services.reporting.metrics.scope import Filters
from services.reporting.metrics.waiting_tables import BAND_TITLES
from services.reporting.metrics.waits import WAITS
from services.reporting.pages import monthly
from services.reporting.pages.figures import Figure, Measured, barred, measured, plain
from services.reporting.pages.filters import FILTERS, WITH_FILTERS
from services.reporting.pages.form import Choices, select
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, answer, cases_behind, section
from services.reporting.table_routes import inside
from services.reporting.tables import Column, Kind, Table, suppressed
from shared.eventstore.store import Connection

_DETAIL = "W2"
"""The wait that is shown in detail unless another is chosen."""
_IN_DETAIL = [(name.lower(), f"{name} {wait.title.lower()}") for name, wait in WAITS.items() if name != _DETAIL]
_GROUPS = ("tier", "priority", "age_band")
_LISTS: Mapping[str, Choices] = {field.name: field.choices[1:] for field in FILTERS if field.name in _GROUPS}
_TITLES = {field.name: field.label for field in FILTERS}
_WAIT = select("wait", "Wait in detail", [("", "W2 first contact"), *_IN_DETAIL])
_BY = select("by", "Broken down by", [("", "Nothing"), *((name, _TITLES[name]) for name in _GROUPS)])
WAITED_FOR: Mapping[str, str] = {
    "W1": "a decision",
    "W2": "a first contact",
    "W3": "an assessment",
    "W4": "a programme",
    "W5": "its first session",
    "W6": "treatment",
}
"""What a family waits for."""
_FORMS = {"incomplete": "waiting", "completed": "ended"}
"""Form of a wait to the ending of its selection's code."""


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    wait = asked.form.values.get("wait", _DETAIL).upper()
    found = await measured(conn, asked, "waits")
    banded = await measured(conn, asked, "wait-bands")
    curves = await measured(conn, asked, "waiting-curve")
    four = await measured(conn, asked, "four-weeks")
    net = await measured(conn, asked, "net-waits")
    months = await measured(conn, asked, "series")
    return await answer(
        conn,
        asked,
        [
            None if found is None else section(found, [_whole(asked, found, form) for form in _FORMS]),
            None if found is None else await _by_group(conn, asked, wait),
            None if banded is None else section(banded, [_bands(banded, form, wait) for form in _FORMS]),
            None if curves is None else _curves(curves),
            None if net is None else section(net, [plain(_in_words(table)) for table in net.tables.values()]),
            None if four is None else section(four, [plain(table) for table in four.tables.values()]),
            None if months is None else section(months, monthly.charts(months, ["w2", "w5"], targets_of(found))),
        ],
    )


def _in_words(whole: Table) -> Table:
    """A table of waits whose code and words stand in one column."""
    columns = (Column("wait", "Wait", Kind.TEXT), *whole.columns[2:])
    rows = tuple((f"{row[1]} ({row[0]})", *row[2:]) for row in whole.rows)
    return Table(whole.name, whole.title, columns, rows, published=whole.published)


def in_short(table: Table, names: Sequence[str], columns: Sequence[str]) -> Table:
    """Some waits and some figures of a table of waits, `n` among them, in which words name each wait."""
    places = [table.index(column) for column in columns]
    told = [table.columns[place] for place in places]
    kept = tuple(column if column.of is None else replace(column, of="n", out_of=None) for column in told)
    rows = [row for row in table.rows if row[0] in names]
    return Table(
        table.name,
        table.title,
        (Column("wait", "Wait", Kind.TEXT), *kept),
        tuple((f"{row[1]} ({row[0]})", *(row[place] for place in places)) for row in rows),
        published=table.published,
    )


def targets_of(found: Measured | None) -> Mapping[str, float]:
    """Days of the target of a monthly series of medians, by its name, where one team or all have the same."""
    waited = {} if found is None else {name: found.answer[name.upper()].target_days for name in ("w2", "w5")}
    return {name: float(days) for name, days in waited.items() if days is not None}


def _whole(asked: Asked, found: Measured, form: str) -> Figure:
    table = _in_words(found.tables[form])
    links = cases_behind(asked, table, "n", [f"{name}-{_FORMS[form]}" for name in WAITS])
    return barred(f"waits-{form}", table, "median", "p90", links=links)


def _bands(found: Measured, form: str, wait: str) -> Figure:
    """One wait's bands as rows."""
    whole = found.tables[form]
    [row] = [row for row in whole.rows if row[0] == wait]
    cells = [(title, row[whole.index(band)]) for band, title in BAND_TITLES.items()]
    columns = (Column("band", "Days waited", Kind.TEXT), Column("n", "Cases", Kind.COUNT))
    title = f"{wait} {row[1]}: {whole.title[0].lower()}{whole.title[1:]}"
    return barred(
        f"bands-{form}",
        Table(
            f"bands-{form}", title, columns, (*cells, ("All", row[whole.index("n")])), True, published=whole.published
        ),
        "n",
    )


def _curves(found: Measured) -> Section:
    """A curve shows every single wait, so it is drawn inside the team alone."""
    [table] = found.tables.values()
    drawn = [
        Figure(
            table=replace(table, title=f"{name} {table.rows[place][1]}", rows=(table.rows[place],)),
            chart=survival.survival_curve(f"curve-{name.lower()}", table.title, each.curve),
            finding=survival.finding(each.curve),
        )
        for place, (name, each) in enumerate(found.answer.items())
        if found.raw
    ]
    return section(found, drawn or [plain(table)])


async def _by_group(conn: Connection, asked: Asked, wait: str) -> Section | None:
    """One wait of each group of cases, still going on and ended apart; None where no breakdown is asked for."""
    by, scope = asked.form.values.get("by"), asked.form.scope
    if by is None or asked.form.typed[by]:
        return None
    metric, found = METRICS["waits"], {}
    for code, title in _LISTS[by]:
        said = {name: getattr(scope.filters, name) for name in Filters.__dataclass_fields__} | {by: code}
        narrowed = replace(scope, filters=Filters(**said))
        answered = await metric.measure(conn, narrowed, Period(*asked.form.period))
        found[code, title] = {table.name: table for table in metric.tables(answered)}
    figures = []
    for form, ending in _FORMS.items():
        table = _groups_table(by, form, wait, {title: tables[form] for (_, title), tables in found.items()})
        table = table if inside(asked.actor, scope.team) else suppressed(table)
        links: dict[tuple[int, str], str] = {}
        for place, (code, _) in enumerate(found):
            links |= cases_behind(asked, table, "n", [*[""] * place, f"{wait}-{ending}"], **{by: code})
        figures.append(barred(f"by-{form}", table, "median", links=links))
    return Section(name="by", title=f"{wait} by {_TITLES[by].lower()}", figures=figures)


def _groups_table(by: str, form: str, wait: str, found: Mapping[str, Table]) -> Table:
    first = next(iter(found.values()))
    rows = [
        (title, *next(row for row in table.rows if row[0] == wait)[first.index("n") :])
        for title, table in found.items()
    ]
    columns = (Column(by, _TITLES[by], Kind.TEXT), *first.columns[first.index("n") :])
    return Table(f"by-{form}", f"{wait}: {first.title[0].lower()}{first.title[1:]}", columns, tuple(rows))


PAGE = Page(
    path="/pages/waits",
    title="Waits",
    template="sections.jinja",
    ask=_ask,
    fields=(*WITH_FILTERS[:5], _WAIT, _BY, *WITH_FILTERS[5:]),
)
