"""M11: one value a month of what a team watches, for charts of statistical process control."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from services.reporting.rebases import months_of
from services.reporting.statistics.xmr import Xmr, xmr
from shared.eventstore.store import Connection
from shared.kernel.civil import birthday_months

LEAST_MONTHS = 24
"""A chart shows at least so many months, however short the period: limits from fewer than 12 are trial limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One civil month, Europe/London."""

    first: date
    referrals: int
    """Received in the month."""
    accepted: int
    """Decided in the month, and accepted."""
    w2_n: int
    """Cases whose first contact was in the month."""
    w2_median: Decimal | None
    """Their days from referral to first contact; None: none."""
    w5_n: int
    """Cases whose programme's first treatment session was in the month."""
    w5_median: Decimal | None
    """Their days from the programme's assignment."""
    attended: int
    """Sessions of the month, attendance 5 or 6."""
    not_attended: int
    """Attendance 3 or 7."""
    caseload: int
    """Open caseload (M2) at the end of the month's last day."""
    discharges: int
    """Cases whose discharge that stands is of the month."""

    @property
    def booked(self) -> int:
        """What the DNA rate is out of."""
        return self.attended + self.not_attended

    @property
    def dna_rate(self) -> Decimal | None:
        """Ratio in [0, 1], four decimals; None: no session was attended or missed."""
        return share_of(self.not_attended, self.booked)


class Line(NamedTuple):
    """One series."""

    title: str
    value: str
    """Attribute of `Month` with its values."""
    rests_on: str
    """Attribute with the count that must not be small for its figures to leave the team."""
    higher_is_better: bool | None = None


LINES: Mapping[str, Line] = {
    "referrals": Line("Referrals received", "referrals", "referrals"),
    "accepted": Line("Referrals accepted", "accepted", "accepted"),
    "w2": Line("Median days from referral to first contact (W2)", "w2_median", "w2_n", higher_is_better=False),
    "w5": Line("Median days from programme to first session (W5)", "w5_median", "w5_n", higher_is_better=False),
    "dna": Line("Sessions not attended, share (DNA rate)", "dna_rate", "not_attended", higher_is_better=False),
    "caseload": Line("Open caseload at the end of the month", "caseload", "caseload"),
    "discharges": Line("Discharges", "discharges", "discharges"),
}
"""Source: domain 6.6 M11. More or fewer families is a fact about the work, not a merit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Months without a gap, oldest first."""

    months: tuple[Month, ...]
    rebases: Mapping[str, Mapping[date, str]] = field(default_factory=dict)
    """By line the months from which people had its limits computed anew, with the reason as a code; none for a series
    of some cases only."""

    def values(self, name: str) -> tuple[int | Decimal | None, ...]:
        """Those of one of `LINES`, month by month."""
        return tuple(getattr(month, LINES[name].value) for month in self.months)

    def starts(self, name: str, months: Sequence[date]) -> tuple[int, ...]:
        """Where in these months a line's limits are computed anew, as `xmr` takes it; never at the first."""
        wanted = self.rebases.get(name, {})
        return tuple(place for place, month in enumerate(months) if place and month in wanted)

    def chart(self, name: str, *, target: Decimal | None = None) -> Xmr:
        """The XmR chart of one of `LINES`."""
        starts = self.starts(name, [month.first for month in self.months])
        return xmr(self.values(name), higher_is_better=LINES[name].higher_is_better, target=target, rebase=starts)


def months_within(first: date, last: date) -> tuple[date, ...]:
    """First days of the finished months from that of `first` to the last that ends by `last`; at least `LEAST_MONTHS`.

    A month that `last` lies in is unfinished unless `last` ends it. Example: 10 January to 30 March -> the last month
    is February; to 31 March -> it is March.
    """
    end = (last + timedelta(days=1)).replace(day=1)
    span = 12 * (end.year - first.year) + end.month - first.month
    return tuple(birthday_months(end, -back) for back in range(max(span, LEAST_MONTHS), 0, -1))


_CAME_ON = """
CASE WHEN decision = 'accepted' AND first_attended_on IS NOT NULL
     THEN greatest(received_on, decided_on, first_attended_on) END
"""
"""The day on which a case comes into the open caseload (M2); it leaves it with `closed_on`."""


