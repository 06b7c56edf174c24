"""The synthetic network's history in real stores: what restore brings is what append would have written."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import asyncpg
import pytest

from deploy.local.network.generate import generate
from deploy.local.network.install import NotThisNetwork, restore_history, restored_network
from shared.eventstore.envelope import StoredEvent, leaf_hash
from shared.eventstore.pool import open_pool
from shared.eventstore.store import append, read_after
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.migrations import migrate_all
from shared.settings import STORES, Settings

TIMESTAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


@pytest.fixture
def settings(settings_env: dict[str, str]) -> Settings:
    names = {f"DYAD_{field}".upper() for field in Settings.model_fields}
    own = {name.removeprefix("DYAD_").lower(): value for name, value in settings_env.items() if name in names}
    made = Settings.model_validate(own)
    migrate_all(made)
    return made


def test_the_history_stands_in_the_stores_byte_for_byte(settings: Settings) -> None:
    last_day = civil_date(utc_now())
    restore_history(settings, last_day=last_day)
    network = generate(last_day=last_day, reference_key=settings.reference_key)
    for store in STORES:
        assert asyncio.run(_everything(settings, store)) == list(network.stored(store))
        assert asyncio.run(_outcomes(settings, store)) == {
            (record.rule, record.cause): record.outcome for record in network.rule_records(store)
        }


def test_restoring_it_again_changes_nothing(settings: Settings) -> None:
    restore_history(settings)
    before = asyncio.run(_everything(settings, "intervention"))
    restore_history(settings)
    assert asyncio.run(_everything(settings, "intervention")) == before


def test_a_restored_case_is_known_by_the_senders_reference(settings: Settings) -> None:
    restore_history(settings)
    linked, named = asyncio.run(_references(settings))
    assert linked
    assert named == linked


def test_its_last_day_is_found_again_from_the_stores(settings: Settings) -> None:
    last_day = date.fromordinal(civil_date(utc_now()).toordinal() - 3)
    restore_history(settings, last_day=last_day)
    assert restored_network(settings).posts == generate(last_day=last_day, reference_key=settings.reference_key).posts


def test_another_history_is_not_taken_for_the_networks(settings: Settings) -> None:
    with pytest.raises(NotThisNetwork):
        restored_network(settings)


def test_append_writes_the_same_bytes_as_the_history_holds(settings: Settings) -> None:
    stored, appended = asyncio.run(_append_alike(settings))
    at = appended.recorded_at
    assert appended.doc == stored.doc.replace(stored.recorded_at.strftime(TIMESTAMP), at.strftime(TIMESTAMP))
    assert appended == replace(
        stored, position=appended.position, recorded_at=at, doc=appended.doc, leaf_hash=leaf_hash(appended.doc.encode())
    )


async def _everything(settings: Settings, store: str) -> list[StoredEvent]:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        return await read_after(conn, 0, 1_000_000)
    finally:
        await conn.close()


async def _outcomes(settings: Settings, store: str) -> dict[tuple[str, UUID], str]:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        rows = await conn.fetch("SELECT rule, cause, outcome FROM rule_outcomes")
        return {(row["rule"], row["cause"]): row["outcome"] for row in rows}
    finally:
        await conn.close()


async def _append_alike(settings: Settings) -> tuple[StoredEvent, StoredEvent]:
    """An event of the history, and what append makes of the very same event."""
    written = next(iter(generate(last_day=date(2026, 11, 23)).written))
    pool = await open_pool(settings, written.store, "dyad_writer")
    try:
        async with pool.acquire() as conn:
            await append(conn, written.stored.stream, 0, [written.new])
    finally:
        await pool.close()
    [appended] = await _everything(settings, written.store)
    return written.stored, appended


async def _references(settings: Settings) -> tuple[set[UUID], set[UUID]]:
    """Cases whose stream links a reference, and cases that the table of references names."""
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    try:
        linked = await conn.fetch("SELECT case_id FROM events WHERE type = 'dyad.CaseReferenceLinked.v1'")
        named = await conn.fetch("SELECT case_id FROM case_references")
        return {row["case_id"] for row in linked}, {row["case_id"] for row in named}
    finally:
        await conn.close()
