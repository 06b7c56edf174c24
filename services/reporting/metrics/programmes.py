"""M8: how intensive the work is, steps up and down, and how much of what was planned was held."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import CASELOAD, TIER, Scope
from shared.eventstore.store import Connection

TIERS = ("CONSULT", "TARGETED", "SPECIALIST")
"""From the least intensive to the most."""

_PLAN = """
SELECT DISTINCT ON (case_id, component) case_id, component, sessions
FROM {cases} AS c,
     unnest(plan_days, plan_components, plan_sessions) WITH ORDINALITY AS p (day, component, sessions, place)
WHERE day <= $1::date ORDER BY case_id, component, place DESC
"""
"""Of each case and component the last word by t: how many sessions are planned; null: it was taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component of programmes."""

    open_cases: int
    """Cases of the open caseload (M2) at t whose programme has it."""
    ended_cases: int
    """Cases discharged within the period whose programme had it."""
    planned: int
    """Sessions planned in those that ended."""
    held: int
    """Sessions of it held in those that ended."""
    dose: Decimal | None
    """Held / planned, four decimals; above 1 where more was held. None where nothing was planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programmes:
    """Tiers, steps and components."""

    tiers: Mapping[str, int]
    """The open caseload (M2) at t by tier (`TIERS`)."""
    steps_up: int
    """Times that the tier became more intensive within the period."""
    steps_down: int
    components: Mapping[str, Component]
    """By code; the most used first."""


async def programmes(conn: Connection, scope: Scope, *, first: date, last: date) -> Programmes:
    """M8: tiers and components in use at `scope.at`; steps, and the dose of work that ended, from `first` to `last`.

    The dose is that of cases discharged within the period: where the work goes on, what is planned is not due yet.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period, included; not after `scope.at`.

    Unit: cases, steps, sessions. Source: domain 6.6 M8, S11, S12, S23.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=0)
    tiers = await conn.fetch(
        f"SELECT {TIER} AS tier, count(*) AS cases FROM ({cases}) AS c WHERE {CASELOAD} GROUP BY 1",
        scope.at, scope.team, *given,
    )  # fmt: skip
    cases, given = scope.cases(after=2)
    steps = await conn.fetch(
        f"""
        SELECT direction, count(*) AS steps
        FROM ({cases}) AS c, unnest(step_days, step_directions) AS s (day, direction)
        WHERE received_on IS NOT NULL AND day BETWEEN $3::date AND $4::date AND day <= $1::date GROUP BY 1
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    by_tier = {row["tier"]: row["cases"] for row in tiers}
    by_direction = {row["direction"]: row["steps"] for row in steps}
    return Programmes(
        tiers={tier: by_tier.get(tier, 0) for tier in TIERS},
        steps_up=by_direction.get("up", 0),
        steps_down=by_direction.get("down", 0),
        components=await _components(conn, scope, first, last),
    )


async def _components(conn: Connection, scope: Scope, first: date, last: date) -> dict[str, Component]:
    cases, given = scope.cases(after=2)
    contacts, of_contacts = scope.contacts(after=2 + len(given))
    rows = await conn.fetch(
        f"""
        WITH c AS MATERIALIZED (
            SELECT case_id, plan_days, plan_components, plan_sessions, is_open, is_ended
            FROM ({cases}) AS c, LATERAL (
                SELECT {CASELOAD} AS is_open, received_on IS NOT NULL AND discharged_on = closed_on
                                              AND discharged_on BETWEEN $3::date AND $4::date AS is_ended) AS now
            WHERE is_open OR is_ended
        ), open AS (SELECT * FROM c WHERE is_open), ended AS (SELECT * FROM c WHERE is_ended)
        SELECT component, 'open_cases' AS what, count(*) AS number FROM ({_PLAN.format(cases="open")}) AS p
        WHERE sessions IS NOT NULL GROUP BY 1
        UNION ALL SELECT component, 'ended_cases', count(*) FROM ({_PLAN.format(cases="ended")}) AS p
        WHERE sessions IS NOT NULL GROUP BY 1
        UNION ALL SELECT component, 'planned', sum(sessions) FROM ({_PLAN.format(cases="ended")}) AS p
        WHERE sessions IS NOT NULL GROUP BY 1
        UNION ALL SELECT component_code, 'held', count(*) FROM ended JOIN ({contacts}) AS s USING (case_id)
        WHERE s.status = 'held' AND s.day <= $1::date AND component_code IS NOT NULL GROUP BY 1
        """,
        scope.at, scope.team, first, last, *given, *of_contacts,
    )  # fmt: skip
    counted: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for code, what, number in rows:
        counted[code][what] = number
    found = {code: _component(numbers) for code, numbers in counted.items()}
    return dict(sorted(found.items(), key=lambda each: (-each[1].open_cases - each[1].ended_cases, each[0])))


def _component(numbers: Mapping[str, int]) -> Component:
    planned, held = numbers.get("planned", 0), numbers.get("held", 0)
    return Component(
        open_cases=numbers.get("open_cases", 0),
        ended_cases=numbers.get("ended_cases", 0),
        planned=planned,
        held=held,
        dose=share_of(held, planned),
    )
