"""The synthetic network: everything that its teams recorded in two years, from one seed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from deploy.local.network.chance import Chance
from deploy.local.network.paths import Path, deal
from deploy.local.network.post import Post
from deploy.local.network.records import Ruled, Written
from deploy.local.network.team import teams
from deploy.local.network.team_network import (
    Period,
    TeamPlan,
    by_time,
    order,
    team_network,
    when_decided,
)
from shared.eventstore.envelope import StoredEvent
from shared.eventstore.restore import RuleRecord

SEED = 1001
"""Of the network that `make up` installs: a thousand and one days."""
YEARS = 2
FAMILIES = 60
TEAMS = 3
LAST_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the stores hold of the synthetic network, and what is yet to be posted."""

    written: tuple[Written, ...]
    """Every event in the order of recording."""
    ruled: tuple[Ruled, ...]
    """What the process rules decided."""
    posts: tuple[Post, ...]
    """What clinical systems post after the history ends, in the order of time."""

    def stored(self, store: str) -> Iterator[StoredEvent]:
        """One store's events as they stand in it, positions from 1 in the order of recording."""
        own = (each.stored for each in self.written if each.store == store)
        for position, stored in enumerate(own, start=1):
            yield replace(stored, position=position)

    def rule_records(self, store: str) -> Iterator[RuleRecord]:
        """What one service's rules decided."""
        return (each.record() for each in self.ruled if each.store == store)


def generate(
    seed: int = SEED,
    *,
    last_day: date,
    families: int = FAMILIES,
    team_count: int = TEAMS,
    posted_days: int = LAST_WEEK_DAYS,
    reference_key: bytes = b"synthetic",
) -> Network:
    """A network in memory; the same arguments give the same bytes.

    Args:
        seed: everything follows from it.
        last_day: the last day of which anything is told.
        families: number of referrals; from `len(EVERY_PATH)` on every path and every shape occurs.
        team_count: number of teams.
        posted_days: how many of the last days are left to be posted instead of being history; the whole two years
            and more if it is large enough.
        reference_key: of the HMAC over case references: the installation's own.

    Raises:
        StoryRefused: a service refuses what a story tells.
    """
    period = period_of(last_day, YEARS, posted_days)
    parts = [team_network(plan, seed, period, reference_key) for plan in _plans(seed, families, team_count)]
    return Network(
        written=tuple(heapq.merge(*(part.written for part in parts), key=order)),
        ruled=tuple(heapq.merge(*(part.ruled for part in parts), key=when_decided)),
        posts=tuple(heapq.merge(*(part.posts for part in parts), key=by_time)),
    )


def period_of(last_day: date, years: float, posted_days: int) -> Period:
    """So many years up to the last day; with its last days to be posted."""
    return Period(
        first_day=last_day - timedelta(days=round(years * 365.25)),
        last_day=last_day,
        history_ends=datetime.combine(last_day - timedelta(days=posted_days - 1), time.min, UTC),
    )


def _plans(seed: int, families: int, team_count: int) -> list[TeamPlan]:
    """The families of the network, each with one of the teams."""
    all_teams = teams(team_count)
    chance = Chance(seed, "teams")
    shares = [team.share for team in all_teams]
    found: dict[str, list[Path]] = {team.team_id: [] for team in all_teams}
    for path in deal(families, chance):
        found[all_teams[chance.weighted(shares)].team_id].append(path)
    return [TeamPlan(team=team, paths=tuple(found[team.team_id])) for team in all_teams]
