"""Views that somebody named: a page with its filters, kept for himself or shared with the teams that it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.eventstore.store import Connection
from shared.eventstore.teams import EVERY_TEAM
from shared.kernel.ids import new_id
from shared.web.actor import Actor

MOST = 100
"""Views of one person."""
LONGEST_NAME = 60
_LISTED = 300

_SAVE = """
INSERT INTO saved_views (view_id, actor_id, name, path, query, teams, shared) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (actor_id, teams, name)
DO UPDATE SET (path, query, shared) = (excluded.path, excluded.query, excluded.shared)
"""
_COUNT = "SELECT count(*) FROM saved_views WHERE actor_id = $1 AND (name, teams) <> ($2, $3)"
_LIST = """
SELECT view_id, name, path, query, teams, shared, actor_id = $1 AS own FROM saved_views
WHERE actor_id = $1 OR shared ORDER BY own DESC, name, saved_at, view_id LIMIT $2
"""
_SHARE = "UPDATE saved_views SET shared = $3 WHERE view_id = $2 AND actor_id = $1 RETURNING view_id"
_DELETE = "DELETE FROM saved_views WHERE view_id = $2 AND actor_id = $1 RETURNING view_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A page with its filters under a name."""

    view_id: UUID
    name: str
    """A code: words in lower case with hyphens between them."""
    path: str
    query: str
    teams: Sequence[str]
    """With whom it may be shared: the team of its filter, or all teams of who saved it; `*` is every team."""
    shared: bool
    own: bool
    """Whether it is the reader's."""

    @property
    def title(self) -> str:
        """The name as a person reads it."""
        return self.name.replace("-", " ").capitalize()

    @property
    def address(self) -> str:
        """Where it is opened."""
        return self.path + (f"?{self.query}" if self.query else "")

    @property
    def everybody(self) -> str:
        """With whom it is, or would be, shared, in words."""
        return "who sees every team" if EVERY_TEAM in self.teams else f"of {', '.join(self.teams)}"


def name_of(typed: str) -> str:
    """The code of a name as typed: "Long waits, by GP" -> "long-waits-by-gp"; empty if nothing of it is left."""
    return "-".join(re.findall(r"[a-z0-9]+", typed.lower()))[:LONGEST_NAME].strip("-")


async def save(
    conn: Connection, actor: Actor, *, name: str, path: str, query: str, team: str | None, shared: bool
) -> bool:
    """Keeps a view under a name, in place of the one that its owner gave this name before.

    Args:
        conn: in a transaction of the actor's teams, as `dyad_writer`.
        actor: whose it will be.
        name: as `name_of` gives it.
        path: of the page.
        query: its filters, codes only, as the page's own form wrote them.
        team: of the filters; None: all of the actor's.
        shared: whether others of these teams see it.

    Returns:
        Whether it was kept; not if he has `MOST` already.
    """
    teams = [team] if team is not None else sorted(actor.teams or {EVERY_TEAM})
    if await conn.fetchval(_COUNT, actor.id, name, teams) >= MOST:
        return False
    await conn.execute(_SAVE, new_id(), actor.id, name, path, query, teams, shared)
    return True


async def listed(conn: Connection, actor: Actor) -> list[SavedView]:
    """His own views, then those that others of his teams share with him; each by name."""
    return [SavedView(**dict(row)) for row in await conn.fetch(_LIST, actor.id, _LISTED)]


async def share(conn: Connection, actor: Actor, view_id: UUID, *, shared: bool) -> bool:
    """Shares one of his views, or no longer. Returns whether it is one of his."""
    return await conn.fetchval(_SHARE, actor.id, view_id, shared) is not None


async def delete(conn: Connection, actor: Actor, view_id: UUID) -> bool:
    """Deletes one of his views. Returns whether it was one of his."""
    return await conn.fetchval(_DELETE, actor.id, view_id) is not None
