"""Rows -> typed answers: each question in one snapshot, so that an answer and its watermark belong together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.metrics.scope import OPEN, STAGE, TIER, Scope, people
from services.reporting.projections import CONSUMER
from shared.bus.watermark import watermark
from shared.eventstore.store import Connection
from shared.eventstore.teams import team_transaction
from shared.settings import STORES

LISTED = (
    f"case_id, team_id, {TIER} AS tier, received_on, decided_on, decision, withdrawn_on, first_contact_on,"
    " first_attended_on, assessment_started_on, assessed_on, assessed_programme_on, programme_on, first_treatment_on,"
    " first_programme_treatment_on, discharged_on, discharge_reason, closed_on, closed_by,"
    " pregnancy_ended_on, programme_completed_on,"
    " cardinality(infants) AS infants,"
    f" (SELECT count(*) FROM ({people('caregivers', 'caregiver_days')}) AS p) AS caregivers,"
    f" (SELECT count(*) FROM ({people('relationships', 'relationship_days')}) AS p) AS relationships"
)
"""What an answer shows of a case at t ($1): milestones and counts, no person."""

STATUS = f"""
CASE WHEN received_on IS NULL THEN 'orphan'
     WHEN received_on > $1::date THEN 'not_received'
     WHEN {OPEN} THEN {STAGE}
     ELSE 'closed' END
"""
"""M1's sub-state of an open referral, or why it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far an answer can be relied on."""

    known_at: datetime
    """The instant of the answer on the known axis; the database's clock where none was asked for."""
    complete_to: datetime | None
    """Everything recorded up to here, by every store, is in the views; None = not announced yet."""
    final: bool
    """The same question gives the same answer for ever: a `known_at` was given and lies at or before `complete_to`."""


@asynccontextmanager
async def snapshot(
    pool: asyncpg.Pool, teams: frozenset[str] | None, *, on_record: bool = False
) -> AsyncIterator[Connection]:
    """A connection that sees one state of the views of some teams, for all queries of one answer.

    Args:
        pool: as `dyad_reader`.
        teams: whose rows are seen; None = every team.
        on_record: whether the answer names cases, so that its record is written in the same transaction.
    """
    async with team_transaction(
        pool, teams, isolation="REPEATABLE READ" if on_record else "REPEATABLE READ READ ONLY"
    ) as conn:
        yield conn


async def freshness(conn: Connection, known_at: datetime | None) -> Freshness:
    """The watermark of this snapshot, and whether an answer for `known_at` is final."""
    complete_to = await watermark(conn, CONSUMER, STORES)
    return Freshness(
        known_at=known_at or await conn.fetchval("SELECT transaction_timestamp()"),
        complete_to=complete_to,
        final=known_at is not None and complete_to is not None and known_at <= complete_to,
    )


_TEAM_NAMES = """
WITH RECURSIVE team AS (
    (SELECT team_id FROM case_history WHERE upper_inf(known) ORDER BY team_id LIMIT 1)
    UNION ALL
    SELECT (SELECT team_id FROM case_history WHERE upper_inf(known) AND team_id > team.team_id ORDER BY team_id LIMIT 1)
    FROM team WHERE team.team_id IS NOT NULL
)
SELECT team_id FROM team WHERE team_id IS NOT NULL
"""


async def team_names(conn: Connection) -> list[str]:
    """Codes of all teams that have a case now, in order; one index probe for each, however many cases there are."""
    return [row["team_id"] for row in await conn.fetch(_TEAM_NAMES)]


async def teams(conn: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Every team that has a case, with its open referrals at `scope.at`; in order of the code."""
    cases, instant = scope.cases(after=0)
    rows = await conn.fetch(
        f"SELECT team_id, count(*) FILTER (WHERE {OPEN}) AS open_referrals FROM ({cases}) AS c"
        " GROUP BY team_id ORDER BY team_id",
        scope.at, scope.team, *instant,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def list_cases(
    conn: Connection, scope: Scope, *, stage: str | None, after: tuple[date, UUID] | None, limit: int
) -> list[dict[str, Any]]:
    """Cases as at `scope.at`, oldest referral first (orphans before all), by keyset.

    Args:
        conn: a snapshot.
        scope: the question.
        stage: one of M1's sub-states, `closed` or `orphan`; None = every open referral.
        after: received_on (`date.min` for an orphan) and case id of the last case of the page before.
        limit: at most this many.
    """
    cases, instant = scope.cases(after=4)
    # date.min goes to PostgreSQL as -infinity
    rows = await conn.fetch(
        f"""
        SELECT {LISTED}, stage FROM (SELECT *, {STATUS} AS stage FROM ({cases}) AS believed) AS c
        WHERE CASE WHEN $3::text IS NULL THEN {OPEN} ELSE stage = $3 END
          AND (coalesce(received_on, '-infinity'), case_id) > ($4::date, $5::uuid)
        ORDER BY coalesce(received_on, '-infinity'), case_id LIMIT $6::int
        """,
        scope.at, scope.team, stage, *(after or (date.min, UUID(int=0))), limit, *instant,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def one_case(conn: Connection, case_id: UUID, scope: Scope) -> dict[str, Any] | None:
    """What was believed about one case; None if nothing was, or not in this team."""
    cases, instant = scope.cases(after=1)
    row = await conn.fetchrow(
        f"SELECT {LISTED}, {STATUS} AS stage FROM ({cases}) AS c WHERE case_id = $3::uuid",
        scope.at, scope.team, case_id, *instant,
    )  # fmt: skip
    return None if row is None else dict(row)


async def facts(conn: Connection, case_id: UUID, known_at: datetime | None) -> list[Fact]:
    """Every event of a case that was recorded by `known_at`, in no particular order."""
    rows = await conn.fetch(
        "SELECT doc FROM inbox WHERE consumer = $1 AND case_id = $2 AND NOT waiting"
        " AND ($3::timestamptz IS NULL OR recorded_at <= $3)",
        CONSUMER, case_id, known_at,
    )  # fmt: skip
    return [decode(row["doc"].encode()) for row in rows]
