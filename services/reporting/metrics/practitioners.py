"""The open caseload by who leads it: raw, weighted, and how old the cases are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.reporting.metrics.caseload import weight
from services.reporting.metrics.percentiles import percentile
from services.reporting.metrics.scope import CASELOAD, COMPLEXITIES, STAGE, TIER, Scope, lead_on
from services.reporting.teams import DEFAULT, Configuration, common_version, configurations
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one practitioner leads at t."""

    team: str
    practitioner: UUID | None
    """Opaque id; None: nobody leads these cases yet."""
    cases: int
    """Open caseload (M2)."""
    weighted: Decimal
    """The same, each case weighed by its team's weights in force at t."""
    median_age: Decimal
    """Days from referral to t, median of the cases, type 7."""
    oldest: int
    """Days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """The open caseload, divided among those who lead it."""

    loads: tuple[Load, ...]
    """By team, most cases first; what nobody leads yet stands last."""
    cases: int
    """M2."""
    weighted: Decimal
    median_age: Decimal | None
    """None: no case."""
    oldest: int | None
    weights_version: str
    """Of the settings that the weights are from, see `teams.common_version`."""


async def caseload_by_practitioner(conn: Connection, scope: Scope) -> Loads:
    """The open caseload (M2) at `scope.at` by the practitioner who leads each case on that day.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.

    Unit: cases; days between civil dates. Source: domain 6.6 M2, M16; 3.5 (weights).
    """
    cases, given = scope.cases(after=0)
    rows = await conn.fetch(
        f"""
        SELECT team_id, {lead_on("$1::date")} AS lead, {TIER} AS tier, {STAGE} AS stage, {COMPLEXITIES} AS complexities,
               $1::date - received_on AS age, count(*) AS cases
        FROM ({cases}) AS c WHERE {CASELOAD} GROUP BY 1, 2, 3, 4, 5, 6
        """,
        scope.at, scope.team, *given,
    )  # fmt: skip
    configured = await configurations(conn, scope)
    found = [dict(row) for row in rows]
    by_lead: defaultdict[tuple[str, UUID | None], list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        by_lead[row["team_id"], row["lead"]].append(row)
    loads = [_load(team, lead, of_lead, configured) for (team, lead), of_lead in by_lead.items()]
    ages = _ages(found)
    return Loads(
        loads=tuple(sorted(loads, key=_order)),
        cases=len(ages),
        weighted=sum((load.weighted for load in loads), start=Decimal(0)),
        median_age=percentile(ages, Decimal("0.5")),
        oldest=ages[-1] if ages else None,
        weights_version=common_version(scope, configured),
    )


def _order(load: Load) -> tuple[str, bool, int, str]:
    return load.team, load.practitioner is None, -load.cases, str(load.practitioner)


def _ages(rows: Iterable[Mapping[str, Any]]) -> list[int]:
    return sorted(row["age"] for row in rows for _ in range(row["cases"]))


def _load(
    team: str, lead: UUID | None, rows: Iterable[Mapping[str, Any]], configured: Mapping[str, Configuration]
) -> Load:
    weights, of_lead = configured.get(team, DEFAULT).weights, list(rows)
    ages = _ages(of_lead)
    median = percentile(ages, Decimal("0.5"))
    if median is None:
        raise LookupError("a group of cases has none")
    return Load(
        team=team,
        practitioner=lead,
        cases=len(ages),
        weighted=sum(
            (row["cases"] * weight(weights, row["tier"], row["stage"], row["complexities"]) for row in of_lead),
            start=Decimal(0),
        ),
        median_age=median,
        oldest=ages[-1],
    )
