"""`case_history` in real PostgreSQL: any batching and order of arrival gives the rows that the definitions give."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.case_row import STRETCHES, CaseRow
from services.reporting.decoding import Decoder
from services.reporting.fold import DEFINITION, fold
from services.reporting.projections import CaseHistory
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import EMPTY, deliver, migrated, reporting_pool, rows_of
from tests.unit.reporting.histories import Document, History, whole_way
from tests.unit.reporting.oracle import believed_at
from tests.unit.reporting.strategies import generated_histories


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(database) as opened:
        await opened.execute(EMPTY)
        yield opened


def expected(history: History, documents: list[Document] | None = None) -> list[dict[str, object]]:
    versions = fold(document.fact for document in (documents or history.documents))
    ends = [*(each.known_from for each in versions[1:]), None]
    return [
        {
            "case_id": history.case_id,
            "known": asyncpg.Range(each.known_from, end),
            "events": each.events,
            **stored(each.row._asdict()),
            "definition": DEFINITION,
        }
        for each, end in zip(versions, ends, strict=True)
    ]


def stored(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns of a row as the database gives them back."""

    def given(name: str, value: Any) -> Any:
        if not isinstance(value, tuple):
            return value
        return [asyncpg.Range(*each) for each in value] if name in STRETCHES else list(value)

    return {name: given(name, value) for name, value in columns.items()}


async def test_a_case_that_arrives_event_by_event_has_the_rows_of_its_fold(pool: asyncpg.Pool) -> None:
    history = whole_way()
    async with pool.acquire() as conn:
        for document in history.documents:
            await deliver(conn, [document])
        assert await rows_of(conn) == expected(history)


async def test_an_event_that_changes_nothing_writes_nothing(pool: asyncpg.Pool) -> None:
    history = whole_way()
    async with pool.acquire() as conn:
        await deliver(conn, history.documents)
        before = await conn.fetch("SELECT ctid::text, xmin::text FROM case_history ORDER BY known")
        history.task()
        await deliver(conn, history.documents)
        assert await conn.fetch("SELECT ctid::text, xmin::text FROM case_history ORDER BY known") == before


async def test_a_back_dated_recording_rewrites_only_what_came_after_it(pool: asyncpg.Pool) -> None:
    """The assessment's stream arrives late: rows believed before its recordings stay as they were."""
    history = whole_way()
    late = [each for each in history.documents if each.store == "assessment"]
    early = [each for each in history.documents if each.store != "assessment"]
    async with pool.acquire() as conn:
        await deliver(conn, early)
        kept = "SELECT ctid::text FROM case_history WHERE events = 1"
        before = await conn.fetchval(kept)
        await deliver(conn, late)
        assert await rows_of(conn) == expected(history)
        assert await conn.fetchval(kept) == before


async def test_a_failed_batch_leaves_the_rows_of_before(pool: asyncpg.Pool) -> None:
    history = whole_way()
    history.say("intervention", "SessionHeld", {"held_on": "no date"})
    async with pool.acquire() as conn:
        await deliver(conn, history.documents[:3])
        before = await rows_of(conn)
        with pytest.raises(ValueError, match="validation error"):
            await deliver(conn, history.documents)
        assert await rows_of(conn) == before


async def test_a_decoder_that_remembers_little_still_folds_everything(pool: asyncpg.Pool) -> None:
    histories = [whole_way(case) for case in "abc"]
    handler = CaseHistory(Decoder(size=2))
    async with pool.acquire() as conn:
        await deliver(conn, [document for each in histories for document in each.documents], handler)
        for history in histories:
            assert await rows_of(conn, history.case_id) == expected(history)


async def test_what_a_rolled_back_batch_left_in_memory_is_not_believed(pool: asyncpg.Pool) -> None:
    history, handler = whole_way(), CaseHistory(Decoder())
    async with pool.acquire() as conn:
        await deliver(conn, history.documents[:2], handler)
        transaction = conn.transaction()
        await transaction.start()
        await deliver(conn, history.documents[2:4], handler)
        await transaction.rollback()
        await deliver(conn, history.documents[4:], handler)
        kept = [each for each in history.documents if each not in history.documents[2:4]]
        assert await rows_of(conn) == expected(history, kept)
        await deliver(conn, history.documents[2:4], handler)
        assert await rows_of(conn) == expected(history)


def batches(documents: list[Document], random: Random) -> list[list[Document]]:
    """Any order, some twice, cut anywhere; within a stream in order, as the bus hands over only what has no gap."""
    streams: dict[str, list[Document]] = {}
    for document in documents:
        streams.setdefault(document.stream, []).append(document)
    queues = list(streams.values())
    arrived: list[Document] = []
    while queues:
        queue = random.choice(queues)
        arrived.append(queue.pop(0))
        if random.random() < 0.2:
            arrived.append(random.choice(arrived))
        queues = [each for each in queues if each]
    cuts = sorted(random.sample(range(1, len(arrived)), k=min(len(arrived) - 1, random.randint(0, 6))))
    return [arrived[start:end] for start, end in zip([0, *cuts], [*cuts, len(arrived)], strict=True)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).flatmap(
        lambda cases: st.tuples(*(generated_histories(case=case) for case in cases))
    ),
    st.randoms(use_true_random=False),
)
def test_the_same_events_give_the_same_views_in_any_arrival_order(
    database: Settings, histories: tuple[History, ...], random: Random
) -> None:
    """Promise 4, through SQL, against a second saying of the definitions at every instant."""

    async def trial() -> None:
        documents = [document for history in histories for document in history.documents]
        handler = CaseHistory(Decoder())
        async with reporting_pool(database) as pool, pool.acquire() as conn:
            await conn.execute(EMPTY)
            for batch in batches(documents, random):
                await deliver(conn, batch, handler)
            for history in histories:
                rows = await rows_of(conn, history.case_id)
                assert rows == expected(history)
                _check_every_instant(history, rows)

    asyncio.run(trial())


def _check_every_instant(history: History, rows: list[dict[str, Any]]) -> None:
    facts = history.facts
    for instant in {fact.recorded_at for fact in facts} | {facts[0].recorded_at - timedelta(seconds=1)}:
        then = [row for row in rows if _holds(row["known"], instant)]
        belief = believed_at(facts, instant)
        assert len(then) == (0 if belief is None else 1)
        if belief is not None:
            assert {name: then[0][name] for name in CaseRow._fields} == stored(belief)


def _holds(known: Any, instant: datetime) -> bool:
    return bool(known.lower <= instant and (known.upper is None or instant < known.upper))
