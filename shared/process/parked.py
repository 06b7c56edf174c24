"""What rules have left undecided: listed, retried, or discarded by a person who says why."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.bus.cases import lock_cases
from shared.eventstore.store import Connection
from shared.kernel.civil import Moment
from shared.kernel.ids import utc_now
from shared.process.aggregate import Aggregate
from shared.process.deadlines import changes
from shared.process.judge import run_rules
from shared.process.open import RuleOutcome, open_cases
from shared.process.settle import look_again, settle
from shared.vault.tombstones import append_all

_LIST = """
SELECT rule, cause, case_id, outcome, code, cause_recorded_at, at
FROM rule_outcomes WHERE outcome IN ('waiting', 'parked') ORDER BY cause_recorded_at, rule, cause LIMIT $1
"""
_CASE = "SELECT case_id FROM rule_outcomes WHERE rule = $1 AND cause = $2 AND outcome IN ('waiting', 'parked')"
_DECIDE = """
UPDATE rule_outcomes SET outcome = $3, decided_by = $4, reason = $5, at = clock_timestamp()
WHERE rule = $1 AND cause = $2 AND outcome IN ('waiting', 'parked')
RETURNING case_id
"""


class NotParked(Exception):
    """No rule has left this cause undecided."""


@dataclass(frozen=True, slots=True)
class ParkedRule:
    """One causing event about which a rule is undecided."""

    rule: str
    cause: UUID
    """Event id of the causing event."""
    case_id: UUID
    outcome: str
    """`waiting`: for a fact that has not arrived; `parked`: the decider refuses the rule's command."""
    code: str | None
    """Refusal code."""
    cause_recorded_at: datetime
    at: datetime


async def list_parked(conn: Connection, limit: int = 1000) -> list[ParkedRule]:
    """What rules have left undecided, oldest cause first; each holds the service's watermark."""
    return [ParkedRule(*row) for row in await conn.fetch(_LIST, limit)]


async def retry(
    conn: Connection,
    aggregate: Aggregate[Any, Any, Any, Any],
    rule: str,
    cause: UUID,
    *,
    by: str,
    reason: str,
    tombstones: Path,
) -> str:
    """Has a rule judge a parked cause again, now; gives the outcome (`parked` if it is refused again).

    Args:
        conn: as `dyad_writer` or `dyad_consumer`, in a transaction that has locked no case.
        aggregate: the service.
        rule: its name.
        cause: event id of the causing event.
        by: opaque id of the person who decides.
        reason: why; a code, no personal data.
        tombstones: file of the erased people, written before a key goes.

    Raises:
        NotParked: nothing is undecided there.
        OSError: somebody is to be erased and the file cannot be written.
    """
    case_id: UUID | None = await conn.fetchval(_CASE, rule, cause)
    if case_id is None:
        raise NotParked
    opened = await open_cases(conn, aggregate, [case_id], Moment(utc_now()))
    if await conn.fetchval(_DECIDE, rule, cause, "waiting", by, reason) is None:
        raise NotParked  # decided by somebody else while the case was being locked
    outcomes = opened.outcomes[case_id]
    outcomes[rule, cause] = RuleOutcome("waiting", None)
    dossier = opened.dossiers[case_id]
    verdicts = run_rules(dossier, outcomes, correlation_id=opened.correlation_id, only_waiting=True)
    append_all(tombstones, dossier.erases, utc_now())
    timers, broken = changes([dossier])
    await look_again(conn, broken)
    await settle(conn, [dossier], verdicts, timers=timers)
    return next((item.outcome for item in verdicts if (item.rule, item.cause) == (rule, cause)), "waiting")


async def discard(
    conn: Connection, aggregate: Aggregate[Any, Any, Any, Any], rule: str, cause: UUID, *, by: str, reason: str
) -> None:
    """Decides that a rule does nothing about a cause, for good; arguments and errors as for `retry`.

    The case is locked first: its consumer, which may be judging the rule again just now, must not write over it.
    """
    case_id: UUID | None = await conn.fetchval(_CASE, rule, cause)
    if case_id is None:
        raise NotParked
    await lock_cases(conn, aggregate.store, [case_id])
    if await conn.fetchval(_DECIDE, rule, cause, "discarded", by, reason) is None:
        raise NotParked
