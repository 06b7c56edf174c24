"""Whose case a sender's own reference means: look-up by keyed hash, and the table projected from what was linked."""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from shared.eventstore.envelope import recorded
from shared.eventstore.store import Connection
from shared.kernel.history import Recorded, effective
from shared.process.aggregate import Aggregate, said_name
from shared.process.answers import Reference
from shared.process.dossier import Dossier

_LOCK_SPACE = 7500
"""First half of a two-part advisory lock key; the tail's marks use the one-part form."""

_LOCK = """
SELECT pg_advisory_xact_lock($1, key)
FROM (SELECT DISTINCT hashtext(given) AS key FROM unnest($2::text[]) AS given ORDER BY 1) AS keys
"""
_LOOK_UP = """
SELECT c.system, c.reference_hmac, c.case_id
FROM unnest($1::text[], $2::text[]) AS given (system, reference_hmac)
JOIN case_references c USING (system, reference_hmac)
"""
_PROJECT = """
WITH wanted AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[])
        AS wanted (system, reference_hmac, case_id, team_id)
), gone AS (
    DELETE FROM case_references c
    WHERE c.case_id = ANY ($1::uuid[])
      AND NOT EXISTS (
          SELECT FROM wanted w
          WHERE (w.system, w.reference_hmac, w.case_id) = (c.system, c.reference_hmac, c.case_id)
      )
)
INSERT INTO case_references (system, reference_hmac, case_id, team_id) SELECT * FROM wanted ON CONFLICT DO NOTHING
"""

_LINKING_STREAMS = """
SELECT stream, case_id, team_id, doc::text AS doc FROM events
WHERE stream IN (SELECT stream FROM events WHERE type LIKE 'dyad.' || $1 || '.v%')
ORDER BY stream, version
"""


def reference_hmac(key: bytes, system: str, value: str) -> str:
    """HMAC-SHA256 of a sender's reference, 64 hex digits: the only form in which it is ever kept."""
    return hmac.new(key, f"case-reference\0{system}\0{value}".encode(), hashlib.sha256).hexdigest()


async def lock_references(conn: Connection, references: Collection[Reference]) -> None:
    """Makes others that would link the same references wait until this transaction ends; before any case is locked."""
    if references:
        await conn.execute(_LOCK, _LOCK_SPACE, [f"{item.system} {item.hmac}" for item in references])


async def look_up(conn: Connection, references: Collection[Reference]) -> Mapping[Reference, set[UUID]]:
    """The cases that references are linked to; none or several while news is on its way."""
    found: dict[Reference, set[UUID]] = {reference: set() for reference in references}
    if found:
        rows = await conn.fetch(_LOOK_UP, [item.system for item in found], [item.hmac for item in found])
        for system, digest, case_id in rows:
            found[Reference(system, digest)].add(UUID(int=case_id.int))  # asyncpg's own class is not JSON
    return found


def linked(history: Iterable[Recorded[Any]], link_name: str) -> set[Reference]:
    """The references that a stream links as it now stands."""
    return {
        Reference(item.event.system, item.event.reference_hmac)
        for item in effective(list(history))
        if said_name(item.event) == link_name
    }


def references_of(dossier: Dossier[Any, Any, Any, Any]) -> set[Reference]:
    """The references of a case, its own and heard, with what is about to be recorded."""
    streams = (dossier.history, *dossier.heard.values())
    return {reference for stream in streams for reference in linked(stream, dossier.aggregate.link_name)}


async def project(conn: Connection, dossiers: Iterable[Dossier[Any, Any, Any, Any]]) -> None:
    """Brings the table up to date for cases with news of references, their own or heard."""
    wanted: list[tuple[str, str, UUID, str]] = []
    cases: list[UUID] = []
    for dossier in dossiers:
        name = dossier.aggregate.link_name
        streams = (dossier.history, *dossier.heard.values())
        if name and any(said_name(item.event) == name for stream in streams for item in stream):
            cases.append(dossier.case_id)
            wanted.extend((*reference, dossier.case_id, dossier.team_id or "") for reference in references_of(dossier))
    if cases:
        columns = [list(column) for column in zip(*wanted, strict=True)] if wanted else [[], [], [], []]
        await conn.execute(_PROJECT, cases, *columns)


async def project_restored(conn: Connection, aggregate: Aggregate[Any, Any, Any, Any]) -> int:
    """Fills the table from the service's own streams after a restore, which writes events and no projections.

    What the other services linked comes over Kafka, as always.

    Args:
        conn: as `dyad_owner`, after `restore`.
        aggregate: the service whose store it is.

    Returns:
        How many references now name a case.
    """
    wanted: list[tuple[str, str, UUID, str]] = []
    for stream, rows in groupby(await conn.fetch(_LINKING_STREAMS, aggregate.link_name), key=itemgetter("stream")):
        history = list(rows)
        said = (recorded(aggregate.registry, aggregate.store, stream, row["doc"]) for row in history)
        case_id, team_id = UUID(int=history[0]["case_id"].int), str(history[0]["team_id"])
        links = linked((item for item in said if item is not None), aggregate.link_name)
        wanted.extend((*reference, case_id, team_id) for reference in links)
    columns = [list(column) for column in zip(*wanted, strict=True)] if wanted else [[], [], [], []]
    await conn.execute(_PROJECT, sorted(set(columns[2])), *columns)
    return len(wanted)
