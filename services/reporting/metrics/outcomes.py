"""M9: what changed between the first and the last score of families whose work has ended."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.reporting.measures import BETTER, ORDINAL, RELIABLE_CHANGE
from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import Scope
from services.reporting.metrics.sessions import CONTACT
from services.reporting.teams import Configuration, common_version, configurations
from shared.eventstore.store import Connection

BANDS = ("improved", "maintained", "mixed", "deteriorated", "not_measured")
"""A case's outcome. Source: domain 6.6 M9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureOutcome:
    """The pairs of one measure about one kind of subject."""

    pairs: int
    """First and last scores of the same measure, subject and rater."""
    improved: int
    """Moved by at least the reliable change, for the better."""
    no_change: int
    deteriorated: int
    """Moved by at least the reliable change, for the worse."""
    not_judged: int
    """Pairs of a measure for which nobody has said which change is reliable, and of every ordinal one."""
    better: int
    """Of all pairs: the last is better than the first by however little."""
    same: int
    """Neither better nor worse; for a measure without a better direction, every pair."""
    worse: int
    mean_first: Decimal | None
    """Points, two decimals; None for an ordinal measure: its levels are never averaged."""
    mean_last: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What became of one case whose outcome is asked for."""

    case_id: UUID
    team_id: str
    band: str
    """One of `BANDS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Of the cases discharged within a period."""

    discharged: int
    """Cases."""
    eligible: int
    """Those with attended contacts on at least two days: the ones whose outcome is asked for."""
    paired: int
    """Those with at least one pair whose change could be judged."""
    coverage: Decimal | None
    """Paired / eligible, four decimals."""
    bands: Mapping[str, int]
    """Eligible cases by outcome (`BANDS`)."""
    national_bands: Mapping[str, int]
    """The same as NHS England reads it: both better and worse is a deterioration, so nothing is `mixed`."""
    by_measure: Mapping[tuple[str, str], MeasureOutcome]
    """By code of the measure and kind of subject."""
    thresholds_version: str
    """Of the settings that reliable changes are from, see `teams.common_version`."""


_PAIRED = """
closed AS MATERIALIZED (
    SELECT case_id, team_id, first_attended_on FROM ({cases}) AS c
    WHERE received_on IS NOT NULL AND discharged_on = closed_on AND discharged_on BETWEEN $3::date AND $4::date
), eligible AS MATERIALIZED (
    SELECT closed.case_id, closed.team_id, first_attended_on AS one, min(s.day) AS two
    FROM closed JOIN ({contacts}) AS s
      ON s.case_id = closed.case_id AND s.day > first_attended_on AND s.day <= $1::date AND {contact}
    GROUP BY 1, 2, 3
), pair AS MATERIALIZED (
    SELECT e.case_id, e.team_id, measure_code, subject_kind,
           (array_agg(total ORDER BY completed_on, s.events))[1] AS first,
           (array_agg(total ORDER BY completed_on DESC, s.events DESC))[1] AS last
    FROM eligible AS e JOIN ({scores}) AS s USING (case_id)
    WHERE in_range AND measure_code = ANY ($5::text[]) AND completed_on BETWEEN one AND $1::date
    GROUP BY e.case_id, e.team_id, measure_code, subject_kind, subject_ref, rater
    HAVING count(*) > 1 AND bool_or(completed_on >= two)
), judged AS MATERIALIZED (
    SELECT pair.*, (last - first) * better AS gain, coalesce(own.points, known.points) AS points
    FROM pair JOIN unnest($5::text[], $6::integer[], $7::numeric[]) AS known (measure_code, better, points)
              USING (measure_code)
         LEFT JOIN unnest($8::text[], $9::text[], $10::numeric[]) AS own (team_id, measure_code, points)
                   USING (team_id, measure_code)
), result AS MATERIALIZED (
    SELECT *, CASE WHEN points IS NULL OR measure_code = ANY ($11::text[]) THEN 'not_judged'
                   WHEN gain >= points THEN 'improved' WHEN gain <= -points THEN 'deteriorated'
                   ELSE 'no_change' END AS result FROM judged
)
"""
"""First score on or after the first contact, last score on or after the second one, never one with itself: of scores
on or after the first contact the last one of all is the last on or after the second, if there is any. Source: 3.5."""

_BY_MEASURE = """
SELECT measure_code, subject_kind, count(*) AS pairs,
       count(*) FILTER (WHERE result = 'improved') AS improved,
       count(*) FILTER (WHERE result = 'no_change') AS no_change,
       count(*) FILTER (WHERE result = 'deteriorated') AS deteriorated,
       count(*) FILTER (WHERE result = 'not_judged') AS not_judged,
       count(*) FILTER (WHERE gain > 0) AS better, count(*) FILTER (WHERE gain = 0) AS same,
       count(*) FILTER (WHERE gain < 0) AS worse,
       CASE WHEN measure_code <> ALL ($11::text[]) THEN round(avg(first), 2) END AS mean_first,
       CASE WHEN measure_code <> ALL ($11::text[]) THEN round(avg(last), 2) END AS mean_last
FROM result GROUP BY measure_code, subject_kind ORDER BY measure_code, subject_kind
"""

_EACH_CASE = """
SELECT case_id, team_id, coalesce(bool_or(result = 'improved'), false) AS improved,
       coalesce(bool_or(result = 'deteriorated'), false) AS deteriorated,
       coalesce(bool_or(result <> 'not_judged'), false) AS judged
FROM (SELECT case_id, team_id, NULL AS result FROM eligible UNION ALL SELECT case_id, team_id, result FROM result) AS e
GROUP BY case_id, team_id
"""
"""Not a join: nothing tells the planner how many there are, and it would compare each case with every pair."""

_BY_CASE = f"""
SELECT improved, deteriorated, judged, count(*) AS cases, (SELECT count(*) FROM closed) AS discharged
FROM ({_EACH_CASE}) AS e GROUP BY 1, 2, 3
UNION ALL SELECT NULL, NULL, NULL, 0, (SELECT count(*) FROM closed)
"""


_BOTH = f"""
SELECT (SELECT coalesce(json_agg(m), '[]') FROM ({_BY_MEASURE}) AS m) AS by_measure,
       (SELECT json_agg(c) FROM ({_BY_CASE}) AS c) AS by_case
"""
"""Two lists of one pass over the scores; as JSON, in which decimals stay exact."""


def band(*, improved: bool, deteriorated: bool, judged: bool) -> str:
    """A case's outcome: whether any of its pairs improved reliably, any deteriorated, and any could be judged at all.

    M9's sentences overlap: "mixed if both" is read before "deteriorated if any". Source: domain 6.6 M9.
    """
    if improved and deteriorated:
        return "mixed"
    if deteriorated:
        return "deteriorated"
    if improved:
        return "improved"
    return "maintained" if judged else "not_measured"


async def outcomes(conn: Connection, scope: Scope, *, first: date, last: date) -> Outcomes:
    """M9 of the cases discharged from `first` to `last`, both included, as at `scope.at`.

    Only possible totals make a pair; measures of experience are no outcome. Reliable changes are NHS England's, or the
    team's own in force at t.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: pairs of scores, cases. Source: domain 6.6 M9, 3.5, 2.4.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    own = await configurations(conn, scope)
    paired, values = _pairs(scope, own, first, last)
    row = await conn.fetchrow(f"WITH {paired} {_BOTH}", *values)
    if row is None:
        raise LookupError("a query for two lists gave no row")
    by_measure, by_case = (json.loads(row[name], parse_float=Decimal) for name in ("by_measure", "by_case"))
    return _answer(by_measure, by_case, common_version(scope, own))


async def case_outcomes(conn: Connection, scope: Scope, *, first: date, last: date) -> tuple[CaseOutcome, ...]:
    """The outcome of each eligible case, by the same rule: for whoever counts them in another way.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    paired, values = _pairs(scope, await configurations(conn, scope), first, last)
    rows = await conn.fetch(f"WITH {paired} {_EACH_CASE}", *values)
    return tuple(
        CaseOutcome(
            case_id=row["case_id"],
            team_id=row["team_id"],
            band=band(improved=row["improved"], deteriorated=row["deteriorated"], judged=row["judged"]),
        )
        for row in rows
    )


def _pairs(scope: Scope, own: Mapping[str, Configuration], first: date, last: date) -> tuple[str, tuple[Any, ...]]:
    """The queries of `_PAIRED`, and every parameter of them."""
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    cases, given = scope.cases(after=9)
    contacts, of_contacts = scope.contacts(after=9 + len(given))
    scores, of_scores = scope.scores(after=9 + len(given) + len(of_contacts))
    paired = _PAIRED.format(cases=cases, contacts=contacts, scores=scores, contact=CONTACT)
    asked = (scope.at, scope.team, first, last, *_measures(), *_own(own), sorted(ORDINAL))
    return paired, (*asked, *given, *of_contacts, *of_scores)


def _measures() -> tuple[list[str], list[int], list[Decimal | None]]:
    return list(BETTER), list(BETTER.values()), [RELIABLE_CHANGE.get(code) if BETTER[code] else None for code in BETTER]


def _own(configured: Mapping[str, Configuration]) -> tuple[list[str], list[str], list[Decimal]]:
    """Every reliable change that a team has set, as three columns; a measure without a better direction has none."""
    said = [
        (team, code, points)
        for team, each in configured.items()
        for code, points in each.reliable_changes.items()
        if BETTER.get(code)
    ]
    return [team for team, _, _ in said], [code for _, code, _ in said], [points for _, _, points in said]


def _answer(by_measure: list[dict[str, Any]], by_case: list[dict[str, Any]], version: str) -> Outcomes:
    ours: Counter[str] = Counter()
    for row in by_case:
        if row["cases"]:
            said = {name: row[name] for name in ("improved", "deteriorated", "judged")}
            ours[band(**said)] += row["cases"]
    eligible, paired = ours.total(), ours.total() - ours["not_measured"]
    return Outcomes(
        discharged=by_case[0]["discharged"],
        eligible=eligible,
        paired=paired,
        coverage=share_of(paired, eligible),
        bands={each: ours[each] for each in BANDS},
        national_bands=_as_nhs_england(ours),
        by_measure={
            (row.pop("measure_code"), row.pop("subject_kind")): MeasureOutcome(**row) for row in map(dict, by_measure)
        },
        thresholds_version=version,
    )


def _as_nhs_england(ours: Mapping[str, int]) -> dict[str, int]:
    return {
        "improved": ours["improved"],
        "maintained": ours["maintained"],
        "deteriorated": ours["deteriorated"] + ours["mixed"],
        "not_measured": ours["not_measured"],
    }
