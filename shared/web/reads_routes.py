"""`GET /reads`: who has read which cases, by what right; for auditors."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from shared.eventstore.teams import team_transaction
from shared.process.relationship import Right
from shared.web.actor import MayReadReads
from shared.web.app import READ_PROBLEMS
from shared.web.recording import record_read, teams_of_cases

_READS = """
SELECT id, at, actor_id, role, why, route, cases, break_glass FROM reads
WHERE id > $1 AND ($2::uuid IS NULL OR cases @> ARRAY[$2::uuid]) AND ($3::text IS NULL OR actor_id = $3)
ORDER BY id LIMIT $4
"""


class AskedReads(BaseModel):
    """Which reads are asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID | None = None
    actor_id: Annotated[str, Query(pattern="^[A-Za-z0-9._:-]{1,64}$")] | None = None
    after: Annotated[int, Query(ge=0, le=2**62, description="`id` of the last one of the page before.")] = 0
    limit: Annotated[int, Query(ge=1, le=1000)] = 100


class ReadRecord(BaseModel):
    """One answer that named cases."""

    id: int
    at: datetime
    """UTC instant."""
    actor_id: str
    role: str
    why: str
    """By what right: `role`, `assigned`, `supervisor`, `triage-rota`, `break-glass`, `own-referral`."""
    route: str
    cases: list[UUID]
    break_glass: bool


class Reads(BaseModel):
    """A page of them, oldest first."""

    reads: list[ReadRecord]


def reads_routes(pool_of: Callable[[Any], asyncpg.Pool], stream_of: Callable[[UUID], str] | None = None) -> APIRouter:
    """The route of one service.

    Args:
        pool_of: the application's state to the pool of its readers.
        stream_of: name of a case's own stream there; None where nothing is decided about cases.
    """
    router = APIRouter(tags=["reads"], responses=READ_PROBLEMS)

    @router.get("/reads")
    async def list_reads(request: Request, actor: MayReadReads, asked: Annotated[AskedReads, Query()]) -> Reads:
        """Reads of the cases of the caller's teams; that he looked is on record too.

        A record over several teams' cases names those of his teams alone.
        """
        async with team_transaction(pool_of(request.app.state), actor.teams) as conn:
            wanted = [] if asked.case_id is None else [asked.case_id]
            hidden = actor.teams is not None and len(await teams_of_cases(conn, wanted, stream_of)) < len(wanted)
            rows = [] if hidden else await conn.fetch(_READS, asked.after, asked.case_id, asked.actor_id, asked.limit)
            every = {UUID(int=case_id.int) for row in rows for case_id in row["cases"]}
            seen = await teams_of_cases(conn, every, stream_of)
            named = every if actor.teams is None else set(seen)  # whose event is held unread may be known to nobody
            await record_read(conn, actor, "/reads", named, Right.ROLE, teams=set(seen.values()))
        return Reads(
            reads=[
                ReadRecord(**{**dict(row), "cases": [case_id for case_id in row["cases"] if case_id in named]})
                for row in rows
            ]
        )

    return router
