"""England, referral to treatment, 18 weeks (domain 3.3, R50): walked day by day. Rule numbers are the guidance's."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.cases import Case, by_then
from tests.oracle.contacts import sessions_of
from tests.oracle.documents import london_date
from tests.oracle.readings import EIGHTEEN_WEEKS, NOT_APPLICABLE, Reading, from_to, is_duplicate, treated


def rtt(case: Case, at: date) -> Reading:
    """England, referral to treatment: the clock that started last by t."""
    start = case.received_on
    if start is None or is_duplicate(case, at) or any(day < start for day in treated(case, at)):
        return NOT_APPLICABLE
    if case.referral("source") == "self" and not by_then(case.accepted_on, at):
        return NOT_APPLICABLE
    missed = first_missed(case, at)
    state, began, stopped = "running", start, None
    day = start
    while day <= at:
        if state == "running" and day == missed:
            state, stopped, missed = "nullified", day, None
        elif state == "running" and day >= began and (how := _stopped_by(case, day)):
            state, stopped = how, day
        if _begins_anew(case, state, stopped, day, at):
            state, began, stopped = "running", day, None
            continue
        day += timedelta(days=1)
    if state == "nullified":
        return {"state": "nullified", "start": began, "stop": stopped}
    return from_to(began, stopped, None, at, EIGHTEEN_WEEKS)


def _stopped_by(case: Case, day: date) -> str | None:
    """What stops a running clock on a day: treatment before all, then a refusal, watching, or the end of the case."""
    if day in case.treatments:
        return "treated"
    for name, how in (("TreatmentDeclined", "refused"), ("ActiveMonitoringStarted", "watched")):
        if any(event.day("on") == day for event in case.said(name)):
            return how
    return "closed" if by_then(case.closed_on, day) else None


def first_missed(case: Case, at: date) -> date | None:
    """The day of a DNA (no notice) of the first appointment: the first since the referral, nobody met by then."""
    told = [(day, event) for day, event in sessions_of(case) if day <= at]
    days = [
        day
        for day, event in told
        if event.name == "SessionNotHeld" and event.data["attend_status"] == "3" and day >= case.received_on  # type: ignore[operator]
    ]
    if not days:
        return None
    met = [day for day, event in told if event.name == "SessionHeld"] + [
        event.day("on") for event in case.said("AssessmentStarted")
    ]
    return None if any(day <= min(days) for day in met) else min(days)


def _begins_anew(case: Case, state: str, stopped: date | None, day: date, at: date) -> bool:
    """Whether a new clock starts on a day: offered again or met (3e), treated after all (3d), something new (3b)."""
    if stopped is None:
        return False
    if state == "nullified":
        return day in _offered_again(case, stopped, at)
    assigned = day > stopped and any(event.day("assigned_on") == day for event in case.said("ProgrammeAssigned"))
    if state == "refused":
        return assigned
    if state != "watched" or day <= stopped:
        return False
    planned = any(event.day("assigned_on") <= day for event in case.said("ProgrammeAssigned"))
    return assigned or day in case.treatments or (planned and day in _watching_ended(case, stopped))


def _offered_again(case: Case, missed: date, at: date) -> set[date]:
    """Days on which another appointment was offered or booked, or the family was met, after the one that it missed."""
    found = set()
    for day, event in sessions_of(case):
        said_then = event.name == "SessionNotHeld" and event.data["attend_status"] == "3" and day == missed
        if said_then and event.asked("rebook"):
            found.add(missed)
        if event.name == "SessionHeld" and day > missed:
            found.add(day)
    found |= {max(booked_on, missed) for booked_on, day in bookings(case) if day > missed and booked_on <= at}
    return found


def bookings(case: Case) -> Iterator[tuple[date, date]]:
    """When each booking was recorded, and the day of its session: on which it was held or missed, once that is said."""
    days = {event.asked("session_id"): day for day, event in sessions_of(case)}
    booked = {event.data["session_id"]: event for event in case.said("SessionScheduled")}
    for session, event in booked.items():
        yield event.recorded_on, days.get(session, london_date(event.data["at"]))


def _watching_ended(case: Case, started: date) -> set[date]:
    """Days on which a watching that began on a day ended: what the stream says next."""
    found = set()
    for event in case.said("ActiveMonitoringStarted"):
        ends = [each for each in case.said("ActiveMonitoringEnded") if each.version > event.version]
        if event.day("on") == started and ends:
            found.add(min(ends, key=lambda each: each.version).day("on"))
    return found
