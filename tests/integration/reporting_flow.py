"""Histories recorded in the three stores, on their way over Kafka into the views as the services run it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import asyncpg

from services.reporting.main import consumer
from shared.eventstore.envelope import NewEvent
from shared.eventstore.store import append
from shared.settings import STORES, Settings
from tests.integration.bus_kit import relays, running
from tests.integration.reporting_kit import reporting_pool
from tests.unit.reporting.histories import Document, History


def new_event(document: Document, team: str) -> NewEvent:
    members = json.loads(document.text)
    del members["streamversion"], members["recordedat"]
    return NewEvent(
        event_id=document.event_id,
        type=document.type,
        key=str(document.case_id),
        case_id=document.case_id,
        team_id=team,
        doc=json.dumps(members, separators=(",", ":")),
    )


async def record(settings: Settings, history: History, *, already: int = 0) -> datetime:
    """Appends the history from its event number `already` on, each alone; gives the last recorded instant."""
    instants = []
    for document in history.documents[already:]:
        conn = await asyncpg.connect(settings.dsn(document.store, "dyad_writer"))
        try:
            event = new_event(document, history.team)
            instants.append((await append(conn, document.stream, document.version - 1, [event])).recorded_at)
        finally:
            await conn.close()
    return max(instants)


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[asyncpg.Pool]:
    """All relays and the reporting consumer run; gives the reader's pool."""
    async with (
        reporting_pool(settings, "dyad_reader") as pool,
        relays(settings, *STORES),
        running(consumer(settings)),
    ):
        yield pool
