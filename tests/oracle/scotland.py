"""Scotland, 18 weeks (domain 3.3, R52): an absence starts the clock anew, unavailable days come off."""

from datetime import date, timedelta

from tests.oracle.cases import Case, earliest
from tests.oracle.contacts import sessions_of
from tests.oracle.readings import EIGHTEEN_WEEKS, NOT_APPLICABLE, Reading, is_duplicate, treated
from tests.oracle.spells import ended
from tests.oracle.stages import pauses

RESETTING = {"2", "3", "7"}
"""Attendance codes of the family's side: cancelled, no notice, too late to be seen."""
UNAVAILABLE = {"family", "infant_hospital"}


def scotland(case: Case, at: date, *, always: bool) -> Reading:
    """Eighteen weeks from the referral, or from the last absence that resets it, less unavailable days.

    Args:
        case: the case.
        at: t.
        always: psychological therapies, whose unavailability comes off however late it begins; else CAMHS.
    """
    received_on = case.received_on
    if received_on is None or is_duplicate(case, at):
        return NOT_APPLICABLE
    stop = earliest(treated(case, at))
    if stop is not None and stop < received_on:
        return NOT_APPLICABLE
    start = received_on
    for day in absences(case, at):
        if received_on <= day and (stop is None or day < stop) and _net(case, start, day, always) < EIGHTEEN_WEEKS:
            start = max(start, day)
        elif received_on <= day and (stop is None or day < stop):
            break
    if stop is None and ended(case, at) is not None:
        return {"state": "ended", "start": start}
    days = _net(case, start, stop or at, always)
    reading = {"start": start, "days": days, "within": days <= EIGHTEEN_WEEKS}
    return {"state": "running", **reading} if stop is None else {"state": "stopped", "stop": stop, **reading}


def absences(case: Case, at: date) -> list[date]:
    """Days of the absences on the family's side: of the cancellation, where that is known."""
    found = []
    for day, event in sessions_of(case):
        if event.name == "SessionNotHeld" and event.data["attend_status"] in RESETTING:
            clear = event.asked("cancelled_on") if event.data["attend_status"] == "2" else None
            found.append(date.fromisoformat(clear) if clear else day)
    return sorted(day for day in found if day <= at)


def _net(case: Case, start: date, end: date, always: bool) -> int:
    """Days from start to end, less those on which the family was unavailable."""
    off = [
        (max(begun, start), until or end)
        for begun, until, reason in pauses(case)
        if reason in UNAVAILABLE and (always or (max(begun, start) - start).days <= EIGHTEEN_WEEKS)
    ]
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return sum(not any(begun <= day < until for begun, until in off) for day in days)
