"""Promise 5: a rebuilt view equals the live one, which is read and written meanwhile; going over, and back."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.reporting.decoding import Decoder
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.scope import Scope
from services.reporting.projections import TABLES, CaseHistory
from services.reporting.rebuild import versions as rebuild
from services.reporting.rebuild.versions import go_over as switch
from shared.eventstore.pool import connect
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import Record, announce, deliver, emptied, migrated, rows_of
from tests.integration.test_reporting_facts import a_case, a_team
from tests.unit.reporting.histories import History, whole_way

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as found:
        yield found
    for version in await rebuild.versions(database):
        await rebuild.drop(database, version.schema)


async def heard(record: Record) -> tuple[History, ...]:
    """Three families and the work of a team, complete up to an instant after all of it."""
    families = (whole_way("a"), a_case("b"), whole_way("c"))
    documents = [document for family in families for document in family.documents]
    await deliver(record.projection, [*documents, *a_team().documents])
    await announce(record.projection, LATER, STORES)
    return families


async def everything(conn: Any) -> dict[str, list[Any]]:
    return {
        table: [tuple(row) for row in await conn.fetch(f"SELECT * FROM {table} AS t ORDER BY t::text")]
        for table in TABLES
    }


async def described(settings: Settings, schema: str) -> list[Any]:
    """Keys, indexes, policies, rights and columns of the tables in a schema, without its name."""
    conn = await connect(settings, "reporting", "dyad_owner")
    try:
        rows = await conn.fetch(
            """
            SELECT tablename || ': ' || replace(indexdef, $1 || '.', '') AS what FROM pg_indexes WHERE schemaname = $1
            UNION ALL SELECT conrelid::regclass::text || ': ' || pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE connamespace = $1::regnamespace AND contype <> 'n'
            UNION ALL SELECT tablename || policyname || roles::text || cmd || coalesce(qual, '') FROM pg_policies
                      WHERE schemaname = $1
            UNION ALL SELECT table_name || grantee || privilege_type FROM information_schema.role_table_grants
                      WHERE table_schema = $1
            UNION ALL SELECT table_name || column_name || udt_name || is_nullable || coalesce(column_default, '')
                             || row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position)
                      FROM information_schema.columns WHERE table_schema = $1
            UNION ALL SELECT relname || relrowsecurity || coalesce(reloptions::text, '') FROM pg_class
                      WHERE relnamespace = $1::regnamespace AND relkind = 'r'
            """,
            schema,
        )
    finally:
        await conn.close()
    names = tuple(TABLES)
    return sorted(row["what"].replace(f"{schema}.", "") for row in rows if row["what"].startswith((*names, schema)))


@pytest.mark.parametrize("processes", [1, 2])
async def test_what_is_made_anew_is_what_is_there(database: Settings, record: Record, processes: int) -> None:
    await heard(record)
    made = await rebuild.make(database, processes=processes)
    assert made.events == await record.projection.fetchval("SELECT count(*) FROM inbox")
    known_at, tables = await rebuild.compared(database, made.schema)
    assert known_at == LATER
    assert [(each.table, each.same) for each in tables] == [(table, True) for table in TABLES]
    assert all(each.rows > 0 for each in tables)


async def test_a_version_has_the_keys_indexes_policies_and_rights_of_the_one_that_is_read(
    database: Settings, record: Record
) -> None:
    await heard(record)
    made = await rebuild.make(database)
    wanted = [each for each in await described(database, "public") if not each.startswith("projection_")]
    found = await described(database, made.schema)
    assert set(found) == {each for each in wanted if each.startswith(tuple(TABLES))}


async def test_a_difference_is_found_with_the_families_that_it_is_about(database: Settings, record: Record) -> None:
    families = await heard(record)
    made = await rebuild.make(database)
    await record.projection.execute("UPDATE case_history SET closed_on = NULL WHERE case_id = $1", families[0].case_id)
    _, tables = await rebuild.compared(database, made.schema)
    assert [(each.table, each.owners) for each in tables if not each.same] == [
        ("case_history", (str(families[0].case_id),))
    ]


async def test_what_comes_while_a_version_stands_beside_is_caught_up_with(database: Settings, record: Record) -> None:
    families = await heard(record)
    made = await rebuild.make(database)
    families[0].reopened("2025-09-03")
    await deliver(record.projection, [*families[0].documents, *whole_way("d").documents])
    [version] = await rebuild.versions(database)
    assert (version.schema, version.behind) == (made.schema, 2)
    _, tables = await rebuild.compared(database, made.schema)
    assert all(each.same for each in tables)
    assert [each.behind for each in await rebuild.versions(database)] == [0]


async def test_after_the_switch_the_new_rows_are_read_and_written_and_the_way_back_loses_nothing(
    database: Settings, record: Record
) -> None:
    families = await heard(record)
    wanted = await everything(record.projection)
    await record.projection.execute("UPDATE case_history SET closed_on = NULL")  # what the rebuild is to mend
    made = await rebuild.make(database)
    before = await switch(database, made.schema)
    async with fresh(database) as conn:
        assert await everything(conn) == wanted
        families[0].reopened("2025-09-03")
        await deliver(conn, families[0].documents[-1:], CaseHistory(Decoder()))
        assert (await rows_of(conn, families[0].case_id))[-1]["closed_on"] is None
        assert (await rows_of(conn, families[2].case_id))[-1]["closed_on"] is not None
    after = await switch(database, before)
    async with fresh(database) as conn:
        assert (await rows_of(conn, families[0].case_id))[-1]["events"] == len(families[0].documents)
        assert (await rows_of(conn, families[2].case_id))[-1]["closed_on"] is None  # as it was
    assert [each.schema for each in await rebuild.versions(database)] == [after]


def fresh(settings: Settings) -> Any:
    """A connection that remembers nothing of the tables of before, as a consumer has after it began again."""
    return _Fresh(settings)


class _Fresh:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __aenter__(self) -> asyncpg.Connection:
        self._conn = await connect(self._settings, "reporting", "dyad_consumer")
        return self._conn

    async def __aexit__(self, *_: object) -> None:
        await self._conn.close()


async def test_a_question_is_answered_the_same_before_and_after_on_one_connection(
    database: Settings, record: Record
) -> None:
    await heard(record)
    scope = Scope(at=LATER.date() - timedelta(days=500), team="team-north")
    before = await caseload(record.reader, scope)
    made = await rebuild.make(database)
    await switch(database, made.schema)
    assert await caseload(record.reader, scope) == before
    assert before.open_referrals > 0


async def test_a_writer_that_had_begun_is_waited_for_and_a_writer_of_before_begins_again(
    database: Settings, record: Record
) -> None:
    families = await heard(record)
    made = await rebuild.make(database)
    handler = CaseHistory(Decoder())
    families[2].reopened("2025-09-03")
    await deliver(record.projection, families[2].documents[-1:], handler)
    await switch(database, made.schema)
    families[0].reopened("2025-09-03")
    with pytest.raises(asyncpg.PostgresError) as refused:  # its statements name the row types of before
        await deliver(record.projection, families[0].documents[-1:], handler)
    assert not (refused.value.sqlstate or "").startswith(("22", "23"))
    async with fresh(database) as conn:
        await deliver(conn, families[0].documents[-1:], handler)
        for family in (families[0], families[2]):
            assert (await rows_of(conn, family.case_id))[-1]["closed_on"] is None


async def test_a_version_that_cannot_be_made_leaves_nothing(database: Settings, record: Record) -> None:
    await heard(record)
    await record.projection.execute(
        "UPDATE inbox SET doc = replace(doc, 'held_on', 'lost_on') WHERE type = 'dyad.SessionHeld.v1'"
    )
    with pytest.raises(ValueError, match="validation error"):
        await rebuild.make(database, processes=1)
    assert await rebuild.versions(database) == []


async def test_one_rebuild_at_a_time(database: Settings, record: Record) -> None:
    await heard(record)
    conn = await connect(database, "reporting", "dyad_owner")
    try:
        await conn.execute("SELECT pg_advisory_lock(hashtext('dyad rebuild'))")
        with pytest.raises(rebuild.Busy):
            await rebuild.make(database)
    finally:
        await conn.close()
    assert await rebuild.versions(database) == []


async def test_a_version_that_is_not_finished_cannot_be_gone_over_to(database: Settings, record: Record) -> None:
    await heard(record)
    made = await rebuild.make(database)
    conn = await connect(database, "reporting", "dyad_owner")
    try:
        await conn.execute("UPDATE projection_versions SET ready = false")  # as of one whose maker was killed
    finally:
        await conn.close()
    for asked in (switch(database, made.schema), rebuild.compared(database, made.schema)):
        with pytest.raises(rebuild.Unfinished):
            await asked


async def test_a_version_that_is_not_there_is_named(database: Settings, record: Record) -> None:
    del record
    with pytest.raises(rebuild.NoSuchVersion):
        await rebuild.compared(database, "projection_99")
    with pytest.raises(rebuild.NoSuchVersion):
        await rebuild.drop(database, "public")
    with pytest.raises(rebuild.NoSuchVersion):
        await switch(database, "projection_99")
