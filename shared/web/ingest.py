"""`POST /events`: CloudEvents in structured, binary and batch mode; all end in the service's decider."""

import hmac
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import Response

from shared.eventstore.envelope import Provenance
from shared.kernel.errors import Rejected
from shared.kernel.ids import new_id, team_key, utc_now
from shared.process.answers import Asked, Done, EarlierItemRefused, Post, SameIdOtherContent, VersionMismatch
from shared.process.cases import Answer
from shared.web import etag
from shared.web.access.acts import require_scope, require_team, seeker_of
from shared.web.access.roles import Role
from shared.web.actor import Actor
from shared.web.batches import Item, chunks_of
from shared.web.body import MAX_BATCH_BYTES, media_type, read_body
from shared.web.cloudevents import BATCH, BINARY, STRUCTURED, CloudEvent, bad_attribute, binary, structured
from shared.web.jsonbody import parse_json
from shared.web.posted import PostedType, PostedTypes
from shared.web.problems import Problem, of_exception, of_refusal
from shared.web.runners import Runners

MAX_ITEMS = 1000
"""Events in one batch."""
_SKEW = timedelta(minutes=5)
"""How far a sender's clock may run before ours."""
_INGESTED = Counter("dyad_events_ingested", "Posted events, by type and outcome", ["service", "type", "outcome"])
_batches = itertools.count(1)


def problem_of(error: BaseException) -> Problem:
    """The problem for what a request was answered with instead of a receipt."""
    if isinstance(error, VersionMismatch):
        return etag.mismatch()
    if isinstance(error, SameIdOtherContent | EarlierItemRefused) or (
        isinstance(error, Rejected) and error.field in {"/teamid", "/time"}
    ):
        return of_refusal(error, "event")
    return of_exception(error)


def response_of(answer: Answer, *, location: str | None = None) -> Response:
    """The HTTP response to one request: the receipt with its ETag.

    Raises:
        Exception: what the request was answered with instead.
    """
    if isinstance(answer, Exception):
        raise problem_of(answer) if isinstance(answer, Rejected) else answer
    headers = {"ETag": etag.etag(answer.version)}
    if location is not None:
        headers["Location"] = location
    if answer.replayed:
        headers["Idempotent-Replay"] = "true"
    return Response(answer.body, answer.status, headers=headers, media_type="application/json")


