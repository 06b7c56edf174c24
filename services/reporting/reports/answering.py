"""The answer to a report's question, computed: when it is frozen, and again whenever somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import asyncpg

from services.reporting import queries
from services.reporting.fold import DEFINITION
from services.reporting.metrics.catalogue import METRICS
from services.reporting.metrics.scope import Scope
from services.reporting.reports.canonical import Part, result_bytes, result_hash
from services.reporting.reports.frozen import Frozen
from services.reporting.reports.question import Question
from services.reporting.tables import suppressed
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True)
class Again:
    """A frozen report, computed again."""

    report: Frozen
    parts: tuple[Part, ...]
    result: bytes
    """Canonical JSON."""

    @property
    def result_hash(self) -> bytes:
        """SHA-256 of the result as it is now."""
        return result_hash(self.result)

    @property
    def verified(self) -> bool:
        """Whether the result is, byte for byte, the one that was frozen."""
        return self.result_hash == self.report.result_hash


class Redefined(NamedTuple):
    """A definition that is not the one of then."""

    what: str
    """Name of a metric, or `facts`: what is made of events before anything is counted."""
    then: int
    now: int | None
    """None: there is no such metric any more."""


async def answered(conn: Connection, question: Question, scope: Scope | None = None) -> tuple[Part, ...]:
    """Every metric of a question that there still is, as tables; suppressed where the question says so.

    Args:
        conn: a snapshot that sees the question's teams.
        question: what is asked.
        scope: asked instead of the question's own, for the answer as known now.
    """
    found = []
    for name in question.metrics:
        metric = METRICS.get(name)
        if metric is not None:
            tables = metric.tables(await metric.measure(conn, scope or question.scope, question.period))
            shown = tuple(suppressed(table) if question.suppressed else table for table in tables)
            found.append(Part(name, shown))
    return tuple(found)


async def today(conn: Connection, question: Question) -> tuple[Part, ...]:
    """The answer to the same question by everything that has arrived since."""
    return await answered(conn, question, replace(question.scope, known_at=None))


async def again(pool: asyncpg.Pool, report: Frozen) -> Again:
    """Computes a report again, from (t, k) and the rows of the teams that it was frozen of."""
    async with queries.snapshot(pool, report.question.teams) as conn:
        parts = await answered(conn, report.question)
    return Again(report, parts, result_bytes(report.question, parts))


def versions_of(metrics: Sequence[str]) -> tuple[int, ...]:
    """The versions of the metrics' definitions. Raises KeyError: there is no such metric."""
    return tuple(METRICS[name].version for name in metrics)


def redefined(report: Frozen) -> tuple[Redefined, ...]:
    """Which definitions have changed since a report was frozen."""
    pairs = zip(report.question.metrics, report.versions, strict=True)
    found = [Redefined(name, then, METRICS[name].version if name in METRICS else None) for name, then in pairs]
    return tuple(each for each in [*found, Redefined("facts", report.definition, DEFINITION)] if each.then != each.now)
