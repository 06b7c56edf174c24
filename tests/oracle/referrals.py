"""M7, referrals: where they come from, why, how old the baby was, and what was decided (domain 6.6, 2.2)."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.cases import Case, by_then, cases_of, referred
from tests.oracle.documents import Event
from tests.oracle.percentiles import share

Count = dict[str, int]
AGE_BANDS = ((5, "0-5 months"), (11, "6-11 months"), (23, "12-23 months"), (35, "24-35 months"))
PREGNANCY_DAYS = 280
"""From the first day of gestation to the due date: 188 days 92 days before it (6.7)."""


def received_in(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> list[Case]:
    """Cases received in [first, last] and by t."""
    return [
        case
        for case in referred(cases_of(events, team))
        if by_then(case.received_on, min(last, at)) and case.received_on >= first  # type: ignore[operator]
    ]


def referrals(events: list[Event], at: date, first: date, last: date, team: str | None = None) -> dict[str, Count]:
    """Of the referrals received in the period: by source and concern once per case, by age once per infant.

    A case counts once under each concern it names. Decisions are those of the same referrals, taken by t.
    """
    cases = received_in(events, at, first, last, team)
    return {
        "source": dict(Counter(str(case.referral("source")) for case in cases)),
        "concern": dict(Counter(code for case in cases for code in concerns(case))),
        "age": dict(Counter(band for case in cases for band in ages(case))),
        "decision": dict(Counter(decision(case, at) for case in cases)),
        "decline_reason": dict(Counter(reason for case in cases for reason in decline_reasons(case, at))),
        "signposted_to": dict(Counter(to for case in cases for to in signposted_to(case, at))),
    }


def by_decision(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[tuple[str, str, str], int]:
    """The same referrals by (source, its code, decision) and by (concern, its code, decision)."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for case in received_in(events, at, first, last, team):
        named = [("source", str(case.referral("source"))), *(("concern", code) for code in concerns(case))]
        counted.update((what, code, decision(case, at)) for what, code in named)
    return dict(counted)


def concerns(case: Case) -> set[str]:
    return {concern["code"] for concern in case.referral("concerns") or []}


def ages(case: Case) -> list[str]:
    """Each infant's age when the referral was received: weeks of gestation before birth, else completed months."""
    return [age_band(*dates_of(case, subject), case.received_on) for subject in case.referral("subjects") or []]  # type: ignore[arg-type]


def dates_of(case: Case, subject: dict) -> tuple[date | None, date | None]:  # type: ignore[type-arg]
    """Birth and due date of one infant of a referral; a birth told later counts from the day it was born."""
    births = [event.day("born_on") for event in births_of(case, subject)]
    if subject.get("born_on"):
        births.append(date.fromisoformat(subject["born_on"]))
    due = date.fromisoformat(subject["edd"]) if subject.get("edd") else None
    return min(births, default=None), due


def births_of(case: Case, subject: dict) -> list[Event]:  # type: ignore[type-arg]
    return [event for event in case.said("InfantBorn") if event.data["infant_id"] == subject["infant_id"]]


def age_band(born_on: date | None, due_on: date | None, on: date) -> str:
    if born_on is None or born_on > on:
        return "antenatal" if due_on is None else f"{gestation_days(due_on, on) // 7} weeks"
    months = completed_months(born_on, on)
    return next((band for most, band in AGE_BANDS if months <= most), "36+ months")


def gestation_days(due_on: date, on: date) -> int:
    return PREGNANCY_DAYS - (due_on - on).days


def completed_months(born_on: date, on: date) -> int:
    """Months are completed on the day of the month of birth; one born on the 31st completes them on the day after."""
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def decision(case: Case, at: date) -> str:
    """What was decided by t: accepted, declined, signposted, duplicate; else withdrawn or undecided.

    Signposted is a decline that says so, or that names where the family was sent.
    """
    if not by_then(case.decided_on, at):
        return "withdrawn" if by_then(case.withdrawn_on, at) else "undecided"
    if case.decision == "declined" and is_signposted(case):
        return "signposted"
    return str(case.decision)


def is_signposted(case: Case) -> bool:
    [first, *_] = sorted(case.said("ReferralDeclined"), key=lambda event: event.day("decided_on"))
    return first.asked("triage_decision") == "signposted" or bool(first.asked("signposted_to"))


def declines(case: Case, at: date) -> list[Event]:
    return case.up_to(at, "ReferralDeclined", "decided_on")[:1] if case.decision == "declined" else []


def decline_reasons(case: Case, at: date) -> list[str]:
    return [event.data["reason"] for event in declines(case, at)]


def signposted_to(case: Case, at: date) -> list[str]:
    return [to for event in declines(case, at) for to in event.asked("signposted_to") or []]


def conversion(
    events: list[Event], at: date, first: date, last: date, team: str | None = None
) -> dict[str, int | Fraction | None]:
    """Consultations given in the period, and how many of them became a referral by t.

    One became a referral when its own outcome says so, when a later event links it to a case, or when a referral
    names it.
    """
    end = min(last, at)
    given = [
        event
        for event in events
        if event.name == "SystemActivityRecorded"
        and event.data["kind"] == "consultation"
        and first <= event.day("on") <= end
        and team in (None, event.team)
    ]
    links = [event for event in events if event.name == "ConsultationBecameReferral"]
    linked = {event.data["activity_id"] for event in links if event.day("on") <= at}
    named = {case.referral("consultation_id") for case in referred(cases_of(events)) if by_then(case.received_on, at)}
    became = [
        event
        for event in given
        if event.asked("outcome") == "became_referral" or event.data["activity_id"] in linked | named
    ]
    return {"consultations": len(given), "became_referral": len(became), "rate": share(len(became), len(given))}


def weeks(first: date, last: date) -> Fraction:
    """Length of a period, both days in it, in weeks."""
    return Fraction((last + timedelta(days=1) - first).days, 7)
