"""dyad parked list, retry, discard: what a service heard and could not apply."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import asyncpg
import typer

from deploy.local.installation import Installation
from deploy.local.output import Output, OutputOption, Row, messages, show
from deploy.local.trouble import EXIT_DIFFERENCE, EXIT_USAGE, Trouble
from shared.bus import held
from shared.eventstore.store import Connection
from shared.settings import SERVICES, Settings

COLUMNS = ("service", "id", "kind", "state", "store", "stream", "version", "type", "case_id", "held_at", "error")
# Who decides, until there is access control: the same fixed actor as on the services' routes.
BY = "local"
CONSUMERS = "SELECT DISTINCT consumer FROM held ORDER BY consumer"

Service = Annotated[str, typer.Argument(help=f"{', '.join(SERVICES)}: who could not apply it.")]
ItemId = Annotated[int, typer.Argument(help="The id that `dyad parked list` shows.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept for good, so no personal data.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(
        help="What a service heard and could not apply; nothing of it disappears.", no_args_is_help=True
    )
    group.command("list")(list_parked)
    group.command()(retry)
    group.command()(discard)
    app.add_typer(group, name="parked")


def list_parked(
    everything: Annotated[bool, typer.Option("--all", help="With what was decided already.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what is held back in every service, oldest first. Exit 0 whether or not there is any."""
    rows = asyncio.run(_all_parked(Installation.chosen().settings, everything=everything))
    show(rows, COLUMNS, output)


def retry(service: Service, item: ItemId, reason: Reason) -> None:
    """Try a parked event again; the running service does it within a second."""
    _decide(service, item, reason, held.retry)
    messages.print(f"{service} tries {item} again.")


def discard(service: Service, item: ItemId, reason: Reason) -> None:
    """Decide that a parked event counts as present and empty, for good and in every rebuild."""
    _decide(service, item, reason, held.discard)
    messages.print(f"{item} is discarded in {service}.")


def _decide(
    service: str, item: int, reason: str, decision: Callable[[Connection, int, str, str], Awaitable[None]]
) -> None:
    if service not in SERVICES:
        raise Trouble(f"There is no service {service}.", f"The services are {', '.join(SERVICES)}.", EXIT_USAGE)
    if not reason.strip():
        raise Trouble("A decision needs a reason.", "Say it with --reason.", EXIT_USAGE)
    try:
        asyncio.run(_decided(Installation.chosen().settings, service, item, reason, decision))
    except held.NotHeld:
        raise Trouble(
            f"Nothing with the id {item} waits for this decision in {service}.",
            "`dyad parked list` shows what does; what is unreadable can only be discarded.",
            EXIT_DIFFERENCE,
        ) from None


async def _decided(
    settings: Settings,
    service: str,
    item: int,
    reason: str,
    decision: Callable[[Connection, int, str, str], Awaitable[None]],
) -> None:
    connection = await asyncpg.connect(settings.dsn(service, "dyad_consumer"))
    try:
        await decision(connection, item, BY, reason)
    finally:
        await connection.close()


async def _all_parked(settings: Settings, *, everything: bool) -> list[Row]:
    rows: list[Row] = []
    for service in SERVICES:
        connection = await asyncpg.connect(settings.dsn(service, "dyad_consumer"))
        try:
            for (consumer,) in await connection.fetch(CONSUMERS):
                items = await held.list_held(connection, consumer, everything=everything)
                rows += [_row(service, item) for item in items]
        finally:
            await connection.close()
    return rows


def _row(service: str, item: held.HeldItem) -> Row:
    return {
        "service": service,
        "id": item.id,
        "kind": item.kind,
        "state": item.state,
        "store": item.store,
        "stream": item.stream,
        "version": item.version,
        "type": item.type,
        "case_id": str(item.case_id) if item.case_id else None,
        "held_at": item.held_at.isoformat(),
        "error": item.error,
    }
