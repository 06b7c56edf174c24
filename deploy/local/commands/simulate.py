"""dyad simulate."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local.output import Output, OutputOption, messages, show
from deploy.local.trouble import EXIT_USAGE, Trouble

MOST_JOBS = 8


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(simulate)


def simulate(  # noqa: PLR0917 - each is an option of the command
    teams: Annotated[int, typer.Option("--teams", min=1, max=500, help="Number of teams.")] = 46,
    years: Annotated[float, typer.Option("--years", min=0.25, max=10, help="Up to the last day.")] = 2,
    seed: Annotated[int, typer.Option("--seed", help="Everything follows from it.")] = 7,
    families: Annotated[
        float, typer.Option("--families-per-team", min=1, max=1000, help="A year, in a team of middling size.")
    ] = 75,
    last_day: Annotated[
        datetime | None,
        typer.Option("--last-day", formats=["%Y-%m-%d"], help="Of which anything is told; yesterday if not given."),
    ] = None,
    output_file: Annotated[
        Path | None,
        typer.Option("--output-file", dir_okay=False, help="Where `dyad restore` finds it; .gz is compressed."),
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.1, help="Post it over HTTP instead, so many events a second.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes; all cores if not given.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Simulate teams and families with the services' own rules, and print what it amounts to.

    Without --output-file and --rate only the summary is made. The same options with the same --last-day give the same
    bytes.
    """
    if output_file is not None and rate is not None:
        raise Trouble("A file and a rate are two different things.", "Say --output-file or --rate.", EXIT_USAGE)
    if output_file is not None and not output_file.absolute().parent.is_dir():
        raise Trouble(f"There is no folder {output_file.absolute().parent}.", "Make it, or name another.", EXIT_USAGE)
    from deploy.local.network import simulating  # noqa: PLC0415 - seconds of import that other commands need not wait for

    simulation = simulating.of(
        teams=teams, years=years, seed=seed, families=families, last_day=last_day.date() if last_day else None
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=messages) as bar:
        if rate is not None:
            simulating.post_live(simulation, rate, bar)
            return
        found = simulating.make(simulation, output_file, min(jobs or os.cpu_count() or 1, MOST_JOBS), bar)
    show(found, simulating.COLUMNS, output)
