"""The synthetic network: everything that three teams recorded in two years, from one seed."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from deploy.local.network.aggregates import aggregates
from deploy.local.network.chance import Chance
from deploy.local.network.paths import Path, deal
from deploy.local.network.post import Post
from deploy.local.network.records import Ruled, Written
from deploy.local.network.seasons import referral_days
from deploy.local.network.simulation import CaseRun
from deploy.local.network.story import Case, tell
from deploy.local.network.team import Team, teams
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
    """The network of a seed; the same arguments give the same bytes.

    Args:
        seed: everything follows from it.
        last_day: the last day of which anything is told.
        families: number of referrals; from 51 on every path and every shape occurs.
        team_count: number of teams.
        posted_days: how many of the last days are left to be posted instead of being history; the whole two years
            and more if it is large enough.
        reference_key: of the HMAC over case references: the installation's own.

    Raises:
        StoryRefused: a service refuses what a story tells.
    """
    history_ends = datetime.combine(last_day - timedelta(days=posted_days - 1), time.min, UTC)
    over = datetime.combine(last_day + timedelta(days=1), time.min, UTC)
    first_day = last_day - timedelta(days=round(YEARS * 365.25))
    written: list[list[Written]] = []
    ruled: list[Ruled] = []
    posts: list[list[Post]] = []
    services = aggregates()
    for case in _cases(seed, first_day, last_day, families, teams(team_count)):
        told = [post for post in tell(case, seed, first_day=first_day, last_day=last_day).posts if post.at < over]
        chance = Chance(seed, "run", case.number)
        run = CaseRun(services, case.case_id, case.team.team_id, chance, reference_key=reference_key)
        run.run([post for post in told if post.at < history_ends])
        written.append(run.written)
        ruled.extend(run.ruled.values())
        posts.append([replace(post, target=run.event_id(post.amends)) for post in told if post.at >= history_ends])
    return Network(
        written=tuple(heapq.merge(*written, key=_order)),
        ruled=tuple(ruled),
        posts=tuple(heapq.merge(*posts, key=lambda post: post.at)),
    )


def _order(each: Written) -> tuple[datetime, str, int]:
    return each.stored.recorded_at, each.stored.stream, each.stored.version


def _cases(seed: int, first_day: date, last_day: date, families: int, all_teams: Sequence[Team]) -> Iterator[Case]:
    chance = Chance(seed, "cases")
    shares = [team.share for team in all_teams]
    received = sorted(referral_days(first_day, last_day, families, chance))
    dealt: Sequence[Path] = deal(families, chance)
    for number, (path, received_on) in enumerate(zip(dealt, received, strict=True), start=1):
        yield Case(
            number=number,
            case_id=chance.id_at(datetime.combine(received_on, time(9), UTC)),
            path=path,
            team=all_teams[chance.weighted(shares)],
            received_on=received_on,
        )
