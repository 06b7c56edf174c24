"""W8 and M12: the English four-week wait by spells, and the share of the babies' 1001 days that is spent waiting."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.metrics.percentiles import percentile
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.spells import spells
from services.reporting.metrics.waits import FOUR_WEEKS_DAYS, Summary, summary
from services.reporting.teams import configurations
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class FourWeekAnswer:
    """W8 in its two forms, never mixed; days, each spell once."""

    completed: Summary
    """Stopped within the period. `in_target`: at most 28 days (MRS08a); `under_28`: the dashboard's variant."""
    incomplete: Summary
    """Open at the date and not stopped."""
    never_stopped: int
    """Ended within the period without a stop: in no figure of the national metric."""
    missing: Mapping[str, int]
    """Of the incomplete, how many lack each of the three: `contact`, `measure`, `plan`."""
    long: Mapping[int, int]
    """Of the incomplete, how many have waited for more than so many weeks (`LONG_WEEKS`)."""
    left_out: int
    """Stopped within the period before they started: mistakes in the record, in no other number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """A set of shares of the window that was left at the referral, ratios in [0, 1]; None where there is no baby."""

    n: int
    """Babies."""
    median: Decimal | None
    p25: Decimal | None
    p75: Decimal | None
    p90: Decimal | None
    max: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """M12 in its two forms, never mixed."""

    completed: Shares
    """Treatment began within the period; the headline is the median."""
    incomplete: Shares
    """Open at the date and not treated: the share so far."""
    left_out: int
    """Treated within the period, but before the referral, or referred after the window had closed."""


MISSING = ("contact", "measure", "plan")
LONG_WEEKS = (52, 78, 104)
"""Weeks beyond which NHS England counts long waits: more than 364, 546 and 728 days. Source: domain 3.4, 4."""
_BORN = "(CASE WHEN born_on IS NULL THEN due_on IS NULL ELSE born_on <= received_on END)"
"""Only a child has a national record: a referral that came before the birth is on the parent's."""
_STILL_OPEN = "closed_on IS NULL OR closed_on > $1::date"


