"""M4 and M5: waits in days between civil dates, completed in a period and still running at t, never mixed."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.cases import Case, cases_of, is_open, referred
from tests.oracle.documents import Event
from tests.oracle.stages import pauses

NAMES = ("W1", "W2", "W3", "W4", "W5", "W6", "W7")


@dataclass(frozen=True)
class Wait:
    """One wait of many cases, in days."""

    completed: list[int]
    """Stopped in [first, last]."""
    incomplete: list[int]
    """Still running at t."""
    left_out: int
    """Stopped in [first, last], before they started."""


def bounds(case: Case, name: str) -> tuple[date | None, date | None]:
    """Start and stop of one wait of one case."""
    received = case.received_on
    return {
        "W1": (received, case.decided_on),
        "W2": (received, case.first_contact_on),
        "W3": (received, case.assessed_on),
        "W4": (case.programme_recommended_on, case.programme_on),
        "W5": (case.programme_on, case.first_programme_treatment_on),
        "W6": (received, case.first_treatment_on),
        "W7": (case.decided_on if case.decision == "accepted" else None, case.discharged_on),
    }[name]


def completed(cases: list[Case], name: str, first: date, last: date) -> tuple[list[int], int]:
    """Days of the waits whose stop lies in the period, and how many were left out since they stop before they start."""
    days, left_out = [], 0
    for case in cases:
        start, stop = bounds(case, name)
        if start is None or stop is None or not first <= stop <= last:
            continue
        if stop < start:
            left_out += 1
        else:
            days.append((stop - start).days)
    return days, left_out


def incomplete(cases: list[Case], name: str, at: date) -> list[int]:
    """Days waited so far, of open cases whose wait had begun and not stopped at t."""
    days = []
    for case in cases:
        start, stop = bounds(case, name)
        if start is not None and start <= at and (stop is None or stop > at) and is_open(case, at):
            days.append((at - start).days)
    return days


def waits(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> dict[str, Wait]:
    """W1 to W7. What M5 reports of a list of days is `percentiles.spread`."""
    cases = referred(cases_of(events, team))
    answer = {}
    for name in NAMES:
        days, left_out = completed(cases, name, first, last)
        answer[name] = Wait(completed=days, incomplete=incomplete(cases, name, at), left_out=left_out)
    return answer


def net(events: list[Event], name: str, at: date, first: date, last: date) -> dict[str, list[tuple[int, int]]]:
    """One wait less the days on which the work rested because the family asked for it: (days, days taken off).

    Not before its start: what stopped before it started is left out.
    """
    answer: dict[str, list[tuple[int, int]]] = {"completed": [], "incomplete": []}
    for case in referred(cases_of(events)):
        start, stop = bounds(case, name)
        if start is None:
            continue
        if stop is not None and first <= stop <= last:
            form, until = "completed", stop
        elif start <= at and (stop is None or stop > at) and is_open(case, at):
            form, until = "incomplete", at
        else:
            continue
        if until >= start:
            off = sum(_rests(case, start + timedelta(days=number)) for number in range((until - start).days))
            answer[form].append(((until - start).days - off, off))
    return answer


def _rests(case: Case, day: date) -> bool:
    return any(begun <= day and (until is None or day < until) for begun, until, why in pauses(case) if why == "family")
