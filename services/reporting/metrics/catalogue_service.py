"""Metrics of how the service works: its months, capacity, people, reach and record. Part of the catalogue."""

from typing import Any

from services.reporting.metrics import series_tables
from services.reporting.metrics.metric import Better, Metric, Period
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.series import series
from shared.eventstore.store import Connection


async def _series(conn: Connection, scope: Scope, period: Period) -> Any:
    return await series(conn, scope, first=period.first, last=period.last)


SERVICE = (
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
)
"""In the order of the domain."""
