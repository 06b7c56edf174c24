"""From the three stores over Kafka into the views, as the service runs it."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.reporting import queries
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.scope import Scope
from services.reporting.projections import CONSUMER
from shared.bus.held import list_held
from shared.settings import STORES, Settings
from shared.testing.bus import migrated, query, settings_of, until
from tests.integration.reporting_flow import at_work, record
from tests.integration.reporting_kit import rows_of
from tests.unit.reporting.histories import History, whole_way

OPEN_ON = date(2025, 6, 1)


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, *STORES, "reporting")
    return made


async def all_rows(pool: asyncpg.Pool) -> list[dict[str, Any]]:
    async with queries.snapshot(pool, None) as conn:
        return await rows_of(conn)


async def is_final(pool: asyncpg.Pool, known_at: datetime) -> bool:
    async with queries.snapshot(pool, None) as conn:
        return (await queries.freshness(conn, known_at)).final


async def open_cases(pool: asyncpg.Pool, known_at: datetime | None = None) -> int:
    async with queries.snapshot(pool, None) as conn:
        return (await caseload(conn, Scope(at=OPEN_ON, known_at=known_at))).cases


async def test_what_was_recorded_in_three_stores_becomes_one_final_answer(settings: Settings) -> None:
    histories = [whole_way(str(uuid4())) for _ in range(5)]
    async with at_work(settings) as pool:
        instants = [await record(settings, history) for history in histories]
        await until(lambda: is_final(pool, max(instants)), "the watermark at the last event")
        assert await open_cases(pool, max(instants)) == 5
        for history in histories:
            async with queries.snapshot(pool, None) as conn:
                row = await queries.one_case(conn, history.case_id, Scope(at=date(2025, 12, 31)))
                facts = await queries.facts(conn, history.case_id, None)
            assert row is not None
            assert (row["stage"], row["closed_on"], row["first_treatment_on"]) == (
                "closed", date(2025, 9, 1), date(2025, 5, 19),
            )  # fmt: skip
            assert len(facts) == len(history.documents)


async def test_an_emptied_inbox_is_filled_again_to_the_same_views_and_nothing_is_final_before(
    settings: Settings,
) -> None:
    histories = [whole_way(str(uuid4())) for _ in range(5)]
    async with at_work(settings) as pool:
        known_at = max([await record(settings, history) for history in histories])
        await until(lambda: is_final(pool, known_at), "the watermark at the last event")
        before = await all_rows(pool)
    await query(settings, "reporting", "TRUNCATE inbox")
    async with at_work(settings) as pool:

        async def final_again() -> bool:
            async with queries.snapshot(pool, None) as conn:
                if not (await queries.freshness(conn, known_at)).final:
                    return False
                assert await rows_of(conn) == before
                return True

        await until(final_again, "the refill")
        [row] = await query(settings, "reporting", "SELECT count(*) AS heard FROM inbox")
        assert row["heard"] == sum(len(history.documents) for history in histories)


@pytest.mark.parametrize(
    ("kind", "name", "version"), [("undecodable", "SessionHeld", 1), ("unknown", "SessionHeld", 99)]
)
async def test_an_event_that_cannot_be_folded_holds_its_stream_and_the_watermark_only(
    settings: Settings, kind: str, name: str, version: int
) -> None:
    broken, sound = whole_way(str(uuid4())), whole_way(str(uuid4()))
    broken.say("intervention", name, {"held_on": "no date"}, version=version)
    async with at_work(settings) as pool:
        earlier = await record(settings, sound)
        held_at = await record(settings, broken)

        async def held() -> bool:
            async with queries.snapshot(pool, None) as conn:
                return bool(await list_held(conn, CONSUMER))

        await until(held, "the broken event parked")
        after = await record(settings, later := whole_way(str(uuid4())))
        await until(lambda: _known(pool, later), "what came after it in the view")
        await until(lambda: is_final(pool, earlier), "the watermark below the held event")
        assert not await is_final(pool, held_at)
        assert not await is_final(pool, after)
        async with queries.snapshot(pool, None) as conn:
            [item] = await list_held(conn, CONSUMER)
        assert (item.kind, item.case_id, item.version) == (kind, broken.case_id, 5)
        assert await open_cases(pool) == 3


async def _known(pool: asyncpg.Pool, history: History) -> bool:
    async with queries.snapshot(pool, None) as conn:
        return len(await queries.facts(conn, history.case_id, None)) == len(history.documents)
