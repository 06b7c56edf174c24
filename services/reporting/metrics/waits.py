"""M4 and M5: the waits W1 to W6 in days, completed in a period and still going on apart."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.reporting.metrics.percentiles import percentile, share_of
from services.reporting.metrics.scope import OPEN, Scope
from shared.eventstore.store import Connection


class Wait(NamedTuple):
    """One clock: from one milestone to another."""

    title: str
    start: str
    stop: str
    target_days: int


WAITS: Mapping[str, Wait] = {
    "W1": Wait("Referral received to decision", "received_on", "decided_on", 14),
    "W2": Wait("Referral received to first contact", "received_on", "first_contact_on", 28),
    "W3": Wait("Referral received to assessment completed", "received_on", "assessed_on", 56),
    "W4": Wait("Assessment completed to programme assigned", "assessed_programme_on", "programme_on", 14),
    "W5": Wait("Programme assigned to first treatment session", "programme_on", "first_programme_treatment_on", 28),
    "W6": Wait("Referral received to first treatment", "received_on", "first_treatment_on", 126),
}
"""Definitions: domain 6.6 M4 and "Milestones, precisely". Days between civil dates; no pause is taken off; once per
case. W4 starts at the first assessment that recommends a programme; W5 stops at treatment on or after the assignment
only, W6 at the earliest of all, so a brief treatment during assessment stops W6 and not W5. Targets are the defaults
of a team that has configured none (W6: 18 weeks, domain 3.3; W2: four weeks, 3.4)."""

TARGETS_VERSION = "defaults-1"
"""Stamp of the targets above, for answers."""
FOUR_WEEKS_DAYS = 28
"""The dashboard of NHS England counts 0 to 27 days as under four weeks (domain 3.4, 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A set of waits in days; None where nobody waited."""

    n: int
    median: Decimal | None
    p25: Decimal | None
    p75: Decimal | None
    p90: Decimal | None
    p92: Decimal | None
    max: int | None
    within_target: Decimal | None
    """Share that waited at most the target's days, four decimals."""
    under_four_weeks: Decimal | None
    """Share that waited less than 28 days, four decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAnswer:
    """One wait in its two forms, never mixed (M5)."""

    title: str
    target_days: int
    completed: Summary
    """Stopped within the period."""
    incomplete: Summary
    """Still waiting at the date, counted from their start to that date."""
    left_out: int
    """Stopped within the period before they started: items for the data-quality list, in no other number."""


def summary(days: Mapping[int, int], target_days: int) -> Summary:
    """The figures of one set of waits.

    Args:
        days: how many waited each number of days (>= 0).
        target_days: at most this many is within target.

    Source: domain 6.6 M5; percentiles of type 7 (`metrics.percentiles`).
    """
    ordered = sorted(Counter(days).elements())
    n = len(ordered)
    return Summary(
        n=n,
        median=percentile(ordered, Decimal("0.5")),
        p25=percentile(ordered, Decimal("0.25")),
        p75=percentile(ordered, Decimal("0.75")),
        p90=percentile(ordered, Decimal("0.9")),
        p92=percentile(ordered, Decimal("0.92")),
        max=ordered[-1] if ordered else None,
        within_target=share_of(sum(each <= target_days for each in ordered), n),
        under_four_weeks=share_of(sum(each < FOUR_WEEKS_DAYS for each in ordered), n),
    )


async def waits(conn: Connection, scope: Scope, *, first: date, last: date) -> dict[str, WaitAnswer]:
    """Every wait of `WAITS`: completed from `first` to `last` (both included), incomplete at `scope.at`.

    Only an open referral is still waiting. Nothing that happened after `scope.at` is looked at: `last` must not be
    later.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, instant = scope.cases(after=2)
    clocks = ", ".join(f"('{name}', c.{wait.start}, c.{wait.stop})" for name, wait in WAITS.items())
    rows = await conn.fetch(
        f"""
        WITH waited AS (
            SELECT clock.name,
                   CASE WHEN stop BETWEEN $3::date AND $4::date THEN
                            CASE WHEN stop < start THEN 'left_out' ELSE 'completed' END
                        WHEN is_open AND start <= $1::date AND (stop IS NULL OR stop > $1::date) THEN 'incomplete'
                   END AS form,
                   CASE WHEN stop <= $1::date THEN stop ELSE $1::date END - start AS days
            FROM (SELECT *, {OPEN} AS is_open FROM ({cases}) AS believed) AS c,
                 LATERAL (VALUES {clocks}) AS clock (name, start, stop)
            WHERE start IS NOT NULL AND c.received_on IS NOT NULL
        )
        SELECT name, form, days, count(*) FROM waited WHERE form IS NOT NULL GROUP BY name, form, days
        """,
        scope.at, scope.team, first, last, *instant,
    )  # fmt: skip
    counted: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for name, form, days, count in rows:
        counted[name, form][days] = count
    return {
        name: WaitAnswer(
            title=wait.title,
            target_days=wait.target_days,
            completed=summary(counted[name, "completed"], wait.target_days),
            incomplete=summary(counted[name, "incomplete"], wait.target_days),
            left_out=sum(counted[name, "left_out"].values()),
        )
        for name, wait in WAITS.items()
    }
