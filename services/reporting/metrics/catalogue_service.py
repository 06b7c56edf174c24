"""Metrics of how the service works: its months, capacity, people, reach and record. Part of the catalogue."""

from typing import Any

from services.reporting.metrics import (
    continuity_tables,
    data_quality_tables,
    equity_tables,
    network_tables,
    reach_tables,
    series_tables,
    service_tables,
    supervision_tables,
)
from services.reporting.metrics.capacity import capacity
from services.reporting.metrics.continuity import continuity
from services.reporting.metrics.data_quality import data_quality
from services.reporting.metrics.equity import equity
from services.reporting.metrics.metric import Better, Metric, Period
from services.reporting.metrics.network import network
from services.reporting.metrics.practitioners import caseload_by_practitioner
from services.reporting.metrics.reach import reach
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.series import series
from services.reporting.metrics.supervision import supervision
from services.reporting.metrics.system_tier import system_tier
from shared.eventstore.store import Connection


async def _series(conn: Connection, scope: Scope, period: Period) -> Any:
    return await series(conn, scope, first=period.first, last=period.last)


async def _capacity(conn: Connection, scope: Scope, period: Period) -> Any:
    return await capacity(conn, scope, first=period.first, last=period.last)


async def _system_tier(conn: Connection, scope: Scope, period: Period) -> Any:
    return await system_tier(conn, scope, first=period.first, last=period.last)


async def _by_practitioner(conn: Connection, scope: Scope, _: Period) -> Any:
    return await caseload_by_practitioner(conn, scope)


async def _data_quality(conn: Connection, scope: Scope, period: Period) -> Any:
    return await data_quality(conn, scope, first=period.first, last=period.last)


async def _equity(conn: Connection, scope: Scope, period: Period) -> Any:
    return await equity(conn, scope, first=period.first, last=period.last)


async def _network(conn: Connection, scope: Scope, period: Period) -> Any:
    return await network(conn, scope, first=period.first, last=period.last)


async def _reach(conn: Connection, scope: Scope, period: Period) -> Any:
    return await reach(conn, scope, first=period.first, last=period.last)


async def _continuity(conn: Connection, scope: Scope, period: Period) -> Any:
    return await continuity(conn, scope, first=period.first, last=period.last)


async def _supervision(conn: Connection, scope: Scope, period: Period) -> Any:
    return await supervision(conn, scope, first=period.first, last=period.last)


SERVICE = (
    Metric(
        code="M2",
        name="caseload-by-practitioner",
        title="Open caseload by practitioner",
        unit="cases; days between civil dates",
        source="domain 6.6 M2, 3.5",
        better=Better.NEITHER,
        measure=_by_practitioner,
        tables=service_tables.of_practitioners,
    ),
    Metric(
        code="M10",
        name="equity",
        title="Equity",
        unit="cases, sessions, days, by group of families",
        source="domain 6.6 M10",
        better=Better.NEITHER,
        measure=_equity,
        tables=equity_tables.of_equity,
    ),
    Metric(
        code="M11",
        name="series",
        title="Month by month",
        unit="referrals, cases, days, shares, by civil month",
        source="domain 6.6 M11, 3.6",
        better=Better.NEITHER,
        measure=_series,
        tables=series_tables.of_series,
    ),
    Metric(
        code="M13",
        name="capacity",
        title="Capacity and forecast",
        unit="cases, places, weeks",
        source="domain 6.6 M13",
        better=Better.NEITHER,
        measure=_capacity,
        tables=service_tables.of_capacity,
    ),
    Metric(
        code="M14",
        name="system-tier",
        title="Work with other professionals",
        unit="activities, people, hours by the clock",
        source="domain 6.6 M14",
        better=Better.NEITHER,
        measure=_system_tier,
        tables=service_tables.of_system_tier,
    ),
    Metric(
        code="M15",
        name="data-quality",
        title="Data quality",
        unit="cases; parked events",
        source="domain 6.6 M15",
        better=Better.LOWER,
        measure=_data_quality,
        tables=data_quality_tables.of_data_quality,
    ),
    Metric(
        code="M16",
        name="continuity",
        title="Continuity",
        unit="cases, changes of lead, days between civil dates",
        source="domain 6.6 M16; 1 S42",
        better=Better.LOWER,
        measure=_continuity,
        tables=continuity_tables.of_continuity,
    ),
    Metric(
        code="M17",
        name="reach",
        title="Reach",
        unit="families, people, consultations, each per 1,000 births a year; referrals",
        source="domain 6.6 M17; 1 S13",
        better=Better.HIGHER,
        measure=_reach,
        tables=reach_tables.of_reach,
    ),
    Metric(
        code="M18",
        name="supervision",
        title="Supervision",
        unit="sessions of supervision, hours by the clock, practitioners",
        source="domain 6.6 M18, 2.1; 1 S19",
        better=Better.HIGHER,
        measure=_supervision,
        tables=supervision_tables.of_supervision,
    ),
    Metric(
        code="M4, M6, M9, M17",
        name="network",
        title="Teams side by side",
        unit="cases, sessions, days, by team",
        source="domain 6.6, 1 S15",
        better=Better.NEITHER,
        measure=_network,
        tables=network_tables.of_network,
    ),
)
"""In the order of the domain."""
