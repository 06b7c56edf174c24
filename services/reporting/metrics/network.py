"""The teams of the network side by side: reach, waits, attendance, and how often an outcome was measured."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting.metrics.outcomes import case_outcomes
from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import CONTACT
from services.reporting.metrics.waits import FOUR_WEEKS_DAYS
from services.reporting.statistics.funnel import Funnel, funnel
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNumbers:
    """One team over a period."""

    team: str
    families: int = 0
    """Cases with at least one attended contact."""
    w2_n: int = 0
    """First contacts, with the median of their days from referral."""
    w2_median: Decimal | None = None
    w2_in_time: int = 0
    """Those within 28 days."""
    w5_n: int = 0
    """First treatment sessions of a programme, with the median of their days from its assignment."""
    w5_median: Decimal | None = None
    attended: int = 0
    not_attended: int = 0
    """Sessions with attendance 3 or 7."""
    ended: int = 0
    """Cases discharged whose outcome is asked for (M9)."""
    measured: int = 0
    """Those with a pair of scores that could be judged."""

    @property
    def booked(self) -> int:
        """What the DNA rate is out of."""
        return self.attended + self.not_attended

    @property
    def dna_rate(self) -> Decimal | None:
        """Ratio in [0, 1], four decimals; None of nothing. So too the other shares."""
        return share_of(self.not_attended, self.booked)

    @property
    def w2_share(self) -> Decimal | None:
        """First contacts within 28 days, of all."""
        return share_of(self.w2_in_time, self.w2_n)

    @property
    def coverage(self) -> Decimal | None:
        """Measured, of those that ended."""
        return share_of(self.measured, self.ended)


FUNNELS: Mapping[str, tuple[str, str]] = {
    "w2_share": ("w2_in_time", "w2_n"),
    "dna_rate": ("not_attended", "booked"),
    "coverage": ("measured", "ended"),
}
"""Shares whose teams are held against the network's, with their numerator and denominator."""


def funnels(found: Sequence[TeamNumbers]) -> Mapping[str, Funnel]:
    """Each share's funnel. Its points are raw: of what leaves a team, only those that `suppressed` shows."""
    return {
        name: funnel([(each.team, getattr(each, part), getattr(each, whole)) for each in found])
        for name, (part, whole) in FUNNELS.items()
    }


async def network(conn: Connection, scope: Scope, *, first: date, last: date) -> tuple[TeamNumbers, ...]:
    """Every team that the reader may see and that has a case, from `first` to `last`, in order of the code.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question; with a team, that one only.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases, sessions, days. Source: domain 6.6 (network benchmark), S15; each number as in M4, M6, M9, M17.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=3)
    of_cases = await conn.fetch(
        f"""
        SELECT team_id, count(w2) AS w2_n, percentile_cont(0.5) WITHIN GROUP (ORDER BY w2) AS w2_median,
               count(*) FILTER (WHERE w2 <= $5::integer) AS w2_in_time, count(w5) AS w5_n,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY w5) AS w5_median
        FROM (
            SELECT team_id,
                   CASE WHEN first_contact_on BETWEEN $3::date AND $4::date AND first_contact_on >= received_on
                        THEN first_contact_on - received_on END AS w2,
                   CASE WHEN first_programme_treatment_on BETWEEN $3::date AND $4::date
                         AND first_programme_treatment_on >= programme_on
                        THEN first_programme_treatment_on - programme_on END AS w5
            FROM ({cases}) AS c WHERE received_on <= $1::date
        ) AS each_case GROUP BY team_id
        """,
        scope.at, scope.team, first, last, FOUR_WEEKS_DAYS, *given,
    )  # fmt: skip
    contacts, given = scope.contacts(after=2)
    of_sessions = await conn.fetch(
        f"""
        SELECT team_id, count(DISTINCT case_id) FILTER (WHERE {CONTACT}) AS families,
               count(*) FILTER (WHERE attend_status IN ('5', '6')) AS attended,
               count(*) FILTER (WHERE attend_status IN ('3', '7')) AS not_attended
        FROM ({contacts}) AS s
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL GROUP BY team_id
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    outcomes = await case_outcomes(conn, scope, first=first, last=last)
    ended = Counter(each.team_id for each in outcomes)
    measured = Counter(each.team_id for each in outcomes if each.band != "not_measured")
    of_outcomes = [{"team_id": team, "ended": number, "measured": measured[team]} for team, number in ended.items()]
    return _teams([*map(dict, of_cases)], [*map(dict, of_sessions), *of_outcomes])


def _teams(of_cases: Sequence[Mapping[str, Any]], of_sessions: Sequence[Mapping[str, Any]]) -> tuple[TeamNumbers, ...]:
    found: dict[str, dict[str, Any]] = {}
    for row in (*of_cases, *of_sessions):
        found.setdefault(row["team_id"], {}).update({name: row[name] for name in row if name != "team_id"})
    for numbers in found.values():
        for name in ("w2_median", "w5_median"):
            median = numbers.get(name)
            numbers[name] = None if median is None else Decimal(str(median))
    return tuple(TeamNumbers(team=team, **numbers) for team, numbers in sorted(found.items()))
