"""The synthetic network's history, or a history from a file, into the stores of a fresh installation."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from deploy.local.network.generate import Network, generate
from deploy.local.network.history_file import counts, events, rule_records
from services.referral.aggregate import aggregate as referral
from shared.eventstore.envelope import StoredEvent
from shared.eventstore.restore import RuleRecord, restore
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.process.references import project_restored
from shared.settings import STORES, Settings

LATEST_DAYS = 30
"""A first start that was cut off is finished within so many days, or begun again."""

Progress = Callable[[str, int], None]
"""(store, events that it now holds)."""


class NotThisNetwork(Exception):
    """The stores hold something else than the synthetic network's history."""


def restore_history(
    settings: Settings, *, last_day: date | None = None, progress: Progress = lambda _store, _events: None
) -> None:
    """Restores the history into the three stores; relay and consumers of all services must be stopped.

    Args:
        settings: where the stores are, and the key of the installation.
        last_day: the network's last day, its history ends a week before; today if not given.
        progress: called after each store.

    Raises:
        RestoreRefused: a store holds something else, or a process of a service is connected.
        OSError, asyncpg.PostgresError: a store cannot be reached.
    """
    network = generate(last_day=last_day or civil_date(utc_now()), reference_key=settings.reference_key)
    for store in STORES:
        total = asyncio.run(_restore(settings, store, network.stored(store), network.rule_records(store)))
        progress(store, total)


def restore_file(settings: Settings, path: Path, *, progress: Progress = lambda _store, _events: None) -> None:
    """Restores a history from a file of `dyad simulate`; said again, it adds what is missing.

    Args:
        settings: where the stores are; their schemas must be there, and no process of a service connected.
        path: the file.
        progress: called with a store and 1 after each event of it, in between many at a time wait for one transaction.

    Raises:
        NotAHistory: the file is none, or cut off.
        RestoreRefused: a store holds something else, or a process of a service is connected.
        OSError, asyncpg.PostgresError: the file or a store cannot be reached.
    """
    found = counts(path)
    for store in STORES:
        if found.get(store):
            told = _told(events(path, store), store, progress)
            asyncio.run(_restore(settings, store, told, rule_records(path, store)))


def _told(stored: Iterable[StoredEvent], store: str, progress: Progress) -> Iterator[StoredEvent]:
    for each in stored:
        yield each
        progress(store, 1)


def restored_network(settings: Settings) -> Network:
    """The network whose history was restored here, with the posts of its last week.

    Everything in it follows from its last day, so what stands in a store tells which day that was.

    Raises:
        NotThisNetwork: no store begins like that of a synthetic network of the last `LATEST_DAYS`.
        OSError, asyncpg.PostgresError: the store cannot be reached.
    """
    found = asyncio.run(_event_ids(settings, "intervention"))
    today = civil_date(utc_now())
    for days in range(LATEST_DAYS):
        network = generate(last_day=today - timedelta(days=days), reference_key=settings.reference_key)
        told = [stored.event_id for stored in network.stored("intervention")]
        if told == found[: len(told)]:
            return network
    raise NotThisNetwork("the stores do not begin with the history of a synthetic network")


async def _restore(settings: Settings, store: str, stored: Iterable[StoredEvent], rules: Iterable[RuleRecord]) -> int:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        _, total = await restore(conn, stored, rules)
        if store == referral.store:
            await project_restored(conn, referral)
        return total
    finally:
        await conn.close()


async def _event_ids(settings: Settings, store: str) -> list[UUID]:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        return [row["event_id"] for row in await conn.fetch("SELECT event_id FROM events ORDER BY position")]
    finally:
        await conn.close()
