"""Freezing: a question, its answer's hash and the versions of its definitions, kept for good."""

from datetime import datetime

from services.reporting import queries
from services.reporting.api import Views
from services.reporting.fold import DEFINITION
from services.reporting.reports import frozen
from services.reporting.reports.answering import answered, versions_of
from services.reporting.reports.asked import Freeze, question_of
from services.reporting.reports.canonical import result_bytes, result_hash
from services.reporting.reports.frozen import Frozen
from shared.eventstore.teams import team_transaction
from shared.kernel.ids import derived_id, utc_now
from shared.web.actor import Actor
from shared.web.problems import Problem

# Every rebase with an instant before the one that is returned has been committed (see the table `rebases`).
_SETTLED = "SELECT pg_advisory_xact_lock_shared(hashtext('dyad rebases'))"


async def freeze(views: Views, actor: Actor, asked: Freeze) -> Frozen:
    """Answers a question and keeps it; the same question frozen again by the same person is the report that there is.

    Raises:
        Problem: what `question_of` raises; 409 `not-complete-yet`, k lies after the watermark, or there is
            none yet.
    """
    async with team_transaction(views.reader, actor.teams) as conn:
        await conn.execute(_SETTLED)
        settled: datetime = await conn.fetchval("SELECT clock_timestamp()")
    teams = actor.teams if asked.team is None else frozenset({asked.team})
    async with queries.snapshot(views.reader, teams) as conn:
        complete_to = (await queries.freshness(conn, None)).complete_to
        if complete_to is None:
            raise Problem(409, "not-complete-yet", "how complete the data is has not been announced yet")
        latest = min(complete_to, settled)
        question = question_of(asked, actor, asked.known_at or latest, utc_now())
        if question.known_at > latest:
            raise Problem(
                409, "not-complete-yet", "later records may still change this; freeze an earlier `known_at`",
                field="/known_at", within="body",
            )  # fmt: skip
        parts = await answered(conn, question)
    versions = versions_of(question.metrics)
    report = Frozen(
        report_id=derived_id(
            "report", actor.id, asked.name, asked.kind, result_hash(result_bytes(question, ())).hex(),
            DEFINITION, *(f"{name} {version}" for name, version in zip(question.metrics, versions, strict=True)),
        ),
        frozen_at=settled,
        actor_id=actor.id,
        role=actor.role.value,
        name=asked.name,
        kind=asked.kind,
        question=question,
        complete_to=complete_to,
        versions=versions,
        definition=DEFINITION,
        tables=tuple(f"{part.metric}/{table.name}" for part in parts for table in part.tables),
        result_hash=result_hash(result_bytes(question, parts)),
    )  # fmt: skip
    async with team_transaction(views.writer, actor.teams) as conn:
        return await frozen.add(conn, report)
