"""M4 and M5: the waits W1 to W6 in days, completed in a period and still going on apart."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from services.reporting.metrics.percentiles import percentile, share_of
from services.reporting.metrics.scope import OPEN, Scope
from services.reporting.teams import DEFAULT, Configuration, common_version, configurations
from shared.eventstore.store import Connection


class Wait(NamedTuple):
    """One clock: from one milestone to another."""

    title: str
    start: str
    stop: str
    targets: tuple[str, ...]
    """The team's targets whose days, added up, this wait is held to."""
    fixed_days: int = 0
    """Its target where no team sets one."""

    def target_days(self, configuration: Configuration = DEFAULT) -> int:
        """At most so many days are within the target of a team."""
        return self.fixed_days or sum(configuration.targets[name] for name in self.targets)


WAITS: Mapping[str, Wait] = {
    "W1": Wait("Referral received to decision", "received_on", "decided_on", ("decide_days",)),
    "W2": Wait("Referral received to first contact", "received_on", "first_contact_on", ("contact_days",)),
    "W3": Wait(
        "Referral received to assessment completed", "received_on", "assessed_on", ("decide_days", "assess_days"),
    ),
    "W4": Wait(
        "Assessment completed to programme assigned", "assessed_programme_on", "programme_on", ("programme_days",),
    ),
    "W5": Wait(
        "Programme assigned to first treatment session", "programme_on", "first_programme_treatment_on",
        ("first_session_days",),
    ),
    "W6": Wait("Referral received to first treatment", "received_on", "first_treatment_on", (), 126),
}  # fmt: skip
"""Definitions: domain 6.6 M4 and "Milestones, precisely". Days between civil dates; no pause is taken off; once per
case. W4 starts at the first assessment that recommends a programme; W5 stops at treatment on or after the assignment
only, W6 at the earliest of all, so a brief treatment during assessment stops W6 and not W5. Targets are the team's own
in force at t, as known at k. `assess_days` runs from acceptance, so W3 is held to it and `decide_days` together; W2 to
`contact_days` as it stands (four weeks from receipt, domain 3.4); W6 always to 18 weeks (domain 3.3)."""

FOUR_WEEKS_DAYS = 28
"""The dashboard of NHS England counts 0 to 27 days as under four weeks (domain 3.4, 4)."""


Counted = Mapping[tuple[str, str], Mapping[int, int]]
"""By name of a wait and form: how many waited each number of days."""


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
    in_target: int
    """How many waited at most the target's days."""
    within_target: Decimal | None
    """The same as a share, four decimals."""
    under_28: int
    """How many waited less than 28 days."""
    under_four_weeks: Decimal | None
    """The same as a share, four decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitAnswer:
    """One wait in its two forms, never mixed (M5)."""

    title: str
    target_days: int | None
    """None: teams of the question have different ones, and each case is held to its own team's."""
    completed: Summary
    """Stopped within the period."""
    incomplete: Summary
    """Still waiting at the date, counted from their start to that date."""
    targets_version: str
    """Of the settings that the target is from, see `teams.common_version`."""
    left_out: int
    """Stopped within the period before they started: items for the data-quality list, in no other number."""


def summary(days: Mapping[int, int], within: int) -> Summary:
    """The figures of one set of waits.

    Args:
        days: how many waited each number of days (>= 0).
        within: how many of them waited at most the days of their target.

    Source: domain 6.6 M5; percentiles of type 7 (`metrics.percentiles`).
    """
    ordered = sorted(Counter(days).elements())
    n = len(ordered)
    under_28 = sum(each < FOUR_WEEKS_DAYS for each in ordered)
    return Summary(
        n=n,
        median=percentile(ordered, Decimal("0.5")),
        p25=percentile(ordered, Decimal("0.25")),
        p75=percentile(ordered, Decimal("0.75")),
        p90=percentile(ordered, Decimal("0.9")),
        p92=percentile(ordered, Decimal("0.92")),
        max=ordered[-1] if ordered else None,
        in_target=within,
        within_target=share_of(within, n),
        under_28=under_28,
        under_four_weeks=share_of(under_28, n),
    )


