"""The reporting database of a test, and histories put into its inbox the way the bus does."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from services.reporting.decoding import Decoder
from services.reporting.projections import CONSUMER, CaseHistory
from shared.eventstore.pool import open_pool
from shared.eventstore.store import Connection
from shared.eventstore.teams import EVERY_TEAM
from shared.migrations import ensure_roles, migrate
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.unit.reporting.histories import Document

HISTORIES = ("case_history", "contact_history", "score_history", "work_history")
"""Tables that follow from the events alone."""
_TABLES = ("inbox", "stream_heads", *HISTORIES, "cases", "watermarks", "held")
EMPTY = "".join(f"DELETE FROM {table};" for table in _TABLES)


def settings_of(platform: Platform, namespace: str) -> Settings:
    return Settings(
        database_url=platform.database_url,
        kafka_bootstrap=platform.kafka_bootstrap,
        secrets_dir=platform.secrets_folder,
        namespace=namespace,
    )


@asynccontextmanager
async def reporting_pool(settings: Settings, role: str = "dyad_consumer") -> AsyncIterator[asyncpg.Pool]:
    pool = await open_pool(settings, "reporting", role, min_size=1, max_size=4)
    try:
        yield pool
    finally:
        await pool.close()


class Record(NamedTuple):
    """The database as the two who work with it see it."""

    projection: Connection
    """May write."""
    reader: Connection
    """Asks about every team, as the routes do."""


@asynccontextmanager
async def emptied(settings: Settings) -> AsyncIterator[Record]:
    async with (
        reporting_pool(settings) as projections,
        reporting_pool(settings, "dyad_reader") as readers,
        projections.acquire() as projection,
        readers.acquire() as reader,
    ):
        await projection.execute(EMPTY)
        await reader.execute("SELECT set_config('dyad.teams', $1, false)", EVERY_TEAM)
        yield Record(projection, reader)


def migrated(platform: Platform, namespace: str) -> Settings:
    settings = settings_of(platform, namespace)
    ensure_roles(settings)
    migrate(settings, "reporting")
    return settings


async def put(conn: Any, documents: Iterable[Document]) -> None:
    """What the bus does with new records, before it calls the handler."""
    await conn.executemany(
        "INSERT INTO inbox (consumer, store, stream, version, case_id, event_id, leaf_hash, type, recorded_at, doc,"
        " waiting) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false) ON CONFLICT DO NOTHING",
        [
            (CONSUMER, d.store, d.stream, d.version, d.case_id, d.event_id, d.leaf_hash, d.type, d.recorded_at, d.text)
            for d in documents
        ],
    )


async def deliver(conn: Any, documents: Sequence[Document], handler: CaseHistory | None = None) -> None:
    """One batch: stored, locked and applied in one transaction."""
    cases = sorted({document.case_id for document in documents})
    async with conn.transaction():
        await put(conn, documents)
        await conn.execute("SELECT lock_cases($1, $2)", CONSUMER, cases)
        await (handler or CaseHistory(Decoder())).apply(conn, cases)


async def announce(conn: Any, complete_to: datetime, stores: Sequence[str]) -> None:
    """As if every store had been heard up to this instant."""
    await conn.executemany(
        "INSERT INTO watermarks (consumer, store, complete_to) VALUES ($1, $2, $3)"
        " ON CONFLICT (consumer, store) DO UPDATE SET complete_to = EXCLUDED.complete_to",
        [(CONSUMER, store, complete_to) for store in stores],
    )


async def rows_of(conn: Any, case_id: UUID | None = None) -> list[dict[str, Any]]:
    """Rows of `case_history`, by case and from when they were believed."""
    rows = await conn.fetch(
        "SELECT * FROM case_history WHERE $1::uuid IS NULL OR case_id = $1 ORDER BY case_id, lower(known)", case_id
    )
    return [dict(row) for row in rows]


def shown(value: Any) -> Any:
    """An answer's body as plain data."""
    return json.loads(value)
