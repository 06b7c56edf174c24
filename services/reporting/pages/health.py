"""System health: how far the data reaches, what could not be applied, what the watch does, when it was last rebuilt.

All of it is about now, whatever day and instant the address asks about; a team narrows what is said of teams.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.reporting.alerts import live
from services.reporting.fold import DEFINITION
from services.reporting.pages.figures import plain
from services.reporting.pages.frame import Asked, Page
from services.reporting.pages.live import BEHIND
from services.reporting.pages.sections import Section
from services.reporting.pages.templates import long_instant
from services.reporting.pages.trouble import items_table, parked_table
from services.reporting.projections import CONSUMER
from services.reporting.table_routes import inside
from services.reporting.tables import Cell, Column, Kind, Table, suppressed
from shared.bus import held
from shared.bus.watermark import watermarks_of
from shared.eventstore.store import Connection
from shared.kernel.ids import utc_now
from shared.settings import STORES
from shared.web.access.roles import Scope

_TEAMS = """
SELECT team_id, max(lower(known)) AS changed FROM seen_history
WHERE upper_inf(known) AND ($1::text IS NULL OR team_id = $1) GROUP BY team_id ORDER BY team_id
"""
_VERSIONS = "SELECT schema, made_at, ready FROM projection_versions ORDER BY made_at DESC"


async def _ask(conn: Connection, asked: Asked) -> Mapping[str, Any]:
    now = utc_now()
    reach = await watermarks_of(conn, CONSUMER)
    sections = [Section(name="reach", title="How far the data reaches", figures=[plain(reach_table(reach, now))])]
    parked = None
    if asked.actor.teams is None:  # whose a parked event is cannot always be told
        counts = await held.counts(conn, CONSUMER)
        parked = sum(counts.values())
        if parked:
            sections.append(await _parked(conn, asked, counts))
    sections += [await _watch(conn, asked, now), await _rebuilt(conn), await _teams(conn, asked)]
    return {"sections": sections, "parked": parked, "behind": is_behind(reach, now)}


async def _parked(conn: Connection, asked: Asked, counts: Mapping[str, int]) -> Section:
    figures = [plain(parked_table(counts))]
    if asked.actor.may(Scope.PARKED_READ):
        figures.append(plain(items_table(await held.list_held(conn, CONSUMER))))
    return Section(name="parked", title="Events that could not be applied", figures=figures)


def is_behind(reach: Mapping[str, datetime], now: datetime) -> bool:
    """Whether some store's events may be missing from the numbers."""
    return any(store not in reach or now - reach[store] > BEHIND for store in STORES)


def reach_table(reach: Mapping[str, datetime], now: datetime) -> Table:
    """Per store up to when everything that it recorded is counted, and how long ago that was.

    Args:
        reach: UTC instant by store; a store that is missing has not announced anything.
        now: UTC instant.
    """
    columns = (
        Column("store", "Records of", Kind.TEXT),
        Column("complete_to", "Complete to", Kind.TEXT),
        Column("lag", "Seconds behind", Kind.NUMBER),
        Column("state", "State", Kind.TEXT),
    )
    return Table("reach", "How far the data reaches", columns, tuple(_reach(store, reach, now) for store in STORES))


def _reach(store: str, reach: Mapping[str, datetime], now: datetime) -> tuple[Cell, ...]:
    if store not in reach:
        return store.capitalize(), "not announced yet", None, "Not known yet"
    lag = max(now - reach[store], timedelta(0))
    return (
        store.capitalize(),
        long_instant(reach[store]),
        lag.seconds + 86_400 * lag.days,
        "Behind" if lag > BEHIND else "Up to date",
    )


async def _watch(conn: Connection, asked: Asked, now: datetime) -> Section:
    found = await live(conn, asked.form.scope.team, now)
    seen = "never" if found.seen_at is None else long_instant(found.seen_at)
    state = Table(
        "watch",
        "The watch itself",
        (Column("seen", "At work last", Kind.TEXT), Column("state", "State", Kind.TEXT)),
        ((seen, "Not at work" if found.stale else "At work"),),
    )
    figures = [plain(state)]
    if found.seen_at is not None:
        tile = found.tile if inside(asked.actor, asked.form.scope.team) else suppressed(found.tile)
        figures.append(plain(_worded(tile, "What it said then" if found.stale else "What it says now")))
    return Section(name="watch", title="Pathway watch", figures=figures)


def _worded(tile: Table, title: str) -> Table:
    rows = tuple((WINDOWS.get(str(what), str(what)), number) for what, number in tile.rows)
    return Table("watch-says", title, tile.columns, rows, published=tile.published)


WINDOWS = {
    "will_breach": "Waits that will go beyond a target soon",
    "breached": "Waits that are beyond a target",
    "no_session": "Families without a session for too long",
    "not_brought": "Families not brought twice running",
    "sessions_today": "Sessions held today",
    "referrals_week": "Referrals received since Monday",
}
"""Rules and windows of the watch in words."""


async def _rebuilt(conn: Connection) -> Section:
    columns = (Column("what", "What", Kind.TEXT), Column("state", "State", Kind.TEXT))
    rows = [("Definition by which cases are folded", str(DEFINITION))]
    rows += [_version(dict(row)) for row in await conn.fetch(_VERSIONS)]
    if len(rows) == 1:
        rows.append(("Last rebuild", "Never rebuilt beside what is read, or the tables of before were dropped"))
    return Section(
        name="rebuilt", title="Rebuilds", figures=[plain(Table("rebuilt", "Rebuilds", columns, tuple(rows)))]
    )


def _version(row: Mapping[str, Any]) -> tuple[str, str]:
    state = "can be gone over to" if row["ready"] else "is being made, or was left unfinished"
    return f"Tables beside those that are read: {row['schema']}", f"since {long_instant(row['made_at'])}; {state}"


async def _teams(conn: Connection, asked: Asked) -> Section:
    rows = await conn.fetch(_TEAMS, asked.form.scope.team)
    columns = (Column("team", "Team", Kind.TEXT), Column("changed", "Last change to a case", Kind.TEXT))
    table = Table("teams", "When each team's cases last changed", columns, _changed([dict(row) for row in rows]))
    return Section(name="teams", title="Each team's last news", figures=[plain(table)])


def _changed(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((row["team_id"], long_instant(row["changed"])) for row in rows)


PAGE = Page(path="/pages/health", title="Health", template="health.jinja", ask=_ask)
