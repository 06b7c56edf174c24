"""The resource API's counterpart of `POST /events`: the same commands, one route each, for people and scripts."""

import hmac
import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from shared.eventstore.envelope import Provenance, recorded
from shared.kernel.codec import to_json
from shared.kernel.fields import CODE_FORM
from shared.kernel.ids import new_id
from shared.process.answers import KEYED, Asked, Post
from shared.process.cases import CaseRunner
from shared.vault.vault import Vault
from shared.web.actor import Actor
from shared.web.body import media_type, read_body
from shared.web.cloudevents import BATCH
from shared.web.etag import ExpectedVersion, etag
from shared.web.ingest import Ingest, case_location, response_of
from shared.web.jsonbody import parse_json
from shared.web.posted import PostedType, PostedTypes
from shared.web.problems import Problem
from shared.web.wait import Reached, Token, WaitFor, wait_until

_KEY = re.compile(r"[!-~]{1,128}")
_STREAM = "SELECT version, doc::text FROM events WHERE stream = $1 ORDER BY version"
_REACHED = "SELECT EXISTS (SELECT FROM events WHERE stream = $1 AND version = $2)"


class Desk:
    """What the routes of one deciding service work with.

    Args:
        types: what may be asked.
        pool: connections to its database as `dyad_writer`.
        key: of the HMACs over references and posts.
        reached: whether an event of another service has arrived here.
        vault: seals and unseals personal data.
    """

    def __init__(self, types: PostedTypes, pool: asyncpg.Pool, key: bytes, reached: Reached, vault: Vault) -> None:
        self.types = types
        self.pool = pool
        self.vault = vault
        self._key = key
        self._runner = CaseRunner(types.aggregate, pool, vault)
        self.ingest = Ingest(types, self._runner, key)
        self._reached_elsewhere = reached

    async def wait(self, tokens: tuple[Token, ...]) -> None:
        """Waits until what tokens stand for is visible here; see `wait_until`."""
        if tokens:
            await wait_until(self._reached, tokens)

    async def _reached(self, token: Token) -> bool:
        if token.store == self.types.aggregate.store:
            return bool(await self.pool.fetchval(_REACHED, token.stream, token.version))
        return await self._reached_elsewhere(token)

    async def ask(self, call: "Call", name: str, case_id: UUID | None, actor: Actor) -> Response:
        """Runs the command that a route's body asks for.

        Args:
            call: the request.
            name: of the event that it asks for, e.g. `ReferralAccepted`.
            case_id: None where a case begins.
            actor: who asks.

        Raises:
            Problem: the body does not fit, or the case is at another version.
            Refusal: the decider's.
        """
        body = await call.json()
        posted = self._posted(name)
        mints = name in self.types.aggregate.mints
        data, team_id = _without_team(body) if mints else (body, None)
        wanted = self.types.request(posted, data)
        if wanted.reference is not None and not mints:
            raise Problem(422, "invalid-data", "the case is named by the path", field="/case_reference", within="data")
        await self.wait(call.wait_for)
        asked = Asked(
            case_id=case_id,
            commands=wanted.commands,
            reference=wanted.reference,
            personal=wanted.personal,
            mints=mints,
            provenance=Provenance(actor=actor.id, actor_role=actor.role, correlation_id=new_id()),
            expected=call.expected,
            team_id=team_id,
            post=self._post(call, name, case_id, body),
        )
        [answer] = await self._runner.ask([asked])
        location = None if isinstance(answer, Exception) else case_location(answer.case_id)
        return response_of(answer, location=location)

    def _posted(self, name: str) -> PostedType:
        return next(posted for posted in self.types.by_type.values() if posted.name == name)

    def _post(self, call: "Call", name: str, case_id: UUID | None, body: Any) -> Post | None:
        if call.idempotency_key is None:
            return None
        content = orjson.dumps([name, str(case_id), body], option=orjson.OPT_SORT_KEYS)
        digest = hmac.digest(self._key, content, "sha256")
        return Post(source=KEYED, id=call.idempotency_key, fingerprint=digest)

    async def correct(self, call: "Call", case_id: UUID, actor: Actor) -> Response:
        """Runs a correction; the body's `type` is the name of the event that is corrected."""
        body = await call.json()
        name = body.get("type") if isinstance(body, dict) else None
        if not isinstance(name, str) or all(
            f"{name}Corrected" != posted.name for posted in self.types.by_type.values()
        ):
            raise Problem(
                422, "invalid-data", "`type` names the event, such as ReferralAccepted", field="/type", within="data"
            )
        call.body = {member: value for member, value in body.items() if member != "type"}
        return await self.ask(call, f"{name}Corrected", case_id, actor)

    async def read_case(self, case_id: UUID) -> Response:
        """The case as this service's own stream has it, with its ETag.

        Raises:
            Problem: 404 `no-such-case`.
        """
        aggregate = self.types.aggregate
        stream = aggregate.stream(case_id)
        rows = await self.pool.fetch(_STREAM, stream)
        if not rows:
            raise _no_such_case()
        history = [item for row in rows if (item := recorded(aggregate.registry, aggregate.store, stream, row[1]))]
        document = {
            "case_id": case_id,
            "stream": stream,
            "version": rows[-1][0],
            "team_id": orjson.loads(rows[0][1])["teamid"],
            "state": aggregate.decider.state_of(history),
        }
        return Response(to_json(document), headers={"ETag": etag(rows[-1][0])}, media_type="application/json")

    async def read_events(self, case_id: UUID) -> Response:
        """The stored documents of the case's stream here, byte for byte, as a batch of CloudEvents.

        Raises:
            Problem: 404 `no-such-case`.
        """
        rows = await self.pool.fetch(_STREAM, self.types.aggregate.stream(case_id))
        if not rows:
            raise _no_such_case()
        body = "[" + ",".join(row[1] for row in rows) + "]"
        return Response(body, headers={"ETag": etag(rows[-1][0])}, media_type=BATCH)


