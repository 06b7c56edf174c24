"""dyad rebuild make, list, compare, switch, drop: reporting's views made anew beside those that are read."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, Row, messages, show, step
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_PARTIAL, EXIT_USAGE, Trouble

T = TypeVar("T")
Schema = Annotated[str, typer.Argument(help="The version, as `dyad rebuild list` names it.")]
Processes = Annotated[int, typer.Option("--processes", min=1, max=16, help="How many fold beside each other.")]
COMPARED = ("table", "same", "rows", "other_rows", "digest", "other_digest", "different")
LISTED = ("version", "made_at", "ready", "behind")


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="Reporting's views made anew beside those that are read; going over to them, and back.",
        no_args_is_help=True,
    )
    group.command()(make)
    group.command("list")(list_versions)
    group.command()(compare)
    group.command()(switch)
    group.command()(drop)
    app.add_typer(group, name="rebuild")


def make(processes: Processes = 2, output: OutputOption = Output.TABLE) -> None:
    """Fold all that reporting has heard into a new version; pages and consumers go on. Nothing is read from it yet."""
    from services.reporting.rebuild import versions  # noqa: PLC0415 - imports that other commands need not wait for

    settings = Installation.chosen().settings
    with step("Making reporting's views anew") as say:
        made = _run(versions.make(settings, processes=processes, say=say))
    per_s = round(made.events / max(made.load_s + made.keys_s, 0.001))
    row: Row = {"version": made.schema, "events": made.events, "events_per_s": per_s}
    show([row], tuple(row), output)
    messages.print(
        f"Compare it: `dyad rebuild compare {made.schema}`; go over to it: `dyad rebuild switch {made.schema}`."
    )


def list_versions(output: OutputOption = Output.TABLE) -> None:
    """Show the versions beside the one that is read, and how many cases each has to catch up with."""
    from services.reporting.rebuild import versions  # noqa: PLC0415

    found = _run(versions.versions(Installation.chosen().settings))
    rows: list[Row] = [
        {"version": each.schema, "made_at": each.made_at.isoformat(), "ready": each.ready, "behind": each.behind}
        for each in found
    ]
    show(rows, LISTED, output)


def compare(schema: Schema, output: OutputOption = Output.TABLE) -> None:
    """Compare a version with the one that is read, in all believed up to the watermark; exit 1 if they differ."""
    from services.reporting.rebuild import versions  # noqa: PLC0415

    known_at, tables = _run(versions.compared(Installation.chosen().settings, schema))
    show(
        [{**each._asdict(), "same": each.same, "different": " ".join(each.owners)} for each in tables], COMPARED, output
    )
    messages.print(f"Compared as known at {known_at.isoformat()}.")
    if not all(each.same for each in tables):
        raise typer.Exit(EXIT_DIFFERENCE)


def switch(schema: Schema) -> None:
    """Read and write this version from now on; the one of before is kept up, and switching to it goes back."""
    from services.reporting.rebuild import versions  # noqa: PLC0415

    before = _run(versions.go_over(Installation.chosen().settings, schema))
    messages.print(
        f"{schema} is read now. Back: `dyad rebuild switch {before}`; for good: `dyad rebuild drop {before}`."
    )


def drop(schema: Schema) -> None:
    """Remove a version that is not read."""
    from services.reporting.rebuild import versions  # noqa: PLC0415

    _run(versions.drop(Installation.chosen().settings, schema))
    messages.print(f"{schema} is gone.")


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Runs it; what a person can mend is said."""
    from services.reporting.rebuild import switch as switching  # noqa: PLC0415
    from services.reporting.rebuild import versions  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except versions.NoSuchVersion as unknown:
        raise Trouble(
            f"There is no version {unknown} beside the one that is read.", "See `dyad rebuild list`.", EXIT_USAGE
        ) from None
    except versions.Unfinished as unfinished:
        raise Trouble(
            f"{unfinished} is not finished.",
            f"If nobody makes it any more: `dyad rebuild drop {unfinished}`.",
            EXIT_USAGE,
        ) from None
    except versions.Busy:
        raise Trouble("Another rebuild is at work.", "Wait until it has ended.", EXIT_PARTIAL) from None
    except versions.NotComplete:
        raise Trouble(
            "Reporting has not heard of every service yet.", "Start them with `dyad up`, then ask again.", EXIT_PARTIAL
        ) from None
    except switching.NotReached:
        raise Trouble("The views were in use each time.", "Nothing was changed: try again.", EXIT_PARTIAL) from None
