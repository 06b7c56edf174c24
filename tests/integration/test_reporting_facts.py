"""Contacts, scores and work in real PostgreSQL: the rows of their folds, however they came; the caller's teams only."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.anew import make_anew
from services.reporting.contacts import CONTACTS
from services.reporting.decoding import Decoder
from services.reporting.fold import DEFINITION
from services.reporting.projections import CONSUMER, CaseHistory
from services.reporting.scores import GOALS, MEASURES
from services.reporting.topics import Kind, Topics
from services.reporting.work import WORK
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.reporting_kit import EMPTY, Record, deliver, emptied, migrated, reporting_pool
from tests.integration.test_reporting_history import batches
from tests.unit.reporting.fact_histories import fact_histories, work_histories
from tests.unit.reporting.histories import Document, History, identity
from tests.unit.reporting.team_histories import TeamHistory

TABLES = {
    "contact_history": ("seen_contacts", "session_id"),
    "score_history": ("seen_scores", "score_id"),
    "work_history": ("seen_work", "activity_id"),
}
"""Each table with its view and the column that names its rows."""


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as found:
        yield found


def a_case(case: str = "a", team: str = "team-north") -> History:
    """Booked, held, missed and corrected sessions, a measure and a goal."""
    history = History(case=case, team=team)
    history.received("2025-03-03")
    history.measured("2025-03-20", "EPDS", "14", timepoint="baseline")
    history.programme("2025-04-01", goals={"g": 3})
    history.booked("2025-04-08T09:00:00Z", session=1)
    held = history.held("2025-04-08", session=1)
    history.booked("2025-04-15T09:00:00Z", session=2)
    history.missed("2025-04-15", session=2)
    history.rated("2025-05-01", "g", 6)
    history.voided("intervention", held)
    return history


def a_team(team: str = "team-north") -> TeamHistory:
    history = TeamHistory(team=team)
    history.configured("2025-a", "2025-01-01")
    history.activity("2025-03-03", name="x")
    history.became("2025-03-10", name="x", case="b")
    history.activity("2025-03-04", "training", name="y")
    return history


def folded(kinds: list[tuple[Kind[Any], str]], documents: list[Document]) -> dict[tuple[UUID, Any], tuple[Any, ...]]:
    """By id and instant: until when, and the columns of the row."""
    found = {}
    for kind, store in kinds:
        topics: Topics[Any] = Topics(kind)
        topics.add([document.fact for document in documents if document.store == store])
        for item in topics.versions:
            for span in topics.spans(item):
                columns = tuple(list(each) if isinstance(each, tuple) else each for each in span.row)
                found[item, span.known_from] = (span.known_until, span.events, *columns)
    return found


KINDS: dict[str, list[tuple[Kind[Any], str]]] = {
    "contact_history": [(CONTACTS, "intervention")],
    "score_history": [(MEASURES, "assessment"), (GOALS, "intervention")],
    "work_history": [(WORK, "intervention")],
}


async def check(conn: Any, table: str, documents: list[Document], owner: object) -> None:
    """The rows of one owner are those of its fold, column by column."""
    own = "team_id" if table == "work_history" else "case_id"
    found = {}
    for row in await conn.fetch(f"SELECT * FROM {table} WHERE {own} = $1", owner):
        values = list(row.values())
        if table == "work_history":
            assert values.pop() == DEFINITION
        assert values[3].lower == values[2]
        found[values[1], values[2]] = (values[3].upper, *values[4:])
    assert found == folded(KINDS[table], documents)


async def heard(record: Record, team: TeamHistory) -> None:
    """As the bus notes it."""
    await record.projection.execute(
        "INSERT INTO stream_heads (consumer, store, stream, version, recorded_at) VALUES ($1, $2, $3, $4, now())",
        CONSUMER, "intervention", f"work-{team.team}", team.versions[f"work-{team.team}"],
    )  # fmt: skip


async def test_sessions_and_scores_stand_as_folded_whether_they_came_at_once_or_one_by_one(record: Record) -> None:
    at_once, one_by_one = a_case("a"), a_case("b")
    await deliver(record.projection, at_once.documents)
    handler = CaseHistory(Decoder())
    for document in one_by_one.documents:
        await deliver(record.projection, [document], handler)
    for history in (at_once, one_by_one):
        for table in ("contact_history", "score_history"):
            await check(record.projection, table, history.documents, history.case_id)
    assert await record.projection.fetchval("SELECT count(*) FROM contact_history") == 10


async def test_a_teams_work_stands_as_folded_and_only_what_is_new_of_it_is_read(record: Record) -> None:
    team, handler = a_team(), CaseHistory(Decoder())
    for document in team.documents:
        await deliver(record.projection, [document], handler)
    await check(record.projection, "work_history", team.documents, "team-north")
    team.activity("2025-05-01", name="z")
    await deliver(record.projection, team.documents[-1:], CaseHistory(Decoder()))
    await check(record.projection, "work_history", team.documents, "team-north")
    assert await record.projection.fetchval("SELECT count(*) FROM case_history") == 0


async def test_what_changes_nothing_writes_nothing(record: Record) -> None:
    history, handler = a_case(), CaseHistory(Decoder())
    await deliver(record.projection, history.documents, handler)
    places = "SELECT ctid::text, xmin::text FROM contact_history ORDER BY session_id, known_from"
    before = await record.projection.fetch(places)
    history.task()
    await deliver(record.projection, history.documents[-1:], handler)
    await deliver(record.projection, history.documents, CaseHistory(Decoder()))
    assert await record.projection.fetch(places) == before


async def test_what_a_rolled_back_batch_left_in_memory_is_written_by_the_next(record: Record) -> None:
    history, team, handler = a_case(), a_team(), CaseHistory(Decoder())
    documents = [*history.documents, *team.documents]
    transaction = record.projection.transaction()
    await transaction.start()
    await deliver(record.projection, documents, handler)
    await transaction.rollback()
    await deliver(record.projection, documents, handler)
    history.task()
    await deliver(record.projection, history.documents[-1:], handler)
    for table in ("contact_history", "score_history"):
        await check(record.projection, table, history.documents, history.case_id)
    await check(record.projection, "work_history", team.documents, "team-north")


async def test_rows_of_another_definition_are_made_anew_with_their_case_and_their_team(record: Record) -> None:
    history, team = a_case(), a_team()
    await deliver(record.projection, [*history.documents, *team.documents])
    await heard(record, team)
    await record.projection.execute("UPDATE case_history SET definition = $1", DEFINITION - 1)
    await record.projection.execute("UPDATE contact_history SET kind = 'other'")
    await record.projection.execute("DELETE FROM score_history")
    await record.projection.execute("UPDATE work_history SET definition = $1, minutes = 1", DEFINITION - 1)
    await make_anew(record.projection, CaseHistory(Decoder()))
    for table in ("contact_history", "score_history"):
        await check(record.projection, table, history.documents, history.case_id)
    await check(record.projection, "work_history", team.documents, "team-north")


async def test_a_team_whose_work_was_heard_before_there_were_rows_of_it_gets_them(record: Record) -> None:
    team = a_team()
    await deliver(record.projection, team.documents)
    await heard(record, team)
    await record.projection.execute("DELETE FROM work_history")
    await make_anew(record.projection, CaseHistory(Decoder()))
    await check(record.projection, "work_history", team.documents, "team-north")


@pytest.mark.parametrize("table", TABLES)
async def test_a_view_shows_the_rows_of_the_callers_teams_and_no_others(record: Record, table: str) -> None:
    for name, team in (("a", "team-north"), ("b", "team-south")):
        await deliver(record.projection, [*a_case(name, team).documents, *a_team(team).documents])
    view, _ = TABLES[table]
    for teams, seen in (("team-north", {"team-north"}), ("*", {"team-north", "team-south"}), ("", set())):
        async with record.reader.transaction():
            await record.reader.execute("SELECT set_config('dyad.teams', $1, true)", teams)
            for source in (view, table):
                rows = await record.reader.fetch(f"SELECT DISTINCT team_id FROM {source}")
                assert {row["team_id"] for row in rows} == seen, source


async def test_as_known_before_the_void_the_session_was_held(record: Record) -> None:
    history = a_case()
    await deliver(record.projection, history.documents)
    session = identity("a", "session", 1)
    statuses = "SELECT status FROM seen_contacts WHERE session_id = $1 AND known @> $2::timestamptz"
    before, last = history.documents[-2].recorded_at, history.documents[-1].recorded_at
    assert await record.reader.fetchval(statuses, session, before) == "held"
    assert await record.reader.fetchval(statuses, session, last) == "booked"


@settings(max_examples=20, deadline=None)
@given(
    st.tuples(fact_histories(case="a"), fact_histories(case="b"), work_histories()),
    st.randoms(use_true_random=False),
)
def test_the_same_events_give_the_same_rows_in_any_arrival_order(
    database: Settings, told: tuple[History, History, TeamHistory], random: Random
) -> None:
    """Promise 4, for what stands beside the cases; some batches are rolled back and come again."""

    async def trial() -> None:
        one, other, team = told
        documents = [*one.documents, *other.documents, *team.documents]
        handler = CaseHistory(Decoder())
        async with reporting_pool(database) as pool, pool.acquire() as conn:
            await conn.execute(EMPTY)
            for batch in batches(documents, random):
                if random.random() < 0.3:
                    await _rolled_back(conn, batch, handler)
                await deliver(conn, batch, handler)
            for history in (one, other):
                for table in ("contact_history", "score_history"):
                    await check(conn, table, history.documents, history.case_id)
            await check(conn, "work_history", team.documents, team.team)

    asyncio.run(trial())


async def _rolled_back(conn: Any, batch: list[Document], handler: CaseHistory) -> None:
    transaction = conn.transaction()
    await transaction.start()
    await deliver(conn, batch, handler)
    await transaction.rollback()
