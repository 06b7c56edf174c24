"""W8: the English four-week clock for children and young people, on spells (domain 3.4)."""

from datetime import date

from tests.oracle.cases import Case

LISTED = {"GBO", "CORE-10", "PHQ-9", "GAD-7", "SDQ-2-4", "SWEMWBS", "BPSES"}
"""Measures of ours that NHS England's outcome list names (2.4)."""
JOINING_DAYS = 5


def first_outcome_on(case: Case) -> date | None:
    """The first scored measure of the national list; goals and their ratings are GBO."""
    days = [event.day("completed_on") for event in case.said("MeasureRecorded") if event.data["measure_code"] in LISTED]
    days += [event.day("on") for event in case.said("GoalRated")]
    days += [
        event.day("assigned_on")
        for event in case.said("ProgrammeAssigned")
        if any(goal.get("baseline") is not None for goal in event.asked("goals") or [])
    ]
    return min(days, default=None)


def first_care_plan_on(case: Case) -> date | None:
    days = [event.asked("care_plan_agreed_on") for event in case.said("ProgrammeAssigned")]
    return min((date.fromisoformat(day) for day in days if day), default=None)


def stop(case: Case) -> date | None:
    """The latest of the three firsts: attended contact, listed outcome, agreed care plan; None while one is missing."""
    firsts = [min(case.contacts, default=None), first_outcome_on(case), first_care_plan_on(case)]
    found = [day for day in firsts if day is not None]
    return max(found) if len(found) == 3 else None


def spells(referrals: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Referrals of one person, as (received, ended), joined when the next starts at most five days after the end."""
    joined: list[tuple[date, date | None]] = []
    for start, end in sorted(referrals, key=lambda referral: referral[0]):
        if joined:
            began, until = joined[-1]
            if until is None or (start - until).days <= JOINING_DAYS:
                joined[-1] = (began, None if end is None or until is None else max(until, end))
                continue
        joined.append((start, end))
    return joined