class Ingest:
    """Takes posts for one service.

    Args:
        types: what may be posted.
        runners: decide and store.
        key: of the HMAC over a post's content.
    """

    def __init__(self, types: PostedTypes, runners: Runners, key: bytes) -> None:
        self._types = types
        self._runners = runners
        self._key = key
        self._service = types.aggregate.store

    async def post(self, request: Request, actor: Actor, if_match: int | None) -> Response:
        """Answers one request in whichever mode it came.

        Raises:
            Problem: what is wrong with it.
        """
        kind = media_type(request)
        if kind == BATCH:
            if if_match is not None:
                raise Problem(400, "bad-if-match", "in a batch each event says its own expectedversion")
            return await self._batch(await read_body(request, MAX_BATCH_BYTES), actor)
        if kind == STRUCTURED:
            event = structured(parse_json(await read_body(request)))
        elif kind == BINARY:
            body = parse_json(await read_body(request))
            event = binary(request.scope["headers"], request.headers["content-type"], body)
        else:
            detail = f"send {STRUCTURED}, {BATCH}, or {BINARY} with ce- headers"
            raise Problem(415, "unsupported-media-type", detail, field="/content-type", within="header")
        posted, asked = self.asked(event, actor, if_match)
        category = await self._runners.category(posted, asked.commands, actor.teams)
        answer = await self._runners.one(category, asked)
        self._count(event.type, answer)
        return response_of(answer)

    def asked(
        self, event: CloudEvent, actor: Actor, if_match: int | None = None, batch: int = 0
    ) -> tuple[PostedType, Asked]:
        """A checked event as a request to the decider.

        Raises:
            Problem: its type, data or attributes do not fit.
        """
        posted = self._types.find(event.type, of_team=_names_team_only(event))
        require_scope(actor, posted)
        require_team(actor, event.team_id, "event", "/teamid")
        mints = posted.name in posted.aggregate.mints
        wanted = self._types.request(posted, event.data)
        if posted.of_team:
            _check_team(event)
        else:
            _check_place(event, named=wanted.reference is not None, mints=mints)
        if event.time is not None and event.time > utc_now() + _SKEW:
            raise bad_attribute("in-the-future", "time")
        if if_match is not None and event.expected_version not in {None, if_match}:
            raise bad_attribute("differs-from-if-match", "expectedversion")
        asked = Asked(
            case_id=team_key(event.team_id or "") if posted.of_team else event.case_id,
            commands=wanted.commands,
            reference=wanted.reference,
            personal=wanted.personal,
            mints=mints,
            provenance=Provenance(
                actor=_speaker(event, actor),
                actor_role=actor.role,
                correlation_id=event.correlation_id or new_id(),
                external_source=event.source,
                external_id=event.id,
            ),
            expected=event.expected_version if if_match is None else if_match,
            occurred_at=event.time,
            team_id=event.team_id,
            teams=actor.teams,
            seeker=seeker_of(actor, posted, wanted.commands),
            post=Post(source=event.source, id=event.id, fingerprint=self._fingerprint(event)),
            batch=batch,
        )
        return posted, asked

    def _fingerprint(self, event: CloudEvent) -> bytes:
        """Over attributes and parsed data, whatever mode they came in."""
        content = {**event.attributes, "datacontenttype": "", "data": event.data}
        if "expectedversion" in content:
            content["expectedversion"] = str(content["expectedversion"])
        return hmac.digest(self._key, orjson.dumps(content, option=orjson.OPT_SORT_KEYS), "sha256")

    def _count(self, wire_type: str, answer: Answer) -> None:
        known = wire_type if wire_type in self._types.by_type else "unknown"
        outcome = "refused" if isinstance(answer, Exception) else "replayed" if answer.replayed else "accepted"
        _INGESTED.labels(self._service, known, outcome).inc()

    async def _batch(self, body: bytes, actor: Actor) -> Response:
        """Answers per event in the batch's order; applied stably sorted by stream."""
        events = parse_json(body)
        if not isinstance(events, list):
            raise bad_attribute("batch-is-an-array", None)
        if len(events) > MAX_ITEMS:
            raise Problem(422, "batch-too-large", f"{MAX_ITEMS} events at most")
        number = next(_batches)
        items = [await self._item(index, members, actor, number) for index, members in enumerate(events)]
        await self._sort_keys(items, actor)
        ordered = sorted(items, key=lambda item: item.key)
        refused: set[str] = set()
        for chunk in chunks_of(ordered):
            await self._apply(chunk, refused)
        for item, members in zip(items, events, strict=True):
            wire_type = members.get("type") if isinstance(members, dict) else None
            self._count(wire_type if isinstance(wire_type, str) else "", _answered(item))
        return Response(b"[" + b",".join(map(_line, items)) + b"]", 200, media_type="application/json")

    async def _item(self, index: int, members: Any, actor: Actor, number: int) -> Item:
        try:
            posted, asked = self.asked(structured(members), actor, batch=number)
        except Problem as problem:
            return Item(index, self._place_of_refused(members) or f"~{index:06}", "", None, problem)
        category = await self._runners.category(posted, asked.commands, actor.teams)
        if posted.of_team:
            return Item(index, f"{category}-{asked.team_id}", category, asked)
        return Item(index, f"~{index:06}" if asked.case_id is None else str(asked.case_id), category, asked)

    def _place_of_refused(self, members: Any) -> str | None:
        """The key under which a refused event stands in the way of the later ones of its case or team."""
        if not isinstance(members, dict):
            return None
        subject, team_id, wire_type = (members.get(name) for name in ("subject", "teamid", "type"))
        if isinstance(subject, str):
            return subject.lower()
        posted = self._types.of_teams.get(wire_type) if isinstance(wire_type, str) else None
        return posted.aggregate.stream(team_id) if posted is not None and isinstance(team_id, str) else None

    async def _sort_keys(self, items: Sequence[Item], actor: Actor) -> None:
        """Events that name their case by reference belong beside those that name it by id."""
        named = {item.asked.reference for item in items if item.asked and item.asked.reference}
        if not named:
            return
        cases = await self._runners.cases_of(named, actor.teams)
        for item in items:
            if item.asked is not None and item.asked.case_id is None and item.asked.reference is not None:
                found = cases[item.asked.reference]
                item.key = str(min(found)) if found else "~~" + item.asked.reference.hmac

    async def _apply(self, chunk: Sequence[Item], refused: set[str]) -> None:
        """One transaction; `refused` are the keys of which an event was refused before."""
        asked: list[tuple[Item, Asked]] = []
        for item in chunk:
            if item.asked is None:
                refused.add(item.key)
            else:
                blocked = item.key in refused
                asked.append((item, replace(item.asked, blocked=True) if blocked else item.asked))
        if not asked:
            return
        answers = await self._runners.all(asked[0][0].category, [request for _, request in asked])
        for (item, _), answer in zip(asked, answers, strict=True):
            item.answer = answer
            if isinstance(answer, Exception):
                refused.add(item.key)


def _speaker(event: CloudEvent, actor: Actor) -> str:
    """Who is on record as having said it: a clinical system names its user, everybody else is himself."""
    if event.actor is None or event.actor == actor.id:
        return actor.id
    if actor.role != Role.SYSTEM:
        raise bad_attribute("only-a-system-speaks-for-others", "actor")
    return event.actor


def _check_place(event: CloudEvent, *, named: bool, mints: bool) -> None:
    if event.case_id is None and not named and not mints:
        raise bad_attribute("required", "subject", "say the case: its id, or data.case_reference")
    if event.case_id is not None and named and not mints:
        raise bad_attribute("subject-or-reference", "subject", "say the case once: its id or data.case_reference")
    if mints and event.team_id is None:
        raise bad_attribute("required", "teamid", "say which team the referral reached")


def _names_team_only(event: CloudEvent) -> bool:
    return event.team_id is not None and event.case_id is None and "case_reference" not in event.data


def _check_team(event: CloudEvent) -> None:
    if "subject" in event.attributes:
        raise bad_attribute("of-a-team", "subject", "this is about a team and no case: say teamid alone")
    if event.team_id is None:
        raise bad_attribute("required", "teamid", "say which team this is about")


def _answered(item: Item) -> Answer:
    return item.answer if item.answer is not None else Problem(500, "internal-error")


def _line(item: Item) -> bytes:
    """One answer of a batch; an event is named by its place, never by what was sent."""
    answer = _answered(item)
    if isinstance(answer, Done):
        replayed = b',"replayed":true' if answer.replayed else b""
        return b'{"index":%d,"status":%d%s,"receipt":%s}' % (item.index, answer.status, replayed, answer.body)
    problem = problem_of(answer)
    return b'{"index":%d,"status":%d,"problem":%s}' % (item.index, problem.status, orjson.dumps(problem.body()))


def case_location(case_id: UUID) -> str:
    """Where a case can be read."""
    return f"/cases/{case_id}"
