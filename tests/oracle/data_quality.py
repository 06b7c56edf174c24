"""Data quality (domain 6.6 M15, milestones): which cases need a person, and why."""

from datetime import date, timedelta

from tests.oracle.cases import Case, by_then, cases_of, earliest, is_open
from tests.oracle.contacts import sessions_of
from tests.oracle.documents import Event
from tests.oracle.stages import programme_is_through
from tests.oracle.waits import NAMES, bounds

LATE_DAYS = 7
LONG_OPEN_DAYS = 730
FAILING = {"check_digit_failed", "malformed", "repeated_digits"}


def reasons(heard: list[Event], events: list[Event], at: date, first: date, last: date) -> dict[str, list[str]]:
    """Which cases have each problem: of those open on any day of the period, and of orphans.

    An orphan is a case of which anything was ever recorded, were it taken back since, without a standing referral.

    Args:
        heard: everything recorded by k (`belief.known`) of the cases that are asked about.
        events: what is believed of them.
        at: t.
        first: of the period.
        last: of the period.
    """
    cases = {case.id: case for case in cases_of(events)}
    found = {
        case.id: why(cases.get(case.id, Case(case.id, case.team, ())), at, first, last) for case in cases_of(heard)
    }
    return {reason: sorted(case for case, each in found.items() if reason in each) for reason in REASONS}


REASONS = (
    "orphan",
    "negative_wait",
    "impossible_order",
    "missing_baseline",
    "back_dated",
    "open_too_long",
    "identifier_failing",
)


def why(case: Case, at: date, first: date, last: date) -> set[str]:
    if case.received_on is None:
        return {"orphan"}
    if not open_in(case, first, last):
        return set()
    open_now = is_open(case, at)
    late_referral = case.said("ReferralReceived")[0]
    received_late = (late_referral.recorded_on - case.received_on).days > LATE_DAYS
    return {
        reason
        for reason, holds in {
            "negative_wait": any(negative(case, name, at) for name in NAMES if name != "W7"),
            "impossible_order": out_of_order(case, at, first, last),
            "missing_baseline": open_now and by_then(case.assessed_on, at) and not baselines(case, at),
            "back_dated": (first <= case.received_on <= last and received_late) or late_sessions(case, first, last),
            "open_too_long": open_now and (at - case.received_on).days > LONG_OPEN_DAYS,
            "identifier_failing": open_now and fails(case),
        }.items()
        if holds
    }


def open_in(case: Case, first: date, last: date) -> bool:
    """Open on any day of the period: the days from receipt to the day before it closed, and the day it closed on."""
    if case.received_on is None or case.received_on > last:
        return False
    return case.closed_on is None or max(case.closed_on, case.received_on) >= first


def negative(case: Case, name: str, at: date) -> bool:
    start, stop = bounds(case, name)
    return start is not None and stop is not None and stop <= at and stop < start


def out_of_order(case: Case, at: date, first: date, last: date) -> bool:
    """Closed before received or decided, assessed before it began, completed before assigned, or seen after the end.

    A session after the discharge counts when it lies in the period.
    """
    closed, decided, received = case.closed_on, case.decided_on, case.received_on
    began = earliest([case.first("AssessmentStarted", "on"), *case.assessment_contacts])
    completed = _completed_on(case, at)
    held = [day for day, event in sessions_of(case) if event.name == "SessionHeld" and first <= day <= last]
    return any(
        later is not None and earlier is not None and by_then(later, at) and later < earlier
        for later, earlier in [
            (closed, received), (closed, decided), (case.assessed_on, began), (completed, case.programme_on),
        ]
    ) or (by_then(case.discharged_on, at) and any(day > case.discharged_on for day in held))  # type: ignore[operator]  # fmt: skip


def _completed_on(case: Case, at: date) -> date | None:
    """The first day by t on which a programme is through (see `stages`)."""
    days = sorted({event.day("on") for event in case.said("ProgrammeCompleted")})
    return next((day for day in days if day <= at and programme_is_through(case, day)), None)


def baselines(case: Case, at: date) -> bool:
    """A score said to be a baseline, or a goal with the rating that it came with, by t."""
    scores = case.up_to(at, "MeasureRecorded", "completed_on")
    programmes = case.up_to(at, "ProgrammeAssigned", "assigned_on") + case.up_to(at, "ProgrammeRevised", "on")
    goals = [goal for event in programmes for goal in event.asked("goals") or event.asked("goals_added") or []]
    return any(score.asked("timepoint") == "baseline" for score in scores) or any(
        goal.get("baseline") is not None for goal in goals
    )


def late_sessions(case: Case, first: date, last: date) -> bool:
    """A session held in the period was recorded more than a week after it."""
    return any(
        event.name == "SessionHeld" and first <= day <= last and event.recorded_on - day > timedelta(days=LATE_DAYS)
        for day, event in sessions_of(case)
    )


def fails(case: Case) -> bool:
    """The last word on somebody's national number is that it cannot be a real one."""
    last = {(event.data["subject_ref"], event.data["kind"]): event for event in case.said("IdentifierRecorded")}
    return any(event.data["quality"] in FAILING for event in last.values())
