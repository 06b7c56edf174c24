"""Every metric by name: one definition feeds page, JSON, file, command line, frozen report and documentation."""

from collections.abc import Mapping
from typing import Any

from services.reporting.metrics import (
    outcome_tables,
    pathway_tables,
    programme_tables,
    referral_tables,
    session_tables,
    waiting_tables,
)
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.catalogue_clocks import CLOCKS
from services.reporting.metrics.catalogue_service import SERVICE
from services.reporting.metrics.catalogue_stays import STAYS
from services.reporting.metrics.flow import flow
from services.reporting.metrics.funnel import funnel, of_funnel
from services.reporting.metrics.metric import Better, Metric, Period
from services.reporting.metrics.outcomes import outcomes
from services.reporting.metrics.programmes import programmes
from services.reporting.metrics.referrals import referrals
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import sessions
from services.reporting.metrics.waiting_curve import wait_bands, waiting_curve
from services.reporting.metrics.waits import waits
from shared.eventstore.store import Connection

__all__ = ["FILTERED", "METRICS", "Better", "Metric", "Period"]


async def _caseload(conn: Connection, scope: Scope, _: Period) -> Any:
    return await caseload(conn, scope)


async def _flow(conn: Connection, scope: Scope, period: Period) -> Any:
    return await flow(conn, scope, first=period.first, last=period.last)


async def _funnel(conn: Connection, scope: Scope, period: Period) -> Any:
    return await funnel(conn, scope, first=period.first, last=period.last)


async def _waits(conn: Connection, scope: Scope, period: Period) -> Any:
    return await waits(conn, scope, first=period.first, last=period.last)


async def _wait_bands(conn: Connection, scope: Scope, period: Period) -> Any:
    return await wait_bands(conn, scope, first=period.first, last=period.last)


async def _waiting_curve(conn: Connection, scope: Scope, period: Period) -> Any:
    return await waiting_curve(conn, scope, first=period.first, last=period.last)


async def _sessions(conn: Connection, scope: Scope, period: Period) -> Any:
    return await sessions(conn, scope, first=period.first, last=period.last)


async def _referrals(conn: Connection, scope: Scope, period: Period) -> Any:
    return await referrals(conn, scope, first=period.first, last=period.last)


async def _programmes(conn: Connection, scope: Scope, period: Period) -> Any:
    return await programmes(conn, scope, first=period.first, last=period.last)


async def _outcomes(conn: Connection, scope: Scope, period: Period) -> Any:
    return await outcomes(conn, scope, first=period.first, last=period.last)


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
        code="M3 funnel",
        name="funnel",
        title="How far they come",
        unit="cases received in the period",
        source="domain 6.6 M3, 3.2",
        better=Better.NEITHER,
        measure=_funnel,
        tables=of_funnel,
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
        code="M5 bands",
        name="wait-bands",
        title="Waits by bands of days",
        unit="cases by days between civil dates",
        source="domain 3.5, 6.6 M5",
        better=Better.LOWER,
        measure=_wait_bands,
        tables=waiting_tables.of_wait_bands,
    ),
    Metric(
        code="M5 curve",
        name="waiting-curve",
        title="Waiting curves",
        unit="days between civil dates; share of the waits that began in the period",
        source="domain 6.6 M4; Kaplan and Meier 1958",
        better=Better.LOWER,
        measure=_waiting_curve,
        tables=waiting_tables.of_waiting_curve,
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
    Metric(
        code="M7",
        name="referrals",
        title="Referrals received",
        unit="referrals; babies by age; consultations",
        source="domain 6.6 M7, 2.2",
        better=Better.NEITHER,
        measure=_referrals,
        tables=referral_tables.of_referrals,
    ),
    Metric(
        code="M8",
        name="programmes",
        title="Tiers and programmes",
        unit="cases, steps, sessions; sessions held of those planned",
        source="domain 6.6 M8",
        better=Better.NEITHER,
        measure=_programmes,
        tables=programme_tables.of_programmes,
    ),
    Metric(
        code="M9",
        name="outcomes",
        title="Outcomes",
        unit="pairs of first and last scores; cases",
        source="domain 6.6 M9, 3.5, 2.4",
        better=Better.HIGHER,
        measure=_outcomes,
        tables=outcome_tables.of_outcomes,
    ),
)

METRICS: Mapping[str, Metric] = {metric.name: metric for metric in (*_ALL, *STAYS, *CLOCKS, *SERVICE)}
"""Every metric by its name: first those of the families' pathway, then those of the service."""

FILTERED: Mapping[str, str] = {
    "referrals": "referrals, not consultations",
    "capacity": "cases, not places",
    "system-tier": "families' side only",
    "reach": "families and referrals; `locality` births too",
    "supervision": "none",
}
"""What filters change of a metric by its name; of every other one all numbers."""
