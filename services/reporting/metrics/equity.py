"""M10: who is reached, how soon and with what result, by group of families."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting.metrics.outcomes import case_outcomes
from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import CASELOAD, OPEN, TIER, Scope
from services.reporting.metrics.waits import WAITS
from shared.eventstore.store import Connection

UNKNOWN = "unknown"

DIMENSIONS: Mapping[str, str] = {
    "deprivation": f"ARRAY[coalesce(deprivation_decile::text, '{UNKNOWN}')]",
    "ethnicity": f"coalesce(nullif(ethnic_groups, '{{}}'), '{{{UNKNOWN}}}')",
    "caregiver_role": f"coalesce(nullif(caregiver_roles, '{{}}'), '{{{UNKNOWN}}}')",
    "interpreter": "ARRAY[CASE WHEN interpreter_language IS NULL THEN 'no' ELSE 'yes' END]",
    "all": "ARRAY['all']",
}
"""The groups to which a case belongs: decile of deprivation (1 the most deprived), census group, every role in which
anybody was ever linked (a case with a father counts under fathers), need of an interpreter; `all` is every case."""

OVERLAPPING = frozenset({"ethnicity", "caregiver_role"})
"""A family may belong to several groups of these, so groups do not add up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The numbers of one group of families."""

    open_referrals: int = 0
    """M1 at t, cases."""
    caseload: int = 0
    """M2 at t, cases."""
    specialist: int = 0
    """Those of them whose tier at t is SPECIALIST (M8)."""
    received: int = 0
    """Referrals received in the period."""
    declined: int = 0
    """Those of them that were declined by t, with or without a signpost (M7)."""
    w1_n: int = 0
    """Decisions in the period, with the median of their days (W1); so too W2 to W6."""
    w1_median: Decimal | None = None
    w2_n: int = 0
    w2_median: Decimal | None = None
    w3_n: int = 0
    w3_median: Decimal | None = None
    w4_n: int = 0
    w4_median: Decimal | None = None
    w5_n: int = 0
    w5_median: Decimal | None = None
    w6_n: int = 0
    w6_median: Decimal | None = None
    attended: int = 0
    """Sessions of the period, attendance 5 or 6."""
    not_attended: int = 0
    """Attendance 3 or 7."""
    discharged: int = 0
    """Cases discharged in the period."""
    eligible: int = 0
    """Those whose outcome is asked for (M9)."""
    measured: int = 0
    """Those of them with a pair of scores that could be judged."""
    improved: int = 0
    """Those whose outcome is `improved`."""
    deteriorated: int = 0
    """Those whose outcome is `deteriorated`; `mixed` is neither."""

    @property
    def booked(self) -> int:
        """What the DNA rate is out of."""
        return self.attended + self.not_attended

    @property
    def dna_rate(self) -> Decimal | None:
        """Ratio in [0, 1], four decimals; None of nothing."""
        return share_of(self.not_attended, self.booked)

    @property
    def declined_share(self) -> Decimal | None:
        """Declined of received; None of nothing."""
        return share_of(self.declined, self.received)

    @property
    def improved_share(self) -> Decimal | None:
        """Improved of measured; None of nothing."""
        return share_of(self.improved, self.measured)


NOBODY = Group()


def _completed(name: str, start: str, stop: str) -> str:
    """Days of a wait that was completed in the period; null: it was not, or stopped before it started."""
    return (
        f"CASE WHEN {stop} BETWEEN $3::date AND $4::date AND {stop} >= {start} THEN {stop} - {start} END"
        f" AS {name.lower()}"
    )


_WAITS = tuple(name.lower() for name in WAITS)
_CASES = f"""
SELECT case_id, received_on BETWEEN $3::date AND $4::date AS received, {OPEN} AS open_referrals, {CASELOAD} AS caseload,
       decision = 'declined' AND decided_on <= $1::date AS declined, {TIER} = 'SPECIALIST' AS specialist,
       {", ".join(_completed(name, wait.start, wait.stop) for name, wait in WAITS.items())},
       discharged_on BETWEEN $3::date AND $4::date AND discharged_on = closed_on AS discharged,
       {", ".join(f"{groups} AS {dimension}" for dimension, groups in DIMENSIONS.items() if dimension != "all")}
