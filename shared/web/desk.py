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

from shared.bus.watermark import reached
from shared.eventstore.envelope import Provenance, recorded
from shared.eventstore.teams import team_transaction
from shared.kernel.codec import to_json
from shared.kernel.ids import new_id, team_key
from shared.process.aggregate import Aggregate
from shared.process.answers import KEYED, Asked, Post
from shared.vault.vault import Vault
from shared.web.access.acts import require_scope, require_team, seeker_of
from shared.web.actor import Actor
from shared.web.body import media_type, read_body
from shared.web.cloudevents import BATCH, TEAM_ID
from shared.web.etag import ExpectedVersion, etag
from shared.web.ingest import Ingest, case_location, response_of
from shared.web.jsonbody import parse_json
from shared.web.posted import PostedTypes
from shared.web.problems import Problem
from shared.web.runners import Runners
from shared.web.wait import Token, WaitFor, wait_until

_KEY = re.compile(r"[!-~]{1,128}")
_STREAM = "SELECT version, doc::text FROM events WHERE stream = $1 ORDER BY version"
_REACHED = "SELECT EXISTS (SELECT FROM events WHERE stream = $1 AND version = $2)"


class Desk:
    """What the routes of one deciding service work with.

    Args:
        types: what may be asked.
        pool: connections to its database as `dyad_writer`.
        key: of the HMACs over references and posts.
        vault: seals and unseals personal data.
    """

    def __init__(self, types: PostedTypes, pool: asyncpg.Pool, key: bytes, vault: Vault) -> None:
        self.types = types
        self.pool = pool
        self.vault = vault
        self._key = key
        self._runners = Runners(types, pool, vault)
        self.ingest = Ingest(types, self._runners, key)

    async def wait(self, tokens: tuple[Token, ...], actor: Actor) -> None:
        """Waits until what tokens stand for is visible here, to this actor; see `wait_until`."""

        async def visible(token: Token) -> bool:
            store = self.types.aggregate.store
            async with team_transaction(self.pool, actor.teams) as conn:
                if token.store == store:
                    return bool(await conn.fetchval(_REACHED, token.stream, token.version))
                return await reached(conn, store, token.store, token.stream, token.version)

        if tokens:
            await wait_until(visible, tokens)

    async def ask(
        self, call: "Call", name: str, case_id: UUID | None, actor: Actor, *, team: str | None = None
    ) -> Response:
        """Runs the command that a route's body asks for.

        Args:
            call: the request.
            name: of the event that it asks for, e.g. `ReferralAccepted`.
            case_id: None where a case begins, and where it is about a team's own stream.
            actor: who asks.
            team: whose own stream it is about.

        Raises:
            Problem: the body does not fit, or the case is at another version.
            Refusal: the decider's.
        """
        body = await call.json()
        posted = self.types.named(name, of_team=team is not None)
        require_scope(actor, posted)
        mints = name in posted.aggregate.mints
        data, team_id = _without_team(body) if mints else (body, team)
        wanted = self.types.request(posted, data)
        if wanted.reference is not None and not mints:
            raise Problem(422, "invalid-data", "the case is named by the path", field="/case_reference", within="data")
        require_team(actor, team_id, "data" if team is None else "path", "/team_id")
        await self.wait(call.wait_for, actor)
        asked = Asked(
            case_id=case_id if team is None else team_key(team),
            commands=wanted.commands,
            reference=wanted.reference,
            personal=wanted.personal,
            mints=mints,
            provenance=Provenance(actor=actor.id, actor_role=actor.role, correlation_id=new_id()),
            expected=call.expected,
            team_id=team_id,
            teams=actor.teams,
            seeker=seeker_of(actor, posted, wanted.commands),
            post=self._post(call, actor, name, case_id if team is None else team, body),
        )
        category = await self._runners.category(posted, asked.commands, actor.teams)
        [answer] = await self._runners.all(category, [asked])
        location = None if isinstance(answer, Exception) or team is not None else case_location(answer.case_id)
        return response_of(answer, location=location)

    def _post(self, call: "Call", actor: Actor, name: str, place: UUID | str | None, body: Any) -> Post | None:
        """What the call is known by: keys are each caller's own, two callers may choose the same one."""
        if call.idempotency_key is None:
            return None
        content = orjson.dumps([name, str(place), body], option=orjson.OPT_SORT_KEYS)
        digest = hmac.digest(self._key, content, "sha256")
        return Post(source=KEYED, id=f"{actor.id} {call.idempotency_key}", fingerprint=digest)

    async def correct(self, call: "Call", case_id: UUID | None, actor: Actor, *, team: str | None = None) -> Response:
        """Runs a correction; the body's `type` is the name of the event that is corrected."""
        body = await call.json()
        name = body.get("type") if isinstance(body, dict) else None
        try:
            self.types.named(f"{name}Corrected", of_team=team is not None)
        except KeyError:
            raise Problem(
                422, "invalid-data", "`type` names the event, such as ReferralAccepted", field="/type", within="data"
            ) from None
        call.body = {member: value for member, value in body.items() if member != "type"}
        return await self.ask(call, f"{name}Corrected", case_id, actor, team=team)

    async def read_team(self, category: str, team_id: str, actor: Actor) -> Response:
        """A stream of a team's own, as `read_case` gives a case.

        Raises:
            Problem: 404 `no-such-team`.
        """
        aggregate = self._runners.aggregate(category)
        stream = aggregate.stream(team_id)
        rows = await self._rows(aggregate, team_id, actor)
        history = [item for row in rows if (item := recorded(aggregate.registry, aggregate.store, stream, row[1]))]
        document = {
            "stream": stream,
            "version": rows[-1][0],
            "team_id": orjson.loads(rows[0][1])["teamid"],
            "state": aggregate.decider.state_of(history),
        }
        return Response(to_json(document), headers={"ETag": etag(rows[-1][0])}, media_type="application/json")

    async def _rows(self, aggregate: Aggregate[Any, Any, Any, Any], team_id: str, actor: Actor) -> list[asyncpg.Record]:
        async with team_transaction(self.pool, actor.teams) as conn:
            rows: list[asyncpg.Record] = await conn.fetch(_STREAM, aggregate.stream(team_id))
        if not rows:
            raise _no_such_team()
        return rows

    async def read_team_events(self, category: str, team_id: str, actor: Actor) -> Response:
        """The stored documents of a stream of a team's own, as `read_events` gives those of a case.

        Raises:
            Problem: 404 `no-such-team`.
        """
        return _as_batch(await self._rows(self._runners.aggregate(category), team_id, actor))


def _as_batch(rows: list[asyncpg.Record]) -> Response:
    body = "[" + ",".join(row[1] for row in rows) + "]"
    return Response(body, headers={"ETag": etag(rows[-1][0])}, media_type=BATCH)


def _no_such_team() -> Problem:
    return Problem(404, "no-such-team", "this service has no such events of this team", field="/team_id", within="path")


def _without_team(body: Any) -> tuple[Any, str]:
    """The body of a new case, and the team that it names."""
    team_id = body.get("team_id") if isinstance(body, dict) else None
    if not isinstance(team_id, str) or not TEAM_ID.fullmatch(team_id):
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
    "required": ["stream", "version", "event_ids", "wait_for"],
    "properties": {
        "case_id": {"type": "string", "format": "uuid", "description": "Of what was said about a case"},
        "team_id": {"type": "string", "description": "Of what was said about a team itself"},
        "stream": {"type": "string"},
        "version": {"type": "integer"},
        "event_ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
        "wait_for": {"type": "string", "description": "Give it to a later read or post that must see this write"},
    },
}
"""JSON Schema of `shared.process.answers.Receipt` and `TeamReceipt`."""
