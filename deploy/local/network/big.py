"""A network of many teams, made team by team in processes of their own and kept in files: it need not fit memory."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path as File

from deploy.local.network.chance import Chance
from deploy.local.network.generate import period_of
from deploy.local.network.history_file import Spool
from deploy.local.network.paths import EVERY_PATH, any_shape, usual
from deploy.local.network.summary import TeamSummary
from deploy.local.network.team import MEDIAN_FAMILIES, any_team, sizes
from deploy.local.network.team_network import Period, TeamPlan, team_network

SUPPORTED = 0.86
"""Share of the families referred whom a team comes to see, and those who are seen in two years counted in both."""
REFERENCE_KEY = b"synthetic"
"""Of the HMAC over case references: the same on every machine, so that the same arguments give the same file."""

Progress = Callable[[int], None]
"""Families that are done, of one more team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What is to be simulated; the same gives the same bytes."""

    teams: int = 46
    years: float = 2
    seed: int = 7
    families_per_team: float = MEDIAN_FAMILIES
    """Of a team of middling size, in a year."""
    last_day: date

    def period(self, *, posted: bool = False) -> Period:
        """The days that are told of; all of them history, or all of them to be posted."""
        return period_of(self.last_day, self.years, round(self.years * 365.25) + 400 if posted else 0)

    def plans(self) -> list[TeamPlan]:
        """Teams of all kinds and sizes; every way through the service occurs if there are families enough."""
        chance = Chance(self.seed, "network")
        found: list[TeamPlan] = []
        for place, size in enumerate(sizes(self.teams, self.families_per_team, chance), start=1):
            team = any_team(f"team-{place:02}", size, Chance(self.seed, "team", place))
            families = max(1, round(size * self.years * SUPPORTED))
            found.append(TeamPlan(team=team, paths=tuple(usual(chance) for _ in range(families))))
        return _with_every_path(found, chance)


def _with_every_path(plans: Sequence[TeamPlan], chance: Chance) -> list[TeamPlan]:
    """One of each of the rare ways in place of a usual one, spread over the teams by their size."""
    places = [(plan, number) for plan, each in enumerate(plans) for number in range(len(each.paths))]
    paths = [list(each.paths) for each in plans]
    for (plan, number), path in zip(chance.shuffled(places), EVERY_PATH, strict=False):
        paths[plan][number] = replace(path, shape=path.shape or any_shape(chance))
    return [TeamPlan(team=plan.team, paths=tuple(own)) for plan, own in zip(plans, paths, strict=True)]


@contextmanager
def simulated(
    simulation: Simulation, *, jobs: int = 1, progress: Progress = lambda _families: None
) -> Iterator[tuple[list[Spool], list[TeamSummary]]]:
    """Makes the network; what each team recorded stands in files until the block ends.

    Args:
        simulation: what.
        jobs: processes; how many changes nothing in what is made.
        progress: called after each team.

    Raises:
        StoryRefused: a service refuses what a story tells.
    """
    plans = simulation.plans()
    with tempfile.TemporaryDirectory(prefix="dyad-simulate-") as folder:
        made: dict[str, tuple[Spool, TeamSummary]] = {}
        period = simulation.period()
        if jobs == 1:
            for plan in plans:
                made[plan.team.team_id] = _made(plan, simulation.seed, period, File(folder))
                progress(len(plan.paths))
        else:
            with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
                largest_first = sorted(plans, key=lambda plan: -len(plan.paths))
                futures = {
                    pool.submit(_made, plan, simulation.seed, period, File(folder)): plan for plan in largest_first
                }
                for future in as_completed(futures):
                    made[futures[future].team.team_id] = future.result()
                    progress(len(futures[future].paths))
        ordered = [made[plan.team.team_id] for plan in plans]
        yield [spool for spool, _ in ordered], [summary for _, summary in ordered]


def _made(plan: TeamPlan, seed: int, period: Period, folder: File) -> tuple[Spool, TeamSummary]:
    network = team_network(plan, seed, period, REFERENCE_KEY)
    summary = TeamSummary(team_id=plan.team.team_id, last_day=period.last_day)
    for each in network.written:
        summary.add(each.stored)
    return Spool.of(folder / plan.team.team_id, network.written, network.ruled), summary
