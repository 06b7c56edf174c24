"""How far the families go whose referral was received in a period: the steps of the pathway that they reached by t."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.referrals import DECISION
from services.reporting.metrics.scope import Scope
from services.reporting.tables import Column, Kind, Table
from shared.eventstore.store import Connection

STEPS: Mapping[str, tuple[str, str]] = {
    "received": ("Received", "true"),
    "accepted": ("Accepted", f"{DECISION} = 'accepted'"),
    "contact": ("Seen for the first time", "first_contact_on <= $1::date"),
    "assessed": ("Assessment completed", "assessed_on <= $1::date"),
    "programme": ("Programme assigned", "programme_on <= $1::date"),
    "treated": ("Treatment begun", "first_treatment_on <= $1::date"),
    "discharged": ("Discharged", "discharged_on <= $1::date"),
}
"""By code what a step is called, and the condition under which a case has reached it by $1, t."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Cases, each counted at every step that it reached, whether or not it took the steps before."""

    reached: Mapping[str, int]
    """By code of `STEPS`."""

    def share(self, step: str) -> Decimal | None:
        """Of those received, in [0, 1], four decimals; None: nobody was."""
        return share_of(self.reached[step], self.reached["received"])


async def funnel(conn: Connection, scope: Scope, *, first: date, last: date) -> Funnel:
    """M3 as a cohort: of the referrals received from `first` to `last`, how many reached each step by `scope.at`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases. Source: domain 6.6 M3, 3.2 (milestones).

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=2)
    counts = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {step}" for step, (_, condition) in STEPS.items())
    row = await conn.fetchrow(
        f"SELECT {counts} FROM ({cases}) AS c WHERE received_on BETWEEN $3::date AND $4::date",
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    if row is None:
        raise LookupError("a count gave no row")
    return Funnel(reached=dict(row))


def of_funnel(found: Funnel) -> tuple[Table, ...]:
    """A row for each step."""
    received = found.reached["received"]
    rows = [(title, found.reached[step], received, found.share(step)) for step, (title, _) in STEPS.items()]
    columns = (
        Column("step", "Step", Kind.TEXT),
        Column("cases", "Cases", Kind.COUNT),
        Column("received", "Of those received", Kind.COUNT),
        Column("share", "Share", Kind.SHARE, of="cases", out_of="received"),
    )
    return (Table("steps", "How far those received in the period have come", columns, tuple(rows)),)
