"""Erasures: asked for by one person, approved by another, cancelled until their time has come, then final.

Every step is a row that is only added. The steps of one request wait for each other (an advisory lock on it), so that
nobody can cancel what is being executed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.eventstore.store import Connection
from shared.kernel.errors import Rejected
from shared.kernel.ids import new_id
from shared.settings import STORES
from shared.vault import tombstones

_LOCK = "SELECT pg_advisory_xact_lock(7414, hashtext($1::text))"
_OPEN = """
SELECT EXISTS (
    SELECT FROM erasure_requests r WHERE r.subject = $1 AND NOT EXISTS (
        SELECT FROM erasure_steps s WHERE s.request_id = r.request_id AND s.step IN ('cancelled', 'executed')
    )
)
"""
_VISIBLE = """
SELECT c.case_id FROM cases_of_subject($1) c
JOIN events e ON e.stream = 'referral-' || c.case_id::text AND e.version = 1 ORDER BY c.case_id
"""
_ASK = "INSERT INTO erasure_requests (request_id, subject, reason, asked_by) VALUES ($1, $2, $3, $4)"
_STEP = "INSERT INTO erasure_steps (request_id, step, by, not_before) VALUES ($1, $2, $3, $4)"
_REQUESTS = """
SELECT r.request_id, r.subject, r.reason, r.asked_by, r.asked_at, a.by AS approved_by, a.at AS approved_at,
       a.not_before, c.by AS cancelled_by, c.at AS cancelled_at, x.at AS executed_at
FROM erasure_requests r
LEFT JOIN erasure_steps a ON a.request_id = r.request_id AND a.step = 'approved'
LEFT JOIN erasure_steps c ON c.request_id = r.request_id AND c.step = 'cancelled'
LEFT JOIN erasure_steps x ON x.request_id = r.request_id AND x.step = 'executed'
"""
_ONE = f"{_REQUESTS} WHERE r.request_id = $1"
_ALL = f"{_REQUESTS} ORDER BY r.asked_at, r.request_id LIMIT 1000"
_DUE = f"{_REQUESTS} WHERE a.not_before <= $1 AND c.at IS NULL AND x.at IS NULL ORDER BY a.not_before"
_ACKNOWLEDGED = """
SELECT c.case_id, 'referral' AS service FROM cases_of_subject($1) c
JOIN events e ON e.stream = 'referral-' || c.case_id::text
WHERE e.type LIKE 'dyad.SubjectErasureAcknowledged.%' AND e.doc -> 'data' ->> 'subject_ref' = $1::text
UNION
SELECT c.case_id, i.store FROM cases_of_subject($1) c
JOIN inbox i ON i.consumer = 'referral' AND i.case_id = c.case_id
WHERE i.type LIKE 'dyad.SubjectErasureAcknowledged.%' AND i.doc::json -> 'data' ->> 'subject_ref' = $1::text
"""


class ErasureReason(StrEnum):
    """Why somebody is erased: the cases in which the right applies to a care record at all (domain 5, R45)."""

    CONSULTATION_CONTACT = "consultation_contact"
    WRONG_PERSON = "wrong_person"
    NON_CARE_CONTACT = "non_care_contact"
    RETENTION_EXPIRED = "retention_expired"
    COURT_ORDER = "court_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One request with what has become of it."""

    request_id: UUID
    subject: UUID
    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    not_before: datetime | None
    cancelled_by: str | None
    cancelled_at: datetime | None
    executed_at: datetime | None

    @property
    def state(self) -> str:
        """`requested`, `approved`, `cancelled` or `executed`."""
        if self.executed_at is not None:
            return "executed"
        if self.cancelled_at is not None:
            return "cancelled"
        return "requested" if self.approved_at is None else "approved"


def _erasure(row: asyncpg.Record) -> Erasure:
    ids = {name: UUID(int=row[name].int) for name in ("request_id", "subject")}  # the driver's own class is not JSON
    return Erasure(**{**row, **ids})


class NoSuchErasure(Exception):
    """Nobody has asked for it, or nobody knows the person."""


async def ask(conn: Connection, subject: UUID, reason: ErasureReason, by: str) -> UUID:
    """Asks for the erasure of a person; the id of the request.

    Args:
        conn: as `dyad_writer`, in a transaction that sees the caller's teams.
        subject: an infant or caregiver.
        reason: why.
        by: opaque id of who asks.

    Raises:
        NoSuchErasure: no case of these teams knows the person.
        Rejected: `erasure-already-asked`.
    """
    await conn.execute(_LOCK, str(subject))
    if not await visible_cases(conn, subject):
        raise NoSuchErasure
    if await conn.fetchval(_OPEN, subject):
        raise Rejected("erasure-already-asked", "an erasure of this person is on its way", field="/subject")
    request_id = new_id()
    await conn.execute(_ASK, request_id, subject, reason, by)
    return request_id


