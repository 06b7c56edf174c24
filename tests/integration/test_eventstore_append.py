"""append: versions, conflicts, exact bytes, who may, and nothing in between."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from shared.bus.member import Place
from shared.eventstore.envelope import complete, recorded
from shared.eventstore.pool import UnsafeServer, check_server, open_pool
from shared.eventstore.store import ConcurrencyConflict, EventIdTaken, append, read_after, read_stream
from shared.settings import Settings
from tests.integration.store_kit import (
    REGISTRY,
    SERVICE,
    Said,
    connected,
    new_stream,
    said,
    say,
    waits_for_a_lock,
)

APPENDING = ("dyad_writer", "dyad_consumer")
WAITS = "SELECT current_setting('synchronous_commit')"


@pytest.fixture
async def writer(store: Settings) -> AsyncIterator[asyncpg.Connection]:
    async with connected(store) as conn:
        yield conn


async def test_versions_are_dense_from_one_and_positions_ascend(writer: asyncpg.Connection) -> None:
    stream = new_stream()
    first = await say(writer, stream=stream, count=2)
    second = await say(writer, stream=stream, expected=2)
    assert (first.first_version, first.last_version) == (1, 2)
    assert (second.first_version, second.last_version) == (3, 3)
    events = await read_stream(writer, stream)
    assert [event.version for event in events] == [1, 2, 3]
    assert [event.position for event in events] == sorted({event.position for event in events})
    assert events[-1].position == second.last_position
    assert [event.version for event in await read_stream(writer, stream, after=2)] == [3]
    assert await read_stream(writer, new_stream()) == []


async def test_events_of_one_append_share_an_instant_and_later_ones_come_later(writer: asyncpg.Connection) -> None:
    stream = new_stream()
    async with writer.transaction():
        first = await say(writer, stream=stream, count=3)
        second = await say(writer, stream=stream, expected=3)
    events = await read_stream(writer, stream)
    assert [event.recorded_at for event in events] == [first.recorded_at] * 3 + [second.recorded_at]
    assert first.recorded_at < second.recorded_at


async def test_the_stored_text_is_what_was_sent_with_the_stores_own_members_in_front(
    writer: asyncpg.Connection,
) -> None:
    stream = new_stream()
    new = said(stream, 5)
    await append(writer, stream, 0, [new])
    [event] = await read_stream(writer, stream)
    at = event.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert event.doc == f'{{"streamversion":1,"recordedat":"{at}",' + new.doc[1:]
    assert list(json.loads(event.doc)) == [
        *("streamversion", "recordedat", "specversion", "id", "source", "type", "subject", "time"),
        *("datacontenttype", "dataschema", "partitionkey", "stream", "teamid", "actor", "actorrole", "correlationid"),
        "data",
    ]
    assert event.leaf_hash == hashlib.sha256(b"\x00" + event.doc.encode()).digest()


async def test_the_sealed_part_is_stored_beside_the_text_and_its_hash_is_a_member(writer: asyncpg.Connection) -> None:
    stream = new_stream()
    await append(writer, stream, 0, [replace(said(stream), sealed=b"\x00\xffsecret")])
    [event] = await read_stream(writer, stream)
    assert event.sealed == b"\x00\xffsecret"
    assert json.loads(event.doc)["sealedhash"] == hashlib.sha256(b"\x00\xffsecret").hexdigest()
    assert "secret" not in event.doc


@pytest.mark.parametrize("sealed", [None, b"sealed"])
@pytest.mark.parametrize("count", [1, 3])
async def test_restored_history_is_made_of_the_same_bytes_that_append_writes(
    writer: asyncpg.Connection, sealed: bytes | None, count: int
) -> None:
    stream = new_stream()
    news = [replace(said(stream, number), sealed=sealed) for number in range(count)]
    where = await append(writer, stream, 0, news)
    first = where.last_position - count + 1
    assert await read_stream(writer, stream) == [
        complete(new, position=first + n, stream=stream, version=1 + n, recorded_at=where.recorded_at)
        for n, new in enumerate(news)
    ]


async def test_a_stored_document_is_read_back_as_the_event_that_was_said(writer: asyncpg.Connection) -> None:
    stream = new_stream()
    await say(writer, stream=stream)
    [event] = await read_stream(writer, stream)
    fact = recorded(REGISTRY, SERVICE, stream, event.doc)
    assert fact is not None
    assert (fact.event, fact.event_id, fact.version) == (Said(number=1), event.event_id, 1)
    assert fact.recorded_at == event.recorded_at


@pytest.mark.parametrize("expected", [0, 1, 3])
async def test_another_expected_version_is_a_conflict_and_stores_nothing(
    writer: asyncpg.Connection, expected: int
) -> None:
    stream = new_stream()
    await say(writer, stream=stream, count=2)
    with pytest.raises(ConcurrencyConflict) as caught:
        await say(writer, stream=stream, expected=expected)
    assert (caught.value.stream, caught.value.expected) == (stream, expected)
    assert len(await read_stream(writer, stream)) == 2


async def test_of_two_appends_at_once_one_wins_and_the_other_is_a_conflict(store: Settings) -> None:
    stream = new_stream()
    async with connected(store) as first, connected(store) as second:
        slow = first.transaction()
        await slow.start()
        await say(first, stream=stream)
        # The second cannot see the first yet: only the unique constraint stands between them.
        losing = asyncio.create_task(say(second, stream=stream))
        await waits_for_a_lock(first, second.get_server_pid())
        await slow.commit()
        with pytest.raises(ConcurrencyConflict):
            await losing
        assert len(await read_stream(second, stream)) == 1


async def test_an_append_is_all_or_nothing(writer: asyncpg.Connection) -> None:
    stream, other = new_stream(), new_stream()
    event = said(stream)
    await append(writer, stream, 0, [event])
    with pytest.raises(EventIdTaken):
        await append(writer, other, 0, [said(other), replace(said(other), event_id=event.event_id)])
    assert await read_stream(writer, other) == []


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ('{"streamversion":9,"specversion":"1.0"}', "DY003"),
        ("[]", "DY003"),
        ('{"specversion":"1.0"', "22P02"),
    ],
)
async def test_a_document_that_is_none_is_refused(writer: asyncpg.Connection, text: str, state: str) -> None:
    stream = new_stream()
    wrong = replace(said(stream), doc=text)
    for events in ([wrong], [said(stream), wrong]):
        with pytest.raises(asyncpg.PostgresError) as caught:
            await append(writer, stream, 0, events)
        assert caught.value.sqlstate == state
    assert await read_stream(writer, stream) == []


async def test_an_append_of_nothing_is_refused(writer: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await append(writer, new_stream(), 0, [])
    assert caught.value.sqlstate == "DY003"


@pytest.mark.parametrize("level", ["repeatable_read", "serializable"])
async def test_append_and_tail_refuse_a_snapshot_that_does_not_move(writer: asyncpg.Connection, level: str) -> None:
    for call in (
        lambda: say(writer),
        lambda: say(writer, count=2),
        lambda: writer.fetch("SELECT * FROM tail_bounds()"),
    ):
        with pytest.raises(asyncpg.PostgresError) as caught:
            async with writer.transaction(isolation=level):  # type: ignore[arg-type]
                await call()
        assert caught.value.sqlstate == "DY002"


STATEMENTS = (
    "INSERT INTO events SELECT * FROM events",
    "UPDATE events SET team_id = 'other'",
    "DELETE FROM events",
    "TRUNCATE events",
    "UPDATE tail_floor SET floor = NULL",
    "SELECT nextval('events_position')",
    "SELECT finish_restore(1)",
    "CREATE TABLE mine (a integer)",
)


@pytest.mark.parametrize("role", ["dyad_writer", "dyad_relay", "dyad_consumer", "dyad_reader"])
async def test_append_is_the_only_way_in(store: Settings, role: str) -> None:
    async with connected(store, role) as conn:
        for statement in STATEMENTS:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)


@pytest.mark.parametrize(("role", "may"), [("dyad_consumer", True), ("dyad_relay", False), ("dyad_reader", False)])
async def test_writers_and_consumers_append_and_nobody_else(store: Settings, role: str, may: bool) -> None:
    async with connected(store, role) as conn:
        if may:
            assert (await say(conn)).last_version == 1
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await say(conn)


async def test_reading_after_a_position_gives_what_stands_above_it(writer: asyncpg.Connection) -> None:
    first = await say(writer, count=3)
    await say(writer)
    events = await read_after(writer, first.last_position - 1, 10)
    assert [event.version for event in events] == [3, 1]
    assert len(await read_after(writer, 0, 2)) == 2


async def test_an_instant_is_later_than_the_streams_last_even_if_the_clock_stepped_back(store: Settings) -> None:
    stream = new_stream()
    async with connected(store, "dyad_owner") as owner, connected(store) as writer:
        await say(writer, stream=stream)
        # As if the last event had been recorded by a clock that was an hour ahead.
        ahead = await owner.fetchval(
            "UPDATE events SET recorded_at = recorded_at + interval '1 hour' WHERE stream = $1 RETURNING recorded_at",
            stream,
        )
        second = await say(writer, stream=stream, expected=1)
        assert second.recorded_at == ahead + timedelta(microseconds=1)


@pytest.fixture
async def lying_server(store: Settings) -> AsyncIterator[None]:
    """To writers and consumers it says that fsync is off: the shared server itself must not be changed."""
    database = store.database(SERVICE)
    admin = await asyncpg.connect(store.admin_dsn(database))
    try:
        await admin.execute("CREATE SCHEMA lying; GRANT USAGE ON SCHEMA lying TO dyad_writer, dyad_consumer")
        await admin.execute(
            "CREATE FUNCTION lying.current_setting(text) RETURNS text LANGUAGE sql RETURN "
            "CASE $1 WHEN 'fsync' THEN 'off' ELSE pg_catalog.current_setting($1) END"
        )
        paths = [f"ALTER ROLE {role} IN DATABASE {database}" for role in APPENDING]
        for path in paths:
            await admin.execute(f"{path} SET search_path = lying, pg_catalog, public")
        yield
        for path in paths:
            await admin.execute(f"{path} RESET search_path")
        await admin.execute("DROP SCHEMA lying CASCADE")
    finally:
        await admin.close()


@pytest.mark.usefixtures("lying_server")
async def test_a_pool_refuses_a_server_that_could_lose_what_it_acknowledged(store: Settings) -> None:
    with pytest.raises(UnsafeServer, match="fsync = off"):
        await open_pool(store, SERVICE, "dyad_writer")


@pytest.mark.usefixtures("lying_server")
async def test_a_consumer_refuses_such_a_server_too_for_its_rules_append(store: Settings) -> None:
    place = Place(settings=store, service=SERVICE, topics={})
    with pytest.raises(UnsafeServer, match="fsync = off"):
        await place.connect()


@pytest.fixture
async def hasty_database(store: Settings) -> AsyncIterator[None]:
    """A database whose sessions do not wait for the disk unless they say so."""
    database = store.database(SERVICE)
    admin = await asyncpg.connect(store.admin_dsn(database))
    settings = [f"ALTER DATABASE {database}", *(f"ALTER ROLE {role} IN DATABASE {database}" for role in APPENDING)]
    try:
        for setting in settings:
            await admin.execute(f"{setting} SET synchronous_commit = off")
        yield
        for setting in settings:
            await admin.execute(f"{setting} RESET synchronous_commit")
    finally:
        await admin.close()


@pytest.mark.usefixtures("hasty_database")
async def test_whoever_appends_waits_for_the_disk_whatever_the_database_says(store: Settings) -> None:
    plain = await asyncpg.connect(store.dsn(SERVICE, "dyad_consumer"))
    member = await Place(settings=store, service=SERVICE, topics={}).connect()
    pool = await open_pool(store, SERVICE, "dyad_writer", min_size=1, max_size=1)
    try:
        assert await plain.fetchval(WAITS) == "off", "otherwise this test shows nothing"
        assert await member.fetchval(WAITS) == "on"
        assert await pool.fetchval(WAITS) == "on"
        with pytest.raises(UnsafeServer, match="synchronous_commit = off"):
            await check_server(plain)
    finally:
        await plain.close()
        await member.close()
        await pool.close()


async def test_a_pool_speaks_utc_and_waits_for_the_disk(store: Settings) -> None:
    pool = await open_pool(store, SERVICE, "dyad_writer", min_size=1, max_size=2)
    try:
        assert await pool.fetchval("SELECT current_setting('timezone')") == "UTC"
        assert await pool.fetchval("SELECT current_setting('synchronous_commit')") == "on"
        assert await pool.fetchval("SELECT current_setting('transaction_timeout')") != "0"
    finally:
        await pool.close()
