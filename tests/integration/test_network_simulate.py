"""A simulated network in real stores: restored from its file, or posted over HTTP as it would be told."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest

from deploy.local.network import history_file
from deploy.local.network.big import REFERENCE_KEY, Simulation, simulated
from deploy.local.network.install import restore_file
from deploy.local.network.simulating import post_all
from deploy.local.network.team_network import team_network
from shared.eventstore.envelope import StoredEvent
from shared.eventstore.restore import RestoreRefused
from shared.eventstore.store import read_after
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.migrations import migrate_all
from shared.settings import STORES, Settings
from shared.testing.bus import query, settings_of, until
from shared.testing.services import running

SMALL = Simulation(teams=2, years=0.5, families_per_team=8, last_day=date(2026, 11, 20))
EVERY = "SELECT count(*) FROM events"
WAITING = "SELECT count(*) FROM rule_outcomes WHERE outcome IN ('waiting', 'parked')"


@pytest.fixture
def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    migrate_all(made)
    return made


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("history") / "history.ndjson.gz"
    with simulated(SMALL) as (spools, _):
        history_file.write(path, {}, spools)
    return path


def test_a_history_from_a_file_stands_in_the_stores_byte_for_byte(settings: Settings, history: Path) -> None:
    restored: dict[str, int] = {}

    def count(store: str, events: int) -> None:
        restored[store] = restored.get(store, 0) + events

    restore_file(settings, history, progress=count)
    assert restored == history_file.counts(history)
    for store in STORES:
        assert asyncio.run(everything(settings, store)) == list(history_file.events(history, store))
        wanted = {(record.rule, record.cause): record.outcome for record in history_file.rule_records(history, store)}
        assert asyncio.run(outcomes(settings, store)) == wanted


def test_the_same_file_again_changes_nothing_and_another_is_refused(
    settings: Settings, history: Path, tmp_path: Path
) -> None:
    restore_file(settings, history)
    before = asyncio.run(everything(settings, "intervention"))
    restore_file(settings, history)
    assert asyncio.run(everything(settings, "intervention")) == before
    with simulated(Simulation(teams=1, years=0.5, seed=8, families_per_team=4, last_day=SMALL.last_day)) as (spools, _):
        history_file.write(tmp_path / "other.ndjson", {}, spools)
    with pytest.raises(RestoreRefused):
        restore_file(settings, tmp_path / "other.ndjson")


async def test_a_simulated_team_is_posted_live_and_again_without_effect(settings_env: dict[str, str]) -> None:
    settings = settings_of(settings_env)
    await asyncio.to_thread(migrate_all, settings)
    simulation = Simulation(
        teams=1, years=0.3, families_per_team=12, last_day=civil_date(utc_now()) - timedelta(days=1)
    )
    [plan] = simulation.plans()
    posts = team_network(plan, simulation.seed, simulation.period(posted=True), REFERENCE_KEY).posts
    assert {post.stream for post in posts} == {"", "team", "work"}
    with running(settings, settings_env, STORES):
        done: list[int] = []
        await asyncio.to_thread(post_all, settings, posts, 2_000, lambda so_far, _all: done.append(so_far))
        assert done[-1] == len(posts)

        async def rules_are_done() -> bool:
            return not [row for store in STORES for row in await query(settings, store, WAITING) if row[0]]

        await until(rules_are_done, "every rule to decide")
        named = await query(settings, "referral", "SELECT DISTINCT case_id FROM events")
        assert {row[0] for row in named} == {post.case_id for post in posts if not post.stream}
        posted = (
            "SELECT count(DISTINCT doc::json ->> 'externalid') FROM events WHERE doc::json ->> 'externalid' IS NOT NULL"
        )
        stored = sum([(await query(settings, store, posted))[0][0] for store in STORES])
        assert stored == len(posts)
        await asyncio.to_thread(post_all, settings, posts, 2_000, lambda _so_far, _all: None)
        assert sum([(await query(settings, store, posted))[0][0] for store in STORES]) == stored


async def everything(settings: Settings, store: str) -> list[StoredEvent]:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        return await read_after(conn, 0, 1_000_000)
    finally:
        await conn.close()


async def outcomes(settings: Settings, store: str) -> dict[tuple[str, object], str]:
    conn = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    try:
        rows = await conn.fetch("SELECT rule, cause, outcome FROM rule_outcomes")
        return {(row["rule"], row["cause"]): row["outcome"] for row in rows}
    finally:
        await conn.close()