"""


async def equity(conn: Connection, scope: Scope, *, first: date, last: date) -> Mapping[str, Mapping[str, Group]]:
    """M10 by dimension and group, each in order: M1 and M2 at `scope.at`, all else from `first` to `last`.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: cases, sessions, days. Source: domain 6.6 M10; each number as in M1, M2, M4, M6 to M9.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    ended = await case_outcomes(conn, scope, first=first, last=last)
    cases, given = scope.cases(after=4)
    contacts, also_given = scope.contacts(after=4 + len(given))
    medians = ", ".join(
        f"count({name}) AS {name}_n, percentile_cont(0.5) WITHIN GROUP (ORDER BY {name}) AS {name}_median"
        for name in _WAITS
    )
    sides = ", ".join(f"('{name}', {'ARRAY[$$all$$]' if name == 'all' else name})" for name in DIMENSIONS)
    rows = await conn.fetch(
        f"""
        WITH s AS MATERIALIZED (
            SELECT case_id, count(*) FILTER (WHERE attend_status IN ('5', '6')) AS attended,
                   count(*) FILTER (WHERE attend_status IN ('3', '7')) AS not_attended
            FROM ({contacts}) AS session WHERE day BETWEEN $3::date AND $4::date GROUP BY case_id
        ), ended AS MATERIALIZED (SELECT * FROM unnest($5::uuid[], $6::text[]) AS e (case_id, band)
        ), c AS MATERIALIZED (
            SELECT c.*, coalesce(attended, 0) AS attended, coalesce(not_attended, 0) AS not_attended, band
            FROM ({_CASES} FROM ({cases}) AS believed WHERE received_on IS NOT NULL) AS c
                 LEFT JOIN s USING (case_id) LEFT JOIN ended USING (case_id)
            WHERE open_referrals OR received OR discharged OR coalesce({", ".join(_WAITS)}) IS NOT NULL
               OR s.case_id IS NOT NULL
        )
        SELECT side.name AS dimension, code, {medians}, count(*) FILTER (WHERE open_referrals) AS open_referrals,
               count(*) FILTER (WHERE caseload) AS caseload, count(*) FILTER (WHERE received) AS received,
               count(*) FILTER (WHERE caseload AND specialist) AS specialist,
               count(*) FILTER (WHERE received AND declined) AS declined,
               sum(attended)::integer AS attended, sum(not_attended)::integer AS not_attended,
               count(*) FILTER (WHERE discharged) AS discharged, count(band) AS eligible,
               count(*) FILTER (WHERE band <> 'not_measured') AS measured,
               count(*) FILTER (WHERE band = 'improved') AS improved,
               count(*) FILTER (WHERE band = 'deteriorated') AS deteriorated
        FROM c, LATERAL (VALUES {sides}) AS side (name, codes), unnest(side.codes) AS code
        GROUP BY side.name, code
        """,
        scope.at, scope.team, first, last, [each.case_id for each in ended], [each.band for each in ended],
        *given, *also_given,
    )  # fmt: skip
    found: dict[str, dict[str, Group]] = {dimension: {} for dimension in DIMENSIONS}
    for row in sorted(map(dict, rows), key=_order):
        found[row["dimension"]][row["code"]] = _group(row)
    return found | {"all": found["all"] or {"all": NOBODY}}


def _order(row: Mapping[str, Any]) -> tuple[bool, int, str]:
    """Numbers as numbers, and what is not known last."""
    code: str = row["code"]
    return code == UNKNOWN, int(code) if code.isdecimal() else 0, code


def _group(row: Mapping[str, Any]) -> Group:
    said: dict[str, Any] = {name: row[name] for name in Group.__dataclass_fields__}
    said.update({f"{name}_median": _exact(row[f"{name}_median"]) for name in _WAITS})
    return Group(**said)


def _exact(median: float | None) -> Decimal | None:
    """A median of whole days is a whole or a half: exact as a float."""
    return None if median is None else Decimal(str(median))
