"""M14: the team's work with other professionals, beside its work with families."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.metrics.scope import Scope
from shared.eventstore.store import Connection

KINDS = ("training", "consultation", "supervision", "system_advice")
"""Kinds of work with other professionals. Source: domain 1 S9, S10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was done of one kind."""

    activities: int = 0
    minutes: int = 0
    """Of the clock, however many gave it."""
    people: int = 0
    """Who took part, each time."""

    @property
    def hours(self) -> Decimal:
        """Two decimals."""
        return hours(self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTier:
    """SYSTEM work in a period, and FAMILY work to hold it against."""

    kinds: Mapping[str, Work]
    """By each of `KINDS`."""
    sessions: int
    """Held sessions with families."""
    family_minutes: int
    """Theirs, of the clock."""

    @property
    def system_minutes(self) -> int:
        """Of all kinds."""
        return sum(work.minutes for work in self.kinds.values())

    @property
    def hours_ratio(self) -> Decimal | None:
        """Hours of SYSTEM work for each hour of FAMILY work, two decimals; None: no work with families."""
        if not self.family_minutes:
            return None
        return (Decimal(self.system_minutes) / self.family_minutes).quantize(Decimal("0.01"))


def hours(minutes: int) -> Decimal:
    """Minutes as hours, two decimals."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


async def system_tier(conn: Connection, scope: Scope, *, first: date, last: date) -> SystemTier:
    """M14 from `first` to `last`, both included. Filters are about families: they change the FAMILY side only.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: activities, minutes of the clock, people. Source: domain 6.6 M14; 1 S7 to S10, S40.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    work, given = scope.work(after=2)
    rows = await conn.fetch(
        f"""
        SELECT kind, count(*) AS activities, sum(minutes) AS minutes, sum(audience) AS people FROM ({work}) AS w
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL GROUP BY kind
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    contacts, given = scope.contacts(after=2)
    family = await conn.fetchrow(
        f"""
        SELECT count(*) AS sessions, coalesce(sum(minutes), 0) AS minutes FROM ({contacts}) AS s
        WHERE status = 'held' AND day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    if family is None:
        raise LookupError("a count gave no row")
    found = {row["kind"]: Work(**{name: row[name] for name in ("activities", "minutes", "people")}) for row in rows}
    return SystemTier(
        kinds={kind: found.get(kind, Work()) for kind in KINDS},
        sessions=family["sessions"],
        family_minutes=family["minutes"],
    )
