"""Spells in SQL: referrals of one baby to one team that follow each other closely, as `clocks.spells` joins them."""

from dataclasses import replace
from typing import Any

from services.reporting.clocks.spells import GAP_DAYS
from services.reporting.metrics.scope import Filters, Scope

_COLUMNS = (
    "team_id, case_id, received_on, infants, born_on, due_on,"
    " CASE WHEN closed_on <= $1::date THEN greatest(closed_on, received_on) ELSE 'infinity' END AS closed_on,"
    " least(CASE WHEN first_attended_on <= $1::date THEN first_attended_on END,"
    " CASE WHEN indirect_on <= $1::date THEN indirect_on END) AS contact_on,"
    " CASE WHEN listed_measure_on <= $1::date THEN listed_measure_on END AS listed_on,"
    " CASE WHEN care_plan_agreed_on <= $1::date THEN care_plan_agreed_on END AS plan_on,"
    " CASE WHEN first_treatment_on <= $1::date THEN first_treatment_on END AS treated_on,"
    " coalesce(pregnancy_ended_on <= $1::date, false) AS lost"
)
"""Of a case, as at t."""


def spells(scope: Scope, after: int, *, of_interest: str, where: str = "true") -> tuple[str, tuple[Any, ...]]:
    """A query for the spells as at t ($1) of every baby with a case of interest, and its parameters but $1 and $2.

    Columns: team_id, infant (a case without a baby stands for itself), head (its first case), start, ended (civil date
    on which the last of its cases closed, infinity while any is open), the birth and due date of the baby, whether the
    pregnancy ended, and the first attended contact or indirect activity, listed measure, agreed care plan and treatment
    session, each by t.

    Most cases of ten years are of no interest to a question about some months, and nearly every baby has one case: the
    others are looked up for the babies of interest only, and only babies with several go through the joining. Up to
    triplets each baby is looked up by its place, which a hash answers; more are so few that each may be searched for.

    Args:
        scope: the question; its filters ask about the case with which a spell begins.
        after: number of parameters of the caller's own, from $3 on.
        of_interest: a condition on a case; every spell that is asked for has such a case.
        where: a condition on a case and one of its babies (`born_on`, `due_on`, as at t), for it to be in any spell.

    Source: domain 3.4 rule 2.
    """
    cases, values = replace(scope, filters=Filters()).cases(after)
    every = _joined(cases, of_interest, where)
    if not scope.filters.any:
        return every, values
    begun, filtering = scope.cases(after + len(values))
    return f"SELECT * FROM ({every}) AS s WHERE head IN (SELECT case_id FROM ({begun}) AS c)", (*values, *filtering)


def _joined(cases: str, of_interest: str, where: str) -> str:
    return f"""
    WITH interesting AS MATERIALIZED (
        SELECT {_COLUMNS} FROM ({cases}) AS c WHERE received_on <= $1::date AND ({of_interest})
    ), wanted AS MATERIALIZED (
        SELECT infants[1] AS infant FROM interesting WHERE cardinality(infants) > 0
        UNION ALL SELECT unnest(infants[2:]) FROM interesting WHERE cardinality(infants) > 1
    ), referred AS (
        SELECT * FROM interesting
        UNION ALL
        SELECT {_COLUMNS} FROM ({cases}) AS c
        WHERE received_on <= $1::date AND ({of_interest}) IS NOT TRUE
          AND (infants[1] IN (SELECT infant FROM wanted)
               OR infants[2] IN (SELECT infant FROM wanted) OR infants[3] IN (SELECT infant FROM wanted)
               OR cardinality(infants) > 3
                  AND EXISTS (SELECT FROM unnest(infants[4:]) AS u (id) WHERE id IN (SELECT infant FROM wanted)))
    ), person AS MATERIALIZED (
        SELECT *, count(*) OVER (PARTITION BY infant) AS referrals
        FROM (SELECT team_id, case_id, received_on, p.infant, CASE WHEN p.born <= $1::date THEN p.born END AS born_on,
                     p.due AS due_on, closed_on, contact_on, listed_on, plan_on, treated_on, lost
              FROM referred AS r,
                   unnest(coalesce(nullif(r.infants, '{{}}'), ARRAY[r.case_id]), r.born_on, r.due_on)
                       AS p (infant, born, due)) AS each_baby
        WHERE {where}
    ), placed AS (
        SELECT *, max(closed_on) OVER (PARTITION BY team_id, infant ORDER BY received_on, case_id
                                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM person WHERE referrals > 1
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE before IS NULL OR received_on > before + {GAP_DAYS})
                      OVER (PARTITION BY team_id, infant ORDER BY received_on, case_id) AS spell
        FROM placed
    )
    SELECT team_id, infant, case_id AS head, received_on AS start, closed_on AS ended, born_on, due_on, lost,
           contact_on, listed_on, plan_on, treated_on
    FROM person WHERE referrals = 1
    UNION ALL
    SELECT team_id, infant, (array_agg(case_id ORDER BY received_on, case_id))[1], min(received_on), max(closed_on),
           min(born_on), min(due_on), bool_or(lost), min(contact_on), min(listed_on), min(plan_on), min(treated_on)
    FROM numbered GROUP BY team_id, infant, spell
    """
