"""What a referrer is told of a family that he referred: how far the referral has come, and nothing else of the case."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.reporting import queries
from services.reporting.api import CurrentViews, WaitHeader, ready
from services.reporting.parameters import Asked, said_once
from services.reporting.projections import CONSUMER
from services.reporting.rights import CaseRecord, right_to_case, team_facts
from shared.eventstore.store import Connection
from shared.kernel.ids import utc_now
from shared.process.relationship import Right
from shared.web.access.roles import Scope
from shared.web.actor import Actor, MayReadStatus
from shared.web.app import READ_PROBLEMS
from shared.web.problems import Problem
from shared.web.recording import record_read

_RECEIVED = """
SELECT doc FROM inbox
WHERE consumer = $1 AND case_id = $2 AND NOT waiting AND type LIKE 'dyad.ReferralReceived.v%'
"""
_WORDS = {"awaiting_decision": "received", "closed": "closed", "orphan": "received", "not_received": "received"}
"""Stage of the case to what a referrer is told; every stage of care is `accepted` to him."""


class StatusAnswer(BaseModel):
    """How far a referral has come."""

    case_id: UUID
    status: str
    """`received`, `accepted` or `closed`."""
    received_on: date | None
    decision: str | None
    decided_on: date | None
    closed_on: date | None


router = APIRouter(tags=["views"], dependencies=[Depends(said_once)], responses=READ_PROBLEMS)


@router.get("/cases/{case_id}/status")
async def get_status(
    case_id: UUID,
    actor: MayReadStatus,
    views: CurrentViews,
    asked: Annotated[Asked, Query()],
    wait_for: WaitHeader = None,
) -> StatusAnswer:
    """The status of a referral; to a referrer of his own ones only: any other is unknown to him."""
    await ready(views, asked, wait_for, actor)
    async with views.snapshot(actor, on_record=True) as conn:
        row = await queries.one_case(conn, case_id, asked.scope)
        right = None if row is None else await _right(conn, case_id, row, actor)
        if row is None or right is None:
            raise Problem(404, "case-unknown", "nothing was known of this case then", field="/case_id", within="path")
        await record_read(conn, actor, "/cases/{case_id}/status", [case_id], right, teams=[row["team_id"]])
    return StatusAnswer(
        case_id=case_id,
        status=_WORDS.get(row["stage"], "accepted"),
        received_on=row["received_on"],
        decision=row["decision"],
        decided_on=row["decided_on"],
        closed_on=row["closed_on"],
    )


async def _right(conn: Connection, case_id: UUID, row: dict[str, Any], actor: Actor) -> Right | None:
    """By what right he is told; None if he did not refer the family and may read no cases."""
    if actor.may(Scope.CASE_READ):
        record = CaseRecord(tuple(await queries.facts(conn, case_id, None)), await team_facts(conn, row["team_id"]))
        return right_to_case(record, actor.seeker, utc_now())
    said = await conn.fetch(_RECEIVED, CONSUMER, case_id)
    own = any(orjson.loads(each["doc"])["actor"] == actor.id for each in said)
    return Right.OWN_REFERRAL if own else None