async def four_weeks(conn: Connection, scope: Scope, *, first: date, last: date) -> FourWeekAnswer:
    """W8, the English four-week wait (`clocks.england_four_weeks`): completed from `first` to `last`, incomplete at t.

    Spells of twins that begin with the same case are one. Teams that open referrals on the parent's record are not in
    it.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period, civil date.
        last: of the period, included; not after `scope.at`.

    Unit: days between civil dates. Source: domain 3.4, 6.6 M4 (W8), M5.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    _check(scope, last)
    own = await configurations(conn, scope)
    elsewhere = [team for team, configured in own.items() if configured.on_parents_record]
    # a stop lies before the end of its spell, so what stopped, ended or was open in the period had not closed before it
    every, values = spells(
        scope,
        3,
        of_interest=f"{_STILL_OPEN} OR greatest(closed_on, received_on) >= $3::date",
        where=f"{_BORN} AND team_id <> ALL ($5::text[])",
    )
    rows = await conn.fetch(
        f"""
        WITH spell AS (
            SELECT min(start) AS start, max(ended) AS ended, min(contact_on) AS contact_on,
                   min(listed_on) AS listed_on, min(plan_on) AS plan_on FROM ({every}) AS each_baby GROUP BY head
        ), read AS (
            SELECT start, ended, CASE WHEN contact_on <= ended THEN contact_on END AS contact,
                   CASE WHEN listed_on <= ended THEN listed_on END AS measure,
                   CASE WHEN plan_on <= ended THEN plan_on END AS plan FROM spell
        ), stopped AS (
            SELECT *, CASE WHEN contact IS NOT NULL AND measure IS NOT NULL AND plan IS NOT NULL
                           THEN greatest(contact, measure, plan) END AS stop FROM read
        )
        SELECT form, days, contact IS NULL, measure IS NULL, plan IS NULL, count(*)
        FROM (SELECT *, CASE WHEN stop BETWEEN $3::date AND $4::date THEN
                                  CASE WHEN stop < start THEN 'left_out' ELSE 'completed' END
                             WHEN stop IS NOT NULL THEN NULL
                             WHEN ended = 'infinity' THEN 'incomplete'
                             WHEN ended BETWEEN $3::date AND $4::date THEN 'never_stopped' END AS form,
                     coalesce(stop, $1::date) - start AS days FROM stopped) AS f
        WHERE form IS NOT NULL GROUP BY 1, 2, 3, 4, 5
        """,
        scope.at, scope.team, first, last, elsewhere, *values,
    )  # fmt: skip
    days: defaultdict[str, Counter[int]] = defaultdict(Counter)
    missing: Counter[str] = Counter()
    for form, waited, no_contact, no_measure, no_plan, count in rows:
        days[form][waited] += count
        if form == "incomplete":
            lacks = zip(MISSING, (no_contact, no_measure, no_plan), strict=True)
            missing.update({name: count for name, lacking in lacks if lacking})
    return FourWeekAnswer(
        completed=_summary(days["completed"]),
        incomplete=_summary(days["incomplete"]),
        never_stopped=days["never_stopped"].total(),
        missing={name: missing[name] for name in MISSING},
        long={weeks: _over(days["incomplete"], 7 * weeks) for weeks in LONG_WEEKS},
        left_out=days["left_out"].total(),
    )


def _over(days: Mapping[int, int], most: int) -> int:
    return sum(count for waited, count in days.items() if waited > most)


def _summary(days: Mapping[int, int]) -> Summary:
    return summary(days, sum(count for waited, count in days.items() if waited <= FOUR_WEEKS_DAYS))


async def window(conn: Connection, scope: Scope, *, first: date, last: date) -> WindowAnswer:
    """M12: share of the 1001-day window that was left at the referral and went by before treatment, each baby once.

    From the first referral of the spell, before birth included (`clocks.window`). A pregnancy that ended is not in it.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period in which treatment began, civil date.
        last: of the period, included; not after `scope.at`.

    Unit: ratio in [0, 1], four decimals for each baby, percentiles of type 7. Source: domain 6.6 M12.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    _check(scope, last)
    every, values = spells(scope, 2, of_interest=f"{_STILL_OPEN} OR first_treatment_on BETWEEN $3::date AND $4::date")
    rows = await conn.fetch(
        f"""
        WITH baby AS (
            SELECT start, ended, treated_on,
                   (birth + interval '24 months')::date + (to_char(birth, 'MMDD') = '0229')::int AS closes_on
            FROM (SELECT *, coalesce(born_on, due_on) AS birth FROM ({every}) AS s WHERE NOT lost) AS b
            WHERE birth IS NOT NULL
        )
        SELECT form, CASE WHEN form <> 'left_out' THEN
                   (10000 * least(round((coalesce(treated_on, $1::date) - start)::numeric / (closes_on - start), 4), 1)
                   )::integer END AS share, count(*)
        FROM (SELECT *, CASE WHEN treated_on BETWEEN $3::date AND $4::date THEN
                                  CASE WHEN treated_on < start OR closes_on <= start
                                       THEN 'left_out' ELSE 'completed' END
                             WHEN treated_on IS NULL AND ended = 'infinity' AND closes_on > start THEN 'incomplete'
                        END AS form FROM baby) AS f
        WHERE form IS NOT NULL GROUP BY 1, 2
        """,
        scope.at, scope.team, first, last, *values,
    )  # fmt: skip
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    left_out = 0
    for form, share, count in rows:
        if form == "left_out":
            left_out += count
        else:
            found[form][share] += count
    return WindowAnswer(
        completed=_shares(found["completed"]), incomplete=_shares(found["incomplete"]), left_out=left_out
    )


def _check(scope: Scope, last: date) -> None:
    if last > scope.at:
        raise ValueError("the period must not end after the date")


def _shares(found: Mapping[int, int]) -> Shares:
    """Figures of shares given in ten-thousandths, with how many babies have each."""
    ordered = sorted(Counter(found).elements())

    def at(place: str) -> Decimal | None:
        exact = percentile(ordered, Decimal(place))
        return None if exact is None else exact / 10_000

    return Shares(n=len(ordered), median=at("0.5"), p25=at("0.25"), p75=at("0.75"), p90=at("0.9"), max=at("1"))
