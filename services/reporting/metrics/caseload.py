"""M1 and M2: open referrals by stage, and the open caseload by unit."""

from dataclasses import dataclass

from services.reporting.metrics.scope import CASELOAD, OPEN, STAGE, STAGES, Scope
from shared.eventstore.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """Counts as at one date."""

    open_referrals: int
    """M1, cases."""
    by_stage: dict[str, int]
    """M1's sub-states; they add up to `open_referrals`."""
    cases: int
    """M2, the open caseload."""
    infants: int
    """M2, distinct babies."""
    caregivers: int
    """M2, distinct parents or carers."""
    relationships: int
    """M2, distinct relationships: a baby with one or two parents or carers."""
    orphans: int
    """Cases of which something is known, but not their referral: in no other number."""


async def caseload(conn: Connection, scope: Scope, *, nhse: bool = False) -> Caseload:
    """M1 and M2 at `scope.at`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        nhse: as NHS England counts open referrals: one that is declined at any time counts at no date.

    Source: domain 6.6 M1, M2; NHSE variant 3.5. Example (6.7): discharged on 28 March, recorded on 4 April: at
    31 March counted as known on 1 April, not counted as known on 5 April.
    """
    cases, instant = scope.cases(after=0)
    declined = "AND decision IS DISTINCT FROM 'declined'" if nhse else ""
    stages = await conn.fetch(
        f"SELECT {STAGE} AS stage, count(*) FROM ({cases}) AS c WHERE {OPEN} {declined} GROUP BY 1",
        scope.at, scope.team, *instant,
    )  # fmt: skip
    units = await conn.fetchrow(
        f"""
        WITH c AS ({cases}), m2 AS (SELECT * FROM c WHERE {CASELOAD})
        SELECT (SELECT count(*) FROM m2) AS cases,
               (SELECT count(DISTINCT id) FROM m2, unnest(infants) AS id) AS infants,
               (SELECT count(DISTINCT id) FROM m2, unnest(caregivers) AS id) AS caregivers,
               (SELECT count(DISTINCT id) FROM m2, unnest(relationships) AS id) AS relationships,
               (SELECT count(*) FROM c WHERE received_on IS NULL) AS orphans
        """,
        scope.at, scope.team, *instant,
    )  # fmt: skip
    if units is None:
        raise LookupError("a count gave no row")
    counted = dict.fromkeys(STAGES, 0) | {row["stage"]: row["count"] for row in stages}
    return Caseload(open_referrals=sum(counted.values()), by_stage=counted, **dict(units))
