"""M7: referrals received, by who referred, why, how old the baby was, and what was decided; and consultations."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.reporting.metrics.ages import AGE_AT_REFERRAL, AGE_BANDS, PREGNANCY_DAYS
from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from shared.eventstore.store import Connection

DECISIONS = ("accepted", "declined", "signposted", "duplicate", "withdrawn", "undecided")
"""What became of a referral by t. Signposted is a decline that says so, or that names where the family was sent."""

CAPACITY_CLOSED = "capacity_closed"
"""Reason of a decline: the family was eligible and the team was full. Unmet need. Source: domain 2.2."""

DECISION = """
CASE WHEN decided_on <= $1::date THEN
          CASE WHEN decision = 'declined' AND (triage_decision = 'signposted' OR signposted_to <> '{}')
               THEN 'signposted' ELSE decision END
     WHEN withdrawn_on <= $1::date THEN 'withdrawn'
     ELSE 'undecided' END
"""
"""What became of a referral by t, one of `DECISIONS`, of a row of cases."""

ByDecision = Mapping[str, int]
"""Numbers by code of `DECISIONS`, every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrals:
    """The referrals received within a period, and what was decided on these same referrals by t."""

    decided: ByDecision
    """Referrals."""
    by_source: Mapping[str, ByDecision]
    """Referrals, by who referred; the most frequent first."""
    by_concern: Mapping[str, ByDecision]
    """Referrals, once under each concern they name, so that the rows add up to more than the referrals."""
    by_age: Mapping[str, ByDecision]
    """Babies, by age when the referral was received (`ages.AGE_BANDS`)."""
    antenatal_weeks: Mapping[int, int]
    """Unborn babies with a due date, by completed weeks of pregnancy when the referral was received."""
    decline_reasons: Mapping[str, int]
    """Referrals declined, signposted ones included, by reason."""
    capacity_closed: int
    """Of those, how many because the team was full: the evidence of unmet need."""
    signposted_to: Mapping[str, int]
    """Referrals declined, once under each place they were sent to."""
    consultations: int
    """Given to other professionals within the period; no filter but the team applies to them."""
    became_referral: int
    """How many of those became a referral, by their own outcome, by a later link, or because a referral names them."""
    conversion_rate: Decimal | None
    """Four decimals; None of no consultations."""


async def referrals(conn: Connection, scope: Scope, *, first: date, last: date) -> Referrals:
    """M7 of what was received from `first` to `last`, both included, as decided at `scope.at`.

    A cohort: decisions are those on the referrals of the period, not those taken within it.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: referrals, babies, consultations. Source: domain 6.6 M7, 2.2.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=3)
    rows = await conn.fetch(
        f"""
        WITH r AS MATERIALIZED (
            SELECT *, {DECISION} AS came_to FROM ({cases}) AS c WHERE received_on BETWEEN $3::date AND $4::date
        ), baby AS MATERIALIZED (SELECT r.*, b.born, b.due FROM r, unnest(born_on, due_on) AS b (born, due))
        SELECT 'decided' AS what, '' AS code, came_to, count(*) AS number FROM r GROUP BY came_to
        UNION ALL SELECT 'source', coalesce(source, 'not_stated'), came_to, count(*) FROM r GROUP BY 2, came_to
        UNION ALL SELECT 'concern', concern, came_to, count(*) FROM r, unnest(concerns) AS concern GROUP BY 2, came_to
        UNION ALL SELECT 'age', {AGE_AT_REFERRAL}, came_to, count(*) FROM baby GROUP BY 2, came_to
        UNION ALL SELECT 'weeks', floor(($5::integer - (due - received_on)) / 7.0)::integer::text, '', count(*)
                  FROM baby WHERE {AGE_AT_REFERRAL} = 'antenatal' AND due IS NOT NULL GROUP BY 2
        UNION ALL SELECT 'reason', coalesce(decline_reason, 'not_stated'), '', count(*) FROM r
                  WHERE came_to IN ('declined', 'signposted') GROUP BY 2
        UNION ALL SELECT 'to', place, '', count(*) FROM r, unnest(signposted_to) AS place
                  WHERE came_to IN ('declined', 'signposted') GROUP BY 2
        """,
        scope.at, scope.team, first, last, PREGNANCY_DAYS, *given,
    )  # fmt: skip
    counted: defaultdict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for what, code, came_to, number in rows:
        counted[what].setdefault(code, {})[came_to] = number
    given_consultations, became = await _consultations(conn, scope, first, last)
    reasons = _most_first(counted["reason"])
    return Referrals(
        decided=_whole(counted["decided"].get("", {})),
        by_source=_by_decision(counted["source"]),
        by_concern=_by_decision(counted["concern"]),
        by_age={band: _whole(counted["age"].get(band, {})) for band in AGE_BANDS},
        antenatal_weeks=dict(sorted((int(week), found[""]) for week, found in counted["weeks"].items())),
        decline_reasons=reasons,
        capacity_closed=reasons.get(CAPACITY_CLOSED, 0),
        signposted_to=_most_first(counted["to"]),
        consultations=given_consultations,
        became_referral=became,
        conversion_rate=share_of(became, given_consultations),
    )


def _whole(found: Mapping[str, int]) -> ByDecision:
    return {decision: found.get(decision, 0) for decision in DECISIONS}


def _by_decision(found: Mapping[str, Mapping[str, int]]) -> dict[str, ByDecision]:
    codes = sorted(found, key=lambda code: (-sum(found[code].values()), code))
    return {code: _whole(found[code]) for code in codes}


def _most_first(found: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return dict(sorted(((code, each[""]) for code, each in found.items()), key=lambda pair: (-pair[1], pair[0])))


async def _consultations(conn: Connection, scope: Scope, first: date, last: date) -> tuple[int, int]:
    """Given within the period, and how many of them became a referral that the question's teams received by t."""
    work, given = scope.work(after=2)
    unfiltered = Scope(at=scope.at, known_at=scope.known_at, team=scope.team)
    cases, also_given = unfiltered.cases(after=2 + len(given))
    row = await conn.fetchrow(
        f"""
        WITH named AS (SELECT consultation_id FROM ({cases}) AS c
                       WHERE consultation_id IS NOT NULL AND received_on <= $1::date)
        SELECT count(*) AS given, count(*) FILTER (
                   WHERE outcome = 'became_referral' OR became_case_id IS NOT NULL
                      OR activity_id IN (SELECT consultation_id FROM named)) AS became
        FROM ({work}) AS w WHERE kind = 'consultation' AND day BETWEEN $3::date AND $4::date
        """,
        scope.at, scope.team, first, last, *given, *also_given,
    )  # fmt: skip
    if row is None:
        raise LookupError("a count gave no row")
    return row["given"], row["became"]
