"""M6: sessions held and not held, by why not; whom they were with; and how long ago each family was last seen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.reporting.metrics.percentiles import share_of
from services.reporting.metrics.scope import CASELOAD, Scope
from shared.eventstore.store import Connection

ATTEND_GROUPS: Mapping[str, str] = {
    "5": "attended",
    "6": "attended",
    "3": "dna",
    "7": "dna",
    "2": "cancelled_by_family",
    "4": "cancelled_by_provider",
}
"""Groups of the attended-or-did-not-attend code: 5 seen on time, 6 late but seen, 3 no notice, 7 too late to be seen;
the two kinds of cancellation apart. Source: domain 3.2, 3.5."""

SINCE_LAST_CONTACT = ("0-6", "7-13", "14-27", "28-plus")
"""Bands of days since the last attended contact. Source: domain 3.5 (NHS England's)."""
_LONGEST_DAYS = 28

CONTACT = "(status = 'held' AND attend_status IN ('5', '6') AND modality IN ('01', '02', '04', '11'))"
"""An attended contact, of a row of `seen_contacts`. Source: domain 3.5, 6.6 M2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions dated within a period, of all cases whose referral is known."""

    held: int
    not_held: int
    groups: Mapping[str, int]
    """Sessions by group of attendance, the values of `ATTEND_GROUPS`."""
    dna_rate: Decimal | None
    """Not attended / (not attended + attended), four decimals: cancellations are in neither. None of nothing."""
    cancelled_by: Mapping[str, int]
    """Cancelled sessions by who cancelled them, as recorded."""
    provider_reasons: Mapping[str, int]
    """Sessions that the team itself cancelled, by reason: a service failing."""
    infant_present: int
    """Held sessions at which a baby was present."""
    infant_present_rate: Decimal | None
    """Of the held ones."""
    interpreter: int
    """Held sessions with an interpreter."""
    interpreter_rate: Decimal | None
    minutes: int
    """Of held sessions, by the clock."""
    practitioner_minutes: int
    """The same, each as often as practitioners held it."""
    without_word: int
    """Booked for a day of the period, and not said yet whether held: to be recorded."""
    since_last_contact: Mapping[str, int]
    """Cases of the open caseload (M2) at t, by days since the last attended contact (`SINCE_LAST_CONTACT`)."""


async def sessions(conn: Connection, scope: Scope, *, first: date, last: date) -> Sessions:
    """M6 from `first` to `last`, both included, and the open caseload's last contacts at `scope.at`.

    A session is held or not held once: what its stream says last. Each session counts on its own day.

    Args:
        conn: inside the transaction that also reads the watermark.
        scope: the question.
        first: of the period.
        last: of the period; not after `scope.at`.

    Unit: sessions, minutes, cases. Source: domain 6.6 M6, 3.5. Example (6.7): attendance 5, 5, 6, 3, 7, 2, 4 -> DNA
    rate 2/5, one family and one provider cancellation apart.

    Raises:
        ValueError: the period ends after `scope.at`.
    """
    if last > scope.at:
        raise ValueError("the period must not end after the date")
    contacts, given = scope.contacts(after=2)
    rows = await conn.fetch(
        f"""
        SELECT status, attend_status, coalesce(cancelled_by, 'not_stated') AS by,
               CASE WHEN attend_status = '4' THEN coalesce(reason, 'not_stated') END AS reason,
               count(*) AS sessions, count(*) FILTER (WHERE infants_present > 0) AS infant_present,
               count(*) FILTER (WHERE interpreter) AS interpreter, coalesce(sum(minutes), 0) AS minutes,
               coalesce(sum(minutes * cardinality(practitioners)), 0) AS practitioner_minutes
        FROM ({contacts}) AS s
        WHERE day BETWEEN $3::date AND $4::date AND $1::date IS NOT NULL GROUP BY 1, 2, 3, 4
        """,
        scope.at, scope.team, first, last, *given,
    )  # fmt: skip
    return _answer([dict(row) for row in rows], await _since_last_contact(conn, scope))


def _answer(rows: list[dict[str, Any]], since_last_contact: Mapping[str, int]) -> Sessions:
    counted = {group: Counter[str]() for group in ("status", "group", "by", "reason")}
    for row in rows:
        counted["status"][row["status"]] += row["sessions"]
        group = ATTEND_GROUPS.get(row["attend_status"] or "")
        if row["status"] == "booked" or group is None:
            continue
        counted["group"][group] += row["sessions"]
        if group.startswith("cancelled"):
            counted["by"][row["by"]] += row["sessions"]
        if row["reason"] is not None:
            counted["reason"][row["reason"]] += row["sessions"]
    held = [row for row in rows if row["status"] == "held"]
    of_held = {
        name: sum(int(row[name]) for row in held)
        for name in ("infant_present", "interpreter", "minutes", "practitioner_minutes")
    }
    number = counted["status"]["held"]
    groups = {group: counted["group"][group] for group in dict.fromkeys(ATTEND_GROUPS.values())}
    return Sessions(
        held=number,
        not_held=counted["status"]["not_held"],
        groups=groups,
        dna_rate=share_of(groups["dna"], groups["dna"] + groups["attended"]),
        cancelled_by=dict(sorted(counted["by"].items())),
        provider_reasons=dict(sorted(counted["reason"].items())),
        infant_present_rate=share_of(of_held["infant_present"], number),
        interpreter_rate=share_of(of_held["interpreter"], number),
        without_word=counted["status"]["booked"],
        since_last_contact=since_last_contact,
        **of_held,
    )


async def _since_last_contact(conn: Connection, scope: Scope) -> dict[str, int]:
    """Only the last four weeks are read: who was not seen in them was seen before, or would not be in the caseload."""
    cases, given = scope.cases(after=1)
    contacts, also_given = scope.contacts(after=1 + len(given))
    rows = await conn.fetch(
        f"""
        WITH seen AS (SELECT case_id, max(day) AS day FROM ({contacts}) AS s
                      WHERE day > $1::date - $3::integer AND day <= $1::date AND {CONTACT} GROUP BY case_id)
        SELECT CASE WHEN seen.day IS NULL THEN '28-plus' WHEN $1::date - seen.day <= 6 THEN '0-6'
                    WHEN $1::date - seen.day <= 13 THEN '7-13' ELSE '14-27' END AS band, count(*) AS cases
        FROM (SELECT case_id FROM ({cases}) AS c WHERE {CASELOAD}) AS open LEFT JOIN seen USING (case_id) GROUP BY 1
        """,
        scope.at, scope.team, _LONGEST_DAYS, *given, *also_given,
    )  # fmt: skip
    found = {row["band"]: row["cases"] for row in rows}
    return {band: found.get(band, 0) for band in SINCE_LAST_CONTACT}
