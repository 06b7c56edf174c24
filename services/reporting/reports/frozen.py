"""Frozen reports as they are kept: written once, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson

from services.reporting.reports.question import Question, ReportKind, filters_of, said_of
from services.reporting.table_routes import inside
from shared.eventstore.store import Connection
from shared.eventstore.teams import EVERY_TEAM
from shared.web.access.actor import Actor

_COLUMNS = (
    "report_id, frozen_at, actor_id, role, name, kind, teams, team, at, known_at, complete_to, first_day, last_day,"
    " filters, suppressed, metrics, versions, definition, tables, result_hash"
)
_ADD = f"""
INSERT INTO reports ({_COLUMNS})
VALUES ($1, DEFAULT, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text::jsonb, $14, $15, $16, $17, $18, $19)
ON CONFLICT (report_id) DO NOTHING RETURNING {_COLUMNS}
"""
_ONE = f"SELECT {_COLUMNS} FROM reports WHERE report_id = $1"
_LATEST = f"""
SELECT {_COLUMNS} FROM reports
WHERE ($1::text IS NULL OR team = $1) AND (suppressed OR team = ANY ($2::text[]))
  AND ($3::uuid IS NULL OR (frozen_at, report_id) < (SELECT frozen_at, report_id FROM reports WHERE report_id = $3))
ORDER BY frozen_at DESC, report_id DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """One report."""

    report_id: UUID
    frozen_at: datetime
    actor_id: str
    """Opaque id of who froze it."""
    role: str
    name: str
    kind: ReportKind
    question: Question
    complete_to: datetime
    """The watermark of then; everything recorded before it was in."""
    versions: tuple[int, ...]
    """Of each metric's definition, in the order of the metrics."""
    definition: int
    """Of the facts that are made of events (`fold.DEFINITION`)."""
    tables: tuple[str, ...]
    """metric/table."""
    result_hash: bytes

    def open_to(self, actor: Actor) -> bool:
        """Whether somebody who sees its teams may see it: raw numbers stay inside the team, and so does their hash.

        From the hash of a few small numbers the numbers can be guessed.
        """
        return self.question.suppressed or inside(actor, self.question.team)


async def add(conn: Connection, report: Frozen) -> Frozen:
    """Keeps a report; the one that is kept already, if this was frozen before. `frozen_at` is the database's.

    Args:
        conn: as `dyad_writer`, in a transaction that sees its teams.
        report: to be kept.
    """
    asked = report.question
    row = await conn.fetchrow(
        _ADD,
        report.report_id, report.actor_id, report.role, report.name, report.kind.value, _teams(asked.teams),
        asked.team, asked.at, asked.known_at, report.complete_to, asked.first_day, asked.last_day,
        orjson.dumps(said_of(asked.filters), option=orjson.OPT_SORT_KEYS).decode(), asked.suppressed,
        list(asked.metrics), list(report.versions), report.definition, list(report.tables), report.result_hash,
    )  # fmt: skip
    if row is None:
        [row] = await conn.fetch(_ONE, report.report_id)
    return _frozen(row)


async def find(conn: Connection, report_id: UUID, actor: Actor) -> Frozen | None:
    """The report of this id, if there is one that the actor may see."""
    row = await conn.fetchrow(_ONE, report_id)
    found = None if row is None else _frozen(row)
    return found if found is not None and found.open_to(actor) else None


async def latest(
    conn: Connection, actor: Actor, *, team: str | None = None, after: UUID | None = None, limit: int = 100
) -> Sequence[Frozen]:
    """Reports that the actor may see, the latest first; `after`: id of the last one of the page before."""
    own = [each for each in actor.teams or () if inside(actor, each)]
    return [_frozen(row) for row in await conn.fetch(_LATEST, team, own, after, limit)]


def _teams(teams: frozenset[str] | None) -> list[str]:
    return [EVERY_TEAM] if teams is None else sorted(teams)


def _frozen(row: asyncpg.Record) -> Frozen:
    teams = frozenset(row["teams"])
    question = Question(
        teams=None if EVERY_TEAM in teams else teams,
        filters=filters_of(orjson.loads(row["filters"])),
        metrics=tuple(row["metrics"]),
        **{name: row[name] for name in ("team", "at", "known_at", "first_day", "last_day", "suppressed")},
    )
    return Frozen(
        question=question,
        kind=ReportKind(row["kind"]),
        versions=tuple(row["versions"]),
        tables=tuple(row["tables"]),
        report_id=UUID(int=row["report_id"].int),
        **{
            name: row[name]
            for name in ("frozen_at", "actor_id", "role", "name", "complete_to", "definition", "result_hash")
        },
    )