async def approve(conn: Connection, request_id: UUID, by: str, *, now: datetime, delay: timedelta) -> datetime:
    """The second person's agreement; the instant before which it will not be executed.

    Args:
        conn: as `dyad_writer`, in a transaction.
        request_id: the request.
        by: opaque id of who agrees.
        now: UTC instant.
        delay: for how long it can still be cancelled.

    Raises:
        NoSuchErasure: no such request.
        Rejected: `second-person-needed`, `erasure-already-decided`.
    """
    request = await _undecided(conn, request_id)
    if request.asked_by == by:
        raise Rejected("second-person-needed", "who asks for an erasure cannot approve it")
    if request.approved_at is not None:
        raise Rejected("erasure-already-decided", "this erasure was approved before")
    not_before = now + delay
    await conn.execute(_STEP, request_id, "approved", by, not_before)
    return not_before


async def cancel(conn: Connection, request_id: UUID, by: str, *, erased: Path) -> None:
    """Takes a request back before its execution begins.

    Who stands on the list outside the databases is erased at the next start of any service, also when the attempt that
    put them there was cut off: from that line on, which is written under the lock taken here, it is too late.

    Args:
        conn: as `dyad_writer`, in a transaction.
        request_id: the request.
        by: opaque id of who takes it back.
        erased: the list of the erased people outside the databases.

    Raises:
        NoSuchErasure: no such request.
        Rejected: `erasure-already-decided`, it was cancelled or executed; `erasure-begun`.
    """
    request = await _undecided(conn, request_id)
    if request.subject in tombstones.read(erased):
        raise Rejected("erasure-begun", "the person stands on the list of the erased; it will be finished")
    await conn.execute(_STEP, request_id, "cancelled", by, None)


async def _undecided(conn: Connection, request_id: UUID) -> Erasure:
    await conn.execute(_LOCK, str(request_id))
    row = await conn.fetchrow(_ONE, request_id)
    if row is None or not await visible_cases(conn, row["subject"]):
        raise NoSuchErasure
    request = _erasure(row)
    if request.state in {"cancelled", "executed"}:
        raise Rejected("erasure-already-decided", "this erasure was cancelled or executed")
    return request


async def cases_of_request(conn: Connection, request_id: UUID) -> list[UUID]:
    """The cases of whom a request is about, of the teams that the transaction sees; none where there is no request."""
    subject = await conn.fetchval("SELECT subject FROM erasure_requests WHERE request_id = $1", request_id)
    return [] if subject is None else await visible_cases(conn, subject)


async def due(conn: Connection, now: datetime) -> list[Erasure]:
    """Approved requests whose time has come, the earliest first."""
    return [_erasure(row) for row in await conn.fetch(_DUE, now)]


async def begin(conn: Connection, request_id: UUID) -> bool:
    """Whether a due request may be executed in this transaction; nobody can cancel it from here on."""
    await conn.execute(_LOCK, str(request_id))
    row = await conn.fetchrow(_ONE, request_id)
    return row is not None and _erasure(row).state == "approved"


async def finish(conn: Connection, request_id: UUID) -> None:
    """Notes, in the transaction of the erasure itself, that it was executed."""
    await conn.execute(_STEP, request_id, "executed", "dyad", None)


async def listed(conn: Connection) -> list[Erasure]:
    """The requests about people of the teams that the transaction sees, oldest first; of 1,000 at most."""
    return [_erasure(row) for row in await conn.fetch(_ALL) if await visible_cases(conn, row["subject"])]


async def visible_cases(conn: Connection, subject: UUID) -> list[UUID]:
    """The cases of a person, of the teams that the transaction sees."""
    return [UUID(int=row[0].int) for row in await conn.fetch(_VISIBLE, subject)]


async def awaited(conn: Connection, subject: UUID) -> list[tuple[UUID, str]]:
    """(case, service) that have not acknowledged an erasure yet, as far as this service has heard."""
    cases = await visible_cases(conn, subject)
    said = {(UUID(int=row[0].int), row[1]) for row in await conn.fetch(_ACKNOWLEDGED, subject)}
    return [(case_id, store) for case_id in cases for store in STORES if (case_id, store) not in said]
