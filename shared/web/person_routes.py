"""What the vault opens over HTTP: the people of a case, names for a page, and a person's own export."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.kernel.codec import to_json
from shared.kernel.fields import Len
from shared.kernel.values import value
from shared.process.family import families
from shared.vault.fields import CASE_REFERENCE, FIELDS, NAMES, Reader
from shared.vault.identifiers import NumberKind, quality
from shared.vault.personal import referrer_of
from shared.vault.reading import Held, Stream, held, read_streams
from shared.vault.redaction import redacted_entry, redacted_event
from shared.web.access.roles import Scope
from shared.web.actor import MayExportPerson, MayReadPerson
from shared.web.app import READ_PROBLEMS
from shared.web.body import json_body, request_body, shape
from shared.web.desk import AtDesk, Desk
from shared.web.reading import look_and_record, look_at_all, look_at_some
from shared.web.resource import CaseId
from shared.web.wait import WaitFor

SubjectId = Annotated[UUID, Path(description="The person: an infant or a caregiver.")]
_CASES = "SELECT case_id FROM cases_of_subject($1)"
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "Personal data", "content": {"application/json": {"schema": {"type": "object"}}}}
}


@value
class PeopleWanted:
    """Cases whose people a page names."""

    cases: Annotated[tuple[UUID, ...], Len(1, 200)]


_WANTED = shape(PeopleWanted, "body")
_WANTED_BODY = request_body(_WANTED.schema, {"cases": ["01936d2e-4a00-7000-8000-0000000000c1"]})


def person_routes(*, names: bool) -> APIRouter:
    """The routes of a deciding service.

    Args:
        names: whether it has the names of the people (the service in which cases begin).
    """
    router = APIRouter(tags=["people"], responses={**READ_PROBLEMS, **_ANSWER})

    @router.get("/cases/{case_id}/people")
    async def read_people(case_id: CaseId, desk: AtDesk, actor: MayReadPerson, wait_for: WaitFor) -> Response:
        """What this service holds sealed about the people of a case, as it now stands."""
        await desk.wait(wait_for, actor)
        async with team_transaction(desk.pool, actor.teams) as conn:
            await look_and_record(conn, desk.types.aggregate, actor, case_id, "/cases/{case_id}/people")
            streams = await _streams(conn, desk, [case_id])
            people, _ = await families(conn, desk.types.aggregate, streams)
            [entries] = await held(conn, desk.vault, [streams[case_id]])
        return _json(_people(case_id, entries, people[case_id], safeguarding=actor.may(Scope.SAFEGUARDING_READ)))

    @router.get("/subjects/{subject}/export")
    async def export_subject(subject: SubjectId, desk: AtDesk, actor: MayExportPerson) -> Response:
        """Everything that this service holds about one person; what is about others is replaced by a mark.

        Of a case to which an adoption has left the person no tie, that is what names them.
        """
        async with team_transaction(desk.pool, actor.teams) as conn:
            cases = [UUID(int=row[0].int) for row in await conn.fetch(_CASES, subject)]
            seen = await look_at_all(conn, desk.types.aggregate, actor, cases, "/subjects/{subject}/export")
            streams = await _streams(conn, desk, seen)
            people, named = await families(conn, desk.types.aggregate, streams)
            found = await held(conn, desk.vault, list(streams.values()), superseded=True)
        exported = [
            _exported(case_id, _of(subject, stream, people[case_id]), entries, subject, named[case_id])
            for (case_id, stream), entries in zip(streams.items(), found, strict=True)
        ]
        return _json({"subject": subject, "service": desk.types.aggregate.store, "cases": exported})

    if names:
        _add_names(router)
    return router


def _add_names(router: APIRouter) -> None:
    @router.post("/people", openapi_extra=_WANTED_BODY)
    async def name_people(request: Request, desk: AtDesk, actor: MayReadPerson) -> Response:
        """The names of the people of some cases, and what the sender calls each; nothing for a case that is not yours.

        A POST, because what is asked for must not stand in a URL.
        """
        wanted = await json_body(request, _WANTED)
        async with team_transaction(desk.pool, actor.teams) as conn:
            seen = await look_at_some(conn, desk.types.aggregate, actor, wanted.cases, "/people")
            streams = await _streams(conn, desk, seen)
            people, named = await families(conn, desk.types.aggregate, streams)
            found = await held(conn, desk.vault, list(streams.values()))
        answers = [
            _names(case_id, entries, people[case_id], named[case_id])
            for case_id, entries in zip(streams, found, strict=True)
        ]
        return _json({"people": answers})


async def _streams(conn: Connection, desk: Desk, cases: Iterable[UUID]) -> dict[UUID, Stream]:
    aggregate = desk.types.aggregate
    by_name = {aggregate.stream(case_id): case_id for case_id in cases}
    found = await read_streams(conn, aggregate.registry, aggregate.store, by_name)
    return {by_name[name]: stream for name, stream in found.items()}


def _people(case_id: UUID, entries: Iterable[Held], people: frozenset[UUID], *, safeguarding: bool) -> dict[str, Any]:
    allowed = {*people, referrer_of(case_id)}
    shown: list[dict[str, Any]] = []
    erased = withheld = 0
    for entry in entries:
        restricted = entry.field in FIELDS and FIELDS[entry.field].restricted
        if not allowed.issuperset(entry.about) or (restricted and not safeguarding):
            withheld += 1
        elif entry.content is None:
            erased += 1
        else:
            shown.append(_shown(entry))
    return {"case_id": case_id, "entries": shown, "erased": erased, "withheld": withheld}


def _shown(entry: Held) -> dict[str, Any]:
    if entry.content is None:
        raise LookupError("nothing is left to be shown")
    members: dict[str, Any] = {
        "about": entry.about,
        "field": entry.field,
        "value": entry.content.value,
        "disclosable_to": entry.content.disclosable_to,
        "event_id": entry.event_id,
        "recorded_at": entry.recorded_at,
    }
    kind = FIELDS[entry.field].identifies if entry.field in FIELDS else None
    if kind is not None:
        members["quality"] = quality(NumberKind(kind), entry.content.value)
    return members


def _names(case_id: UUID, entries: Collection[Held], people: frozenset[UUID], kinds: dict[UUID, str]) -> dict[str, Any]:
    names: dict[UUID, str] = {}
    for code in reversed(NAMES):
        for entry in entries:
            if entry.field == code and len(entry.about) == 1 and entry.content is not None:
                names[entry.about[0]] = entry.content.value
    known = [
        {"subject": person, "kind": kinds.get(person), "name": names[person]} for person in people if person in names
    ]
    references = [
        entry.content.value for entry in entries if entry.field == CASE_REFERENCE and entry.content is not None
    ]
    return {
        "case_id": case_id,
        "names": sorted(known, key=lambda item: (item["kind"] != Reader.INFANT, str(item["subject"]))),
        "reference": references[-1] if references else None,
    }


def _of(subject: UUID, stream: Stream, people: frozenset[UUID]) -> Stream:
    """What of a stream a person may have: all of it, or what names somebody who is none of the case's people now."""
    if subject in people:
        return stream
    return replace(stream, docs=tuple(doc for doc in stream.docs if f'"{subject}"' in doc))


def _exported(
    case_id: UUID, stream: Stream, entries: Iterable[Held], subject: UUID, named: dict[UUID, str]
) -> dict[str, Any]:
    reader = Reader(named.get(subject, Reader.CAREGIVER))
    return {
        "case_id": case_id,
        "events": [redacted_event(orjson.loads(doc), subject, named) for doc in stream.docs],
        "entries": [given for entry in entries if (given := redacted_entry(entry, subject, reader)) is not None],
    }


def _json(content: object) -> Response:
    # Never kept by a browser or a proxy.
    return Response(to_json(content), headers={"cache-control": "no-store"}, media_type="application/json")
