"""M3: what came in, what went out, and what was open before and after."""

from dataclasses import dataclass
from datetime import date

from services.reporting.metrics.scope import Scope
from shared.eventstore.store import Connection

_CLOSURES = ("declined", "duplicate", "withdrawn", "discharged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Open at the end = open at the start + new - closed, always."""

    open_at_start: int
    """Open referrals (M1) at the end of the day before the period."""
    new: int
    """Received within the period."""
    closed: int
    """Closed within the period, once per case."""
    closed_by: dict[str, int]
    """The same by how they closed."""
    open_at_end: int
    """Open referrals (M1) at the end of the period's last day."""


async def flow(conn: Connection, scope: Scope, *, first: date, last: date) -> Flow:
    """M3 from `first` to `last`, both days included, as known at `scope.known_at`; `scope.at` plays no part.

    A case that was closed before it was received (a mistake in the record) counts as closed on the day it was
    received, so that the identity holds for every record. Source: domain 6.6 M3.
    """
    cases, instant = scope.cases(after=1)
    row = await conn.fetchrow(
        f"""
        WITH c AS (
            SELECT received_on, closed_by, greatest(closed_on, received_on) AS left_on, closed_on
            FROM ({cases}) AS c WHERE received_on IS NOT NULL
        ), counted AS (
            SELECT *, closed_on IS NOT NULL AND left_on BETWEEN $1::date AND $3::date AS closed FROM c
        )
        SELECT count(*) FILTER (WHERE received_on < $1 AND (closed_on IS NULL OR left_on >= $1)) AS open_at_start,
               count(*) FILTER (WHERE received_on BETWEEN $1 AND $3) AS new,
               count(*) FILTER (WHERE closed) AS closed,
               count(*) FILTER (WHERE closed AND closed_by = 'declined') AS declined,
               count(*) FILTER (WHERE closed AND closed_by = 'duplicate') AS duplicate,
               count(*) FILTER (WHERE closed AND closed_by = 'withdrawn') AS withdrawn,
               count(*) FILTER (WHERE closed AND closed_by = 'discharged') AS discharged,
               count(*) FILTER (WHERE received_on <= $3 AND (closed_on IS NULL OR left_on > $3)) AS open_at_end
        FROM counted
        """,
        first, scope.team, last, *instant,
    )  # fmt: skip
    if row is None:
        raise LookupError("a count gave no row")
    return Flow(
        open_at_start=row["open_at_start"],
        new=row["new"],
        closed=row["closed"],
        closed_by={how: row[how] for how in _CLOSURES},
        open_at_end=row["open_at_end"],
    )
