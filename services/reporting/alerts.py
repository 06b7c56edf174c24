"""`GET /alerts`: what the pathway watch says now: who waits too long, and what is going on. No number rests on it.

The worklist asks the views themselves; this answers from what the watch has left behind, which may be old or empty, and
says how old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.reporting.api import CurrentViews, Views
from services.reporting.parameters import said_once
from services.reporting.rights import rights_to_cases
from services.reporting.table_routes import inside
from services.reporting.tables import Column, Kind, Table, suppressed
from services.reporting.wait_alerts import Rule
from services.reporting.windows import Window, monday_of
from shared.eventstore.store import Connection
from shared.kernel.civil import civil_date
from shared.kernel.fields import Code
from shared.kernel.ids import utc_now
from shared.web.access.acts import require_team
from shared.web.access.roles import Scope
from shared.web.actor import Actor, MayReadViews
from shared.web.app import READ_PROBLEMS
from shared.web.recording import record_read

USUAL_WEEKS = 8
"""How many whole weeks before this one say what is usual [P]."""
_STALE_AFTER_S = 30.0
"""The watch says every second that it is at work."""

_SMALL = 5
"""Fewer than these are hidden in whatever leaves the team (domain 3.5)."""
_COLUMNS = (Column(name="what", title="What", kind=Kind.TEXT), Column(name="number", title="Number", kind=Kind.COUNT))
Shown = int | Literal["*"]
"""A number, or that it is too small to leave the team."""

_ALERTS = """
SELECT alert_id, case_id, team_id, rule, target, due_on, owner_role, raised_at FROM alerts
WHERE $1::text IS NULL OR team_id = $1 ORDER BY due_on, alert_id LIMIT $2
"""
_RAISED = "SELECT rule, count(*)::int AS number FROM alerts WHERE $1::text IS NULL OR team_id = $1 GROUP BY rule"
_COUNTS = """
SELECT counted, since, type, sum(number)::int AS number FROM live_counts
WHERE $1::text IS NULL OR team_id = $1 GROUP BY counted, since, type ORDER BY counted, since, type
"""
_SEEN = "SELECT at FROM watch_seen"
_USUAL = """
SELECT count(*)::float / $3 FROM seen_history
WHERE upper_inf(known) AND received_on >= $2::date - 7 * $3::int AND received_on < $2::date
  AND ($1::text IS NULL OR team_id = $1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertItem:
    """One reason to look at one case."""

    alert_id: UUID
    case_id: UUID
    pseudonym: bool
    """Whether the case is named by a pseudonym, because it is none of the caller's."""
    team: str
    rule: Rule
    target: str
    """Code of the target that is or will be missed; empty for a family that was not brought."""
    due_on: date
    owner_role: str
    raised_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteCount:
    """Events of one type that were recorded within one minute."""

    minute: datetime
    """UTC instant at which it begins."""
    type: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the watch has left behind, raw: for the pages of whoever is inside the team."""

    seen_at: datetime | None
    """UTC instant at which the watch was at work last; None: never."""
    stale: bool
    tile: Table
    """How many alerts stand by rule, sessions held today, referrals since Monday: what to call it, and how many."""
    events: list[MinuteCount]
    usual_referrals_a_week: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsAnswer:
    """What the watch says."""

    team: str | None
    """null: all the caller's teams."""
    suppressed: bool
    """Whether the answer leaves the team, so that small numbers are hidden (`*`) and others are to the nearest 5."""
    seen_at: datetime | None
    """UTC instant at which the watch was at work last; null: never."""
    stale: bool
    """Whether that is too long ago to be called live."""
    raised: dict[Rule, Shown]
    """How many alerts stand, by rule; of every case of the team, listed below or not."""
    alerts: list[AlertItem] | None
    """The earliest due first; null: the caller may see numbers only."""
    events: list[MinuteCount] | None
    """Of the last hour; null where the answer leaves the team."""
    sessions_today: Shown
    referrals_this_week: Shown
    """Since Monday."""
    usual_referrals_a_week: float | None
    """Mean of the last 8 whole weeks, from the views; null where the answer leaves the team and they were few."""


router = APIRouter(tags=["views"], dependencies=[Depends(said_once)], responses=READ_PROBLEMS)


@router.get("/alerts")
async def get_alerts(
    actor: MayReadViews,
    views: CurrentViews,
    team: Annotated[Code | None, Query(description="Team code; left out: all teams.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> AlertsAnswer:
    """Live wait alerts and windows, from the pathway watch; for numbers that last, ask the views."""
    require_team(actor, team, "query", "/team")
    now = utc_now()
    hide = not inside(actor, team)
    async with views.snapshot(actor, on_record=True) as conn:
        found = await live(conn, team, now)
        rows = [dict(row) for row in await conn.fetch(_ALERTS, team, limit)] if _may_list(actor) else None
        alerts = None if rows is None else await _named(conn, views, actor, rows, now)
    tile = suppressed(found.tile) if hide else found.tile
    shown: dict[str, Any] = {str(row[0]): row[1] for row in tile.rows}
    return AlertsAnswer(
        team=team,
        suppressed=hide,
        seen_at=found.seen_at,
        stale=found.stale,
        raised={rule: shown[rule.value] for rule in Rule},
        alerts=alerts,
        events=None if hide else found.events,
        sessions_today=shown[Window.SESSIONS_TODAY.value],
        referrals_this_week=shown[Window.REFERRALS_WEEK.value],
        usual_referrals_a_week=usual(found, hide=hide),
    )


def _may_list(actor: Actor) -> bool:
    return actor.may(Scope.CASES_LIST) or actor.may(Scope.CASES_PSEUDONYMISED)


async def live(conn: Connection, team: str | None, now: datetime) -> Live:
    """What the watch has left behind of a team, or of every team that the transaction sees; raw.

    Args:
        conn: a snapshot, as `dyad_reader`.
        team: code; None: all.
        now: UTC instant.
    """
    counts = await conn.fetch(_COUNTS, team)
    seen_at: datetime | None = await conn.fetchval(_SEEN)
    raised = {row["rule"]: row["number"] for row in await conn.fetch(_RAISED, team)}
    numbers = {rule.value: raised.get(rule.value, 0) for rule in Rule}
    for window in (Window.SESSIONS_TODAY, Window.REFERRALS_WEEK):
        numbers[window.value] = sum(row["number"] for row in counts if row["counted"] == window)
    return Live(
        seen_at=seen_at,
        stale=seen_at is None or now - seen_at > timedelta(seconds=_STALE_AFTER_S),
        tile=Table(name="live", title="Live", columns=_COLUMNS, rows=tuple(numbers.items())),
        events=[
            MinuteCount(minute=row["since"], type=row["type"], number=row["number"])
            for row in counts
            if row["counted"] == Window.EVENTS
        ],
        usual_referrals_a_week=await conn.fetchval(_USUAL, team, monday_of(civil_date(now)), USUAL_WEEKS),
    )


def usual(found: Live, *, hide: bool) -> float | None:
    """Referrals a week, the mean of the weeks before; None where so few must not leave the team.

    Args:
        found: what stands.
        hide: whether the answer leaves the team: then the sum behind it is to the nearest 5, as every count.
    """
    if not hide:
        return round(found.usual_referrals_a_week, 2)
    total = round(found.usual_referrals_a_week * USUAL_WEEKS)
    return None if total < _SMALL else round(_SMALL * ((total + 2) // _SMALL) / USUAL_WEEKS, 2)


async def _named(
    conn: Connection, views: Views, actor: Actor, rows: list[dict[str, Any]], now: datetime
) -> list[AlertItem]:
    """The alerts as this caller may see them, put on record; one of a case that is kept from him is left out."""
    cases: Mapping[UUID, str] = {row["case_id"]: row["team_id"] for row in rows}
    rights = await rights_to_cases(conn, cases, actor.seeker, now)
    named = {case_id for case_id, right in rights.items() if right is not None and actor.may(Scope.CASES_LIST)}
    for right in sorted({rights[case_id] for case_id in named}, key=str):
        of_right = [case_id for case_id in named if rights[case_id] == right]
        await record_read(conn, actor, "/alerts", of_right, str(right), teams={cases[each] for each in of_right})
    return [
        AlertItem(
            alert_id=row["alert_id"] if row["case_id"] in named else views.pseudonyms.of(row["alert_id"]),
            case_id=row["case_id"] if row["case_id"] in named else views.pseudonyms.of(row["case_id"]),
            pseudonym=row["case_id"] not in named,
            team=row["team_id"],
            rule=Rule(row["rule"]),
            target=row["target"],
            due_on=row["due_on"],
            owner_role=row["owner_role"],
            raised_at=row["raised_at"],
        )
        for row in rows
        if row["case_id"] in rights
    ]
