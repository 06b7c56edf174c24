"""What a metric is to those who show it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from services.reporting.metrics.scope import Scope
from services.reporting.tables import Table
from shared.eventstore.store import Connection


class Period(NamedTuple):
    """Civil days, both included; `last` is not after the date of the question."""

    first: date
    last: date


class Better(StrEnum):
    """In which direction a number improves."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"
    """A fact about the work, not a merit."""


Measure = Callable[[Connection, Scope, Period], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: how it is asked for, and how its answer is shown."""

    code: str
    """As domain 6.6 numbers it; several for what is answered together."""
    name: str
    """Its name in addresses and files."""
    title: str
    unit: str
    """What its numbers count or measure, in plain words."""
    source: str
    """Where the definition is from."""
    better: Better
    measure: Measure
    """The answer to a question, as typed values."""
    tables: Callable[[Any], tuple[Table, ...]]
    """The same as tables, raw; what leaves a team goes through `tables.suppressed`."""
    version: int = 1
    """Of the definition, as a frozen report names it: raised with every change of what is counted or said."""
