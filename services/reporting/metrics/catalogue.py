"""Every metric by name: one definition feeds page, JSON, file, command line, frozen report and documentation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from services.reporting.metrics import pathway_tables, session_tables
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import sessions
from services.reporting.metrics.waits import waits
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


async def _caseload(conn: Connection, scope: Scope, _: Period) -> Any:
    return await caseload(conn, scope)


async def _flow(conn: Connection, scope: Scope, period: Period) -> Any:
    return await flow(conn, scope, first=period.first, last=period.last)


async def _waits(conn: Connection, scope: Scope, period: Period) -> Any:
    return await waits(conn, scope, first=period.first, last=period.last)


async def _sessions(conn: Connection, scope: Scope, period: Period) -> Any:
    return await sessions(conn, scope, first=period.first, last=period.last)


_ALL = (
    Metric(
        code="M1, M2",
        name="caseload",
        title="Open referrals and caseload",
        unit="cases, babies, parents or carers, relationships",
        source="domain 6.6 M1, M2",
        better=Better.NEITHER,
        measure=_caseload,
        tables=pathway_tables.of_caseload,
    ),
    Metric(
        code="M3",
        name="flow",
        title="Referrals in and out",
        unit="referrals",
        source="domain 6.6 M3",
        better=Better.NEITHER,
        measure=_flow,
        tables=pathway_tables.of_flow,
    ),
    Metric(
        code="M4, M5",
        name="waits",
        title="Waits",
        unit="days between civil dates",
        source="domain 6.6 M4, M5",
        better=Better.LOWER,
        measure=_waits,
        tables=pathway_tables.of_waits,
    ),
    Metric(
        code="M6",
        name="sessions",
        title="Sessions",
        unit="sessions, minutes; cases by days since the last attended contact",
        source="domain 6.6 M6, 3.5",
        better=Better.NEITHER,
        measure=_sessions,
        tables=session_tables.of_sessions,
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric by its name, in the order of the domain."""
