"""`make bench`: every row of the issue's table "Speed", on servers of its own."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop
from rich.console import Console

from shared.migrations import migrate_all
from shared.settings import Settings
from shared.testing.platform import private_platform
from tests.bench.appending import appending
from tests.bench.material import Material, material
from tests.bench.posting import posting
from tests.bench.relaying import relaying
from tests.bench.reporting_backlog import reporting_backlog
from tests.bench.rows import Row, save, show
from tests.bench.visible import visible
from tests.bench.work import Bench, Stopwatch

Measure = Callable[[Bench, Material], Coroutine[Any, Any, list[Row]]]
MEASURES: dict[str, Measure] = {
    "append": appending,
    "relay": relaying,
    "reporting": reporting_backlog,
    "post": posting,
    "visible": visible,
}
FAMILIES = 1_350
FULL_FAMILIES = 4_400


def main() -> None:
    """Measure and show; exits 0 when everything was measured, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="at the issue's sizes")
    parser.add_argument("--only", choices=MEASURES, action="append", help="only this part; may be said again")
    arguments = parser.parse_args()
    messages = Console(stderr=True)
    watch = Stopwatch()
    made = material(FULL_FAMILIES if arguments.full else FAMILIES)
    messages.print(f"[dim]synthetic network: {len(made.network.written):,} events, {watch.seconds:.1f} s[/]")
    rows: list[Row] = []
    for name in arguments.only or MEASURES:
        with private_platform() as platform:
            environment = platform.environment()
            settings = Settings.model_validate(
                {name.removeprefix("DYAD_").lower(): value for name, value in environment.items() if "DYAD_" in name}
            )
            migrate_all(settings)
            bench = Bench(
                platform=platform,
                settings=settings,
                environment=environment,
                console=messages,
                full=arguments.full,
            )
            rows += uvloop.run(MEASURES[name](bench, made))
    save(rows)
    show(rows, Console())


if __name__ == "__main__":
    main()