async def waits(conn: Connection, scope: Scope, *, first: date, last: date) -> dict[str, WaitAnswer]:
    """Every wait of `WAITS`: completed from `first` to `last` (both included), incomplete at `scope.at`.

    Only an open referral is still waiting. Nothing that happened after `scope.at` is looked at: `last` must not be
    later.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    own = await configurations(conn, scope)
    counted, within = await wait_days(conn, scope, own, first=first, last=last)
    return {
        name: WaitAnswer(
            title=wait.title,
            target_days=_common_target(wait, scope, own),
            targets_version=common_version(scope, own),
            completed=summary(counted[name, "completed"], within[name, "completed"]),
            incomplete=summary(counted[name, "incomplete"], within[name, "incomplete"]),
            left_out=sum(counted[name, "left_out"].values()),
        )
        for name, wait in WAITS.items()
    }


async def wait_days(
    conn: Connection, scope: Scope, own: Mapping[str, Configuration], *, first: date, last: date
) -> tuple[Counted, Mapping[tuple[str, str], int]]:
    """How many waited how long, by wait and form: `completed`, `incomplete`, `left_out`; and how many within target.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        own: how its teams work.
        first: of the period.
        last: of the period.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, instant = scope.cases(after=5)
    clocks = ", ".join(f"('{name}', c.{wait.start}, c.{wait.stop})" for name, wait in WAITS.items())
    defaults = " ".join(f"WHEN '{name}' THEN {wait.target_days()}" for name, wait in WAITS.items())
    rows = await conn.fetch(
        f"""
        WITH waited AS (
            SELECT clock.name, c.team_id,
                   CASE WHEN stop BETWEEN $3::date AND $4::date THEN
                            CASE WHEN stop < start THEN 'left_out' ELSE 'completed' END
                        WHEN is_open AND start <= $1::date AND (stop IS NULL OR stop > $1::date) THEN 'incomplete'
                   END AS form,
                   CASE WHEN stop <= $1::date THEN stop ELSE $1::date END - start AS days
            FROM (SELECT *, {OPEN} AS is_open FROM ({cases}) AS believed) AS c,
                 LATERAL (VALUES {clocks}) AS clock (name, start, stop)
            WHERE start IS NOT NULL AND c.received_on IS NOT NULL
        ), own AS (SELECT * FROM unnest($5::text[], $6::text[], $7::integer[]) AS o (team_id, name, target))
        SELECT name, form, days, count(*),
               count(*) FILTER (WHERE days <= coalesce(target, CASE name {defaults} END)) AS within
        FROM waited LEFT JOIN own USING (team_id, name) WHERE form IS NOT NULL GROUP BY name, form, days
        """,
        scope.at, scope.team, first, last, *team_targets(own), *instant,
    )  # fmt: skip
    counted: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    within: Counter[tuple[str, str]] = Counter()
    for name, form, days, count, in_time in rows:
        counted[name, form][days] = count
        within[name, form] += in_time
    return counted, within


def _common_target(wait: Wait, scope: Scope, configured: Mapping[str, Configuration]) -> int | None:
    """The target of one team, or of all where none has set another; None where they differ."""
    if scope.team is not None:
        return wait.target_days(configured.get(scope.team, DEFAULT))
    found = {wait.target_days(), *(wait.target_days(each) for each in configured.values())}
    return found.pop() if len(found) == 1 else None


def team_targets(configured: Mapping[str, Configuration]) -> tuple[list[str], list[str], list[int]]:
    """Every target that a team has set, as three columns: team, wait, days."""
    said = [(team, name, wait.target_days(each)) for team, each in configured.items() for name, wait in WAITS.items()]
    return [team for team, _, _ in said], [name for _, name, _ in said], [days for _, _, days in said]
