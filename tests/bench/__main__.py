"""`make bench`: every row of the issue's table "Speed", on servers of its own."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop
from rich.console import Console

from shared.migrations import migrate_all
from shared.testing.bus import settings_of
from shared.testing.platform import Platform, private_platform, remove_namespace
from tests.bench.appending import appending
from tests.bench.costs import costs
from tests.bench.deciding import deciding
from tests.bench.hinting import hinting
from tests.bench.material import Material, material
from tests.bench.posting import posting
from tests.bench.relaying import relaying
from tests.bench.reporting_backlog import reporting_backlog
from tests.bench.rows import Row, load, markdown, save, show
from tests.bench.service_views import service_views
from tests.bench.visible import visible
from tests.bench.work import Bench, Stopwatch

Measure = Callable[[Bench, Material], Coroutine[Any, Any, list[Row]]]
MEASURES: dict[str, Measure] = {
    "decide": deciding,
    "append": appending,
    "relay": relaying,
    "reporting": reporting_backlog,
    "post": posting,
    "costs": costs,
    "visible": visible,
    "hint": hinting,
    "views": service_views,
}
FAMILIES = 1_350
FULL_FAMILIES = 4_400


def main() -> None:
    """Measure and show; exits 0 when everything was measured, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="at the issue's sizes")
    parser.add_argument("--only", choices=MEASURES, action="append", help="only this part; may be said again")
    parser.add_argument(
        "--markdown", action="store_true", help="measure nothing: the last run as docs/benchmarks.md has it"
    )
    arguments = parser.parse_args()
    if arguments.markdown:
        print(markdown(load()))
        return
    messages = Console(stderr=True)
    watch = Stopwatch()
    made = material(FULL_FAMILIES if arguments.full else FAMILIES)
    messages.print(f"[dim]synthetic network: {len(made.network.written):,} events, {watch.seconds:.1f} s[/]")
    rows: list[Row] = []
    with private_platform() as platform:
        for name in arguments.only or MEASURES:
            rows += _measure(name, made, platform, full=arguments.full, messages=messages)
    save(rows)
    show(rows, Console())


def _measure(name: str, made: Material, platform: Platform, *, full: bool, messages: Console) -> list[Row]:
    """One part, in databases and topics of its own."""
    namespace = f"bench_{name}_"
    environment = platform.environment(namespace)
    settings = settings_of(environment)
    migrate_all(settings)
    bench = Bench(platform=platform, settings=settings, environment=environment, console=messages, full=full)
    try:
        return uvloop.run(MEASURES[name](bench, made))
    finally:
        remove_namespace(platform, namespace)


if __name__ == "__main__":
    main()
