"""Bringing history back with its own positions, versions, instants and bytes: backups, and synthetic history.

Only into a store that is empty or holds an exact prefix of the same history, while relay, consumers, timers and outbox
of every service are stopped. Cut off at any point, it is simply said again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

import asyncpg

from shared.eventstore.envelope import StoredEvent
from shared.eventstore.store import Connection
from shared.kernel.ids import team_key

BATCH = 2_000
"""Events of one transaction: measured, larger ones are not faster."""

_REFUSALS = {
    "DY010": "the store holds something that this history does not",
    "DY011": "this is not a history that the store could have written",
    "DY012": "a process of the service is still connected",
    "DY013": "readers were told already that nothing more would be recorded so early",
}
"""SQLSTATEs of sql/060_restore_events.sql and 070_finish_restore.sql."""

_RESTORE = """
SELECT restore_events($1, $2::bigint[], $3::text[], $4::integer[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
                      $9::text[], $10::timestamptz[], $11::text[], $12::bytea[], $13::bytea[])
"""

_RULE_COLUMNS = "rule, cause, case_id, team_id, outcome, code, stream, version, cause_recorded_at, at"

_RESTORE_RULES = f"""
WITH given AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::integer[], $9::timestamptz[], $10::timestamptz[]) AS g ({_RULE_COLUMNS})
)
INSERT INTO rule_outcomes ({_RULE_COLUMNS}) SELECT {_RULE_COLUMNS} FROM given ON CONFLICT (rule, cause) DO NOTHING
"""

_OTHER_RULES = """
SELECT count(*) FROM rule_outcomes r
JOIN unnest($1::text[], $2::uuid[], $3::text[]) AS g (rule, cause, outcome) USING (rule, cause)
WHERE r.outcome <> g.outcome
"""


_LEAVE_TIMERS = """
WITH kept AS (DELETE FROM timers), asked AS (DELETE FROM rechecks)
SELECT stream, case_id, team_id FROM events WHERE version = 1 ORDER BY stream
"""
_RECHECKS = "INSERT INTO rechecks (stream, case_id) SELECT * FROM unnest($1::text[], $2::uuid[])"


class RestoreRefused(Exception):
    """History may not go into this store as it is; what was restored before this batch stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    """What a process rule decided about one causing event; it travels with the history (table rule_outcomes)."""

    rule: str
    cause: UUID
    """Id of the causing event."""
    case_id: UUID
    team_id: str
    """The team that carries the case."""
    outcome: str
    """`acted`, `nothing`, `waiting`, `parked` or `discarded`."""
    code: str | None = None
    """Refusal code of what waits or is parked."""
    stream: str | None = None
    version: int | None = None
    """Last version of what was appended."""
    cause_recorded_at: datetime
    at: datetime
    """UTC instant of the decision."""


async def restore(
    conn: Connection, events: Iterable[StoredEvent], rule_records: Iterable[RuleRecord] = ()
) -> tuple[int, int]:
    """Writes a whole history; said again, it adds what is missing.

    Args:
        conn: as `dyad_owner`, in no transaction: each batch is one of its own.
        events: in order of position; `complete` makes them.
        rule_records: what the rules of this service decided about the causes in all services' histories.

    Returns:
        Events that were added, and events of the whole history.

    Raises:
        RestoreRefused: the store holds something else, a process is connected, or the history is not valid.
    """
    last = added = total = 0
    try:
        for batch in _batches(events):
            added += await conn.fetchval(_RESTORE, last, *_columns(batch))
            total += len(batch)
            last = batch[-1].position
        async with conn.transaction():
            await _restore_rules(conn, list(rule_records))
            await conn.execute("SELECT finish_restore($1)", last)
            await _leave_timers(conn)
        # Plans that were made for an empty table would read all of it.
        await conn.execute("ANALYZE events")
    except asyncpg.PostgresError as error:
        if error.sqlstate not in _REFUSALS:
            raise
        # The server's own words name positions and places, never content.
        raise RestoreRefused(f"{_REFUSALS[error.sqlstate]}: {error.args[0]}") from error
    return added, total


async def _leave_timers(conn: Connection) -> None:
    """Deadlines are a projection: whoever looks at the cases next makes them, above the floor that was restored."""
    found = await conn.fetch(_LEAVE_TIMERS)
    cases = [team_key(row["team_id"]) if row["case_id"] is None else row["case_id"] for row in found]
    await conn.execute(_RECHECKS, [row["stream"] for row in found], cases)


async def _restore_rules(conn: Connection, records: Sequence[RuleRecord]) -> None:
    if not records:
        return
    columns = [list(column) for column in zip(*(astuple(record) for record in records), strict=True)]
    await conn.execute(_RESTORE_RULES, *columns)
    rule, cause, _, _, outcome, *_ = columns
    if await conn.fetchval(_OTHER_RULES, rule, cause, outcome):
        raise RestoreRefused("a rule has decided something else about the same cause")


def _batches(events: Iterable[StoredEvent]) -> Iterator[list[StoredEvent]]:
    rest = iter(events)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _columns(batch: Sequence[StoredEvent]) -> tuple[Sequence[object], ...]:
    return (
        [event.position for event in batch],
        [event.stream for event in batch],
        [event.version for event in batch],
        [event.event_id for event in batch],
        [event.type for event in batch],
        [event.key for event in batch],
        [event.case_id for event in batch],
        [event.team_id for event in batch],
        [event.recorded_at for event in batch],
        [event.doc for event in batch],
        [event.leaf_hash for event in batch],
        [event.sealed for event in batch],
    )
