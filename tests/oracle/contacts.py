"""M6, contact views: sessions held and not held, and how long ago a family was last seen (domain 6.6, 3.2, 3.5)."""

from collections import Counter
from datetime import date
from fractions import Fraction

from tests.oracle.caseload import in_caseload
from tests.oracle.cases import Case, cases_of, referred
from tests.oracle.documents import Event, london_date
from tests.oracle.percentiles import share

GROUPS = {
    "5": "attended",
    "6": "attended",
    "3": "dna",
    "7": "dna",
    "2": "cancelled_by_family",
    "4": "cancelled_by_provider",
}
"""NHS England's groups of attend codes; the two kinds of cancellation apart."""
BANDS = ((6, "0-6"), (13, "7-13"), (27, "14-27"))


def sessions_of(case: Case) -> list[tuple[date, Event]]:
    """Each session once, with its day: a session is held or not held once, so the last word about its id counts."""
    by_id: dict[str, tuple[date, Event]] = {}
    for event in case.said("SessionHeld", "SessionNotHeld"):
        day = event.day("held_on" if event.name == "SessionHeld" else "on")
        by_id[str(event.asked("session_id") or event.id)] = (day, event)
    return list(by_id.values())


def sessions(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Sessions dated in [first, last] and by t, of all cases whose referral is known.

    `minutes` are minutes of the clock, `practitioner_minutes` those times the practitioners present. Rates are
    fractions, None of nothing: DNA over DNA and attended, infant and interpreter over held.
    """
    within = [
        event
        for case in referred(cases_of(events, team))
        for day, event in sessions_of(case)
        if first <= day <= min(last, at)
    ]
    groups = Counter(GROUPS[event.data["attend_status"]] for event in within)
    held = [event for event in within if event.name == "SessionHeld"]
    with_infant = sum(bool(event.asked("infants_present")) for event in held)
    with_interpreter = sum(bool(event.asked("interpreter")) for event in held)
    return {
        "held": len(held),
        "not_held": len(within) - len(held),
        **{group: groups[group] for group in sorted(set(GROUPS.values()))},
        "dna_rate": share(groups["dna"], groups["dna"] + groups["attended"]),
        "infant_present": with_infant,
        "infant_present_rate": share(with_infant, len(held)),
        "interpreter": with_interpreter,
        "interpreter_rate": share(with_interpreter, len(held)),
        "minutes": sum(event.asked("duration_min") or 0 for event in held),
        "practitioner_minutes": sum(
            (event.asked("duration_min") or 0) * len(event.asked("practitioners") or []) for event in held
        ),
    }


def since_last_contact(events: list[Event], at: date, team: str | None = None) -> dict[str, int]:
    """Cases of the open caseload (M2) by days since the last attended contact: 0-6, 7-13, 14-27, 28 and more."""
    counted = {"0-6": 0, "7-13": 0, "14-27": 0, ">=28": 0}
    for case in cases_of(events, team):
        if in_caseload(case, at):
            days = (at - max(day for day in case.contacts if day <= at)).days
            counted[next((band for most, band in BANDS if days <= most), ">=28")] += 1
    return counted


def around(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, dict[str, int] | int]:
    """Who cancelled, why the team itself did, and what was booked for a day of the period and not heard of since."""
    cases = referred(cases_of(events, team))
    until = min(last, at)
    missed = [
        event
        for case in cases
        for day, event in sessions_of(case)
        if first <= day <= until and event.data["attend_status"] in ("2", "4")
    ]
    reasons = [event.asked("reason") or "not_stated" for event in missed if event.data["attend_status"] == "4"]
    return {
        "cancelled_by": dict(Counter(event.asked("by") or "not_stated" for event in missed)),
        "provider_reasons": dict(Counter(reasons)),
        "without_word": sum(first <= day <= until for case in cases for day in without_word(case)),
    }


def without_word(case: Case) -> list[date]:
    """Days in London of sessions that were booked, and of which nothing more was said."""
    told = {event.asked("session_id") for _, event in sessions_of(case)}
    booked = {event.data["session_id"]: event for event in case.said("SessionScheduled")}
    return [london_date(event.data["at"]) for session, event in booked.items() if session not in told]
