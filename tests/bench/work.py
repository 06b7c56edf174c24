"""Measuring: rounds in turn, medians, and where the services' databases are."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median

import psycopg
from psycopg import sql
from rich.console import Console

from shared.settings import Settings
from shared.testing.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One run of the benchmarks."""

    platform: Platform
    settings: Settings
    environment: dict[str, str]
    """For a service's process."""
    console: Console
    full: bool
    """At the issue's sizes, otherwise smaller."""

    def size(self, reduced: int, full: int) -> int:
        """How much of it."""
        return full if self.full else reduced

    def say(self, text: str) -> None:
        """Progress, on stderr."""
        self.console.print(f"[dim]{text}[/]")

    def execute(self, service: str, *statements: str) -> None:
        """Plain SQL as the administrator in a service's database."""
        with psycopg.connect(self.settings.admin_dsn(self.settings.database(service)), autocommit=True) as connection:
            for statement in statements:
                connection.execute(sql.SQL(statement))


Measured = Callable[[], Awaitable[float]]


async def in_turn(rounds: int, *work: Measured) -> tuple[float, ...]:
    """Runs A, B, A, B, ...; gives the median rate of each, so that a slow minute of the machine hits all alike."""
    rates: list[list[float]] = [[] for _ in work]
    for _ in range(rounds):
        for place, each in enumerate(work):
            rates[place].append(await each())
    return tuple(median(reached) for reached in rates)


class Stopwatch:
    """How many a second since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return time.perf_counter() - self._start

    def rate(self, count: int) -> float:
        """`count` divided by the time since it was made."""
        return count / self.seconds


async def until(condition: Callable[[], Awaitable[bool]], *, within_s: float, every_s: float = 0.01) -> None:
    """Waits until something holds; asks again and again, for it happens in other processes.

    Raises:
        TimeoutError: it did not hold within `within_s` seconds.
    """
    async with asyncio.timeout(within_s):
        while not await condition():  # noqa: ASYNC110 - no event of this process tells it
            await asyncio.sleep(every_s)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
