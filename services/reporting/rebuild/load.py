"""All events that reporting has heard -> the rows of another version, by COPY into bare tables; several processes."""

import asyncio
import gc
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.decoding import decode
from services.reporting.heard import Fact
from services.reporting.heard_team import TEAM_STREAMS
from services.reporting.keyed import CONTACT_TABLE, SCORE_TABLE, Kept, Table, stored_span
from services.reporting.projections import CONSUMER, Folded, stored_rows
from services.reporting.team_work import WORK_TABLE, no_work
from shared.eventstore.pool import connect
from shared.settings import Settings

OWNER = "dyad_owner"
"""Role that may make tables, and COPY into those that have row-level security."""
FEW = 300
"""Cases that are read, folded and copied at once."""
# The order decides where rows come to lie and nothing else: a team's cases of one time beside each other.
_CASES = """
SELECT c.case_id FROM cases AS c LEFT JOIN case_history AS h ON h.case_id = c.case_id AND upper_inf(h.known)
WHERE c.consumer = $1 ORDER BY h.team_id, h.received_on, c.case_id
"""
_DOCUMENTS = "SELECT case_id, doc FROM inbox WHERE consumer = $1 AND case_id = ANY ($2::uuid[]) AND NOT waiting"

_KNOWN = 1
"""Place of the column `known` in a row of `case_history`."""
Rows = dict[str, list[tuple[Any, ...]]]
"""By table."""


async def load(settings: Settings, schema: str, processes: int = 2) -> int:
    """Fills the bare tables of a version from the inbox; gives how many events were folded.

    What arrives meanwhile may be in it or not: `projection_news` names it, and it is caught up with afterwards.

    Args:
        settings: where Postgres is.
        schema: of the version.
        processes: how many fold beside each other.

    Raises:
        UnknownEventType, ValueError, KeyError: a stored document cannot be decoded.
        OSError, asyncpg.PostgresError: the server.
    """
    conn = await connect(settings, "reporting", OWNER)
    try:
        cases = [row["case_id"] for row in await conn.fetch(_CASES, CONSUMER)]
    finally:
        await conn.close()
    parts = [cases[number::processes] for number in range(processes)]
    if processes == 1 or len(cases) < FEW:
        return await _load_part(settings, schema, cases)
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return sum(await asyncio.gather(*(loop.run_in_executor(pool, _in_process, settings, schema, p) for p in parts)))


def _in_process(settings: Settings, schema: str, cases: Sequence[UUID]) -> int:
    gc.disable()  # nothing that is made here has cycles, and it is a million things
    return asyncio.run(_load_part(settings, schema, cases))


async def _load_part(settings: Settings, schema: str, cases: Sequence[UUID]) -> int:
    """Reads the next cases while those before are folded and written."""
    reader = await connect(settings, "reporting", OWNER)
    writer = await connect(settings, "reporting", OWNER)
    try:
        await writer.execute("SET synchronous_commit = off")  # until all is there nobody reads it
        events = 0
        parts = [cases[start : start + FEW] for start in range(0, len(cases), FEW)]
        reading = asyncio.create_task(reader.fetch(_DOCUMENTS, CONSUMER, parts[0])) if parts else None
        for number in range(len(parts)):
            documents = await reading if reading is not None else []
            following = parts[number + 1] if number + 1 < len(parts) else None
            reading = None if following is None else asyncio.create_task(reader.fetch(_DOCUMENTS, CONSUMER, following))
            await asyncio.sleep(0)  # the question goes out before the folding begins
            await _copy(writer, schema, rows_of(documents))
            events += len(documents)
        return events
    finally:
        await writer.close()
        await reader.close()


async def _copy(conn: asyncpg.Connection, schema: str, rows: Rows) -> None:
    for table, records in rows.items():
        if records:
            await conn.copy_records_to_table(table, schema_name=schema, records=records)


def rows_of(documents: Iterable[Any]) -> Rows:
    """The rows of all tables that the documents of some cases and teams give.

    Args:
        documents: (id of the case or team, document), all of each.
    """
    facts: dict[UUID, list[Fact]] = {}
    for case_id, doc in documents:
        facts.setdefault(case_id, []).append(decode(doc.encode()))
    found: Rows = {"case_history": [], CONTACT_TABLE.name: [], SCORE_TABLE.name: [], WORK_TABLE.name: []}
    for case_id, mine in facts.items():
        if mine[0].stream.startswith(TEAM_STREAMS):
            _add_work(found, mine)
            continue
        folded = Folded()
        folded.add(mine)
        found["case_history"] += stored_rows(case_id, folded.fold.versions)
        _add(found, CONTACT_TABLE, case_id, folded.contacts)
        _add(found, SCORE_TABLE, case_id, folded.scores)
    # What holds now lies together: a question about today reads few pages, not one for each case.
    found["case_history"].sort(key=lambda row: row[_KNOWN].upper is not None)
    return found


def _add(found: Rows, table: Table, owner: object, kept: Kept[Any]) -> None:
    found[table.name] += (stored_span(table, (owner, item), span) for item, span in kept.all_spans())


def _add_work(found: Rows, facts: Sequence[Fact]) -> None:
    kept = no_work()
    kept.add([fact for fact in facts if fact.stream.startswith(TEAM_STREAMS[1])])
    _add(found, WORK_TABLE, facts[0].team_id, kept)
