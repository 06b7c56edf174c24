"""dyad parked list, retry, discard."""

import asyncio
import re
from typing import Annotated

import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, messages, show
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.kernel.fields import REASON_FORM
from shared.settings import SERVICES

# Who decides, until there is access control: the same fixed actor as on the services' routes.
BY = "local"

Service = Annotated[str, typer.Argument(help=f"Who could not apply it: {', '.join(SERVICES)}.")]
Item = Annotated[str, typer.Argument(help="As `dyad parked list` names it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, as a short code: mended-in-release-0-1-1.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="What services could not apply and rules left undecided; nothing of it disappears.", no_args_is_help=True
    )
    group.command("list")(list_parked)
    group.command()(retry)
    group.command()(discard)
    app.add_typer(group, name="parked")


def list_parked(
    everything: Annotated[bool, typer.Option("--all", help="With the events that were decided already.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what is held back in every service. Exit 0 whether or not there is any."""
    from deploy.local import parked  # noqa: PLC0415 - imports that other commands need not wait for

    settings = Installation.chosen().settings
    show(asyncio.run(parked.list_all(settings, everything=everything)), parked.COLUMNS, output)


def retry(service: Service, item: Item, reason: Reason) -> None:
    """Try it again: an event within a second by the running service, a rule at once."""
    from deploy.local import parked  # noqa: PLC0415

    _check(service, reason)
    try:
        outcome = asyncio.run(parked.retry(Installation.chosen().settings, service, item, BY, reason))
    except parked.NotUndecided:
        raise _nothing(service, item) from None
    messages.print(f"{service}, {item}: {outcome}.")


def discard(service: Service, item: Item, reason: Reason) -> None:
    """Decide for good that nothing comes of it, in every rebuild too."""
    from deploy.local import parked  # noqa: PLC0415

    _check(service, reason)
    try:
        asyncio.run(parked.discard(Installation.chosen().settings, service, item, BY, reason))
    except parked.NotUndecided:
        raise _nothing(service, item) from None
    messages.print(f"{service}, {item}: discarded.")


def _check(service: str, reason: str) -> None:
    if service not in SERVICES:
        raise Trouble(f"There is no service {service}.", f"The services are {', '.join(SERVICES)}.", EXIT_USAGE)
    if not re.fullmatch(REASON_FORM, reason):
        raise Trouble("The reason is not a short code.", "Say it like mended-in-release-0-1-1.", EXIT_USAGE)


def _nothing(service: str, item: str) -> Trouble:
    return Trouble(
        f"Nothing named {item} waits for this decision in {service}.",
        "`dyad parked list` shows what does; what is unreadable can only be discarded.",
        EXIT_DIFFERENCE,
    )
