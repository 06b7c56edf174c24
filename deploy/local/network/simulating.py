"""What `dyad simulate` does: a network as a file for `dyad restore`, or posted over HTTP as clinical systems would."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import httpx
from rich.progress import Progress, TaskID

from deploy.local.installation import Installation
from deploy.local.issuer.minting import clinical_system
from deploy.local.network import history_file, summary
from deploy.local.network.big import REFERENCE_KEY, Simulation, simulated
from deploy.local.network.last_week import TIMEOUT_S, Pace, Poster, PostRefused
from deploy.local.network.post import Post
from deploy.local.network.team_network import team_network
from deploy.local.trouble import EXIT_DIFFERENCE, Trouble
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.settings import Settings

COLUMNS = summary.COLUMNS
Told = Callable[[int, int], None]
"""(posted so far, all)."""


def of(*, teams: int, years: float, seed: int, families: float, last_day: date | None) -> Simulation:
    """What the options of the command ask for; up to yesterday unless told otherwise: a store takes no day to come."""
    return Simulation(
        teams=teams,
        years=years,
        seed=seed,
        families_per_team=families,
        last_day=last_day or civil_date(utc_now()) - timedelta(days=1),
    )


def make(simulation: Simulation, output_file: Path | None, jobs: int, bar: Progress) -> list[summary.Row]:
    """Makes the network, writes it if there is a file to be written, and gives its summary."""
    told = bar.add_task("Families", total=sum(len(plan.paths) for plan in simulation.plans()))
    with simulated(simulation, jobs=jobs, progress=lambda families: bar.advance(told, families)) as (spools, teams):
        if output_file is not None:
            writing = bar.add_task(f"Writing {output_file}", total=1)
            history_file.write(output_file, _head(simulation), spools)
            bar.advance(writing)
        return summary.rows(teams)


def _head(simulation: Simulation) -> dict[str, object]:
    return {
        "of": "synthetic network",
        "teams": simulation.teams,
        "years": simulation.years,
        "seed": simulation.seed,
        "families_per_team": simulation.families_per_team,
        "last_day": simulation.last_day.isoformat(),
    }


def post_live(simulation: Simulation, rate: float, bar: Progress) -> None:
    """Posts a network to the services that run here, team after team, at most so many events a second.

    Raises:
        Trouble: a service refused a post.
        httpx.HTTPError: a service cannot be reached.
    """
    settings = Installation.chosen().settings
    plans = simulation.plans()
    for plan in plans:
        made = team_network(plan, simulation.seed, simulation.period(posted=True), REFERENCE_KEY)
        task = bar.add_task(plan.team.team_id, total=len(made.posts))
        try:
            post_all(settings, made.posts, rate, partial(_show, bar, task))
        except PostRefused as refusal:
            raise Trouble(
                f"The simulated network could not be posted: {refusal}.",
                "Simulate another --seed, or begin anew with `make clean` and `make up`.",
                EXIT_DIFFERENCE,
            ) from refusal


def _show(bar: Progress, task: TaskID, done: int, _all: int) -> None:
    bar.update(task, completed=done)


def post_all(settings: Settings, posts: list[Post], rate: float, progress: Told) -> None:
    """Posts in order of time, each case under its own id."""
    now = utc_now()
    with httpx.Client(timeout=TIMEOUT_S, headers=clinical_system(settings)) as client:
        poster = Poster(settings, client, Pace(rate), by_reference=False)
        poster.post([post for post in posts if post.at <= now], progress)
