"""From which month on the limits of a monthly series are computed anew: only ever because a person said so, and why.

An act is never changed; another one takes it back. What stood at k stands at k for ever, so a frozen report keeps the
limits that it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from shared.eventstore.store import Connection
from shared.eventstore.teams import EVERY_TEAM
from shared.kernel.ids import new_id
from shared.web.access.actor import Actor

_ALONE = "SELECT pg_advisory_xact_lock(hashtext('dyad rebases'))"
_COLUMNS = "act_id, recorded_at, actor_id, role, teams, series, month, reason, withdraws"
_ADD = f"""
INSERT INTO rebases (act_id, actor_id, role, teams, series, month, reason, withdraws)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING {_COLUMNS}
"""
_ACTS = f"""
SELECT {_COLUMNS} FROM rebases
WHERE ($1::text[] IS NULL OR teams = $1) AND ($2::timestamptz IS NULL OR recorded_at > $2)
ORDER BY recorded_at, act_id
"""
_STANDING = f"""
SELECT {_COLUMNS} FROM rebases AS r
WHERE teams = $1 AND withdraws IS NULL AND ($2::timestamptz IS NULL OR recorded_at <= $2)
  AND NOT EXISTS (SELECT FROM rebases AS w
                  WHERE w.withdraws = r.act_id AND ($2::timestamptz IS NULL OR w.recorded_at <= $2))
ORDER BY series, month, recorded_at
"""
_ONE = f"SELECT {_COLUMNS} FROM rebases WHERE act_id = $1"


class AlreadyStands(Exception):
    """The limits of this series are computed anew from this month already."""


class NotStanding(Exception):
    """There is no such rebase, or it was taken back already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """One act: from `month` on the limits are computed anew, or (with `withdraws`) an earlier act is taken back."""

    act_id: UUID
    recorded_at: datetime
    actor_id: str
    role: str
    team: str | None
    """None: the series of all teams together."""
    series: str
    month: date
    """First day of a civil month."""
    reason: str
    withdraws: UUID | None


async def rebase(conn: Connection, actor: Actor, *, team: str | None, series: str, month: date, reason: str) -> Rebase:
    """Records that limits are computed anew from a month on.

    Args:
        conn: as `dyad_writer`, in a transaction that sees the team.
        actor: whose decision it is.
        team: code; None = all teams together.
        series: one of `metrics.series.LINES`.
        month: first day of the first month of the new limits.
        reason: code.

    Raises:
        AlreadyStands: see there.
    """
    await conn.execute(_ALONE)
    if any(each.series == series and each.month == month for each in await standing(conn, team, None)):
        raise AlreadyStands
    [row] = await conn.fetch(_ADD, new_id(), actor.id, actor.role.value, _teams(team), series, month, reason, None)
    return _rebase(row)


async def withdraw(conn: Connection, actor: Actor, act_id: UUID, reason: str) -> Rebase:
    """Records that a rebase no longer holds; it and the reasons for both stay on record.

    Raises:
        NotStanding: see there.
    """
    await conn.execute(_ALONE)
    row = await conn.fetchrow(_ONE, act_id)
    if row is None:
        raise NotStanding
    act = _rebase(row)
    if act not in await standing(conn, act.team, None):
        raise NotStanding
    [row] = await conn.fetch(
        _ADD, new_id(), actor.id, actor.role.value, row["teams"], act.series, act.month, reason, act.act_id
    )
    return _rebase(row)


async def one(conn: Connection, act_id: UUID) -> Rebase | None:
    """The act of this id, if the transaction sees its team."""
    row = await conn.fetchrow(_ONE, act_id)
    return None if row is None else _rebase(row)


async def standing(conn: Connection, team: str | None, known_at: datetime | None) -> Sequence[Rebase]:
    """The rebases of a team that stood at k (None: that stand now), by series and month."""
    return [_rebase(row) for row in await conn.fetch(_STANDING, _teams(team), known_at)]


async def months_of(conn: Connection, team: str | None, known_at: datetime | None) -> Mapping[str, Mapping[date, str]]:
    """By series the months from which limits are computed anew, with the reasons, as known at k."""
    found: dict[str, dict[date, str]] = {}
    for each in await standing(conn, team, known_at):
        found.setdefault(each.series, {})[each.month] = each.reason
    return found


async def acts(conn: Connection, team: str | None, after: datetime | None = None) -> Sequence[Rebase]:
    """Every act about a team's series, in the order in which they were recorded; `after`: only later ones."""
    return [_rebase(row) for row in await conn.fetch(_ACTS, _teams(team), after)]


def _teams(team: str | None) -> list[str]:
    return [EVERY_TEAM] if team is None else [team]


def _rebase(row: asyncpg.Record) -> Rebase:
    [team] = row["teams"]
    named = {name: row[name] for name in ("recorded_at", "actor_id", "role", "series", "month", "reason")}
    withdraws = row["withdraws"]
    return Rebase(
        act_id=UUID(int=row["act_id"].int),
        team=None if team == EVERY_TEAM else team,
        withdraws=None if withdraws is None else UUID(int=withdraws.int),
        **named,
    )
