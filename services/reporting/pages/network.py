"""Teams side by side: funnel plots and medians, drawn from published numbers alone, whoever looks.

What stands here is about several teams, so it leaves each of them: small numbers are hidden for their own people too.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.reporting.charts.funnel_plot import finding, funnel_plot
from services.reporting.metrics.catalogue import METRICS, Period
from services.reporting.metrics.network import FUNNELS, funnels
from services.reporting.pages.figures import Figure, barred
from services.reporting.pages.filters import WITH_FILTERS
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.sections import Section, files_of, source_of
from services.reporting.statistics.funnel import Funnel, Team
from services.reporting.tables import Table, suppressed
from shared.eventstore.store import Connection

_TITLES = {
    "w2_share": ("First contacts within 28 days of the referral", "first contacts"),
    "dna_rate": ("Sessions not attended (DNA rate)", "sessions"),
    "coverage": ("Work that ended with a measured outcome", "families whose work ended"),
}
"""What a share is of, and what its denominator counts."""
_MEDIANS = ("team", "families", "w2_n", "w2_median", "w5_n", "w5_median")
LEAST_TEAMS = 2


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    metric, form = METRICS["network"], asked.form
    found = await metric.measure(conn, replace(form.scope, team=None), Period(*form.period))
    [table] = map(suppressed, metric.tables(found))
    exact, own = funnels(found), _own(asked)
    figures = [_funnel(name, table, exact[name], own) for name in FUNNELS]
    medians = _columns(table, _MEDIANS, "medians", "Families seen, and median waits")
    return {
        "teams": len(found),
        "least": LEAST_TEAMS,
        "files": files_of(asked, team=""),
        "sections": [
            Section(
                name=metric.name,
                title=metric.title,
                figures=[*figures, barred("medians", medians, "w2_median", "w5_median")],
                metric=metric.name,
                source=source_of(metric),
            )
        ],
    }


def _own(asked: Asked) -> str | None:
    """The team that is marked: the one of the filter, else the reader's only one."""
    teams = asked.actor.teams or frozenset()
    return asked.form.scope.team or (next(iter(teams)) if len(teams) == 1 else None)


def _funnel(name: str, table: Table, exact: Funnel, own: str | None) -> Figure:
    columns = ("team", *FUNNELS[name], name, f"{name}_standing")
    title, counted = _TITLES[name]
    shown = _columns(table, columns, f"funnel-{name}".replace("_", "-"), title)
    drawn = published(shown, exact)
    plot = funnel_plot(shown.name, title, drawn, axis="Share", counted=counted, own=own)
    return Figure(table=shown, chart=plot, finding=finding(drawn, own=own))


def _columns(table: Table, names: tuple[str, ...], name: str, title: str) -> Table:
    places = [table.index(each) for each in names]
    return replace(
        table,
        name=name,
        title=title,
        columns=tuple(table.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in table.rows),
    )


def published(table: Table, exact: Funnel) -> Funnel:
    """The funnel as it may be drawn: published numbers of those teams alone that are shown, and their mean.

    Whether a team differs by more than chance is taken from the exact numbers, as in the table.

    Args:
        table: suppressed; team, part, whole, share.
        exact: of the same teams.
    """
    standings = {team.team: team.standing for team in exact.teams}
    teams = tuple(
        Team(team=str(code), part=part, whole=whole, share=float(share), limits=None, standing=standings[str(code)])
        for code, part, whole, share, *_ in table.rows
        if isinstance(part, int) and isinstance(whole, int) and isinstance(share, Decimal)
    )
    every = sum(team.whole for team in teams)
    share = sum(team.whole * (team.share or 0) for team in teams)
    return Funnel(mean=share / every if every else None, teams=teams)


PAGE = Page(path="/pages/network", title="Network", template="network.jinja", ask=_ask, fields=WITH_FILTERS)
