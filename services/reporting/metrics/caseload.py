"""M1 and M2: open referrals by stage, and the open caseload by unit, raw and weighted."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.reporting.metrics.scope import CASELOAD, COMPLEXITIES, OPEN, STAGE, STAGES, TIER, Scope, people
from services.reporting.teams import DEFAULT, Configuration, common_version, configurations
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
    weighted: Decimal
    """M2, the cases weighed, each by the weights of its own team in force at t."""
    weights_version: str
    """Of the settings that the weights are from, see `teams.common_version`."""
    orphans: int
    """Cases of which something is known, but not their referral: in no other number."""


PHASES: Mapping[str, str] = {
    "awaiting_decision": "waiting",
    "waiting_assessment": "waiting",
    "in_assessment": "assessment",
    "waiting_programme": "waiting",
    "waiting_first_session": "waiting",
    "active": "active",
    "paused": "waiting",
    "ending": "ending",
}
"""Phase that says what a case of a stage weighs; a paused one weighs as one that waits. Source: domain 3.5."""


def weight(weights: Mapping[str, Decimal], tier: str | None, stage: str, complexities: int) -> Decimal:
    """What one case weighs: tier times phase, plus a part for each flagged complexity.

    Args:
        weights: of the team, by name.
        tier: TARGETED, SPECIALIST; any other (a consultation, none yet) weighs as targeted.
        stage: one of M1's sub-states.
        complexities: how many are flagged.

    Source: domain 3.5, 6.6 M2. Example with the default weights: SPECIALIST, active, 1 complexity -> 2.5.
    """
    level = weights["specialist" if tier == "SPECIALIST" else "targeted"]
    return level * weights[PHASES[stage]] + complexities * weights["complexity"]


async def caseload(conn: Connection, scope: Scope, *, nhse: bool = False) -> Caseload:
    """M1 and M2 at `scope.at`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        nhse: as NHS England counts open referrals: one that is rejected at any time (declined, or a duplicate: its
            reject reason 01) counts at no date.

    Source: domain 6.6 M1, M2; NHSE variant 3.5. Example (6.7): discharged on 28 March, recorded on 4 April: at
    31 March counted as known on 1 April, not counted as known on 5 April.
    """
    cases, instant = scope.cases(after=0)
    rejected = "coalesce(decision, '') IN ('declined', 'duplicate')" if nhse else "false"
    found = await conn.fetchrow(
        f"""
        WITH open AS MATERIALIZED (
            SELECT team_id, {TIER} AS tier, {STAGE} AS stage, {COMPLEXITIES} AS complexities, {CASELOAD} AS in_caseload,
                   NOT {rejected} AS counted, infants, caregivers, caregiver_days, relationships, relationship_days
            FROM ({cases}) AS c WHERE {OPEN}
        ), m2 AS (SELECT * FROM open WHERE in_caseload), kind AS (
            SELECT team_id, tier, stage, complexities, in_caseload, counted, count(*) AS cases
            FROM open GROUP BY 1, 2, 3, 4, 5, 6
        )
        SELECT (SELECT coalesce(json_agg(kind), '[]') FROM kind) AS kinds,
               (SELECT count(DISTINCT id) FROM m2, unnest(infants) AS id) AS infants,
               (SELECT count(DISTINCT id) FROM m2, LATERAL ({people("caregivers", "caregiver_days")}) AS p)
                   AS caregivers,
               (SELECT count(DISTINCT id) FROM m2, LATERAL ({people("relationships", "relationship_days")}) AS p)
                   AS relationships,
               (SELECT count(*) FROM ({cases}) AS c WHERE received_on IS NULL) AS orphans
        """,
        scope.at, scope.team, *instant,
    )  # fmt: skip
    if found is None:
        raise LookupError("a count gave no row")
    configured = await configurations(conn, scope)
    kinds: list[dict[str, Any]] = json.loads(found["kinds"])
    stages: Counter[str] = Counter()
    for kind in kinds:
        stages[kind["stage"]] += kind["cases"] if kind["counted"] else 0
    seen = [kind for kind in kinds if kind["in_caseload"]]
    return Caseload(
        open_referrals=stages.total(),
        by_stage={stage: stages[stage] for stage in STAGES},
        cases=sum(kind["cases"] for kind in seen),
        weighted=_weighted(seen, configured),
        weights_version=common_version(scope, configured),
        **{name: found[name] for name in ("infants", "caregivers", "relationships", "orphans")},
    )


def _weighted(kinds: Iterable[Mapping[str, Any]], configured: Mapping[str, Configuration]) -> Decimal:
    return sum(
        (
            kind["cases"]
            * weight(
                configured.get(kind["team_id"], DEFAULT).weights, kind["tier"], kind["stage"], kind["complexities"]
            )
            for kind in kinds
        ),
        start=Decimal(0),
    )
