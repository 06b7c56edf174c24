"""M13, capacity: cases accepted a week against the slots, and how long the queue will take (domain 6.6)."""

from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.cases import by_then, cases_of, is_open, referred
from tests.oracle.documents import Event
from tests.oracle.referrals import weeks
from tests.oracle.stages import configuration


def slots(events: list[Event], team: str, monday: date) -> int | None:
    """New cases that a team can begin in the week from this Monday: declared, else configured; None: neither."""
    declared = [
        event
        for event in events
        if event.name == "CapacityDeclared" and event.team == team and event.day("week") == monday
    ]
    if declared:
        return int(max(declared, key=lambda event: event.version).data["new_case_slots"])
    found = configuration(events, team, monday)
    usual = None if found is None else found.asked("capacity")
    return None if usual is None else int(usual["slots_per_week"])


def by_week(events: list[Event], team: str, first: date, last: date) -> list[dict[str, object]]:
    """Each whole or part week of the period: its Monday, cases accepted in the period's days of it, and its slots."""
    monday = first - timedelta(days=first.weekday())
    rows: list[dict[str, object]] = []
    while monday <= last:
        start, end = max(monday, first), min(monday + timedelta(days=6), last)
        accepted = [
            case
            for case in referred(cases_of(events, team))
            if case.decision == "accepted" and case.decided_on is not None and start <= case.decided_on <= end
        ]
        rows.append({"week": monday, "accepted": len(accepted), "slots": slots(events, team, monday)})
        monday += timedelta(days=7)
    return rows


def forecast(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Little's law: accepted cases that are open and untreated at t, over mean first treatments a week.

    The forecast wait is in weeks; None when nothing started in the period.
    """
    cases = referred(cases_of(events, team))
    accepted = [case for case in cases if is_open(case, at) and case.accepted_by(at)]
    waiting = sum(not by_then(case.first_treatment_on, at) for case in accepted)
    end = min(last, at)
    started = sum(case.first_treatment_on is not None and first <= case.first_treatment_on <= end for case in cases)
    a_week = started / weeks(first, last)
    return {
        "waiting": waiting,
        "started": started,
        "starts_a_week": a_week,
        "forecast_weeks": waiting / a_week if started else None,
    }
