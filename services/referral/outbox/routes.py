"""`/letters`: what waits to be sent or did not leave, and what a person decides about it. Ids and codes only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from services.referral.outbox import queue
from services.referral.outbox.queue import LetterState, NoSuchLetter
from shared.eventstore.teams import team_transaction
from shared.kernel.codec import to_json
from shared.kernel.ids import utc_now
from shared.process.relationship import Right
from shared.web.actor import MayHandleLetters
from shared.web.app import READ_PROBLEMS, WRITE_PROBLEMS
from shared.web.body import json_body
from shared.web.decision import DECISION, DECISION_BODY
from shared.web.desk import AtDesk
from shared.web.problems import Problem
from shared.web.recording import record_read

LetterId = Annotated[UUID, Path(description="Id of a letter, as the list gives it.")]
_FIRST = UUID(int=0)


class AskedLetters(BaseModel):
    """Which letters are asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: tuple[LetterState, ...] = (LetterState.QUEUED, LetterState.FAILED)
    after: Annotated[UUID, Query(description="`id` of the last one of the page before.")] = _FIRST
    limit: Annotated[int, Query(ge=1, le=1000)] = 100


class ShownLetter(BaseModel):
    """One letter, without a word of it."""

    id: UUID
    case_id: UUID
    team_id: str
    kind: str
    """`acknowledgement`, `decision` or `discharge_summary`."""
    reader: str
    """`referrer`."""
    state: LetterState
    last_error: str | None
    """Why it was not sent, as a code; see docs/letters.md."""
    attempts: int
    made_at: datetime
    """UTC instant."""
    next_attempt_at: datetime
    """UTC instant; of meaning while it is queued."""


class ShownLetters(BaseModel):
    """A page of them, by id."""

    letters: list[ShownLetter]


def letter_routes() -> APIRouter:
    """The list, and the two decisions."""
    router = APIRouter(tags=["letters"])

    @router.get("/letters", responses=READ_PROBLEMS)
    async def list_letters(
        desk: AtDesk, actor: MayHandleLetters, asked: Annotated[AskedLetters, Query()]
    ) -> ShownLetters:
        """Letters of the caller's teams: those that wait or failed, unless others are asked for."""
        async with team_transaction(desk.pool, actor.teams) as conn:
            rows = await queue.listed(conn, asked.state, asked.after, asked.limit)
            shown = [ShownLetter.model_validate(row) for row in rows]
            named, teams = {letter.case_id for letter in shown}, {letter.team_id for letter in shown}
            await record_read(conn, actor, "/letters", named, Right.ROLE, teams=teams)
        return ShownLetters(letters=shown)

    @router.post("/letters/{letter_id}/retry", status_code=202, openapi_extra=DECISION_BODY, responses=WRITE_PROBLEMS)
    async def retry_letter(letter_id: LetterId, request: Request, desk: AtDesk, actor: MayHandleLetters) -> Response:
        """Try a letter again that failed, was held back or given up; whether it may leave is asked anew."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await queue.retry(conn, letter_id, by=actor.id, reason=decision.reason, now=utc_now())
        except NoSuchLetter:
            raise _no_such_letter() from None
        return Response(to_json({"state": LetterState.QUEUED}), 202, media_type="application/json")

    @router.post("/letters/{letter_id}/give-up", openapi_extra=DECISION_BODY, responses=WRITE_PROBLEMS)
    async def give_up_letter(letter_id: LetterId, request: Request, desk: AtDesk, actor: MayHandleLetters) -> Response:
        """No more attempts: the reader was told otherwise, or need not be. The task stays until it is done."""
        decision = await json_body(request, DECISION)
        try:
            async with team_transaction(desk.pool, actor.teams) as conn:
                await queue.give_up(conn, letter_id, by=actor.id, reason=decision.reason, now=utc_now())
        except NoSuchLetter:
            raise _no_such_letter() from None
        return Response(to_json({"state": LetterState.GIVEN_UP}), media_type="application/json")

    return router


def _no_such_letter() -> Problem:
    return Problem(
        404, "no-such-letter", "no letter of this id waits for a decision", field="/letter_id", within="path"
    )
