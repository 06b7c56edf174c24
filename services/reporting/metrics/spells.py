"""Spells in SQL: referrals of one baby to one team that follow each other closely, as `clocks.spells` joins them."""

from services.reporting.clocks.spells import GAP_DAYS


def spells(cases: str, where: str = "true") -> str:
    """A query for the spells of every baby, as at t ($1): one row each.

    Columns: team_id, infant (a case without a baby stands for itself), head (its first case), start, ended (civil date
    on which the last of its cases closed, infinity while any is open), the birth and due date of the baby, whether the
    pregnancy ended, and the first attended contact or indirect activity, listed measure, agreed care plan and treatment
    session, each by t.

    Only babies with several referrals to one team go through the joining; nearly all have one.

    Args:
        cases: query for the believed rows, from `Scope.cases`.
        where: a condition on a case and one of its babies (`born_on`, `due_on`, as at t), for it to be in any spell.

    Source: domain 3.4 rule 2.
    """
    return f"""
    WITH person AS MATERIALIZED (
        SELECT team_id, case_id, received_on, infant, born_on, due_on, closed_on, contact_on, listed_on, plan_on,
               treated_on, lost, count(*) OVER (PARTITION BY team_id, infant) AS referrals
        FROM (SELECT c.team_id, c.case_id, c.received_on, p.infant,
                     CASE WHEN p.born <= $1::date THEN p.born END AS born_on, p.due AS due_on,
                     CASE WHEN c.closed_on <= $1::date THEN c.closed_on ELSE 'infinity' END AS closed_on,
                     least(CASE WHEN c.first_attended_on <= $1::date THEN c.first_attended_on END,
                           CASE WHEN c.indirect_on <= $1::date THEN c.indirect_on END) AS contact_on,
                     CASE WHEN c.listed_measure_on <= $1::date THEN c.listed_measure_on END AS listed_on,
                     CASE WHEN c.care_plan_agreed_on <= $1::date THEN c.care_plan_agreed_on END AS plan_on,
                     CASE WHEN c.first_treatment_on <= $1::date THEN c.first_treatment_on END AS treated_on,
                     coalesce(c.pregnancy_ended_on <= $1::date, false) AS lost
              FROM ({cases}) AS c,
                   unnest(coalesce(nullif(c.infants, '{{}}'), ARRAY[c.case_id]), c.born_on, c.due_on)
                       AS p (infant, born, due)
              WHERE c.received_on <= $1::date) AS referred
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
