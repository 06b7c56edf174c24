"""M18: supervision planned and held, against the least there should be; and whether a psychologist is there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from services.reporting.heard_team import SupervisionPlanned
from services.reporting.metrics.register import EVENTS, PSYCHOLOGICAL, Member, Stretch, register
from services.reporting.metrics.scope import Scope
from services.reporting.team_record import said
from shared.eventstore.store import Connection
from shared.kernel.history import Recorded

HOUR_MINUTES = 60
FORTNIGHT_DAYS = 14
EXPERIENCED_YEARS = 3
"""From so many completed years of work with under-twos on an hour is due every two weeks, before that every week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """One practitioner over the period."""

    team: str
    practitioner: UUID
    """Opaque id."""
    days: int
    """Days of the period in the team and not away."""
    planned: int
    """Sessions of supervision that fell due by the plan on such days, with their minutes."""
    planned_minutes: int
    held: int
    """Sessions of the practitioner's own series that were given, with their minutes by the clock."""
    held_minutes: int
    least_minutes: int | None
    """What there should be, whole minutes; None: years of work with under-twos, or hours a week, were never stated."""

    @property
    def enough(self) -> bool | None:
        """Whether what was held is at least that; None where that is not known."""
        return None if self.least_minutes is None else self.held_minutes >= self.least_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWatch:
    """One team at t."""

    team: str
    practitioners: int
    """In the team, away or not."""
    psychologists: int
    """Psychologists and psychotherapists among them: at least one there must be (S19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """Supervision of a period, and who is there at its date."""

    supervised: tuple[Supervised, ...]
    """Whoever was in a team on any day of the period, by team and id."""
    teams: tuple[TeamWatch, ...]
    """Teams that have entered anybody."""


def least_minutes(member: Member, first: date, last: date) -> Fraction | None:
    """The least supervision of one practitioner over days, both included, exact.

    An hour a week with less than three completed years of work with under-twos, an hour in two weeks from then on, for
    full time; part time in proportion; none for days away. Source: domain 2.1 (self-audit tool of the Parent-Infant
    Foundation), 6.6 M18. Example: half time, two years, 28 days -> 120 minutes.
    """
    due = Decimal(0)  # days, of which fourteen ask for an hour: exact, for hours a week are decimals
    for stretch in at_work(member, first, last):
        state = member.on(stretch.first)
        years = None if state is None else state.years_with_under_twos(stretch.first)
        if state is None or years is None or state.wte is None:
            return None
        due += stretch.days * state.wte * (2 if years < EXPERIENCED_YEARS else 1)
    return Fraction(due) * HOUR_MINUTES / FORTNIGHT_DAYS


def at_work(member: Member, first: date, last: date) -> list[Stretch]:
    """Days of a period, both its ends included, on which somebody is in the team and not away.

    On all days of one stretch the same holds of the practitioner, years of work with under-twos included.
    """
    here = member.in_team.within(first, last)
    if here is None:
        return []
    starts = {each.since for each in member.said} | {each.first for each in member.away}
    starts |= {each.last + timedelta(days=1) for each in member.away if each.last < here.last}
    starts |= {day for each in member.said for day in each.anniversaries(here.first, here.last)}
    cuts = [here.first, *sorted(day for day in starts if here.first < day <= here.last), here.last + timedelta(days=1)]
    stretches = [Stretch(first=start, last=end - timedelta(days=1)) for start, end in pairwise(cuts)]
    return [each for each in stretches if not member.is_away(each.first)]


def planned_days(plan: SupervisionPlanned, first: date, last: date) -> list[date]:
    """Days of a series in a period, both its ends included: every so many days from the series' first to its last."""
    end = last if plan.to_on is None else min(last, plan.to_on)
    before = max((first - plan.from_on).days, 0)
    start = plan.from_on + timedelta(days=-(-before // plan.every_days) * plan.every_days)
    return [start + timedelta(days=gone) for gone in range(0, (end - start).days + 1, plan.every_days)]


async def supervision(conn: Connection, scope: Scope, *, first: date, last: date) -> Supervision:
    """M18 from `first` to `last`, both included, and who is in each team at `scope.at`; no filter applies.

    What was held counts for the practitioner whose series it belongs to; supervision of nobody's series is in M14 only.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: sessions of supervision, minutes of the clock, practitioners. Source: domain 6.6 M18, 2.1; 1 S19.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    record = await said(conn, scope, *EVENTS, "SupervisionPlanned")
    held = await _held(conn, scope, first, last)
    members = {team: register(facts) for team, facts in record.items()}
    return Supervision(
        supervised=tuple(
            each for team, facts in record.items() for each in _of_team(team, members[team], facts, held, (first, last))
        ),
        teams=tuple(
            _watch(team, of_team.values(), scope.at) for team, of_team in members.items() if of_team
        ),
    )  # fmt: skip


Held = Mapping[tuple[str, UUID], tuple[int, int]]
"""By team and series: sessions, minutes."""


async def _held(conn: Connection, scope: Scope, first: date, last: date) -> Held:
    work, given = scope.work(after=2)
    rows = await conn.fetch(
        f"""
        SELECT team_id, series_id, count(*) AS sessions, sum(minutes) AS minutes FROM ({work}) AS w
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL
          AND kind = 'supervision' AND series_id IS NOT NULL
        GROUP BY team_id, series_id
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    return {(row["team_id"], row["series_id"]): (row["sessions"], row["minutes"]) for row in rows}


def _of_team(
    team: str, members: Mapping[UUID, Member], facts: Sequence[Recorded[object]], held: Held, period: tuple[date, date]
) -> Iterable[Supervised]:
    plans = {fact.event.series_id: fact.event for fact in facts if isinstance(fact.event, SupervisionPlanned)}
    for practitioner, member in sorted(members.items()):
        if member.in_team.within(*period) is None:
            continue
        here = at_work(member, *period)
        spans = [(each.first, each.last) for each in here]
        own = [plan for plan in plans.values() if plan.practitioner_id == practitioner]
        planned = Counter({plan.series_id: sum(len(planned_days(plan, *each)) for each in spans) for plan in own})
        given = [held.get((team, plan.series_id), (0, 0)) for plan in own]
        least = least_minutes(member, *period)
        yield Supervised(
            team=team,
            practitioner=practitioner,
            days=sum(each.days for each in here),
            planned=planned.total(),
            planned_minutes=sum(planned[plan.series_id] * plan.minutes for plan in own),
            held=sum(sessions for sessions, _ in given),
            held_minutes=sum(minutes for _, minutes in given),
            least_minutes=None if least is None else _whole(least),
        )


def _whole(minutes: Fraction) -> int:
    return int((Decimal(minutes.numerator) / minutes.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def _watch(team: str, members: Iterable[Member], at: date) -> TeamWatch:
    here = [state for member in members if (state := member.on(at)) is not None]
    return TeamWatch(
        team=team,
        practitioners=len(here),
        psychologists=sum(state.discipline in PSYCHOLOGICAL for state in here),
    )