def _no_such_case() -> Problem:
    return Problem(404, "no-such-case", "this service has no events of such a case", field="/case_id", within="path")


def _without_team(body: Any) -> tuple[Any, str]:
    """The body of a new case, and the team that it names."""
    team_id = body.get("team_id") if isinstance(body, dict) else None
    if not isinstance(team_id, str) or not re.fullmatch(CODE_FORM, team_id):
        raise Problem(
            422, "invalid-data", "say which team the referral reached", field="/team_id", within="data", rule="team-id"
        )
    return {member: value for member, value in body.items() if member != "team_id"}, team_id


class Call:
    """One write on the resource API: its body and the headers that every write takes."""

    def __init__(
        self,
        request: Request,
        expected: ExpectedVersion,
        wait_for: WaitFor,
        idempotency_key: Annotated[
            str | None,
            Header(description="A repeated call with the same key gets the first answer again."),
        ] = None,
    ) -> None:
        if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
            raise Problem(
                400, "bad-idempotency-key", "1 to 128 visible characters", field="/idempotency-key", within="header"
            )
        self._request = request
        self.expected = expected
        self.wait_for = wait_for
        self.idempotency_key = idempotency_key
        self.body: Any = None

    async def json(self) -> Any:
        """The parsed body.

        Raises:
            Problem: 400, 413 or 415.
        """
        if self.body is None:
            if media_type(self._request) != "application/json":
                raise Problem(
                    415, "unsupported-media-type", "send application/json", field="/content-type", within="header"
                )
            self.body = parse_json(await read_body(self._request))
        return self.body


WriteCall = Annotated[Call, Depends(Call)]


async def _desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(_desk_of)]

RECEIPT: Mapping[str, Any] = {
    "type": "object",
    "required": ["case_id", "stream", "version", "event_ids", "wait_for"],
    "properties": {
        "case_id": {"type": "string", "format": "uuid"},
        "stream": {"type": "string"},
        "version": {"type": "integer"},
        "event_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
        "wait_for": {"type": "string", "description": "Give it to a later read or post that must see this write"},
    },
}
"""JSON Schema of `shared.process.answers.Receipt`."""