async def series(conn: Connection, scope: Scope, *, first: date, last: date) -> Series:
    """M11, month by month: the months that `months_within` gives, all before `scope.at` is over.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: referrals, cases, days, ratio in [0, 1]. Source: domain 6.6 M11; each number as in M2, M4 and M6.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    months = months_within(first, last)
    until = birthday_months(months[-1], 1) - timedelta(days=1)
    of_cases = await _of_cases(conn, scope, months[0], until)
    of_sessions = await _of_sessions(conn, scope, months[0], until)
    # A person has looked at the whole series: what he said of it, he did not say of some of its cases.
    anew = {} if scope.filters.any else await months_of(conn, scope.team, scope.known_at)
    return Series(months=_months(months, of_cases, of_sessions), rebases=anew)


async def _of_cases(conn: Connection, scope: Scope, start: date, until: date) -> list[Mapping[str, Any]]:
    """By month and what happened: how many cases, and their median days. What came before `start` is of no month.

    Cases that were closed before the months began, and of which nothing is dated later, are not looked at.
    """
    cases, given = scope.cases(after=2)
    return [
        dict(row)
        for row in await conn.fetch(
            f"""
            WITH c AS MATERIALIZED (
                SELECT received_on, decided_on, decision, first_contact_on, programme_on, first_programme_treatment_on,
                       discharged_on, closed_on, {_CAME_ON} AS came_on
                FROM ({cases}) AS c
                WHERE received_on IS NOT NULL AND $1::date IS NOT NULL AND (
                    closed_on IS NULL OR closed_on >= $3::date
                    OR greatest(received_on, decided_on, first_contact_on, first_programme_treatment_on,
                                discharged_on) >= $3::date)
            ), moved AS (
                SELECT 'referrals' AS name, received_on AS day, NULL::integer AS days FROM c
                UNION ALL SELECT 'accepted', decided_on, NULL FROM c WHERE decision = 'accepted'
                UNION ALL SELECT 'w2', first_contact_on, first_contact_on - received_on FROM c
                          WHERE first_contact_on >= received_on
                UNION ALL SELECT 'w5', first_programme_treatment_on, first_programme_treatment_on - programme_on FROM c
                          WHERE first_programme_treatment_on >= programme_on
                UNION ALL SELECT 'discharges', discharged_on, NULL FROM c
                UNION ALL SELECT 'came', came_on, NULL FROM c WHERE closed_on IS NULL OR closed_on > came_on
                UNION ALL SELECT 'left', closed_on, NULL FROM c WHERE closed_on > came_on
            )
            SELECT name, CASE WHEN day >= $3::date THEN date_trunc('month', day::timestamp)::date END AS month,
                   count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS median
            FROM moved WHERE day <= $4::date GROUP BY 1, 2
            """,
            scope.at, scope.team, start, until, *given,
        )
    ]  # fmt: skip


async def _of_sessions(conn: Connection, scope: Scope, start: date, until: date) -> list[Mapping[str, Any]]:
    contacts, given = scope.contacts(after=2)
    return [
        dict(row)
        for row in await conn.fetch(
            f"""
            SELECT date_trunc('month', day::timestamp)::date AS month,
                   count(*) FILTER (WHERE attend_status IN ('5', '6')) AS attended,
                   count(*) FILTER (WHERE attend_status IN ('3', '7')) AS not_attended
            FROM ({contacts}) AS s
            WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL GROUP BY 1
            """,
            scope.at, scope.team, start, until, *given,
        )
    ]  # fmt: skip


def _months(
    months: Sequence[date], of_cases: Iterable[Mapping[str, Any]], of_sessions: Iterable[Mapping[str, Any]]
) -> tuple[Month, ...]:
    counted = {(row["name"], row["month"]): row["n"] for row in of_cases}
    medians = {
        (row["name"], row["month"]): Decimal(str(row["median"])) for row in of_cases if row["median"] is not None
    }
    sessions = {row["month"]: row for row in of_sessions}

    def of(name: str, month: date | None) -> int:
        return int(counted.get((name, month), 0))

    before = of("came", None) - of("left", None)
    ends = accumulate((of("came", month) - of("left", month) for month in months), initial=before)
    next(ends)
    return tuple(
        Month(
            first=month,
            referrals=of("referrals", month),
            accepted=of("accepted", month),
            w2_n=of("w2", month),
            w2_median=medians.get(("w2", month)),
            w5_n=of("w5", month),
            w5_median=medians.get(("w5", month)),
            attended=sessions[month]["attended"] if month in sessions else 0,
            not_attended=sessions[month]["not_attended"] if month in sessions else 0,
            caseload=end,
            discharges=of("discharges", month),
        )
        for month, end in zip(months, ends, strict=True)
    )
