"""How the teams of some cases are configured: the events of `team-<team id>`, kept decoded for as long as they are all.

A team's configuration is read with every decision and changes some times a year. So a request asks the store only how
far it goes, and reads it when that is not what is kept.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.eventstore.envelope import recorded
from shared.eventstore.store import Connection
from shared.kernel.codec import Registry, UnknownEventType
from shared.kernel.history import Recorded, effective
from shared.process.aggregate import Aggregate

CATEGORY = "team"
"""Of the streams that hold the configuration and practitioners of a team, whichever service they stand in."""
_KEPT = 500
_READ = """
SELECT $2::text AS store, stream, version, doc::text FROM events WHERE stream = ANY ($1::text[])
UNION ALL
SELECT store, stream, version, doc FROM inbox WHERE consumer = $2 AND stream = ANY ($1::text[]) AND NOT waiting
ORDER BY stream, version
"""
Configuration = tuple[Recorded[Any], ...]
"""The events of one team's stream, voids and corrections applied."""


class Head(NamedTuple):
    """How far a team's configuration goes."""

    team_id: str
    version: int
    recorded_at: datetime
    """Of the last event; UTC instant."""


_kept: OrderedDict[tuple[Registry[Any], str], tuple[Head, Configuration]] = OrderedDict()


async def configurations(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], heads: Sequence[Head]
) -> dict[str, Configuration]:
    """The configuration of some teams, as this service hears it; the same tuple for as long as nothing is new.

    Args:
        conn: in the transaction that asked for the heads.
        aggregate: the service.
        heads: of the teams that configured something.
    """
    registry = aggregate.heard or aggregate.registry
    found: dict[str, Configuration] = {}
    missing: list[Head] = []
    for head in dict.fromkeys(heads):
        kept = _kept.get((registry, head.team_id))
        if kept is not None and kept[0] == head:
            found[head.team_id] = kept[1]
        else:
            missing.append(head)
    if missing:
        for head, (configuration, whole) in (await _read(conn, aggregate.store, registry, missing)).items():
            found[head.team_id] = configuration
            if whole:
                _keep(registry, head, configuration)
    return found


def _keep(registry: Registry[Any], head: Head, configuration: Configuration) -> None:
    _kept[registry, head.team_id] = (head, configuration)
    _kept.move_to_end((registry, head.team_id))
    if len(_kept) > _KEPT:
        _kept.popitem(last=False)


async def _read(
    conn: Connection, store: str, registry: Registry[Any], heads: Sequence[Head]
) -> dict[Head, tuple[Configuration, bool]]:
    """Each team's configuration, and whether it is all there: what a newer version said is filled in below the head."""
    rows: dict[str, list[tuple[str, str]]] = {f"{CATEGORY}-{head.team_id}": [] for head in heads}
    for said_in, stream, _, doc in await conn.fetch(_READ, list(rows), store):
        rows[stream].append((said_in, doc))
    return {
        head: (effective(_decoded(registry, stream, found)), len(found) >= head.version)
        for head, (stream, found) in zip(heads, rows.items(), strict=True)
    }


def _decoded(registry: Registry[Any], stream: str, rows: Sequence[tuple[str, str]]) -> list[Recorded[Any]]:
    history: list[Recorded[Any]] = []
    for said_in, doc in rows:
        try:
            item = recorded(registry, said_in, stream, doc)
        except UnknownEventType:
            continue  # this service does not rest on it
        if item is not None:
            history.append(item)
    return history
