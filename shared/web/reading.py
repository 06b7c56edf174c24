"""Reading cases: the caller's right to each, and the record of it, which is written before the answer leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from starlette.responses import Response

from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.civil import Moment
from shared.kernel.codec import split_wire_type, to_json
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.process.open import open_cases
from shared.process.relationship import AccessDenied, NoRelationship, Right, right_to
from shared.web.access.actor import Actor
from shared.web.access.roles import Scope
from shared.web.cloudevents import BATCH
from shared.web.desk import Desk
from shared.web.etag import etag
from shared.web.problems import Problem
from shared.web.recording import record_read

_STREAM = "SELECT version, doc::text AS doc, event_id, type FROM events WHERE stream = $1 ORDER BY version"


@dataclass(frozen=True, slots=True)
class Look:
    """One case that the caller may read, as it stood when he looked."""

    right: Right
    team_id: str
    state: Any


async def looks(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], actor: Actor, cases: Sequence[UUID]
) -> Mapping[UUID, Look | Exception]:
    """What the caller may see of some cases: a look, or the refusal; a case that is not there for him is left out.

    Args:
        conn: in a transaction that sees the caller's teams.
        aggregate: the service.
        actor: who reads.
        cases: any.
    """
    moment = Moment(utc_now())
    opened = await open_cases(conn, aggregate, sorted(set(cases)), moment, lock=False)
    found: dict[UUID, Look | Exception] = {}
    for case_id, dossier in opened.dossiers.items():
        if dossier.stored_version == 0 or dossier.team_id is None:
            continue
        try:
            dossier.decide(())  # refuses a case that a newer version of the service has written to
            right = right_to(aggregate, dossier.state, dossier.known, actor.seeker, moment.now)
            found[case_id] = Look(right, dossier.team_id, dossier.state)
        except (NoRelationship, AccessDenied) as refusal:
            found[case_id] = refusal
    return found


async def look_and_record(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], actor: Actor, case_id: UUID, route: str
) -> Look:
    """One case that the caller may read; on record already.

    Raises:
        Problem: 404 `no-such-case`, also for another team's.
        NoRelationship, AccessDenied: 403.
    """
    found = (await looks(conn, aggregate, actor, [case_id])).get(case_id)
    if found is None:
        raise no_such_case()
    if isinstance(found, Exception):
        raise found
    await record_read(conn, actor, route, [case_id], found.right, teams=[found.team_id])
    return found


async def look_at_some(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], actor: Actor, cases: Sequence[UUID], route: str
) -> list[UUID]:
    """Those of some cases that the caller may read, in one record for each right by which he may.

    The others are left out without a word, as if they were not there.
    """
    found = await looks(conn, aggregate, actor, cases)
    return await _recorded(conn, actor, route, found)


async def look_at_all(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], actor: Actor, cases: Sequence[UUID], route: str
) -> list[UUID]:
    """Those of some cases that are there for the caller, on record as for `look_at_some`.

    Raises:
        NoRelationship, AccessDenied: 403, he may not read one of them: half of an answer would pass for a whole one.
    """
    found = await looks(conn, aggregate, actor, cases)
    for look in found.values():
        if isinstance(look, Exception):
            raise look
    return await _recorded(conn, actor, route, found)


async def _recorded(conn: Connection, actor: Actor, route: str, found: Mapping[UUID, Look | Exception]) -> list[UUID]:
    allowed = {case_id: look for case_id, look in found.items() if isinstance(look, Look)}
    for right in sorted({look.right for look in allowed.values()}):
        of_right = {case_id: look for case_id, look in allowed.items() if look.right == right}
        teams = {look.team_id for look in of_right.values()}
        await record_read(conn, actor, route, list(of_right), right, teams=teams)
    return list(allowed)


async def read_case(desk: Desk, case_id: UUID, actor: Actor) -> Response:
    """The case as this service's own stream has it, with its ETag; errors as for `look_and_record`."""
    aggregate = desk.types.aggregate
    async with team_transaction(desk.pool, actor.teams) as conn:
        rows = await conn.fetch(_STREAM, aggregate.stream(case_id))
        look = await look_and_record(conn, aggregate, actor, case_id, "/cases/{case_id}")
    document = {
        "case_id": case_id,
        "stream": aggregate.stream(case_id),
        "version": rows[-1]["version"],
        "team_id": look.team_id,
        "state": look.state,
    }
    body = to_json(document)
    if not actor.may(Scope.SAFEGUARDING_READ):
        body = orjson.dumps(without(orjson.loads(body), aggregate.restricted))
    return Response(body, headers={"ETag": etag(rows[-1]["version"])}, media_type="application/json")


async def read_events(desk: Desk, case_id: UUID, actor: Actor) -> Response:
    """The stored documents of the case's stream, byte for byte, as a batch; errors as for `look_and_record`.

    Restricted events are left out for those without the scope, restricted members of others too: then the bytes are not
    those that were hashed.
    """
    aggregate = desk.types.aggregate
    async with team_transaction(desk.pool, actor.teams) as conn:
        rows = await conn.fetch(_STREAM, aggregate.stream(case_id))
        await look_and_record(conn, aggregate, actor, case_id, "/cases/{case_id}/events")
    docs = [row["doc"] for row in rows]
    if not actor.may(Scope.SAFEGUARDING_READ):
        docs = open_documents(rows, aggregate.restricted)
    return as_batch(docs, rows[-1]["version"])


def open_documents(rows: Sequence[asyncpg.Record], restricted: frozenset[str]) -> list[str]:
    """Stored documents without restricted events, what amends them, and restricted members."""
    hidden = {str(row["event_id"]) for row in rows if _name(row["type"]) in restricted}
    documents = []
    for row in rows:
        members = orjson.loads(row["doc"])
        if members["data"].get("corrects_event_id") in hidden:
            hidden.add(members["id"])
        if members["id"] not in hidden:
            documents.append(orjson.dumps(without(members, restricted)).decode())
    return documents


def _name(full: str) -> str:
    return split_wire_type(full)[0]


def without(value: Any, names: frozenset[str]) -> Any:
    """Parsed JSON without the members of these names, at any depth."""
    if isinstance(value, dict):
        return {name: without(item, names) for name, item in value.items() if name not in names}
    if isinstance(value, list):
        return [without(item, names) for item in value]
    return value


def as_batch(docs: Sequence[str], version: int) -> Response:
    """Stored documents as a batch of CloudEvents."""
    return Response("[" + ",".join(docs) + "]", headers={"ETag": etag(version)}, media_type=BATCH)


def no_such_case() -> Problem:
    """404: there is no such case, or none for the caller."""
    return Problem(404, "no-such-case", "this service has no events of such a case", field="/case_id", within="path")
