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
from shared.web.recording import record_read

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


def reads_routes(pool_of: Callable[[Any], asyncpg.Pool]) -> APIRouter:
    """The route of one service.

    Args:
        pool_of: the application's state to the pool of its readers.
    """
    router = APIRouter(tags=["reads"], responses=READ_PROBLEMS)

    @router.get("/reads")
    async def list_reads(request: Request, actor: MayReadReads, asked: Annotated[AskedReads, Query()]) -> Reads:
        """Reads of the cases of the caller's teams; that he looked is on record too."""
        async with team_transaction(pool_of(request.app.state), actor.teams) as conn:
            rows = await conn.fetch(_READS, asked.after, asked.case_id, asked.actor_id, asked.limit)
            named = {case_id for row in rows for case_id in row["cases"]}
            await record_read(conn, actor, "/reads", named, Right.ROLE)
        return Reads(reads=[ReadRecord(**dict(row)) for row in rows])

    return router
