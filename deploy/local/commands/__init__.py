"""The commands of `dyad`: one module per group, each with an `add_to(app)` that is listed here."""

from collections.abc import Callable

import typer

from deploy.local.commands import (
    erase,
    keys,
    locks,
    metrics,
    parked,
    rebuild,
    report,
    restore,
    running,
    simulate,
    stores,
    token,
)

ADDED: tuple[Callable[[typer.Typer], None], ...] = (
    running.add_to,
    stores.add_to,
    parked.add_to,
    erase.add_to,
    keys.add_to,
    token.add_to,
    locks.add_to,
    simulate.add_to,
    restore.add_to,
    rebuild.add_to,
    metrics.add_to,
    report.add_to,
)
