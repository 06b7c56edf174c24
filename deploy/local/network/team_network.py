"""Everything that one team recorded: independent of all other teams, so that a large network can be made in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from deploy.local.network.aggregates import aggregates, every_aggregate
from deploy.local.network.chance import Chance
from deploy.local.network.dealt import cases
from deploy.local.network.known_teams import TeamHistory
from deploy.local.network.paths import Befalls, Path
from deploy.local.network.post import Post
from deploy.local.network.reactions import Reactions
from deploy.local.network.records import Ruled, Written
from deploy.local.network.roster import Roster, roster
from deploy.local.network.simulation import CaseRun
from deploy.local.network.story import Setting, tell
from deploy.local.network.team import Team
from deploy.local.network.team_chapter import team_posts
from deploy.local.network.work_chapter import Consulted, Work, closed_weeks
from shared.kernel.ids import team_key
from shared.process.aggregate import Aggregate
from shared.web.access.roles import SCOPES, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that are told of."""

    first_day: date
    last_day: date
    history_ends: datetime
    """UTC instant: what comes later is posted."""

    @property
    def over(self) -> datetime:
        """The UTC instant after which nothing is told any more."""
        return datetime.combine(self.last_day + timedelta(days=1), time.min, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlan:
    """A team and the ways of its families, before anything is told."""

    team: Team
    paths: tuple[Path, ...]


@dataclass(slots=True, kw_only=True)
class TeamNetwork:
    """What one team's families and people leave behind."""

    written: list[Written]
    """In the order of recording."""
    ruled: list[Ruled]
    """In the order of deciding."""
    posts: list[Post]
    """What is yet to be posted, in the order of time."""


def order(each: Written) -> tuple[datetime, str, int]:
    """By time of recording, within a stream by version."""
    return each.stored.recorded_at, each.stored.stream, each.stored.version


def by_time(each: Post) -> datetime:
    """By time of posting."""
    return each.at


def when_decided(each: Ruled) -> tuple[datetime, str, str, int]:
    """By time of deciding."""
    return each.at, each.store, each.verdict.rule, each.verdict.cause.int


def team_network(plan: TeamPlan, seed: int, period: Period, reference_key: bytes) -> TeamNetwork:
    """The part of one team; the same arguments give the same bytes.

    Raises:
        StoryRefused: a service refuses what a story tells.
    """
    team = plan.team
    staff = roster(team, period.first_day, period.last_day, Chance(seed, team.team_id, "roster"))
    made = _Made(plan, seed, period, reference_key)
    own = {each.decider.category: each for each in every_aggregate()["intervention"] if each.of_team}
    chance = Chance(seed, team.team_id, "configured")
    configured = made.run(team_posts(team, staff, period.first_day, period.last_day, chance), own)
    history = TeamHistory(configured)
    closed = closed_weeks(team, period.first_day, period.last_day, Chance(seed, team.team_id, "closed"))
    consulted = made.families(staff, history, closed)
    work = Work(team, staff, period.first_day, period.last_day, Chance(seed, team.team_id, "work"))
    made.run(work.posts(closed, consulted), own)
    return TeamNetwork(
        written=sorted(made.written, key=order),
        ruled=sorted(made.ruled, key=when_decided),
        posts=sorted(made.posts, key=by_time),
    )


class _Made:
    """What has been made so far of one team."""

    def __init__(self, plan: TeamPlan, seed: int, period: Period, reference_key: bytes) -> None:
        self._plan, self._seed, self._period, self._key = plan, seed, period, reference_key
        self.written: list[Written] = []
        self.ruled: list[Ruled] = []
        self.posts: list[Post] = []

    def run(self, posts: Sequence[Post], own: Mapping[str, Aggregate[Any, Any, Any, Any]]) -> list[Written]:
        """One of the team's own streams."""
        team_id = self._plan.team.team_id
        chance = Chance(self._seed, team_id, "run", posts[0].stream)
        run = CaseRun(own, team_key(team_id), team_id, chance, ends=self._period.history_ends)
        self._keep(run, posts)
        return run.written

    def families(self, staff: Roster, history: TeamHistory, closed: frozenset[date]) -> list[Consulted]:
        """All cases; gives the consultations that became one."""
        team, seed, period = self._plan.team, self._seed, self._period
        setting = Setting(seed=seed, roster=staff, first_day=period.first_day, last_day=period.last_day)
        services = aggregates()
        consulted: list[Consulted] = []
        for case in cases(team, self._plan.paths, setting, closed):
            story = tell(case, setting)
            chance = Chance(seed, team.team_id, "run", case.number)
            reacts = Reactions(
                case.case_id, team.team_id, Chance(seed, team.team_id, "reacts", case.number), team.nation
            )
            run = CaseRun(
                services,
                case.case_id,
                team.team_id,
                chance,
                reference_key=self._key,
                team=history,
                ends=period.history_ends,
                reacts=reacts,
            )
            self._keep(run, story.posts)
            if case.path.has(Befalls.CONSULTATION) and case.path.still is None:
                consulted.append(
                    Consulted(consultation_id=case.consultation_id, case_id=case.case_id, received_on=story.received_on)
                )
        return [each for each in consulted if each.received_on <= period.last_day]

    def _keep(self, run: CaseRun, posts: Sequence[Post]) -> None:
        run.run([post for post in posts if post.at < self._period.over])
        self.written.extend(run.written)
        self.ruled.extend(run.ruled.values())
        self.posts.extend(
            replace(post, target=run.event_id(post.amends))
            for post in run.left
            if post.at < self._period.over and post.name not in only_by_persons()
        )


@cache
def only_by_persons() -> frozenset[str]:
    """Names of events that no clinical system may post: they stand in history, and are never posted."""
    return frozenset(
        name
        for aggregate in aggregates().values()
        for name in aggregate.commands
        if (need := aggregate.needed(name)) is not None and need not in SCOPES[Role.SYSTEM]
    )
